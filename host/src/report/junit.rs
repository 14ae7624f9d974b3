//! JUnit XML, which nearly every CI server shows: a suite per rule, a case per subject that did not pass.

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::explain::word;
use super::failure::Failure;
use super::plain::{explanation, rule};
use super::{Location, Page, Report, Repository};
use crate::definition::Definition;
use crate::verdict::{BaselinedFinding, Finding, SuppressedFinding, Undecided};

/// The report as JUnit XML, without times: they would differ from run to run.
pub fn junit(report: &Report, repository: &Repository) -> Page {
    let mut junit = quick_junit::Report::new("archlint");
    junit.add_test_suites(report.definitions.values().map(|it| suite(report, it, repository)));
    if !report.errors.is_empty() {
        let mut failed = TestSuite::new("archlint");
        failed.add_test_cases(report.errors.iter().map(|it| failure(&Failure::of(it.as_ref()), repository)));
        junit.add_test_suite(failed);
    }
    junit.to_string().expect("a String takes everything").into()
}

fn suite(report: &Report, definition: &Definition, repository: &Repository) -> TestSuite {
    let is_its = |rule: &str| rule == definition.code;
    let findings = report.findings.iter().filter(|it| is_its(&it.rule));
    let suppressed = report.suppressed.iter().filter(|it| is_its(&it.finding.rule));
    let baselined = report.baselined.iter().filter(|it| is_its(&it.finding.rule));
    let undecided = report.undecided.iter().filter(|it| is_its(&it.rule));
    let mut cases: Vec<TestCase> = findings.map(|it| finding(report, it, repository)).collect();
    cases.extend(suppressed.map(|it| self::suppressed(report, it, repository)));
    cases.extend(baselined.map(|it| self::baselined(report, it, repository)));
    cases.extend(undecided.map(|it| self::undecided(report, it, repository)));
    if cases.is_empty() {
        // Servers take a suite without cases for one that did not run.
        let mut passed = TestCase::new("no findings", TestCaseStatus::success());
        passed.set_classname(&definition.code);
        cases.push(passed);
    }
    let mut suite = TestSuite::new(rule(definition));
    suite.add_test_cases(cases);
    suite
}

fn finding(report: &Report, it: &Finding, repository: &Repository) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let explanation = explanation(report, it, repository);
    status.set_type(word(&it.severity)).set_message(&it.message).set_description(explanation);
    about(it, status, report, repository)
}

fn suppressed(report: &Report, it: &SuppressedFinding, repository: &Repository) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    status.set_message(format!("suppressed: {}", it.suppression.reason)).set_description(&it.finding.message);
    about(&it.finding, status, report, repository)
}

fn baselined(report: &Report, it: &BaselinedFinding, repository: &Repository) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    status
        .set_message(format!("in the baseline since {}", it.first_seen))
        .set_description(&it.finding.message);
    about(&it.finding, status, report, repository)
}

fn about(it: &Finding, status: TestCaseStatus, report: &Report, repository: &Repository) -> TestCase {
    let name = format!("{} {}", it.resource.key, it.path);
    let location = report.location(it.scenario, &it.resource.key, &it.path, repository);
    case(name.trim_end(), &location, status)
}

fn undecided(report: &Report, it: &Undecided, repository: &Repository) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    status.set_message(format!("undecided: {}", it.reason));
    let location = report.location(it.scenario, &it.resource.key, &it.missing, repository);
    case(&format!("{} {}", it.resource.key, it.missing), &location, status)
}

fn case(name: &str, location: &Location, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(&location.file);
    case.extra.insert("file".into(), location.file.as_str().into());
    case.extra.insert("line".into(), location.line().to_string().into());
    case
}

fn failure(it: &Failure, repository: &Repository) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(&it.message).set_description(it.text());
    if let Some(code) = &it.code {
        status.set_type(code);
    }
    let mut case = TestCase::new(&it.message, status);
    if let Some(location) = it.locations.first()
        && let Some(file) = &location.file
    {
        let file = repository.path(file);
        case.set_classname(&file);
        case.extra.insert("file".into(), file.into());
        case.extra.insert("line".into(), location.line.to_string().into());
    }
    case
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use quick_junit::Report as Junit;

    use super::*;
    use crate::report::sample;
    use crate::verdict::{Suppression, SuppressionOrigin};

    fn case(report: &Report) -> TestCase {
        let text = junit(report, &Repository::around(Path::new("/repo")));
        Junit::deserialize_from_str(text.as_str()).unwrap().test_suites[0].test_cases[0].clone()
    }

    #[test]
    fn a_suppressed_finding_is_skipped_with_its_reason() {
        let mut report = sample::report();
        assert!(matches!(case(&report).status, TestCaseStatus::NonSuccess { .. }));
        let suppression = Suppression {
            reason: "planned".to_owned(),
            until: None,
            owner: None,
            origin: SuppressionOrigin::Settings,
        };
        let finding = report.findings.remove(0);
        report.suppressed.push(SuppressedFinding { finding, suppression });
        let TestCaseStatus::Skipped { message, .. } = case(&report).status else {
            panic!("it is not skipped")
        };
        assert_eq!(message.unwrap().as_str(), "suppressed: planned");
        report.suppressed.clear();
        assert!(matches!(case(&report).status, TestCaseStatus::Success { .. }));
    }

    #[test]
    fn what_xml_cannot_say_is_left_out() {
        let mut report = sample::report();
        report.findings[0].message = "<\u{1b}[31m & \u{0}`\"`>".to_owned();
        let TestCaseStatus::NonSuccess { message, .. } = case(&report).status else {
            panic!("it is no failure")
        };
        assert_eq!(message.unwrap().as_str(), "< & `\"`>");
    }
}
