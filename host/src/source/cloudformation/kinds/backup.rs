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
    BackupPlan {
        meta: it.meta(None),
        rules: it.list("BackupPlan.BackupPlanRule", "rules").map(|all| all.iter().map(rule).collect()),
    }
}

fn backup_selection(it: &mut Properties<'_>) -> BackupSelection {
    let others = ["StringLike", "StringNotEquals", "StringNotLike"];
    let has_others = others.iter().any(|name| it.has(&format!("BackupSelection.Conditions.{name}")));
    BackupSelection {
        meta: it.meta(None),
        plan: it.required_edge("BackupPlanId", "plan"),
        resources: selected_resources(it, "BackupSelection.Resources", "resources"),
        not_resources: selected_resources(it, "BackupSelection.NotResources", "not_resources"),
        any_tags: selected_tags(
            it,
            "BackupSelection.ListOfTags",
            ["ConditionKey", "ConditionValue"],
            "any_tags",
        ),
        all_tags: selected_tags(
            it,
            "BackupSelection.Conditions.StringEquals",
            ["ConditionKey", "ConditionValue"],
            "all_tags",
        ),
        other_conditions: Value::Known(has_others),
    }
}

/// The resources of a list of ARNs: references, or patterns.
pub(crate) fn selected_resources(
    it: &mut Properties<'_>,
    property: &str,
    path: &str,
) -> Value<Vec<Value<SelectedResource>>> {
    let resource = |it: &Node| match &it.value {
        Evaluated::Edge(key) => Value::Known(SelectedResource::Resource(key.clone())),
        _ => required(it.text(), path).map(SelectedResource::Pattern),
    };
    it.list(property, path).map(|all| all.iter().map(resource).collect())
}

/// Tags of a list whose items call key and value as given; conditions say that a key is a tag's.
pub(crate) fn selected_tags(
    it: &mut Properties<'_>,
    property: &str,
    names: [&str; 2],
    path: &str,
) -> Value<Vec<SelectedTag>> {
    let tag = |it: &Node| {
        let [key, value] = names.map(|name| required(it.field(name).text(), name));
        SelectedTag {
            key: key.map(|it| it.strip_prefix("aws:ResourceTag/").unwrap_or(&it).to_owned()),
            value,
        }
    };
    it.list(property, path).map(|all| all.iter().map(tag).collect())
}

fn lifecycle_policy(it: &mut Properties<'_>) -> LifecyclePolicy {
    LifecyclePolicy {
        meta: it.meta(None),
        enabled: it.text_or("State", "enabled", "ENABLED").map(|it| it == "ENABLED"),
        resource_types: texts(it.list("PolicyDetails.ResourceTypes", "resource_types"), "ResourceTypes"),
        // A default policy takes everything but what it excludes.
        target_tags: if it.has("DefaultPolicy") {
            Value::unknown(Reason::NotCollected, "DefaultPolicy")
        } else {
            selected_tags(it, "PolicyDetails.TargetTags", ["Key", "Value"], "target_tags")
        },
        copy_regions: copy_regions(it),
    }
}

/// The regions that any schedule copies to; an older form names the region as `TargetRegion`.
fn copy_regions(it: &mut Properties<'_>) -> Value<Vec<Value<String>>> {
    let rules =
        |schedule: &Node| schedule.field("CrossRegionCopyRules").items().known().cloned().unwrap_or_default();
    let region = |rule: &Node| {
        let named = ["Target", "TargetRegion"].map(|name| rule.field(name));
        let named = named.into_iter().find(|it| it.value != Evaluated::Absent);
        named.map_or_else(Value::default, |it| required(it.text(), "Target"))
    };
    let schedules = it.list("PolicyDetails.Schedules", "copy_regions");
    schedules.map(|all| all.iter().flat_map(rules).map(|it| region(&it)).collect())
}
