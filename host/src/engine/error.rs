//! What can go wrong with a plugin.

use miette::Diagnostic;
use thiserror::Error;
use wasmtime::Trap;

use super::limits::Limiter;

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

    #[error("the WebAssembly engine cannot start: {0}")]
    #[diagnostic(code(archlint::engine), help("this is a fault of archlint or of the machine it runs on"))]
    Engine(String),
}

impl EngineError {
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
                if message.contains("fuel allocated for hostcalls") {
                    Self::Limit { plugin, call, what: "output" }
                } else {
                    Self::Trap { plugin, call, message }
                }
            }
        }
    }
}
