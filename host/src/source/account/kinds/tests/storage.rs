//! What keeps state.

use serde_json::json;

use super::{NETWORK, first, not_collected, told, with};

#[test]
fn file_systems() {
    const EFS: &str = "AWS::EFS::FileSystem";
    let it = first(
        &with(EFS, json!({ "NumberOfMountTargets": 1, "AvailabilityZoneName": "eu-west-1a" }), &[]),
        |it| &it.efs_file_systems,
    );
    assert_eq!(
        it,
        json!({ "zone": "eu-west-1a", "automatic_backups": not_collected("BackupPolicy"), "mount_targets": not_collected("MountTargets") })
    );
    let targets = json!({ "MountTargets": [{ "SubnetId": "subnet-a", "SecurityGroups": ["sg-1"] }, { "SubnetId": "subnet-b" }], "BackupPolicy": { "Status": "ENABLED" } });
    let it = first(&told(with(EFS, json!({ "NumberOfMountTargets": 2 }), NETWORK), targets), |it| {
        &it.efs_file_systems
    });
    let mount_targets = json!([{ "subnet": "subnet-a", "security_groups": ["sg-1"] }, { "subnet": "subnet-b", "security_groups": not_collected("SecurityGroups") }]);
    assert_eq!(it, json!({ "zone": null, "automatic_backups": true, "mount_targets": mount_targets }));
    let it = first(&with(EFS, json!({ "NumberOfMountTargets": 0 }), &[]), |it| &it.efs_file_systems);
    assert_eq!(it["mount_targets"], json!([]));

    let fsx = json!({ "SubnetIds": ["subnet-a"], "NetworkInterfaceIds": ["eni-1"], "OntapConfiguration": { "DeploymentType": "MULTI_AZ_1", "AutomaticBackupRetentionDays": 30 } });
    let mut items = with("AWS::FSx::FileSystem", fsx, NETWORK);
    let interface = items.iter_mut().find(|it| it.id == "eni-1").unwrap();
    interface.configuration = json!({ "networkInterfaceId": "eni-1", "groups": [{ "groupId": "sg-1" }] });
    let it = first(&items, |it| &it.fsx_file_systems);
    assert_eq!(
        it,
        json!({ "multi_az": true, "subnets": ["subnet-a"], "security_groups": ["sg-1"], "backup_retention_days": 30 })
    );
    items.retain(|it| it.id != "eni-1");
    assert_eq!(
        first(&items, |it| &it.fsx_file_systems)["security_groups"],
        not_collected("SecurityGroupIds")
    );
    let scratch =
        json!({ "SubnetIds": ["subnet-a"], "LustreConfiguration": { "DeploymentType": "SCRATCH_2" } });
    let it = first(&with("AWS::FSx::FileSystem", scratch, NETWORK), |it| &it.fsx_file_systems);
    assert_eq!((&it["multi_az"], &it["backup_retention_days"]), (&json!(false), &json!(0)));
}

#[test]
fn search_domains_brokers_streams_and_directory_buckets() {
    let nodes = json!({ "InstanceCount": 3, "ZoneAwarenessEnabled": true });
    let vpc = json!({ "SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-1"] });
    for (kind, own) in [
        ("AWS::OpenSearchService::Domain", "ClusterConfig"),
        ("AWS::Elasticsearch::Domain", "ElasticsearchClusterConfig"),
    ] {
        let items = with(kind, json!({ own: nodes, "VPCOptions": vpc }), NETWORK);
        let expected = json!({ "instances": 3, "zone_awareness": true, "subnets": ["subnet-a"], "security_groups": ["sg-1"] });
        assert_eq!(first(&items, |it| &it.open_search_domains), expected);
    }
    let broker = json!({ "publiclyAccessible": false, "deploymentMode": "CLUSTER_MULTI_AZ", "subnetIds": ["subnet-a"], "securityGroups": ["sg-1"] });
    let expected = json!({ "publicly_accessible": false, "deployment_mode": "CLUSTER_MULTI_AZ", "subnets": ["subnet-a"], "security_groups": ["sg-1"] });
    assert_eq!(first(&with("AWS::AmazonMQ::Broker", broker, NETWORK), |it| &it.mq_brokers), expected);
    let brokers = json!({ "ClientSubnets": ["subnet-a"], "SecurityGroups": ["sg-1"], "ConnectivityInfo": { "PublicAccess": { "Type": "SERVICE_PROVIDED_EIPS" } } });
    let serverless = json!({ "Serverless": { "VpcConfigs": [vpc] } });
    for (cluster, is_public) in [
        (json!({ "Provisioned": { "BrokerNodeGroupInfo": brokers } }), true),
        (json!({ "BrokerNodeGroupInfo": brokers }), true),
        (serverless, false),
    ] {
        let it = first(&with("AWS::MSK::Cluster", cluster, NETWORK), |it| &it.msk_clusters);
        assert_eq!(
            it,
            json!({ "subnets": ["subnet-a"], "security_groups": ["sg-1"], "public_access": is_public })
        );
    }
    let second = json!({ "SubnetIds": ["subnet-b"] });
    let reached = json!({ "Serverless": { "VpcConfigs": [vpc, second] } });
    let it = first(&with("AWS::MSK::Cluster", reached, NETWORK), |it| &it.msk_clusters);
    assert_eq!(it["subnets"], json!(["subnet-a", "subnet-b"]));
    for (bucket, is_single) in [
        (json!({ "Name": "logs--use1-az4--x-s3" }), true),
        (json!({ "Name": "logs--usw2-lax1-az1--x-s3" }), false),
        (json!({ "BucketName": "logs--use1-az4--x-s3", "DataRedundancy": "SingleAvailabilityZone" }), true),
    ] {
        let it = first(&with("AWS::S3Express::DirectoryBucket", bucket, &[]), |it| &it.directory_buckets);
        assert_eq!(it, json!({ "single_zone": is_single }));
    }
}
