//! Annotations on a change: workflow commands, which GitHub Actions reads from a step's output.

use archlint_schema::Severity;

use super::escape::{line, lines};
use super::failure::Failure;
use super::human::{Style, summary};
use super::plain::{explanation, rule};
use super::{Page, Report, Repository};
use crate::verdict::Finding;

/// One command per finding and per error, then the summary for whoever reads the log.
pub fn github(report: &Report, repository: &Repository) -> Page {
    let findings = report.findings.iter().map(|it| finding(report, it, repository));
    let expired = report.notices.iter().filter(|it| it.gates()).map(|it| Failure::of(it));
    let failures = report.errors.iter().map(|it| Failure::of(it.as_ref())).chain(expired);
    let failures = failures.map(|it| failure(&it, repository));
    Page::commands(&(findings.chain(failures).collect::<String>() + &summary(report, Style::PLAIN)))
}

fn finding(report: &Report, it: &Finding, repository: &Repository) -> String {
    let level = match it.severity {
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "notice",
    };
    let location = report.location(it.scenario, &it.resource.key, &it.path, repository);
    let properties = [
        ("file", location.file.clone()),
        ("line", location.line().to_string()),
        ("col", location.column().to_string()),
        ("title", rule(it.definition(&report.definitions))),
    ];
    command(level, &properties, &format!("{}\n{}", it.message, explanation(report, it, repository)))
}

fn failure(it: &Failure, repository: &Repository) -> String {
    let mut properties = vec![("title", it.code.clone().unwrap_or_else(|| "archlint".to_owned()))];
    if let Some(location) = it.locations.first()
        && let Some(file) = &location.file
    {
        properties.extend([
            ("file", repository.path(file)),
            ("line", location.line.to_string()),
            ("col", location.column.to_string()),
        ]);
    }
    command("error", &properties, &it.text())
}

fn command(level: &str, properties: &[(&str, String)], message: &str) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(name, it)| format!("{name}={}", escaped_property(it))).collect();
    format!("::{level} {}::{}\n", properties.join(","), escaped(message))
}

fn escaped(text: &str) -> String {
    lines(text).replace('%', "%25").replace('\n', "%0A")
}

fn escaped_property(text: &str) -> String {
    escaped(&line(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_ends_its_command() {
        let properties = [("file", "a,b:c%.yaml".to_owned()), ("title", "x\n::error::y".to_owned())];
        assert_eq!(
            command("error", &properties, "100%\r\n::set-output name=a::b"),
            "::error file=a%2Cb%3Ac%25.yaml,title=x\\n%3A%3Aerror%3A%3Ay::100%25\\r%0A::set-output name=a::b\n"
        );
    }
}
