//! Parameter files, in the forms that people have: CloudFormation's list, `{"Parameters": {...}}` as
//! `CodePipeline` wants it, or a plain object.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value as Json;

use super::SourceError;
use super::redaction::DamagedJson;

/// Reads the values of parameters by name.
pub fn read_parameters(path: &Path) -> Result<BTreeMap<String, String>, SourceError> {
    let text = std::fs::read_to_string(path).map_err(|error| SourceError::read(path, error))?;
    parse(&text).map_err(|message| SourceError::Parameters { file: path.display().to_string(), message })
}

fn parse(text: &str) -> Result<BTreeMap<String, String>, String> {
    let json: Json = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|it| DamagedJson::from(it).to_string())?;
    match &json {
        Json::Array(entries) => entries.iter().map(entry).collect(),
        Json::Object(fields) => {
            let fields = fields.get("Parameters").and_then(Json::as_object).unwrap_or(fields);
            fields.iter().map(|(name, value)| Ok((name.clone(), scalar(name, value)?))).collect()
        }
        _ => Err("it is neither a list nor an object".to_owned()),
    }
}

fn entry(entry: &Json) -> Result<(String, String), String> {
    let name = entry["ParameterKey"].as_str().ok_or("an entry has no `ParameterKey`")?;
    Ok((name.to_owned(), scalar(name, &entry["ParameterValue"])?))
}

fn scalar(name: &str, value: &Json) -> Result<String, String> {
    match value {
        Json::String(it) => Ok(it.clone()),
        Json::Number(it) => Ok(it.to_string()),
        Json::Bool(it) => Ok(it.to_string()),
        Json::Array(all) => {
            Ok(all.iter().map(|it| scalar(name, it)).collect::<Result<Vec<_>, _>>()?.join(","))
        }
        Json::Null | Json::Object(_) => Err(format!("the value of `{name}` is no scalar")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_reads_alike() {
        let expected =
            BTreeMap::from([("Env".to_owned(), "prod".to_owned()), ("Zones".to_owned(), "a,b".to_owned())]);
        for text in [
            r#"[{"ParameterKey": "Env", "ParameterValue": "prod"}, {"ParameterKey": "Zones", "ParameterValue": "a,b"}]"#,
            r#"{"Parameters": {"Env": "prod", "Zones": ["a", "b"]}}"#,
            "\u{feff}{\"Env\": \"prod\", \"Zones\": \"a,b\"}",
        ] {
            assert_eq!(parse(text).unwrap(), expected, "{text}");
        }
        for text in ["", "3", r#"[{"ParameterValue": "x"}]"#, r#"{"Env": {"a": 1}}"#] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
