//! File systems, search domains, brokers, streams, directory buckets.

use archlint_schema::{
    DirectoryBucket, EfsFileSystem, FsxFileSystem, Key, MountTarget, MqBroker, MskCluster, NetworkInterface,
    OpenSearchDomain, Resources, Value,
};

use super::always::always_edges;
use super::{named, not_collected};
use crate::source::built::on;
use crate::source::node::{Evaluated, Node};
use crate::source::properties::{Properties, required};

/// Adds a resource that keeps state; whether it is of such a kind.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "AWS::EFS::FileSystem" => all.efs_file_systems.push(efs_file_system(it)),
        "AWS::FSx::FileSystem" => all.fsx_file_systems.push(fsx_file_system(it)),
        "AWS::OpenSearchService::Domain" => all.open_search_domains.push(domain(it)),
        "AWS::AmazonMQ::Broker" => all.mq_brokers.push(mq_broker(it)),
        "AWS::MSK::Cluster" => all.msk_clusters.push(msk_cluster(it)),
        "AWS::S3Express::DirectoryBucket" => all.directory_buckets.push(directory_bucket(it)),
        _ => return false,
    }
    true
}

/// The security groups of an FSx file system are told by its interfaces only.
pub(super) fn fold(kind: &str, it: &mut Properties<'_>, all: &mut Resources) {
    const INTERFACES: &str = "NetworkInterfaceIds";
    if kind != "AWS::FSx::FileSystem" || !it.has(INTERFACES) {
        return;
    }
    let interfaces = it.edges(INTERFACES, "security_groups");
    let groups_of = |interface: &Value<Key>| match all.get::<NetworkInterface>(interface.known()?)? {
        NetworkInterface { security_groups: Value::Known(groups), .. } => Some(groups.clone()),
        _ => None,
    };
    let groups = interfaces.known().and_then(|it| it.iter().map(groups_of).collect::<Option<Vec<_>>>());
    if let Some(groups) = groups {
        let mut distinct: Vec<Value<Key>> = Vec::new();
        for group in groups.into_iter().flatten() {
            if !distinct.contains(&group) {
                distinct.push(group);
            }
        }
        on(all, &Value::Known(Some(it.declaration().key())), |it: &mut FsxFileSystem| {
            it.security_groups = Value::Known(distinct);
            "security_groups".to_owned()
        });
    }
}

fn efs_file_system(it: &mut Properties<'_>) -> EfsFileSystem {
    let status = it.text("BackupPolicy.Status", "automatic_backups");
    EfsFileSystem {
        meta: it.meta(None),
        zone: it.zone("AvailabilityZoneName", "zone"),
        automatic_backups: required(status, "BackupPolicy").map(|it| it == "ENABLED" || it == "ENABLING"),
        mount_targets: mount_targets(it),
    }
}

fn mount_targets(it: &mut Properties<'_>) -> Value<Vec<MountTarget>> {
    if !it.has("MountTargets") {
        let has_none = it.integer("NumberOfMountTargets", "mount_targets") == Value::Known(Some(0));
        return if has_none { Value::Known(Vec::new()) } else { not_collected("MountTargets") };
    }
    match it.list("MountTargets", "mount_targets").decided() {
        Ok(all) => Value::Known(all.iter().map(|item| mount_target(it, item)).collect()),
        Err(why) => Value::Unknown(why),
    }
}

fn mount_target(it: &mut Properties<'_>, item: &Node) -> MountTarget {
    let groups = item.field("SecurityGroups");
    MountTarget {
        subnet: required(it.edge_of(&item.field("SubnetId")), "SubnetId"),
        security_groups: if groups.value == Evaluated::Absent {
            not_collected("SecurityGroups")
        } else {
            it.edges_of(&groups, "security_groups", "")
        },
    }
}

/// What each type of file system calls its configuration.
const FSX_TYPES: [&str; 4] =
    ["WindowsConfiguration", "OntapConfiguration", "OpenZFSConfiguration", "LustreConfiguration"];

fn fsx_file_system(it: &mut Properties<'_>) -> FsxFileSystem {
    let own = named(it, &FSX_TYPES);
    let [deployment, days] =
        ["DeploymentType", "AutomaticBackupRetentionDays"].map(|name| format!("{own}.{name}"));
    let retention = it.integer(&days, "backup_retention_days");
    FsxFileSystem {
        meta: it.meta(None),
        multi_az: required(it.text(&deployment, "multi_az"), &deployment)
            .map(|it| it.starts_with("MULTI_AZ")),
        subnets: always_edges(it, &[("SubnetIds", "")], "subnets"),
        security_groups: always_edges(it, &[("SecurityGroupIds", "")], "security_groups"),
        // A scratch file system of Lustre has no backups.
        backup_retention_days: if it.has("LustreConfiguration") {
            retention.map(|it| it.unwrap_or(0))
        } else {
            required(retention, &days)
        },
    }
}

fn domain(it: &mut Properties<'_>) -> OpenSearchDomain {
    let nodes = named(it, &["ClusterConfig", "ElasticsearchClusterConfig"]);
    let [count, awareness, standby] = ["InstanceCount", "ZoneAwarenessEnabled", "MultiAZWithStandbyEnabled"]
        .map(|it| format!("{nodes}.{it}"));
    let aware = required(it.boolean(&awareness, "zone_awareness"), &awareness);
    OpenSearchDomain {
        meta: it.meta(Some("DomainName")),
        instances: required(it.integer(&count, "instances"), &count),
        zone_awareness: aware.or(it.boolean_or(&standby, "zone_awareness", false)),
        // Outside a VPC it names none.
        subnets: it.edges("VPCOptions.SubnetIds", "subnets"),
        security_groups: it.edges("VPCOptions.SecurityGroupIds", "security_groups"),
    }
}

fn mq_broker(it: &mut Properties<'_>) -> MqBroker {
    let public = it.boolean("PubliclyAccessible", "publicly_accessible");
    MqBroker {
        meta: it.meta(Some("BrokerName")),
        publicly_accessible: required(public, "PubliclyAccessible"),
        deployment_mode: required(it.text("DeploymentMode", "deployment_mode"), "DeploymentMode"),
        subnets: always_edges(it, &[("SubnetIds", "")], "subnets"),
        security_groups: always_edges(it, &[("SecurityGroups", "")], "security_groups"),
    }
}

fn msk_cluster(it: &mut Properties<'_>) -> MskCluster {
    let brokers = named(it, &["Provisioned.BrokerNodeGroupInfo", "BrokerNodeGroupInfo"]);
    let [subnets, groups, access] = ["ClientSubnets", "SecurityGroups", "ConnectivityInfo.PublicAccess.Type"]
        .map(|it| format!("{brokers}.{it}"));
    let is_serverless = it.has("Serverless");
    MskCluster {
        meta: it.meta(Some("ClusterName")),
        subnets: if is_serverless {
            of_vpcs(it, "SubnetIds", "subnets")
        } else {
            always_edges(it, &[(&subnets, "")], "subnets")
        },
        security_groups: if is_serverless {
            of_vpcs(it, "SecurityGroupIds", "security_groups")
        } else {
            always_edges(it, &[(&groups, "")], "security_groups")
        },
        public_access: it.text(&access, "public_access").map(|it| it.is_some_and(|it| it != "DISABLED")),
    }
}

/// What a serverless cluster has in all the VPCs that it is reached from.
fn of_vpcs(it: &mut Properties<'_>, property: &str, path: &str) -> Value<Vec<Value<Key>>> {
    match it.list("Serverless.VpcConfigs", path).decided() {
        Ok(vpcs) => {
            let ids = vpcs.iter().filter_map(|vpc| vpc.field(property).items().known().cloned()).flatten();
            Value::Known(ids.map(|id| required(it.edge_of(&id), property)).collect())
        }
        Err(why) => Value::Unknown(why),
    }
}

/// The name has the id of its zone in it: `logs--use1-az4--x-s3` is in an Availability Zone,
/// `logs--usw2-lax1-az1--x-s3` in a Local Zone.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/directory-bucket-naming-rules.html>
fn directory_bucket(it: &mut Properties<'_>) -> DirectoryBucket {
    let name = named(it, &["Name", "BucketName"]);
    let bucket = required(it.text(name, "single_zone"), name);
    DirectoryBucket {
        meta: it.meta(Some(name)),
        single_zone: if it.has("DataRedundancy") {
            it.text("DataRedundancy", "single_zone").map(|it| it.as_deref() == Some("SingleAvailabilityZone"))
        } else {
            bucket.map(|it| zone_id(&it).is_some_and(|it| it.matches('-').count() == 1))
        },
    }
}

fn zone_id(bucket: &str) -> Option<&str> {
    bucket.strip_suffix("--x-s3")?.rsplit("--").next()
}
