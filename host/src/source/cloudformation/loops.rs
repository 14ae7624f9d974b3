//! `Fn::ForEach`: what the loops of a template make in one scenario.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html>

use std::collections::BTreeMap;
use std::sync::Arc;

use archlint_schema::{Reason, Unknown};
use serde_json::{Map, Value as Json, json};

use super::evaluate::intrinsic;
use super::kinds::canonical;
use super::stack::Stack;
use crate::source::node::{Evaluated, text_of};

const LOOP: &str = "Fn::ForEach";

/// Replaces the loops of a stack's template by what they make. Of a loop that cannot be expanded the kinds are noted
/// of which it makes resources.
pub(super) fn expand(stack: &mut Stack<'_>) {
    if !holds_loop(stack.template.authored()) {
        return;
    }
    let template = Arc::clone(&stack.template);
    if !template.has_language_extensions() {
        let message =
            format!("{LOOP} takes `Transform: AWS::LanguageExtensions`, which the template does not have");
        stack.meter.fault(
            message,
            stack.index,
            vec![first_loop(template.authored(), "").unwrap_or_default()],
        );
    }
    let mut expander = Expander { stack, made: BTreeMap::new(), hidden: BTreeMap::new(), is_spent: false };
    let mut sections = Map::new();
    for (name, section) in template.authored().as_object().into_iter().flatten() {
        let written = match name.as_str() {
            "Resources" | "Conditions" | "Outputs" => {
                expander.read(section, Place { to: name, from: name }, &[], true)
            }
            _ => section.clone(),
        };
        sections.insert(name.clone(), written);
    }
    let (made, hidden) = (expander.made, expander.hidden);
    stack.template = Arc::new(template.expanded(Json::Object(sections), made));
    stack.hidden = hidden;
}

fn holds_loop(json: &Json) -> bool {
    match json {
        Json::Array(items) => items.iter().any(holds_loop),
        Json::Object(fields) => fields.iter().any(|(name, it)| is_loop(name) || holds_loop(it)),
        _ => false,
    }
}

fn is_loop(key: &str) -> bool {
    key == LOOP || key.strip_prefix(LOOP).is_some_and(|it| it.starts_with(':'))
}

fn first_loop(json: &Json, path: &str) -> Option<String> {
    let at = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    match json {
        Json::Array(items) => {
            items.iter().enumerate().find_map(|(it, item)| first_loop(item, &at(&it.to_string())))
        }
        Json::Object(fields) => fields
            .iter()
            .find_map(|(name, it)| if is_loop(name) { Some(at(name)) } else { first_loop(it, &at(name)) }),
        _ => None,
    }
}

/// Where something goes to, and where in the text it comes from.
#[derive(Clone, Copy)]
struct Place<'p> {
    to: &'p str,
    from: &'p str,
}

/// The variable of a loop, and what it is.
type Binding = (String, String);

struct Expander<'a, 't> {
    stack: &'a Stack<'t>,
    /// By the path of what was made, the path that it is made of.
    made: BTreeMap<String, String>,
    hidden: BTreeMap<String, Unknown>,
    /// Whether the budget is used up.
    is_spent: bool,
}

impl Expander<'_, '_> {
    /// A part of the template with its loops expanded, and variables of the loops around it replaced. `is_section`:
    /// its entries are resources, conditions or outputs.
    fn read(&mut self, json: &Json, at: Place<'_>, bindings: &[Binding], is_section: bool) -> Json {
        match json {
            Json::String(text) => Json::String(replaced(text, bindings)),
            Json::Array(items) => {
                let item = |(index, it): (usize, &Json)| {
                    let (to, from) = (format!("{}/{index}", at.to), format!("{}/{index}", at.from));
                    self.read(it, Place { to: &to, from: &from }, bindings, false)
                };
                Json::Array(items.iter().enumerate().map(item).collect())
            }
            Json::Object(fields) => {
                if let Some(("Ref", Json::String(name))) = intrinsic(json)
                    && let Some((_, value)) = bindings.iter().rev().find(|(variable, _)| variable == name)
                {
                    return Json::String(value.clone());
                }
                let mut read = Map::new();
                let is_known = self.read_fields(fields, at, bindings, is_section, &mut read);
                // What a loop adds to a property that cannot be expanded makes the property unknown.
                if is_known || is_section { Json::Object(read) } else { json!({ LOOP: at.from }) }
            }
            other => other.clone(),
        }
    }

    /// Adds entries of a mapping, and those that its loops make; whether all could be expanded.
    fn read_fields(
        &mut self,
        fields: &Map<String, Json>,
        at: Place<'_>,
        bindings: &[Binding],
        is_section: bool,
        read: &mut Map<String, Json>,
    ) -> bool {
        let mut is_known = true;
        for (key, it) in fields {
            let from = format!("{}/{key}", at.from);
            if is_loop(key) {
                is_known &= self.expand(it, Place { to: at.to, from: &from }, bindings, is_section, read);
                continue;
            }
            let name = replaced(key, bindings);
            let to = format!("{}/{name}", at.to);
            let place = Place { to: &to, from: &from };
            if !bindings.is_empty() && read.contains_key(&name) {
                let message = format!("{LOOP} makes `{name}` more than once; the first one is checked");
                self.stack.meter.fault(message, self.stack.index, vec![from.clone()]);
                continue;
            }
            let value = self.read(it, place, bindings, false);
            // What stands in the text at its own path needs no other.
            if to != from {
                self.made.insert(to.clone(), from.clone());
            }
            read.insert(name, value);
        }
        is_known
    }

    /// Adds what a loop makes; whether it could be expanded.
    fn expand(
        &mut self,
        json: &Json,
        at: Place<'_>,
        bindings: &[Binding],
        is_section: bool,
        read: &mut Map<String, Json>,
    ) -> bool {
        let parts = json.as_array().map(Vec::as_slice);
        let Some([Json::String(variable), collection, Json::Object(body)]) = parts else {
            self.malformed("takes a variable, a list and what to make of each item", at);
            self.hide(json, &Unknown::new(Reason::NotCollected, at.from));
            return false;
        };
        let items = match self.items(collection, at, bindings) {
            Ok(items) => items,
            Err(why) => {
                self.hide(json, &why);
                return false;
            }
        };
        let from = format!("{}/2", at.from);
        for item in items {
            let entries = if is_section { body.len() } else { 0 };
            if self.is_spent || !self.stack.meter.make(entries, self.stack.index, at.from) {
                self.is_spent = true;
                self.hide(json, &Unknown::new(Reason::NotCollected, at.from));
                return false;
            }
            let bound = [bindings, &[(variable.clone(), item)]].concat();
            self.read_fields(body, Place { to: at.to, from: &from }, &bound, is_section, read);
        }
        true
    }

    fn malformed(&self, why: &str, at: Place<'_>) {
        let name = at.from.rsplit('/').next().unwrap_or(LOOP);
        self.stack.meter.fault(format!("`{name}` {why}"), self.stack.index, vec![at.from.to_owned()]);
    }

    /// The items of a loop's list, or why nobody knows them.
    fn items(&self, collection: &Json, at: Place<'_>, bindings: &[Binding]) -> Result<Vec<String>, Unknown> {
        let collection = bound(collection, bindings);
        let items = match self.stack.evaluate(&collection, &format!("{}/1", at.from)).value {
            Evaluated::List(items) => items,
            Evaluated::External { why, .. } | Evaluated::Unknown(why) => return Err(why),
            Evaluated::OneOf { key, .. } => return Err(Unknown::new(Reason::Parameter, key.as_str())),
            _ => {
                self.malformed("takes a list as its second part", at);
                return Err(Unknown::new(Reason::NotCollected, at.from));
            }
        };
        let mut known = Vec::new();
        for item in items {
            let inner = match item.value {
                Evaluated::List(inner) => inner,
                _ => vec![item],
            };
            for it in inner {
                match (text_of(&it.value), it.value) {
                    (Some(text), _) => known.push(text),
                    (None, Evaluated::External { why, .. } | Evaluated::Unknown(why)) => return Err(why),
                    (None, _) => return Err(Unknown::new(Reason::Computed, at.from)),
                }
            }
        }
        Ok(known)
    }

    /// Of the kinds that stand in a loop there may be more than are seen.
    fn hide(&mut self, json: &Json, why: &Unknown) {
        match json {
            Json::Array(items) => items.iter().for_each(|it| self.hide(it, why)),
            Json::Object(fields) => {
                if let Some(kind) = fields.get("Type").and_then(Json::as_str).filter(|it| it.contains("::")) {
                    self.hidden.entry(canonical(kind).to_owned()).or_insert_with(|| why.clone());
                }
                fields.values().for_each(|it| self.hide(it, why));
            }
            _ => {}
        }
    }
}

/// An expression with the variables of loops replaced.
fn bound(json: &Json, bindings: &[Binding]) -> Json {
    match json {
        Json::String(text) => Json::String(replaced(text, bindings)),
        Json::Array(items) => Json::Array(items.iter().map(|it| bound(it, bindings)).collect()),
        Json::Object(fields) => {
            if let Some(("Ref", Json::String(name))) = intrinsic(json)
                && let Some((_, value)) = bindings.iter().rev().find(|(variable, _)| variable == name)
            {
                return Json::String(value.clone());
            }
            let field = |(name, it): (&String, &Json)| (replaced(name, bindings), bound(it, bindings));
            Json::Object(fields.iter().map(field).collect())
        }
        other => other.clone(),
    }
}

/// A text with `${Variable}` and `&{Variable}` replaced; the latter leaves out what may not stand in a logical id.
fn replaced(text: &str, bindings: &[Binding]) -> String {
    if !text.contains("${") && !text.contains("&{") {
        return text.to_owned();
    }
    bindings.iter().fold(text.to_owned(), |text, (variable, value)| {
        let alphanumeric: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
        text.replace(&format!("${{{variable}}}"), value).replace(&format!("&{{{variable}}}"), &alphanumeric)
    })
}
