//! AWS Backup and Data Lifecycle Manager.

use archlint_schema::{
    BackupCopy, BackupPlan, BackupRule, BackupSelection, LifecyclePolicy, Reason, Resources,
    SelectedResource, SelectedTag, Value,
};

use crate::source::formats::region_of_arn;
use crate::source::node::{Evaluated, Node};
use crate::source::properties::{Properties, required, texts, truth, whole_number};

/// Adds a resource that backs others up; whether it is of such a kind.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "aws_backup_plan" => all.backup_plans.push(backup_plan(it)),
        "aws_backup_selection" => all.backup_selections.push(backup_selection(it)),
        "aws_dlm_lifecycle_policy" => all.lifecycle_policies.push(lifecycle_policy(it)),
        _ => return false,
    }
    true
}

fn backup_plan(it: &mut Properties<'_>) -> BackupPlan {
    let copy = |it: &Node| BackupCopy { region: region_of_arn(&it.field("destination_vault_arn")) };
    let rule = |it: &Node| BackupRule {
        continuous: truth(&it.field("enable_continuous_backup")).map(|it| it.unwrap_or(false)),
        delete_after_days: whole_number(&it.field("lifecycle").field("0").field("delete_after")),
        copies: it.field("copy_action").items().map(|all| all.iter().map(copy).collect()),
    };
    BackupPlan {
        meta: it.meta(Some("name")),
        rules: it.list("rule", "rules").map(|all| all.iter().map(rule).collect()),
    }
}

fn backup_selection(it: &mut Properties<'_>) -> BackupSelection {
    let others = ["string_like", "string_not_equals", "string_not_like"];
    let has_others = others.iter().any(|name| it.has(&format!("condition.0.{name}")));
    BackupSelection {
        meta: it.meta(Some("name")),
        plan: it.required_edge("plan_id", "plan"),
        resources: selected(it, "resources"),
        not_resources: selected(it, "not_resources"),
        any_tags: tags(it, "selection_tag", "any_tags"),
        all_tags: tags(it, "condition.0.string_equals", "all_tags"),
        other_conditions: Value::Known(has_others),
    }
}

/// The resources of a list of ARNs: references, or patterns.
fn selected(it: &mut Properties<'_>, property: &str) -> Value<Vec<Value<SelectedResource>>> {
    let resource = |it: &Node| match &it.value {
        Evaluated::Edge(key) => Value::Known(SelectedResource::Resource(key.clone())),
        _ => required(it.text(), property).map(SelectedResource::Pattern),
    };
    it.list(property, property).map(|all| all.iter().map(resource).collect())
}

/// Conditions say that a key is a tag's.
fn tags(it: &mut Properties<'_>, property: &str, path: &str) -> Value<Vec<SelectedTag>> {
    let tag = |it: &Node| SelectedTag {
        key: required(it.field("key").text(), "key")
            .map(|it| it.strip_prefix("aws:ResourceTag/").unwrap_or(&it).to_owned()),
        value: required(it.field("value").text(), "value"),
    };
    it.list(property, path).map(|all| all.iter().map(tag).collect())
}

fn lifecycle_policy(it: &mut Properties<'_>) -> LifecyclePolicy {
    LifecyclePolicy {
        meta: it.meta(None),
        enabled: it.text_or("state", "enabled", "ENABLED").map(|it| it == "ENABLED"),
        resource_types: texts(it.list("policy_details.0.resource_types", "resource_types"), "resource_types"),
        target_tags: target_tags(it),
        copy_regions: copy_regions(it),
    }
}

/// A map of tags; a default policy takes everything but what it excludes.
fn target_tags(it: &mut Properties<'_>) -> Value<Vec<SelectedTag>> {
    let node = it.get("policy_details.0.target_tags");
    it.mark("target_tags", &node);
    match &node.value {
        _ if it.has("default_policy") => Value::unknown(Reason::NotCollected, "default_policy"),
        Evaluated::Absent => Value::Known(Vec::new()),
        Evaluated::Map(tags) => {
            let tag = |(key, value): (&String, &Node)| SelectedTag {
                key: Value::Known(key.clone()),
                value: required(value.text(), key),
            };
            Value::Known(tags.iter().map(tag).collect())
        }
        Evaluated::Unknown(why) | Evaluated::External { why, .. } => Value::Unknown(why.clone()),
        _ => Value::unknown(Reason::Computed, "target_tags"),
    }
}

/// The regions that any schedule copies to.
fn copy_regions(it: &mut Properties<'_>) -> Value<Vec<Value<String>>> {
    let rules = |schedule: &Node| {
        schedule.field("cross_region_copy_rule").items().known().cloned().unwrap_or_default()
    };
    let region = |rule: &Node| required(rule.field("target").text(), "target");
    let schedules = it.list("policy_details.0.schedule", "copy_regions");
    schedules.map(|all| all.iter().flat_map(rules).map(|it| region(&it)).collect())
}
