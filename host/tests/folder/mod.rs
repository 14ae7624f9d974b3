//! A folder of its own for a test, and the real binary in it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

pub(crate) struct Folder {
    pub(crate) path: PathBuf,
}

/// What a run of archlint left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Folder {
    /// An empty folder of that name, which must be the test's alone.
    pub(crate) fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("folders").join(name);
        if path.exists() {
            fs::remove_dir_all(&path).unwrap();
        }
        fs::create_dir_all(&path).unwrap();
        Self { path }
    }

    pub(crate) fn write(&self, file: &str, contents: impl AsRef<[u8]>) -> &Self {
        let path = self.path.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
        self
    }

    /// Runs archlint in the folder, in an environment that says nothing of the terminal.
    pub(crate) fn archlint(&self, arguments: &[&str]) -> Run {
        let output = self.command(arguments).output().unwrap();
        Run {
            code: output.status.code().expect("no signal ends archlint"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The same, to be run with more in its environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_archlint"));
        command
            .current_dir(&self.path)
            .args(arguments)
            .env("LC_ALL", "C.UTF-8")
            .env_remove("NO_COLOR")
            .env_remove("COLUMNS");
        command.env("XDG_CACHE_HOME", self.path.join(".cache"));
        command
    }

    /// The JSON report of a check.
    pub(crate) fn check(&self, arguments: &[&str]) -> Value {
        let run = self.archlint(&[&["check", "--format", "json"], arguments].concat());
        serde_json::from_str(&run.stdout).unwrap_or_else(|it| panic!("{it}: {}", run.stderr))
    }
}

/// `LBL003 Web` for each finding: its rule, and its subject without the stack.
pub(crate) fn findings(report: &Value) -> Vec<String> {
    entries(report, "findings")
}

/// The same of what stayed undecided.
pub(crate) fn undecided(report: &Value) -> Vec<String> {
    entries(report, "undecided")
}

/// The same of another part of the report.
pub(crate) fn entries(report: &Value, part: &str) -> Vec<String> {
    let entry = |it: &Value| {
        let address = it["resource"]["address"].as_str().unwrap();
        format!("{} {}", it["rule"].as_str().unwrap(), address.rsplit('/').next().unwrap())
    };
    report[part].as_array().unwrap().iter().map(entry).collect()
}
