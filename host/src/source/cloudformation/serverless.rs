//! What SAM makes of a function's events: the mappings that invoke it with the records of streams. The parser knows
//! SAM's words, and leaves its resources as they are.
//!
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html>

use std::collections::HashMap;

use serde_json::{Map, Value as Json, json};

use super::evaluate::intrinsic;

const FUNCTION: &str = "AWS::Serverless::Function";
const EVENTS_OF_STREAMS: [&str; 2] = ["Kinesis", "DynamoDB"];

/// Gives every function what `Globals` says of all, and adds the event source mappings of each.
pub(super) fn expand<S: Copy>(template: &mut Json, spans: &mut HashMap<String, S>) {
    let globals = template["Globals"]["Function"].clone();
    let Some(resources) = template.get_mut("Resources").and_then(Json::as_object_mut) else { return };
    let mut mappings = Map::new();
    for (id, function) in resources.iter_mut().filter(|(_, it)| it["Type"] == FUNCTION) {
        fill_in(&mut function["Properties"], &globals);
        for (event, it) in function["Properties"]["Events"].as_object().into_iter().flatten() {
            if EVENTS_OF_STREAMS.iter().any(|kind| it["Type"] == *kind) {
                let name = format!("{id}{event}");
                place(spans, &format!("Resources/{id}/Properties/Events/{event}"), &name);
                mappings.insert(name, mapping(id, function.get("Condition"), &it["Properties"]));
            }
        }
    }
    for (name, mapping) in mappings {
        resources.entry(name).or_insert(mapping);
    }
}

/// Adds what is not there: a function's own settings come first.
fn fill_in(own: &mut Json, globals: &Json) {
    match (own, globals) {
        (own @ Json::Null, globals) => *own = globals.clone(),
        (own @ Json::Object(_), Json::Object(globals)) if intrinsic(own).is_none() => {
            let own = own.as_object_mut().expect("it is an object");
            for (name, it) in globals {
                fill_in(own.entry(name).or_insert(Json::Null), it);
            }
        }
        _ => {}
    }
}

/// SAM calls the properties of an event as the mapping does, but for the stream.
fn mapping(function: &str, condition: Option<&Json>, event: &Json) -> Json {
    let mut properties = event.as_object().cloned().unwrap_or_default();
    if let Some(stream) = properties.remove("Stream") {
        properties.insert("EventSourceArn".to_owned(), stream);
    }
    properties.insert("FunctionName".to_owned(), json!({ "Ref": function }));
    let mut mapping = json!({ "Type": "AWS::Lambda::EventSourceMapping", "Properties": properties });
    if let Some(condition) = condition {
        mapping["Condition"] = condition.clone();
    }
    mapping
}

/// A mapping stands where its event does.
fn place<S: Copy>(spans: &mut HashMap<String, S>, event: &str, mapping: &str) {
    let within = |path: &str| {
        let rest = path.strip_prefix(event).filter(|it| it.is_empty() || it.starts_with('/'))?;
        let rest = rest.replacen("/Properties/Stream", "/Properties/EventSourceArn", 1);
        Some(format!("Resources/{mapping}{rest}"))
    };
    let copied: Vec<_> = spans.iter().filter_map(|(path, span)| Some((within(path)?, *span))).collect();
    spans.extend(copied);
}
