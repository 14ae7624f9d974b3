//! The plugins that come with archlint: ordinary plugins, compiled by the build script and embedded.

use wasmtime::Engine;
use wasmtime::component::Component;

use super::EngineError;
use super::plugin::PluginModule;

struct Builtin {
    name: &'static str,
    /// The component as any engine can compile it.
    wasm: &'static [u8],
    /// The same, compiled for the baseline CPU of the target.
    precompiled: &'static [u8],
}

// `const BUILTIN: &[Builtin]`
include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

pub(crate) fn load(engine: &Engine) -> Result<Vec<PluginModule>, EngineError> {
    BUILTIN.iter().map(|it| PluginModule::describe(engine, it.name, &component(engine, it)?)).collect()
}

fn component(engine: &Engine, builtin: &Builtin) -> Result<Component, EngineError> {
    match deserialize(engine, builtin) {
        Ok(component) => Ok(component),
        // Another engine, or a CPU below the baseline: compiling takes a moment longer and gives the same.
        Err(_) => Component::new(engine, builtin.wasm).map_err(|error| EngineError::NotWasm {
            plugin: builtin.name.to_owned(),
            message: format!("{error:#}"),
        }),
    }
}

#[expect(unsafe_code, reason = "wasmtime cannot know who compiled the bytes; this module does")]
fn deserialize(engine: &Engine, builtin: &Builtin) -> wasmtime::Result<Component> {
    // SAFETY: the bytes are the unmodified output of `Engine::precompile_component`, embedded by build.rs.
    unsafe { Component::deserialize(engine, builtin.precompiled) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_binary_never_compiles_its_own_plugins() {
        let engine = Engine::new(&crate::engine::config::engine_config()).unwrap();
        for builtin in BUILTIN {
            assert!(deserialize(&engine, builtin).is_ok(), "{}", builtin.name);
        }
        assert!(!BUILTIN.is_empty());
    }
}
