//! File systems, search domains, brokers, streams, directory buckets.

use archlint_schema::{
    DirectoryBucket, EfsFileSystem, FsxFileSystem, MqBroker, MskCluster, OpenSearchDomain, Resources, Value,
};

use crate::source::properties::Properties;

/// Adds a resource that keeps state; whether it is of such a kind.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "AWS::EFS::FileSystem" => all.efs_file_systems.push(efs_file_system(it)),
        "AWS::FSx::FileSystem" => all.fsx_file_systems.push(fsx_file_system(it)),
        "AWS::OpenSearchService::Domain" => all.open_search_domains.push(domain(it, "ClusterConfig")),
        "AWS::Elasticsearch::Domain" => {
            all.open_search_domains.push(domain(it, "ElasticsearchClusterConfig"));
        }
        "AWS::AmazonMQ::Broker" => all.mq_brokers.push(mq_broker(it)),
        "AWS::MSK::Cluster" => all.msk_clusters.push(msk_cluster(it)),
        "AWS::S3Express::DirectoryBucket" => all.directory_buckets.push(directory_bucket(it)),
        _ => return false,
    }
    true
}

fn efs_file_system(it: &mut Properties<'_>) -> EfsFileSystem {
    let zone = it.zone("AvailabilityZoneName", "zone");
    EfsFileSystem {
        meta: it.meta(None),
        // A One Zone file system is backed up unless told otherwise.
        automatic_backups: match it.text("BackupPolicy.Status", "automatic_backups") {
            Value::Known(None) => zone.is(Option::is_some),
            status => status.is(|it| it.as_deref() == Some("ENABLED")),
        },
        zone,
        mount_targets: Value::Known(Vec::new()),
    }
}

/// What each type of file system calls its configuration, and for how many days it keeps automatic backups unless told
/// otherwise.
const FSX_TYPES: [(&str, i64); 4] = [
    ("WindowsConfiguration", 30),
    ("OntapConfiguration", 30),
    ("OpenZFSConfiguration", 30),
    ("LustreConfiguration", 0),
];

fn fsx_file_system(it: &mut Properties<'_>) -> FsxFileSystem {
    let (own, days) = FSX_TYPES.into_iter().find(|(own, _)| it.has(own)).unwrap_or(FSX_TYPES[3]);
    FsxFileSystem {
        meta: it.meta(None),
        multi_az: it
            .text(&format!("{own}.DeploymentType"), "multi_az")
            .map(|it| it.is_some_and(|it| it.starts_with("MULTI_AZ"))),
        subnets: it.edges("SubnetIds", "subnets"),
        security_groups: it.edges("SecurityGroupIds", "security_groups"),
        backup_retention_days: it.integer_or(
            &format!("{own}.AutomaticBackupRetentionDays"),
            "backup_retention_days",
            days,
        ),
    }
}

fn domain(it: &mut Properties<'_>, nodes: &str) -> OpenSearchDomain {
    let mut flag = |name: &str| it.boolean_or(&format!("{nodes}.{name}"), "zone_awareness", false);
    let zone_awareness = flag("ZoneAwarenessEnabled").or(flag("MultiAZWithStandbyEnabled"));
    OpenSearchDomain {
        meta: it.meta(Some("DomainName")),
        instances: it.integer_or(&format!("{nodes}.InstanceCount"), "instances", 1),
        zone_awareness,
        subnets: it.edges("VPCOptions.SubnetIds", "subnets"),
        security_groups: it.edges("VPCOptions.SecurityGroupIds", "security_groups"),
    }
}

fn mq_broker(it: &mut Properties<'_>) -> MqBroker {
    MqBroker {
        meta: it.meta(Some("BrokerName")),
        publicly_accessible: it.boolean_or("PubliclyAccessible", "publicly_accessible", false),
        deployment_mode: it.text_or("DeploymentMode", "deployment_mode", "SINGLE_INSTANCE"),
        subnets: it.edges("SubnetIds", "subnets"),
        security_groups: it.edges("SecurityGroups", "security_groups"),
    }
}

fn msk_cluster(it: &mut Properties<'_>) -> MskCluster {
    const PUBLIC: &str = "BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type";
    MskCluster {
        meta: it.meta(Some("ClusterName")),
        subnets: it.edges("BrokerNodeGroupInfo.ClientSubnets", "subnets"),
        security_groups: it.edges("BrokerNodeGroupInfo.SecurityGroups", "security_groups"),
        public_access: it.text(PUBLIC, "public_access").map(|it| it.is_some_and(|it| it != "DISABLED")),
    }
}

fn directory_bucket(it: &mut Properties<'_>) -> DirectoryBucket {
    DirectoryBucket {
        meta: it.meta(Some("BucketName")),
        single_zone: it
            .text("DataRedundancy", "single_zone")
            .map(|it| it.is_none_or(|it| it == "SingleAvailabilityZone")),
    }
}
