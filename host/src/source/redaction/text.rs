//! Secrets in text: hidden in place, so that whatever else stands in it stays where it was.

use std::ops::Range;

use super::names::may_be_secret;

/// A text in which nothing of some ranges can be read. Lines, characters and bytes are as many as before, so that every
/// place holds.
pub(super) fn hidden(text: &str, mut ranges: Vec<Range<usize>>) -> String {
    ranges.sort_unstable_by_key(|it| (it.start, it.end));
    let mut shown = String::with_capacity(text.len());
    for it in ranges {
        let from = it.start.max(shown.len());
        if from < it.end {
            shown.push_str(&text[shown.len()..from]);
            shown.extend(text[from..it.end].chars().map(hide));
        }
    }
    shown.push_str(&text[shown.len()..]);
    shown
}

/// A character that tells nothing and takes as many bytes.
fn hide(it: char) -> char {
    match it.len_utf8() {
        _ if it.is_ascii_whitespace() => it,
        1 => '*',
        2 => '\u{d7}',
        3 => '\u{2217}',
        _ => '\u{1d7b6}',
    }
}

/// Whether a text is where a secret is kept, and none itself: an ARN, a dynamic reference, a truth, nothing.
pub(super) fn is_harmless(text: &str) -> bool {
    let text = text.trim();
    let is_dynamic = text.starts_with("{{resolve:") && text.ends_with("}}");
    let is_arn = text.starts_with("arn:aws") && !text.contains(char::is_whitespace);
    is_dynamic || is_arn || matches!(text.to_ascii_lowercase().as_str(), "" | "true" | "false" | "null" | "~")
}

/// A text of which nobody knows the structure, in which what stands beside the name of a secret cannot be read. `Name:
/// value`, `name = "value"`, `"name": "value"`, all that is indented below such a name, and passwords in URLs.
pub(crate) fn hidden_by_names(text: &str) -> String {
    let mut ranges = Vec::new();
    let mut start = 0;
    // How far the name is indented whose value the next lines are.
    let mut above: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let indentation = line.len() - line.trim_start().len();
        let is_below = |name: usize| indentation > name || line[indentation..].starts_with("- ");
        if line.trim().is_empty() {
            // Belongs to whatever goes on below it.
        } else if above.is_some_and(is_below) {
            ranges.push(start + indentation..start + line.trim_end().len());
        } else {
            let found = beside_names(line);
            above = found.iter().any(|it| is_opened(&line[it.clone()])).then_some(indentation);
            ranges.extend(found.into_iter().map(|it| start + it.start..start + it.end));
        }
        start += line.len();
    }
    ranges.extend(of_urls(text));
    hidden(text, ranges)
}

/// Whether a value goes on in the next lines: nothing beside the name, a block, the beginning of a heredoc, a bracket.
fn is_opened(value: &str) -> bool {
    let value = value.trim();
    value.is_empty()
        || value.starts_with(['|', '>', '&', '!'])
        || value.starts_with("<<")
        || value.ends_with(['{', '[', '(', '\\'])
}

/// What stands beside the names of secrets in a line, each up to the end of what could be its value.
fn beside_names(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = line[from..].find([':', '=']).map(|it| from + it) {
        from = at + 1;
        let before = line[..at].trim_end().trim_end_matches(['"', '\'', '\\', '>']);
        let is_part = |it: char| it.is_alphanumeric() || matches!(it, '_' | '-' | ':');
        let name = before.rsplit(|it| !is_part(it)).next().unwrap_or_default();
        if !may_be_secret(name) {
            continue;
        }
        let value = line[from..].trim_start_matches([' ', '\t', '=', '>', ':']);
        let start = line.len() - value.len();
        let end = start + length_of_value(value);
        found.push(start..end);
        from = end.max(from);
    }
    found
}

/// Up to the quotation mark that closes it, else to the end of the line: a value may hold whatever it wants.
fn length_of_value(value: &str) -> usize {
    let value = value.trim_end();
    let Some(quote) = value.chars().next().filter(|it| matches!(it, '"' | '\'')) else { return value.len() };
    let mut is_escaped = false;
    for (at, it) in value.char_indices().skip(1) {
        match it {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            it if it == quote => return at + 1,
            _ => {}
        }
    }
    value.len()
}

/// The passwords of `scheme://name:password@host`.
pub(super) fn of_urls(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices("://").filter_map(|(at, _)| {
        let start = at + "://".len();
        let end = text[start..].find(|it: char| it.is_whitespace() || "/\"'<>".contains(it));
        let authority = &text[start..end.map_or(text.len(), |it| start + it)];
        let user = &authority[..authority.rfind('@')?];
        Some(start + user.find(':')? + 1..start + user.len())
    })
}

/// Whether a text has a password in it for everybody to see: one of a URL.
pub(super) fn holds_password(text: &str) -> bool {
    // What is put in is none.
    of_urls(text)
        .any(|it| !it.is_empty() && !text[it.clone()].starts_with("${") && !text[it].starts_with("{{"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_takes_as_much_room() {
        let text = "a: pä 字𝄞\r\nb: 1\n";
        let shown = hidden(text, vec![3..text.find('\n').unwrap(), 4..6]);
        assert_eq!(shown, "a: *\u{d7} \u{2217}\u{1d7b6}\r\nb: 1\n");
        assert_eq!(shown.len(), text.len());
        assert_eq!(shown.chars().count(), text.chars().count());
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(hidden_by_names(text), expected);
    }

    #[test]
    fn names_tell_where_secrets_are() {
        check("  password: xyz\n  Port: 1\n", "  password: ***\n  Port: 1\n");
        check(
            "{\"MasterUserPassword\": \"x\\\"y\", \"Port\": 1}",
            "{\"MasterUserPassword\": ******, \"Port\": 1}",
        );
        check("auth_token = \"x\" # why", "auth_token = *** # why");
        check(
            "UserData:\n  Fn::Base64: |\n    a\n\n    b\nOther: a\n",
            "UserData:\n  *********** *\n    *\n\n    *\nOther: a\n",
        );
        check("Command: |\n  a\nB: a", "Command: *\n  *\nB: a");
        check("Environment:\n- Name: A\n  Value: x\nB: a", "Environment:\n* ***** *\n  ****** *\nB: a");
        check("Url: postgres://u:pw@h/db", "Url: ********************");
        check("Endpoint: postgres://u:pw@h/db", "Endpoint: postgres://u:**@h/db");
        check("SecretArn: a\nKmsKeyId: b\n", "SecretArn: a\nKmsKeyId: b\n");
        check("password=", "password=");
    }

    #[test]
    fn references_are_harmless() {
        for text in ["arn:aws:secretsmanager:eu-west-1:1:secret:a", "{{resolve:ssm-secure:a:1}}", "", "true"]
        {
            assert!(is_harmless(text), "{text}");
        }
        assert!(!is_harmless("arn:aws hunter2"));
        assert!(!is_harmless("hunter2"));
        assert!(holds_password("postgres://u:hunter2@h"));
        assert!(!holds_password("postgres://u:${Password}@h"));
        assert!(!holds_password("https://h:8080/a@b"));
    }
}
