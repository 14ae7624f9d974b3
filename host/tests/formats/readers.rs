//! Reads what other programs would read of each format: `RULE message` for every finding, sorted.

use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use serde_json::Value;

pub(super) type Reader = fn(&str) -> Vec<String>;

pub(super) fn json(text: &str) -> Vec<String> {
    let report: Value = serde_json::from_str(text).unwrap();
    sorted(report["findings"].as_array().unwrap().iter().map(|it| entry(&it["rule"], &it["message"])))
}

pub(super) fn sarif(text: &str) -> Vec<String> {
    let log: Value = serde_json::from_str(text).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    // In SARIF `[a](b)` is a link, so archlint writes `[a] (b)`.
    sorted(results.iter().map(|it| entry(&it["ruleId"], &it["message"]["text"]).replace("] (", "](")))
}

pub(super) fn gitlab(text: &str) -> Vec<String> {
    let entries: Vec<Value> = serde_json::from_str(text).unwrap();
    sorted(entries.iter().map(|it| entry(&it["check_name"], &it["description"])))
}

pub(super) fn junit(text: &str) -> Vec<String> {
    let report = Report::deserialize_from_str(text).unwrap();
    let mut all = Vec::new();
    for suite in &report.test_suites {
        for case in &suite.test_cases {
            if let TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, message, .. } = &case.status {
                let rule = suite.name.as_str().split(' ').next().unwrap();
                all.push(format!("{rule} {}", message.as_ref().unwrap().as_str()));
            }
        }
    }
    sorted(all.into_iter())
}

/// What GitHub Actions makes of the lines of a step's output.
pub(super) fn github(text: &str) -> Vec<String> {
    let decoded = |it: &str| {
        it.replace("%0A", "\n")
            .replace("%0D", "\r")
            .replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%25", "%")
    };
    let mut all = Vec::new();
    for line in text.lines().filter(|it| it.starts_with("::")) {
        let (head, message) = line[2..].split_once("::").unwrap();
        let title = head.split([' ', ',']).find_map(|it| it.strip_prefix("title=")).unwrap();
        if title.starts_with("archlint") {
            continue; // an error
        }
        let message = decoded(message);
        // The explanation begins with the first step, on a line of its own.
        let end = message.find("\nonly when ").or(message.find("\n1. ")).unwrap();
        all.push(format!("{title} {}", &message[..end]));
    }
    sorted(all.into_iter())
}

/// The rows of the table, as a browser shows them. Line breaks cannot be in a table, so none are compared.
pub(super) fn markdown(text: &str) -> Vec<String> {
    let rows = text.lines().filter(|it| it.starts_with("| ") && !it.starts_with("| severity "));
    sorted(rows.map(|row| {
        let cells: Vec<&str> = row.split('|').collect();
        assert_eq!(cells.len(), 6, "{row}");
        format!("{} {}", cells[2].trim(), shown(cells[3].trim()))
    }))
}

fn shown(html: &str) -> String {
    let text = html.replace("<code>", "`").replace("</code>", "`");
    assert!(!text.contains(['<', '>', '*', '[', ']', '\\']), "{html}");
    let mut parts = text.split("&#");
    let mut shown = parts.next().unwrap().to_owned();
    for part in parts {
        let (number, rest) = part.split_once(';').unwrap();
        shown.push(char::from_u32(number.parse().unwrap()).unwrap());
        shown += rest;
    }
    shown
}

fn entry(rule: &Value, message: &Value) -> String {
    format!("{} {}", rule.as_str().unwrap(), message.as_str().unwrap())
}

fn sorted(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = all.collect();
    all.sort();
    all
}
