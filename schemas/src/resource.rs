//! The resources of a snapshot, one list per kind.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;

use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_bytes::ByteBuf;

use crate::document::{EncodeError, pack};

use crate::kinds::{
    Alarm, AutoScalingGroup, BackupPlan, BackupSelection, BlockPublicAccess, BlockPublicAccessExclusion,
    Bucket, BucketMetrics, CacheCluster, CacheReplicationGroup, CacheSubnetGroup, CarrierGateway,
    ClassicLoadBalancer, DbCluster, DbInstance, DbProxy, DbSubnetGroup, DeliveryStream, DirectoryBucket,
    Distribution, EcsService, EfsFileSystem, EgressOnlyInternetGateway, ElasticIp, EventSourceMapping,
    Firewall, FsxFileSystem, GlobalCluster, GlueTable, Instance, InstanceConnectEndpoint, InstanceProfile,
    InternetGateway, KeyPopulation, LambdaFunction, LaunchConfiguration, LaunchTemplate, LifecyclePolicy,
    Listener, ListenerRule, LoadBalancer, MemoryDbCluster, MemoryDbSubnetGroup, MqBroker, MskCluster,
    NatGateway, NetworkAcl, NetworkInterface, NodeGroup, OpenSearchDomain, Pipe, PlacementGroup, PrefixList,
    RedshiftCluster, RedshiftSubnetGroup, ReplicationInstance, ReplicationSubnetGroup, RouteTable,
    SecurityGroup, ServerlessCache, Stream, StreamConsumer, StreamMetrics, Subnet, TargetGroup,
    TaskDefinition, TopicRule, TransitGatewayAttachment, Volume, Vpc, VpcEndpoint, VpcPeeringConnection,
    VpnGateway,
};
use crate::{Key, Meta};

/// A typed resource. Its canonical kind is the CloudFormation type name.
pub trait Resource: Sized + DeserializeOwned + 'static {
    const KIND: &'static str;

    fn meta(&self) -> &Meta;
    fn list(resources: &Resources) -> &[Self];
    fn list_mut(resources: &mut Resources) -> &mut Vec<Self>;
}

/// A resource of a kind that this version has no struct for: only its identity, and what its source wrote of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Untyped {
    pub meta: Meta,
}

macro_rules! kinds {
    ($($kind:literal => $list:ident: $struct:ident,)*) => {
        /// Resources by kind. The document is a map from kind to list; a kind without a struct here is
        /// kept in `untyped`.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct Resources {
            $(pub $list: Vec<$struct>,)*
            pub untyped: BTreeMap<String, Vec<Untyped>>,
        }

        $(impl Resource for $struct {
            const KIND: &'static str = $kind;

            fn meta(&self) -> &Meta {
                &self.meta
            }

            fn list(resources: &Resources) -> &[Self] {
                &resources.$list
            }

            fn list_mut(resources: &mut Resources) -> &mut Vec<Self> {
                &mut resources.$list
            }
        })*

        impl Resources {
            /// Every kind that has a struct.
            pub const KINDS: &'static [&'static str] = &[$($kind),*];

            /// Whether there is any resource of a kind.
            pub fn has(&self, kind: &str) -> bool {
                match kind {
                    $($kind => !self.$list.is_empty(),)*
                    _ => self.untyped.contains_key(kind),
                }
            }

            /// Every resource with its kind, by kind and then in the source's order.
            pub fn iter(&self) -> impl Iterator<Item = (&str, &Meta)> {
                // Boxed: a type that chains as many iterators as there are kinds is more than the compiler takes.
                let lists: Vec<Box<dyn Iterator<Item = (&str, &Meta)> + '_>> =
                    vec![$(Box::new(self.$list.iter().map(|it| ($kind, &it.meta)))),*];
                let untyped = self.untyped.iter().flat_map(|(kind, all)| all.iter().map(|it| (kind.as_str(), &it.meta)));
                lists.into_iter().flatten().chain(untyped)
            }

            pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Meta)> {
                let lists: Vec<Box<dyn Iterator<Item = (&str, &mut Meta)> + '_>> =
                    vec![$(Box::new(self.$list.iter_mut().map(|it| ($kind, &mut it.meta)))),*];
                let untyped = self.untyped.iter_mut().flat_map(|(kind, all)| all.iter_mut().map(|it| (kind.as_str(), &mut it.meta)));
                lists.into_iter().flatten().chain(untyped)
            }

            /// Only the resources of kinds that `wanted` holds for.
            #[must_use]
            pub fn only(&self, wanted: impl Fn(&str) -> bool) -> Self {
                Self {
                    $($list: if wanted($kind) { self.$list.clone() } else { Vec::new() },)*
                    untyped: self.untyped.iter().filter(|(kind, _)| wanted(kind))
                        .map(|(kind, all)| (kind.clone(), all.clone())).collect(),
                }
            }

            /// The fields of those resources whose key `wanted` holds for.
            pub fn to_json(&self, wanted: impl Fn(&Key) -> bool) -> BTreeMap<Key, serde_json::Value> {
                let mut all = BTreeMap::new();
                $(for it in self.$list.iter().filter(|it| wanted(&it.meta.key)) {
                    let json = serde_json::to_value(it).expect("a resource has only texts, numbers and lists of them");
                    all.insert(it.meta.key.clone(), json);
                })*
                all
            }

            /// Each list of a kind that `wanted` holds for, in CBOR.
            pub(crate) fn pack(
                &self,
                wanted: impl Fn(&str) -> bool,
            ) -> Result<BTreeMap<String, ByteBuf>, EncodeError> {
                let mut packed = BTreeMap::new();
                $(if wanted($kind) && !self.$list.is_empty() {
                    packed.insert($kind.to_owned(), pack(&self.$list)?);
                })*
                for (kind, all) in self.untyped.iter().filter(|(kind, _)| wanted(kind)) {
                    packed.insert(kind.clone(), pack(all)?);
                }
                Ok(packed)
            }

            /// Keeps one resource of each key, the first of its kind; the keys that several had.
            pub fn remove_namesakes(&mut self) -> BTreeSet<Key> {
                let (mut seen, mut shared) = (HashSet::new(), BTreeSet::new());
                let mut is_first = |meta: &Meta| {
                    let is_first = seen.insert(meta.key.clone());
                    if !is_first {
                        shared.insert(meta.key.clone());
                    }
                    is_first
                };
                $(self.$list.retain(|it| is_first(&it.meta));)*
                for all in self.untyped.values_mut() {
                    all.retain(|it| is_first(&it.meta));
                }
                shared
            }

            /// Sorts every list by key, so that the same architecture is the same document.
            pub fn sort(&mut self) {
                $(self.$list.sort_by(|a, b| a.meta.key.cmp(&b.meta.key));)*
                for all in self.untyped.values_mut() {
                    all.sort_by(|a, b| a.meta.key.cmp(&b.meta.key));
                }
            }
        }

        impl Serialize for Resources {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let lists = self.untyped.len() $(+ usize::from(!self.$list.is_empty()))*;
                let mut map = serializer.serialize_map(Some(lists))?;
                $(if !self.$list.is_empty() {
                    map.serialize_entry($kind, &self.$list)?;
                })*
                for (kind, all) in &self.untyped {
                    map.serialize_entry(kind, all)?;
                }
                map.end()
            }
        }

        impl<'de> Visitor<'de> for ResourcesVisitor {
            type Value = Resources;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map from kind to list of resources")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Resources, A::Error> {
                let mut resources = Resources::default();
                while let Some(kind) = map.next_key::<String>()? {
                    match kind.as_str() {
                        $($kind => resources.$list = map.next_value()?,)*
                        _ => {
                            resources.untyped.insert(kind, map.next_value()?);
                        }
                    }
                }
                Ok(resources)
            }
        }

        #[cfg(feature = "json-schema")]
        impl schemars::JsonSchema for Resources {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                "Resources".into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut properties = serde_json::Map::new();
                $(properties.insert($kind.into(), generator.subschema_for::<Vec<$struct>>().to_value());)*
                let untyped = generator.subschema_for::<Vec<Untyped>>();
                schemars::json_schema!({
                    "type": "object", "properties": properties, "additionalProperties": untyped
                })
            }
        }
    };
}

struct ResourcesVisitor;

impl<'de> Deserialize<'de> for Resources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ResourcesVisitor)
    }
}

kinds! {
    "AWS::EC2::VPC" => vpcs: Vpc,
    "AWS::EC2::InternetGateway" => internet_gateways: InternetGateway,
    "AWS::EC2::EgressOnlyInternetGateway" => egress_only_internet_gateways: EgressOnlyInternetGateway,
    "AWS::EC2::CarrierGateway" => carrier_gateways: CarrierGateway,
    "AWS::EC2::Subnet" => subnets: Subnet,
    "AWS::EC2::RouteTable" => route_tables: RouteTable,
    "AWS::EC2::PrefixList" => prefix_lists: PrefixList,
    "AWS::EC2::NatGateway" => nat_gateways: NatGateway,
    "AWS::EC2::EIP" => elastic_ips: ElasticIp,
    "AWS::EC2::NetworkInterface" => network_interfaces: NetworkInterface,
    "AWS::EC2::Instance" => instances: Instance,
    "AWS::EC2::SecurityGroup" => security_groups: SecurityGroup,
    "AWS::EC2::VPCEndpoint" => vpc_endpoints: VpcEndpoint,
    "AWS::NetworkFirewall::Firewall" => firewalls: Firewall,
    "AWS::EC2::VPCBlockPublicAccessOptions" => block_public_access: BlockPublicAccess,
    "AWS::EC2::VPCBlockPublicAccessExclusion" => block_public_access_exclusions: BlockPublicAccessExclusion,
    "AWS::ElasticLoadBalancingV2::LoadBalancer" => load_balancers: LoadBalancer,
    "AWS::ElasticLoadBalancing::LoadBalancer" => classic_load_balancers: ClassicLoadBalancer,
    "AWS::ElasticLoadBalancingV2::TargetGroup" => target_groups: TargetGroup,
    "AWS::ElasticLoadBalancingV2::Listener" => listeners: Listener,
    "AWS::ElasticLoadBalancingV2::ListenerRule" => listener_rules: ListenerRule,
    "AWS::AutoScaling::AutoScalingGroup" => auto_scaling_groups: AutoScalingGroup,
    "AWS::EC2::LaunchTemplate" => launch_templates: LaunchTemplate,
    "AWS::RDS::DBInstance" => db_instances: DbInstance,
    "AWS::RDS::DBCluster" => db_clusters: DbCluster,
    "AWS::RDS::DBSubnetGroup" => db_subnet_groups: DbSubnetGroup,
    "AWS::EC2::NetworkAcl" => network_acls: NetworkAcl,
    "AWS::EC2::InstanceConnectEndpoint" => instance_connect_endpoints: InstanceConnectEndpoint,
    "AWS::EC2::VPCPeeringConnection" => vpc_peering_connections: VpcPeeringConnection,
    "AWS::EC2::TransitGatewayAttachment" => transit_gateway_attachments: TransitGatewayAttachment,
    "AWS::EC2::VPNGateway" => vpn_gateways: VpnGateway,
    "AWS::AutoScaling::LaunchConfiguration" => launch_configurations: LaunchConfiguration,
    "AWS::EC2::PlacementGroup" => placement_groups: PlacementGroup,
    "AWS::IAM::InstanceProfile" => instance_profiles: InstanceProfile,
    "AWS::EC2::Volume" => volumes: Volume,
    "AWS::Lambda::Function" => lambda_functions: LambdaFunction,
    "AWS::ECS::Service" => ecs_services: EcsService,
    "AWS::ECS::TaskDefinition" => task_definitions: TaskDefinition,
    "AWS::EKS::Nodegroup" => node_groups: NodeGroup,
    "AWS::RDS::GlobalCluster" => global_clusters: GlobalCluster,
    "AWS::RDS::DBProxy" => db_proxies: DbProxy,
    "AWS::Redshift::Cluster" => redshift_clusters: RedshiftCluster,
    "AWS::Redshift::ClusterSubnetGroup" => redshift_subnet_groups: RedshiftSubnetGroup,
    "AWS::DMS::ReplicationInstance" => replication_instances: ReplicationInstance,
    "AWS::DMS::ReplicationSubnetGroup" => replication_subnet_groups: ReplicationSubnetGroup,
    "AWS::ElastiCache::ReplicationGroup" => cache_replication_groups: CacheReplicationGroup,
    "AWS::ElastiCache::CacheCluster" => cache_clusters: CacheCluster,
    "AWS::ElastiCache::ServerlessCache" => serverless_caches: ServerlessCache,
    "AWS::ElastiCache::SubnetGroup" => cache_subnet_groups: CacheSubnetGroup,
    "AWS::MemoryDB::Cluster" => memory_db_clusters: MemoryDbCluster,
    "AWS::MemoryDB::SubnetGroup" => memory_db_subnet_groups: MemoryDbSubnetGroup,
    "AWS::EFS::FileSystem" => efs_file_systems: EfsFileSystem,
    "AWS::FSx::FileSystem" => fsx_file_systems: FsxFileSystem,
    "AWS::OpenSearchService::Domain" => open_search_domains: OpenSearchDomain,
    "AWS::AmazonMQ::Broker" => mq_brokers: MqBroker,
    "AWS::MSK::Cluster" => msk_clusters: MskCluster,
    "AWS::S3Express::DirectoryBucket" => directory_buckets: DirectoryBucket,
    "AWS::Backup::BackupPlan" => backup_plans: BackupPlan,
    "AWS::Backup::BackupSelection" => backup_selections: BackupSelection,
    "AWS::DLM::LifecyclePolicy" => lifecycle_policies: LifecyclePolicy,
    "AWS::S3::Bucket" => buckets: Bucket,
    "AWS::CloudFront::Distribution" => distributions: Distribution,
    "AWS::Glue::Table" => glue_tables: GlueTable,
    "AWS::Kinesis::Stream" => streams: Stream,
    "AWS::Kinesis::StreamConsumer" => stream_consumers: StreamConsumer,
    "AWS::Lambda::EventSourceMapping" => event_source_mappings: EventSourceMapping,
    "AWS::KinesisFirehose::DeliveryStream" => delivery_streams: DeliveryStream,
    "AWS::CloudWatch::Alarm" => alarms: Alarm,
    "AWS::Pipes::Pipe" => pipes: Pipe,
    "AWS::IoT::TopicRule" => topic_rules: TopicRule,
    // What no type of CloudFormation names: what was observed.
    "Archlint::S3::KeyPopulation" => key_populations: KeyPopulation,
    "Archlint::S3::BucketMetrics" => bucket_metrics: BucketMetrics,
    "Archlint::Kinesis::StreamMetrics" => stream_metrics: StreamMetrics,
}

impl Resources {
    /// Whether a kind is of what was observed: no call of AWS lists such, and where there is none, nobody looked.
    pub fn is_observed(kind: &str) -> bool {
        kind.starts_with("Archlint::")
    }

    pub fn len(&self) -> usize {
        self.iter().count()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The resource at a position among those of one kind, in the order of [`Resources::iter`].
    pub fn at<T: Resource>(&self, position: usize) -> Option<&T> {
        T::list(self).get(position)
    }

    /// Resources of a kind without a struct, or of which only the identity could be read.
    pub fn untyped(&self, kind: &str) -> &[Untyped] {
        self.untyped.get(kind).map(Vec::as_slice).unwrap_or_default()
    }

    /// The resource with a key, among those of one kind.
    pub fn get<T: Resource>(&self, key: &Key) -> Option<&T> {
        T::list(self).iter().find(|it| it.meta().key == *key)
    }
}
