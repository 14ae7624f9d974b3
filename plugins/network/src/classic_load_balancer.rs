use archlint_sdk::schema::{ClassicLoadBalancer, Severity, Verdicts};
use archlint_sdk::{Architecture, RuleError, Violation, rule};

rule!("../../../rules/network/classic-load-balancer.md", check);

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    architecture.check_each(architecture.all::<ClassicLoadBalancer>()?, |lb| {
        let message = format!("`{}` is a Classic Load Balancer", lb.meta.label);
        let mut listeners = lb.listeners.known().into_iter().flatten();
        // What an Application Load Balancer takes over as it is.
        let http = listeners.position(|it| it.protocol.is(|it| it == "HTTP" || it == "HTTPS").is_true());
        match http {
            Some(at) => Violation::new(lb, "", message)
                .step(&lb.meta.key, format!("listeners[{at}]"), "listens for HTTP")
                .severity(Severity::Medium)
                .into(),
            None => Violation::new(lb, "", message).into(),
        }
    })
}
