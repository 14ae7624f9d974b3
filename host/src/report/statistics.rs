//! How much each rule has to say.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::escape::Page;
use super::human::summary;
use super::{Report, Style};

/// What one rule came to.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct RuleCount<'a> {
    rule: &'a str,
    slug: &'a str,
    findings: usize,
    suppressed: usize,
    baselined: usize,
    undecided: usize,
}

/// The counts of the rules that have any, by code.
pub(super) fn counts(report: &Report) -> Vec<RuleCount<'_>> {
    let mut counts: BTreeMap<&str, RuleCount<'_>> = BTreeMap::new();
    for (code, definition) in &report.definitions {
        counts.insert(code, RuleCount { rule: code, slug: &definition.slug, ..RuleCount::default() });
    }
    let mut of = |rule: &str, count: &dyn Fn(&mut RuleCount<'_>)| {
        count(counts.get_mut(rule).expect("only rules with a definition are run"));
    };
    report.findings.iter().for_each(|it| of(&it.rule, &|it| it.findings += 1));
    report.suppressed.iter().for_each(|it| of(&it.finding.rule, &|it| it.suppressed += 1));
    report.baselined.iter().for_each(|it| of(&it.finding.rule, &|it| it.baselined += 1));
    report.undecided.iter().for_each(|it| of(&it.rule, &|it| it.undecided += 1));
    let is_silent = |it: &RuleCount<'_>| it.findings + it.suppressed + it.baselined + it.undecided == 0;
    counts.into_values().filter(|it| !is_silent(it)).collect()
}

/// A line per rule that has anything to say, and the summary.
pub fn statistics(report: &Report, style: Style) -> Page {
    let mut text = String::from("findings  suppressed  baseline  undecided  rule\n");
    for it in counts(report) {
        writeln!(
            text,
            "{:>8}  {:>10}  {:>8}  {:>9}  {} {}",
            it.findings, it.suppressed, it.baselined, it.undecided, it.rule, it.slug
        )
        .expect("a String takes everything");
    }
    Page::painted(&(text + &summary(report, style)))
}
