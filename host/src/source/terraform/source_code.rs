//! The Terraform source in a folder and the modules that it calls: where each block and attribute stands, and
//! what a plan's configuration leaves out.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Block, Body};
use miette::NamedSource;
use serde::Deserialize;
use serde_json::Value as Json;

use super::address::Address;
use super::configuration;
use super::hcl;
use crate::source::{Place, SourceError, SourceFile, redaction};

/// Modules that call each other in a circle are Terraform's to refuse.
const MAX_DEPTH: usize = 16;

/// Where `terraform init` writes down which module it put where.
const INSTALLED: &str = ".terraform/modules/modules.json";

#[derive(Default)]
pub(crate) struct SourceCode {
    pub(crate) files: Arc<Vec<SourceFile>>,
    /// By the names of the calls that lead to it; the root by none.
    modules: BTreeMap<Vec<String>, Arc<Module>>,
}

/// The blocks of one folder.
#[derive(Default)]
struct Module {
    /// Resources and data sources, by address within the module.
    blocks: BTreeMap<String, Written>,
    locals: BTreeMap<String, Expression>,
    calls: BTreeMap<String, Block>,
    outputs: BTreeMap<String, Block>,
}

struct Written {
    /// Index of the file.
    file: usize,
    block: Block,
}

/// Reads folders, each once however often it is called.
struct Reader {
    installed: BTreeMap<String, PathBuf>,
    files: Vec<SourceFile>,
    folders: BTreeMap<PathBuf, Arc<Module>>,
    errors: Vec<SourceError>,
}

impl SourceCode {
    /// Reads a root module and all modules below it that are on this machine. A file that cannot be read is an
    /// error beside what could.
    pub(crate) fn read(root: &Path) -> (Self, Vec<SourceError>) {
        let mut reader = Reader {
            installed: installed(root),
            files: Vec::new(),
            folders: BTreeMap::new(),
            errors: Vec::new(),
        };
        let mut modules = BTreeMap::new();
        reader.add(root, Vec::new(), &mut modules);
        if reader.files.is_empty() && reader.errors.is_empty() {
            reader.errors.push(SourceError::NoTerraform { folder: root.display().to_string() });
        }
        (Self { files: Arc::new(reader.files), modules }, reader.errors)
    }

    /// Adds what a plan leaves out of its configuration: local values, what `dynamic` blocks make, and what is
    /// taken of each element of a splat or of a `for`.
    pub(crate) fn complete(&self, root: &mut configuration::Module) {
        root.for_each_mut(&mut Vec::new(), &mut |module, path| {
            let Some(code) = self.modules.get(path) else { return };
            module.locals =
                code.locals.iter().map(|(name, it)| (name.clone(), hcl::expression(it))).collect();
            for (address, block) in &mut module.resources {
                if let Some(written) = code.blocks.get(address) {
                    block.dynamic =
                        written.block.body.get_blocks("dynamic").filter_map(hcl::dynamic).collect();
                    refine(&mut block.expressions, &written.block.body);
                    if let Some(it) = written.block.body.get_attribute("for_each") {
                        block.for_each_expression = Some(hcl::expression(&it.value));
                    }
                }
            }
            for (name, call) in &mut module.calls {
                if let Some(written) = code.calls.get(name) {
                    refine(&mut call.expressions, &written.body);
                }
            }
            for (name, output) in &mut module.outputs {
                let value = code.outputs.get(name).and_then(|it| it.body.get_attribute("value"));
                if let Some(value) = value {
                    output.expression = Some(hcl::expression(&value.value));
                }
            }
        });
    }

    /// Whether the block of a resource is here.
    pub(crate) fn has(&self, address: &Address) -> bool {
        self.written(address).is_some()
    }

    /// Where a resource's block begins.
    pub(crate) fn resource(&self, address: &Address) -> Option<Place> {
        let written = self.written(address)?;
        let start = written.block.ident.span()?.start;
        let end = written.block.labels.last().and_then(Span::span)?.end;
        Some(self.place(written.file, start..end))
    }

    /// Where an attribute stands, or the nearest thing that holds it: `default_action/0/target_group_arn`.
    pub(crate) fn attribute(&self, address: &Address, path: &str) -> Option<Place> {
        let written = self.written(address)?;
        let steps: Vec<&str> = path.split('/').collect();
        Some(self.place(written.file, within_body(&written.block.body, &steps)?))
    }

    fn written(&self, address: &Address) -> Option<&Written> {
        let path: Vec<String> = address.module.iter().map(|it| it.name.clone()).collect();
        let data = if address.is_data { "data." } else { "" };
        self.modules.get(&path)?.blocks.get(&format!("{data}{}.{}", address.kind, address.name))
    }

    /// The place of some bytes, up to the end of their first line.
    fn place(&self, file: usize, bytes: Range<usize>) -> Place {
        let source = &self.files[file];
        let first_line = source.text[bytes.clone()].lines().next().unwrap_or_default().trim_end();
        let end = bytes.start + first_line.len();
        Place { file, start: source.position(bytes.start), end: source.position(end) }
    }
}

/// Replaces the attributes of a block by what its source code says of them.
fn refine(expressions: &mut Json, body: &Body) {
    for (name, told) in expressions.as_object_mut().into_iter().flatten() {
        if let Some(attribute) = body.get_attribute(name) {
            *told = hcl::expression(&attribute.value);
        }
    }
}

fn within_body(body: &Body, steps: &[&str]) -> Option<Range<usize>> {
    let (name, rest) = steps.split_first()?;
    if let Some(attribute) = body.get_attribute(name) {
        return within_value(&attribute.value, rest).or_else(|| attribute.span());
    }
    let (at, rest) = match rest.split_first() {
        Some((at, rest)) if let Ok(at) = at.parse::<usize>() => (at, rest),
        _ => (0, rest),
    };
    let is_dynamic = |it: &&Block| it.labels.first().is_some_and(|it| it.as_str() == *name);
    let written = body.get_blocks(name).nth(at);
    let block = written.or_else(|| body.get_blocks("dynamic").find(is_dynamic))?;
    let inner = if written.is_some() { Some(block) } else { block.body.get_blocks("content").next() };
    inner.and_then(|it| within_body(&it.body, rest)).or_else(|| block.ident.span())
}

fn within_value(value: &Expression, steps: &[&str]) -> Option<Range<usize>> {
    let (step, rest) = steps.split_first()?;
    let inner = match value {
        Expression::Array(items) => items.get(step.parse().ok()?)?,
        Expression::Object(fields) => {
            let is_key = |key: &ObjectKey| match key {
                ObjectKey::Ident(it) => it.as_str() == *step,
                ObjectKey::Expression(it) => it.as_str() == Some(*step),
            };
            fields.iter().find(|(key, _)| is_key(key))?.1.expr()
        }
        _ => return None,
    };
    within_value(inner, rest).or_else(|| inner.span())
}

impl Reader {
    fn add(&mut self, folder: &Path, path: Vec<String>, modules: &mut BTreeMap<Vec<String>, Arc<Module>>) {
        let module = self.module(folder);
        if path.len() < MAX_DEPTH {
            for (name, call) in &module.calls {
                let mut path = path.clone();
                path.push(name.clone());
                let source = call.body.get_attribute("source").and_then(|it| it.value.as_str());
                if let Some(called) = source.and_then(|it| self.called(folder, &path, it)) {
                    self.add(&called, path, modules);
                }
            }
        }
        modules.insert(path, module);
    }

    /// The folder of a called module: beside the caller, or where `terraform init` put it.
    fn called(&self, caller: &Path, path: &[String], source: &str) -> Option<PathBuf> {
        let is_local = source.starts_with("./") || source.starts_with("../");
        let folder =
            if is_local { Some(caller.join(source)) } else { self.installed.get(&path.join(".")).cloned() };
        folder.filter(|it| it.is_dir())
    }

    fn module(&mut self, folder: &Path) -> Arc<Module> {
        let identity = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        if let Some(known) = self.folders.get(&identity) {
            return Arc::clone(known);
        }
        let mut module = Module::default();
        for file in self.terraform_files(folder) {
            if let Err(error) = self.add_file(&file, &mut module) {
                self.errors.push(error);
            }
        }
        let module = Arc::new(module);
        self.folders.insert(identity, Arc::clone(&module));
        module
    }

    fn terraform_files(&mut self, folder: &Path) -> Vec<PathBuf> {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                self.errors.push(SourceError::read(folder, error));
                return Vec::new();
            }
        };
        let is_code = |it: &PathBuf| it.extension().is_some_and(|it| it == "tf" || it == "tofu");
        let mut files: Vec<PathBuf> =
            entries.filter_map(|it| Some(it.ok()?.path())).filter(is_code).collect();
        files.sort();
        files
    }

    fn add_file(&mut self, path: &Path, module: &mut Module) -> Result<(), SourceError> {
        let text = std::fs::read_to_string(path).map_err(|error| SourceError::read(path, error))?;
        // `./main.tf` is `main.tf` to its reader.
        let shown = path.strip_prefix(".").unwrap_or(path).display().to_string();
        let file = SourceFile { name: shown, text };
        let body = hcl_edit::parser::parse_body(&file.text).map_err(|error| syntax(&file, &error))?;
        let text = redaction::hidden_in_hcl(&file.text, &body);
        for block in body.into_blocks() {
            module.add(self.files.len(), block);
        }
        self.files.push(SourceFile { text, ..file });
        Ok(())
    }
}

impl Module {
    fn add(&mut self, file: usize, block: Block) {
        let labels: Vec<&str> = block.labels.iter().map(hcl_edit::structure::BlockLabel::as_str).collect();
        match (block.ident.as_str(), labels.as_slice()) {
            ("resource", [kind, name]) => {
                self.blocks.insert(format!("{kind}.{name}"), Written { file, block });
            }
            ("data", [kind, name]) => {
                self.blocks.insert(format!("data.{kind}.{name}"), Written { file, block });
            }
            ("module", [name]) => {
                self.calls.insert((*name).to_owned(), block);
            }
            ("output", [name]) => {
                self.outputs.insert((*name).to_owned(), block);
            }
            ("locals", []) => {
                let locals = block.body.into_attributes();
                self.locals.extend(locals.map(|it| (it.key.as_str().to_owned(), it.value)));
            }
            _ => {}
        }
    }
}

/// The folders of the modules that `terraform init` fetched, by the dotted path of their call. Without the
/// list, or with one that cannot be read, those modules are places that cannot be shown.
fn installed(root: &Path) -> BTreeMap<String, PathBuf> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Installed {
        modules: Vec<Entry>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Entry {
        key: String,
        dir: PathBuf,
    }
    let text = std::fs::read_to_string(root.join(INSTALLED)).unwrap_or_default();
    let modules = serde_json::from_str(&text).map_or_else(|_| Vec::new(), |it: Installed| it.modules);
    modules.into_iter().map(|it| (it.key, root.join(it.dir))).collect()
}

fn syntax(file: &SourceFile, error: &hcl_edit::parser::Error) -> SourceError {
    SourceError::Hcl {
        file: file.name.clone(),
        message: error.message().to_owned(),
        text: NamedSource::new(&file.name, redaction::hidden_by_names(&file.text)),
        at: Some((error.location().offset().min(file.text.len()), 0).into()),
    }
}
