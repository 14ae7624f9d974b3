use archlint_sdk::schema::{
    ADMIN_PORTS, AdmittedPeer, Cidr, EnvironmentFacts, Instance, InstanceFacts, Key, KeySet, Protocol,
    RulePlace, SecurityGroup, SecurityGroupFacts, Verdicts, Vpc, VpcFacts,
};
use archlint_sdk::{Answer, Architecture, Missing, RuleError, Stop, Subject, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/network/nat-bastion-combined.md", check);

#[derive(Deserialize)]
struct Parameters {
    nat_instance_ok_env: Vec<String>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { nat_instance_ok_env: ok } = architecture.parameters()?;
    let environments = architecture.table::<EnvironmentFacts>()?;
    let instances = architecture.table::<InstanceFacts>()?;
    let groups = architecture.table::<SecurityGroupFacts>()?;
    architecture.check_each(architecture.all::<SecurityGroup>()?, |group| {
        let facts = &groups[group.key()];
        let is_nat = |it: &&Key| instances.get(*it).is_some_and(|it| it.nat.is_true());
        let Some(nat) = facts.attached.members.iter().find(is_nat) else { return Ok(Verdict::NotApplicable) };
        let vpc = group.vpc.known().and_then(Option::as_ref);
        for environment in [Some(nat), vpc].into_iter().flatten().filter_map(|it| environments.get(it)) {
            let name = environment.name.or_undecided("tags")?;
            if name.as_ref().is_some_and(|it| ok.iter().any(|ok| ok.eq_ignore_ascii_case(it))) {
                return Ok(Verdict::NotApplicable);
            }
        }
        judge(architecture, group, facts, architecture.get::<Instance>(nat)?.or_undecided("attached")?)
    })
}

fn judge(
    architecture: &Architecture<'_>,
    group: &SecurityGroup,
    facts: &SecurityGroupFacts,
    nat: &Instance,
) -> Answer {
    let way_in = from_outside(architecture, group, facts);
    let (place, message) = match &way_in {
        Ok(Some((port, rule))) => (*rule, format!("admits port {port} from outside the VPC")),
        _ => match way_on(architecture, group, nat)? {
            Some((port, rule)) => (rule, format!("admits port {port} from NAT instance `{}`", nat.label())),
            None => return way_in.map(|_| Verdict::Pass),
        },
    };
    let admits = architecture.label(&place.security_group);
    let path = if place.security_group == *group.key() { place.path.as_str() } else { "" };
    Violation::new(
        group,
        path,
        format!("NAT instance `{}` is a jump host too: `{admits}` {message}", nat.label()),
    )
    .fact(nat.key(), "nat")
    .fact(nat.key(), "security_groups")
    .step(&place.security_group, &place.path, message)
    .into()
}

/// The rule that admits somebody outside the VPC to a port of administration.
fn from_outside<'a>(
    architecture: &Architecture<'a>,
    group: &SecurityGroup,
    facts: &'a SecurityGroupFacts,
) -> Result<Option<(u16, &'a RulePlace)>, Stop> {
    for port in ADMIN_PORTS {
        let admitted = facts.ingress.on(Protocol::Tcp, port);
        // Whoever admits everyone admits somebody outside, wherever the VPC is.
        let outside = match admitted.world().known() {
            Some(Some(rule)) => Some(*rule),
            _ if admitted.beyond(&[]).or_undecided("ingress")?.is_none() => None,
            _ => *admitted.beyond(&addresses(architecture, group)?).or_undecided("ingress")?,
        };
        if let Some(rule) = outside {
            return Ok(Some((port, rule)));
        }
    }
    Ok(None)
}

/// The addresses of the group's VPC: its own block, and those of subnets, which may be in secondary blocks.
fn addresses(architecture: &Architecture<'_>, group: &SecurityGroup) -> Result<Vec<Cidr>, Stop> {
    let Some(vpc) = group.vpc.or_undecided("vpc")? else { return Ok(Vec::new()) };
    let subnets = KeySet::of(architecture.facts::<VpcFacts>(vpc)?.or_undecided("vpc")?.subnets.clone());
    let mut blocks = architecture.ipv4_blocks(&subnets)?.or_undecided("vpc.subnets")?.clone();
    let own = architecture.get::<Vpc>(vpc)?.or_undecided("vpc")?.ipv4_block();
    blocks.extend(own.or_undecided("vpc.cidr")?);
    Ok(blocks)
}

/// The rule of another group that admits the NAT instance, by its group or its address, to SSH or RDP.
fn way_on<'a>(
    architecture: &Architecture<'a>,
    group: &SecurityGroup,
    nat: &Instance,
) -> Result<Option<(u16, &'a RulePlace)>, RuleError> {
    let address: Option<Cidr> =
        nat.private_address.known().and_then(|it| format!("{}/32", it.as_ref()?).parse().ok());
    let is_nat = |peer: &AdmittedPeer| match peer {
        AdmittedPeer::SecurityGroup(it) => it == group.key(),
        AdmittedPeer::Blocks(blocks) => address.is_some_and(|it| blocks.contains(&it)),
    };
    let groups = architecture.table::<SecurityGroupFacts>()?;
    let others = groups.iter().filter(|(key, _)| *key != group.key());
    Ok(others.flat_map(|(_, it)| [22, 3389].map(|port| (port, it.ingress.on(Protocol::Tcp, port)))).find_map(
        |(port, admitted)| admitted.rules().find(|(_, peer)| is_nat(peer)).map(|(rule, _)| (port, rule)),
    ))
}
