//! What follows from a snapshot; docs/facts.md defines it. The host derives facts once; rules read
//! them; the evidence for each stays in the host.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::document::{EncodeError, pack};
use crate::{
    Alarm, AutoScalingGroup, BackupPlan, BackupSelection, BlockPublicAccess, BlockPublicAccessExclusion,
    Bucket, BucketMetrics, CacheCluster, CacheReplicationGroup, CacheSubnetGroup, CarrierGateway,
    ClassicLoadBalancer, DbCluster, DbInstance, DbProxy, DbSubnetGroup, DeliveryStream, DirectoryBucket,
    Distribution, EcsService, EfsFileSystem, EgressOnlyInternetGateway, ElasticIp, EventSourceMapping,
    Firewall, FsxFileSystem, GlueTable, Instance, InstanceConnectEndpoint, InstanceProfile, InternetGateway,
    Key, KeyPopulation, LambdaFunction, LaunchConfiguration, LaunchTemplate, LifecyclePolicy, Listener,
    ListenerRule, LoadBalancer, MemoryDbCluster, MemoryDbSubnetGroup, MqBroker, MskCluster, NatGateway,
    NetworkAcl, NetworkInterface, NodeGroup, OpenSearchDomain, Pipe, PlacementGroup, PrefixList,
    RedshiftCluster, RedshiftSubnetGroup, ReplicationInstance, ReplicationSubnetGroup, Resource, RouteTable,
    SecurityGroup, ServerlessCache, Stream, StreamConsumer, StreamMetrics, Subnet, TargetGroup, TopicRule,
    TransitGatewayAttachment, Volume, Vpc, VpcEndpoint, VpcPeeringConnection, VpnGateway,
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
    /// The kinds that it is derived from beside those, itself or by way of other tables.
    const FROM: &'static [&'static str];

    fn table(facts: &Facts) -> &BTreeMap<Key, Self>;
}

macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident: $facts:ty => [$($kind:ty),*] from [$($from:ty),*],)*) => {
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
            const FROM: &'static [&'static str] = &[$(<$from as Resource>::KIND),*];

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

            /// The names of the tables.
            pub const TABLES: &'static [&'static str] = &[$(stringify!($table)),*];

            /// The kinds of resource that a table is about; none: all of them.
            pub fn kinds(table: &str) -> &'static [&'static str] {
                match table {
                    $(stringify!($table) => <$facts as FactTable>::KINDS,)*
                    _ => &[],
                }
            }

            /// The kinds that a table is derived from beside those.
            pub fn lineage(table: &str) -> &'static [&'static str] {
                match table {
                    $(stringify!($table) => <$facts as FactTable>::FROM,)*
                    _ => &[],
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
    subnets: SubnetFacts => [Subnet] from [
        Vpc, InternetGateway, EgressOnlyInternetGateway, CarrierGateway, RouteTable, PrefixList,
        NatGateway, ElasticIp, NetworkInterface, Instance, VpcEndpoint, Firewall, BlockPublicAccess,
        BlockPublicAccessExclusion, AutoScalingGroup, DbInstance, DbCluster, DbSubnetGroup, NetworkAcl,
        VpcPeeringConnection, TransitGatewayAttachment, VpnGateway, LambdaFunction, EcsService, NodeGroup,
        RedshiftCluster, RedshiftSubnetGroup, ReplicationInstance, ReplicationSubnetGroup,
        CacheReplicationGroup, CacheCluster, ServerlessCache, CacheSubnetGroup, MemoryDbCluster,
        MemoryDbSubnetGroup, OpenSearchDomain, MqBroker, MskCluster
    ],
    route_tables: RouteTableFacts => [RouteTable] from [
        Vpc, InternetGateway, EgressOnlyInternetGateway, CarrierGateway, Subnet, PrefixList, NatGateway,
        ElasticIp, NetworkInterface, Instance, VpcEndpoint, Firewall, BlockPublicAccess,
        BlockPublicAccessExclusion, AutoScalingGroup, DbInstance, DbCluster, DbSubnetGroup, NetworkAcl,
        VpcPeeringConnection, TransitGatewayAttachment, VpnGateway, LambdaFunction, EcsService, NodeGroup,
        RedshiftCluster, RedshiftSubnetGroup, ReplicationInstance, ReplicationSubnetGroup,
        CacheReplicationGroup, CacheCluster, ServerlessCache, CacheSubnetGroup, MemoryDbCluster,
        MemoryDbSubnetGroup, OpenSearchDomain, MqBroker, MskCluster
    ],
    vpcs: VpcFacts => [Vpc] from [
        InternetGateway, EgressOnlyInternetGateway, CarrierGateway, Subnet, RouteTable, PrefixList,
        NatGateway, ElasticIp, NetworkInterface, Instance, SecurityGroup, VpcEndpoint, Firewall,
        BlockPublicAccess, BlockPublicAccessExclusion, LoadBalancer, ClassicLoadBalancer, TargetGroup,
        Listener, ListenerRule, AutoScalingGroup, LaunchTemplate, DbInstance, DbCluster, DbSubnetGroup,
        NetworkAcl, InstanceConnectEndpoint, VpcPeeringConnection, TransitGatewayAttachment, VpnGateway,
        LaunchConfiguration, PlacementGroup, InstanceProfile, Volume, LambdaFunction, EcsService,
        NodeGroup, DbProxy, RedshiftCluster, RedshiftSubnetGroup, ReplicationInstance,
        ReplicationSubnetGroup, CacheReplicationGroup, CacheCluster, ServerlessCache, CacheSubnetGroup,
        MemoryDbCluster, MemoryDbSubnetGroup, EfsFileSystem, FsxFileSystem, OpenSearchDomain, MqBroker,
        MskCluster, BackupPlan, BackupSelection, LifecyclePolicy
    ],
    network_acls: NetworkAclFacts => [NetworkAcl] from [
        Vpc, InternetGateway, EgressOnlyInternetGateway, CarrierGateway, Subnet, RouteTable, PrefixList,
        NatGateway, ElasticIp, NetworkInterface, Instance, SecurityGroup, VpcEndpoint, Firewall,
        BlockPublicAccess, BlockPublicAccessExclusion, LoadBalancer, ClassicLoadBalancer, TargetGroup,
        Listener, ListenerRule, AutoScalingGroup, LaunchTemplate, DbInstance, DbCluster, DbSubnetGroup,
        InstanceConnectEndpoint, VpcPeeringConnection, TransitGatewayAttachment, VpnGateway,
        LaunchConfiguration, PlacementGroup, InstanceProfile, Volume, LambdaFunction, EcsService,
        NodeGroup, DbProxy, RedshiftCluster, RedshiftSubnetGroup, ReplicationInstance,
        ReplicationSubnetGroup, CacheReplicationGroup, CacheCluster, ServerlessCache, CacheSubnetGroup,
        MemoryDbCluster, MemoryDbSubnetGroup, EfsFileSystem, FsxFileSystem, OpenSearchDomain, MqBroker,
        MskCluster, BackupPlan, BackupSelection, LifecyclePolicy
    ],
    vpc_endpoints: VpcEndpointFacts => [VpcEndpoint] from [
        Subnet
    ],
    instances: InstanceFacts => [Instance] from [
        Subnet, RouteTable, ElasticIp, NetworkInterface, AutoScalingGroup, LaunchTemplate, PlacementGroup,
        InstanceProfile, Volume
    ],
    /// What subnets leave through that stands in one zone; regional NAT gateways are in all.
    egress_targets: EgressTargetFacts => [NatGateway, Instance, VpcEndpoint] from [
        Vpc, InternetGateway, EgressOnlyInternetGateway, CarrierGateway, Subnet, RouteTable, PrefixList,
        ElasticIp, NetworkInterface, Firewall, BlockPublicAccess, BlockPublicAccessExclusion,
        AutoScalingGroup, LaunchTemplate, DbInstance, DbCluster, DbSubnetGroup, NetworkAcl,
        VpcPeeringConnection, TransitGatewayAttachment, VpnGateway, PlacementGroup, InstanceProfile,
        Volume, LambdaFunction, EcsService, NodeGroup, RedshiftCluster, RedshiftSubnetGroup,
        ReplicationInstance, ReplicationSubnetGroup, CacheReplicationGroup, CacheCluster, ServerlessCache,
        CacheSubnetGroup, MemoryDbCluster, MemoryDbSubnetGroup, OpenSearchDomain, MqBroker, MskCluster
    ],
    /// What runs in subnets, whatever its kind.
    workloads: WorkloadFacts => [
        Instance, AutoScalingGroup, EcsService, NodeGroup, LambdaFunction, DbInstance, DbCluster, CacheReplicationGroup,
        CacheCluster, ServerlessCache, MemoryDbCluster, OpenSearchDomain, MskCluster, MqBroker, RedshiftCluster,
        ReplicationInstance
    ] from [
        Vpc, InternetGateway, EgressOnlyInternetGateway, CarrierGateway, Subnet, RouteTable, PrefixList,
        NatGateway, ElasticIp, NetworkInterface, SecurityGroup, VpcEndpoint, Firewall, BlockPublicAccess,
        BlockPublicAccessExclusion, LoadBalancer, ClassicLoadBalancer, LaunchTemplate, DbSubnetGroup,
        NetworkAcl, InstanceConnectEndpoint, VpcPeeringConnection, TransitGatewayAttachment, VpnGateway,
        LaunchConfiguration, Volume, DbProxy, RedshiftSubnetGroup, ReplicationSubnetGroup,
        CacheSubnetGroup, MemoryDbSubnetGroup, EfsFileSystem, FsxFileSystem, BackupPlan, BackupSelection,
        LifecyclePolicy
    ],
    /// What security groups may stand in front of.
    admission: AdmissionFacts => [
        Instance, NetworkInterface, AutoScalingGroup, EcsService, NodeGroup, LambdaFunction, LoadBalancer,
        ClassicLoadBalancer, DbInstance, DbCluster, DbProxy, CacheReplicationGroup, CacheCluster, ServerlessCache,
        MemoryDbCluster, OpenSearchDomain, MskCluster, MqBroker, RedshiftCluster, ReplicationInstance, EfsFileSystem,
        FsxFileSystem, VpcEndpoint, InstanceConnectEndpoint
    ] from [
        LaunchTemplate, LaunchConfiguration, TargetGroup, Listener, ListenerRule
    ],
    security_groups: SecurityGroupFacts => [SecurityGroup] from [
        Vpc, InternetGateway, EgressOnlyInternetGateway, CarrierGateway, Subnet, RouteTable, PrefixList,
        NatGateway, ElasticIp, NetworkInterface, Instance, VpcEndpoint, Firewall, BlockPublicAccess,
        BlockPublicAccessExclusion, LoadBalancer, ClassicLoadBalancer, AutoScalingGroup, LaunchTemplate,
        DbInstance, DbCluster, DbSubnetGroup, NetworkAcl, InstanceConnectEndpoint, VpcPeeringConnection,
        TransitGatewayAttachment, VpnGateway, LaunchConfiguration, Volume, LambdaFunction, EcsService,
        NodeGroup, DbProxy, RedshiftCluster, RedshiftSubnetGroup, ReplicationInstance,
        ReplicationSubnetGroup, CacheReplicationGroup, CacheCluster, ServerlessCache, CacheSubnetGroup,
        MemoryDbCluster, MemoryDbSubnetGroup, EfsFileSystem, FsxFileSystem, OpenSearchDomain, MqBroker,
        MskCluster, BackupPlan, BackupSelection, LifecyclePolicy
    ],
    /// Compute by the security group that it carries.
    tiers: TierFacts => [SecurityGroup] from [
        Vpc, InternetGateway, EgressOnlyInternetGateway, CarrierGateway, Subnet, RouteTable, PrefixList,
        NatGateway, ElasticIp, NetworkInterface, Instance, VpcEndpoint, Firewall, BlockPublicAccess,
        BlockPublicAccessExclusion, LoadBalancer, ClassicLoadBalancer, TargetGroup, Listener, ListenerRule,
        AutoScalingGroup, LaunchTemplate, DbInstance, DbCluster, DbSubnetGroup, NetworkAcl,
        InstanceConnectEndpoint, VpcPeeringConnection, TransitGatewayAttachment, VpnGateway,
        LaunchConfiguration, PlacementGroup, InstanceProfile, Volume, LambdaFunction, EcsService,
        NodeGroup, DbProxy, RedshiftCluster, RedshiftSubnetGroup, ReplicationInstance,
        ReplicationSubnetGroup, CacheReplicationGroup, CacheCluster, ServerlessCache, CacheSubnetGroup,
        MemoryDbCluster, MemoryDbSubnetGroup, EfsFileSystem, FsxFileSystem, OpenSearchDomain, MqBroker,
        MskCluster, BackupPlan, BackupSelection, LifecyclePolicy
    ],
    /// Application, Network, Gateway and Classic Load Balancers alike.
    load_balancers: LoadBalancerFacts => [LoadBalancer, ClassicLoadBalancer] from [
        Vpc, InternetGateway, EgressOnlyInternetGateway, CarrierGateway, Subnet, RouteTable, PrefixList,
        NatGateway, ElasticIp, NetworkInterface, Instance, SecurityGroup, VpcEndpoint, Firewall,
        BlockPublicAccess, BlockPublicAccessExclusion, TargetGroup, Listener, ListenerRule,
        AutoScalingGroup, LaunchTemplate, DbInstance, DbCluster, DbSubnetGroup, NetworkAcl,
        InstanceConnectEndpoint, VpcPeeringConnection, TransitGatewayAttachment, VpnGateway,
        LaunchConfiguration, PlacementGroup, InstanceProfile, Volume, LambdaFunction, EcsService,
        NodeGroup, DbProxy, RedshiftCluster, RedshiftSubnetGroup, ReplicationInstance,
        ReplicationSubnetGroup, CacheReplicationGroup, CacheCluster, ServerlessCache, CacheSubnetGroup,
        MemoryDbCluster, MemoryDbSubnetGroup, EfsFileSystem, FsxFileSystem, OpenSearchDomain, MqBroker,
        MskCluster, BackupPlan, BackupSelection, LifecyclePolicy
    ],
    /// Target groups; a Classic Load Balancer is its own only one.
    target_groups: TargetGroupFacts => [TargetGroup, ClassicLoadBalancer] from [
        Vpc, InternetGateway, EgressOnlyInternetGateway, CarrierGateway, Subnet, RouteTable, PrefixList,
        NatGateway, ElasticIp, NetworkInterface, Instance, SecurityGroup, VpcEndpoint, Firewall,
        BlockPublicAccess, BlockPublicAccessExclusion, LoadBalancer, Listener, ListenerRule,
        AutoScalingGroup, LaunchTemplate, DbInstance, DbCluster, DbSubnetGroup, NetworkAcl,
        InstanceConnectEndpoint, VpcPeeringConnection, TransitGatewayAttachment, VpnGateway,
        LaunchConfiguration, PlacementGroup, InstanceProfile, Volume, LambdaFunction, EcsService,
        NodeGroup, DbProxy, RedshiftCluster, RedshiftSubnetGroup, ReplicationInstance,
        ReplicationSubnetGroup, CacheReplicationGroup, CacheCluster, ServerlessCache, CacheSubnetGroup,
        MemoryDbCluster, MemoryDbSubnetGroup, EfsFileSystem, FsxFileSystem, OpenSearchDomain, MqBroker,
        MskCluster, BackupPlan, BackupSelection, LifecyclePolicy
    ],
    auto_scaling_groups: AutoScalingGroupFacts => [AutoScalingGroup] from [
        Vpc, InternetGateway, EgressOnlyInternetGateway, CarrierGateway, Subnet, RouteTable, PrefixList,
        NatGateway, ElasticIp, NetworkInterface, Instance, SecurityGroup, VpcEndpoint, Firewall,
        BlockPublicAccess, BlockPublicAccessExclusion, LoadBalancer, ClassicLoadBalancer, TargetGroup,
        Listener, ListenerRule, LaunchTemplate, DbInstance, DbCluster, DbSubnetGroup, NetworkAcl,
        InstanceConnectEndpoint, VpcPeeringConnection, TransitGatewayAttachment, VpnGateway,
        LaunchConfiguration, PlacementGroup, InstanceProfile, Volume, LambdaFunction, EcsService,
        NodeGroup, DbProxy, RedshiftCluster, RedshiftSubnetGroup, ReplicationInstance,
        ReplicationSubnetGroup, CacheReplicationGroup, CacheCluster, ServerlessCache, CacheSubnetGroup,
        MemoryDbCluster, MemoryDbSubnetGroup, EfsFileSystem, FsxFileSystem, OpenSearchDomain, MqBroker,
        MskCluster, BackupPlan, BackupSelection, LifecyclePolicy
    ],
    /// What is asked for data over the network: databases, caches, replication instances.
    databases: DatabaseFacts => [
        DbInstance, DbCluster, RedshiftCluster, ReplicationInstance, CacheReplicationGroup, CacheCluster, ServerlessCache,
        MemoryDbCluster
    ] from [
        Vpc, InternetGateway, EgressOnlyInternetGateway, CarrierGateway, Subnet, RouteTable, PrefixList,
        NatGateway, ElasticIp, NetworkInterface, Instance, SecurityGroup, VpcEndpoint, Firewall,
        BlockPublicAccess, BlockPublicAccessExclusion, LoadBalancer, ClassicLoadBalancer, AutoScalingGroup,
        LaunchTemplate, DbSubnetGroup, NetworkAcl, InstanceConnectEndpoint, VpcPeeringConnection,
        TransitGatewayAttachment, VpnGateway, LaunchConfiguration, Volume, LambdaFunction, EcsService,
        NodeGroup, DbProxy, RedshiftSubnetGroup, ReplicationSubnetGroup, CacheSubnetGroup,
        MemoryDbSubnetGroup, EfsFileSystem, FsxFileSystem, OpenSearchDomain, MqBroker, MskCluster,
        BackupPlan, BackupSelection, LifecyclePolicy
    ],
    /// What keeps state and may do so in one zone only.
    data_stores: DataStoreFacts => [
        CacheReplicationGroup, CacheCluster, MemoryDbCluster, EfsFileSystem, FsxFileSystem, OpenSearchDomain, MqBroker,
        DirectoryBucket, Instance
    ] from [
        Subnet, RouteTable, ElasticIp, NetworkInterface, AutoScalingGroup, LaunchTemplate, PlacementGroup,
        InstanceProfile, Volume
    ],
    /// What AWS Backup and Data Lifecycle Manager do for what they can back up.
    backups: BackupFacts => [DbInstance, DbCluster, RedshiftCluster, Instance, Volume, EfsFileSystem, FsxFileSystem] from [
        BackupPlan, BackupSelection, LifecyclePolicy
    ],
    /// What is asked of S3 buckets, and how the keys in them are formed.
    buckets: BucketFacts => [Bucket] from [
        Distribution, GlueTable, DeliveryStream, KeyPopulation, BucketMetrics
    ],
    streams: StreamFacts => [Stream] from [
        LambdaFunction, StreamConsumer, EventSourceMapping, DeliveryStream, Alarm, Pipe, TopicRule,
        StreamMetrics
    ],
    event_source_mappings: EventSourceMappingFacts => [EventSourceMapping] from [
        LambdaFunction, Stream, StreamConsumer, Alarm
    ],
    /// Every resource's.
    environments: EnvironmentFacts => [] from [],
}
