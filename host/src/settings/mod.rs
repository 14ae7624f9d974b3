//! What a run is told: by the command line, else by `archlint.toml`, else by default.

mod document;
mod error;
mod find;
mod initial;
mod selection;
mod written;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use archlint_schema::{Confidence, DeclaredBucket, DeclaredStream, DeclaredWorkload, Severity};

use crate::definition::Pillar;
use crate::facts::EnvironmentSettings;
use crate::source::{Budget, Declarations};
use crate::verdict::{Gate, NotSeen, OnUnknown};
pub use document::Document;
use document::escaped;
pub use error::SettingsError;
pub use find::{FILE_NAME, find};
pub use initial::initial;

use written::Written;
pub use written::{AccountSettings, Entry, EnvironmentName, RuleSettings, SuppressEntry};

/// A value, and who said so.
#[derive(Debug, Clone)]
pub struct Setting<T> {
    pub value: T,
    pub from: Provenance,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Provenance {
    Default,
    /// The settings file, at a JSON Pointer.
    File(String),
    /// The option that gave it.
    CommandLine(&'static str),
}

impl Provenance {
    /// A key of a table of the settings file.
    pub(crate) fn of_key(table: &str, key: &str) -> Self {
        Self::File(format!("/{table}/{}", escaped(key)))
    }
}

/// What the command line says; it beats the file.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    pub select: Vec<String>,
    pub ignore: Vec<String>,
    pub pillars: Vec<Pillar>,
    pub fail_on: Option<Severity>,
    pub min_confidence: Option<Confidence>,
    pub fail_on_undecided: bool,
    pub fail_on_not_seen: Vec<NotSeen>,
    pub all_scenarios: bool,
    pub plugins: Vec<PathBuf>,
    pub baseline: Option<PathBuf>,
}

/// Everything that a run is told besides its inputs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The settings file, where there is one.
    pub file: Option<Document>,
    /// Selectors of the rules that run; none: all.
    pub select: Vec<Setting<String>>,
    pub ignore: Vec<Setting<String>>,
    /// Only rules of these pillars run; none: all.
    pub pillars: Vec<Pillar>,
    pub fail_on: Setting<Severity>,
    pub min_confidence: Setting<Confidence>,
    pub all_scenarios: bool,
    /// Without it, undecided answers of rules of high severity are told and others are counted.
    pub on_unknown: Setting<Option<OnUnknown>>,
    pub default_env: Setting<EnvironmentName>,
    pub env_tag_keys: Setting<Vec<String>>,
    /// What values mean, in addition to the usual ones.
    pub env_map: BTreeMap<String, EnvironmentName>,
    pub fail_on_not_seen: Vec<Setting<NotSeen>>,
    pub account: Setting<AccountSettings>,
    pub budget: Setting<Budget>,
    pub plugins: Vec<Setting<PathBuf>>,
    pub baseline: Setting<Option<PathBuf>>,
    pub locked: Vec<String>,
    /// By code or slug, as the file has it.
    pub rules: BTreeMap<String, RuleSettings>,
    pub suppress: Vec<SuppressEntry>,
    pub workloads: Vec<Entry<DeclaredWorkload>>,
    pub buckets: Vec<Entry<DeclaredBucket>>,
    pub streams: Vec<Entry<DeclaredStream>>,
}

impl Settings {
    /// Reads the settings file, if there is one, and puts the command line above it.
    pub fn load(file: Option<&Path>, overrides: &Overrides) -> Result<Self, SettingsError> {
        let (file, written) = match file.map(Document::read).transpose()? {
            Some((document, written)) => (Some(document), written),
            None => (None, Written::default()),
        };
        Ok(Self::merged(file, written, overrides))
    }

    fn merged(file: Option<Document>, written: Written, overrides: &Overrides) -> Self {
        let beside = |path: &PathBuf| {
            let folder = file.as_ref().and_then(|it| it.path.parent());
            folder.map_or_else(|| path.clone(), |it| it.join(path))
        };
        // What the command line selects is meant to run, whatever the file leaves out.
        let given = overrides.select.is_empty();
        let (select, ignore) = if given { (written.select, written.ignore) } else { Default::default() };
        let on_unknown = overrides.fail_on_undecided.then_some(Some(OnUnknown::Fail));
        Self {
            select: layered("select", select, "--select", &overrides.select),
            ignore: layered("ignore", ignore, "--ignore", &overrides.ignore),
            pillars: overrides.pillars.clone(),
            fail_on: first("fail_on", "--fail-on", overrides.fail_on, written.fail_on, Severity::High),
            min_confidence: first(
                "min_confidence",
                "--min-confidence",
                overrides.min_confidence,
                written.min_confidence,
                Confidence::Medium,
            ),
            all_scenarios: overrides.all_scenarios,
            on_unknown: first(
                "on_unknown",
                "--fail-on-undecided",
                on_unknown,
                written.on_unknown.map(Some),
                None,
            ),
            fail_on_not_seen: layered(
                "fail_on_not_seen",
                written.fail_on_not_seen,
                "--fail-on-not-seen",
                &overrides.fail_on_not_seen,
            ),
            default_env: first("default_env", "", None, written.default_env, EnvironmentName::Prod),
            env_tag_keys: first(
                "env_tag_keys",
                "",
                None,
                written.env_tag_keys,
                EnvironmentSettings::default().tag_keys,
            ),
            env_map: written.env_map,
            account: first("account", "", None, written.account, AccountSettings::default()),
            budget: first("budget", "", None, written.budget, Budget::default()),
            plugins: layered(
                "plugins",
                written.plugins.iter().map(beside).collect(),
                "--plugin",
                &overrides.plugins,
            ),
            baseline: first(
                "baseline",
                "--baseline",
                overrides.baseline.clone().map(Some),
                written.baseline.as_ref().map(beside).map(Some),
                None,
            ),
            locked: written.locked,
            rules: written.rules,
            suppress: written.suppress,
            workloads: written.workloads,
            buckets: written.buckets,
            streams: written.streams,
            file,
        }
    }

    /// What makes the exit code 1.
    pub fn gate(&self) -> Gate {
        Gate {
            fail_on: self.fail_on.value,
            min_confidence: self.min_confidence.value,
            all_scenarios: self.all_scenarios,
            not_seen: self.fail_on_not_seen.iter().map(|it| it.value.clone()).collect(),
        }
    }

    /// What the owners say of their resources.
    pub fn declarations(&self) -> Declarations {
        Declarations {
            workloads: self.workloads.iter().map(Entry::said).collect(),
            buckets: self.buckets.iter().map(Entry::said).collect(),
            streams: self.streams.iter().map(Entry::said).collect(),
        }
    }

    /// How the environment of a resource is told.
    pub fn environments(&self) -> EnvironmentSettings {
        let mut environments = EnvironmentSettings {
            tag_keys: self.env_tag_keys.value.clone(),
            default: self.default_env.value.as_str().to_owned(),
            ..EnvironmentSettings::default()
        };
        let own = self.env_map.iter().map(|(value, it)| (value.to_lowercase(), it.as_str().to_owned()));
        environments.map.extend(own);
        environments
    }

    /// A provenance in words: `archlint.toml:3`.
    pub fn told_by(&self, from: &Provenance) -> String {
        match from {
            Provenance::Default => "default".to_owned(),
            Provenance::CommandLine(option) => (*option).to_owned(),
            Provenance::File(pointer) => self.file.as_ref().map_or_else(String::new, |it| {
                format!("{}:{}", it.path.file_name().unwrap_or_default().display(), it.line(pointer))
            }),
        }
    }
}

/// The first that says something: the command line, the file, the default.
fn first<T>(key: &str, option: &'static str, given: Option<T>, written: Option<T>, default: T) -> Setting<T> {
    match (given, written) {
        (Some(value), _) => Setting { value, from: Provenance::CommandLine(option) },
        (None, Some(value)) => Setting { value, from: Provenance::File(format!("/{key}")) },
        (None, None) => Setting { value: default, from: Provenance::Default },
    }
}

/// What the file lists, and what the command line adds.
fn layered<T: Clone>(key: &str, written: Vec<T>, option: &'static str, given: &[T]) -> Vec<Setting<T>> {
    let of_file = written
        .into_iter()
        .enumerate()
        .map(|(at, value)| Setting { value, from: Provenance::File(format!("/{key}/{at}")) });
    let of_line = given.iter().cloned();
    of_file.chain(of_line.map(|value| Setting { value, from: Provenance::CommandLine(option) })).collect()
}
