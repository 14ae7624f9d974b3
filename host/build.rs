//! Compiles the built-in plugins for wasm32, makes components of them, precompiles those for the target's
//! baseline CPU, and writes the list that `engine/builtin.rs` includes.

#[cfg(feature = "engine")]
#[path = "src/engine/config.rs"]
mod config;

#[cfg(not(feature = "engine"))]
fn main() {}

#[cfg(feature = "engine")]
fn main() {
    engine::build();
}

#[cfg(feature = "engine")]
mod engine {
    use std::env;
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use wasmtime::component::{Component, HasSelf, Linker};
    use wasmtime::{Engine, Store};
    use wit_component::ComponentEncoder;

    mod bindings {
        wasmtime::component::bindgen!({ path: "../schemas/plugin.wit", world: "plugin" });
    }

    use bindings::Plugin;
    use bindings::archlint::plugin::host::{self, Level};

    const PLUGINS: &[&str] = &["network", "compute", "database", "resilience", "storage", "streaming"];

    pub(crate) fn build() {
        let root = Path::new(&var("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("host is a folder of the workspace")
            .to_owned();
        let out = PathBuf::from(var("OUT_DIR"));
        for path in ["plugins", "rules", "schemas/src", "schemas/plugin.wit", "Cargo.toml", "Cargo.lock"] {
            println!("cargo::rerun-if-changed={}", root.join(path).display());
        }
        compile(&root, &out);

        let mut config = super::config::engine_config();
        config.target(&var("TARGET")).expect("Cranelift compiles for the machine that runs it");
        let engines = Engines {
            target: Engine::new(&config).expect("the engine's settings are valid"),
            here: Engine::new(&super::config::engine_config()).expect("the engine's settings are valid"),
        };
        let embed = |plugin: &&str| {
            embed(&engines, plugin, &out).unwrap_or_else(|error| panic!("{plugin}: {error:#}"))
        };
        let all: String = PLUGINS.iter().map(embed).collect();
        let list = format!("pub(crate) const BUILTIN: &[Builtin] = &[\n{all}];\n");
        fs::write(out.join("builtin.rs"), list).expect("OUT_DIR is writable");
    }

    /// That of the machine that archlint is built for, and that of this one.
    struct Engines {
        target: Engine,
        here: Engine,
    }

    /// Writes a plugin as a component and as native code; the entry of the list that embeds both.
    fn embed(engines: &Engines, plugin: &str, out: &Path) -> wasmtime::Result<String> {
        let module = out.join(format!("plugins/wasm32-unknown-unknown/plugin/archlint_{plugin}.wasm"));
        let module = fs::read(&module).unwrap_or_else(|error| panic!("{}: {error}", module.display()));
        let encoder = ComponentEncoder::default().validate(true).module(&module);
        let wasm =
            encoder.and_then(|mut it| it.encode()).unwrap_or_else(|error| panic!("{plugin}: {error:#}"));
        let native = engines.target.precompile_component(&wasm)?;
        let definitions = definitions(&engines.here, &component(&engines.here, &wasm, &native)?)?;
        let write = |suffix: &str, bytes: &[u8]| {
            let name = format!("{plugin}.{suffix}");
            fs::write(out.join(&name), bytes).expect("OUT_DIR is writable");
            format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\"))")
        };
        Ok(format!(
            "    Builtin {{ name: \"archlint-{plugin}\", definitions: &{definitions:#?}, wasm: {}, precompiled: {} }},\n",
            write("wasm", &wasm),
            write("cwasm", &native)
        ))
    }

    /// What the plugin says of its rules. It is asked once, here, so that a start need not load it.
    fn definitions(engine: &Engine, component: &Component) -> wasmtime::Result<Vec<String>> {
        let mut linker = Linker::new(engine);
        Plugin::add_to_linker::<_, HasSelf<_>>(&mut linker, |state: &mut Silent| state)?;
        let mut store = Store::new(engine, Silent);
        store.set_fuel(u64::MAX)?;
        let plugin = Plugin::instantiate(&mut store, component, &linker)?;
        Ok(plugin.archlint_plugin_rules().call_describe(&mut store)?.definitions)
    }

    /// A plugin as this machine can run it, which need not be the one that archlint is built for.
    fn component(engine: &Engine, wasm: &[u8], native: &[u8]) -> wasmtime::Result<Component> {
        if var("TARGET") != var("HOST") {
            return Component::new(engine, wasm);
        }
        #[expect(unsafe_code, reason = "wasmtime cannot know who compiled the bytes")]
        // SAFETY: `Engine::precompile_component` wrote them a moment ago.
        unsafe {
            Component::deserialize(engine, native)
        }
    }

    struct Silent;

    impl host::Host for Silent {
        fn log(&mut self, _: Level, _: String) {}
    }

    /// A cargo within cargo: always optimized, in a target directory of its own, without what the outer build
    /// set for the host's machine.
    fn compile(root: &Path, out: &Path) {
        let mut cargo = Command::new(var("CARGO"));
        cargo.current_dir(root).args(["build", "--profile", "plugin", "--locked", "--ignore-rust-version"]);
        cargo.args(["--target", "wasm32-unknown-unknown", "--target-dir"]).arg(out.join("plugins"));
        for plugin in PLUGINS {
            cargo.args(["--package", &format!("archlint-{plugin}")]);
        }
        for (name, _) in env::vars() {
            let of_outer_build = name.starts_with("CARGO_PROFILE_")
                || name.starts_with("CARGO_CFG_")
                || name.starts_with("CARGO_FEATURE_")
                || matches!(
                    name.as_str(),
                    "RUSTFLAGS"
                        | "CARGO_ENCODED_RUSTFLAGS"
                        | "CARGO_BUILD_TARGET"
                        | "CARGO_TARGET_DIR"
                        | "CARGO_MAKEFLAGS"
                        | "RUSTC_WRAPPER"
                        | "RUSTC_WORKSPACE_WRAPPER"
                        | "CLIPPY_ARGS"
                );
            if of_outer_build {
                cargo.env_remove(name);
            }
        }
        let status = cargo.status().expect("cargo runs");
        assert!(
            status.success(),
            "the built-in plugins do not compile; is the target there? \
             `rustup target add wasm32-unknown-unknown`, or `cargo xtask demo`, which adds it"
        );
    }

    fn var(name: &str) -> String {
        env::var(name).unwrap_or_else(|_| panic!("cargo sets {name} for build scripts"))
    }
}
