//! References to nothing: CloudFormation refuses them, and the parser gives them back like any other.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::evaluate::{Part, intrinsic, placeholders};
use super::template::Template;
use super::unseen;
use crate::source::SourceError;

/// How many names are told and shown: whoever mends a template begins with these.
const MAX_TOLD: usize = 20;

/// What loops may make, and what they call their items.
#[derive(Default)]
struct Made {
    /// What the names that are made begin with.
    prefixes: BTreeSet<String>,
    variables: BTreeSet<String>,
}

impl Made {
    fn add(&mut self, json: &Json) {
        match json {
            Json::Array(items) => items.iter().for_each(|it| self.add(it)),
            Json::Object(fields) => {
                for (name, it) in fields {
                    if name.starts_with("Fn::ForEach") {
                        self.variables.extend(it[0].as_str().map(str::to_owned));
                        let made = it[2].as_object().into_iter().flatten();
                        let prefix = |name: &String| name.split(['$', '&']).next().map(str::to_owned);
                        self.prefixes.extend(made.filter_map(|(name, _)| prefix(name)));
                    }
                    self.add(it);
                }
            }
            _ => {}
        }
    }

    fn may_be(&self, name: &str) -> bool {
        let is_put_together = name.contains("${") || name.contains("&{");
        self.variables.contains(name)
            || !self.variables.is_empty() && is_put_together
            || self.prefixes.iter().any(|it| name.starts_with(it.as_str()))
    }
}

/// An error that shows every name that a resource or output refers to and that the template does not declare.
pub(crate) fn dangling(template: &Template) -> Option<SourceError> {
    let declared = template.declared();
    let mut made = Made::default();
    made.add(template.authored());
    let modules = template.resources().filter(|(_, it)| unseen::is_module(it)).map(|(id, _)| id.to_owned());
    made.prefixes.extend(modules);
    // A macro may add what is missing; what it makes of the template is not known here.
    if template.is_serverless() || unseen::of_macros(template).is_some() {
        return None;
    }
    let mut found = Vec::new();
    for section in ["Resources", "Outputs"] {
        for (name, it) in template.section(section).into_iter().flatten() {
            walk(it, &format!("{section}/{name}"), &mut |name, path| {
                let exists = name.starts_with("AWS::") || declared.contains(name) || made.may_be(name);
                if !exists {
                    found.push((name.to_owned(), path.to_owned()));
                }
            });
        }
    }
    found.sort();
    found.dedup_by(|a, b| a.0 == b.0);
    let others = found.len().saturating_sub(MAX_TOLD);
    let told = &found[..found.len() - others];
    let places: Vec<_> = told.iter().filter_map(|(_, path)| template.place(path, 0)).collect();
    let names: Vec<String> = told.iter().map(|(name, _)| format!("`{name}`")).collect();
    let message = match names.as_slice() {
        [] => return None,
        [name] => format!("{name} is neither a parameter nor a resource of the template"),
        names if others > 0 => {
            format!(
                "{} and {others} others are neither parameters nor resources of the template",
                names.join(", ")
            )
        }
        names => format!("{} are neither parameters nor resources of the template", names.join(", ")),
    };
    Some(SourceError::template(message, &template.file, &places))
}

/// Calls back with every name that is referred to within a part of a template.
pub(super) fn each(json: &Json, call: &mut dyn FnMut(&str)) {
    walk(json, "", &mut |name, _| call(name));
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
