//! The properties of resources that stand in no file, as text, and where each stands in it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use archlint_schema::Key;
use serde_json::Value as Json;

use crate::source::{Origin, Origins, Place, Position, SourceFile};

/// A text for each resource, called by the resource's key.
pub(super) fn origins<'a>(resources: impl Iterator<Item = (&'a Key, &'a Json)>) -> Origins {
    let mut files = Vec::new();
    let mut places = BTreeMap::new();
    for (key, properties) in resources {
        let mut text = Text { file: files.len(), written: String::new(), line: 1, places: BTreeMap::new() };
        text.fields(properties, "", 0);
        let resource = text.place(1, 1, 1);
        places.insert(key.clone(), Origin { resource, properties: text.places, ignored: Vec::new() });
        files.push(SourceFile { name: key.to_string(), text: text.written });
    }
    Origins { files: Arc::new(files), resources: places, ..Origins::default() }
}

struct Text {
    file: usize,
    written: String,
    line: usize,
    places: BTreeMap<String, Place>,
}

impl Text {
    /// The fields of an object, in the manner of YAML. What is absent has no line.
    fn fields(&mut self, json: &Json, path: &str, indent: usize) {
        let mut fields: Vec<(&String, &Json)> = json.as_object().into_iter().flatten().collect();
        fields.sort_by_key(|it| it.0);
        for (name, value) in fields {
            let is_left_out = value.is_null() || path.is_empty() && name == "meta";
            if !is_left_out {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                self.value(&format!("{name}:"), value, &path, indent);
            }
        }
    }

    /// A value behind its name, or behind the dash of an item.
    fn value(&mut self, name: &str, value: &Json, path: &str, indent: usize) {
        let start = indent + 1;
        let scalar = scalar(value);
        let text = scalar.as_ref().map_or_else(|| name.to_owned(), |it| format!("{name} {it}"));
        let place = self.place(self.line, start, start + text.chars().count());
        self.places.insert(path.to_owned(), place);
        writeln!(self.written, "{:indent$}{text}", "").expect("a String takes everything");
        self.line += 1;
        match (scalar, value) {
            (None, Json::Array(items)) => {
                for (at, item) in items.iter().enumerate() {
                    self.value("-", item, &format!("{path}[{at}]"), indent + 2);
                }
            }
            (None, fields) => self.fields(fields, path, indent + 2),
            (Some(_), _) => {}
        }
    }

    fn place(&self, line: usize, start: usize, end: usize) -> Place {
        let at = |column| Position { line, column };
        Place { file: self.file, start: at(start), end: at(end) }
    }
}

/// What stands on one line.
fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Array(items) if items.is_empty() => Some("[]".to_owned()),
        Json::Array(_) => None,
        Json::Object(fields) if fields.is_empty() => Some("{}".to_owned()),
        Json::Object(fields) => fields.get("$unknown").map(|why| {
            let reason = why.get("reason").unwrap_or(why);
            format!("unknown ({})", reason.as_str().unwrap_or_default())
        }),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_property_stands_where_its_path_says() {
        let key = Key::from("arn:aws:x");
        let properties = json!({
            "meta": { "key": "arn:aws:x" }, "scheme": "internal", "state": null, "targets": [],
            "subnets": ["a", { "$unknown": { "reason": "not-collected" } }],
            "routes": [{ "target": { "kind": "local" } }],
        });
        let origins = origins([(&key, &properties)].into_iter());
        let file = &origins.files[0];
        assert_eq!(
            file.text,
            "routes:\n  -\n    target:\n      kind: local\nscheme: internal\nsubnets:\n  - a\n  \
             - unknown (not-collected)\ntargets: []\n"
        );
        let shown = |path: &str| {
            let place = origins.locate(&key, path).unwrap();
            &file.text[file.offset(place.start)..file.offset(place.end)]
        };
        assert_eq!(shown("scheme"), "scheme: internal");
        assert_eq!(shown("subnets[0]"), "- a");
        assert_eq!(shown("routes[0].target.kind"), "kind: local");
        assert_eq!(shown("subnets[7]"), "subnets:");
    }
}
