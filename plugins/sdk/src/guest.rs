//! The plugin's side of the boundary: generated bindings, and their conversion to the schema's types.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::sync::Once;

use archlint_schema::{Confidence, Evidence, Finding, SNAPSHOT_VERSION, Severity, Undecided, Verdicts};

use crate::{Document, Rule, RuleError};

#[expect(clippy::pedantic, reason = "generated from schemas/plugin.wit")]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../../schemas/plugin.wit",
        world: "plugin",
        pub_export_macro: true,
        default_bindings_module: "archlint_sdk::bindings",
    });
}

use bindings::archlint::plugin::host::{Level, log};
use bindings::exports::archlint::plugin::rules as wit;

/// A plugin: its name, version and rules. Written by [`plugin!`](crate::plugin).
#[doc(hidden)]
pub trait Plugin: 'static {
    const NAME: &'static str;
    const VERSION: &'static str;
    const RULES: &'static [Rule];
}

/// What a plugin exports.
#[doc(hidden)]
pub struct Guest<P>(PhantomData<P>);

thread_local! {
    /// The snapshot that `load` took; an instance has one thread.
    static DOCUMENT: RefCell<Option<Document>> = const { RefCell::new(None) };
}

impl<P: Plugin> wit::Guest for Guest<P> {
    fn describe() -> wit::PluginInfo {
        tell_panics();
        wit::PluginInfo {
            name: P::NAME.to_owned(),
            version: P::VERSION.to_owned(),
            encoding: wit::Encoding::Cbor,
            snapshot_version: SNAPSHOT_VERSION.to_owned(),
            definitions: P::RULES.iter().map(|it| it.definition.to_owned()).collect(),
        }
    }

    fn load(document: Vec<u8>) -> Result<(), String> {
        tell_panics();
        let document = Document::decode(&document).map_err(|error| error.to_string())?;
        DOCUMENT.set(Some(document));
        Ok(())
    }

    fn check(rule: String, parameters: String) -> Result<wit::Verdicts, String> {
        DOCUMENT
            .with_borrow(|document| {
                let document = document.as_ref().ok_or(RuleError::NotLoaded)?;
                let rule = P::RULES.iter().find(|it| it.code() == rule).ok_or(RuleError::NoSuchRule(rule))?;
                rule.run(document, &parameters)
            })
            .map(wit::Verdicts::from)
            .map_err(|error: RuleError| error.to_string())
    }
}

/// Says something to whoever runs `archlint check --verbose`; a native test prints it.
pub fn debug(message: &str) {
    #[cfg(target_arch = "wasm32")]
    log(Level::Debug, message);
    #[cfg(not(target_arch = "wasm32"))]
    {
        use std::io::Write;
        // Nobody is left to be told that standard error is gone.
        let _ = writeln!(std::io::stderr(), "{message}");
    }
}

/// A trap loses the panic's message; the host's log keeps it.
fn tell_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| std::panic::set_hook(Box::new(|panic| log(Level::Error, &panic.to_string()))));
}

impl From<Verdicts> for wit::Verdicts {
    fn from(it: Verdicts) -> Self {
        Self {
            checked: it.checked,
            findings: it.findings.into_iter().map(Into::into).collect(),
            undecided: it.undecided.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Finding> for wit::Finding {
    fn from(it: Finding) -> Self {
        Self {
            resource: it.resource.to_string(),
            path: it.path,
            message: it.message,
            severity: it.severity.map(|it| match it {
                Severity::Info => wit::Severity::Info,
                Severity::Low => wit::Severity::Low,
                Severity::Medium => wit::Severity::Medium,
                Severity::High => wit::Severity::High,
            }),
            confidence: it.confidence.map(|it| match it {
                Confidence::Low => wit::Confidence::Low,
                Confidence::Medium => wit::Confidence::Medium,
                Confidence::High => wit::Confidence::High,
            }),
            evidence: it.evidence.into_iter().map(Into::into).collect(),
            properties: it.properties,
        }
    }
}

impl From<Evidence> for wit::Evidence {
    fn from(it: Evidence) -> Self {
        match it {
            Evidence::Fact { resource, name } => {
                Self::Fact(wit::FactCitation { resource: resource.to_string(), name })
            }
            Evidence::Step { resource, path, message } => {
                Self::Step(wit::Step { resource: resource.to_string(), path, message })
            }
        }
    }
}

impl From<Undecided> for wit::Undecided {
    fn from(it: Undecided) -> Self {
        Self {
            resource: it.resource.to_string(),
            reason: it.reason.reason.to_string(),
            detail: it.reason.detail,
            missing: it.missing,
        }
    }
}
