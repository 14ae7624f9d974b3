use archlint_sdk::schema::{Key, TargetGroupFacts, Verdicts, ZoneMember};
use archlint_sdk::{Architecture, LoadBalancerView, Missing, RuleError, Stop, Subject, Verdict, Violation, rule};

rule!("../../../rules/network/target-az-not-enabled.md", check);

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let groups = architecture.table::<TargetGroupFacts>()?;
    architecture.check_each(&architecture.load_balancers()?, |lb| {
        let mut doubt = None;
        let mut stranded: Vec<(&Key, &ZoneMember)> = Vec::new();
        let mut checked = false;
        for key in &lb.facts.target_groups {
            let Some(group) = groups.get(key) else { continue };
            if group.zoneless.is_true() || group.target_zones.members.is_empty() {
                continue;
            }
            checked = true;
            for member in &group.target_zones.members {
                match lb.facts.zones.contains(member).or_undecided("subnets") {
                    Ok(true) => {}
                    Ok(false) => stranded.push((key, member)),
                    Err(stop @ Stop::Undecided { .. }) => doubt = doubt.or(Some(stop)),
                    Err(fault) => return Err(fault),
                }
            }
        }
        match (stranded.as_slice(), doubt) {
            ([], Some(stop)) => Err(stop),
            ([], None) => Ok(if checked { Verdict::Pass } else { Verdict::NotApplicable }),
            (stranded, _) => Ok(violation(architecture, lb, stranded).into()),
        }
    })
}

fn violation(architecture: &Architecture<'_>, lb: &LoadBalancerView<'_>, stranded: &[(&Key, &ZoneMember)]) -> Violation {
    let mut zones: Vec<String> = stranded.iter().map(|(_, it)| it.name()).collect();
    zones.dedup();
    let mut groups: Vec<&Key> = stranded.iter().map(|(group, _)| *group).collect();
    groups.dedup();
    let names: Vec<String> = groups.iter().map(|it| format!("`{}`", architecture.label(it))).collect();
    let message = format!(
        "targets of {} in {} receive no traffic: `{}` has no node there",
        names.join(", "),
        zones.join(", "),
        lb.label()
    );
    let violation = Violation::new(lb, "subnets", message).fact(lb.key(), "zones").fact(lb.key(), "target_groups");
    groups.into_iter().fold(violation, |violation, group| violation.fact(group, "target_zones"))
}
