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
    use std::fmt::Write;
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use wasmtime::Engine;
    use wit_component::ComponentEncoder;

    const PLUGINS: &[&str] = &["network", "compute", "database", "resilience", "storage", "streaming"];

    pub(crate) fn build() {
        let root = Path::new(&var("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("host is a folder of the workspace")
            .to_owned();
        let out = PathBuf::from(var("OUT_DIR"));
        for folder in ["plugins", "rules", "schemas/src", "schemas/plugin.wit", "Cargo.lock"] {
            println!("cargo::rerun-if-changed={}", root.join(folder).display());
        }
        compile(&root, &out);

        let mut engine = super::config::engine_config();
        engine.target(&var("TARGET")).expect("Cranelift compiles for the machine that runs it");
        let engine = Engine::new(&engine).expect("the engine's settings are valid");
        let mut list = "pub(crate) const BUILTIN: &[Builtin] = &[\n".to_owned();
        for plugin in PLUGINS {
            let module = out.join(format!("plugins/wasm32-unknown-unknown/release/archlint_{plugin}.wasm"));
            let module = fs::read(&module).unwrap_or_else(|error| panic!("{}: {error}", module.display()));
            let encoder = ComponentEncoder::default().validate(true).module(&module);
            let wasm =
                encoder.and_then(|mut it| it.encode()).unwrap_or_else(|error| panic!("{plugin}: {error:#}"));
            let native =
                engine.precompile_component(&wasm).unwrap_or_else(|error| panic!("{plugin}: {error:#}"));
            let place = |suffix: &str| out.join(format!("{plugin}.{suffix}"));
            fs::write(place("wasm"), wasm).expect("OUT_DIR is writable");
            fs::write(place("cwasm"), native).expect("OUT_DIR is writable");
            let embed =
                |suffix: &str| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{plugin}.{suffix}\"))");
            let (wasm, precompiled) = (embed("wasm"), embed("cwasm"));
            let definitions = definitions(&root.join("rules").join(plugin));
            writeln!(
                list,
                "    Builtin {{ name: \"archlint-{plugin}\", definitions: &{definitions:#?}, \
                 wasm: {wasm}, precompiled: {precompiled} }},"
            )
            .expect("a String takes everything");
        }
        list.push_str("];\n");
        fs::write(out.join("builtin.rs"), list).expect("OUT_DIR is writable");
    }

    /// The texts of a plugin's definitions: what the plugin itself says, without asking it at every start. A test
    /// holds the two against each other.
    fn definitions(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut files: Vec<PathBuf> = entries.flatten().map(|it| it.path()).collect();
        files.sort();
        let read =
            |it: &PathBuf| fs::read_to_string(it).unwrap_or_else(|error| panic!("{}: {error}", it.display()));
        files.iter().map(read).collect()
    }

    /// A cargo within cargo: always release, in a target directory of its own, without what the outer build
    /// set for the host's machine.
    fn compile(root: &Path, out: &Path) {
        let mut cargo = Command::new(var("CARGO"));
        cargo.current_dir(root).args(["build", "--release", "--locked", "--ignore-rust-version"]);
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
