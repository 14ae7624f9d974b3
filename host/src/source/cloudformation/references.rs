//! References to nothing: CloudFormation refuses them, and the parser gives them back like any other.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::evaluate::{Part, intrinsic, placeholders};
use super::template::Template;
use crate::source::SourceError;

/// An error that shows every name that a resource or output refers to and that the template does not declare.
pub(crate) fn dangling(template: &Template) -> Option<SourceError> {
    let parameters = template.parameters().map(|(name, _)| name);
    let declared: BTreeSet<&str> = parameters.chain(template.resources().map(|(id, _)| id)).collect();
    // A macro may add what is missing; what it makes of the template is not known here.
    if template.has_macro() {
        return None;
    }
    let mut found = Vec::new();
    for section in ["Resources", "Outputs"] {
        for (name, it) in template.section(section).into_iter().flatten() {
            walk(it, &format!("{section}/{name}"), &mut |name, path| {
                let exists = name.starts_with("AWS::") || declared.contains(name);
                if !exists {
                    found.push((name.to_owned(), path.to_owned()));
                }
            });
        }
    }
    found.sort();
    found.dedup_by(|a, b| a.0 == b.0);
    let places: Vec<_> = found.iter().filter_map(|(_, path)| template.place(path, 0)).collect();
    let names: Vec<String> = found.into_iter().map(|(name, _)| format!("`{name}`")).collect();
    let message = match names.as_slice() {
        [] => return None,
        [name] => format!("{name} is neither a parameter nor a resource of the template"),
        names => format!("{} are neither parameters nor resources of the template", names.join(", ")),
    };
    Some(SourceError::template(message, &template.file, &places))
}

/// Calls back with every name that is referred to, and the path at which.
fn walk(json: &Json, path: &str, each: &mut dyn FnMut(&str, &str)) {
    match intrinsic(json) {
        Some(("Ref", name)) => name.as_str().into_iter().for_each(|it| each(it, path)),
        Some(("Fn::GetAtt", argument)) => {
            argument[0].as_str().into_iter().for_each(|it| each(it.split('.').next().unwrap_or(it), path));
        }
        Some(("Fn::Sub", argument)) => {
            let text = argument.get(0).unwrap_or(argument).as_str().unwrap_or_default();
            let variables = argument.get(1).and_then(Json::as_object);
            for part in placeholders(text) {
                if let Part::Name(name) = part
                    && !variables.is_some_and(|it| it.contains_key(name))
                {
                    each(name.split('.').next().unwrap_or(name), path);
                }
            }
            variables.into_iter().flatten().for_each(|(_, it)| walk(it, path, each));
        }
        Some((name, argument)) => walk(argument, &format!("{path}/{name}"), each),
        None => match json {
            Json::Array(items) => {
                items.iter().enumerate().for_each(|(at, it)| walk(it, &format!("{path}/{at}"), each));
            }
            Json::Object(fields) => {
                fields.iter().for_each(|(name, it)| walk(it, &format!("{path}/{name}"), each));
            }
            _ => {}
        },
    }
}
