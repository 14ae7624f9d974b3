//! What is derived about load balancers and what stands behind them.

use serde::{Deserialize, Serialize};

use crate::{
    Key, KeySet, LoadBalancerType, Protocol, Purpose, ReachedPort, Scheme, TargetPath, Unknown, Value,
    ZoneMember, ZoneSet,
};

/// What ECS may choose where a task leaves its port to it: a port that is in Docker's own range and in Linux's.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html>
const CHOSEN_PORT: u16 = 49_153;

/// What a load balancer serves, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct LoadBalancerFacts {
    pub load_balancer_type: Value<LoadBalancerType>,
    pub scheme: Value<Scheme>,
    /// The enabled subnets; an element may be unknown, and so may the whole list.
    pub subnets: Value<Vec<Value<Key>>>,
    pub zones: ZoneSet,
    /// Target groups reachable from a listener's default action or rule with a weight above 0.
    /// A Classic Load Balancer is its own only one. Open where a listener's are unknown, or listeners are out of sight.
    pub target_groups: KeySet,
    /// Auto Scaling groups that register their instances with one of those.
    #[serde(default)]
    pub auto_scaling_groups: Vec<Key>,
    /// The zones of all targets of those.
    #[serde(default)]
    pub target_zones: ZoneSet,
}

/// What stands behind a target group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct TargetGroupFacts {
    /// The zones of registered targets, and of attached groups and services.
    pub target_zones: ZoneSet,
    /// Lambda and ALB targets, and addresses outside the VPC, stand in no zone.
    pub zoneless: Value<bool>,
    /// Groups that register their instances here.
    pub auto_scaling_groups: Vec<Key>,
    /// Why a group that answers for some of the instances here is out of sight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen_group: Option<Unknown>,
    /// Services that register their tasks here.
    #[serde(default)]
    pub ecs_services: Vec<Key>,
    /// Instances registered one by one.
    #[serde(default)]
    pub instances: KeySet,
    /// The load balancers that forward here.
    #[serde(default)]
    pub load_balancers: Vec<Key>,
    /// Whether a node sends to targets in other zones: its own setting, else its load balancer's.
    #[serde(default)]
    pub cross_zone: Value<bool>,
    /// How many targets there are in each zone; unknown unless all of it is known.
    #[serde(default)]
    pub capacity: Value<Vec<ZoneCapacity>>,
    /// What receives traffic here, and on which ports; addresses outside are not among them.
    #[serde(default)]
    pub receivers: Vec<Receiver>,
    #[serde(default)]
    pub transport: Value<Transport>,
    /// Whether targets see the client's address instead of the load balancer's.
    #[serde(default)]
    pub preserves_client_ip: Value<bool>,
    /// The ways of its load balancers to its targets.
    #[serde(default)]
    pub paths: Vec<TargetPath>,
}

/// The targets in one zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ZoneCapacity {
    pub zone: ZoneMember,
    /// In thousandths of a target: a group's desired capacity counts in equal parts for each of its zones.
    pub thousandths: u64,
}

impl ZoneCapacity {
    /// The number of targets.
    #[expect(clippy::cast_precision_loss, reason = "nobody has as many targets as f64 has integers")]
    pub fn targets(&self) -> f64 {
        self.thousandths as f64 / 1000.0
    }
}

/// An instance, Auto Scaling group or service that receives traffic on one port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Receiver {
    pub resource: Key,
    /// Absent: ECS chooses a port of the instance for each task.
    pub traffic_port: Value<Option<u16>>,
    /// Absent: likewise.
    pub health_check_port: Value<Option<u16>>,
}

/// What carries the traffic of a target group. Health checks are carried by TCP.
#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    Tcp,
    Udp,
    TcpUdp,
    /// To appliances, on UDP port 6081.
    Geneve,
}

impl ZoneCapacity {
    /// How many targets stand in the zone of each node, the fewest first. Those in zones without a node receive
    /// nothing.
    pub fn per_node<'n>(all: &[Self], nodes: &'n ZoneSet) -> Result<Vec<(f64, &'n ZoneMember)>, Unknown> {
        let at_node = |node: &'n ZoneMember| -> Result<(f64, &'n ZoneMember), Unknown> {
            let mut targets = 0.0;
            for it in all {
                if *it.zone.same(node).decided()? {
                    targets += it.targets();
                }
            }
            Ok((targets, node))
        };
        let per_node = nodes.decided()?.iter().map(at_node);
        let mut per_node = per_node.collect::<Result<Vec<_>, Unknown>>()?;
        per_node.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        Ok(per_node)
    }
}

impl TargetGroupFacts {
    /// Whether appliances stand behind it, of a Gateway Load Balancer.
    pub fn is_of_appliances(&self) -> bool {
        self.transport.is(|it| *it == Transport::Geneve).is_true()
    }

    /// The ports on which a receiver is reached; one of those that ECS may choose stands for all of them.
    pub fn ports(&self, receiver: &Receiver) -> Result<Vec<ReachedPort>, Unknown> {
        let protocols: &[Protocol] = match self.transport.decided()? {
            Transport::Tcp => &[Protocol::Tcp],
            Transport::Udp | Transport::Geneve => &[Protocol::Udp],
            Transport::TcpUdp => &[Protocol::Tcp, Protocol::Udp],
        };
        let port = |it: &Value<Option<u16>>| it.decided().map(|it| it.unwrap_or(CHOSEN_PORT));
        let traffic = port(&receiver.traffic_port)?;
        let health_check = port(&receiver.health_check_port)?;
        let mut ports: Vec<ReachedPort> = protocols
            .iter()
            .map(|it| ReachedPort { purpose: Purpose::Traffic, protocol: *it, port: traffic })
            .collect();
        // Health checks are carried by TCP.
        let protocol = Protocol::Tcp;
        ports.push(ReachedPort { purpose: Purpose::HealthCheck, protocol, port: health_check });
        Ok(ports)
    }
}
