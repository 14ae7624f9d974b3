//! What `archlint keys` tells of populations of S3 keys.

mod advice;
mod heat_map;

use std::fmt::Write;

use archlint_schema::{Floor, KeyClass, KeySampling};
use serde::Serialize;

use super::escape::{self, Page};
use super::explain::word;
use super::human::Style;
use crate::key_population::{Classification, Counts, Rates};
use advice::{advice, meaning};

const FLOOR: Floor = Floor::DOCUMENTED;
/// From this part of what can be carried on, rules warn (STO001).
const WARN_RATIO: f64 = 0.5;
/// How many branches people are shown.
const MOST_BRANCHES: usize = 8;

/// The populations of some inputs.
#[derive(Debug, Serialize)]
pub struct KeysReport {
    pub inputs: Vec<KeysInput>,
    pub populations: Vec<PopulationReport>,
}

/// An input, and what it was taken for.
#[derive(Debug, Serialize)]
pub struct KeysInput {
    pub name: String,
    pub format: String,
    pub records: u64,
    /// What was left out rightly, in words.
    pub skipped: Vec<String>,
}

/// The keys of one bucket.
#[derive(Debug, Serialize)]
pub struct PopulationReport {
    /// Absent where the input names none.
    pub bucket: Option<String>,
    pub counts: Counts,
    pub classification: Classification,
    pub load: Load,
    /// The share of slow-downs in the first hour of days or the first ten minutes of hours, whichever is more.
    pub slow_downs_at_start: Option<f64>,
}

/// Requests per second. What nobody observed or declared is absent: it does not follow from the number of keys.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Load {
    pub writes: Option<f64>,
    pub reads: Option<f64>,
    pub origin: Option<LoadOrigin>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoadOrigin {
    /// The 99th percentile of the seconds that access logs tell of.
    Observed,
    Declared,
}

impl Load {
    pub fn observed(writes: Option<Rates>, reads: Option<Rates>) -> Self {
        let p99 = |it: Option<Rates>| it.map(|it| f64::from(it.p99));
        let origin = writes.or(reads).map(|_| LoadOrigin::Observed);
        Self { writes: p99(writes), reads: p99(reads), origin }
    }

    /// How much of what one partitioned prefix carries at least.
    fn need(self) -> Option<f64> {
        let parts = [(self.writes, FLOOR.writes), (self.reads, FLOOR.reads)];
        parts.into_iter().filter_map(|(rate, floor)| Some(rate? / floor)).max_by(f64::total_cmp)
    }
}

/// As JSON.
pub fn keys_json(report: &KeysReport) -> Page {
    let text = serde_json::to_string_pretty(report).expect("a report has only texts and numbers");
    Page::json(&(text + "\n"))
}

/// For people.
pub fn keys(report: &KeysReport, style: Style) -> Page {
    let mut text = String::new();
    for it in &report.inputs {
        let told =
            [it.format.clone(), count(it.records, "record")].into_iter().chain(it.skipped.iter().cloned());
        let line = format!("{}: {}", it.name, told.collect::<Vec<_>>().join(", "));
        text += &style.paint(&line, "2");
        text.push('\n');
    }
    for it in &report.populations {
        text.push('\n');
        text += &population(it, style);
    }
    Page::painted(&text)
}

fn population(it: &PopulationReport, style: Style) -> String {
    let told = &it.classification;
    let name = it.bucket.as_deref().map_or("keys".to_owned(), |it| format!("s3://{it}"));
    let mut text = format!("{}  {}\n\n", style.paint(&name, "1"), size(told, &it.counts));
    let mut line = |name: &str, value: &str| {
        writeln!(text, "  {name:<12}{value}").expect("a String takes everything");
    };
    line("class", &style.paint(&class(told), "1"));
    line("", meaning(told.class));
    line("confidence", &confidence(told));
    if !told.stem.is_empty() {
        line("all under", &escape::line(&told.stem));
    }
    if !told.branches.is_empty() {
        line("branches", &escape::line(&branches(told)));
    }
    if let Some(it) = told.concentration {
        line("one moment", &format!("touches {:.0} % of the key space{}", it * 100.0, partly(told)));
    }
    if let Some(floor) = told.spread {
        line("can carry", &capacity(told, floor));
        line("load", &load(told, it.load, floor, style));
    }
    if it.counts.slow_downs > 0 {
        let slow_downs = count(it.counts.slow_downs, "request");
        let at_start = it.slow_downs_at_start.map_or_else(String::new, |share| {
            format!(", {:.0} % of them as a day or an hour begins", share * 100.0)
        });
        line("slow down", &format!("{slow_downs} answered 503 Slow Down{at_start}"));
    }
    let change = if is_limited(told) { advice(told, it.load.need()) } else { Vec::new() };
    for (at, it) in change.iter().enumerate() {
        line(if at == 0 { "to change" } else { "" }, it);
    }
    if let Some(map) = &told.heat_map {
        text.push('\n');
        text += &heat_map::draw(map, style);
    }
    text
}

fn class(it: &Classification) -> String {
    let token = it.token.map(|it| format!(" ({it})")).unwrap_or_default();
    let inner = it.inner.filter(|inner| *inner != it.class).map(|it| format!(", each {}", word(&it)));
    let by_name = it.by_name.map(|it| format!("; the names alone say {}", word(&it)));
    format!("{}{token}{}{}", word(&it.class), inner.unwrap_or_default(), by_name.unwrap_or_default())
}

fn size(told: &Classification, counts: &Counts) -> String {
    let unit = if told.sampling == KeySampling::Requests { "request" } else { "key" };
    let mut text = count(told.total, unit);
    if told.sample < told.total {
        write!(text, ", of which {} distinct ones were looked at", grouped(told.sample))
            .expect("a String takes everything");
    }
    let left_out = [
        (counts.folder_markers, "that stand for folders"),
        (counts.temporary, "of unfinished writes"),
        (counts.service_owned, "that a service of AWS chose"),
    ];
    for (number, what) in left_out.into_iter().filter(|it| it.0 > 0) {
        write!(text, "; without {} {what}", grouped(number)).expect("a String takes everything");
    }
    text
}

fn confidence(it: &Classification) -> String {
    let why = match (it.sampling, it.concentration) {
        (KeySampling::ListingHead, _) => {
            "only the head of a listing was seen: shape, but neither skew nor time"
        }
        (KeySampling::Template, _) => "no key was seen, only how they are formed",
        (_, None) => "by the names alone: no times, or those of one copy",
        (_, Some(_)) if it.confidence == archlint_schema::Confidence::High => "by names and times",
        (_, Some(_)) => "by names and times of few keys",
    };
    format!("{} ({why})", word(&it.confidence))
}

fn partly(it: &Classification) -> &'static str {
    if it.partly_concentrated { ": partly concentrated" } else { "" }
}

fn branches(it: &Classification) -> String {
    let shown = it.branches.iter().take(MOST_BRANCHES);
    let shown: Vec<String> = shown.map(|it| format!("{}/ {:.1} %", it.name, it.share * 100.0)).collect();
    let more = it.branch_count.saturating_sub(MOST_BRANCHES);
    let more = if more > 0 { format!(" and {} more", grouped(more as u64)) } else { String::new() };
    let effective = it.effective_branches.unwrap_or_default();
    format!("{}{more}; as {effective:.1} equal ones", shown.join(", "))
}

/// Whether the keys of one moment are in so few ranges that their names limit the load.
fn is_limited(it: &Classification) -> bool {
    let is_narrow = |it: KeyClass| matches!(it, KeyClass::Sequential | KeyClass::TimePartitioned);
    match it.class {
        // S3 divides a branch, too, where what is in it is spread.
        KeyClass::Skewed => it.inner.is_some_and(is_narrow),
        KeyClass::BranchedSequential => true,
        other => is_narrow(other),
    }
}

/// Never a number of partitions: only S3 knows how many there are.
fn capacity(told: &Classification, spread: f64) -> String {
    let rates = |times: f64| {
        format!(
            "{} writes/s or {} reads/s",
            grouped_rate(FLOOR.writes * times),
            grouped_rate(FLOOR.reads * times)
        )
    };
    match told.class {
        _ if !is_limited(told) => {
            format!("{} for each prefix that S3 divides; the names set no limit", rates(1.0))
        }
        KeyClass::TimePartitioned => format!("{} when a period begins, more as S3 divides it", rates(1.0)),
        KeyClass::BranchedSequential => format!("{}, once S3 has divided its branches", rates(spread)),
        KeyClass::Skewed => format!("{}: the rest is idle while one branch is busy", rates(spread)),
        _ => format!("{}: the documented floor of one partitioned prefix", rates(1.0)),
    }
}

fn load(told: &Classification, load: Load, spread: f64, style: Style) -> String {
    let Some(need) = load.need() else {
        return "unknown: give --write-rps and --read-rps, or access logs".to_owned();
    };
    let rate = |it: Option<f64>, what: &str| it.map(|it| format!("{} {what}/s", grouped_rate(it)));
    let rates: Vec<String> =
        [rate(load.writes, "writes"), rate(load.reads, "reads")].into_iter().flatten().collect();
    let origin = match load.origin {
        Some(LoadOrigin::Observed) => "observed, 99th percentile of seconds",
        _ => "declared",
    };
    let text = format!("{} ({origin})", rates.join(", "));
    if !is_limited(told) {
        return text;
    }
    let part = need / spread;
    let colour = match part {
        it if it >= 1.0 => "31",
        it if it >= WARN_RATIO => "33",
        _ => "32",
    };
    format!("{text}: {}", style.paint(&format!("{:.0} % of that", part * 100.0), colour))
}

fn count(number: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(number), if number == 1 { "" } else { "s" })
}

fn grouped_rate(it: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rates are small and positive"
    )]
    grouped(it.round() as u64)
}

/// With commas between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_have_commas() {
        let all = [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")];
        for (number, text) in all {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn the_scarcer_of_writes_and_reads_is_what_is_needed() {
        let load = |writes, reads| Load { writes, reads, origin: Some(LoadOrigin::Declared) };
        assert_eq!(load(Some(3500.0), Some(1.0)).need(), Some(1.0));
        assert_eq!(load(None, Some(11_000.0)).need(), Some(2.0));
        assert_eq!(load(None, None).need(), None);
    }
}
