//! The plugins that come with archlint: ordinary plugins, compiled by the build script and embedded.

use wasmtime::Engine;
use wasmtime::component::Component;

use super::EngineError;
use super::plugin::PluginModule;

/// A plugin that is part of the binary. Its rules can be told without loading it.
pub(crate) struct Builtin {
    pub(crate) name: &'static str,
    /// The definitions of its rules, as the plugin itself hands them over.
    pub(crate) definitions: &'static [&'static str],
    /// The component as any engine can compile it.
    wasm: &'static [u8],
    /// The same, compiled for the baseline CPU of the target.
    precompiled: &'static [u8],
}

// `pub(crate) const BUILTIN: &[Builtin]`
include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

impl Builtin {
    pub(crate) fn load(&self, engine: &Engine) -> Result<PluginModule, EngineError> {
        PluginModule::describe(engine, self.name, &self.component(engine)?)
    }

    fn component(&self, engine: &Engine) -> Result<Component, EngineError> {
        match self.deserialize(engine) {
            Ok(component) => Ok(component),
            // Another engine, or a CPU below the baseline: compiling takes a moment longer and gives the same.
            Err(_) => Component::new(engine, self.wasm).map_err(|error| {
                let plugin = self.name.to_owned();
                EngineError::of_code(&error, |message| EngineError::NotWasm { plugin, message })
            }),
        }
    }

    #[expect(unsafe_code, reason = "wasmtime cannot know who compiled the bytes; this module does")]
    fn deserialize(&self, engine: &Engine) -> wasmtime::Result<Component> {
        // SAFETY: the bytes are the unmodified output of `Engine::precompile_component`, embedded by build.rs.
        unsafe { Component::deserialize(engine, self.precompiled) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_shipped_binary_never_compiles_its_own_plugins() {
        let engine = Engine::new(&crate::engine::config::engine_config()).unwrap();
        for builtin in BUILTIN {
            assert!(builtin.deserialize(&engine).is_ok(), "{}", builtin.name);
        }
        assert!(!BUILTIN.is_empty());
    }

    #[test]
    fn the_embedded_definitions_are_those_that_the_plugins_hand_over() {
        let engine = Engine::new(&crate::engine::config::engine_config()).unwrap();
        for builtin in BUILTIN {
            let described = builtin.load(&engine).unwrap().info.definitions;
            let described: BTreeSet<&str> = described.iter().map(String::as_str).collect();
            let embedded: BTreeSet<&str> = builtin.definitions.iter().copied().collect();
            assert_eq!(described, embedded, "{}", builtin.name);
        }
    }
}
