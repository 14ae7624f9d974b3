//! The settings that are in effect, as a settings file, each with where it comes from.

use std::fmt::Write;

use serde::Serialize;

use super::explain::word;
use crate::definition::RuleNames;
use crate::settings::{Provenance, Setting, Settings};
use crate::verdict::Definitions;

/// The settings as TOML, with who said so in comments. `enabled` are the definitions of the rules that run, `names`
/// all rules.
pub fn settings(it: &Settings, enabled: &Definitions, names: &RuleNames) -> String {
    let mut text = match &it.file {
        Some(file) => format!("# {}\n", file.path.display()),
        None => "# no archlint.toml\n".to_owned(),
    };
    writeln!(text, "# {} of {} rules run\n", enabled.len(), names.len()).expect("a String takes everything");
    if !it.pillars.is_empty() {
        let pillars: Vec<String> = it.pillars.iter().map(word).collect();
        writeln!(text, "# pillars: {}  # --pillar", pillars.join(", ")).expect("a String takes everything");
    }
    selectors(&mut text, it, "select", &it.select);
    selectors(&mut text, it, "ignore", &it.ignore);
    line(&mut text, "fail_on", &it.fail_on.value, &it.told_by(&it.fail_on.from));
    line(&mut text, "min_confidence", &it.min_confidence.value, &it.told_by(&it.min_confidence.from));
    match &it.on_unknown.value {
        Some(value) => line(&mut text, "on_unknown", value, &it.told_by(&it.on_unknown.from)),
        None => text.push_str(
            "# on_unknown: \"info\" for rules of high severity, \"ignore\" for others  # default\n",
        ),
    }
    line(&mut text, "default_env", &it.default_env.value, &it.told_by(&it.default_env.from));
    line(&mut text, "env_tag_keys", &it.env_tag_keys.value, &it.told_by(&it.env_tag_keys.from));
    let of_file = |key: &str, is_given: bool| {
        let from = if is_given { Provenance::File(format!("/{key}")) } else { Provenance::Default };
        it.told_by(&from)
    };
    line(
        &mut text,
        "assume_closed",
        &it.assume_closed,
        &of_file("assume_closed", !it.assume_closed.is_empty()),
    );
    selectors(&mut text, it, "plugins", &it.plugins);
    if let Some(baseline) = &it.baseline.value {
        line(&mut text, "baseline", baseline, &it.told_by(&it.baseline.from));
    }
    line(&mut text, "locked", &it.locked, &of_file("locked", !it.locked.is_empty()));
    text.push_str(&environments(it));
    for (name, settings) in &it.rules {
        table(
            &mut text,
            &format!("[rules.{}]", key(name)),
            settings,
            &of_file(&format!("rules/{name}"), true),
        );
    }
    for (at, entry) in it.suppress.iter().enumerate() {
        table(&mut text, "[[suppress]]", entry, &of_file(&format!("suppress/{at}"), true));
    }
    for (at, workload) in it.workloads.iter().enumerate() {
        table(&mut text, "[[workloads]]", workload, &of_file(&format!("workloads/{at}"), true));
    }
    text
}

/// What every value of an environment tag means, the usual ones included.
fn environments(it: &Settings) -> String {
    let mut text = String::from("\n[env_map]\n");
    for (value, environment) in it.environment().map {
        let written = it.env_map.keys().find(|it| it.to_lowercase() == value);
        let from = written.map_or(Provenance::Default, |it| Provenance::File(format!("/env_map/{it}")));
        line(&mut text, &key(&value), &environment, &it.told_by(&from));
    }
    text
}

/// A list, each member with where it comes from.
fn selectors<T: Serialize>(text: &mut String, settings: &Settings, name: &str, all: &[Setting<T>]) {
    if all.is_empty() {
        let default: &[&str] = if name == "select" { &["*"] } else { &[] };
        return line(text, name, &default, "default");
    }
    writeln!(text, "{name} = [").expect("a String takes everything");
    for it in all {
        writeln!(text, "  {},  # {}", value(&it.value), settings.told_by(&it.from))
            .expect("a String takes everything");
    }
    text.push_str("]\n");
}

fn line(text: &mut String, name: &str, it: &impl Serialize, from: &str) {
    writeln!(text, "{name} = {}  # {from}", value(it)).expect("a String takes everything");
}

fn table(text: &mut String, head: &str, it: &impl Serialize, from: &str) {
    let fields = toml::Table::try_from(it).expect("settings come from TOML");
    writeln!(text, "\n{head}  # {from}").expect("a String takes everything");
    for (name, it) in &fields {
        writeln!(text, "{} = {}", key(name), value(it)).expect("a String takes everything");
    }
}

fn value(it: &impl Serialize) -> String {
    toml::Value::try_from(it).expect("settings come from TOML").to_string()
}

fn key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.chars().all(|it| it.is_ascii_alphanumeric() || "-_".contains(it));
    if is_bare { name.to_owned() } else { toml::Value::from(name).to_string() }
}
