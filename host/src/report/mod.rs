//! What people and machines read. The only stage that prints.

mod console;
mod escape;
mod excerpt;
mod explain;
mod failure;
mod github;
mod gitlab;
#[cfg(test)]
mod hostile;
mod human;
mod json;
mod junit;
mod keys;
mod kinds;
mod location;
mod markdown;
mod plain;
#[cfg(feature = "engine")]
mod plugin;
mod properties;
#[cfg(test)]
mod sample;
mod sarif;
mod settings;
mod statistics;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use archlint_schema::{Key, Meta, Reason, Snapshot, Unknown};
use miette::Diagnostic;
use serde_json::Value as Json;

use crate::source::{Input, Origins};
use crate::verdict::{
    BaselineEntry, BaselinedFinding, Definitions, Finding, Gate, NotSeen, Notice, SuppressedFinding,
    Undecided,
};
pub use escape::Page;
pub use explain::{explain, rules};
pub use github::github;
pub use gitlab::gitlab;
pub use human::{Style, diagnostic, human};
pub use json::json;
pub use junit::junit;
pub use keys::{KeysInput, KeysReport, Load, LoadOrigin, PopulationReport, keys, keys_json};
use location::Location;
pub use location::Repository;
pub use markdown::markdown;
#[cfg(feature = "engine")]
pub use plugin::{examined, inspection};
pub use sarif::sarif;
pub use settings::settings;
pub use statistics::statistics;

/// Everything that a run has to say.
pub struct Report {
    pub inputs: Vec<Input>,
    pub findings: Vec<Finding>,
    pub undecided: Vec<Undecided>,
    /// Findings that somebody accepts.
    pub suppressed: Vec<SuppressedFinding>,
    /// Whether the run had a baseline.
    pub has_baseline: bool,
    /// Findings that the baseline has.
    pub baselined: Vec<BaselinedFinding>,
    /// Entries of the baseline whose finding is gone.
    pub fixed: Vec<BaselineEntry>,
    /// Suppressions that somebody should look at.
    pub notices: Vec<Notice>,
    /// Inputs, plugins and rules that failed; the rest stands.
    pub errors: Vec<Box<dyn Diagnostic + Send + Sync>>,
    /// What plugins said by `log`, each message after the code of the rule that was being checked.
    pub said: Vec<String>,
    /// Scenarios that the budget left unexamined, in words.
    pub not_examined: Vec<String>,
    /// What a source tried to see and could not.
    pub not_collected: Vec<NotCollected>,
    pub definitions: Definitions,
    /// The way back to the source, by architecture and scenario.
    pub contexts: Vec<Vec<Context>>,
    pub architectures: usize,
    pub resources: usize,
    /// How many answers rules gave in base scenarios, a rule's about each of its subjects.
    pub checked: usize,
}

/// A kind of which the source of an architecture did not see every resource, or none.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NotCollected {
    pub architecture: String,
    pub kind: String,
    pub why: String,
    /// The rules that leave something open for it.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub rules: BTreeSet<String>,
    /// Of how many resources they do.
    pub subjects: usize,
}

impl NotCollected {
    /// Everything that a snapshot says of it, and what of the answers about it is open for that.
    pub fn of(architecture: &str, snapshot: &Snapshot, undecided: &[&Undecided]) -> Vec<Self> {
        let mut open: HashMap<&Unknown, Vec<&Undecided>> = HashMap::new();
        for it in undecided {
            open.entry(&it.reason).or_default().push(it);
        }
        let of = |(kind, why): (&str, &Unknown)| {
            let of_it = open.get(why).map(Vec::as_slice).unwrap_or_default();
            let subjects: BTreeSet<&Key> = of_it.iter().map(|it| &it.resource.key).collect();
            Self {
                architecture: architecture.to_owned(),
                kind: kind.to_owned(),
                why: why.detail.clone().unwrap_or_else(|| why.to_string()),
                rules: of_it.iter().map(|it| it.rule.clone()).collect(),
                subjects: subjects.len(),
            }
        };
        snapshot.scope.partial().map(of).collect()
    }

    /// Who leaves what open for it: `NET010 and NET011 leave 3 resources open`.
    fn consequence(&self) -> Option<String> {
        let rules: Vec<&str> = self.rules.iter().map(String::as_str).collect();
        let (last, others) = rules.split_last()?;
        let (names, verb) = match others {
            [] => ((*last).to_owned(), "leaves"),
            others => (format!("{} and {last}", others.join(", ")), "leave"),
        };
        let plural = if self.subjects == 1 { "" } else { "s" };
        Some(format!("{names} {verb} {} resource{plural} open for it", self.subjects))
    }
}

impl std::fmt::Display for NotCollected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not seen: {} of {} ({})", self.kind, self.architecture, self.why)?;
        self.consequence().map_or(Ok(()), |it| write!(f, ": {it}"))
    }
}

/// What the report knows of a scenario besides its findings.
pub struct Context {
    architecture: String,
    origins: Arc<Origins>,
    /// What a path calls each resource; one whose label another has too, by its key.
    names: BTreeMap<Key, String>,
    /// Live resources that findings lead through: they stand in no file.
    properties: BTreeMap<Key, Json>,
}

impl Context {
    pub fn new(architecture: &str, snapshot: &Snapshot, origins: &Arc<Origins>) -> Self {
        let mut bearers: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, meta) in snapshot.resources.iter() {
            *bearers.entry(&meta.label).or_default() += 1;
        }
        let name = |(kind, meta): (&str, &Meta)| {
            let label = if bearers[meta.label.as_str()] == 1 { &meta.label } else { meta.key.as_str() };
            (meta.key.clone(), kinds::name(kind, label))
        };
        Self {
            architecture: architecture.to_owned(),
            origins: Arc::clone(origins),
            names: snapshot.resources.iter().map(name).collect(),
            properties: BTreeMap::new(),
        }
    }

    /// Keeps the properties of those live resources that are wanted.
    #[must_use]
    pub fn with_properties(self, snapshot: &Snapshot, wanted: &BTreeSet<Key>) -> Self {
        let is_shown = |it: &Key| {
            it.as_str().starts_with("arn:") && wanted.contains(it) && !self.origins.resources.contains_key(it)
        };
        let properties = snapshot.resources.to_json(is_shown);
        Self { properties, ..self }
    }
}

impl Report {
    /// Whether something counts against a deployment.
    pub fn gates(&self, gate: &Gate) -> bool {
        self.findings.iter().any(|it| it.gates(gate))
            || self.undecided.iter().any(|it| it.gates(gate))
            || self.notices.iter().any(Notice::gates)
            || gate.not_seen.iter().any(|it| self.lacks(it))
    }

    /// Whether what must be seen was not.
    fn lacks(&self, wanted: &NotSeen) -> bool {
        // What is missing of a kind's resources (`AWS::Lambda::Function.Tags`) is missing of the kind.
        let is_of = |it: &NotCollected, kind: &str| it.kind.split('.').next() == Some(kind);
        match wanted {
            NotSeen::Any => !self.not_collected.is_empty(),
            NotSeen::Kind(kind) => self.not_collected.iter().any(|it| is_of(it, kind)),
            NotSeen::Share(percent) => {
                let is_unseen =
                    |it: &&Undecided| it.when.is_none() && it.reason.reason == Reason::NotCollected;
                let unseen = self.undecided.iter().filter(is_unseen).count();
                #[expect(clippy::cast_precision_loss, reason = "a share of so many needs no more digits")]
                let share = unseen as f64 * 100.0 / self.checked.max(1) as f64;
                share > *percent
            }
        }
    }

    fn context(&self, (architecture, scenario): (usize, usize)) -> &Context {
        &self.contexts[architecture][scenario]
    }
}

/// What would decide an answer, in a reader's words: `parameter Subnets`, `export network-PrivateA`.
fn wanted(reason: &Unknown) -> String {
    let what = match reason.reason {
        Reason::Parameter => "parameter",
        Reason::Import => "export",
        Reason::Computed => "known after deployment",
        Reason::NotCollected => "not seen",
        Reason::Redacted => "secret",
        Reason::Unevaluated => "not evaluated",
    };
    // A key of what is outside begins with what it is: `parameter:web/Subnets`, `import:network-PrivateA`.
    let name = |detail: &str| match detail.split_once(':') {
        Some(("parameter", path)) => path.rsplit('/').next().unwrap_or(path).to_owned(),
        Some(("import" | "pseudo", name)) => name.to_owned(),
        _ => detail.to_owned(),
    };
    match (&reason.detail, reason.reason) {
        (None, _) => what.to_owned(),
        (Some(detail), Reason::Computed | Reason::NotCollected | Reason::Unevaluated) => {
            format!("{} ({what})", name(detail))
        }
        (Some(detail), _) => format!("{what} {}", name(detail)),
    }
}

/// Writes to a file, or to standard output; a reader that went away is no error.
pub fn write(output: Option<&Path>, page: impl Into<Page>) -> io::Result<()> {
    let page = page.into();
    let text = page.as_str();
    match output {
        Some(path) => std::fs::write(path, text),
        None => match io::stdout().lock().write_all(text.as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result,
        },
    }
}

/// Tells something on standard error.
pub fn tell(page: impl Into<Page>) {
    // Nobody is left to be told that standard error is gone.
    let _ = io::stderr().lock().write_all(page.into().as_str().as_bytes());
}
