//! What a template does not show: macros, includes and modules add resources on deployment, a stack whose template is
//! not at hand and a custom resource do what they like to what they are given.

use std::collections::BTreeSet;

use archlint_schema::{Key, Reason, Scope, Unknown};
use serde_json::Value as Json;

use super::stack::Stack;
use super::template::Template;

const MACRO: &str = "Fn::Transform";

/// AWS's own transforms of which it is known what they add: nothing that the parser does not add too, or resources of
/// a few types. <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html>
const KNOWN_TRANSFORMS: &[(&str, &[&str])] = &[
    ("AWS::CodeDeployBlueGreen", &["AWS::ECS::TaskDefinition", "AWS::ECS::TaskSet"]),
    ("AWS::LanguageExtensions", &[]),
    ("AWS::SecretsManager", &["AWS::Lambda::Function"]),
    ("AWS::Serverless", &[]),
];

/// Why a template may have resources of any type, and with any name, that it does not show.
pub(super) fn of_macros(template: &Template) -> Option<Unknown> {
    let computed = |what: String| Some(Unknown::new(Reason::Computed, what));
    if let Some(name) = template.transforms().find(|it| known_transform(it).is_none()) {
        return computed(format!("the transform {name}"));
    }
    let all = template.section("Resources")?;
    if template.has_section(MACRO) || all.contains_key(MACRO) {
        return computed(format!("{MACRO} adds resources"));
    }
    let (id, _) = all.iter().find(|(_, it)| it["Type"].is_null() && is_rewritten(it))?;
    computed(format!("what {id} becomes"))
}

/// Why a template may have resources of any type whose names begin with that of a module.
fn of_modules(template: &Template) -> Option<Unknown> {
    let (id, _) = template.resources().find(|(_, it)| is_module(it))?;
    Some(Unknown::new(Reason::Computed, format!("the resources of module {id}")))
}

/// Whether a resource is a module of the registry: it stands for resources whose names begin with its own.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/modules.html>
pub(super) fn is_module(resource: &Json) -> bool {
    resource["Type"].as_str().is_some_and(|kind| kind.ends_with("::MODULE"))
}

/// Whether a macro rewrites a part of a template: what it leaves there, and what it adds, is not known.
pub(super) fn is_rewritten(json: &Json) -> bool {
    json.get(MACRO).is_some()
}

/// A transform of AWS's own, by its name or with the date of its version; the types that it adds.
fn known_transform(name: &str) -> Option<&'static [&'static str]> {
    let is_it = |known: &str| {
        name.strip_prefix(known).is_some_and(|version| version.is_empty() || version.starts_with('-'))
    };
    KNOWN_TRANSFORMS.iter().find(|(known, _)| is_it(known)).map(|(_, adds)| *adds)
}

/// Tells the scope what a stack, and those that it nests, do not show.
pub(super) fn tell(stack: &Stack<'_>, scope: &mut Scope) {
    for (kind, why) in &stack.hidden {
        scope.open(kind, why);
    }
    if let Some(why) = of_macros(&stack.template).or_else(|| of_modules(&stack.template)) {
        scope.open_all(&why);
    }
    for name in stack.template.transforms() {
        let why = Unknown::new(Reason::Computed, format!("the transform {name}"));
        known_transform(name).into_iter().flatten().for_each(|kind| scope.open(kind, &why));
    }
    for (id, _) in stack.template.resources() {
        if stack.exists(id) && is_opaque(stack, id) {
            let why = Unknown::new(Reason::Computed, format!("what {id} does with it"));
            for given in mentioned(stack, id) {
                scope.open_parent(&given, &why);
            }
        }
    }
    stack.nested.values().for_each(|it| tell(it, scope));
}

/// Whether a resource may make others that the template does not show, out of what it is given.
fn is_opaque(stack: &Stack<'_>, id: &str) -> bool {
    match stack.template.kind(id) {
        "AWS::CloudFormation::Stack" => !stack.nested.contains_key(id),
        "AWS::CloudFormation::CustomResource" => true,
        kind => kind.starts_with("Custom::"),
    }
}

/// The resources of a stack that the properties of one mention, but for whom a custom resource asks to do its work.
pub(super) fn mentioned(stack: &Stack<'_>, id: &str) -> BTreeSet<Key> {
    let mut names = BTreeSet::new();
    let properties = stack.template.resource(id).and_then(|it| it["Properties"].as_object());
    for (_, it) in properties.into_iter().flatten().filter(|(name, _)| *name != "ServiceToken") {
        super::references::each(it, &mut |name| _ = names.insert(name.to_owned()));
    }
    names.into_iter().filter(|it| stack.template.resource(it).is_some()).map(|it| stack.key(&it)).collect()
}
