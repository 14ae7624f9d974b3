//! What each encoding costs a guest to decode, and what counting fuel costs on top.

use std::path::Path;
use std::process::Command;

use archlint_schema::Snapshot;
use encodings::{ENCODINGS, Encoding, Lists};
use wasmtime::{Config, Engine, Instance, Memory, Module, Store, TypedFunc};

use crate::{median, per, population};

/// Resources of the two kinds together, about.
const RESOURCES: usize = 10_000;

pub(crate) fn compare() {
    let wasm = guest();
    let lists = lists();
    let count = lists.len();
    println!("\nencodings: {count} subnets and instances");
    for (at, encoding) in ENCODINGS.iter().enumerate() {
        let bytes = (encoding.encode)(&lists);
        let encoded = median(11, || drop((encoding.encode)(&lists)));
        let native = median(11, || assert_eq!((encoding.decode)(&bytes).len(), count));
        let fueled = decode_in_guest(&wasm, at, &bytes, count, true);
        let free = decode_in_guest(&wasm, at, &bytes, count, false);
        let Encoding { name, .. } = encoding;
        println!("  {name:<14} {:>4} bytes per resource", bytes.len() / count);
        println!("    encode natively      {}", per(encoded, count));
        println!("    decode natively      {}", per(native, count));
        println!("    decode in wasm       {}", per(fueled, count));
        println!("    without fuel         {}", per(free, count));
    }
}

fn lists() -> Lists {
    let Snapshot { resources, .. } = population::account(RESOURCES * 4);
    Lists { subnets: resources.subnets, instances: resources.instances }
}

fn decode_in_guest(wasm: &[u8], at: usize, bytes: &[u8], count: usize, fuel: bool) -> std::time::Duration {
    let mut config = Config::new();
    config.consume_fuel(fuel).cranelift_nan_canonicalization(true);
    let engine = Engine::new(&config).expect("the settings are valid");
    let module = Module::new(&engine, wasm).expect("the guest is a module");
    let index = i32::try_from(at).expect("encodings are few");
    median(11, || {
        let mut store = Store::new(&engine, ());
        if fuel {
            store.set_fuel(u64::MAX).expect("fuel is on");
        }
        let guest = Guest::new(&mut store, &module);
        assert_eq!(guest.decode(&mut store, index, bytes), count);
    })
}

struct Guest {
    memory: Memory,
    allocate: TypedFunc<i32, i32>,
    decode: TypedFunc<(i32, i32, i32), i32>,
}

impl Guest {
    fn new(store: &mut Store<()>, module: &Module) -> Self {
        let instance = Instance::new(&mut *store, module, &[]).expect("the guest imports nothing");
        Self {
            memory: instance.get_memory(&mut *store, "memory").expect("the guest has a memory"),
            allocate: instance.get_typed_func(&mut *store, "allocate").expect("the guest exports it"),
            decode: instance.get_typed_func(&mut *store, "decode").expect("the guest exports it"),
        }
    }

    fn decode(&self, store: &mut Store<()>, encoding: i32, bytes: &[u8]) -> usize {
        let length = i32::try_from(bytes.len()).expect("the document is small");
        let at = self.allocate.call(&mut *store, length).expect("there is memory");
        self.memory.write(&mut *store, at.unsigned_abs() as usize, bytes).expect("it was allocated");
        let count = self.decode.call(store, (encoding, at, length)).expect("the document can be decoded");
        count.unsigned_abs() as usize
    }
}

/// `host/benches/encodings`, compiled as a plugin is.
fn guest() -> Vec<u8> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugins");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "build",
        "--quiet",
        "--release",
        "--locked",
        "--ignore-rust-version",
        "--package",
        "encodings",
    ]);
    cargo.args(["--target", "wasm32-unknown-unknown", "--target-dir"]).arg(&target);
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"] {
        cargo.env_remove(name);
    }
    assert!(cargo.status().expect("cargo runs").success(), "the guest does not compile");
    let wasm = target.join("wasm32-unknown-unknown/release/encodings.wasm");
    std::fs::read(&wasm).expect("cargo has written it")
}
