//! Terraform and `OpenTofu`: plans and states in JSON, joined by reference; with the source code at hand, also
//! where everything stands in it.

mod address;
mod blocks;
mod candidates;
mod configuration;
mod declared;
mod document;
mod edges;
mod hcl;
mod keys;
mod kinds;
mod memo;
mod mentions;
mod missing;
mod modules;
mod plan;
mod raw;
mod source_code;
mod targets;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use archlint_schema::Key;

use super::born;
use super::built::Built;
use super::{Architecture, Input, Scenario, SourceFile, SourceOptions, Sources};
use declared::Declared;
use document::Document;
pub(crate) use document::find;
use memo::Memo;
use plan::Plan;
use source_code::SourceCode;

/// Makes an architecture of each plan or state.
pub(crate) fn assemble(files: &[SourceFile], options: &SourceOptions, sources: &mut Sources) {
    if files.is_empty() {
        return;
    }
    let code = options.terraform_dir.as_deref().map(|it| read_code(it, sources));
    for file in files {
        let read = |sources: &mut Sources| match Document::parse(&file.name, &file.text) {
            Ok(document) => add(&file.name, document, code.as_ref(), options, sources),
            Err(error) => sources.errors.push(error),
        };
        sources.guarded(&format!("reading `{}`", file.name), read);
    }
}

fn read_code(folder: &Path, sources: &mut Sources) -> SourceCode {
    let (code, errors) = modules::read(folder);
    sources.errors.extend(errors);
    code
}

/// Adds the architecture of a document, and what of the document could not be read.
fn add(
    name: &str,
    mut document: Document<'_>,
    code: Option<&SourceCode>,
    options: &SourceOptions,
    sources: &mut Sources,
) {
    sources.errors.append(&mut document.errors);
    if let (Some(code), Some(configuration)) = (code, &mut document.configuration) {
        code.complete(&mut configuration.root_module);
    }
    let plan = Plan::new(document, Memo::new(name, options.budget.evaluations));
    let mut built = Built { scope: options.scope(), ..Built::default() };
    let parts: BTreeMap<Key, Key> = build(&plan, code, &mut built);
    if options.raw {
        keep_raw(&plan, options, &mut built);
    }
    let files = code.map(|it| Arc::clone(&it.files)).unwrap_or_default();
    let (snapshot, origins) = built.finish(&files);
    let scenario = Scenario { when: None, snapshot, origins: Arc::new(origins) };
    sources.architectures.push(Architecture {
        name: name.to_owned(),
        scenarios: vec![scenario],
        not_examined: Vec::new(),
        changed: plan.document.is_plan.then(|| changed(&plan, &parts)),
    });
    sources.inputs.push(input(name, &plan));
    sources.errors.append(&mut plan.memo.costs.take_errors());
}

/// Builds every resource, then folds the parts into those that they belong to. For each part the key of its
/// whole.
fn build(plan: &Plan<'_>, code: Option<&SourceCode>, built: &mut Built) -> BTreeMap<Key, Key> {
    let (parts, wholes): (Vec<usize>, Vec<usize>) =
        plan.resources().partition(|at| kinds::FOLDED.contains(&plan.instance(*at).address.kind.as_str()));
    let mut hidden = Vec::new();
    for at in wholes {
        let whole = Declared::new(plan, at, code);
        kinds::build(&whole, &plan.instance(at).address.kind, built);
        let hides = |name| Some((plan.key(at), name, whole.hides(name)?));
        hidden.extend(kinds::BLOCKS.into_iter().filter_map(hides));
    }
    born::add(built, &kinds::adopted(&built.resources));
    // Each part looks for its whole.
    built.resources.sort();
    let mut wholes = BTreeMap::new();
    for at in parts {
        let part = Declared::new(plan, at, code);
        if let Some((whole, _)) = kinds::fold(&part, &plan.instance(at).address.kind, built) {
            wholes.insert(plan.key(at), whole);
        }
    }
    born::settle_main_tables(built);
    if let (Some(why), None) = (&plan.document.incomplete, &plan.document.configuration) {
        built.scope.open_all(why);
    }
    for (at, why) in plan.missing().filter_map(|at| Some((at, plan.document.incomplete.as_ref()?))) {
        kinds::leave_out(&Declared::new(plan, at, code), &plan.instance(at).address.kind, built, why);
    }
    // Whoever writes parts as resources of their own writes no blocks.
    let has_parts: BTreeSet<&Key> = wholes.values().collect();
    for (whole, blocks, why) in hidden.iter().filter(|it| !has_parts.contains(&it.0)) {
        kinds::leave_open(whole, blocks, why, &mut built.resources);
    }
    wholes
}

fn keep_raw(plan: &Plan<'_>, options: &SourceOptions, built: &mut Built) {
    for at in plan.resources() {
        let kind = kinds::kind(&plan.instance(at).address.kind);
        if options.kinds.is_empty() || options.kinds.contains(kind) {
            built.raw.insert(plan.key(at), raw::read(&Declared::new(plan, at, None)));
        }
    }
}

/// The resources that a plan creates or changes, itself or a part of them.
fn changed(plan: &Plan<'_>, parts: &BTreeMap<Key, Key>) -> BTreeSet<Key> {
    let changed = plan.resources().filter(|at| plan.instance(*at).is_changed).map(|at| plan.key(at));
    changed.flat_map(|key| [parts.get(&key).cloned(), Some(key)]).flatten().collect()
}

fn input(name: &str, plan: &Plan<'_>) -> Input {
    let mut input = Input { file: name.to_owned(), ..Input::default() };
    for at in plan.resources() {
        let kind = &plan.instance(at).address.kind;
        if kinds::is_read(kind) {
            *input.entries.entry(kind.clone()).or_default() += 1;
            *input.read.entry(kind.clone()).or_default() += 1;
        }
    }
    for (kind, number) in plan.document.leaving.iter().filter(|it| kinds::is_read(it.0)) {
        *input.entries.entry(kind.clone()).or_default() += number;
        *input.absent.entry(kind.clone()).or_default() += number;
    }
    input.note = note(plan);
    input
}

/// What to say of a document in which there is nothing to check.
fn note(plan: &Plan<'_>) -> Option<String> {
    if plan.resources().any(|at| plan.instance(at).address.kind.starts_with("aws_")) {
        return None;
    }
    let others: Vec<String> = plan
        .other_providers()
        .into_iter()
        .map(|(provider, number)| format!("{number} of {provider}"))
        .collect();
    let leaving: usize = plan.document.leaving.values().sum();
    Some(match (others.is_empty(), leaving) {
        (true, 0) => "no resources".to_owned(),
        (true, _) => format!("no resources are left: {leaving} are deleted or forgotten"),
        (false, _) => format!("no AWS resources; resources of other providers: {}", others.join(", ")),
    })
}
