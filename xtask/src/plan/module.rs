//! Modules of Terraform, as their files say.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use hcl::expr::Expression;
use hcl::structure::{Block, Body, Structure};

use super::evaluate::{self, Scope};
use super::references;
use super::types::Type;
use super::value::Value;
use crate::Result;

#[derive(Default)]
pub(super) struct Module {
    pub(super) variables: BTreeMap<String, Variable>,
    pub(super) locals: BTreeMap<String, Expression>,
    pub(super) resources: BTreeMap<ResourceName, Resource>,
    pub(super) calls: BTreeMap<String, Call>,
    pub(super) outputs: BTreeMap<String, Output>,
    /// The configuration of each provider, by its name.
    pub(super) providers: BTreeMap<String, Body>,
    /// The versions that `required_providers` asks for, by name.
    pub(super) versions: BTreeMap<String, String>,
}

pub(super) struct Variable {
    pub(super) ty: Type,
    pub(super) default: Option<Value>,
    pub(super) description: Option<String>,
    pub(super) sensitive: bool,
    /// The conditions that it has to satisfy.
    pub(super) validations: Vec<Expression>,
}

/// The order is that of a plan: data sources first, then by type and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ResourceName {
    pub(super) mode: Mode,
    pub(super) kind: String,
    pub(super) name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    Data,
    Managed,
}

/// A block `resource` or `data`.
pub(super) struct Resource {
    pub(super) repetition: Repetition,
    /// Without meta-arguments.
    pub(super) body: Body,
}

/// A block `module`.
pub(super) struct Call {
    pub(super) source: String,
    pub(super) module: Module,
    pub(super) arguments: BTreeMap<String, Expression>,
    pub(super) repetition: Repetition,
}

/// The meta-arguments that resources and module calls share.
#[derive(Default)]
pub(super) struct Repetition {
    pub(super) count: Option<Expression>,
    pub(super) for_each: Option<Expression>,
    pub(super) depends_on: Vec<String>,
}

pub(super) struct Output {
    pub(super) value: Expression,
    pub(super) description: Option<String>,
    pub(super) sensitive: bool,
}

impl Module {
    /// Reads the files `*.tf` of a directory, and the modules that they call.
    pub(super) fn read(directory: &Path) -> Result<Self> {
        let mut files =
            fs::read_dir(directory)?.map(|it| Ok(it?.path())).collect::<Result<Vec<PathBuf>>>()?;
        files.retain(|it| it.extension().is_some_and(|it| it == "tf"));
        files.sort();
        let mut module = Self::default();
        for file in files {
            let text = fs::read_to_string(&file)?;
            let body = hcl::parse(&text).map_err(|error| format!("{}: {error}", file.display()))?;
            for block in body.into_blocks() {
                let title = title(&block);
                let added = module.add(block, directory);
                added.map_err(|error| format!("{}: {title}: {error}", file.display()))?;
            }
        }
        Ok(module)
    }

    fn add(&mut self, block: Block, directory: &Path) -> Result<()> {
        let labels: Vec<String> = block.labels().iter().map(|it| it.as_str().to_owned()).collect();
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        let keyword = block.identifier().to_owned();
        let body = block.body;
        match (keyword.as_str(), &labels[..]) {
            ("terraform", []) => self.versions = required_versions(&body)?,
            ("provider", [name]) => drop(self.providers.insert((*name).to_owned(), body)),
            ("variable", [name]) => drop(self.variables.insert((*name).to_owned(), Variable::read(&body)?)),
            ("locals", []) => {
                self.locals.extend(body.into_attributes().map(|it| (it.key.to_string(), it.expr)));
            }
            ("output", [name]) => drop(self.outputs.insert((*name).to_owned(), Output::read(&body)?)),
            ("module", [name]) => {
                drop(self.calls.insert((*name).to_owned(), Call::read(body, directory)?));
            }
            ("resource" | "data", [kind, name]) => {
                let mode = if keyword == "data" { Mode::Data } else { Mode::Managed };
                let name = ResourceName { mode, kind: (*kind).to_owned(), name: (*name).to_owned() };
                let (repetition, body) = Repetition::take(body)?;
                self.resources.insert(name, Resource { repetition, body });
            }
            _ => return Err("the block is not understood".into()),
        }
        Ok(())
    }
}

impl Mode {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Managed => "managed",
        }
    }
}

impl ResourceName {
    /// The address within the module.
    pub(super) fn address(&self) -> String {
        let prefix = if self.mode == Mode::Data { "data." } else { "" };
        format!("{prefix}{}.{}", self.kind, self.name)
    }
}

impl Variable {
    fn read(body: &Body) -> Result<Self> {
        let ty = attribute(body, "type").map(Type::read).transpose()?.unwrap_or(Type::Any);
        let default = literal(body, "default")?.map(|it| ty.convert(it)).transpose()?;
        let conditions = body.blocks().filter(|it| it.identifier() == "validation");
        let conditions = conditions.filter_map(|it| attribute(it.body(), "condition").cloned());
        Ok(Self {
            ty,
            default,
            description: text(body, "description")?,
            sensitive: is_true(body, "sensitive")?,
            validations: conditions.collect(),
        })
    }
}

impl Output {
    fn read(body: &Body) -> Result<Self> {
        Ok(Self {
            value: attribute(body, "value").ok_or("an output has a value")?.clone(),
            description: text(body, "description")?,
            sensitive: is_true(body, "sensitive")?,
        })
    }
}

impl Call {
    fn read(body: Body, directory: &Path) -> Result<Self> {
        let source = text(&body, "source")?.ok_or("a module has a source")?;
        if !source.starts_with('.') {
            return Err(format!("the module `{source}` is not a local one").into());
        }
        let (repetition, body) = Repetition::take(body)?;
        let arguments = body.into_attributes().filter(|it| it.key.as_str() != "source");
        Ok(Self {
            module: Module::read(&directory.join(&source))?,
            arguments: arguments.map(|it| (it.key.to_string(), it.expr)).collect(),
            source,
            repetition,
        })
    }
}

impl Repetition {
    /// Takes the meta-arguments out of a body. `lifecycle` leaves no trace in a plan.
    fn take(body: Body) -> Result<(Self, Body)> {
        let mut repetition = Self::default();
        let mut rest = Vec::new();
        for structure in body {
            match structure {
                Structure::Attribute(it) if it.key.as_str() == "count" => repetition.count = Some(it.expr),
                Structure::Attribute(it) if it.key.as_str() == "for_each" => {
                    repetition.for_each = Some(it.expr);
                }
                Structure::Attribute(it) if it.key.as_str() == "depends_on" => {
                    let Expression::Array(all) = &it.expr else { return Err("depends_on is a list".into()) };
                    repetition.depends_on =
                        all.iter().filter_map(|it| references::of(it).into_iter().next()).collect();
                }
                Structure::Attribute(it) if it.key.as_str() == "provider" => {
                    return Err("a provider of its own is not understood".into());
                }
                Structure::Block(it) if it.identifier() == "lifecycle" => {}
                Structure::Block(it) if it.identifier() == "provisioner" => {
                    return Err("a provisioner is not understood".into());
                }
                other => rest.push(other),
            }
        }
        Ok((repetition, rest.into()))
    }
}

/// The variables that `terraform.tfvars` sets.
pub(super) fn assignments(directory: &Path) -> Result<BTreeMap<String, Value>> {
    let path = directory.join("terraform.tfvars");
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    let body = hcl::parse(&fs::read_to_string(path)?)?;
    let scope = Scope::default();
    body.attributes().map(|it| Ok((it.key().to_owned(), evaluate::expression(it.expr(), &scope)?))).collect()
}

fn required_versions(body: &Body) -> Result<BTreeMap<String, String>> {
    let required = body.blocks().filter(|it| it.identifier() == "required_providers");
    let mut versions = BTreeMap::new();
    for provider in required.flat_map(|it| it.body().attributes()) {
        let requirement = evaluate::expression(provider.expr(), &Scope::default())?;
        if let Value::Object(mut it) = requirement
            && let Some(version) = it.remove("version")
        {
            versions.insert(provider.key().to_owned(), version.as_str()?.to_owned());
        }
    }
    Ok(versions)
}

pub(super) fn attribute<'b>(body: &'b Body, name: &str) -> Option<&'b Expression> {
    body.attributes().find(|it| it.key() == name).map(hcl::Attribute::expr)
}

/// An attribute that mentions nothing.
fn literal(body: &Body, name: &str) -> Result<Option<Value>> {
    attribute(body, name).map(|it| evaluate::expression(it, &Scope::default())).transpose()
}

fn text(body: &Body, name: &str) -> Result<Option<String>> {
    literal(body, name)?.map(|it| Ok(it.as_str()?.to_owned())).transpose()
}

fn is_true(body: &Body, name: &str) -> Result<bool> {
    Ok(literal(body, name)? == Some(Value::Bool(true)))
}

fn title(block: &Block) -> String {
    let labels = block.labels().iter().map(|it| format!(" \"{}\"", it.as_str()));
    block.identifier().to_owned() + &labels.collect::<String>()
}
