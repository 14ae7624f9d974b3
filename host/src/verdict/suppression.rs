//! Findings that somebody accepts, with the reason: by an entry of the settings, a comment in the source, or the
//! metadata of a resource.

mod comment;
mod notice;
mod scope;
mod text;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::Date;
use miette::SourceSpan;

use super::{Finding, Judgement};
use crate::definition::{RuleNames, closest};
use crate::source::{Architecture, Origins, Place};
pub use notice::{Notice, SuppressionError};
use scope::ByScope;
pub use scope::Scope;
pub use text::Text;

/// How many days before it expires a suppression is told.
const WARNING_DAYS: i32 = 14;

/// Why a finding is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    pub owner: Option<String>,
    pub origin: SuppressionOrigin,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SuppressionOrigin {
    /// A comment or a resource's metadata; the place is one of the finding's own files.
    InSource(Option<Place>),
    Settings,
}

/// A finding that does not count, and why.
#[derive(Debug, Clone)]
pub struct SuppressedFinding {
    pub finding: Finding,
    pub suppression: Suppression,
}

/// What a run is told about suppressing.
#[derive(Debug, Clone, Default)]
pub struct Suppressions {
    /// Those of the settings; those in the sources are found there.
    pub directives: Vec<Directive>,
    /// The codes of the rules that nothing in a source can suppress.
    pub locked: BTreeSet<String>,
    /// The codes of the rules that run: nothing can be said of a suppression of another.
    pub enabled: BTreeSet<String>,
    /// All rules, to read suppressions by.
    pub names: RuleNames,
}

/// Says which findings are accepted.
#[derive(Debug, Clone)]
pub struct Directive {
    /// The codes that it is about.
    rules: BTreeSet<String>,
    scope: Scope,
    reason: String,
    until: Option<Date>,
    owner: Option<String>,
    /// Where it stands, for diagnostics.
    text: Text,
    at: SourceSpan,
}

impl Directive {
    /// `what` is the reason, the last day, and the owner; `written` the file and the bytes of the entry.
    pub(crate) fn of_settings(
        rules: BTreeSet<String>,
        scope: Scope,
        what: (&str, Option<Date>, Option<&str>),
        written: (Text, Range<usize>),
    ) -> Self {
        let (reason, until, owner) = what;
        let (text, at) = written;
        Self {
            rules,
            scope,
            reason: reason.to_owned(),
            until,
            owner: owner.map(str::to_owned),
            text,
            at: (at.start, at.len()).into(),
        }
    }

    /// Reads what an author wrote in a source, by name: `rule`, `reason`, `until`, `owner`.
    fn in_source(
        fields: &BTreeMap<String, String>,
        scope: Scope,
        text: Text,
        at: Range<usize>,
        names: &RuleNames,
    ) -> Result<Self, SuppressionError> {
        const KNOWN: [&str; 4] = ["rule", "reason", "until", "owner"];
        let at: SourceSpan = (at.start, at.len()).into();
        let wrong =
            |message: String, help: String| SuppressionError { message, help, text: text.clone(), at };
        if let Some(unknown) = fields.keys().find(|it| !KNOWN.contains(&it.as_str())) {
            let suggestion = closest(unknown, KNOWN).map(|it| format!("did you mean `{it}`?"));
            let help = suggestion.unwrap_or_else(|| format!("it takes {}", KNOWN.join(", ")));
            return Err(wrong(format!("a suppression has no `{unknown}`"), help));
        }
        let field = |name: &str| fields.get(name).map(|it| it.trim()).filter(|it| !it.is_empty());
        let Some(rule) = field("rule") else {
            return Err(wrong(
                "a suppression names no rule".to_owned(),
                "name a code, a slug or a family".to_owned(),
            ));
        };
        let rules = names.matching(rule);
        if rules.is_empty() {
            let help = names.suggestion(rule).map(|it| format!("did you mean `{it}`?"));
            let help = help.unwrap_or_else(|| "`archlint rules` lists them".to_owned());
            return Err(wrong(format!("no rule is called `{rule}`"), help));
        }
        let Some(reason) = field("reason") else {
            return Err(wrong(
                format!("the suppression of `{rule}` gives no reason"),
                "say why the finding is accepted: reason=\"...\"".to_owned(),
            ));
        };
        let until = match field("until").map(str::parse::<Date>) {
            None => None,
            Some(Ok(date)) => Some(date),
            Some(Err(_)) => {
                let help = "write it as 2027-01-31".to_owned();
                return Err(wrong(format!("`until` of the suppression of `{rule}` is no date"), help));
            }
        };
        let (reason, owner) = (reason.to_owned(), field("owner").map(str::to_owned));
        Ok(Self { rules, scope, reason, until, owner, text, at })
    }

    fn is_expired(&self, today: Date) -> bool {
        self.until.is_some_and(|it| it < today)
    }

    fn suppression(&self, origins: &Origins) -> Suppression {
        let place = || {
            let file = origins.files.iter().position(|it| it.name == self.text.name())?;
            let start = self.at.offset();
            Some(origins.place(file, start..start + self.at.len()))
        };
        let origin = if self.scope.is_in_source() {
            SuppressionOrigin::InSource(place())
        } else {
            SuppressionOrigin::Settings
        };
        Suppression { reason: self.reason.clone(), until: self.until, owner: self.owner.clone(), origin }
    }
}

impl Judgement {
    /// Sets aside what the sources or the settings suppress. What has to be said about suppressions, and those in
    /// the sources that cannot be read: they suppress nothing. `is_whole` tells whether folders are looked at: with
    /// single files, what an entry of the settings is for may be elsewhere.
    pub fn suppress(
        &mut self,
        by: &Suppressions,
        architectures: &[Architecture],
        is_whole: bool,
        today: Date,
    ) -> (Vec<Notice>, Vec<SuppressionError>) {
        let (mut directives, errors) = in_sources(architectures, &by.names);
        directives.extend(by.directives.iter().cloned());
        directives.retain(|it| !it.rules.is_disjoint(&by.enabled));
        let mut uses = vec![Use::None; directives.len()];
        let by_scope = ByScope::of(directives.iter().map(|it| &it.scope));
        for finding in std::mem::take(&mut self.findings) {
            let scenario = &architectures[finding.scenario.0].scenarios[finding.scenario.1];
            let mut accepting = None;
            for at in by_scope.candidates(&finding, scenario) {
                let (it, its_use) = (&directives[at], &mut uses[at]);
                if !it.rules.contains(&finding.rule) || !it.scope.covers(&finding, scenario) {
                    continue;
                }
                if it.scope.is_in_source() && by.locked.contains(&finding.rule) {
                    *its_use = Use::Locked(finding.rule.clone());
                } else {
                    *its_use = Use::Some;
                    accepting = accepting.or(Some(it).filter(|it| !it.is_expired(today)));
                }
            }
            match accepting.map(|it| it.suppression(&scenario.origins)) {
                Some(suppression) => self.suppressed.push(SuppressedFinding { finding, suppression }),
                None => self.findings.push(finding),
            }
        }
        let notices = directives.iter().zip(uses).filter_map(|(it, used)| {
            let is_sure = it.scope.is_in_source() || is_whole;
            match used {
                Use::Locked(rule) => Some(Notice::locked(it, &rule)),
                _ if it.is_expired(today) => Some(Notice::expired(it)),
                Use::None if is_sure => Some(Notice::unused(it)),
                _ => Notice::expires_soon(it, today),
            }
        });
        (notices.collect(), errors)
    }
}

/// What came of a directive.
#[derive(Debug, Clone)]
enum Use {
    None,
    Some,
    /// It is about a rule that it cannot suppress.
    Locked(String),
}

/// What the sources suppress, each once however many scenarios see it, in the order of files and places.
fn in_sources(architectures: &[Architecture], names: &RuleNames) -> (Vec<Directive>, Vec<SuppressionError>) {
    let mut texts: BTreeMap<&str, Text> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for origins in architectures.iter().flat_map(|it| &it.scenarios).map(|it| &it.origins) {
        for file in origins.files.iter() {
            let Entry::Vacant(unread) = texts.entry(&file.name) else { continue };
            let text = unread.insert(Text::new(&file.name, &file.text));
            for (at, scope, fields) in comment::all(file, text) {
                let read =
                    fields.and_then(|it| Directive::in_source(&it, scope, text.clone(), at.clone(), names));
                found.insert((file.name.as_str(), at.start, None), read);
            }
        }
        for (key, origin) in &origins.resources {
            for it in &origin.ignored {
                let file = origins.file(&it.place);
                let at = origins.bytes(it.place);
                let scope = Scope::Resource { key: key.clone(), path: it.path.clone() };
                let text = &texts[file.name.as_str()];
                found
                    .entry((file.name.as_str(), at.start, Some(key)))
                    .or_insert_with(|| Directive::in_source(&it.fields, scope, text.clone(), at, names));
            }
        }
    }
    let (mut directives, mut errors) = (Vec::new(), Vec::new());
    for it in found.into_values() {
        match it {
            Ok(it) => directives.push(it),
            Err(error) => errors.push(error),
        }
    }
    (directives, errors)
}
