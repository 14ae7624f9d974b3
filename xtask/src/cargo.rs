//! cargo, called so that it works on every compiler that can build archlint.

use std::fs;
use std::process::{Command, Output, Stdio};

use crate::{Result, root};

/// The first compiler on which plain cargo builds the workspace.
const PLAIN_CARGO: (u32, u32) = (1, 96);

/// What plugins are compiled for; host/build.rs needs its standard library.
const PLUGIN_TARGET: &str = "wasm32-unknown-unknown";

pub(crate) fn build(arguments: &[&str]) -> Result<()> {
    on_workspace("build", arguments)
}

pub(crate) fn test(arguments: &[&str]) -> Result<()> {
    on_workspace("test", arguments)
}

pub(crate) fn doc(arguments: &[&str]) -> Result<()> {
    on_workspace("doc", &[&["--no-deps"], arguments].concat())
}

pub(crate) fn clippy(arguments: &[&str]) -> Result<()> {
    on_workspace("clippy", &[&["--all-targets"], arguments].concat())
}

/// Formats everything. The macro `plugin!` hides the modules of rules from cargo, so their files are named.
pub(crate) fn fmt(arguments: &[&str]) -> Result<()> {
    finish(plain_cargo().args(["fmt", "--all", "--"]).args(arguments))?;
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.current_dir(root()).args(["--edition", "2024"]).args(arguments);
    for plugin in fs::read_dir(root().join("plugins"))? {
        for file in fs::read_dir(plugin?.path().join("src"))? {
            let path = file?.path();
            if path.extension().is_some_and(|it| it == "rs") {
                rustfmt.arg(path);
            }
        }
    }
    finish(&mut rustfmt)
}

/// Runs archlint: what follows is for archlint.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    ensure_plugin_target()?;
    let mut command = cargo("run")?;
    finish(command.args(["--release", "--package", "archlint", "--"]).args(arguments))
}

/// Rewrites what tests expect. A test that blesses fails in that run, so that a rewrite never passes unseen:
/// the second run tells.
pub(crate) fn bless(filter: &[&str]) -> Result<()> {
    ensure_plugin_target()?;
    let mut command = cargo("test")?;
    command.args(["--workspace", "--all-features", "--no-fail-fast"]).args(filter).env("BLESS", "1");
    println!("blessing; tests whose expectations change fail in this run");
    command.status()?;
    println!("running again; read `git diff` before you commit");
    test(filter)
}

fn on_workspace(subcommand: &str, arguments: &[&str]) -> Result<()> {
    ensure_plugin_target()?;
    finish(cargo(subcommand)?.args(["--workspace", "--all-features"]).args(arguments))
}

/// cargo at the root of the repository.
///
/// The crate cloudformation-validate-template-model declares Rust 1.96, though it builds on 1.95. cargo has no
/// setting to say so, and an alias cannot shadow `build`: hence the flag here, and xtask's commands.
pub(crate) fn cargo(subcommand: &str) -> Result<Command> {
    let mut command = plain_cargo();
    command.arg(subcommand);
    if compiler()? < PLAIN_CARGO {
        command.arg("--ignore-rust-version");
    }
    Ok(command)
}

pub(crate) fn plain_cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Adds the standard library for plugins where it is missing. A compiler without rustup has to bring it along.
pub(crate) fn ensure_plugin_target() -> Result<()> {
    let installed =
        Command::new("rustup").args(["target", "list", "--installed"]).current_dir(root()).output();
    let Ok(installed) = installed else { return Ok(()) };
    if text(&installed)?.lines().any(|it| it == PLUGIN_TARGET) {
        return Ok(());
    }
    finish(Command::new("rustup").args(["target", "add", PLUGIN_TARGET]).current_dir(root()))
}

/// Runs to the end with the terminal, and fails with the command that failed.
pub(crate) fn finish(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}").into()) }
}

/// What a finished command wrote to stdout.
pub(crate) fn text(output: &Output) -> Result<&str> {
    if !output.status.success() {
        return Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(str::from_utf8(&output.stdout)?)
}

/// The version of the compiler that cargo uses.
fn compiler() -> Result<(u32, u32)> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output =
        Command::new(rustc).arg("--version").current_dir(root()).stderr(Stdio::inherit()).output()?;
    version(text(&output)?)
}

/// Reads `rustc 1.95.0 (59807616e 2026-04-14)`.
fn version(text: &str) -> Result<(u32, u32)> {
    let number = text.split_whitespace().nth(1).unwrap_or_default();
    let mut parts = number.split('.').map(str::parse);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => Ok((major, minor)),
        _ => Err(format!("`{}` is not a version of rustc", text.trim()).into()),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn reads_the_version_of_the_compiler() {
        assert_eq!(super::version("rustc 1.95.0 (59807616e 2026-04-14)\n").unwrap(), (1, 95));
        assert_eq!(super::version("rustc 1.97.0-nightly").unwrap(), (1, 97));
        assert!(super::version("clang").is_err());
    }
}
