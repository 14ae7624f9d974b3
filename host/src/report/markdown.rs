//! A comment on a pull request: the findings at a glance, then each with its path, within what GitHub takes.

use std::fmt::Write;

use super::explain::word;
use super::failure::Failure;
use super::human::{Style, open, path, summary};
use super::plain::rule;
use super::{Page, Report, Repository};
use crate::verdict::Finding;

/// GitHub refuses a comment of more than 65,536 characters. Bytes are counted here, of which there are never
/// fewer; the difference is for headings and for the notes of what was left out.
const LIMIT: usize = 64_000;

/// The report as Markdown. Its first line lets a script find the comment again.
pub fn markdown(report: &Report, repository: &Repository) -> Page {
    let summary = summary(report, Style::PLAIN);
    let rows = report.findings.iter().map(|it| row(report, it, repository));
    let sections = report.findings.iter().map(|it| section(report, it, repository));
    let failures = report.errors.iter().map(|it| failure(&Failure::of(it.as_ref()), repository));
    let open = open(&report.undecided).into_iter().map(|it| format!("- {}\n", inline(&it)));
    let mut text = format!("<!-- archlint -->\n### archlint: {}\n", inline(summary.trim_end()));
    text += &part("\n**Failed**\n\n", failures, LIMIT / 8, "");
    text += &part("\n| severity | rule | finding | place |\n|---|---|---|---|\n", rows, LIMIT / 4, "");
    text += &part("\n", sections, LIMIT / 2, "");
    text += &part("\n<details><summary>Undecided</summary>\n\n", open, LIMIT / 8, "\n</details>\n");
    text.into()
}

/// As many items as there is room for, between a head and a foot; nothing where there are no items.
fn part(head: &str, items: impl ExactSizeIterator<Item = String>, room: usize, foot: &str) -> String {
    let number = items.len();
    if number == 0 {
        return String::new();
    }
    let mut text = head.to_owned();
    for (shown, item) in items.enumerate() {
        if text.len() + item.len() > room {
            let left = number - shown;
            writeln!(text, "\nLeft out: {left} of {number}, because a comment has room for no more.")
                .expect("a String takes everything");
            break;
        }
        text += &item;
    }
    text + foot
}

fn row(report: &Report, it: &Finding, repository: &Repository) -> String {
    let location = report.location(it.scenario, &it.resource.key, &it.path, repository);
    format!(
        "| {} | {} | {} | {} |\n",
        word(&it.severity),
        it.rule,
        inline(&message(it)),
        code(&location.to_string())
    )
}

fn section(report: &Report, it: &Finding, repository: &Repository) -> String {
    let definition = it.definition(&report.definitions);
    let title = format!("{} {}: {}", word(&it.severity), rule(definition), code(it.resource.key.as_str()));
    let mut text = format!("<details><summary>{title}</summary>\n\n{}\n\n", inline(&message(it)));
    let path: Vec<String> = path(report, it).iter().map(|it| code(it)).collect();
    if path.len() > 1 {
        writeln!(text, "{}\n", path.join(" → ")).expect("a String takes everything");
    }
    for (at, step) in it.evidence.iter().enumerate() {
        let location = report.location(it.scenario, &step.resource, &step.path, repository);
        let place = code(&location.to_string());
        writeln!(text, "{}. {} ({place})", at + 1, inline(&step.message)).expect("a String takes everything");
    }
    text + &format!("\n**What to change.** {}\n\n</details>\n\n", definition.fix)
}

fn message(it: &Finding) -> String {
    let when = it.when.as_ref().map(|it| format!(" (only when {it})")).unwrap_or_default();
    format!("{}{when}", it.message)
}

fn failure(it: &Failure, repository: &Repository) -> String {
    let file = it.locations.first().and_then(|it| Some((it.file.as_ref()?, it.line)));
    let place = file.map(|(file, line)| format!(" ({})", code(&format!("{}:{line}", repository.path(file)))));
    format!("- {}{}\n", inline(&it.message), place.unwrap_or_default())
}

/// Text in which backticks set off names, as HTML: it means the same in a paragraph, in a table and in a summary,
/// in the last of which Markdown means nothing.
fn inline(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        // A backtick that opens nothing.
        return escaped(text);
    }
    let part = |(at, part): (usize, &&str)| if at.is_multiple_of(2) { escaped(part) } else { code(part) };
    parts.iter().enumerate().map(part).collect()
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// Without what HTML or GitHub's Markdown would read as theirs.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |text, it| match it {
        '\n' | '\r' => text + " ",
        '&' | '<' | '>' | '"' | '*' | '_' | '[' | ']' | '|' | '\\' | '~' | '#' | '$' | '`' | '@' => {
            text + &format!("&#{};", u32::from(it))
        }
        // GitHub makes links of bare addresses.
        '/' if text.ends_with(":/") => text.trim_end_matches(":/").to_owned() + "&#58;//",
        '.' if text.ends_with("www") => text + "&#46;",
        it => text + it.encode_utf8(&mut [0; 4]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_nothing_to_markdown() {
        assert_eq!(inline("`a|b` is *wrong*"), "<code>a&#124;b</code> is &#42;wrong&#42;");
        assert_eq!(inline("`<img>` & `c\nd`"), "<code>&#60;img&#62;</code> &#38; <code>c d</code>");
        assert_eq!(inline("one ` of them"), "one &#96; of them");
        assert_eq!(inline("https://x.y www.x.y arn:a::b/c"), "https&#58;//x.y www&#46;x.y arn:a::b/c");
    }

    #[test]
    fn what_there_is_no_room_for_is_counted() {
        let items = || (0..10).map(|it| it.to_string());
        assert_eq!(part("items: ", items(), 100, "."), "items: 0123456789.");
        let text = part("items: ", items(), 10, ".");
        assert_eq!(text, "items: 012\nLeft out: 7 of 10, because a comment has room for no more.\n.");
        assert_eq!(part("items: ", items().take(0), 100, "."), "");
    }
}
