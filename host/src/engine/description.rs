//! What a plugin says of itself besides its rules.

use super::answer::text;
use super::plugin::{PluginModule, wit};

/// A plugin's own words, fit for a terminal, and what its component imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    pub name: String,
    pub version: String,
    /// The version of `plugin.wit` that it implements: the host takes no other.
    pub world: &'static str,
    /// The version of the snapshot that it was written for.
    pub snapshot_version: String,
    /// The encoding in which it takes the document, by the word of `plugin.wit`.
    pub encoding: &'static str,
    /// The interfaces that it imports. The host refuses all but its own.
    pub imports: Vec<String>,
}

impl Description {
    pub(super) fn of(module: &PluginModule) -> Self {
        Self {
            name: text(&module.info.name),
            version: text(&module.info.version),
            world: super::plugin::WORLD,
            snapshot_version: text(&module.info.snapshot_version),
            encoding: match module.info.encoding {
                wit::Encoding::Json => "json",
                wit::Encoding::Cbor => "cbor",
            },
            imports: module.imports.clone(),
        }
    }
}
