use archlint_sdk::schema::Verdicts;
use archlint_sdk::{Architecture, Missing, RuleError, Subject, Verdict, Violation, rule};

rule!("../../../rules/network/nat-instance-source-dest-check.md", check);

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    architecture.check_each(&architecture.nat_instances()?, |nat| {
        if !*nat.facts.source_dest_check.or_undecided("source_dest_check")? {
            return Ok(Verdict::Pass);
        }
        nat.facts.nat.or_undecided("nat")?;
        let message = format!(
            "NAT instance `{}` drops what it should forward: its source and destination check is on, \
             which Security Hub EC2.180 asks of other instances only",
            nat.label()
        );
        Violation::new(nat, "source_dest_check", message)
            .fact(nat.key(), "nat")
            .fact(nat.key(), "source_dest_check")
            .into()
    })
}
