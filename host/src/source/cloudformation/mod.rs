//! CloudFormation templates: parsed once, evaluated once per scenario.

mod evaluate;
mod kinds;
mod library;
mod place;
mod raw;
mod references;
mod relevance;
mod scenarios;
mod serverless;
mod stack;
mod template;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use archlint_schema::Resources;

use super::built::Built;
use super::node::Evaluated;
use super::properties::Properties;
use super::{Architecture, Input, Scenario, SourceFile, SourceOptions, Sources};
pub(crate) use kinds::{
    FOLDED, alarm, backs_all_up, canonical, delivery_stream, ecs_service, edges, event_source_mapping,
    forwards, is_there, kept, pipe, registered_target, reports_batch_item_failures, selected_resources,
    selected_tags, shards, stream_consumer, stream_mode, task_definition, topic_rule,
};
use library::Library;
use scenarios::{Compared, choices};
use stack::{Assignment, Declared, Stack, Surroundings};
pub(crate) use template::Template;

/// Which entries of which template became a resource or a part of one.
type Read = BTreeSet<(usize, String)>;

/// Makes architectures of templates: each with the stacks that it nests, joined where one imports what exactly
/// one other exports.
pub(crate) fn assemble(mut templates: Vec<Template>, options: &SourceOptions, sources: &mut Sources) {
    sources.errors.extend(templates.iter().filter_map(references::dangling));
    tell_namesakes_apart(&mut templates);
    let library = Library { templates };
    let nested = library.nested_somewhere();
    let roots: Vec<usize> = (0..library.templates.len()).filter(|it| !nested.contains(it)).collect();
    let mut around = Surroundings { library: &library, pseudo: pseudo(options), imports: BTreeMap::new() };
    let groups = joined(&roots, &mut around, options);
    let files = Arc::new(library.templates.iter().map(|it| it.file.clone()).collect::<Vec<_>>());

    let compared = Compared::of(library.templates.iter());
    let mut read = Read::new();
    for group in groups {
        let names: Vec<&str> = group.iter().map(|root| library.templates[*root].file.name.as_str()).collect();
        sources.guarded(&format!("evaluating `{}`", names.join(" + ")), |sources| {
            let architecture = architecture(&group, &around, &compared, options, &files, &mut read);
            sources.architectures.push(architecture);
        });
    }
    sources.inputs.extend(library.templates.iter().enumerate().map(|(at, it)| input(at, it, &read)));
}

/// Stacks whose files have the same name take their folder's name with it: keys must not collide.
fn tell_namesakes_apart(templates: &mut [Template]) {
    let mut names: Vec<String> = templates.iter().map(|it| it.stack.clone()).collect();
    names.sort();
    for template in templates {
        if names.iter().filter(|it| **it == template.stack).count() > 1 {
            let folder = Path::new(&template.file.name).parent().and_then(Path::file_name);
            let folder = folder.map(|it| format!("{}/", it.to_string_lossy())).unwrap_or_default();
            template.stack = format!("{folder}{}", template.stack);
        }
    }
}

fn pseudo(options: &SourceOptions) -> BTreeMap<String, String> {
    let given = [("Region", &options.region), ("AccountId", &options.account)];
    given.into_iter().filter_map(|(name, it)| Some((name.to_owned(), it.clone()?))).collect()
}

/// Groups of root templates that are one architecture: those of one `cdk.out`, and those of which one imports what
/// the other exports. An export that several roots have, or whose name is not
/// fully known, joins nothing.
fn joined(roots: &[usize], around: &mut Surroundings<'_>, options: &SourceOptions) -> Vec<Vec<usize>> {
    let mut exported: BTreeMap<String, Vec<(usize, Evaluated)>> = BTreeMap::new();
    let mut imported: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for root in roots {
        let stack = Stack::root(*root, around, &given(*root, around, options));
        imported.insert(*root, stack.imported());
        for (name, value) in stack.exports() {
            exported.entry(name).or_default().push((*root, value));
        }
    }
    let mut group_of: BTreeMap<usize, usize> = roots.iter().map(|it| (*it, *it)).collect();
    let mut join = |one: usize, other: usize| {
        let (from, to) = (group_of[&one], group_of[&other]);
        group_of.values_mut().filter(|it| **it == from).for_each(|it| *it = to);
    };
    let mut assemblies: BTreeMap<&Path, usize> = BTreeMap::new();
    for root in roots {
        if let Some(folder) = around.library.assembly(*root) {
            join(*root, *assemblies.entry(folder).or_insert(*root));
        }
    }
    for (name, owners) in exported {
        let [(owner, value)] = owners.as_slice() else { continue };
        let importers = imported.iter().filter(|(root, names)| *root != owner && names.contains(&name));
        for (importer, _) in importers {
            join(*importer, *owner);
            around.imports.insert(name.clone(), value.clone());
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (root, group) in group_of {
        groups.entry(group).or_default().push(root);
    }
    groups.into_values().collect()
}

/// The caller's values for a root's parameters.
fn given(root: usize, around: &Surroundings<'_>, options: &SourceOptions) -> Assignment {
    let declared = around.library.templates[root].parameters();
    let value = |(name, _): (&str, template::Parameter)| {
        let value: &String = options.parameters.get(name)?;
        Some((name.to_owned(), stack::Assigned::Value(value.clone())))
    };
    declared.filter_map(value).collect()
}

/// One architecture in its scenarios: the base of every root, then each other choice of each root with the
/// base of the rest.
fn architecture(
    group: &[usize],
    around: &Surroundings<'_>,
    compared: &Compared,
    options: &SourceOptions,
    files: &Arc<Vec<SourceFile>>,
    read: &mut Read,
) -> Architecture {
    let relevant = |stack: &Stack<'_>| relevance::conditions(stack, &options.kinds);
    let of_root = |root: &usize| {
        choices(*root, around, compared, &options.parameters, &relevant, options.budget.scenarios)
    };
    let all: Vec<_> = group.iter().map(of_root).collect();
    let base: Vec<&Assignment> = all.iter().map(|it| &it.choices[0].assignment).collect();

    let mut scenarios: Vec<Scenario> = Vec::new();
    let mut add = |when: Option<String>, assignments: &[&Assignment]| {
        let mut built = Built::default();
        let stacks = group.iter().zip(assignments).map(|(root, it)| Stack::root(*root, around, it));
        let stacks: Vec<Stack<'_>> = stacks.collect();
        for it in &stacks {
            build(it, &mut built, read);
        }
        // Only now is everything there that a part can be folded into.
        for it in &stacks {
            fold(it, &mut built, read);
        }
        kinds::complete(&mut built.resources);
        for it in stacks.iter().filter(|_| options.raw) {
            keep_raw(it, &options.kinds, &mut built);
        }
        let (snapshot, origins) = built.finish(options.scope(), files);
        if scenarios.iter().all(|it| it.snapshot != snapshot) {
            scenarios.push(Scenario { when, snapshot, origins: Arc::new(origins) });
        }
    };
    add(None, &base);
    for (at, choices) in all.iter().enumerate() {
        for choice in &choices.choices[1..] {
            let mut assignments = base.clone();
            assignments[at] = &choice.assignment;
            add(choice.when.clone(), &assignments);
        }
    }
    let name = group
        .iter()
        .map(|it| around.library.templates[*it].file.name.as_str())
        .collect::<Vec<_>>()
        .join(" + ");
    let not_examined = all.into_iter().flat_map(|it| it.not_examined).collect();
    Architecture { name, scenarios, not_examined, changed: None }
}

fn build(stack: &Stack<'_>, built: &mut Built, read: &mut Read) {
    for (id, _) in stack.template.resources() {
        let kind = stack.template.kind(id);
        if stack.exists(id) && !kind.is_empty() && !FOLDED.contains(&kind) {
            kinds::build(stack, id, built);
            read.insert((stack.index, id.to_owned()));
        }
    }
    stack.nested.values().for_each(|it| build(it, built, read));
}

fn fold(stack: &Stack<'_>, built: &mut Built, read: &mut Read) {
    for (id, _) in stack.template.resources() {
        let kind = stack.template.kind(id);
        if stack.exists(id) && FOLDED.contains(&kind) {
            if !kinds::fold(stack, id, built) {
                let meta = Properties::new(&Declared { stack, id }, &mut built.externals).meta(None);
                built.add_untyped(kind, meta);
            }
            read.insert((stack.index, id.to_owned()));
        }
    }
    stack.nested.values().for_each(|it| fold(it, built, read));
}

fn keep_raw(stack: &Stack<'_>, kinds: &BTreeSet<String>, built: &mut Built) {
    for (id, _) in stack.template.resources() {
        let is_read = kinds.is_empty() || kinds.contains(canonical(stack.template.kind(id)));
        if is_read && stack.exists(id) {
            let (raw, places) = raw::read(stack, id);
            let key = stack.key(id);
            if let Some(origin) = built.origins.get_mut(&key) {
                origin.properties.extend(places);
            }
            built.raw.insert(key, raw);
        }
    }
    stack.nested.values().for_each(|it| keep_raw(it, kinds, built));
}

fn input(at: usize, template: &Template, read: &Read) -> Input {
    let mut input = Input { file: template.file.name.clone(), ..Input::default() };
    for (id, resource) in template.resources() {
        let kind = template.kind(id);
        if !Resources::KINDS.contains(&canonical(kind)) && !FOLDED.contains(&kind) {
            continue;
        }
        let count = |of: &mut BTreeMap<String, usize>| *of.entry(kind.to_owned()).or_default() += 1;
        count(&mut input.entries);
        if read.contains(&(at, id.to_owned())) {
            count(&mut input.read);
        } else if resource.get("Condition").is_some() {
            count(&mut input.absent);
        }
    }
    input
}
