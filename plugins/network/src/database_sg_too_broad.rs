use archlint_sdk::schema::{
    AdmittedSubnets, DatabaseAdmission, Key, Protocol, RulePlace, SecurityGroup, SecurityGroupFacts,
    Severity, Verdicts,
};
use archlint_sdk::{Architecture, Flaws, Missing, RuleError, Stop, Subject, Violation, gravest, rule};
use serde::Deserialize;

rule!("../../../rules/network/database-sg-too-broad.md", check);

#[derive(Deserialize)]
struct Parameters {
    max_prefix: u8,
}

/// Somebody whom the group in front of a database may admit, and should not.
#[derive(Clone, Copy)]
enum Stranger {
    World,
    PublicSubnet,
    LoadBalancer,
    WideBlock,
}

const STRANGERS: [Stranger; 4] =
    [Stranger::World, Stranger::PublicSubnet, Stranger::LoadBalancer, Stranger::WideBlock];

/// Whom a group admits and should not, by which rule, and the facts that tell what they are.
struct TooBroad<'a> {
    rule: &'a RulePlace,
    severity: Severity,
    whom: String,
    facts: (&'a [Key], &'static str),
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { max_prefix } = architecture.parameters()?;
    let groups = architecture.table::<SecurityGroupFacts>()?;
    architecture.check_each(architecture.all::<SecurityGroup>()?, |group| {
        let facts = &groups[group.key()];
        let asked = facts.databases.iter().flat_map(|it| STRANGERS.map(|stranger| (it, stranger)));
        let too_broad = Flaws::among(asked, |(database, stranger)| {
            let Some(port) = *database.port.or_undecided("port")? else { return Ok(None) };
            let found = stranger.admitted(architecture, facts, database, port, max_prefix)?;
            Ok(found.map(|it| violation(architecture, group, &database.database, port, &it)))
        })?;
        too_broad.answer(gravest)
    })
}

impl Stranger {
    fn admitted<'a>(
        self,
        architecture: &Architecture<'a>,
        facts: &'a SecurityGroupFacts,
        database: &'a DatabaseAdmission,
        port: u16,
        max_prefix: u8,
    ) -> Result<Option<TooBroad<'a>>, Stop> {
        let admitted = facts.ingress.on(Protocol::Tcp, port);
        let (rule, severity, whom, facts) = match self {
            Self::World => {
                let rule = *admitted.world().or_undecided("ingress")?;
                (rule, Severity::High, "everyone".to_owned(), (&[][..], ""))
            }
            Self::PublicSubnet => {
                let Some(it) = database.public_subnets.or_undecided("ingress")? else { return Ok(None) };
                let whom = public_subnets(architecture, it);
                (Some(&it.rule), Severity::Medium, whom, (it.subnets.as_slice(), "exposure"))
            }
            Self::LoadBalancer => {
                let Some(it) = database.load_balancer.or_undecided("ingress")? else { return Ok(None) };
                let whom = format!("load balancer `{}`", architecture.label(&it.load_balancer));
                let balancer = std::slice::from_ref(&it.load_balancer);
                (Some(&it.rule), Severity::Medium, whom, (balancer, "security_groups"))
            }
            Self::WideBlock => {
                let rule = *admitted.wider_than(max_prefix).or_undecided("ingress")?;
                (rule, Severity::Low, format!("a block wider than /{max_prefix}"), (&[][..], ""))
            }
        };
        Ok(rule.map(|rule| TooBroad { rule, severity, whom, facts }))
    }
}

fn public_subnets(architecture: &Architecture<'_>, admitted: &AdmittedSubnets) -> String {
    let blocks: Vec<String> = admitted.blocks.iter().map(ToString::to_string).collect();
    let noun = if admitted.subnets.len() == 1 { "subnet" } else { "subnets" };
    format!("{} with public {noun} {}", blocks.join(", "), architecture.labels(&admitted.subnets))
}

fn violation(
    architecture: &Architecture<'_>,
    group: &SecurityGroup,
    database: &Key,
    port: u16,
    it: &TooBroad<'_>,
) -> Violation {
    let whom = &it.whom;
    let message =
        format!("`{}` admits {whom} to `{}` on port {port}", group.label(), architecture.label(database));
    let (resources, fact) = it.facts;
    Violation::new(group, &it.rule.path, message)
        .severity(it.severity)
        .fact(database, "security_groups")
        .step(group.key(), &it.rule.path, format!("admits {whom} on port {port}"))
        .facts(resources, fact)
}
