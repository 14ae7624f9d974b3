//! How load balancers get to their targets: what stands at both ends, and what filters on the way.

use archlint_schema::{
    Cidr, Direction, Key, KeySet, LoadBalancerFacts, NetworkAcl, Receiver, Subnet, SubnetFacts,
    TargetGroupFacts, Value, WorkloadFacts,
};

use crate::{Architecture, Missing, RuleError, Stop};

/// A load balancer's way to one of its targets.
pub struct TargetPath<'a> {
    pub load_balancer: &'a Key,
    /// What is derived about the target group.
    pub target_group: &'a TargetGroupFacts,
    pub receiver: &'a Receiver,
    /// The load balancer's subnets.
    pub from: KeySet,
    /// The target's.
    pub to: KeySet,
}

/// Requests on their way through a network ACL.
pub struct Crossing<'a> {
    pub acl: &'a NetworkAcl,
    /// The subnet in which it holds.
    pub subnet: Key,
    pub direction: Direction,
    /// The block of the subnet at the other end.
    pub peer: Cidr,
}

impl<'a> Architecture<'a> {
    /// Every way from a load balancer to a target.
    pub fn target_paths(&self) -> Result<Vec<TargetPath<'a>>, RuleError> {
        let load_balancers = self.table::<LoadBalancerFacts>()?;
        let workloads = self.table::<WorkloadFacts>()?;
        let mut paths = Vec::new();
        for target_group in self.table::<TargetGroupFacts>()?.values() {
            for load_balancer in &target_group.load_balancers {
                let from = load_balancers.get(load_balancer).map(|it| KeySet::from(&it.subnets));
                paths.extend(target_group.receivers.iter().map(|receiver| TargetPath {
                    load_balancer,
                    target_group,
                    receiver,
                    from: from.clone().unwrap_or_default(),
                    to: workloads.get(&receiver.resource).map(|it| it.subnets.clone()).unwrap_or_default(),
                }));
            }
        }
        Ok(paths)
    }

    /// The network ACLs that requests cross on a way: those of the load balancer's subnets, then those of the
    /// target's. Within a subnet there is none.
    pub fn crossings(&self, path: &TargetPath<'_>) -> Result<Vec<Crossing<'a>>, Stop> {
        let mut crossings = Vec::new();
        for from in &path.from.members {
            for to in path.to.members.iter().filter(|it| *it != from) {
                for (subnet, direction, peer) in [(from, Direction::Out, to), (to, Direction::In, from)] {
                    let facts = self.facts::<SubnetFacts>(subnet)?.or_undecided("network_acl")?;
                    let Some(acl) = facts.network_acl.or_undecided("network_acl")? else { continue };
                    let acl = self.get::<NetworkAcl>(acl)?.or_undecided("network_acl")?;
                    let peer = self.get::<Subnet>(peer)?.or_undecided("subnets")?.ipv4_block();
                    if let Some(peer) = *peer.or_undecided("subnets.cidr")? {
                        crossings.push(Crossing { acl, subnet: subnet.clone(), direction, peer });
                    }
                }
            }
        }
        Ok(crossings)
    }

    /// The IPv4 blocks of subnets, where all of them are known.
    pub fn ipv4_blocks(&self, subnets: &KeySet) -> Result<Value<Vec<Cidr>>, RuleError> {
        let mut blocks = Vec::new();
        let mut doubt = subnets.open.clone();
        for subnet in &subnets.members {
            match self.get::<Subnet>(subnet)?.and_then(|it| it.ipv4_block().decided().copied()) {
                Ok(block) => blocks.extend(block),
                Err(why) => doubt = doubt.or(Some(why)),
            }
        }
        Ok(doubt.map_or(Value::Known(blocks), Value::Unknown))
    }
}
