//! One plugin: compiled, its imports checked, described.

use wasmparser::{Parser, Payload};
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{Engine, Store};
use wit_component::ComponentEncoder;

use super::EngineError;
use super::limits::{self, Limiter};
use crate::fault;

mod bindings {
    wasmtime::component::bindgen!({ path: "../schemas/plugin.wit", world: "plugin" });
}

use bindings::archlint::plugin::host::{self, Level};
pub(crate) use bindings::exports::archlint::plugin::rules as wit;
use bindings::{Plugin, PluginPre};

/// What a plugin implements.
pub(crate) const WORLD: &str = "archlint:plugin@0.1.0";

/// The one interface that the host provides.
const HOST_INTERFACE: &str = "archlint:plugin/host@0.1.0";

/// What an instance holds on the host's side.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) limiter: Limiter,
    /// What the plugin said, in order.
    pub(crate) log: Vec<String>,
}

impl host::Host for State {
    fn log(&mut self, level: Level, message: String) {
        /// A plugin that talks without end is cut off, not obeyed.
        const MAX_MESSAGES: usize = 100;
        if self.log.len() < MAX_MESSAGES {
            let level = match level {
                Level::Error => "error",
                Level::Warn => "warning",
                Level::Info => "info",
                Level::Debug => "debug",
            };
            self.log.push(format!("{level}: {message}"));
        }
    }
}

pub(crate) struct PluginModule {
    /// What the caller calls it.
    pub(crate) name: String,
    pub(crate) info: wit::PluginInfo,
    pub(crate) imports: Vec<String>,
    instances: PluginPre<State>,
}

impl PluginModule {
    /// Checks what a component imports, and asks it who it is.
    pub(crate) fn describe(engine: &Engine, name: &str, component: &Component) -> Result<Self, EngineError> {
        if let Some(import) = foreign_import(engine, component) {
            return Err(refused(name, import));
        }
        let world = |error: wasmtime::Error| EngineError::World {
            plugin: name.to_owned(),
            message: format!("{error:#}"),
        };
        let mut linker = Linker::new(engine);
        // The whole of what a plugin can reach.
        Plugin::add_to_linker::<_, HasSelf<_>>(&mut linker, |state: &mut State| state).map_err(world)?;
        let pre = linker.instantiate_pre(component).map_err(world)?;
        let instances = PluginPre::new(pre).map_err(world)?;
        let info = instantiate(engine, name, &instances, 0)?.describe(name)?;
        if info.definitions.is_empty() {
            return Err(EngineError::NoRules { plugin: name.to_owned() });
        }
        let imports = component.component_type().imports(engine).map(|(name, _)| name.to_owned()).collect();
        Ok(Self { name: name.to_owned(), info, imports, instances })
    }

    /// A fresh instance with the fuel for a document of some bytes.
    pub(crate) fn instantiate(&self, engine: &Engine, document: usize) -> Result<Instance, EngineError> {
        instantiate(engine, &self.name, &self.instances, document)
    }
}

fn instantiate(
    engine: &Engine,
    name: &str,
    instances: &PluginPre<State>,
    document: usize,
) -> Result<Instance, EngineError> {
    let mut store = Store::new(engine, State::default());
    store.limiter(|state| &mut state.limiter);
    store.set_hostcall_fuel(limits::hostcall_fuel(document));
    let refuel = |store: &mut Store<State>| store.set_fuel(limits::fuel(document));
    let plugin = refuel(&mut store).and_then(|()| instances.instantiate(&mut store));
    let plugin =
        plugin.map_err(|error| EngineError::of_call(name, "instantiate", &error, &store.data().limiter))?;
    Ok(Instance { store, plugin, document })
}

/// Compiles a component or a core module that somebody brings.
pub(crate) fn compile(engine: &Engine, name: &str, bytes: &[u8]) -> Result<Component, EngineError> {
    if bytes.len() > limits::MODULE_BYTES {
        return Err(EngineError::TooLarge { plugin: name.to_owned(), limit: limits::MODULE_BYTES });
    }
    let not_wasm = |message: String| EngineError::NotWasm { plugin: name.to_owned(), message };
    let component = match bytes.get(4..8) {
        // The layer and version that tell a component from a core module.
        Some([0x0d, 0, 1, 0]) => Component::new(engine, bytes),
        Some([1, 0, 0, 0]) => {
            if let Some(import) = foreign_core_import(bytes) {
                return Err(refused(name, import));
            }
            Component::new(engine, componentize(bytes).map_err(not_wasm)?)
        }
        _ => return Err(not_wasm("the file does not begin as WebAssembly does".to_owned())),
    };
    component.map_err(|error| EngineError::of_code(&error, not_wasm))
}

/// A live plugin. After a failed call it is dead; take another.
pub(crate) struct Instance {
    store: Store<State>,
    plugin: Plugin,
    document: usize,
}

impl Instance {
    fn describe(&mut self, name: &str) -> Result<wit::PluginInfo, EngineError> {
        self.call(name, "describe", |plugin, store| plugin.archlint_plugin_rules().call_describe(store))
    }

    pub(crate) fn load(&mut self, name: &str, document: &[u8]) -> Result<(), EngineError> {
        let loaded = self
            .call(name, "load", |plugin, store| plugin.archlint_plugin_rules().call_load(store, document))?;
        loaded.map_err(|message| fault(name, "load", message))
    }

    pub(crate) fn check(
        &mut self,
        name: &str,
        rule: &str,
        parameters: &str,
    ) -> Result<wit::Verdicts, EngineError> {
        let call = format!("check {rule}");
        let checked = self.call(name, &call, |plugin, store| {
            plugin.archlint_plugin_rules().call_check(store, rule, parameters)
        })?;
        checked.map_err(|message| fault(name, &call, message))
    }

    /// What the plugin has said since this was last asked.
    pub(crate) fn said(&mut self) -> Vec<String> {
        std::mem::take(&mut self.store.data_mut().log)
    }

    fn call<T>(
        &mut self,
        name: &str,
        call: &str,
        run: impl FnOnce(&Plugin, &mut Store<State>) -> wasmtime::Result<T>,
    ) -> Result<T, EngineError> {
        let result = self
            .store
            .set_fuel(limits::fuel(self.document))
            .and_then(|()| run(&self.plugin, &mut self.store));
        result.map_err(|error| {
            let state = self.store.data();
            match (EngineError::of_call(name, call, &error, &state.limiter), state.log.last()) {
                // What the plugin said last (a panic's message) tells more than the trap.
                (EngineError::Trap { plugin, call, .. }, Some(said)) => {
                    EngineError::Trap { plugin, call, message: said.clone() }
                }
                (error, _) => error,
            }
        })
    }
}

fn fault(plugin: &str, call: &str, message: String) -> EngineError {
    EngineError::Fault { plugin: plugin.to_owned(), call: call.to_owned(), message }
}

/// Wraps a core module, as `cargo build --target wasm32-unknown-unknown` makes it, into a component.
fn componentize(module: &[u8]) -> Result<Vec<u8>, String> {
    let encode = || ComponentEncoder::default().validate(true).module(module).and_then(|mut it| it.encode());
    // wit-component panics on some damaged modules, such as one that is cut off.
    match fault::caught("wrapping a module", encode) {
        Ok(encoded) => encoded.map_err(|error| format!("{error:#}")),
        Err(_) => Err("the module is damaged".to_owned()),
    }
}

/// An import that the host does not provide: that of another version of archlint, or of something that no plugin
/// gets.
fn refused(plugin: &str, import: String) -> EngineError {
    let plugin = plugin.to_owned();
    if import.starts_with("archlint:plugin/") {
        EngineError::World { plugin, message: format!("it imports `{import}`") }
    } else {
        EngineError::Import { plugin, import }
    }
}

/// The first import of a core module that the host does not provide. A damaged module has none that anybody can
/// tell; wit-component says what is wrong with it.
fn foreign_core_import(module: &[u8]) -> Option<String> {
    let sections = Parser::new(0).parse_all(module).map_while(Result::ok);
    let imports = sections.filter_map(|it| match it {
        Payload::ImportSection(imports) => Some(imports),
        _ => None,
    });
    let mut imports = imports.flat_map(|it| it.into_imports().map_while(Result::ok));
    let foreign = imports.find(|it| it.module != HOST_INTERFACE)?;
    Some(if foreign.module.starts_with("archlint:plugin/") {
        foreign.module.to_owned()
    } else {
        format!("{}::{}", foreign.module, foreign.name)
    })
}

/// The first import of a component that the host does not provide.
fn foreign_import(engine: &Engine, component: &Component) -> Option<String> {
    let component_type = component.component_type();
    let mut imports = component_type.imports(engine);
    let foreign = imports.find(|(name, item)| {
        *name != HOST_INTERFACE || !matches!(item.ty, ComponentItem::ComponentInstance(_))
    });
    foreign.map(|(name, _)| name.to_owned())
}
