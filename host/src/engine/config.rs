//! How plugins are compiled and run. Shared by the host and its build script, which precompiles the built-in
//! plugins: a component runs only on an engine of the same settings.

use wasmtime::{Config, OptLevel};

/// Stack of a plugin's WebAssembly frames, in bytes.
const MAX_WASM_STACK: usize = 512 << 10;

pub(crate) fn engine_config() -> Config {
    let mut config = Config::new();
    config.wasm_component_model(true);
    // The budget of a plugin is counted in fuel: it does not depend on the clock.
    config.consume_fuel(true);
    // The same input gives the same output on every machine.
    config.cranelift_nan_canonicalization(true);
    config.wasm_relaxed_simd(false);
    config.cranelift_opt_level(OptLevel::Speed);
    // Places in the WebAssembly of a trap: nobody is shown them, and they are a tenth of what is read at each start.
    config.generate_address_map(false);
    config.max_wasm_stack(MAX_WASM_STACK);
    config
}
