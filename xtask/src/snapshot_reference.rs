//! docs/snapshot.md, from the JSON Schema of the document that a plugin is given.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::{Result, root};

const INTRODUCTION: &str = "\
# Snapshot reference

<!-- Written by `cargo xtask docs` from schemas/snapshot.schema.json. -->

What a rule can read, by kind. In Rust each kind is a struct of `archlint_sdk::schema` with these fields; in JSON it is \
an object in the list of its kind. A field that *may be unknown* is a `Value`: itself where it is known, else \
`{\"$unknown\": {\"reason\": ..., \"detail\": ...}}` or `{\"$oneOf\": [...]}`. A *key* names a resource, here or elsewhere. \
Fields and kinds are only ever added.
";

/// Rewrites the page; with `check` it only tells whether that would change anything.
pub(crate) fn run(check: bool) -> Result<()> {
    let page = page()?;
    if check {
        return match fs::read_to_string(path()) {
            Ok(written) if written == page => Ok(()),
            _ => Err("docs/snapshot.md is not what the schema says: run `cargo xtask docs`".into()),
        };
    }
    Ok(fs::write(path(), page)?)
}

fn path() -> PathBuf {
    root().join("docs/snapshot.md")
}

fn page() -> Result<String> {
    let schema = fs::read_to_string(root().join("schemas/snapshot.schema.json"))?;
    let schema: Value = serde_json::from_str(&schema)?;
    let types = Types { all: &schema["$defs"] };
    let mut page = INTRODUCTION.to_owned();
    page.push_str("\n## Of every resource\n\n");
    types.table("Meta", &mut page)?;
    page.push_str("\n## Kinds\n");
    for (kind, list) in types.fields("Resources") {
        let name = reference(&list["items"]).ok_or("a kind is a list of one type")?;
        write!(page, "\n### {kind}\n\n")?;
        types.describe(name, &mut page)?;
        types.table(name, &mut page)?;
    }
    page.push_str("\n## Facts\n\nWhat they mean: [facts](facts.md).\n");
    for (table, map) in types.fields("Facts") {
        let name = reference(&map["additionalProperties"]).ok_or("a table of facts is a map to one type")?;
        write!(page, "\n### {table}\n\nBy key: `{name}`.\n\n")?;
        types.table(name, &mut page)?;
    }
    page.push_str("\n## Types\n");
    for name in types.parts() {
        write!(page, "\n### {name}\n\n")?;
        types.describe(name, &mut page)?;
        types.table(name, &mut page)?;
    }
    Ok(page)
}

/// The definitions of a schema.
struct Types<'a> {
    all: &'a Value,
}

impl<'a> Types<'a> {
    fn fields(&self, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
        self.all[name]["properties"].as_object().into_iter().flatten()
    }

    /// What kinds and facts consist of: neither one of them nor a `Value`.
    fn parts(&self) -> impl Iterator<Item = &'a str> {
        let kinds = self.fields("Resources").filter_map(|(_, it)| reference(&it["items"]));
        let facts = self.fields("Facts").filter_map(|(_, it)| reference(&it["additionalProperties"]));
        let above: Vec<&str> =
            kinds.chain(facts).chain(["Meta", "Resources", "Facts", "Snapshot", "Key"]).collect();
        let names = self.all.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
        names.filter(move |it| !it.starts_with("Value_of_") && !above.contains(it))
    }

    fn describe(&self, name: &str, page: &mut String) -> Result<()> {
        if let Some(it) = self.all[name]["description"].as_str() {
            write!(page, "{}\n\n", line(it))?;
        }
        let choices = self.choices(&self.all[name]);
        if !choices.is_empty() {
            writeln!(page, "One of {}.", choices.join(", "))?;
        }
        Ok(())
    }

    fn table(&self, name: &str, page: &mut String) -> Result<()> {
        if self.fields(name).next().is_none() {
            return Ok(());
        }
        page.push_str("| field | type | |\n|---|---|---|\n");
        for (field, schema) in self.fields(name) {
            let description = schema["description"].as_str().map(line).unwrap_or_default();
            writeln!(page, "| `{field}` | {} | {description} |", self.in_words(schema))?;
        }
        Ok(())
    }

    /// A type in words.
    fn in_words(&self, schema: &Value) -> String {
        if let Some(name) = reference(schema) {
            return match name.strip_prefix("Value_of_") {
                // The first alternative is the known value.
                Some(_) => format!("{}, may be unknown", self.in_words(&self.all[name]["anyOf"][0])),
                None if name == "Key" => "key".to_owned(),
                None => format!("[{name}](#{})", name.to_ascii_lowercase()),
            };
        }
        if let Some(all) = schema["anyOf"].as_array() {
            let (absent, all): (Vec<_>, Vec<_>) = all.iter().partition(|it| it["type"] == "null");
            let all: Vec<String> = all.into_iter().map(|it| self.in_words(it)).collect();
            return all.join(" or ") + if absent.is_empty() { "" } else { ", or absent" };
        }
        match &schema["type"] {
            Value::Array(all) => match all.first().and_then(Value::as_str) {
                Some(known) => format!("{known}, or absent"),
                None => "anything".to_owned(),
            },
            Value::String(it) if it == "array" => format!("list of {}", self.inner(&schema["items"])),
            Value::String(it) if it == "object" && schema["additionalProperties"].is_object() => {
                format!("map from string to {}", self.inner(&schema["additionalProperties"]))
            }
            Value::String(it) => it.clone(),
            _ => "anything".to_owned(),
        }
    }

    /// A type within another.
    fn inner(&self, schema: &Value) -> String {
        let words = self.in_words(schema);
        if words.contains(", ") { format!("({words})") } else { words }
    }

    /// The words of an enumeration, or the forms of a variant.
    fn choices(&self, schema: &Value) -> Vec<String> {
        let own = schema["enum"].as_array().into_iter().flatten().chain(schema.get("const"));
        let own: Vec<String> = own.map(|it| format!("`{it}`")).collect();
        let nested = schema["oneOf"].as_array().into_iter().flatten().flat_map(|it| {
            let forms = it["properties"].as_object().into_iter().flatten();
            let forms: Vec<String> = forms
                .map(|(name, form)| format!("`{{\"{name}\": ...}}` ({})", self.in_words(form)))
                .collect();
            if forms.is_empty() { self.choices(it) } else { forms }
        });
        own.into_iter().chain(nested).collect()
    }
}

/// The definition that a schema refers to.
fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/$defs/")
}

/// A description on one line, fit for a table.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_is_fresh() {
        super::run(true).unwrap();
    }
}
