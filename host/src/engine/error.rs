//! What can go wrong with a plugin.

use miette::Diagnostic;
use thiserror::Error;
use wasmtime::Trap;

use super::limits::Limiter;
use crate::fault::Fault;

#[derive(Debug, Clone, Error, Diagnostic)]
pub enum EngineError {
    #[error("plugin `{plugin}` is no WebAssembly: {message}")]
    #[diagnostic(
        code(archlint::plugin::format),
        help("build it with `cargo build --release --target wasm32-unknown-unknown`")
    )]
    NotWasm { plugin: String, message: String },

    #[error("plugin `{plugin}` holds more than {limit} bytes")]
    #[diagnostic(code(archlint::plugin::size), help("build it in release mode, without debug information"))]
    TooLarge { plugin: String, limit: usize },

    #[error("plugin `{plugin}` imports `{import}`, which archlint does not provide")]
    #[diagnostic(
        code(archlint::plugin::import),
        help(
            "a plugin has no files, clock or network: build it for wasm32-unknown-unknown, which imports no WASI"
        )
    )]
    Import { plugin: String, import: String },

    #[error("plugin `{plugin}` does not implement `archlint:plugin/rules@0.1.0`: {message}")]
    #[diagnostic(
        code(archlint::plugin::world),
        help("build it against the archlint-sdk of this version of archlint")
    )]
    World { plugin: String, message: String },

    #[error("plugin `{plugin}` has no rules")]
    #[diagnostic(
        code(archlint::plugin::empty),
        help("name the modules of its rules in `archlint_sdk::plugin!`")
    )]
    NoRules { plugin: String },

    #[error("plugin `{plugin}` used up its fuel in `{call}`")]
    #[diagnostic(code(archlint::plugin::fuel), help("does it loop without end?"))]
    Fuel { plugin: String, call: String },

    #[error("plugin `{plugin}` ran into its limit of {what} in `{call}`")]
    #[diagnostic(
        code(archlint::plugin::limit),
        help("does it gather more than it needs, or recurse without end?")
    )]
    Limit { plugin: String, call: String, what: &'static str },

    #[error("plugin `{plugin}` trapped in `{call}`: {message}")]
    #[diagnostic(
        code(archlint::plugin::trap),
        help("this is a fault of the plugin: report it to its author")
    )]
    Trap { plugin: String, call: String, message: String },

    #[error("plugin `{plugin}` failed in `{call}`: {message}")]
    #[diagnostic(
        code(archlint::plugin::fault),
        help("this is a fault of the plugin: report it to its author")
    )]
    Fault { plugin: String, call: String, message: String },

    #[error("rule `{rule}` answers with {what}")]
    #[diagnostic(
        code(archlint::plugin::answer),
        help("this is a fault of the rule: report it to its author")
    )]
    Answer { rule: String, what: String },

    #[error("rule `{rule}` gives no answer for {subjects}: {cause}")]
    #[diagnostic(
        code(archlint::rule::unanswered),
        help("the rule has answered for everything else; is this part of the architecture unusually large?")
    )]
    Unanswered { rule: String, subjects: String, cause: Box<EngineError> },

    #[error("address space is short: {what} cannot be had ({message})")]
    #[diagnostic(
        code(archlint::memory::address_space),
        help(
            "each plugin at work takes 4 GB of address space, though little memory, and as many work side by side as \
             the machine has processors: raise or lift the limit (`ulimit -v unlimited`, `LimitAS=` of a service), \
             and limit memory itself where that is meant (a cgroup, `docker run --memory`)"
        )
    )]
    AddressSpace { what: &'static str, message: String },

    /// A fault of archlint itself, not of a plugin.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Own(#[from] Fault),

    #[error("the WebAssembly engine cannot start: {0}")]
    #[diagnostic(code(archlint::engine), help("this is a fault of archlint or of the machine it runs on"))]
    Engine(String),
}

impl EngineError {
    /// Whether a rule may have failed on one of its subjects, so that it may answer about the others.
    pub(super) fn may_be_of_one_subject(&self) -> bool {
        matches!(self, Self::Fuel { .. } | Self::Limit { .. } | Self::Trap { .. })
    }

    /// An error of compiling or reading a plugin, told as what the machine lacks where it does.
    pub(super) fn of_code(error: &wasmtime::Error, otherwise: impl FnOnce(String) -> Self) -> Self {
        let message = format!("{error:#}");
        if is_out_of_memory(error) {
            Self::AddressSpace { what: "memory for the code of a plugin", message }
        } else {
            otherwise(message)
        }
    }

    /// What a failed call means. The limiter is asked first: a refused allocation ends in some other trap.
    pub(crate) fn of_call(plugin: &str, call: &str, error: &wasmtime::Error, limiter: &Limiter) -> Self {
        let (plugin, call) = (plugin.to_owned(), call.to_owned());
        if let Some(what) = limiter.refused {
            return Self::Limit { plugin, call, what };
        }
        match error.downcast_ref::<Trap>() {
            Some(Trap::OutOfFuel) => Self::Fuel { plugin, call },
            // A guest's own stack lies in its memory; when it runs out, the memory's bounds tell first.
            Some(Trap::StackOverflow | Trap::MemoryOutOfBounds) => {
                Self::Limit { plugin, call, what: "stack" }
            }
            Some(trap) => Self::Trap { plugin, call, message: trap.to_string() },
            None => {
                let message = format!("{error:#}");
                if is_out_of_memory(error) {
                    Self::AddressSpace { what: "the memory of a plugin", message }
                } else if message.contains("fuel allocated for hostcalls") {
                    Self::Limit { plugin, call, what: "output" }
                } else {
                    Self::Trap { plugin, call, message }
                }
            }
        }
    }
}

/// Whether the operating system refused memory: wasmtime maps it, and passes on what the system says.
fn is_out_of_memory(error: &wasmtime::Error) -> bool {
    #[cfg(unix)]
    {
        use rustix::io::Errno;
        error.chain().any(|cause| cause.downcast_ref::<Errno>() == Some(&Errno::NOMEM))
    }
    #[cfg(not(unix))]
    {
        let _ = error;
        false
    }
}
