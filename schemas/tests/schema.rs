//! The JSON Schema of the document that a plugin is given is what the types say.

use std::{env, fs};

use archlint_schema::Document;
use serde_json::Value;

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshot.schema.json");

#[test]
fn the_schema_is_fresh() {
    let mut schema = schemars::schema_for!(Document);
    schema.insert("title".to_owned(), "The document that `load` of an archlint plugin takes".into());
    assert_eq!(schema.get("$schema"), Some(&"https://json-schema.org/draft/2020-12/schema".into()));

    // Compared as values: the order of keys depends on features that other crates of the workspace enable.
    let written = fs::read_to_string(SCHEMA).ok().and_then(|it| serde_json::from_str::<Value>(&it).ok());
    let stale = written.as_ref() != Some(schema.as_value());
    if stale && env::var_os("BLESS").is_some() {
        fs::write(SCHEMA, serde_json::to_string_pretty(&schema).unwrap() + "\n").unwrap();
        panic!("rewrote {SCHEMA}");
    }
    assert!(!stale, "{SCHEMA} is not what the types say; `cargo xtask bless` rewrites it");
}
