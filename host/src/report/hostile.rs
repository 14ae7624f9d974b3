//! Names that command, deceive or break out, in every format.

use std::path::Path;

use archlint_schema::{Key, Reason, Unknown};
use proptest::prelude::*;

use super::human::Style;
use super::{Report, Repository, github, gitlab, human, json, junit, markdown, sample, sarif};
use crate::facts::Step;
use crate::verdict::{OnUnknown, Subject, Undecided};

/// What no name is made of that means well.
const PARTS: &[&str] = &[
    "a",
    " ",
    "\n",
    "\r",
    "\t",
    "\u{1b}[31m",
    "\u{1b}]0;t\u{7}",
    "\u{9b}",
    "\0",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{2028}",
    "::error file=x::y",
    "##[error]x",
    "##vso[task.x]y",
    "::",
    "`",
    "```",
    "[x](http://y)",
    "http://z.example/",
    "<b>",
    "</details>",
    "<!--",
    "-->",
    "]]>",
    "&",
    "\"",
    "'",
    "|",
    "%0A",
    ",",
    "\\",
    "é",
    "AWS::EC2::VPC",
    "*",
    "_",
    "@org/team",
];

/// A report in which every text of an input is one.
fn report(text: &str) -> Report {
    let mut report = sample::report();
    let subject = Subject {
        key: Key::from(text),
        kind: "AWS::EC2::VPC".to_owned(),
        label: text.to_owned(),
        id: Some(text.to_owned()),
        name: Some(text.to_owned()),
    };
    report.undecided.push(Undecided {
        rule: "DBS001".to_owned(),
        resource: subject.clone(),
        reason: Unknown::new(Reason::Parameter, text),
        missing: text.to_owned(),
        when: Some(text.to_owned()),
        scenario: (0, 0),
        on_unknown: OnUnknown::Info,
    });
    report.not_examined.push(text.to_owned());
    report.said.push(text.to_owned());
    let finding = &mut report.findings[0];
    finding.evidence.push(Step::new(&subject.key, text, text));
    finding.resource = subject;
    finding.message = format!("`{text}` is wrong {text}");
    finding.when = Some(text.to_owned());
    finding.architecture = text.to_owned();
    report
}

/// Without what an excerpt puts before the text of a line.
fn bare(line: &str) -> &str {
    line.trim_start_matches(|it: char| it.is_whitespace() || it.is_ascii_digit() || "│·|".contains(it))
}

fn is_hidden(character: char) -> bool {
    let is_control = character.is_control() && !matches!(character, '\n' | '\t');
    is_control
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_in_a_name_is_obeyed(parts in prop::collection::vec(prop::sample::select(PARTS), 1..8)) {
        let report = report(&parts.concat());
        let repository = Repository::around(Path::new("/repository"));
        let pages = [
            human(&report, Style::PLAIN),
            markdown(&report, &repository),
            junit(&report, &repository),
            json(&report),
            gitlab(&report, &repository),
            sarif(&report, &repository, 1),
            github(&report, &repository),
        ];
        for page in &pages {
            let found = page.as_str().chars().find(|it| is_hidden(*it));
            prop_assert!(found.is_none(), "{found:?} in {}", page.as_str());
        }
        let [people, comment, suites, rest @ .., commands] = &pages;
        for line in people.as_str().lines().chain(comment.as_str().lines()).chain(suites.as_str().lines()) {
            prop_assert!(!bare(line).starts_with("::") && !line.contains("##["), "{line}");
        }
        // One finding is one command, and what follows it is the summary.
        let is_command = |line: &&str| bare(line).starts_with("::");
        prop_assert_eq!(commands.as_str().lines().filter(is_command).count(), 1);
        for page in rest {
            serde_json::from_str::<serde_json::Value>(page.as_str()).expect("it is JSON");
        }
        let mut reader = quick_xml::Reader::from_str(suites.as_str());
        while reader.read_event().expect("it is XML") != quick_xml::events::Event::Eof {}
        for told in ["<b>", "<!--a", "](http", " http://", "@org"] {
            prop_assert!(!comment.as_str().contains(told), "{told} in {}", comment.as_str());
        }
    }
}
