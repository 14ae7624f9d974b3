//! CloudFormation templates: parsed once, evaluated once per scenario.

mod compared;
mod evaluate;
mod groups;
mod kinds;
mod library;
mod loops;
mod meter;
mod order;
mod parse;
mod place;
mod raw;
mod references;
mod relevance;
mod scenarios;
mod search;
mod serverless;
mod stack;
mod template;
mod unseen;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::Arc;

use archlint_schema::{Resources, Snapshot};

use super::born;
use super::built::Built;
use super::node::Evaluated;
use super::properties::Properties;
use super::{Architecture, Input, Origins, Scenario, SourceError, SourceFile, SourceOptions, Sources};
pub(crate) use kinds::{
    FOLDED, alarm, backs_all_up, canonical, delivery_stream, ecs_service, edges, event_source_mapping,
    forwards, is_there, kept, pipe, registered_target, reports_batch_item_failures, selected_resources,
    selected_tags, shards, stream_consumer, stream_mode, task_definition, topic_rule,
};
use library::{Library, Nesting};
use meter::{Fault, Meter};
use scenarios::choices;
use stack::{Assignment, Declared, Stack, Surroundings};
pub(crate) use template::Template;

/// Which entries of which template became a resource or a part of one.
type Read = BTreeSet<(usize, String)>;

/// Makes architectures of templates: each with the stacks that it nests, joined where one imports what exactly
/// one other exports.
pub(crate) fn assemble(mut templates: Vec<Template>, options: &SourceOptions, sources: &mut Sources) {
    for it in &templates {
        sources.errors.extend(references::dangling(it));
        sources.errors.extend(it.repeated_keys());
        sources.errors.extend(circles(it));
    }
    tell_namesakes_apart(&mut templates);
    let library = Library::new(templates);
    let nesting = library.nesting();
    let (roots, circles) = library::roots(&nesting);
    sources.errors.extend(circles.into_iter().map(|(index, it)| nested_in_itself(&library, index, it)));
    let meters = library.templates.iter().map(|_| Meter::new(options.budget)).collect();
    let mut around =
        Surroundings { library: &library, pseudo: pseudo(options), imports: BTreeMap::new(), meters };
    let groups = joined(&roots, &mut around, options);
    let files = Arc::new(library.templates.iter().map(|it| (*it.file).clone()).collect::<Vec<_>>());

    let mut read = Read::new();
    for group in groups {
        let names: Vec<&str> =
            group.iter().map(|(root, _)| library.templates[*root].file.name.as_str()).collect();
        sources.guarded(&format!("evaluating `{}`", names.join(" + ")), |sources| {
            let architecture = architecture(&group, &around, options, &files, &mut read);
            sources.architectures.push(architecture);
        });
    }
    let faults = around.meters.iter().flat_map(Meter::faults);
    sources.errors.extend(faults.map(|(message, fault)| told(&library, message, &fault)));
    sources.inputs.extend(library.templates.iter().enumerate().map(|(at, it)| input(at, it, &read)));
}

/// An error for each condition that names itself, by way of others or not.
fn circles(template: &Template) -> impl Iterator<Item = SourceError> {
    template.order().circles.iter().map(|circle| {
        let places = circle.iter().filter_map(|it| template.place(&format!("Conditions/{it}"), 0));
        let others = &circle[1..];
        let message = match others {
            [] => format!("condition `{}` names itself", circle[0]),
            _ => format!("condition `{}` names itself, by way of `{}`", circle[0], others.join("`, `")),
        };
        SourceError::template(message, &template.file, &places.collect::<Vec<_>>())
    })
}

fn nested_in_itself(library: &Library, index: usize, nesting: &Nesting) -> SourceError {
    let template = &library.templates[index];
    let places = template.place(&format!("Resources/{}", nesting.id), 0);
    let message = if nesting.nested == index {
        format!("stack `{}` nests the template that it stands in", nesting.id)
    } else {
        let nested = &library.templates[nesting.nested].file.name;
        format!("stack `{}` nests `{nested}`, which nests this template in turn", nesting.id)
    };
    SourceError::template(message, &template.file, places.as_slice())
}

/// What came to light while a template was evaluated.
fn told(library: &Library, message: String, fault: &Fault) -> SourceError {
    let template = &library.templates[fault.template];
    let places: Vec<_> = fault.paths.iter().filter_map(|it| template.place(it, 0)).collect();
    match fault.budget {
        Some(setting) => SourceError::budget(setting, message, &template.file, &places),
        None => SourceError::template(message, &template.file, &places),
    }
}

/// Stacks whose files have the same name take their folder's name with it: keys must not collide.
fn tell_namesakes_apart(templates: &mut [Template]) {
    let mut names: Vec<String> = templates.iter().map(|it| it.stack.clone()).collect();
    names.sort();
    for template in templates {
        let first = names.partition_point(|it| *it < template.stack);
        if names.get(first + 1) == Some(&template.stack) {
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

/// Root templates that are one architecture: of each, which of them hang together by what they import.
type Group = Vec<(usize, usize)>;

/// Groups of root templates that are one architecture: those of one `cdk.out`, and those of which one imports what
/// the other exports. An export that several roots have, or whose name is not
/// fully known, joins nothing.
fn joined(roots: &[usize], around: &mut Surroundings<'_>, options: &SourceOptions) -> Vec<Group> {
    let mut exported: BTreeMap<String, Vec<(usize, Evaluated)>> = BTreeMap::new();
    let mut importers: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, root) in roots.iter().enumerate() {
        let stack = Stack::root(*root, around, &given(*root, around, options));
        for name in stack.imported() {
            importers.entry(name).or_default().push(at);
        }
        for (name, value) in stack.exports() {
            exported.entry(name).or_default().push((at, value));
        }
    }
    let mut linked: Vec<usize> = (0..roots.len()).collect();
    let join = |groups: &mut Vec<usize>, one: usize, other: usize| {
        let (one, other) = (groups::root(groups, one), groups::root(groups, other));
        groups[one.max(other)] = one.min(other);
    };
    for (name, owners) in exported {
        let [(owner, value)] = owners.as_slice() else { continue };
        for importer in importers.get(&name).into_iter().flatten().filter(|it| *it != owner) {
            join(&mut linked, *importer, *owner);
            around.imports.insert(name.clone(), value.clone());
        }
    }
    let mut whole = linked.clone();
    let mut assemblies: BTreeMap<&Path, usize> = BTreeMap::new();
    for (at, root) in roots.iter().enumerate() {
        if let Some(folder) = around.library.assembly(*root) {
            join(&mut whole, at, *assemblies.entry(folder).or_insert(at));
        }
    }
    let mut all: BTreeMap<usize, Group> = BTreeMap::new();
    for (at, root) in roots.iter().enumerate() {
        let of = groups::root(&mut whole, at);
        all.entry(of).or_default().push((*root, groups::root(&mut linked, at)));
    }
    all.into_values().collect()
}

/// The caller's values for a root's parameters.
fn given(root: usize, around: &Surroundings<'_>, options: &SourceOptions) -> Assignment {
    let declared = around.library.templates[root].parameters();
    let value = |(name, declared): (&str, template::Parameter)| {
        if declared.is_hidden() {
            return None;
        }
        let value: &String = options.parameters.get(name)?;
        Some((name.to_owned(), stack::Assigned::Value(value.clone())))
    };
    declared.filter_map(value).collect()
}

/// One architecture in its scenarios: the base of every root, then each other choice of each root with the
/// base of those that hang together with it.
fn architecture(
    group: &Group,
    around: &Surroundings<'_>,
    options: &SourceOptions,
    files: &Arc<Vec<SourceFile>>,
    read: &mut Read,
) -> Architecture {
    let relevant = |stack: &Stack<'_>| relevance::conditions(stack, &options.kinds);
    let all: Vec<_> = group
        .iter()
        .map(|(root, _)| choices(*root, around, &options.parameters, &relevant, options.budget.scenarios))
        .collect();
    let base = |at: usize| &all[at].choices[0].assignment;

    let mut scenarios: Vec<Scenario> = Vec::new();
    let mut seen: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    let mut add = |when: Option<String>, chosen: &[(usize, &Assignment)]| {
        let (snapshot, origins) = scenario(group, chosen, around, options, files, read);
        let alike = seen.entry(fingerprint(&snapshot)).or_default();
        if alike.iter().all(|it| scenarios[*it].snapshot != snapshot) {
            alike.push(scenarios.len());
            scenarios.push(Scenario { when, snapshot, origins: Arc::new(origins) });
        }
    };
    add(None, &(0..group.len()).map(|at| (at, base(at))).collect::<Vec<_>>());
    let mut together: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, (_, linked)) in group.iter().enumerate() {
        together.entry(*linked).or_default().push(at);
    }
    for (at, choices) in all.iter().enumerate() {
        let linked = &together[&group[at].1];
        for choice in &choices.choices[1..] {
            let chosen: Vec<_> = linked
                .iter()
                .map(|it| (*it, if *it == at { &choice.assignment } else { base(*it) }))
                .collect();
            add(choice.when.clone(), &chosen);
        }
    }
    let name = group
        .iter()
        .map(|(root, _)| around.library.templates[*root].file.name.as_str())
        .collect::<Vec<_>>()
        .join(" + ");
    let not_examined = all.into_iter().flat_map(|it| it.not_examined).collect();
    Architecture { name, scenarios, not_examined, changed: None }
}

/// What stacks are together, each with its choice.
fn scenario(
    group: &Group,
    chosen: &[(usize, &Assignment)],
    around: &Surroundings<'_>,
    options: &SourceOptions,
    files: &Arc<Vec<SourceFile>>,
    read: &mut Read,
) -> (Snapshot, Origins) {
    let mut built = Built { scope: options.scope(), ..Built::default() };
    let stacks: Vec<Stack<'_>> = chosen
        .iter()
        .map(|(at, it)| {
            around.meters[group[*at].0].begin_scenario();
            Stack::root(group[*at].0, around, it)
        })
        .collect();
    for it in &stacks {
        build(it, &mut built, read);
    }
    born::add(&mut built, &BTreeSet::new());
    // Only now is everything there that a part can be folded into.
    for it in &stacks {
        fold(it, &mut built, read);
    }
    kinds::complete(&mut built.resources);
    for it in stacks.iter().filter(|_| options.raw) {
        keep_raw(it, &options.kinds, &mut built);
    }
    for it in &stacks {
        unseen::tell(it, &mut built.scope);
    }
    built.finish(files)
}

/// A number that equal snapshots share.
fn fingerprint(snapshot: &Snapshot) -> u64 {
    let mut hasher = DefaultHasher::new();
    // What cannot be written is equal to nothing that can.
    serde_json::to_vec(snapshot).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
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
                kinds::leave_open(stack, id, built);
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
