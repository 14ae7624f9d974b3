//! The report for people: each finding with the path through the architecture that makes it true.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use archlint_schema::{Key, Severity};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceSpan};

use super::console;
use super::escape::{Page, line};
use super::excerpt::{self, Excerpt};
use super::explain::word;
use super::plain::{fix, rule};
use super::{NotCollected, Report, properties, wanted};
use crate::facts::Step;
use crate::fault;
use crate::source::{Origins, Place};
use crate::verdict::{BaselineEntry, Finding, OnUnknown, Undecided};

/// How the terminal wants it.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    pub color: bool,
    /// Whether it shows more than ASCII.
    pub unicode: bool,
    /// In columns.
    pub width: usize,
}

impl Style {
    /// Text for machines, and for people who read what machines passed on.
    pub(super) const PLAIN: Self = Self { color: false, unicode: true, width: 80 };

    fn handler(self) -> GraphicalReportHandler {
        let theme = match (self.unicode, self.color) {
            (true, true) => GraphicalTheme::unicode(),
            (true, false) => GraphicalTheme::unicode_nocolor(),
            (false, true) => {
                GraphicalTheme { styles: miette::ThemeStyles::ansi(), ..GraphicalTheme::ascii() }
            }
            (false, false) => GraphicalTheme::none(),
        };
        GraphicalReportHandler::new_themed(theme)
            .with_width(self.width)
            .with_links(false)
            .with_context_lines(excerpt::CONTEXT)
    }

    pub(super) fn paint(self, text: &str, code: &str) -> String {
        let text = line(text);
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.into_owned() }
    }

    fn arrow(self) -> &'static str {
        if self.unicode { "→" } else { "->" }
    }
}

/// The whole report.
pub fn human(report: &Report, style: Style) -> Page {
    let mut text = String::new();
    for it in &report.findings {
        text.push_str(&finding(report, it, style));
        text.push('\n');
    }
    text.push_str(&undecided(&report.undecided, style));
    text.push_str(&fixed(&report.fixed, style));
    for it in &report.inputs {
        if let Some(note) = &it.note {
            text.push_str(&line(&format!("{}: {note}", it.file)));
            text.push('\n');
        }
    }
    for it in &report.not_examined {
        writeln!(text, "not examined: {}", line(it)).expect("a String takes everything");
    }
    text.push_str(&not_collected(&report.not_collected));
    text.push_str(&summary(report, style));
    Page::painted(&text)
}

/// An error, as miette draws it.
pub fn diagnostic(it: &dyn Diagnostic, style: Style) -> Page {
    Page::painted(&drawn(&Excerpt::of(it), style))
}

/// What miette draws; where it cannot, the words still stand.
fn drawn(it: &Excerpt, style: Style) -> String {
    let draw = || {
        let mut text = String::new();
        style.handler().render_report(&mut text, it).ok().map(|()| text)
    };
    fault::caught("drawing", draw).ok().flatten().unwrap_or_else(|| it.words())
}

fn finding(report: &Report, it: &Finding, style: Style) -> String {
    let definition = it.definition(&report.definitions);
    let (severity, code) = match it.severity {
        Severity::High => ("high", "1;31"),
        Severity::Medium => ("medium", "1;33"),
        Severity::Low => ("low", "1;36"),
        Severity::Info => ("info", "1;34"),
    };
    let mut text = format!("{}  {}\n", style.paint(severity, code), style.paint(&rule(definition), "1"));
    let path = path(report, it);
    let is_ambiguous = path[0].ends_with(line(it.resource.key.as_str()).as_ref())
        && it.resource.key.as_str() != it.resource.label;
    if path.len() > 1 || is_ambiguous {
        writeln!(text, "  {}", wrapped(&path, style)).expect("a String takes everything");
    }
    if let Some(when) = &it.when {
        writeln!(text, "  only when {}", line(when)).expect("a String takes everything");
    }
    if let Some(arn) = console::arn(&it.resource) {
        writeln!(text, "  {}", console::link(arn)).expect("a String takes everything");
    }
    let origins = origins(report, it);
    let steps = unplaced(&origins, it);
    if !steps.is_empty() {
        writeln!(text, "  in {}", line(&it.architecture)).expect("a String takes everything");
        text.push_str(&steps);
    }
    for it in excerpts(report, it, &origins) {
        text.push_str(&drawn(&it, style));
    }
    text
}

/// Where the evidence of a finding stands: in files, or in the properties of live resources.
fn origins(report: &Report, it: &Finding) -> Arc<Origins> {
    let context = report.context(it.scenario);
    if context.properties.is_empty() {
        return Arc::clone(&context.origins);
    }
    let steps = it.evidence.iter().map(|it| &it.resource);
    let keys: BTreeSet<&Key> = [&it.resource.key].into_iter().chain(steps).collect();
    let shown = keys.into_iter().filter_map(|key| context.properties.get_key_value(key));
    Arc::new(properties::origins(shown))
}

/// The evidence that stands in no text at hand: by address and property.
fn unplaced(origins: &Origins, it: &Finding) -> String {
    let is_unplaced = |(_, step): &(usize, &Step)| {
        let place = origins.locate(&step.resource, &step.path);
        place.is_none_or(|place| span(origins, place).is_none())
    };
    let shown = |(at, step): (usize, &Step)| {
        let property = if step.path.is_empty() { String::new() } else { format!(" {}", step.path) };
        let part = origins.part(&step.resource, &step.path);
        let part = part.map(|it| format!(" ({it})")).unwrap_or_default();
        let step = format!("{}{property}{part}: {}", step.resource, step.message);
        format!("    {}. {}\n", at + 1, line(&step))
    };
    it.evidence.iter().enumerate().filter(is_unplaced).map(shown).collect()
}

/// The resources on the way, in order, each once, with what each is.
pub(super) fn path(report: &Report, it: &Finding) -> Vec<String> {
    let names = &report.context(it.scenario).names;
    let name = |key: &Key| line(names.get(key).map_or(key.as_str(), String::as_str)).into_owned();
    let mut path = vec![name(&it.resource.key)];
    for key in &it.way {
        let name = name(key);
        if !path.contains(&name) {
            path.push(name);
        }
    }
    path
}

/// A path over as many lines as it takes.
fn wrapped(path: &[String], style: Style) -> String {
    let mut text = String::new();
    let mut column = 2;
    for (at, part) in path.iter().enumerate() {
        let part = if at == 0 { part.clone() } else { format!(" {} {part}", style.arrow()) };
        let width = part.chars().count();
        if column + width > style.width && at > 0 {
            text.push_str("\n   ");
            column = 3;
        }
        column += width;
        text.push_str(&part);
    }
    text
}

/// The finding as diagnostics, one per file: that of its subject first, the others after it, and what to change
/// at the end. miette's `related` would put the other files below the help, each under a heading `Error:`.
fn excerpts(report: &Report, it: &Finding, origins: &Origins) -> Vec<Excerpt> {
    let own = origins.locate(&it.resource.key, &it.path);
    let mut by_file = labels(origins, it, own);
    let mut excerpts = vec![Excerpt::new(&it.message)];
    if let Some(file) = own.map(|it| it.file)
        && let Some(labels) = by_file.remove(&file)
    {
        excerpts[0].draw(&origins.files[file], origins.lines(file), &labels);
    }
    for (file, labels) in by_file {
        let mut other = Excerpt::aside(&format!("in {}", origins.files[file].name));
        other.draw(&origins.files[file], origins.lines(file), &labels);
        excerpts.push(other);
    }
    let last = excerpts.last_mut().expect("the first is always there");
    last.help = Some(fix(it.definition(&report.definitions)));
    excerpts
}

/// The labels of the evidence by file, numbered in the order of the path; those of the subject's place last.
fn labels(origins: &Origins, it: &Finding, own: Option<Place>) -> BTreeMap<usize, Vec<LabeledSpan>> {
    let steps = it
        .evidence
        .iter()
        .filter_map(|step| Some((origins.locate(&step.resource, &step.path)?, step.message.as_str())));
    let mut by_file: BTreeMap<usize, Vec<LabeledSpan>> = BTreeMap::new();
    let mut number = 0;
    for (place, message) in steps.chain(own.map(|place| (place, "here"))) {
        let Some(span) = span(origins, place) else { continue };
        let labels = by_file.entry(place.file).or_default();
        // miette cannot draw two labels on one place.
        if labels.iter().all(|it| it.inner() != &span) {
            number += 1;
            labels.push(LabeledSpan::new_with_span(Some(format!("{number}. {message}")), span));
        }
    }
    by_file
}

/// The bytes of a place; none where the text is not at hand.
fn span(origins: &Origins, place: Place) -> Option<SourceSpan> {
    let bytes = origins.bytes(place);
    (!bytes.is_empty()).then(|| (bytes.start, bytes.len()).into())
}

/// What could not be collected for one reason stands on one line.
fn not_collected(all: &[NotCollected]) -> String {
    let mut by_reason = BTreeMap::<(&str, &str), Vec<&NotCollected>>::new();
    for it in all {
        by_reason.entry((&it.architecture, &it.why)).or_default().push(it);
    }
    let shown = |((architecture, why), all): ((&str, &str), Vec<&NotCollected>)| {
        let kinds: Vec<&str> = all.iter().map(|it| it.kind.as_str()).collect();
        // What is open for a reason is open for each of its kinds.
        let consequence = all.iter().find_map(|it| it.consequence()).map(|it| format!(": {it}"));
        let consequence = consequence.unwrap_or_default();
        line(&format!("not seen of {architecture}: {} ({why}){consequence}", kinds.join(", "))).into_owned()
            + "\n"
    };
    by_reason.into_iter().map(shown).collect()
}

fn undecided(all: &[Undecided], style: Style) -> String {
    let shown = |it: String| format!("{}  {}\n", style.paint("undecided", "2"), line(&it));
    open(all).into_iter().map(shown).collect()
}

/// What each rule could not decide about, and what would decide it: a line for each rule.
pub(super) fn open(all: &[Undecided]) -> Vec<String> {
    const SHOWN: usize = 3;
    let mut by_rule: BTreeMap<&str, Vec<&Undecided>> = BTreeMap::new();
    for it in all.iter().filter(|it| it.on_unknown != OnUnknown::Ignore) {
        by_rule.entry(&it.rule).or_default().push(it);
    }
    let line = |(rule, all): (&str, Vec<&Undecided>)| {
        let shown = all.iter().take(SHOWN).map(|it| format!("{}: {}", it.resource.label, wanted(&it.reason)));
        let more = all.len().checked_sub(SHOWN).filter(|it| *it > 0).map(|it| format!("{it} more"));
        format!("{rule}  {}", shown.chain(more).collect::<Vec<_>>().join("; "))
    };
    by_rule.into_iter().map(line).collect()
}

/// What the baseline has and the run did not find.
fn fixed(all: &[BaselineEntry], style: Style) -> String {
    let head = style.paint("fixed", "2");
    let shown = |it: &BaselineEntry| {
        let entry = format!("{}  {} (in the baseline since {})", it.rule, it.address, it.first_seen);
        format!("{head}  {}\n", line(&entry))
    };
    all.iter().map(shown).collect()
}

pub(super) fn summary(report: &Report, style: Style) -> String {
    let mut counts: BTreeMap<std::cmp::Reverse<Severity>, usize> = BTreeMap::new();
    for it in &report.findings {
        *counts.entry(std::cmp::Reverse(it.severity)).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(it, count)| format!("{count} {}", word(&it.0))).collect();
    let findings = match report.findings.len() {
        0 => "no findings".to_owned(),
        1 => format!("1 finding ({})", counts.join(", ")),
        all => format!("{all} findings ({})", counts.join(", ")),
    };
    let mut text = style.paint(&findings, "1");
    let aside = [
        (report.suppressed.len(), "suppressed"),
        (report.baselined.len(), "in the baseline"),
        (report.fixed.len(), "fixed"),
    ];
    for (count, what) in aside.into_iter().filter(|it| it.0 > 0) {
        write!(text, ", {count} {what}").expect("a String takes everything");
    }
    let untold = report.undecided.iter().filter(|it| it.on_unknown == OnUnknown::Ignore).count();
    let untold = if untold > 0 { format!(" ({untold} not shown)") } else { String::new() };
    writeln!(
        text,
        ", {} undecided{untold}; {} resources in {} architecture{}, {} rules",
        report.undecided.len(),
        report.resources,
        report.architectures,
        if report.architectures == 1 { "" } else { "s" },
        report.definitions.len()
    )
    .expect("a String takes everything");
    text
}
