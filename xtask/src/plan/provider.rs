//! What a provider plans for a resource: `provider.hcl` and what cannot be said there.

use std::collections::BTreeMap;

use hcl::Expression;
use hcl::structure::{Block, Body};

use super::evaluate::{self, Scope};
use super::module::{self, Mode, ResourceName};
use super::types::Type;
use super::value::{Shape, Value};
use crate::Result;

const TABLE: &str = include_str!("provider.hcl");

/// A provider of AWS as it is configured, and Terraform's own.
pub(super) struct Provider {
    schemas: BTreeMap<(Mode, String), Schema>,
    region: Value,
    default_tags: BTreeMap<String, Value>,
}

/// A type of resource, or a block within one.
#[derive(Default)]
pub(super) struct Schema {
    pub(super) version: u64,
    pub(super) attributes: BTreeMap<String, Attribute>,
    pub(super) blocks: BTreeMap<String, NestedBlock>,
}

pub(super) struct Attribute {
    pub(super) ty: Type,
    unset: Unset,
    sensitive: bool,
}

/// What becomes of an attribute that is not set.
enum Unset {
    Null,
    Default(Expression),
    Computed,
}

pub(super) struct NestedBlock {
    pub(super) nesting: Nesting,
    pub(super) schema: Schema,
    computed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Nesting {
    Single,
    List,
    Set,
}

impl Provider {
    /// A provider that is not configured yet.
    pub(super) fn read() -> Result<Self> {
        let mut schemas = BTreeMap::new();
        for block in hcl::parse(TABLE)?.into_blocks() {
            let mode = if block.identifier() == "data" { Mode::Data } else { Mode::Managed };
            let kind = label(&block).ok_or("a schema has the name of its type")?.to_owned();
            let schema =
                Schema::read(block.body).map_err(|error| format!("provider.hcl: {kind}: {error}"))?;
            schemas.insert((mode, kind), schema);
        }
        Ok(Self { schemas, region: Value::Unknown(Shape::Scalar), default_tags: BTreeMap::new() })
    }

    /// Takes the region and the default tags from a block `provider "aws"`.
    pub(super) fn configure(&mut self, body: &Body, scope: &Scope) -> Result<()> {
        if let Some(region) = module::attribute(body, "region") {
            self.region = evaluate::expression(region, scope)?;
        }
        let blocks = body.blocks().filter(|it| it.identifier() == "default_tags");
        for tags in blocks.filter_map(|it| module::attribute(it.body(), "tags")) {
            let tags = evaluate::expression(tags, scope)?;
            let Value::Object(tags) = tags else { return Err("default tags are a map".into()) };
            self.default_tags.extend(tags);
        }
        Ok(())
    }

    pub(super) fn schema(&self, name: &ResourceName) -> Result<&Schema> {
        let key = (name.mode, name.kind.clone());
        let missing = || format!("the type `{}` is not known: provider.hcl lists those that are", name.kind);
        Ok(self.schemas.get(&key).ok_or_else(missing)?)
    }

    /// What is planned for a resource that does not exist yet, or what a data source answers.
    pub(super) fn plan(&self, name: &ResourceName, body: &Body, scope: &Scope) -> Result<Value> {
        let schema = self.schema(name)?;
        let mut planned = self.block(schema, body, scope)?;
        if name.kind == "terraform_data" {
            let input = &planned["input"];
            let output = if *input == Value::Null { Value::Null } else { Value::Unknown(input.shape()) };
            planned.insert("output".to_owned(), output);
        }
        if schema.attributes.contains_key("tags_all") {
            let mut tags = self.default_tags.clone();
            if let Some(Value::Object(own)) = planned.get("tags") {
                tags.extend(own.clone());
            }
            if !tags.is_empty() {
                planned.insert("tags_all".to_owned(), Value::Object(tags));
            }
        }
        Ok(Value::Object(planned))
    }

    fn block(&self, schema: &Schema, body: &Body, scope: &Scope) -> Result<BTreeMap<String, Value>> {
        let mut set = BTreeMap::new();
        for attribute in body.attributes() {
            let name = attribute.key();
            if !schema.attributes.contains_key(name) {
                return Err(format!("there is no attribute `{name}` in provider.hcl").into());
            }
            set.insert(name.to_owned(), evaluate::expression(attribute.expr(), scope)?);
        }
        let mut blocks: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for block in body.blocks() {
            let (name, values) = self.nested(schema, block, scope)?;
            blocks.entry(name).or_default().extend(values);
        }
        for (name, _) in blocks.iter().filter(|it| schema.attributes.contains_key(*it.0)) {
            set.insert((*name).to_owned(), Value::List(blocks[name].clone()));
        }
        let scope =
            Scope::default().with("region", self.region.clone()).with("self", Value::Object(set.clone()));
        let mut planned = BTreeMap::new();
        for (name, attribute) in &schema.attributes {
            let value = attribute.plan(set.remove(name), &scope);
            planned.insert(name.clone(), value.map_err(|error| format!("{name}: {error}"))?);
        }
        for (name, block) in &schema.blocks {
            planned.insert(name.clone(), block.plan(blocks.remove(name.as_str()))?);
        }
        Ok(planned)
    }

    /// The values of a nested block: one, or as many as a dynamic one makes.
    fn nested<'b>(&self, schema: &Schema, block: &'b Block, scope: &Scope) -> Result<(&'b str, Vec<Value>)> {
        if block.identifier() != "dynamic" {
            let value = self.nested_value(schema, block.identifier(), block.body(), scope)?;
            return Ok((block.identifier(), vec![value]));
        }
        let name = label(block).ok_or("a dynamic block has the name of what it makes")?;
        let iterator = match module::attribute(block.body(), "iterator") {
            Some(it) => it.to_string(),
            None => name.to_owned(),
        };
        let for_each = module::attribute(block.body(), "for_each").ok_or("a dynamic block has for_each")?;
        let entries = evaluate::entries(evaluate::expression(for_each, scope)?)?;
        let entries = entries.ok_or("for_each of a dynamic block is not known in the plan")?;
        let content = block.body().blocks().find(|it| it.identifier() == "content");
        let content = content.ok_or("a dynamic block has content")?.body();
        let values = entries.into_iter().map(|(key, value)| {
            let each = Value::object([("key", key), ("value", value)]);
            self.nested_value(schema, name, content, &scope.with(&iterator, each))
        });
        Ok((name, values.collect::<Result<_>>()?))
    }

    fn nested_value(&self, schema: &Schema, name: &str, body: &Body, scope: &Scope) -> Result<Value> {
        if let Some(block) = schema.blocks.get(name) {
            return Ok(Value::Object(self.block(&block.schema, body, scope)?));
        }
        // An attribute whose elements are objects may be written as blocks.
        if schema.attributes.get(name).is_some_and(|it| it.ty.element().is_some()) {
            let fields = body
                .attributes()
                .map(|it| Ok((it.key().to_owned(), evaluate::expression(it.expr(), scope)?)));
            return Ok(Value::Object(fields.collect::<Result<_>>()?));
        }
        Err(format!("there is no block `{name}` in provider.hcl").into())
    }
}

impl Schema {
    fn read(body: Body) -> Result<Self> {
        let mut schema = Self::default();
        for attribute in body.attributes() {
            match (attribute.key(), attribute.expr()) {
                ("schema_version", Expression::Number(it)) => {
                    schema.version = it.as_u64().ok_or("a version is a whole number")?;
                }
                (name, ty) => drop(schema.attributes.insert(name.to_owned(), Attribute::read(ty)?)),
            }
        }
        for block in body.into_blocks() {
            let name = label(&block).ok_or("a nested block has a name")?.to_owned();
            schema.blocks.insert(name, NestedBlock::read(block)?);
        }
        Ok(schema)
    }
}

impl Attribute {
    fn read(expression: &Expression) -> Result<Self> {
        let Expression::FuncCall(call) = expression else {
            return Ok(Self { ty: Type::read(expression)?, unset: Unset::Null, sensitive: false });
        };
        let word = call.name.name.as_str();
        let (ty, unset) = match (word, &call.args[..]) {
            ("optional" | "sensitive", [ty, default]) => (ty, Unset::Default(default.clone())),
            ("computed", [ty]) => (ty, Unset::Computed),
            ("sensitive", [ty]) => (ty, Unset::Null),
            _ => (expression, Unset::Null),
        };
        Ok(Self { ty: Type::read(ty)?, unset, sensitive: word == "sensitive" })
    }

    fn plan(&self, set: Option<Value>, scope: &Scope) -> Result<Value> {
        let value = match (set.filter(|it| *it != Value::Null), &self.unset) {
            (Some(value), _) => self.ty.planned(self.ty.convert(value)?),
            (None, Unset::Null) => Value::Null,
            (None, Unset::Computed) => Value::Unknown(self.ty.shape()),
            (None, Unset::Default(default)) => self.ty.convert(evaluate::expression(default, scope)?)?,
        };
        Ok(if self.sensitive { value.sensitive() } else { value })
    }
}

impl NestedBlock {
    fn read(block: Block) -> Result<Self> {
        let nesting = match block.identifier() {
            "single" => Nesting::Single,
            "list" => Nesting::List,
            "set" => Nesting::Set,
            other => return Err(format!("`{other}` is not a nesting").into()),
        };
        let computed = block.labels().get(1).is_some_and(|it| it.as_str() == "computed");
        Ok(Self { nesting, schema: Schema::read(block.body)?, computed })
    }

    fn plan(&self, set: Option<Vec<Value>>) -> Result<Value> {
        match (self.nesting, set) {
            (Nesting::Single, None) => Ok(Value::Null),
            (Nesting::Single, Some(mut one)) if one.len() == 1 => Ok(one.remove(0)),
            (Nesting::Single, Some(_)) => Err("the block stands there more than once".into()),
            (_, None) if self.computed => Ok(Value::Unknown(Shape::List)),
            (_, all) => Ok(Value::List(all.unwrap_or_default())),
        }
    }
}

pub(super) fn label(block: &Block) -> Option<&str> {
    block.labels().first().map(hcl::BlockLabel::as_str)
}
