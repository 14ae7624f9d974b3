//! Whom security groups admit to the databases behind them: public subnets and load balancers, which are no clients
//! of databases.

use archlint_schema::{
    Admitted, AdmittedLoadBalancer, AdmittedPeer, AdmittedSubnets, Cidr, DatabaseAdmission, Facts, Key,
    LoadBalancerType, Protocol, RulePlace, SecurityGroup, Subnet, Unknown, Value,
};

use super::index::Index;
use super::{Because, Step, admitted};

/// Blocks that no address of the internet is in: RFC 1918, RFC 6598 and RFC 4193.
const PRIVATE: [&str; 5] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"];

/// Adds to what is derived about each database.
pub(crate) fn add_internet(index: &Index<'_>, facts: &mut Facts, because: &mut Because) {
    let keys: Vec<Key> = facts.databases.keys().cloned().collect();
    for key in keys {
        let rule = Value::of(admits_internet(index, facts, &key));
        let admitting = rule.known().into_iter().flatten();
        let step = |it: &RulePlace| {
            Step::new(&it.security_group, it.path.clone(), "admits addresses of the internet")
        };
        because.record(&key, "admits_internet", admitting.map(step).collect::<Vec<_>>());
        facts.databases.entry(key).and_modify(|it| it.admits_internet = rule);
    }
}

/// The rule that surely admits someone outside of private networks.
fn admits_internet(index: &Index<'_>, facts: &Facts, database: &Key) -> Result<Option<RulePlace>, Unknown> {
    let private = PRIVATE.map(|it| it.parse::<Cidr>().expect("it is a CIDR block"));
    let ingress = admitted::before(index, facts, database, |it| &it.ingress)?;
    let admitted = match facts.databases[database].port.decided()? {
        Some(port) => ingress.on(Protocol::Tcp, *port),
        None => ingress.at_all(),
    };
    Ok(admitted.beyond(&private).decided()?.cloned())
}

/// Adds to what is derived about each security group.
pub(crate) fn add_strangers(index: &Index<'_>, facts: &mut Facts, because: &mut Because) {
    for group in index.all::<SecurityGroup>() {
        let key = &group.meta.key;
        let Some(own) = facts.security_groups.get(key) else { continue };
        let mut derived = Vec::new();
        for database in &own.attached.members {
            let Some(of_database) = facts.databases.get(database) else { continue };
            let (public_subnets, load_balancer) = match of_database.port.decided() {
                Ok(Some(port)) => {
                    let admitted = own.ingress.on(Protocol::Tcp, *port);
                    (public_subnets(index, facts, group, &admitted), load_balancer(facts, &admitted))
                }
                Ok(None) => (Ok(None), Ok(None)),
                Err(why) => (Err(why.clone()), Err(why)),
            };
            derived.push(DatabaseAdmission {
                database: database.clone(),
                port: of_database.port.clone(),
                public_subnets: Value::of(public_subnets),
                load_balancer: Value::of(load_balancer),
            });
        }
        explain(index, key, &derived, because);
        facts.security_groups.entry(key.clone()).and_modify(|it| it.databases = derived);
    }
}

fn explain(index: &Index<'_>, group: &Key, derived: &[DatabaseAdmission], because: &mut Because) {
    let rule = |it: &RulePlace, whom: &Key| {
        Step::new(group, it.path.clone(), format!("admits `{}`", index.label(whom)))
    };
    let mut chain = Vec::new();
    for it in derived {
        if let Some(Some(found)) = it.public_subnets.known() {
            chain.extend(found.subnets.iter().map(|it| rule(&found.rule, it)));
        }
        if let Some(Some(found)) = it.load_balancer.known() {
            chain.push(rule(&found.rule, &found.load_balancer));
        }
    }
    because.record(group, "databases", chain);
}

/// The public subnets of the VPC of which the first rule that admits all of one admits every address.
fn public_subnets(
    index: &Index<'_>,
    facts: &Facts,
    group: &SecurityGroup,
    admitted: &Admitted<'_>,
) -> Result<Option<AdmittedSubnets>, Unknown> {
    let vpc = group.vpc.known().and_then(|it| facts.vpcs.get(it.as_ref()?));
    let is_public = |it: &&Key| facts.subnets.get(*it).is_some_and(|it| it.is_public().is_true());
    let mut found: Vec<(&RulePlace, &Key)> = Vec::new();
    for key in vpc.into_iter().flat_map(|it| &it.subnets).filter(is_public) {
        let subnet = index.get::<Subnet>(key).ok_or_else(|| index.why_absent(key))?;
        if let Some(block) = *subnet.ipv4_block().decided()? {
            found.extend(admitted.block(&block).decided()?.map(|rule| (rule, key)));
        }
    }
    let Some((rule, _)) = found.first().copied() else { return Ok(None) };
    let subnets = found.into_iter().filter(|it| it.0 == rule).map(|it| it.1.clone()).collect();
    Ok(Some(AdmittedSubnets { rule: rule.clone(), blocks: blocks(admitted, rule), subnets }))
}

/// The blocks of addresses that a rule admits.
fn blocks(admitted: &Admitted<'_>, rule: &RulePlace) -> Vec<Cidr> {
    let of_rule = admitted.rules().filter(|(at, _)| *at == rule).map(|(_, peer)| peer);
    let blocks = of_rule.flat_map(|it| match it {
        AdmittedPeer::Blocks(blocks) => blocks.as_slice(),
        AdmittedPeer::SecurityGroup(_) => &[],
    });
    blocks.copied().collect()
}

/// A load balancer for applications whose security group is admitted, and nobody else's.
fn load_balancer(facts: &Facts, admitted: &Admitted<'_>) -> Result<Option<AdmittedLoadBalancer>, Unknown> {
    let is_for_applications = |it: &Key| {
        let of_types =
            |it: &LoadBalancerType| matches!(it, LoadBalancerType::Application | LoadBalancerType::Classic);
        facts.load_balancers.get(it).is_some_and(|it| it.load_balancer_type.is(of_types).is_true())
    };
    for group in admitted.groups() {
        let attached = facts.security_groups.get(group).map(|it| it.attached.members.as_slice());
        let attached = attached.unwrap_or_default();
        let Some(first) = attached.first().filter(|_| attached.iter().all(is_for_applications)) else {
            continue;
        };
        if let Some(rule) = *admitted.group(group).decided()? {
            return Ok(Some(AdmittedLoadBalancer { rule: rule.clone(), load_balancer: first.clone() }));
        }
    }
    Ok(None)
}
