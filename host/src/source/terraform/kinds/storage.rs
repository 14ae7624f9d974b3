//! File systems, search domains, brokers, streams, directory buckets.

use archlint_schema::{
    DirectoryBucket, EfsFileSystem, FsxFileSystem, MqBroker, MskCluster, OpenSearchDomain, Resources, Value,
};

use crate::source::properties::Properties;

/// Adds a resource that keeps state; whether it is of such a kind.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "aws_efs_file_system" => all.efs_file_systems.push(efs_file_system(it)),
        // The provider's own default for Windows; the others keep no automatic backups unless told to.
        "aws_fsx_windows_file_system" => all.fsx_file_systems.push(fsx_file_system(it, 7)),
        "aws_fsx_lustre_file_system" | "aws_fsx_ontap_file_system" | "aws_fsx_openzfs_file_system" => {
            all.fsx_file_systems.push(fsx_file_system(it, 0));
        }
        "aws_opensearch_domain" | "aws_elasticsearch_domain" => all.open_search_domains.push(domain(it)),
        "aws_mq_broker" => all.mq_brokers.push(mq_broker(it)),
        "aws_msk_cluster" => all.msk_clusters.push(msk_cluster(it)),
        "aws_s3_directory_bucket" => all.directory_buckets.push(directory_bucket(it)),
        _ => return false,
    }
    true
}

fn efs_file_system(it: &mut Properties<'_>) -> EfsFileSystem {
    let zone = it.zone("availability_zone_name", "zone");
    EfsFileSystem {
        meta: it.meta(None),
        // A One Zone file system is backed up unless told otherwise.
        automatic_backups: zone.is(Option::is_some),
        zone,
        mount_targets: Value::Known(Vec::new()),
    }
}

fn fsx_file_system(it: &mut Properties<'_>, days: i64) -> FsxFileSystem {
    FsxFileSystem {
        meta: it.meta(None),
        multi_az: it
            .text("deployment_type", "multi_az")
            .map(|it| it.is_some_and(|it| it.starts_with("MULTI_AZ"))),
        subnets: it.edges("subnet_ids", "subnets"),
        security_groups: it.edges("security_group_ids", "security_groups"),
        backup_retention_days: it.integer_or(
            "automatic_backup_retention_days",
            "backup_retention_days",
            days,
        ),
    }
}

fn domain(it: &mut Properties<'_>) -> OpenSearchDomain {
    let mut flag = |name: &str| it.boolean_or(&format!("cluster_config.0.{name}"), "zone_awareness", false);
    let zone_awareness = flag("zone_awareness_enabled").or(flag("multi_az_with_standby_enabled"));
    OpenSearchDomain {
        meta: it.meta(Some("domain_name")),
        instances: it.integer_or("cluster_config.0.instance_count", "instances", 1),
        zone_awareness,
        subnets: it.edges("vpc_options.0.subnet_ids", "subnets"),
        security_groups: it.edges("vpc_options.0.security_group_ids", "security_groups"),
    }
}

fn mq_broker(it: &mut Properties<'_>) -> MqBroker {
    MqBroker {
        meta: it.meta(Some("broker_name")),
        publicly_accessible: it.boolean_or("publicly_accessible", "publicly_accessible", false),
        deployment_mode: it.text_or("deployment_mode", "deployment_mode", "SINGLE_INSTANCE"),
        subnets: it.edges("subnet_ids", "subnets"),
        security_groups: it.edges("security_groups", "security_groups"),
    }
}

fn msk_cluster(it: &mut Properties<'_>) -> MskCluster {
    const NODES: &str = "broker_node_group_info.0";
    let public = it.text(&format!("{NODES}.connectivity_info.0.public_access.0.type"), "public_access");
    MskCluster {
        meta: it.meta(Some("cluster_name")),
        subnets: it.edges(&format!("{NODES}.client_subnets"), "subnets"),
        security_groups: it.edges(&format!("{NODES}.security_groups"), "security_groups"),
        public_access: public.map(|it| it.is_some_and(|it| it != "DISABLED")),
    }
}

fn directory_bucket(it: &mut Properties<'_>) -> DirectoryBucket {
    DirectoryBucket {
        meta: it.meta(Some("bucket")),
        single_zone: it
            .text("data_redundancy", "single_zone")
            .map(|it| it.is_none_or(|it| it == "SingleAvailabilityZone")),
    }
}
