//! The settings that a team starts with: everything is the default, and says what else it could be.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::source::{SourceError, templates_under};

/// How many templates are named.
const NAMED: usize = 5;

/// A commented `archlint.toml` for what a folder holds.
pub fn initial(folder: &Path) -> Result<String, SourceError> {
    let templates = templates_under(folder)?;
    let within = |path: &PathBuf| path.strip_prefix(folder).unwrap_or(path).display().to_string();
    // What the CDK writes is checked as the CDK's.
    let is_built = |it: &String| it.split('/').any(|part| part == "cdk.out");
    let templates: Vec<String> = templates.iter().map(within).filter(|it| !is_built(it)).collect();
    let mut text = String::from(HEAD);
    if !templates.is_empty() {
        text.push_str(&found(&format!("CloudFormation, {}", named(&templates))));
        text.push_str(&command("archlint check ."));
    }
    if folder.join("cdk.json").is_file() {
        text.push_str(&found("a CDK app"));
        text.push_str(&command("cdk synth --quiet && archlint check cdk.out"));
    }
    for it in terraform_folders(folder)? {
        let name = if it.as_os_str().is_empty() { ".".to_owned() } else { it.display().to_string() };
        text.push_str(&found(&format!("Terraform files in `{name}`")));
        text.push_str(&command(&format!("terraform -chdir={name} plan -out plan")));
        text.push_str(&command(&format!("terraform -chdir={name} show -json plan > plan.json")));
        text.push_str(&command(&format!("archlint check plan.json --tf-dir {name}")));
    }
    Ok(text + SETTINGS)
}

fn found(what: &str) -> String {
    format!("#\n# Found here: {what}. Check with\n")
}

fn command(line: &str) -> String {
    format!("#   $ {line}\n")
}

/// The first of some files by name, and how many more there are.
fn named(files: &[String]) -> String {
    let more = files.len().saturating_sub(NAMED);
    let names = files.iter().take(NAMED).map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{names} and {more} more") } else { names }
}

/// The folder and the ones right in it that hold Terraform files.
fn terraform_folders(folder: &Path) -> Result<BTreeSet<PathBuf>, SourceError> {
    let mut found = BTreeSet::new();
    let entries = |folder: &Path| {
        let read = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        read.map_err(|error| SourceError::read(folder, error))
    };
    let is_terraform = |path: &Path| path.extension().is_some_and(|it| it == "tf" || it == "tofu");
    for entry in entries(folder)? {
        let path = entry.path();
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if is_terraform(&path) {
            found.insert(PathBuf::new());
        } else if path.is_dir() && !path.is_symlink() && !is_hidden {
            let holds = entries(&path)?.iter().any(|it| is_terraform(&it.path()));
            found.extend(holds.then(|| PathBuf::from(entry.file_name())));
        }
    }
    Ok(found)
}

const HEAD: &str = "\
# Settings of archlint, for this folder and every folder below it. `archlint config` prints what is in effect.
";

const SETTINGS: &str = r#"
# A selector is a rule's code, its slug, or a family: "NET006", "egress-az-dependency", "NET*".
# `archlint rules` lists the rules.

# The rules that run, and those of them that do not.
# select = ["*"]
# ignore = []

# The lowest severity (info, low, medium, high) and confidence (low, medium, high) that make the exit code 1.
# fail_on = "high"
# min_confidence = "medium"

# What it means that a rule cannot decide: "ignore" (only counted), "info" (told), "fail" (makes the exit code 1).
# Without it, rules of high severity tell, and others count.
# on_unknown = "info"

# What makes the exit code 1 where it was not seen: types, "*" for any, or a share of what rules were asked about.
# fail_on_not_seen = ["AWS::RDS::DBInstance", "5%"]

# Some rules weigh less outside production. Which tags name the environment, and what their values mean.
# default_env = "prod"
# env_tag_keys = ["Environment", "environment", "env", "Env", "Stage", "stage"]
# env_map = { integration = "nonprod" }

# CloudFormation types of which these files, or the account, hold every resource there is.
# account = { assume_whole = [] }

# The most that reading one input may take; what is beyond it is told.
# budget = { scenarios = 32, resources = 20000, evaluations = 5000000, megabytes = 1024 }

# Plugins with rules of your own, relative to this file.
# plugins = []

# Findings that are there today: `archlint baseline .` writes them down, and only new ones count.
# baseline = "archlint-baseline.json"

# Rules that cannot be suppressed in templates and Terraform files, only here.
# locked = []

# Settings of single rules.
# [rules.NET006]
# severity = "medium"

# Findings that are accepted, and why.
# [[suppress]]
# rule = "DBS001"
# address = "staging/*"
# reason = "rebuilt from a snapshot within the day"
# until = 2027-01-31
# owner = "data platform"
"#;
