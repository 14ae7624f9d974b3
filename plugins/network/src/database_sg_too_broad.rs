use archlint_sdk::schema::{
    Admitted, AdmittedPeer, DatabaseFacts, Exposure, Key, LoadBalancerFacts, LoadBalancerType, Protocol,
    RulePlace, SecurityGroup, SecurityGroupFacts, Severity, Subnet, SubnetFacts, Verdicts, VpcFacts,
};
use archlint_sdk::{Architecture, Flaws, Missing, RuleError, Stop, Subject, Violation, gravest, rule};
use serde::Deserialize;

rule!("../../../rules/network/database-sg-too-broad.md", check);

#[derive(Deserialize)]
struct Parameters {
    max_prefix: u8,
}

/// What to ask of the group in front of a database.
#[derive(Clone, Copy)]
enum Question {
    World,
    PublicSubnet,
    LoadBalancer,
    WideBlock,
}

const ALL: [Question; 4] =
    [Question::World, Question::PublicSubnet, Question::LoadBalancer, Question::WideBlock];

/// Whom a group admits and should not, by which rule, and the facts that tell what they are.
struct TooBroad<'a> {
    rule: &'a RulePlace,
    whom: String,
    severity: Severity,
    facts: Vec<(&'a Key, &'static str)>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { max_prefix } = architecture.parameters()?;
    let databases = architecture.table::<DatabaseFacts>()?;
    let groups = architecture.table::<SecurityGroupFacts>()?;
    architecture.check_each(architecture.all::<SecurityGroup>()?, |group| {
        let facts = &groups[group.key()];
        let behind = facts.attached.members.iter().filter_map(|key| Some((key, databases.get(key)?)));
        let asked = behind.flat_map(|it| ALL.map(|question| (it, question)));
        let too_broad = Flaws::among(asked, |((key, database), question)| {
            let Some(port) = *database.port.or_undecided("port")? else { return Ok(None) };
            let admitted = facts.ingress.on(Protocol::Tcp, port);
            let found = match question {
                Question::World => world(&admitted)?,
                Question::PublicSubnet => public_subnets(architecture, group, &admitted)?,
                Question::LoadBalancer => load_balancer(architecture, &admitted)?,
                Question::WideBlock => wide_block(&admitted, max_prefix)?,
            };
            Ok(found.map(|it| violation(group, key, architecture.label(key), port, &it)))
        })?;
        too_broad.answer(gravest)
    })
}

fn world<'a>(admitted: &Admitted<'a>) -> Result<Option<TooBroad<'a>>, Stop> {
    let rule = *admitted.world().or_undecided("ingress")?;
    let whom = "everyone".to_owned();
    Ok(rule.map(|rule| TooBroad { rule, whom, severity: Severity::High, facts: Vec::new() }))
}

/// The public subnets of the VPC of which the first rule that admits all of one admits every address.
fn public_subnets<'a>(
    architecture: &Architecture<'a>,
    group: &SecurityGroup,
    admitted: &Admitted<'a>,
) -> Result<Option<TooBroad<'a>>, Stop> {
    let facts = architecture.table::<SubnetFacts>()?;
    let vpcs = architecture.table::<VpcFacts>()?;
    let vpc = group.vpc.known().and_then(Option::as_ref);
    let vpc = vpc.and_then(|it| vpcs.get(it));
    let is_public =
        |it: &&Key| facts.get(*it).is_some_and(|it| it.exposure.is(|it| *it == Exposure::Public).is_true());
    let mut found: Vec<(&RulePlace, &Key)> = Vec::new();
    for key in vpc.into_iter().flat_map(|it| &it.subnets).filter(is_public) {
        let block = architecture.get::<Subnet>(key)?.or_undecided("vpc.subnets")?.ipv4_block();
        let Some(block) = *block.or_undecided("vpc.subnets")? else { continue };
        found.extend(admitted.block(&block).or_undecided("ingress")?.map(|rule| (rule, key)));
    }
    let Some((rule, _)) = found.first().copied() else { return Ok(None) };
    let subnets: Vec<&Key> = found.into_iter().filter(|it| it.0 == rule).map(|it| it.1).collect();
    let noun = if subnets.len() == 1 { "subnet" } else { "subnets" };
    let labels = architecture.labels(subnets.iter().copied());
    let whom = format!("{} with public {noun} {labels}", blocks(admitted, rule));
    let facts = subnets.into_iter().map(|it| (it, "exposure")).collect();
    Ok(Some(TooBroad { rule, whom, severity: Severity::Medium, facts }))
}

/// The blocks of addresses that a rule admits, as a message names them.
fn blocks(admitted: &Admitted<'_>, rule: &RulePlace) -> String {
    let of_rule = admitted.rules().filter(|(at, _)| *at == rule).map(|(_, peer)| peer);
    let blocks = of_rule.flat_map(|it| match it {
        AdmittedPeer::Blocks(blocks) => blocks.as_slice(),
        AdmittedPeer::SecurityGroup(_) => &[],
    });
    blocks.map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A load balancer whose security group is admitted. A Network Load Balancer may have the database as its target.
fn load_balancer<'a>(
    architecture: &Architecture<'a>,
    admitted: &Admitted<'a>,
) -> Result<Option<TooBroad<'a>>, Stop> {
    let groups = architecture.table::<SecurityGroupFacts>()?;
    let load_balancers = architecture.table::<LoadBalancerFacts>()?;
    let is_for_applications = |it: &Key| {
        let of_types =
            |it: &LoadBalancerType| matches!(it, LoadBalancerType::Application | LoadBalancerType::Classic);
        load_balancers.get(it).is_some_and(|it| it.load_balancer_type.is(of_types).is_true())
    };
    for group in admitted.groups() {
        let attached = groups.get(group).map(|it| it.attached.members.as_slice()).unwrap_or_default();
        let Some(first) = attached.first().filter(|_| attached.iter().all(is_for_applications)) else {
            continue;
        };
        if let Some(rule) = *admitted.group(group).or_undecided("ingress")? {
            let whom = format!("load balancer `{}`", architecture.label(first));
            let facts = vec![(first, "security_groups")];
            return Ok(Some(TooBroad { rule, whom, severity: Severity::Medium, facts }));
        }
    }
    Ok(None)
}

fn wide_block<'a>(admitted: &Admitted<'a>, max_prefix: u8) -> Result<Option<TooBroad<'a>>, Stop> {
    let rule = *admitted.wider_than(max_prefix).or_undecided("ingress")?;
    let whom = format!("a block wider than /{max_prefix}");
    Ok(rule.map(|rule| TooBroad { rule, whom, severity: Severity::Low, facts: Vec::new() }))
}

fn violation(group: &SecurityGroup, database: &Key, label: &str, port: u16, it: &TooBroad<'_>) -> Violation {
    let whom = &it.whom;
    let message = format!("`{}` admits {whom} to `{label}` on port {port}", group.label());
    let violation = Violation::new(group, &it.rule.path, message)
        .severity(it.severity)
        .fact(database, "security_groups")
        .step(group.key(), &it.rule.path, format!("admits {whom} on port {port}"));
    it.facts.iter().fold(violation, |violation, (resource, name)| violation.fact(resource, name))
}
