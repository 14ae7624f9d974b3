use archlint_sdk::schema::{Key, LoadBalancerType, Scheme, SubnetFacts, Verdicts};
use archlint_sdk::{
    Architecture, Flaws, LoadBalancerView, Missing, RuleError, Subject, Verdict, Violation, rule,
};
use serde::Deserialize;

rule!("../../../rules/network/internal-lb-in-public-subnet.md", check);

#[derive(Deserialize)]
struct Parameters {
    allow_subnets: Vec<String>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { allow_subnets } = architecture.parameters()?;
    architecture.check_each(&architecture.load_balancers()?, |lb| {
        if *lb.facts.scheme.or_undecided("scheme")? == Scheme::InternetFacing {
            return Ok(Verdict::NotApplicable);
        }
        // A Gateway Load Balancer is internal wherever it stands.
        if *lb.facts.load_balancer_type.or_undecided("load_balancer_type")? == LoadBalancerType::Gateway {
            return Ok(Verdict::NotApplicable);
        }
        let subnets = lb.facts.subnets.or_undecided("subnets")?;
        let public = Flaws::among(subnets.iter().enumerate(), |(at, subnet)| {
            let path = format!("subnets[{at}]");
            let key = subnet.or_undecided(&path)?;
            let facts = architecture.facts::<SubnetFacts>(key)?.or_undecided(&path)?;
            let is_public = *facts.is_public().or_undecided(&path)?;
            Ok((is_public && !architecture.is_named_in(key, &allow_subnets)).then_some((path, key)))
        })?;
        public.answer(|public| violation(architecture, lb, &public).into())
    })
}

fn violation(
    architecture: &Architecture<'_>,
    lb: &LoadBalancerView<'_>,
    public: &[(String, &Key)],
) -> Violation {
    let names: Vec<String> = public.iter().map(|(_, it)| format!("`{}`", architecture.label(it))).collect();
    let message = format!("internal `{}` has nodes in public subnets: {}", lb.label(), names.join(", "));
    let violation = Violation::new(lb, &public[0].0, message).fact(lb.key(), "scheme");
    public.iter().fold(violation, |violation, (path, subnet)| {
        violation
            .step(lb.key(), path, format!("has a node in `{}`", architecture.label(subnet)))
            .fact(subnet, "exposure")
    })
}
