//! What the boundary costs: `cargo xtask bench boundary`.
//!
//! Each size runs in a process of its own, so that the largest resident memory is that size's.

#![expect(clippy::print_stdout, reason = "it measures and tells")]

mod encoding;
mod population;
#[path = "../process/mod.rs"]
mod process;

use std::collections::BTreeMap;
use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

use archlint::definition::Definition;
use archlint::engine::{EnabledRule, Plugins};
use archlint::facts::{self, EnvironmentSettings};
use archlint_schema::{Needs, PackedDocument, Snapshot};
use archlint_sdk::Rule;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SIZES: [usize; 3] = [1_000, 100_000, 1_000_000];

/// The variable that tells a child process its size.
const SIZE: &str = "ARCHLINT_BENCH_RESOURCES";

fn main() {
    if let Ok(size) = env::var(SIZE) {
        measure(size.parse().expect("a parent gives a number"));
        return;
    }
    start();
    encoding::compare();
    for size in SIZES {
        let this = env::current_exe().expect("a process has a file");
        let status = Command::new(this).env(SIZE, size.to_string()).status().expect("it can be run again");
        assert!(status.success(), "{size} resources: {status}");
    }
}

/// What an embedded plugin costs before it is asked anything.
fn start() {
    let engine = median(50, || drop(Plugins::none()));
    let builtin = Plugins::builtin().expect("the engine starts");
    let plugins = builtin.definitions().map(|(at, ..)| at).max().map_or(0, |it| it + 1);
    let all = median(50, || (0..plugins).for_each(|it| drop(builtin.description(it))));
    let each = all / u32::try_from(plugins).expect("plugins are few");
    println!("start: engine {engine:.2?}, then {each:.2?} for each of {plugins} plugins");
}

fn measure(size: usize) {
    let mut account = population::account(size);
    let count = population::count(&account);
    println!("\n{count} resources");
    let started = Instant::now();
    facts::derive(&mut account, &EnvironmentSettings::default());
    let derived = started.elapsed();
    println!("  facts      {derived:>10.1?}  {}", per(derived, count));

    let plugins = Plugins::builtin().expect("the embedded plugins load");
    let rules = enabled(&plugins);
    let started = Instant::now();
    let outcomes = plugins.check(&[&account], &rules);
    let checked = started.elapsed();
    println!("  all rules  {checked:>10.1?}  {}", per(checked, count));
    println!("  facts and all rules {:.2?}, peak memory {} MB", derived + checked, process::peak());
    for outcome in &outcomes[0] {
        if let Err(error) = &outcome.result {
            println!("  {}: {error}", outcome.code);
        }
    }
    if outcomes[0].iter().all(|it| it.result.is_ok()) {
        compare(&account, &plugins, &rules, count);
    }
}

/// Each rule alone, its decoding included, through WebAssembly and natively.
fn compare(account: &Snapshot, plugins: &Plugins, rules: &[EnabledRule], count: usize) {
    let native: BTreeMap<&str, &Rule> = [
        archlint_network::RULES,
        archlint_compute::RULES,
        archlint_database::RULES,
        archlint_resilience::RULES,
        archlint_storage::RULES,
        archlint_streaming::RULES,
    ]
    .into_iter()
    .flatten()
    .map(|it| (it.code(), it))
    .collect();
    let runs = if count > 10_000 { 5 } else { 21 };
    // What the engine does whatever the rule.
    let around = median(runs, || drop(plugins.check(&[account], &[])));
    println!("  around each rule {around:.1?}");
    println!("  rule      document   encode   in wasm   native   ratio");
    for rule in rules {
        let bytes = encode(account, rule);
        let encoded = median(runs, || drop(encode(account, rule)));
        let whole = median(runs, || {
            let outcomes = plugins.check(&[account], std::slice::from_ref(rule));
            assert!(outcomes[0][0].result.is_ok());
        });
        let own = native[rule.code.as_str()];
        let natively = median(runs, || {
            let packed: PackedDocument = archlint_schema::decode(&bytes).expect("the host wrote it");
            own.run(&packed.into(), &rule.parameters).expect("it runs in WebAssembly");
        });
        let in_wasm = whole.saturating_sub(encoded + around);
        println!(
            "  {}  {:>8} KB  {encoded:>7.1?}  {in_wasm:>8.1?}  {natively:>7.1?}  {:>5.2}",
            rule.code,
            bytes.len() / 1_000,
            in_wasm.as_secs_f64() / natively.as_secs_f64()
        );
    }
}

fn encode(account: &Snapshot, rule: &EnabledRule) -> Vec<u8> {
    let needs: BTreeMap<String, Needs> = [(rule.code.clone(), rule.needs.clone())].into();
    let packed = PackedDocument::new(account, needs).expect("a snapshot has only texts and numbers");
    archlint_schema::encode(&packed).expect("a snapshot has only texts and numbers")
}

fn enabled(plugins: &Plugins) -> Vec<EnabledRule> {
    let rule = |(plugin, name, text): (usize, &str, &str)| {
        let it = Definition::parse(name, text).expect("built-in definitions are right");
        let parameters = it.parameters(None).expect("built-in defaults are right");
        EnabledRule { code: it.code, plugin, needs: it.needs, parameters }
    };
    plugins.definitions().map(rule).collect()
}

pub(crate) fn median(runs: usize, mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let started = Instant::now();
            work();
            started.elapsed()
        })
        .collect();
    times.sort();
    times[runs / 2]
}

pub(crate) fn per(time: Duration, count: usize) -> String {
    let count = u128::try_from(count).expect("a count fits");
    format!("{} ns per resource", time.as_nanos() / count)
}
