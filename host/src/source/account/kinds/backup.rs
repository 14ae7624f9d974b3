//! AWS Backup and Data Lifecycle Manager.

use archlint_schema::{
    BackupCopy, BackupPlan, BackupRule, BackupSelection, Key, LifecyclePolicy, Resources, Value,
};

use super::{named, not_collected};
use crate::source::cloudformation::{selected_resources, selected_tags};
use crate::source::formats::region_of_arn;
use crate::source::node::{Evaluated, Node};
use crate::source::properties::{Properties, required, texts, truth, whole_number};

/// Adds a resource that backs others up; whether it is of such a kind.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "AWS::Backup::BackupPlan" => all.backup_plans.push(backup_plan(it)),
        "AWS::Backup::BackupSelection" => all.backup_selections.push(backup_selection(it)),
        "AWS::DLM::LifecyclePolicy" => all.lifecycle_policies.push(lifecycle_policy(it)),
        _ => return false,
    }
    true
}

fn backup_plan(it: &mut Properties<'_>) -> BackupPlan {
    let copy = |it: &Node| BackupCopy { region: region_of_arn(&it.field("DestinationBackupVaultArn")) };
    let rule = |it: &Node| BackupRule {
        continuous: truth(&it.field("EnableContinuousBackup")).map(|it| it.unwrap_or(false)),
        delete_after_days: whole_number(&it.field("Lifecycle").field("DeleteAfterDays")),
        copies: it.field("CopyActions").items().map(|all| all.iter().map(copy).collect()),
    };
    let rules = named(it, &["BackupPlan.Rules", "BackupPlan.BackupPlanRule"]);
    BackupPlan {
        meta: it.meta(None),
        rules: if it.has(rules) {
            it.list(rules, "rules").map(|all| all.iter().map(rule).collect())
        } else {
            not_collected(rules)
        },
    }
}

fn backup_selection(it: &mut Properties<'_>) -> BackupSelection {
    const CONDITION: [&str; 2] = ["ConditionKey", "ConditionValue"];
    let plan = it.required_edge("BackupPlanId", "plan");
    if !it.has("BackupSelection") {
        return hidden_selection(it, plan);
    }
    BackupSelection {
        meta: it.meta(None),
        plan,
        resources: selected_resources(it, "BackupSelection.Resources", "resources"),
        not_resources: selected_resources(it, "BackupSelection.NotResources", "not_resources"),
        any_tags: selected_tags(it, "BackupSelection.ListOfTags", CONDITION, "any_tags"),
        all_tags: selected_tags(it, "BackupSelection.Conditions.StringEquals", CONDITION, "all_tags"),
        other_conditions: Value::Known(has_other_conditions(it)),
    }
}

/// A selection of which only the plan was told.
fn hidden_selection(it: &mut Properties<'_>, plan: Value<Key>) -> BackupSelection {
    const SELECTION: &str = "BackupSelection";
    BackupSelection {
        meta: it.meta(None),
        plan,
        resources: not_collected(SELECTION),
        not_resources: not_collected(SELECTION),
        any_tags: not_collected(SELECTION),
        all_tags: not_collected(SELECTION),
        other_conditions: not_collected(SELECTION),
    }
}

/// AWS lists every kind of condition, those that there are none of too.
fn has_other_conditions(it: &mut Properties<'_>) -> bool {
    let has_some = |kind: &str| {
        let conditions = it.get(&format!("BackupSelection.Conditions.{kind}")).items();
        conditions.known().is_some_and(|all| !all.is_empty())
    };
    ["StringLike", "StringNotEquals", "StringNotLike"].into_iter().any(has_some)
}

fn lifecycle_policy(it: &mut Properties<'_>) -> LifecyclePolicy {
    let is_default =
        it.text("DefaultPolicy", "target_tags").is(|it| it.as_deref().is_some_and(|it| it != "false"));
    let types = named(it, &["PolicyDetails.ResourceTypes", "PolicyDetails.ResourceType"]);
    LifecyclePolicy {
        meta: it.meta(None),
        enabled: required(it.text("State", "enabled"), "State").map(|it| it == "ENABLED"),
        resource_types: if it.has(types) {
            texts(it.list(types, "resource_types"), "ResourceTypes")
        } else {
            not_collected(types)
        },
        // A default policy takes everything but what it excludes.
        target_tags: if is_default.is_true() {
            not_collected("DefaultPolicy")
        } else {
            selected_tags(it, "PolicyDetails.TargetTags", ["Key", "Value"], "target_tags")
        },
        copy_regions: copy_regions(it),
    }
}

/// The regions that any schedule copies to, or a default policy does; an older form names the region as `TargetRegion`.
fn copy_regions(it: &mut Properties<'_>) -> Value<Vec<Value<String>>> {
    const DETAILS: &str = "PolicyDetails";
    if !it.has(DETAILS) {
        return not_collected(DETAILS);
    }
    let of_list = |list: Node| list.items().known().cloned().unwrap_or_default();
    let rules = |schedule: &Node| of_list(schedule.field("CrossRegionCopyRules"));
    let region = |rule: &Node| {
        let named = ["Target", "TargetRegion"].map(|name| rule.field(name));
        let named = named.into_iter().find(|it| it.value != Evaluated::Absent);
        named.map_or_else(|| not_collected("TargetRegion"), |it| required(it.text(), "TargetRegion"))
    };
    let targets = of_list(it.get("PolicyDetails.CrossRegionCopyTargets"));
    let schedules = it.list("PolicyDetails.Schedules", "copy_regions");
    schedules.map(|all| all.iter().flat_map(rules).chain(targets.clone()).map(|it| region(&it)).collect())
}
