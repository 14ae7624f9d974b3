//! The release binary, built and run.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

use crate::Result;
use crate::cargo;

/// The release binary.
pub(crate) struct Archlint {
    path: PathBuf,
}

/// How a run of archlint ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ending {
    /// Exit codes 0 and 1: the input was read.
    Read,
    /// Exit code 2: archlint says what is wrong with the input.
    CleanError,
    /// A panic or a signal.
    Crash,
}

/// Builds the release binary, and finds it.
pub(crate) fn build() -> Result<Archlint> {
    cargo::ensure_plugin_target()?;
    cargo::finish(cargo::cargo("build")?.args(["--release", "--package", "archlint"]))?;
    let metadata = cargo::plain_cargo().args(["metadata", "--no-deps", "--format-version", "1"]).output()?;
    let metadata: Value = serde_json::from_str(cargo::text(&metadata)?)?;
    let target = metadata["target_directory"].as_str().ok_or("cargo metadata names no target directory")?;
    let name = format!("archlint{}", std::env::consts::EXE_SUFFIX);
    Ok(Archlint { path: [target, "release", &name].iter().collect() })
}

impl Archlint {
    pub(crate) fn command(&self) -> Command {
        Command::new(&self.path)
    }

    pub(crate) fn path(&self) -> &OsStr {
        self.path.as_os_str()
    }
}

impl Ending {
    pub(crate) fn of(output: &Output) -> Self {
        let panicked = String::from_utf8_lossy(&output.stderr).contains("panicked at");
        match output.status.code() {
            Some(0 | 1) if !panicked => Ending::Read,
            Some(2) if !panicked => Ending::CleanError,
            _ => Ending::Crash,
        }
    }
}
