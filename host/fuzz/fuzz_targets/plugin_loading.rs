//! Any bytes as a plugin: `Plugins::add` ends in a plugin that can be told about, or in an error that says what is
//! wrong.
//!
//! Nobody finds WebAssembly by chance, so that the mutator begins with a guest that behaves, as a core module and
//! as a component, and mostly damages whole sections, whose lengths stay right.

#![no_main]

#[expect(clippy::unwrap_used, dead_code, reason = "the guest is that of the tests, which stop where they fail")]
#[path = "../../tests/guest/mod.rs"]
mod guest;
mod sections;

use std::panic;
use std::sync::LazyLock;

use archlint::engine::{EngineError, Plugins};
use guest::Guest;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use sections::{Random, shuffled};
use wit_component::ComponentEncoder;

/// The same guest, before and after componentizing.
static GUESTS: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    let module = Guest::default().build();
    let encoder = ComponentEncoder::default().validate(true).module(&module);
    let component = encoder.and_then(|mut it| it.encode()).expect("the guest behaves");
    [module, component]
});

fuzz_target!(init: let_panics_be_caught(), |bytes: &[u8]| {
    let mut plugins = Plugins::none().expect("the engine starts");
    match plugins.add("fuzzed", bytes) {
        Ok(_) => {
            let it = plugins.description(0).expect("an added plugin is there");
            assert!(plugins.definitions().next().is_some(), "a plugin without rules: {it:?}");
            for text in [&it.name, &it.version, &it.snapshot_version] {
                assert!(!text.chars().any(char::is_control), "{it:?}");
            }
        }
        Err(EngineError::Engine(message)) => panic!("bytes are never the engine's fault: {message}"),
        Err(EngineError::Answer { .. }) => panic!("no rule was asked"),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});

/// libFuzzer's hook aborts on every panic, even one that is caught; wit-component's on damaged modules are, and
/// are no fault of archlint. A panic that nobody catches still aborts: it unwinds into libfuzzer-sys, which does.
/// In between, one line tells where it was, so that an artifact's log ends with its cause.
fn let_panics_be_caught() {
    panic::set_hook(Box::new(|it| eprintln!("panic at {}", it.location().expect("std names the place"))));
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut random = Random::new(seed);
    let bytes = match random.below(16) {
        0 => GUESTS[random.below(2)].clone(),
        1..8 => shuffled(&data[..size], &mut random),
        _ => return fuzzer_mutate(data, size, max_size),
    };
    // What does not fit is cut off, as downloads are.
    let size = bytes.len().min(max_size);
    data[..size].copy_from_slice(&bytes[..size]);
    size
});
