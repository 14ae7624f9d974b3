//! The Terraform source in a folder and the modules that it calls: where each block and attribute stands, and
//! what a plan's configuration leaves out.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Block, Body};
use serde_json::Value as Json;

use super::address::Address;
use super::configuration;
use super::hcl;
use crate::source::{Place, Position, SourceFile};

#[derive(Default)]
pub(crate) struct SourceCode {
    pub(crate) files: Arc<Vec<SourceFile>>,
    /// Where the lines of each file begin.
    pub(super) lines: Vec<Vec<usize>>,
    pub(super) root: PathBuf,
    /// The modules by their folders, each once however often it is called.
    pub(super) modules: BTreeMap<PathBuf, Module>,
    /// The folders of the modules that `terraform init` fetched, by the dotted path of their call.
    pub(super) installed: BTreeMap<String, PathBuf>,
}

/// The blocks of one folder.
#[derive(Default)]
pub(super) struct Module {
    /// Resources and data sources, by address within the module.
    pub(super) blocks: BTreeMap<String, Written>,
    pub(super) locals: Arc<BTreeMap<String, Json>>,
    pub(super) calls: BTreeMap<String, Call>,
    pub(super) outputs: BTreeMap<String, Block>,
}

pub(super) struct Written {
    /// Index of the file.
    pub(super) file: usize,
    pub(super) block: Block,
}

/// A `module` block.
pub(super) struct Call {
    pub(super) written: Written,
    /// What it calls, where that is a folder beside its own.
    pub(super) folder: Option<PathBuf>,
}

impl SourceCode {
    /// The module at the end of some calls, as far as its folder is on this machine.
    fn module<'a>(&self, path: impl Iterator<Item = &'a str>) -> Option<&Module> {
        let mut module = self.modules.get(&self.root)?;
        let mut dotted = String::new();
        for name in path {
            if !dotted.is_empty() {
                dotted.push('.');
            }
            dotted.push_str(name);
            let call = module.calls.get(name)?;
            module = self.modules.get(call.folder.as_ref().or_else(|| self.installed.get(&dotted))?)?;
        }
        Some(module)
    }

    /// Adds what a plan leaves out of its configuration: local values, what `dynamic` blocks make, and what is
    /// taken of each element of a splat or of a `for`.
    pub(crate) fn complete(&self, root: &mut configuration::Module) {
        root.for_each_mut(&mut Vec::new(), &mut |module, path| {
            let Some(code) = self.module(path.iter().map(String::as_str)) else { return };
            module.locals = Arc::clone(&code.locals);
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
                if let Some(it) = code.calls.get(name) {
                    refine(&mut call.expressions, &it.written.block.body);
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
        let module = self.module(address.module.iter().map(|it| it.name.as_str()))?;
        let data = if address.is_data { "data." } else { "" };
        module.blocks.get(&format!("{data}{}.{}", address.kind, address.name))
    }

    /// The place of some bytes, up to the end of their first line.
    fn place(&self, file: usize, bytes: Range<usize>) -> Place {
        let source = &self.files[file];
        let first_line = source.text[bytes.clone()].lines().next().unwrap_or_default().trim_end();
        let end = bytes.start + first_line.len();
        Place { file, start: self.position(file, bytes.start), end: self.position(file, end) }
    }

    /// The position of a byte, without counting the lines before it.
    fn position(&self, file: usize, offset: usize) -> Position {
        let lines = &self.lines[file];
        let line = lines.partition_point(|it| *it <= offset);
        let start = lines[line - 1];
        Position { line, column: self.files[file].text[start..offset].chars().count() + 1 }
    }
}

/// Where the lines of a text begin.
pub(super) fn lines(text: &str) -> Vec<usize> {
    [0].into_iter().chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|it| it + 1)).collect()
}

/// Replaces the attributes of a block by what its source code says of them.
fn refine(expressions: &mut Json, body: &Body) {
    let Some(told) = expressions.as_object_mut() else { return };
    for attribute in body.attributes() {
        if let Some(it) = told.get_mut(attribute.key.as_str()) {
            *it = hcl::expression(&attribute.value);
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
