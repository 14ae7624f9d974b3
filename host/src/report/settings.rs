//! The settings that are in effect, as a settings file, each with where it comes from.

use std::fmt::Write;

use serde::Serialize;
use serde_json::Value as Json;

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
    text + &selection(it) + &judging(it) + &environments(it) + &tables(it)
}

/// Which rules run.
fn selection(it: &Settings) -> String {
    let mut text = String::new();
    if !it.pillars.is_empty() {
        let pillars: Vec<String> = it.pillars.iter().map(word).collect();
        writeln!(text, "# pillars: {}  # --pillar", pillars.join(", ")).expect("a String takes everything");
    }
    list(&mut text, it, "select", &it.select, &["*"]);
    list(&mut text, it, "ignore", &it.ignore, &[]);
    list(&mut text, it, "plugins", &it.plugins, &[]);
    text
}

/// What findings and undecided answers mean.
fn judging(it: &Settings) -> String {
    let mut text = String::new();
    line(&mut text, "fail_on", &it.fail_on.value, &it.told_by(&it.fail_on.from));
    line(&mut text, "min_confidence", &it.min_confidence.value, &it.told_by(&it.min_confidence.from));
    match &it.on_unknown.value {
        Some(value) => line(&mut text, "on_unknown", value, &it.told_by(&it.on_unknown.from)),
        None => text.push_str("# on_unknown: \"info\" for high severity, \"ignore\" for others  # default\n"),
    }
    list(&mut text, it, "fail_on_not_seen", &it.fail_on_not_seen, &[]);
    line(&mut text, "default_env", &it.default_env.value, &it.told_by(&it.default_env.from));
    line(&mut text, "env_tag_keys", &it.env_tag_keys.value, &it.told_by(&it.env_tag_keys.from));
    let from =
        if it.locked.is_empty() { Provenance::Default } else { Provenance::File("/locked".to_owned()) };
    line(&mut text, "locked", &it.locked, &it.told_by(&from));
    if let Some(baseline) = &it.baseline.value {
        line(&mut text, "baseline", baseline, &it.told_by(&it.baseline.from));
    }
    text
}

/// What the file says of single rules, findings and resources.
fn tables(it: &Settings) -> String {
    let mut text = String::new();
    table(&mut text, "[account]", &it.account.value, &it.told_by(&it.account.from));
    table(&mut text, "[budget]", &it.budget.value, &it.told_by(&it.budget.from));
    for (name, settings) in &it.rules {
        let from = it.told_by(&Provenance::of_key("rules", name));
        table(&mut text, &format!("[rules.{}]", key(name)), settings, &from);
    }
    entries(&mut text, it, "suppress", &it.suppress);
    entries(&mut text, it, "workloads", &it.workloads);
    entries(&mut text, it, "buckets", &it.buckets);
    entries(&mut text, it, "streams", &it.streams);
    text
}

/// The tables of an array of tables.
fn entries(text: &mut String, it: &Settings, name: &str, all: &[impl Serialize]) {
    for (at, entry) in all.iter().enumerate() {
        let from = it.told_by(&Provenance::of_key(name, &at.to_string()));
        table(text, &format!("[[{name}]]"), entry, &from);
    }
}

/// What every value of an environment tag means, the usual ones included.
fn environments(it: &Settings) -> String {
    let mut text = String::from("\n[env_map]\n");
    for (value, environment) in it.environments().map {
        let written = it.env_map.keys().find(|it| it.to_lowercase() == value);
        let from = written.map_or(Provenance::Default, |it| Provenance::of_key("env_map", it));
        line(&mut text, &key(&value), &environment, &it.told_by(&from));
    }
    text
}

/// A list, each member with where it comes from.
fn list<T: Serialize>(text: &mut String, it: &Settings, name: &str, all: &[Setting<T>], default: &[&str]) {
    if all.is_empty() {
        return line(text, name, &default, &it.told_by(&Provenance::Default));
    }
    writeln!(text, "{name} = [").expect("a String takes everything");
    for member in all {
        writeln!(text, "  {},  # {}", value(&member.value), it.told_by(&member.from))
            .expect("a String takes everything");
    }
    text.push_str("]\n");
}

fn line(text: &mut String, name: &str, it: &impl Serialize, from: &str) {
    writeln!(text, "{name} = {}  # {from}", value(it)).expect("a String takes everything");
}

fn table(text: &mut String, head: &str, it: &impl Serialize, from: &str) {
    writeln!(text, "\n{head}  # {from}").expect("a String takes everything");
    for (name, it) in json(it).as_object().into_iter().flatten() {
        writeln!(text, "{} = {}", key(name), inline(it)).expect("a String takes everything");
    }
}

fn value(it: &impl Serialize) -> String {
    inline(&json(it))
}

fn json(it: &impl Serialize) -> Json {
    serde_json::to_value(it).expect("settings are texts and numbers")
}

/// A value on one line. By way of JSON, whose numbers `toml` does not know.
fn inline(it: &Json) -> String {
    match it {
        Json::Null => String::new(),
        Json::Bool(_) | Json::Number(_) => it.to_string(),
        Json::String(text) => quoted(text),
        Json::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Json::Object(fields) => {
            let field = |(name, it): (&String, &Json)| format!("{} = {}", key(name), inline(it));
            format!("{{ {} }}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
    }
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.chars().all(|it| it.is_ascii_alphanumeric() || "-_".contains(it));
    if is_bare { name.to_owned() } else { quoted(name) }
}
