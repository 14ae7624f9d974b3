//! A rule's parameters: validated by the host, so that a plugin cannot fail on settings.

use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value as Json};

use super::{Definition, DefinitionError};

impl Definition {
    /// The parameters that a check gets, as JSON text: those given, completed with the schema's defaults.
    pub fn parameters(&self, given: Option<&Json>) -> Result<String, DefinitionError> {
        let mut parameters = given.cloned().unwrap_or_else(|| Json::Object(Map::new()));
        if let Some(schema) = &self.parameters {
            complete(&mut parameters, schema);
            // Defaults are held against their schema by the tests of the definition.
            if given.is_some() {
                self.validate(&parameters, schema)?;
            }
        } else if given.is_some_and(|it| it.as_object().is_none_or(|it| !it.is_empty())) {
            return Err(self.wrong("", "the rule takes none"));
        }
        Ok(parameters.to_string())
    }

    /// Holds the schema of the parameters against JSON Schema, and its defaults against itself.
    pub fn validate_defaults(&self) -> Result<(), DefinitionError> {
        let Some(schema) = &self.parameters else { return Ok(()) };
        let mut parameters = Json::Object(Map::new());
        complete(&mut parameters, schema);
        self.validate(&parameters, schema)
    }

    fn validate(&self, parameters: &Json, schema: &Json) -> Result<(), DefinitionError> {
        let validator =
            jsonschema::validator_for(schema).map_err(|error| self.wrong("", &error.to_string()))?;
        let Some(error) = validator.iter_errors(parameters).next() else { return Ok(()) };
        let path = error.instance_path().to_string();
        Err(match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let name = &unexpected[0];
                self.wrong(&format!("{path}/{name}"), &format!("there is no `{name}`"))
            }
            _ => self.wrong(&path, &error.to_string()),
        })
    }

    fn wrong(&self, path: &str, message: &str) -> DefinitionError {
        DefinitionError::Parameters {
            rule: self.code.clone(),
            path: path.to_owned(),
            message: message.to_owned(),
        }
    }
}

/// Fills in the defaults of the properties that an object lacks, and of objects within it.
fn complete(value: &mut Json, schema: &Json) {
    let (Some(fields), Some(properties)) = (value.as_object_mut(), schema["properties"].as_object()) else {
        return;
    };
    for (name, property) in properties {
        if let Some(default) = property.get("default")
            && !fields.contains_key(name)
        {
            fields.insert(name.clone(), default.clone());
        }
        if let Some(field) = fields.get_mut(name) {
            complete(field, property);
        }
    }
}
