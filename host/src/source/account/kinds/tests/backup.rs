//! What backs up.

use serde_json::{Value as Json, json};

use super::{first, not_collected, with};

#[test]
fn plans_and_selections_of_backups() {
    let rule = json!({
        "RuleName": "daily", "EnableContinuousBackup": true, "Lifecycle": { "DeleteAfterDays": 35 },
        "CopyActions": [{ "DestinationBackupVaultArn": "arn:aws:backup:eu-central-1:111122223333:backup-vault:dr" }],
    });
    for rules in ["Rules", "BackupPlanRule"] {
        let plan =
            json!({ "BackupPlan": { "BackupPlanName": "p", rules: [rule, { "RuleName": "weekly" }] } });
        let expected = json!({ "rules": [
            { "continuous": true, "delete_after_days": 35, "copies": [{ "region": "eu-central-1" }] },
            { "continuous": false, "delete_after_days": null, "copies": [] },
        ] });
        assert_eq!(first(&with("AWS::Backup::BackupPlan", plan, &[]), |it| &it.backup_plans), expected);
    }
    let it =
        first(&with("AWS::Backup::BackupPlan", json!({ "BackupPlanName": "p" }), &[]), |it| &it.backup_plans);
    assert_eq!(it, json!({ "rules": not_collected("BackupPlan.BackupPlanRule") }));

    let selection = |others: Json| {
        json!({
            "BackupPlanId": "plan-1", "SelectionId": "it",
            "BackupSelection": {
                "Resources": ["arn:db", "arn:aws:ec2:*:*:volume/*"], "NotResources": [],
                "ListOfTags": [{ "ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "daily" }],
                "Conditions": { "StringEquals": [{ "ConditionKey": "aws:ResourceTag/env", "ConditionValue": "prod" }], "StringLike": others },
            },
        })
    };
    let others = [("AWS::Backup::BackupPlan", "plan-1"), ("AWS::RDS::DBInstance", "arn:db")];
    for (like, has_others) in
        [(json!([]), false), (json!([{ "ConditionKey": "aws:ResourceTag/a", "ConditionValue": "b*" }]), true)]
    {
        let it = first(&with("AWS::Backup::BackupSelection", selection(like), &others), |it| {
            &it.backup_selections
        });
        let expected = json!({
            "plan": "plan-1", "resources": [{ "resource": "arn:db" }, { "pattern": "arn:aws:ec2:*:*:volume/*" }], "not_resources": [],
            "any_tags": [{ "key": "backup", "value": "daily" }], "all_tags": [{ "key": "env", "value": "prod" }], "other_conditions": has_others,
        });
        assert_eq!(it, expected);
    }
    let listed = with("AWS::Backup::BackupSelection", json!({ "BackupPlanId": "plan-1" }), &others);
    let it = first(&listed, |it| &it.backup_selections);
    assert_eq!((&it["plan"], &it["resources"]), (&json!("plan-1"), &not_collected("BackupSelection")));
}

#[test]
fn policies_of_data_lifecycle_manager() {
    let details = json!({
        "ResourceTypes": ["VOLUME"], "TargetTags": [{ "Key": "backup", "Value": "daily" }],
        "Schedules": [{ "CrossRegionCopyRules": [{ "Target": "eu-central-1" }, { "TargetRegion": "eu-west-2" }] }, {}],
    });
    let policy = json!({ "State": "ENABLED", "DefaultPolicy": false, "PolicyDetails": details });
    let it = first(&with("AWS::DLM::LifecyclePolicy", policy, &[]), |it| &it.lifecycle_policies);
    let expected = json!({
        "enabled": true, "resource_types": ["VOLUME"], "target_tags": [{ "key": "backup", "value": "daily" }],
        "copy_regions": ["eu-central-1", "eu-west-2"],
    });
    assert_eq!(it, expected);
    let details =
        json!({ "ResourceType": "INSTANCE", "CrossRegionCopyTargets": [{ "TargetRegion": "eu-central-1" }] });
    let policy = json!({ "State": "ERROR", "DefaultPolicy": true, "PolicyDetails": details });
    let it = first(&with("AWS::DLM::LifecyclePolicy", policy, &[]), |it| &it.lifecycle_policies);
    let expected = json!({
        "enabled": false, "resource_types": ["INSTANCE"], "target_tags": not_collected("DefaultPolicy"), "copy_regions": ["eu-central-1"],
    });
    assert_eq!(it, expected);
}
