//! The JSON documents of Terraform and `OpenTofu`: plans, and states in two forms.
//!
//! Values stay text until somebody asks for them: a plan says everything several times, and most of it is
//! never looked at. <https://developer.hashicorp.com/terraform/internals/json-format>

use std::collections::{BTreeMap, HashSet};

use archlint_schema::{Reason, Unknown};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

use super::address::{Address, InstanceKey};
use super::configuration::{Configuration, by_name, nullable};
use super::missing;
use crate::source::SourceError;
use crate::source::redaction::DamagedJson;

/// What a document says, whatever its form.
#[derive(Default)]
pub(crate) struct Document<'t> {
    /// Every instance that will be there, and data sources that are read on apply.
    pub(crate) instances: Vec<Instance<'t>>,
    /// Instances that the plan deletes or forgets, by type.
    pub(crate) leaving: BTreeMap<String, usize>,
    /// Present in plans that carry their configuration.
    pub(crate) configuration: Option<Configuration>,
    /// Values of the root module's variables.
    pub(crate) variables: BTreeMap<String, Json>,
    /// Whether the values leave out what is not known yet, instead of marking it.
    pub(crate) omits_unknowns: bool,
    /// Whether the document tells what will change.
    pub(crate) is_plan: bool,
    /// Why a plan is not complete, if it is not.
    pub(crate) incomplete: Option<Unknown>,
    /// Parts that cannot be read. The rest stands.
    pub(crate) errors: Vec<SourceError>,
}

/// An instance of a resource, as it will be.
pub(crate) struct Instance<'t> {
    pub(crate) address: Address,
    pub(crate) values: Option<&'t RawValue>,
    /// The shape of the values with `true` wherever one is known after apply only.
    pub(crate) unknown: Option<&'t RawValue>,
    pub(crate) sensitive: Option<Sensitive<'t>>,
    /// Whether this plan creates, updates or replaces it.
    pub(crate) is_changed: bool,
    /// Whether it stands for what a plan that is not complete leaves out: any number of instances of a block.
    pub(crate) is_missing: bool,
}

/// Which values are secret.
#[derive(Clone, Copy)]
pub(crate) enum Sensitive<'t> {
    /// The shape of the values with `true` wherever one is secret.
    Shape(&'t RawValue),
    /// The paths of those that are, as state files proper have them.
    Paths(&'t RawValue),
}

/// A step of such a path: an attribute's name, or an index with its type.
#[derive(Deserialize)]
struct PathStep {
    value: Json,
}

impl Sensitive<'_> {
    /// The shape of the values with `true` wherever one is secret, all of them if nobody can tell which.
    pub(crate) fn shape(self) -> Json {
        match self {
            Self::Shape(it) => serde_json::from_str(it.get()).unwrap_or(Json::Bool(true)),
            Self::Paths(it) => match serde_json::from_str::<Vec<Vec<PathStep>>>(it.get()) {
                Ok(paths) => paths.iter().fold(Json::Null, |shape, path| marked(shape, path)),
                Err(_) => Json::Bool(true),
            },
        }
    }
}

/// A shape in which a path is marked too. Where the path goes on into a list, the whole list is.
fn marked(shape: Json, path: &[PathStep]) -> Json {
    match (shape, path) {
        (Json::Object(mut fields), [PathStep { value: Json::String(name) }, rest @ ..]) => {
            let field = fields.remove(name).unwrap_or_default();
            fields.insert(name.clone(), marked(field, rest));
            Json::Object(fields)
        }
        (Json::Null, [PathStep { value: Json::String(_) }, ..]) => marked(Json::Object(Map::new()), path),
        _ => Json::Bool(true),
    }
}

impl Instance<'_> {
    /// Whether it is a data source that is read on apply only.
    pub(crate) fn is_pending(&self) -> bool {
        self.address.is_data && self.unknown.is_some()
    }
}

#[derive(Deserialize)]
struct Written<'t> {
    #[serde(default)]
    format_version: Option<String>,
    #[serde(default)]
    version: Option<Json>,
    /// Whether everything that the configuration asks for will be there after apply; absent before Terraform 1.8.
    #[serde(default)]
    complete: Option<bool>,
    #[serde(default)]
    errored: Option<bool>,
    #[serde(borrow, default)]
    deferred_changes: Option<&'t RawValue>,
    #[serde(borrow, default)]
    resource_changes: Option<&'t RawValue>,
    #[serde(borrow, default)]
    planned_values: Option<&'t RawValue>,
    #[serde(borrow, default)]
    values: Option<&'t RawValue>,
    #[serde(borrow, default)]
    prior_state: Option<&'t RawValue>,
    #[serde(borrow, default)]
    configuration: Option<&'t RawValue>,
    #[serde(borrow, default)]
    variables: Option<&'t RawValue>,
    #[serde(borrow, default)]
    resources: Option<&'t RawValue>,
}

#[derive(Default, Deserialize)]
struct State<'t> {
    #[serde(borrow, default)]
    values: Option<&'t RawValue>,
}

#[derive(Default, Deserialize)]
struct Variables(#[serde(deserialize_with = "by_name")] BTreeMap<String, Given>);

#[derive(Deserialize)]
struct Given {
    #[serde(default)]
    value: Json,
}

#[derive(Deserialize)]
struct ResourceChange<'t> {
    address: String,
    #[serde(default)]
    previous_address: Option<String>,
    #[serde(default)]
    deposed: Option<String>,
    #[serde(borrow)]
    change: Change<'t>,
}

#[derive(Deserialize)]
struct Change<'t> {
    #[serde(default, deserialize_with = "nullable")]
    actions: Vec<String>,
    #[serde(borrow, default)]
    after: Option<&'t RawValue>,
    #[serde(borrow, default)]
    after_unknown: Option<&'t RawValue>,
    #[serde(borrow, default)]
    after_sensitive: Option<&'t RawValue>,
}

#[derive(Default, Deserialize)]
struct Values<'t> {
    #[serde(borrow, default)]
    root_module: Option<StateModule<'t>>,
}

#[derive(Deserialize)]
struct StateModule<'t> {
    /// Absent for the root.
    #[serde(default)]
    address: Option<String>,
    #[serde(borrow, default)]
    resources: Option<&'t RawValue>,
    #[serde(borrow, default)]
    child_modules: Option<Vec<StateModule<'t>>>,
}

#[derive(Deserialize)]
struct StateResource<'t> {
    address: String,
    #[serde(default)]
    index: Option<Json>,
    #[serde(borrow, default)]
    values: Option<&'t RawValue>,
    #[serde(borrow, default)]
    sensitive_values: Option<&'t RawValue>,
}

/// A resource in a state file proper. <https://github.com/hashicorp/terraform/blob/main/internal/states/statefile/version4.go>
#[derive(Deserialize)]
struct StoredResource<'t> {
    #[serde(default)]
    module: Option<String>,
    #[serde(default)]
    mode: Option<String>,
    r#type: String,
    name: String,
    #[serde(borrow, default)]
    instances: Option<Vec<StoredInstance<'t>>>,
}

#[derive(Deserialize)]
struct StoredInstance<'t> {
    #[serde(default)]
    index_key: Option<Json>,
    #[serde(default)]
    deposed: Option<String>,
    #[serde(borrow, default)]
    attributes: Option<&'t RawValue>,
    #[serde(borrow, default)]
    sensitive_attributes: Option<&'t RawValue>,
}

/// The JSON of such a document in a text; cheap for a text that has none. Wrapper scripts print before it.
pub(crate) fn find(text: &str) -> Option<&str> {
    const NAMES: [&str; 4] =
        ["\"format_version\"", "\"terraform_version\"", "\"resource_changes\"", "\"planned_values\""];
    /// What a wrapper prints is short.
    const MAX_LINES: usize = 100;
    let name = NAMES.iter().filter_map(|it| text.find(it)).min()?;
    let mut start = 0;
    for line in text[..name].split_inclusive('\n').take(MAX_LINES) {
        if line.trim_start().starts_with('{') {
            let json = text[start..].trim_start();
            return is_one(json).then_some(json);
        }
        start += line.len();
    }
    None
}

/// Whether a JSON text has a member that only such a document has.
fn is_one(json: &str) -> bool {
    #[derive(Deserialize)]
    struct Head {
        #[serde(default)]
        format_version: Option<String>,
        #[serde(default)]
        terraform_version: Option<String>,
        #[serde(default)]
        resource_changes: Option<serde::de::IgnoredAny>,
        #[serde(default)]
        planned_values: Option<serde::de::IgnoredAny>,
    }
    match first::<Head>(json) {
        Ok(head) => {
            head.format_version.is_some()
                || head.terraform_version.is_some()
                || head.resource_changes.is_some()
                || head.planned_values.is_some()
        }
        // A damaged one is told as such rather than as a template without resources.
        Err(error) if error.is_data() => true,
        Err(_) => json[..json.floor_char_boundary(200)].contains("\"format_version\""),
    }
}

/// The first JSON value of a text; wrapper scripts print more after it.
fn first<'t, T: Deserialize<'t>>(json: &'t str) -> serde_json::Result<T> {
    T::deserialize(&mut serde_json::Deserializer::from_str(json))
}

/// What is said of values of which nothing can be read: all of them are unknown.
fn nothing_known() -> &'static RawValue {
    serde_json::from_str("true").expect("this is JSON")
}

/// Reads one file, and notes what of it cannot be read.
struct Reader<'f> {
    file: &'f str,
    errors: Vec<SourceError>,
}

impl Reader<'_> {
    fn refuse(&mut self, item: impl Into<String>, message: impl Into<String>) {
        let (file, item, message) = (self.file.to_owned(), item.into(), message.into());
        self.errors.push(SourceError::Element { file, item, message });
    }

    /// A section, as if it were not there where it cannot be read.
    fn section<'t, T: Deserialize<'t> + Default>(&mut self, name: &str, json: Option<&'t RawValue>) -> T {
        let read = json.map(|it| nullable(&mut serde_json::Deserializer::from_str(it.get())));
        match read.transpose() {
            Ok(section) => section.unwrap_or_default(),
            Err(error) => {
                self.refuse(format!("`{name}`"), DamagedJson::from(error).to_string());
                T::default()
            }
        }
    }

    /// The elements of a list that can be read.
    fn list<'t, T: Deserialize<'t>>(&mut self, name: &str, json: Option<&'t RawValue>) -> Vec<T> {
        let Some(json) = json.filter(|it| it.get() != "null") else { return Vec::new() };
        if let Ok(all) = serde_json::from_str(json.get()) {
            return all;
        }
        let elements: Vec<&RawValue> = match serde_json::from_str(json.get()) {
            Ok(it) => it,
            Err(error) => {
                self.refuse(format!("`{name}`"), DamagedJson::from(error).to_string());
                return Vec::new();
            }
        };
        let mut read = Vec::new();
        for (at, element) in elements.into_iter().enumerate() {
            match serde_json::from_str(element.get()) {
                Ok(it) => read.push(it),
                Err(error) => self.refuse(named(name, at, element), DamagedJson::from(error).to_string()),
            }
        }
        read
    }

    /// The address of an instance.
    fn address(&mut self, address: Option<Address>, written: &str) -> Option<Address> {
        if address.is_none() {
            self.refuse(format!("`{written}`"), "this is no address of a resource");
        }
        address
    }

    /// An instance that will be there, whatever its values are. States of old have them in a form of their own.
    fn instance<'t>(&mut self, mut it: Instance<'t>, may_lack_values: bool) -> Instance<'t> {
        let is_readable = it.values.map_or(may_lack_values, |it| it.get().starts_with('{'));
        if !is_readable {
            self.refuse(format!("`{}`", it.address), "its values are no object, and unknown all of them");
            (it.values, it.unknown) = (None, Some(nothing_known()));
        }
        it
    }
}

/// What an element that cannot be read calls itself, or where it stands.
fn named(list: &str, at: usize, element: &RawValue) -> String {
    #[derive(Deserialize)]
    struct Named {
        address: Json,
    }
    match serde_json::from_str(element.get()) {
        Ok(Named { address: Json::String(it) }) => format!("`{it}`"),
        _ => format!("`{list}[{at}]`"),
    }
}

impl<'t> Document<'t> {
    /// Whether it tells what is there, not what will be.
    pub(crate) fn is_state(&self) -> bool {
        !self.is_plan && !self.omits_unknowns
    }

    /// Reads a document. What of it cannot be read is among its errors.
    pub(crate) fn parse(file: &str, json: &'t str) -> Result<Self, SourceError> {
        let damaged =
            |error: serde_json::Error| SourceError::Terraform { file: file.to_owned(), source: error.into() };
        let written: Written<'t> = first(json).map_err(damaged)?;
        if let Some(version) = written.unsupported() {
            return Err(SourceError::TerraformVersion { file: file.to_owned(), version });
        }
        let mut reader = Reader { file, errors: Vec::new() };
        let mut document = Self::default();
        if written.resource_changes.is_some() {
            document.is_plan = true;
            let changes: Vec<ResourceChange<'t>> = reader.list("resource_changes", written.resource_changes);
            for it in &changes {
                document.add_change(it, &mut reader);
            }
            // What is not to be changed is among the changes too, unless the plan is for some targets only.
            let told: HashSet<&str> = changes
                .iter()
                .flat_map(|it| [Some(it.address.as_str()), it.previous_address.as_deref()])
                .flatten()
                .collect();
            let is_left =
                |it: &Address| written.complete != Some(true) && !told.contains(it.to_string().as_str());
            let state: State<'t> = reader.section("prior_state", written.prior_state);
            document.add_values("prior_state", state.values, &|it| it.is_data || is_left(it), &mut reader);
            let is_damaged = !reader.errors.is_empty();
            let damaged = || Unknown::new(Reason::Computed, "parts of the plan cannot be read");
            document.incomplete = written.why_incomplete().or_else(|| is_damaged.then(damaged));
        } else if written.planned_values.is_some() {
            // A plan that only refreshes the state changes nothing: what there is stands in the state.
            let state: State<'t> = reader.section("prior_state", written.prior_state);
            document.add_values("prior_state", state.values, &|_| true, &mut reader);
            if document.instances.is_empty() {
                document.omits_unknowns = true;
                document.add_values("planned_values", written.planned_values, &|_| true, &mut reader);
            }
        } else if written.values.is_some() {
            document.add_values("values", written.values, &|_| true, &mut reader);
        } else {
            document.add_stored(written.resources, &mut reader);
        }
        document.configuration = reader.section("configuration", written.configuration);
        let given: Variables = reader.section("variables", written.variables);
        document.variables = given.0.into_iter().map(|(name, it)| (name, it.value)).collect();
        missing::add(&mut document);
        document.errors = reader.errors;
        Ok(document)
    }

    fn add_change(&mut self, it: &ResourceChange<'t>, reader: &mut Reader<'_>) {
        let Some(address) = reader.address(Address::parse(&it.address), &it.address) else { return };
        let does = |action: &str| it.change.actions.iter().any(|it| it == action);
        // An object that a replacement left behind, or that will be: not part of what is being built.
        let is_nothing = it.change.after.is_none();
        let leaves = |it: &String| it == "delete" || it == "forget" || is_nothing && it == "no-op";
        let is_leaving = it.deposed.is_some() || it.change.actions.iter().all(leaves);
        if is_leaving && !it.change.actions.is_empty() {
            *self.leaving.entry(address.kind).or_default() += 1;
            return;
        }
        let instance = Instance {
            address,
            values: it.change.after,
            unknown: it.change.after_unknown,
            sensitive: it.change.after_sensitive.map(Sensitive::Shape),
            is_changed: does("create") || does("update"),
            is_missing: false,
        };
        self.instances.push(reader.instance(instance, false));
    }

    /// Adds those resources of a state whose address is wanted.
    fn add_values(
        &mut self,
        name: &str,
        values: Option<&'t RawValue>,
        is_wanted: &dyn Fn(&Address) -> bool,
        reader: &mut Reader<'_>,
    ) {
        let values: Values<'t> = reader.section(name, values);
        let mut modules: Vec<StateModule<'t>> = values.root_module.into_iter().collect();
        while let Some(module) = modules.pop() {
            modules.extend(module.child_modules.into_iter().flatten());
            let list = format!("{}.resources", module.address.as_deref().unwrap_or("root_module"));
            let resources: Vec<StateResource<'t>> = reader.list(&list, module.resources);
            for it in resources {
                let address = reader.address(it.address(module.address.as_deref()), &it.address);
                let Some(address) = address.filter(is_wanted) else { continue };
                let instance = Instance {
                    address,
                    values: it.values,
                    unknown: None,
                    sensitive: it.sensitive_values.map(Sensitive::Shape),
                    is_changed: false,
                    is_missing: false,
                };
                self.instances.push(reader.instance(instance, true));
            }
        }
    }

    fn add_stored(&mut self, resources: Option<&'t RawValue>, reader: &mut Reader<'_>) {
        let resources: Vec<StoredResource<'t>> = reader.list("resources", resources);
        for resource in resources {
            let module = resource.module.map(|it| it + ".").unwrap_or_default();
            let data = match resource.mode.as_deref() {
                Some("data") => "data.",
                None | Some("managed") => "",
                Some(mode) => {
                    let item = format!("`{module}{}.{}`", resource.r#type, resource.name);
                    reader.refuse(item, format!("`{mode}` is no mode of a resource"));
                    continue;
                }
            };
            let block = format!("{module}{data}{}.{}", resource.r#type, resource.name);
            let Some(address) = reader.address(Address::parse(&block), &block) else { continue };
            for it in resource.instances.into_iter().flatten().filter(|it| it.deposed.is_none()) {
                let key = it.index_key.as_ref().filter(|it| !it.is_null());
                let address = Address { key: key.and_then(InstanceKey::read), ..address.clone() };
                if let Some(key) = key.filter(|_| address.key.is_none()) {
                    reader.refuse(format!("`{block}[{key}]`"), "this is no key of an instance");
                    continue;
                }
                let instance = Instance {
                    address,
                    values: it.attributes,
                    unknown: None,
                    sensitive: it.sensitive_attributes.map(Sensitive::Paths),
                    is_changed: false,
                    is_missing: false,
                };
                self.instances.push(reader.instance(instance, true));
            }
        }
    }
}

impl StateResource<'_> {
    /// Its address. Terraform 0.12 leaves the module and the index out of it, which stand beside it.
    fn address(&self, module: Option<&str>) -> Option<Address> {
        let mut address = match module {
            Some(module) if !self.address.starts_with("module.") => {
                Address::parse(&format!("{module}.{}", self.address))?
            }
            _ => Address::parse(&self.address)?,
        };
        address.key = address.key.or_else(|| self.index.as_ref().and_then(InstanceKey::read));
        Some(address)
    }
}

impl Written<'_> {
    /// Why the plan does not tell everything that will be there.
    /// <https://developer.hashicorp.com/terraform/internals/json-format#plan-representation>
    fn why_incomplete(&self) -> Option<Unknown> {
        let has_deferred = self.deferred_changes.is_some_and(|it| !matches!(it.get(), "null" | "[]"));
        let why = match (self.errored, self.complete) {
            (Some(true), _) => "planning ended with an error",
            _ if has_deferred => "the plan defers changes",
            (_, Some(false)) => "the plan is not complete",
            _ => return None,
        };
        Some(Unknown::new(Reason::Computed, why))
    }

    /// The version, if it is one that this cannot read: plans and states in JSON are compatible within a major
    /// version, 0 having become 1 without a change; state files proper are read in version 4.
    fn unsupported(&self) -> Option<String> {
        match (&self.format_version, &self.version) {
            (Some(it), _) => {
                let major = it.split('.').next().and_then(|it| it.parse::<u64>().ok());
                major.is_none_or(|it| it > 1).then(|| format!("format_version {it}"))
            }
            (None, Some(it)) if it.as_u64() != Some(4) => Some(format!("state version {it}")),
            _ => None,
        }
    }
}
