//! The part of a plan that repeats the configuration: expressions as their constant value or what they mention.
//! Local values and dynamic blocks are not in it.

use std::collections::{BTreeMap, BTreeSet};

use hcl::Expression;
use hcl::structure::{Block, Body};
use serde_json::{Map, Value as Json, json};

use super::evaluate;
use super::module::{Call, Mode, Module, Repetition, ResourceName};
use super::provider::{Nesting, Provider, Schema};
use super::references;
use super::value::{Value, View};
use crate::Result;

pub(super) fn print(root: &Module, provider: &Provider) -> Result<Json> {
    Ok(json!({ "provider_config": providers(root)?, "root_module": module(root, provider)? }))
}

/// The local name of the provider of a type, and its full name.
pub(super) fn provider_of(kind: &str) -> (&str, &'static str) {
    match kind.split('_').next().unwrap_or(kind) {
        "terraform" => ("terraform", "terraform.io/builtin/terraform"),
        name => (name, "registry.terraform.io/hashicorp/aws"),
    }
}

fn providers(root: &Module) -> Result<Json> {
    let mut kinds = BTreeSet::new();
    used_kinds(root, &mut kinds);
    let mut configs = Map::new();
    for (name, full_name) in kinds.into_iter().map(provider_of) {
        if configs.contains_key(name) {
            continue;
        }
        let mut config = Map::new();
        config.insert("name".to_owned(), name.into());
        config.insert("full_name".to_owned(), full_name.into());
        if let Some(version) = root.versions.get(name) {
            config.insert("version_constraint".to_owned(), version.as_str().into());
        }
        if let Some(body) = root.providers.get(name) {
            let mut expressions = attributes(body)?;
            for block in body.blocks() {
                let block_name = block.identifier().to_owned();
                expressions.insert(block_name, json!([attributes(block.body())?]));
            }
            config.insert("expressions".to_owned(), json!(expressions));
        }
        configs.insert(name.to_owned(), config.into());
    }
    Ok(configs.into())
}

fn used_kinds<'m>(module: &'m Module, kinds: &mut BTreeSet<&'m str>) {
    kinds.extend(module.resources.keys().map(|it| it.kind.as_str()));
    module.calls.values().for_each(|it| used_kinds(&it.module, kinds));
}

fn module(module: &Module, provider: &Provider) -> Result<Json> {
    let mut json = Map::new();
    let mut section = |name: &str, entries: Json| {
        if !matches!(&entries, Json::Object(it) if it.is_empty()) && entries != json!([]) {
            json.insert(name.to_owned(), entries);
        }
    };
    section("outputs", outputs(module)?);
    let of_mode = |mode| module.resources.iter().filter(move |it| it.0.mode == mode);
    let resources = of_mode(Mode::Managed).chain(of_mode(Mode::Data));
    let resources = resources.map(|(name, it)| resource(name, &it.repetition, &it.body, provider));
    section("resources", resources.collect::<Result<Vec<_>>>()?.into());
    let calls = module.calls.iter().map(|(name, it)| Ok((name.clone(), call(it, provider)?)));
    section("module_calls", calls.collect::<Result<Map<_, _>>>()?.into());
    section("variables", variables(module)?);
    Ok(json.into())
}

fn outputs(module: &Module) -> Result<Json> {
    let outputs = module.outputs.iter().map(|(name, output)| {
        let mut json = Map::new();
        if output.sensitive {
            json.insert("sensitive".to_owned(), true.into());
        }
        json.insert("expression".to_owned(), expression(&output.value)?);
        if let Some(text) = &output.description {
            json.insert("description".to_owned(), text.as_str().into());
        }
        Ok((name.clone(), json.into()))
    });
    Ok(outputs.collect::<Result<Map<_, _>>>()?.into())
}

fn variables(module: &Module) -> Result<Json> {
    let variables = module.variables.iter().map(|(name, variable)| {
        let mut json = Map::new();
        if let Some(default) = &variable.default {
            json.insert("default".to_owned(), known(default)?);
        }
        if let Some(text) = &variable.description {
            json.insert("description".to_owned(), text.as_str().into());
        }
        if variable.sensitive {
            json.insert("sensitive".to_owned(), true.into());
        }
        Ok((name.clone(), json.into()))
    });
    Ok(variables.collect::<Result<Map<_, _>>>()?.into())
}

fn resource(name: &ResourceName, repetition: &Repetition, body: &Body, provider: &Provider) -> Result<Json> {
    let schema = provider.schema(name)?;
    let mut json = Map::new();
    json.insert("address".to_owned(), name.address().into());
    json.insert("mode".to_owned(), name.mode.as_str().into());
    json.insert("type".to_owned(), name.kind.as_str().into());
    json.insert("name".to_owned(), name.name.as_str().into());
    json.insert("provider_config_key".to_owned(), provider_of(&name.kind).0.into());
    let expressions = expressions(body, schema)?;
    if !expressions.is_empty() {
        json.insert("expressions".to_owned(), json!(expressions));
    }
    json.insert("schema_version".to_owned(), schema.version.into());
    insert_repetition(repetition, &mut json)?;
    insert_dependencies(repetition, &mut json);
    Ok(json.into())
}

fn call(call: &Call, provider: &Provider) -> Result<Json> {
    let mut json = Map::new();
    json.insert("source".to_owned(), call.source.as_str().into());
    if !call.arguments.is_empty() {
        let arguments = call.arguments.iter().map(|(name, it)| Ok((name.clone(), expression(it)?)));
        json.insert("expressions".to_owned(), arguments.collect::<Result<Map<_, _>>>()?.into());
    }
    insert_repetition(&call.repetition, &mut json)?;
    json.insert("module".to_owned(), module(&call.module, provider)?);
    insert_dependencies(&call.repetition, &mut json);
    Ok(json.into())
}

fn insert_repetition(repetition: &Repetition, json: &mut Map<String, Json>) -> Result<()> {
    for (name, it) in [("count_expression", &repetition.count), ("for_each_expression", &repetition.for_each)]
    {
        if let Some(it) = it {
            json.insert(name.to_owned(), expression(it)?);
        }
    }
    Ok(())
}

fn insert_dependencies(repetition: &Repetition, json: &mut Map<String, Json>) {
    if !repetition.depends_on.is_empty() {
        json.insert("depends_on".to_owned(), json!(repetition.depends_on));
    }
}

/// The expressions of a block, by the names of attributes and nested blocks.
fn expressions(body: &Body, schema: &Schema) -> Result<BTreeMap<String, Json>> {
    let mut expressions = attributes(body)?;
    for block in body.blocks() {
        let name = block.identifier();
        if let Some(nested) = schema.blocks.get(name) {
            let inner = json!(self::expressions(block.body(), &nested.schema)?);
            match expressions.get_mut(name) {
                Some(Json::Array(all)) => all.push(inner),
                _ if nested.nesting == Nesting::Single => drop(expressions.insert(name.to_owned(), inner)),
                _ => drop(expressions.insert(name.to_owned(), json!([inner]))),
            }
        } else if schema.attributes.contains_key(name) && !expressions.contains_key(name) {
            expressions.insert(name.to_owned(), attribute_as_blocks(body, name, schema)?);
        }
    }
    Ok(expressions)
}

fn attributes(body: &Body) -> Result<BTreeMap<String, Json>> {
    body.attributes().map(|it| Ok((it.key().to_owned(), expression(it.expr())?))).collect()
}

/// The blocks that stand for one attribute, as its one expression.
fn attribute_as_blocks(body: &Body, name: &str, schema: &Schema) -> Result<Json> {
    let blocks: Vec<&Body> = body.blocks().filter(|it| it.identifier() == name).map(Block::body).collect();
    let parts = blocks.iter().flat_map(|it| it.attributes());
    let references: Vec<String> = parts.flat_map(|it| references::of(it.expr())).collect();
    if !references.is_empty() {
        return Ok(json!({ "references": references }));
    }
    let fields = schema.attributes[name].ty.element().ok_or("blocks stand for a collection of objects")?;
    let objects = blocks.iter().map(|it| {
        let constants = fields.keys().map(|field| {
            let set = it.attributes().find(|it| it.key() == field);
            let constant =
                set.map(|it| evaluate::constant(it.expr()).ok_or("a call in a block is not understood"));
            Ok((field.clone(), constant.transpose()?.map_or(Ok(Json::Null), |it| known(&it))?))
        });
        constants.collect::<Result<Map<_, _>>>()
    });
    Ok(json!({ "constant_value": objects.collect::<Result<Vec<_>>>()? }))
}

fn expression(expression: &Expression) -> Result<Json> {
    let references = references::of(expression);
    if !references.is_empty() {
        return Ok(json!({ "references": references }));
    }
    match evaluate::constant(expression) {
        Some(value) => Ok(json!({ "constant_value": known(&value)? })),
        // Terraform does not call functions here, and says nothing.
        None => Ok(json!({})),
    }
}

fn known(value: &Value) -> Result<Json> {
    Ok(serde_json::to_value(View::known(value))?)
}
