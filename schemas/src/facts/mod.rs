//! What follows from a snapshot; docs/facts.md defines it. The host derives facts once; rules read
//! them; the evidence for each stays in the host.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::document::{EncodeError, pack};
use crate::{
    AutoScalingGroup, Bucket, CacheCluster, CacheReplicationGroup, ClassicLoadBalancer, DbCluster,
    DbInstance, DbProxy, DirectoryBucket, EcsService, EfsFileSystem, EventSourceMapping, FsxFileSystem,
    Instance, InstanceConnectEndpoint, Key, LambdaFunction, LoadBalancer, MemoryDbCluster, MqBroker,
    MskCluster, NatGateway, NetworkAcl, NetworkInterface, NodeGroup, OpenSearchDomain, RedshiftCluster,
    ReplicationInstance, Resource, RouteTable, SecurityGroup, ServerlessCache, Stream, Subnet, TargetGroup,
    Volume, Vpc, VpcEndpoint,
};

mod admission;
mod buckets;
mod compute;
mod data;
mod egress;
mod filtering;
mod load_balancing;
mod network;
mod paths;
mod streaming;

pub use admission::*;
pub use buckets::*;
pub use compute::*;
pub use data::*;
pub use egress::*;
pub use filtering::*;
pub use load_balancing::*;
pub use network::*;
pub use paths::*;
pub use streaming::*;

/// What is derived about the resources of one kind, or of kinds alike.
pub trait FactTable: Sized + DeserializeOwned + 'static {
    /// The name of the table, as a definition's `needs` lists it.
    const NAME: &'static str;
    /// The kinds of resource that it is about; none: all of them.
    const KINDS: &'static [&'static str];

    fn table(facts: &Facts) -> &BTreeMap<Key, Self>;
}

macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident: $facts:ty => [$($kind:ty),*],)*) => {
        /// Facts by table and by the key of the resource they are about.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
        #[serde(default)]
        pub struct Facts {
            $(
                $(#[$doc])*
                #[serde(skip_serializing_if = "BTreeMap::is_empty")]
                pub $table: BTreeMap<Key, $facts>,
            )*
        }

        $(impl FactTable for $facts {
            const NAME: &'static str = stringify!($table);
            const KINDS: &'static [&'static str] = &[$(<$kind as Resource>::KIND),*];

            fn table(facts: &Facts) -> &BTreeMap<Key, Self> {
                &facts.$table
            }
        })*

        impl Facts {
            /// Whether anything is in a table.
            pub fn has(&self, table: &str) -> bool {
                match table {
                    $(stringify!($table) => !self.$table.is_empty(),)*
                    _ => false,
                }
            }

            /// Only the tables that `wanted` holds for.
            #[must_use]
            pub fn only(&self, wanted: impl Fn(&str) -> bool) -> Self {
                Self {
                    $($table: if wanted(stringify!($table)) { self.$table.clone() } else { BTreeMap::new() },)*
                }
            }

            /// Each table that `wanted` holds for, in CBOR.
            pub(crate) fn pack(
                &self,
                wanted: impl Fn(&str) -> bool,
            ) -> Result<BTreeMap<String, ByteBuf>, EncodeError> {
                let mut packed = BTreeMap::new();
                $(if wanted(stringify!($table)) && !self.$table.is_empty() {
                    packed.insert(stringify!($table).to_owned(), pack(&self.$table)?);
                })*
                Ok(packed)
            }
        }
    };
}

tables! {
    subnets: SubnetFacts => [Subnet],
    route_tables: RouteTableFacts => [RouteTable],
    vpcs: VpcFacts => [Vpc],
    network_acls: NetworkAclFacts => [NetworkAcl],
    vpc_endpoints: VpcEndpointFacts => [VpcEndpoint],
    instances: InstanceFacts => [Instance],
    /// What subnets leave through that stands in one zone; regional NAT gateways are in all.
    egress_targets: EgressTargetFacts => [NatGateway, Instance, VpcEndpoint],
    /// What runs in subnets, whatever its kind.
    workloads: WorkloadFacts => [
        Instance, AutoScalingGroup, EcsService, NodeGroup, LambdaFunction, DbInstance, DbCluster, CacheReplicationGroup,
        CacheCluster, ServerlessCache, MemoryDbCluster, OpenSearchDomain, MskCluster, MqBroker, RedshiftCluster,
        ReplicationInstance
    ],
    /// What security groups may stand in front of.
    admission: AdmissionFacts => [
        Instance, NetworkInterface, AutoScalingGroup, EcsService, NodeGroup, LambdaFunction, LoadBalancer,
        ClassicLoadBalancer, DbInstance, DbCluster, DbProxy, CacheReplicationGroup, CacheCluster, ServerlessCache,
        MemoryDbCluster, OpenSearchDomain, MskCluster, MqBroker, RedshiftCluster, ReplicationInstance, EfsFileSystem,
        FsxFileSystem, VpcEndpoint, InstanceConnectEndpoint
    ],
    security_groups: SecurityGroupFacts => [SecurityGroup],
    /// Compute by the security group that it carries.
    tiers: TierFacts => [SecurityGroup],
    /// Application, Network, Gateway and Classic Load Balancers alike.
    load_balancers: LoadBalancerFacts => [LoadBalancer, ClassicLoadBalancer],
    /// Target groups; a Classic Load Balancer is its own only one.
    target_groups: TargetGroupFacts => [TargetGroup, ClassicLoadBalancer],
    auto_scaling_groups: AutoScalingGroupFacts => [AutoScalingGroup],
    /// What is asked for data over the network: databases, caches, replication instances.
    databases: DatabaseFacts => [
        DbInstance, DbCluster, RedshiftCluster, ReplicationInstance, CacheReplicationGroup, CacheCluster, ServerlessCache,
        MemoryDbCluster
    ],
    /// What keeps state and may do so in one zone only.
    data_stores: DataStoreFacts => [
        CacheReplicationGroup, CacheCluster, MemoryDbCluster, EfsFileSystem, FsxFileSystem, OpenSearchDomain, MqBroker,
        DirectoryBucket, Instance
    ],
    /// What AWS Backup and Data Lifecycle Manager do for what they can back up.
    backups: BackupFacts => [DbInstance, DbCluster, RedshiftCluster, Instance, Volume, EfsFileSystem, FsxFileSystem],
    /// What is asked of S3 buckets, and how the keys in them are formed.
    buckets: BucketFacts => [Bucket],
    streams: StreamFacts => [Stream],
    event_source_mappings: EventSourceMappingFacts => [EventSourceMapping],
    /// Every resource's.
    environments: EnvironmentFacts => [],
}
