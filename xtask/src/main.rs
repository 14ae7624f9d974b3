//! The project's own commands. `cargo xtask` lists them.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool of the repository")]

mod archlint;
mod bench;
mod book;
mod cargo;
mod corpus;
mod growth;
mod new_rule;
mod plan;
mod rule_list;
mod snapshot_reference;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// xtask reports and stops: nothing reacts to one error differently from another.
type Result<T> = std::result::Result<T, Box<dyn Error>>;

const USAGE: &str = "\
Usage: cargo xtask <command>

  demo                           build archlint and check a flawed architecture with it
  test [ARGS]                    run all tests of all crates, the rules through WebAssembly included
  build|run|clippy|doc [ARGS]    the cargo command of that name, for the whole workspace (run: for archlint)
  fmt [--check]                  format all files, those of rules included, which cargo fmt does not see
  bless [FILTER]                 rewrite what tests expect, then run them again
  new-rule DOMAIN SLUG CODE      write the two files of a rule and its line in lib.rs
  corpus DIR...                  read and check every file of folders; fail on a crash or a dropped resource
  plan [DIR | --check]           write the Terraform plans of the architectures, or of DIR
  plan --size SIZE --output FILE write a plan of about that size, as in 100MB
  bench [--runs N] [DIR]         time archlint on a tiny template, and on every fifth template of a folder
  docs [--check]                 rewrite docs/snapshot.md from the schema, and the rules in README.md
  bench plan [DIR]               time a plan of 100 MB, and all plans of a folder
  bench boundary                 time what crosses between host and plugins, with up to a million resources
  bench keys                     time ten million keys of S3 as a list, CSV.gz and Parquet, and merging sketches
  growth [NAME]                  how the cost of hostile inputs grows with their size, against bounds
  denials                        what each denied call costs a scan, over the accounts of fixtures/accounts";

/// The demonstration: a load balancer with one node in a private subnet, and targets in a zone without a node.
const DEMO: &str = "fixtures/architectures/mixed-load-balancer-subnets/template.yaml";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[&str]) -> Result<()> {
    let Some((command, rest)) = arguments.split_first() else {
        println!("{USAGE}");
        return Ok(());
    };
    match (*command, rest) {
        ("demo", []) => demo(),
        ("test", _) => cargo::test(rest),
        ("build", _) => cargo::build(rest),
        ("run", _) => cargo::run(rest),
        ("clippy", _) => cargo::clippy(rest),
        ("doc", _) => cargo::doc(rest),
        ("fmt", [] | ["--check"]) => cargo::fmt(rest),
        ("bless", [] | [_]) => cargo::bless(rest),
        ("new-rule", [domain, slug, code]) => new_rule::write(&root(), domain, slug, code),
        ("corpus", [_, ..]) => corpus::run(rest),
        ("docs", []) => snapshot_reference::run(false).and_then(|()| rule_list::run(false)),
        ("docs", ["--check"]) => snapshot_reference::run(true).and_then(|()| rule_list::run(true)),
        ("plan", _) => plan::run(rest),
        ("bench", _) => bench::run(rest),
        ("growth", _) => growth::run(rest),
        ("denials", []) => cargo::test(&["--test", "scan_denials", "--", "--ignored", "--nocapture"]),
        ("help" | "--help" | "-h", _) => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("`{}` is not understood\n\n{USAGE}", arguments.join(" ")).into()),
    }
}

fn demo() -> Result<()> {
    let binary = archlint::build()?;
    let status = binary.command().current_dir(root()).args(["check", DEMO]).status()?;
    // 1 means findings, which is what the architecture is there for.
    match status.code() {
        Some(1) => Ok(()),
        Some(0) => Err(format!("no finding in `{DEMO}`, which is flawed").into()),
        _ => Err(format!("archlint failed: {status}").into()),
    }
}

/// The root of the repository, wherever cargo was called.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the repository").to_owned()
}
