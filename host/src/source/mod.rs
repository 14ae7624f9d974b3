//! Reads an architecture from where it is written down. Knows nothing of rules, plugins or output.

mod account;
mod born;
mod buckets;
mod budget;
mod built;
mod cloudformation;
mod credentials;
mod declarations;
mod error;
mod files;
mod firewall_endpoints;
mod formats;
mod lines;
mod nesting;
mod node;
mod origins;
mod parameters;
mod properties;
mod redaction;
mod resource_pattern;
pub mod s3keys;
mod saved;
mod security_groups;
#[cfg(feature = "aws")]
mod session;
mod terraform;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use archlint_schema::{Key, Scope, Snapshot};

use crate::fault;

#[cfg(feature = "aws")]
pub use account::{Collector, Retry, ScanError, ScanOptions, Watch, scan, scan_calls, scan_policy};
pub use budget::Budget;
use cloudformation::Template;
pub use declarations::{Declarations, Said};
pub use error::SourceError;
use files::Content;
pub(crate) use files::templates_under;
pub use lines::Lines;
pub use origins::{Ignored, Origin, Origins, Place, Position, SourceFile};
pub use parameters::read_parameters;
pub use resource_pattern::ResourcePattern;
pub use saved::Saved;
#[cfg(feature = "aws")]
pub use session::{Access, SessionError};

/// Everything that was read, and everything that could not be.
#[derive(Debug, Default)]
pub struct Sources {
    /// Sorted by name.
    pub architectures: Vec<Architecture>,
    /// What each input held, sorted by file name.
    pub inputs: Vec<Input>,
    /// Inputs, or parts of them, that could not be read. The rest stands.
    pub errors: Vec<SourceError>,
}

/// A connected architecture: one template with its nested stacks, one `cdk.out`, stacks joined by imports.
#[derive(Debug)]
pub struct Architecture {
    pub name: String,
    /// The base scenario first; then each distinct other one.
    pub scenarios: Vec<Scenario>,
    /// Conditions that the scenario budget left unexamined, each in words.
    pub not_examined: Vec<String>,
    /// The resources that will be created or changed, where the source tells: a plan does.
    pub changed: Option<BTreeSet<Key>>,
}

impl Scenario {
    /// How many resources its source declares or lists: without what VPCs are born with.
    pub fn resources(&self) -> usize {
        self.snapshot.resources.iter().filter(|(_, meta)| !born::is_born(&meta.key)).count()
    }
}

impl Architecture {
    /// Keeps one resource of each key in every scenario; the keys that several had.
    fn remove_namesakes(&mut self) -> BTreeSet<Key> {
        self.scenarios.iter_mut().flat_map(|it| it.snapshot.resources.remove_namesakes()).collect()
    }
}

/// One consistent choice of parameters and conditions.
#[derive(Debug)]
pub struct Scenario {
    /// In words, when it holds (`IsProd is false`); absent for the base scenario.
    pub when: Option<String>,
    pub snapshot: Snapshot,
    pub origins: Arc<Origins>,
}

/// What one input file held: entries of types that the snapshot has a kind for, against those that were read.
#[derive(Debug, Default, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Input {
    pub file: String,
    /// Entries per type of CloudFormation or Terraform, as the file lists them.
    pub entries: BTreeMap<String, usize>,
    /// Entries per type that became a resource, or a part of one, in some scenario.
    pub read: BTreeMap<String, usize>,
    /// Entries per type that will not exist: their condition holds in no scenario that was examined, or the plan
    /// deletes them.
    #[serde(default)]
    pub absent: BTreeMap<String, usize>,
    /// Why there is nothing to check, where there is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What the caller knows that the files do not say.
#[derive(Debug, Clone)]
pub struct SourceOptions {
    /// Parameter values by name, from parameter files.
    pub parameters: BTreeMap<String, String>,
    pub region: Option<String>,
    pub account: Option<String>,
    /// Kinds that an enabled rule needs; a condition that touches no other is not flipped. Empty: all.
    pub kinds: BTreeSet<String>,
    /// Whether to keep what the source wrote: an enabled rule reads it, or a person.
    pub raw: bool,
    /// The most that reading one input may take.
    pub budget: Budget,
    /// The folder of the root module that the Terraform plans were made of.
    pub terraform_dir: Option<PathBuf>,
    /// Kinds of which the inputs hold every resource there is.
    pub assume_whole: BTreeSet<String>,
    /// What the owners say of their resources.
    pub declarations: Declarations,
}

impl Default for SourceOptions {
    fn default() -> Self {
        Self {
            parameters: BTreeMap::new(),
            region: None,
            account: None,
            kinds: BTreeSet::new(),
            raw: true,
            budget: Budget::default(),
            terraform_dir: None,
            assume_whole: BTreeSet::new(),
            declarations: Declarations::default(),
        }
    }
}

impl SourceOptions {
    /// What the caller says is looked at.
    fn scope(&self) -> Scope {
        Scope { account: self.account.clone(), region: self.region.clone(), ..Scope::default() }
    }
}

/// Reads files, folders, and `-`, the standard input. Whatever cannot be read is an error beside what could.
pub fn read(paths: &[PathBuf], options: &SourceOptions) -> Sources {
    Sources::of(files::find(paths, &options.budget), options)
}

/// Reads one text as if it were a file of that name.
pub fn read_text(name: &str, text: &str, options: &SourceOptions) -> Sources {
    let file = SourceFile { name: name.to_owned(), text: text.to_owned() };
    match Content::classify(file) {
        Ok(content) => Sources::default().with(vec![content], options),
        Err(error) => Sources { errors: vec![error], ..Sources::default() },
    }
}

impl Sources {
    fn of(found: Vec<Result<Content, SourceError>>, options: &SourceOptions) -> Self {
        let mut errors = Vec::new();
        let mut contents = Vec::new();
        for it in found {
            match it {
                Ok(it) => contents.push(it),
                Err(error) => errors.push(error),
            }
        }
        Self { errors, ..Self::default() }.with(contents, options)
    }

    fn with(mut self, contents: Vec<Content>, options: &SourceOptions) -> Self {
        let mut templates: Vec<Template> = Vec::new();
        let mut plans: Vec<SourceFile> = Vec::new();
        let mut of_accounts: Vec<SourceFile> = Vec::new();
        for content in contents {
            match content {
                Content::Template(file) => {
                    let work = format!("reading `{}`", file.name);
                    match fault::caught(&work, || Template::parse(file)) {
                        Ok(Ok(template)) => templates.push(template),
                        Ok(Err(error)) => self.errors.push(error),
                        Err(fault) => self.errors.push(fault.into()),
                    }
                }
                Content::Terraform(file) => plans.push(file),
                Content::Account(file) => of_accounts.push(file),
                Content::PassedOver(input) => self.inputs.push(input),
                Content::Snapshot(architectures, inputs) => {
                    self.architectures.extend(architectures);
                    self.inputs.extend(inputs);
                }
            }
        }
        self.guarded("reading CloudFormation templates", |sources| {
            cloudformation::assemble(templates, options, sources);
        });
        self.guarded("reading Terraform plans", |sources| terraform::assemble(&plans, options, sources));
        self.guarded("reading what an account says", |sources| {
            account::read(&of_accounts, options, sources);
        });
        self.completed(options)
    }

    /// Adds what a unit of work reads. A panic in it is an error beside what was read before.
    pub(crate) fn guarded(&mut self, work: &str, read: impl FnOnce(&mut Self)) {
        if let Err(fault) = fault::caught(work, || read(self)) {
            self.errors.push(fault.into());
        }
    }

    /// With what the caller knows beside the sources, and in order.
    fn completed(mut self, options: &SourceOptions) -> Self {
        for it in &mut self.architectures {
            let shared: BTreeSet<Key> = it.remove_namesakes();
            let error = |key: Key| SourceError::Namesakes { file: it.name.clone(), key: key.to_string() };
            self.errors.extend(shared.into_iter().map(error));
        }
        for it in self.architectures.iter_mut().flat_map(|it| &mut it.scenarios) {
            options.assume_whole.iter().for_each(|kind| it.snapshot.scope.assume_whole(kind));
            let declared = options.declarations.within(&it.snapshot);
            it.snapshot.intent.extend(declared);
        }
        self.architectures.sort_by(|a, b| a.name.cmp(&b.name));
        self.inputs.sort_by(|a, b| a.file.cmp(&b.file));
        self.errors.sort_by_key(|it| (it.file().to_owned(), it.to_string()));
        self
    }
}
