//! An item as its calls told it, for plugins that read what has no type. Secrets were dropped before.

use archlint_schema::Raw;
use serde_json::{Map, Value as Json};

use super::index::Index;

/// The configuration, and beside it what other calls tell; a name of a resource of the account is its key.
pub(crate) fn read(index: &Index<'_>, at: usize) -> Raw {
    let item = index.item(at);
    let mut fields = Map::new();
    for (name, it) in
        [&item.supplementary, &item.configuration].into_iter().filter_map(Json::as_object).flatten()
    {
        fields.insert(name.clone(), written(index, at, &name.to_ascii_lowercase(), it));
    }
    Raw(Json::Object(fields))
}

fn written(index: &Index<'_>, at: usize, path: &str, json: &Json) -> Json {
    match json {
        Json::Object(fields) if fields.contains_key("$unknown") => {
            Json::Object([("$unknown".to_owned(), fields["$unknown"].clone())].into_iter().collect())
        }
        Json::Object(fields) => {
            let field = |(name, it): (&String, &Json)| {
                (name.clone(), written(index, at, &format!("{path}/{}", name.to_ascii_lowercase()), it))
            };
            Json::Object(fields.iter().map(field).collect())
        }
        Json::Array(items) => {
            let item = |(place, it): (usize, &Json)| written(index, at, &format!("{path}/{place}"), it);
            Json::Array(items.iter().enumerate().map(item).collect())
        }
        Json::String(text) => {
            index.edge(at, path, text).map_or_else(|| json.clone(), |it| Json::from(it.as_str()))
        }
        scalar => scalar.clone(),
    }
}
