//! The attributes of one instance: values where the plan knows them, references where it does not.

use std::collections::{BTreeSet, HashSet};

use archlint_schema::{Key, Reason, Unknown, Value};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::blocks::matched;
use super::configuration::Block;
use super::document::Sensitive;
use super::kinds::FOLDED;
use super::mentions::Scope;
use super::plan::Plan;
use super::source_code::SourceCode;
use super::targets::{self, Target};
use crate::source::built::Candidates;
use crate::source::credentials::holds_access_key;
use crate::source::node::{Evaluated, Node};
use crate::source::properties::Declaration;
use crate::source::redaction::DamagedJson;
use crate::source::{Place, SourceError};

pub(crate) struct Declared<'p, 't> {
    pub(super) plan: &'p Plan<'t>,
    pub(super) at: usize,
    values: Json,
    unknown: Json,
    sensitive: Json,
    written: Option<(&'p Block, Scope<'p>)>,
    code: Option<&'p SourceCode>,
}

/// What the configuration says of an attribute.
#[derive(Clone, Copy)]
enum Written<'p> {
    /// There is no configuration, or the attribute stands in a `dynamic` block of which only the plan is at hand.
    Untold,
    /// The author did not write it: whatever it becomes is AWS's default.
    Nothing,
    Expression(&'p Json),
    /// The expressions of each block that a `dynamic` block makes.
    Dynamic(&'p Json),
}

/// One attribute: its value and the same place in what the plan says beside it.
#[derive(Clone, Copy)]
struct Attribute<'j> {
    value: &'j Json,
    unknown: &'j Json,
    sensitive: &'j Json,
    written: Written<'j>,
}

impl<'p, 't> Declared<'p, 't> {
    pub(crate) fn new(plan: &'p Plan<'t>, at: usize, code: Option<&'p SourceCode>) -> Self {
        let instance = plan.instance(at);
        let read = |it: Option<&RawValue>| match it.map(|it| serde_json::from_str(it.get())) {
            None => Ok(Json::Null),
            Some(Ok(it)) => Ok(it),
            Some(Err(error)) => {
                plan.memo.costs.tell(SourceError::Element {
                    file: plan.memo.costs.file().to_owned(),
                    item: instance.address.to_string(),
                    message: DamagedJson::from(error).to_string(),
                });
                Err(())
            }
        };
        let (values, unknown) = match (read(instance.values), read(instance.unknown)) {
            (Ok(values), Ok(unknown)) => (values, unknown),
            // What cannot be read is there all the same, and nobody knows what it is.
            _ => (Json::Null, Json::Bool(true)),
        };
        Self {
            plan,
            at,
            values,
            unknown,
            sensitive: instance.sensitive.map(Sensitive::shape).unwrap_or_default(),
            written: plan.written(at),
            code,
        }
    }

    /// Its type, in Terraform's words.
    pub(super) fn kind(&self) -> &str {
        &self.plan.instance(self.at).address.kind
    }

    /// The values as the plan has them.
    pub(super) fn values(&self) -> &Json {
        &self.values
    }

    pub(super) fn scope(&self) -> Option<&Scope<'p>> {
        self.written.as_ref().map(|it| &it.1)
    }

    /// Whether the plan itself has the attribute, or will.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let all = [&self.values, &self.unknown].into_iter().filter_map(Json::as_object);
        let mut names: Vec<&str> = all.flatten().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter()
    }

    /// The resources that any attribute names, as far as is known.
    pub(super) fn mentioned(&self) -> BTreeSet<Key> {
        let written = self.written.as_ref().and_then(|(block, _)| block.expressions.as_object());
        let names = self.names().chain(written.into_iter().flatten().map(|(name, _)| name.as_str()));
        let mut mentioned = BTreeSet::new();
        for name in names.collect::<BTreeSet<_>>() {
            let node = self.property(name);
            let items = node.items();
            let all = items.known().map_or(std::slice::from_ref(&node), Vec::as_slice);
            mentioned.extend(all.iter().filter_map(|it| match &it.value {
                Evaluated::Edge(key) => Some(key.clone()),
                _ => None,
            }));
            mentioned.extend(self.candidates(&node).keys().iter().cloned());
        }
        mentioned
    }

    /// Whether somebody took attributes out of a state. Terraform writes all that a type has, null where nothing
    /// is set, and no type that the snapshot has a kind for has as few; so what is not there is not unset.
    fn is_fragment(&self) -> bool {
        const FEWEST: usize = 4;
        let is_part = FOLDED.contains(&self.plan.instance(self.at).address.kind.as_str());
        self.plan.document.is_state() && !is_part && self.names().count() < FEWEST
    }

    fn node(&self, path: String, it: Attribute<'_>) -> Node {
        let value = match (it.sensitive, it.unknown, it.value) {
            (Json::Bool(true), _, _) => Evaluated::Unknown(Reason::Redacted.into()),
            (_, Json::Bool(true), _) => self.unknown(&path, it.written),
            (_, _, Json::Array(items)) => return self.list(path, items, it),
            (_, _, Json::Object(_)) | (_, Json::Object(_), Json::Null) => self.map(&path, it),
            (_, Json::Array(unknown), Json::Null) if unknown.iter().any(is_unknown) => {
                return self.list(path, &vec![Json::Null; unknown.len()], it);
            }
            (_, _, Json::Null) if self.plan.document.omits_unknowns => match it.written {
                Written::Expression(written) if !super::mentions::references(written).is_empty() => {
                    self.unknown(&path, it.written)
                }
                _ => Evaluated::Absent,
            },
            (_, _, Json::Null) => Evaluated::Absent,
            (_, _, Json::String(text)) => self.text(&path, text),
            (_, _, Json::Bool(it)) => Evaluated::Text(it.to_string()),
            (_, _, Json::Number(it)) => Evaluated::Text(it.to_string()),
        };
        Node { value, path }
    }

    /// A known text: the resource that it names, where the plan has one. Providers of old write "" for what
    /// is not set.
    fn text(&self, path: &str, text: &str) -> Evaluated {
        // Its own name names no other.
        let target = targets::target(path);
        let named = target.and_then(|it| self.plan.by_id(text, it.kinds)).filter(|at| *at != self.at);
        match named {
            Some(at) => Evaluated::Edge(self.plan.key(at)),
            None if text.is_empty() => Evaluated::Absent,
            None if let Some(key) = self.plan.born(text) => Evaluated::Edge(key.clone()),
            None => Evaluated::Text(text.to_owned()),
        }
    }

    fn unknown(&self, path: &str, written: Written<'_>) -> Evaluated {
        let (expression, scope) = match (written, &self.written) {
            (Written::Nothing, _) => return Evaluated::Absent,
            (Written::Expression(expression) | Written::Dynamic(expression), Some((_, scope))) => {
                (expression, scope)
            }
            _ => {
                let gateway = targets::target(path).and_then(|it| self.only_gateway(path, it.kinds));
                return gateway
                    .map_or_else(|| Evaluated::Unknown(self.after_apply(path, None)), Evaluated::Edge);
            }
        };
        if self.plan.mentions(expression, scope).is_nothing() {
            return Evaluated::Absent;
        }
        match targets::target(path) {
            Some(Target { kinds, is_list: true }) if !ends_in_index(path) => {
                match self.edges(expression, scope, path, kinds, None) {
                    Ok(items) => Evaluated::List(items),
                    Err(why) => Evaluated::Unknown(why),
                }
            }
            Some(it) => self.edge(expression, scope, path, it.kinds),
            None => Evaluated::Unknown(self.after_apply(path, Some(expression))),
        }
    }

    fn map(&self, path: &str, it: Attribute<'_>) -> Evaluated {
        let fields = [it.value, it.unknown].into_iter().filter_map(Json::as_object);
        let mut names: Vec<&String> = fields.flat_map(serde_json::Map::keys).collect();
        names.sort();
        names.dedup();
        let field = |name: &String| {
            let attribute = Attribute {
                value: &it.value[name.as_str()],
                unknown: &it.unknown[name.as_str()],
                sensitive: &it.sensitive[name.as_str()],
                written: it.written.field(name),
            };
            (name.clone(), self.node(format!("{path}/{name}"), attribute))
        };
        let fields = names.into_iter().map(field).filter(|(_, it)| it.value != Evaluated::Absent);
        Evaluated::Map(fields.collect())
    }

    /// Items of a list: ids, or blocks. An empty list is as good as none.
    fn list(&self, path: String, items: &[Json], it: Attribute<'_>) -> Node {
        if items.is_empty() {
            return Node { value: Evaluated::Absent, path };
        }
        let is_blocks = items.iter().any(Json::is_object);
        let blocks = match (is_blocks, it.written) {
            (true, Written::Expression(written)) => matched(written, items, |checks| self.afford(checks)),
            _ => vec![None; items.len()],
        };
        // What no written block fits, a `dynamic` one made.
        let made = self.dynamic(&path).map_or(Written::Untold, Written::Expression);
        let mut unknown = 0;
        let mut nodes = Vec::new();
        for (at, value) in items.iter().enumerate() {
            // Blocks stand where the configuration has them; a set may have them in another order.
            let (place, written) = match (is_blocks, blocks[at], it.written) {
                (true, Some((place, written)), _) => (place, Written::Expression(written)),
                (true, None, _) => (at, made),
                (false, ..) => (at, it.written),
            };
            let attribute =
                Attribute { value, unknown: &it.unknown[at], sensitive: &it.sensitive[at], written };
            if !is_blocks && is_unknown(attribute.unknown) {
                unknown += 1;
            } else {
                nodes.push(self.node(format!("{path}/{place}"), attribute));
            }
        }
        if unknown > 0 {
            nodes.extend(self.unknown_items(&path, it.written, unknown, &nodes));
        }
        Node { value: Evaluated::List(nodes), path }
    }

    /// The items of a list that are known after apply only.
    fn unknown_items(&self, path: &str, written: Written<'_>, count: usize, known: &[Node]) -> Vec<Node> {
        let found = match (written, &self.written, targets::target(path)) {
            (Written::Expression(expression), Some((_, scope)), Some(target)) => {
                let items = self.edges(expression, scope, path, target.kinds, Some(count + known.len()));
                items.map(|all| {
                    let edge = |it: &Node| match &it.value {
                        Evaluated::Edge(key) => Some(key.clone()),
                        _ => None,
                    };
                    let known: HashSet<Key> = known.iter().filter_map(edge).collect();
                    let is_known = |it: &Node| edge(it).is_some_and(|it| known.contains(&it));
                    all.into_iter().filter(|it| !is_known(it)).collect::<Vec<_>>()
                })
            }
            (Written::Expression(expression), ..) => Err(self.after_apply(path, Some(expression))),
            _ => Err(self.after_apply(path, None)),
        };
        match found {
            Ok(items) if items.len() == count => items,
            Ok(_) => nameless(path, count, &self.after_apply(path, None)),
            Err(why) => nameless(path, count, &why),
        }
    }

    /// Why nobody knows whether the author wrote blocks of a name: they are known after apply as a whole, and what
    /// makes them, a `dynamic` block if any does, is only in the source code.
    pub(super) fn hides(&self, name: &str) -> Option<Unknown> {
        let (block, _) = self.written.as_ref()?;
        let is_told = block.expressions.get(name).is_some()
            || block.dynamic.contains_key(name)
            || self.code.is_some_and(|it| it.has(&self.plan.instance(self.at).address));
        (is_unknown(&self.unknown[name]) && !is_told).then(|| self.after_apply(name, None))
    }

    /// What the `dynamic` block of a name makes, where the source code tells.
    fn dynamic(&self, name: &str) -> Option<&Json> {
        self.written.as_ref()?.0.dynamic.get(name)
    }

    /// Why an attribute is not known: the expression where it is one attribute of one resource, which is then
    /// the same thing wherever it is used; else the attribute itself with all that it refers to.
    pub(super) fn after_apply(&self, path: &str, expression: Option<&Json>) -> Unknown {
        let own = format!("{}.{}", self.plan.instance(self.at).address, path.replace('/', "."));
        let detail = match (expression, self.scope()) {
            (Some(expression), Some(scope)) => {
                let mentions = self.plan.mentions(expression, scope);
                let is_all = mentions.untold.is_empty() && !mentions.has_condition && !mentions.has_value;
                match mentions.resources.as_slice() {
                    [one] if is_all && !one.attribute.is_empty() => {
                        format!("{}.{}", self.plan.instance(one.at).address, one.attribute)
                    }
                    _ => match listed(&super::mentions::references(expression)) {
                        it if it.is_empty() => own,
                        it => format!("{own} = {it}"),
                    },
                }
            }
            _ => own,
        };
        Unknown::new(Reason::Computed, format!("known after apply: {detail}"))
    }
}

impl Declaration for Declared<'_, '_> {
    fn key(&self) -> Key {
        self.plan.key(self.at)
    }

    fn label(&self) -> String {
        self.plan.instance(self.at).address.label()
    }

    fn property(&self, name: &str) -> Node {
        if self.is_fragment() && self.names().all(|it| it != name) {
            let why = Unknown::new(Reason::NotCollected, format!("{}.{name}", self.key()));
            return Node { value: Evaluated::Unknown(why), path: name.to_owned() };
        }
        let written = match &self.written {
            Some((block, _)) => match (block.expressions.get(name), block.dynamic.get(name)) {
                (Some(it), _) => Written::Expression(it),
                (None, Some(it)) => Written::Dynamic(it),
                (None, None) => Written::Nothing,
            },
            None => Written::Untold,
        };
        let attribute = Attribute {
            value: &self.values[name],
            unknown: within(&self.unknown, name),
            sensitive: within(&self.sensitive, name),
            written,
        };
        self.node(name.to_owned(), attribute)
    }

    fn tags(&self) -> Node {
        // `tags_all` has the provider's default tags in it; Auto Scaling groups have blocks.
        let names = ["tags_all", "tags", "tag"].map(|it| self.property(it));
        let is_told = |it: &Node| matches!(it.value, Evaluated::Map(_) | Evaluated::List(_));
        let told = names.iter().find(|it| is_told(it));
        let unknown = || names.iter().find(|it| it.value != Evaluated::Absent);
        told.or_else(unknown)
            .cloned()
            .unwrap_or_else(|| Node { value: Evaluated::Absent, path: "tags".into() })
    }

    /// Older providers keep a hash of the user data, which tells nothing.
    fn holds_aws_keys(&self, property: &str) -> Value<bool> {
        let is_hash = |it: &str| it.len() == 40 && it.bytes().all(|it| it.is_ascii_hexdigit());
        match &self.values[property] {
            Json::String(text) if is_hash(text) => Value::unknown(Reason::NotCollected, property),
            Json::String(text) => Value::Known(holds_access_key(text)),
            _ if is_unknown(&self.unknown[property]) => Value::Unknown(self.after_apply(property, None)),
            _ => Value::Known(false),
        }
    }

    fn is_left_out(&self) -> bool {
        self.plan.instance(self.at).is_missing
    }

    fn candidates(&self, node: &Node) -> Candidates {
        let is_decided =
            matches!(node.value, Evaluated::Edge(_) | Evaluated::External { .. } | Evaluated::Text(_));
        let Some(target) = targets::target(&node.path).filter(|_| !is_decided) else {
            return Candidates::default();
        };
        let written = self.written.as_ref();
        match written.and_then(|(block, scope)| Some((block.expressions.get(&node.path)?, scope))) {
            Some((it, scope)) => self.any_of(&self.ends(it, scope, &node.path, target.kinds), target.kinds),
            None => self.all(target.kinds),
        }
    }

    fn place(&self) -> Option<Place> {
        self.code?.resource(&self.plan.instance(self.at).address)
    }

    fn place_of(&self, node: &Node) -> Option<Place> {
        self.code?.attribute(&self.plan.instance(self.at).address, &node.path)
    }
}

impl Written<'_> {
    /// What is written of a field of a block.
    fn field(self, name: &str) -> Self {
        match self {
            // `route = [{...}]` and the like: one expression for the whole.
            Self::Expression(it) if it.get("references").is_some() => self,
            Self::Expression(it) | Self::Dynamic(it) => it.get(name).map_or(Self::Nothing, Self::Expression),
            other => other,
        }
    }
}

/// References by name, as many as anybody reads.
fn listed(references: &[&str]) -> String {
    const NAMED: usize = 8;
    match references.len().checked_sub(NAMED) {
        Some(more) if more > 1 => format!("{} and {more} more", references[..NAMED].join(", ")),
        _ => references.join(", "),
    }
}

/// What a shape says of an attribute; `true` is said of all.
fn within<'j>(shape: &'j Json, name: &str) -> &'j Json {
    if is_unknown(shape) { shape } else { &shape[name] }
}

/// Items of a list of which only the number is known.
fn nameless(path: &str, count: usize, why: &Unknown) -> Vec<Node> {
    vec![Node { value: Evaluated::Unknown(why.clone()), path: path.to_owned() }; count]
}

fn is_unknown(json: &Json) -> bool {
    *json == Json::Bool(true)
}

fn ends_in_index(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|it| it.parse::<usize>().is_ok())
}
