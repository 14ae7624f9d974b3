use std::collections::BTreeMap;

use archlint_sdk::schema::{Subnet, SubnetFacts, Value, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/network/ipv6-igw-default-in-private-subnet.md", check);

#[derive(Deserialize)]
struct Parameters {
    public_tag: BTreeMap<String, String>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { public_tag } = architecture.parameters()?;
    let facts = architecture.table::<SubnetFacts>()?;
    architecture.check_each(architecture.all::<Subnet>()?, |subnet| {
        let facts = &facts[&subnet.meta.key];
        let open = facts.public_ipv6.clone().and(facts.public_ipv4.clone().negate());
        // A subnet without IPv4 cannot be private over it.
        let has_ipv4 = subnet.cidr.is(Option::is_some);
        let is_open = Value::all([open, has_ipv4, facts.ingress_blocked().negate()]);
        if !*is_open.or_undecided("vpc")? || !*facts.has_workload().or_undecided("workload")? {
            return Ok(Verdict::Pass);
        }
        let tagged = public_tag
            .iter()
            .map(|(key, value)| subnet.meta.tag(key).is(|it| it.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(value))));
        if *Value::any(tagged).or_undecided("tags")? {
            return Ok(Verdict::NotApplicable);
        }
        let message = format!("`{}` is private over IPv4, but open to the internet over IPv6", subnet.meta.label);
        Violation::new(subnet, "", message)
            .fact(&subnet.meta.key, "egress")
            .fact(&subnet.meta.key, "public_ipv6")
            .into()
    })
}
