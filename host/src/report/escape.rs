//! What stands between the names that an author chose and whoever reads the report: a terminal, which obeys control
//! characters, people, whom bidirectional text deceives, and a CI server, which obeys commands in the output.
//!
//! A character that is not printed as itself is written as in Rust: `\n`, `\u{1b}`. A command of a CI server is
//! broken by a backslash behind its first character: `:\:error`, `#\#[error]`. Nothing is replaced by what cannot
//! be seen.

use std::borrow::Cow;
use std::fmt::Write;

/// Text that is fit to be printed. The only thing that [`super::write`] and [`super::tell`] take; what becomes one
/// by `into` is escaped as plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page(String);

impl Page {
    /// Text that may hold colours, in which each part that comes from an input went through [`line`] or [`lines`].
    pub(super) fn painted(text: &str) -> Self {
        let mut page = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('\u{1b}') {
            page.push_str(&lines(&rest[..at]));
            let color = color(&rest[at..]);
            page.push_str(&rest[at..at + color]);
            // What is no colour is escaped with the text that follows.
            let next = at + color.max(1);
            if color == 0 {
                page.push_str(&line(&rest[at..next]));
            }
            rest = &rest[next..];
        }
        page.push_str(&lines(rest));
        Self(without_commands(&page))
    }

    /// A JSON document. What must not be printed stands in its strings only, and JSON has a way to write it there.
    pub fn json(text: &str) -> Self {
        Self(replaced(text, |page, character| {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(page, "\\u{unit:04x}").expect("a String takes everything");
            }
        }))
    }

    /// Commands for a CI server, a line each, whose parts are escaped as the server wants it.
    pub(super) fn commands(text: &str) -> Self {
        Self(lines(text).into_owned())
    }

    /// What archlint or its caller wrote, as it is: for a file that shall hold the same bytes again.
    pub fn verbatim(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Page {
    fn from(text: &str) -> Self {
        Self(without_commands(&lines(text)))
    }
}

impl From<String> for Page {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<&String> for Page {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

/// Text for one line.
pub(super) fn line(text: &str) -> Cow<'_, str> {
    if text.contains(|it: char| is_hidden(it) || matches!(it, '\n' | '\t')) {
        text.chars().flat_map(shown).collect::<String>().into()
    } else {
        text.into()
    }
}

/// Text that may have several lines.
pub(super) fn lines(text: &str) -> Cow<'_, str> {
    if text.contains(is_hidden) {
        replaced(text, |page, character| page.extend(shown(character))).into()
    } else {
        text.into()
    }
}

/// How a character is printed; as itself, if it can be.
pub(super) fn shown(character: char) -> impl Iterator<Item = char> {
    let is_escaped = is_hidden(character) || matches!(character, '\n' | '\t');
    let escaped = is_escaped.then(|| character.escape_debug()).into_iter().flatten();
    // `escape_debug` leaves alone what it thinks is printable.
    let is_same = is_escaped && character.escape_debug().eq([character]);
    let unicode = is_same.then(|| character.escape_unicode()).into_iter().flatten();
    escaped.filter(move |_| !is_same).chain(unicode).chain((!is_escaped).then_some(character))
}

fn replaced(text: &str, replace: impl Fn(&mut String, char)) -> String {
    let mut page = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) {
            replace(&mut page, character);
        } else {
            page.push(character);
        }
    }
    page
}

/// Whether a character does something else than to be seen: what controls a terminal, the direction of text, and
/// what takes no room (categories Cc, Cf, Zl and Zp of Unicode, and variation selectors). A line break and a tab
/// are no such characters.
fn is_hidden(character: char) -> bool {
    match character {
        '\n' | '\t' | ' '..='~' => false,
        _ => {
            character.is_control()
                || matches!(character,
                    '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
                    | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
                    | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
                    | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
                    | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
                    | '\u{e0000}'..='\u{e0fff}')
        }
    }
}

/// The length of the colour that a text begins with: `ESC [ 1 ; 31 m`.
fn color(text: &str) -> usize {
    let Some(parameters) = text.strip_prefix("\u{1b}[") else { return 0 };
    let length = parameters.find(|it: char| !it.is_ascii_digit() && it != ';').unwrap_or(parameters.len());
    if parameters[length..].starts_with('m') { 2 + length + 1 } else { 0 }
}

/// Breaks what a CI server would obey: `::name ...::` where a line begins, be it behind the frame of an excerpt, or
/// behind something that is no name (`# ::error`); `##[name]`, `##vso[` and `##teamcity[` anywhere.
fn without_commands(text: &str) -> String {
    let mut page = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if line.contains("::") || line.contains("##") {
            unobeyed(line, &mut page);
        } else {
            page.push_str(line);
        }
    }
    page
}

fn unobeyed(line: &str, page: &mut String) {
    let start = line.len() - line.trim_start_matches(is_frame).len();
    let mut before = ' ';
    for (at, character) in line.char_indices() {
        let next = &line[at + character.len_utf8()..];
        let after = next.chars().nth(1);
        let is_name_after = after.is_some_and(|it| it.is_ascii_alphabetic());
        let is_command = match character {
            ':' if next.starts_with(':') => at == start || (!is_of_name(before) && is_name_after),
            '#' if next.starts_with('#') => is_name_after || after == Some('['),
            _ => false,
        };
        page.push(character);
        if is_command {
            page.push('\\');
        }
        before = character;
    }
}

/// Whether a character may stand before the text of a line: blanks, numbers of lines, frames, and their colours.
fn is_frame(character: char) -> bool {
    character.is_whitespace()
        || character.is_ascii_digit()
        || matches!(character, '\u{2500}'..='\u{257f}' | '·' | '|' | '\u{1b}' | '[' | ';' | 'm')
}

fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | ':' | '*' | '}' | ')' | '>')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_written() {
        assert_eq!(
            line("a\nb\t\u{1b}]0;\u{7}\u{202e}\u{200b}\u{85}é"),
            "a\\nb\\t\\u{1b}]0;\\u{7}\\u{202e}\\u{200b}\\u{85}é"
        );
        assert_eq!(lines("a\r\nb\t"), "a\\r\nb\t");
    }

    #[test]
    fn only_colours_are_left_of_what_controls_a_terminal() {
        let page = |text: &str| Page::painted(text).as_str().to_owned();
        assert_eq!(page("\u{1b}[1;31mred\u{1b}[0m"), "\u{1b}[1;31mred\u{1b}[0m");
        assert_eq!(page("\u{1b}[2J\u{1b}]0;t\u{7}\u{1b}"), "\\u{1b}[2J\\u{1b}]0;t\\u{7}\\u{1b}");
        assert_eq!(Page::from("\u{1b}[31m").as_str(), "\\u{1b}[31m");
    }

    #[test]
    fn commands_of_ci_servers_are_broken() {
        for (text, expected) in [
            ("::error file=x::y", ":\\:error file=x::y"),
            ("a\n \t::add-mask::y", "a\n \t:\\:add-mask::y"),
            ("  3 │   ::error::y", "  3 │   :\\:error::y"),
            ("# ::error::y", "# :\\:error::y"),
            ("x ##[error]y ##vso[a] ##teamcity[b]", "x #\\#[error]y #\\#vso[a] #\\#teamcity[b]"),
            ("AWS::EC2::VPC and ::/0", "AWS::EC2::VPC and ::/0"),
            ("### heading", "### heading"),
        ] {
            assert_eq!(Page::from(text).as_str(), expected);
        }
    }

    #[test]
    fn json_stays_what_it_says() {
        let text = serde_json::to_string("\u{202e}\u{9b}\u{e0041}::x\n").expect("it is a text");
        let page = Page::json(&text);
        assert_eq!(page.as_str(), "\"\\u202e\\u009b\\udb40\\udc41::x\\n\"");
        assert_eq!(serde_json::from_str::<String>(page.as_str()).ok(), serde_json::from_str(&text).ok());
    }
}
