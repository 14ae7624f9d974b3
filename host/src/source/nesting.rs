//! How deep a template nests: the parser and everything behind it go down one call a level.

use yaml_rust2::Event;
use yaml_rust2::parser::Parser;

/// Whether a text of YAML or JSON nests deeper than some levels. Brackets in texts, block scalars and comments open
/// nothing.
pub(crate) fn is_deeper(text: &str, limit: usize) -> bool {
    // Reading events takes as long as parsing, and almost no text needs it.
    bound(text) > limit && depth(text, limit) > limit
}

/// An upper bound: every bracket, dashes in a row, indentation, and the map that is all of it.
fn bound(text: &str) -> usize {
    let mut open: usize = 0;
    let (mut bracketed, mut indented) = (0, 0);
    for line in text.lines() {
        indented = indented.max(line.len() - line.trim_start_matches([' ', '-', '?', ':']).len());
        for byte in line.bytes() {
            match byte {
                b'[' | b'{' => open += 1,
                b']' | b'}' => open = open.saturating_sub(1),
                _ => {}
            }
            bracketed = bracketed.max(open);
        }
    }
    bracketed + indented + 1
}

/// How deep the text nests, as far as it is one, and no deeper than just past the limit. JSON is YAML.
fn depth(text: &str, limit: usize) -> usize {
    let mut parser = Parser::new_from_str(text);
    let (mut open, mut deepest) = (0_usize, 0);
    // The parser keeps its states in a list, so that it recurses nowhere.
    loop {
        match parser.next_token().map(|it| it.0) {
            Ok(Event::SequenceStart(..) | Event::MappingStart(..)) => open += 1,
            Ok(Event::SequenceEnd | Event::MappingEnd) => open = open.saturating_sub(1),
            Ok(Event::StreamEnd) => break,
            Ok(_) => {}
            // It looks ahead within brackets, and has a limit there.
            Err(error) if error.info() == "recursion limit exceeded" => return usize::MAX,
            // The template's parser tells it better.
            Err(_) => break,
        }
        deepest = deepest.max(open);
        if deepest > limit {
            break;
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 200;

    #[test]
    fn depth_is_that_of_lists_and_maps() {
        for (text, expected) in [
            ("{\"a\": [1, {\"b\": 2}]}".to_owned(), 3),
            ("Resources:\n  A:\n    Type: X\n".to_owned(), 3),
            ("a: [[1], {b: c}]\n".to_owned(), 3),
            ("- - - a\n".to_owned(), 3),
            (String::new(), 0),
        ] {
            assert_eq!(depth(&text, LIMIT), expected, "{text}");
            assert!(bound(&text) >= expected, "{text}");
        }
    }

    #[test]
    fn what_nests_too_deep_is_told() {
        assert!(is_deeper(&"[".repeat(100_000), LIMIT));
        assert!(is_deeper(&"{\"a\":".repeat(100_000), LIMIT));
        assert!(is_deeper(&format!("a:\n{}b", "- ".repeat(100_000)), LIMIT));
        let indented = (0..300).map(|level| " ".repeat(level) + "a:\n").collect::<Vec<_>>().concat();
        assert!(is_deeper(&indented, LIMIT));
    }

    #[test]
    fn brackets_in_texts_open_nothing() {
        let many = "[{".repeat(500);
        for text in [
            format!("a: |\n  {many}\nb: c\n"),
            format!("a: \"{many}\"\n"),
            format!("a: '{many}'\n"),
            format!("# {many}\na: b\n"),
            format!("a: x{many}\n"),
            format!("{{\"a\": \"{many}\"}}"),
            format!("a: |\n  {}b\n", " ".repeat(500)),
        ] {
            assert!(bound(&text) > LIMIT, "{text}");
            assert!(!is_deeper(&text, LIMIT), "{text}");
        }
    }
}
