use archlint_sdk::schema::{Confidence, Instance, InstanceFacts, Severity, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, Verdict, Violation, rule};
use serde::Deserialize;

use crate::database_host::Signs;

rule!("../../../rules/database/ec2-database-without-instance-role.md", check);

#[derive(Deserialize)]
struct Parameters {
    air_gapped: Vec<String>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let signs: Signs = architecture.parameters()?;
    let Parameters { air_gapped } = architecture.parameters()?;
    let facts = architecture.table::<InstanceFacts>()?;
    architecture.check_each(architecture.all::<Instance>()?, |instance| {
        let (key, name) = (&instance.meta.key, &instance.meta.label);
        let InstanceFacts { instance_profile, user_data_holds_aws_keys, .. } = &facts[key];
        let has_role = instance_profile.is(Option::is_some);
        // Whatever it runs.
        let is_sound = has_role.clone().and(user_data_holds_aws_keys.clone().negate());
        if is_sound.is_true() || air_gapped.contains(name) {
            return Ok(Verdict::NotApplicable);
        }
        let Some(host) = signs.on(architecture, instance)? else { return Ok(Verdict::NotApplicable) };
        let violation = |path: &str, message: String| {
            host.explain(Violation::new(instance, path, message), Confidence::High)
        };
        if user_data_holds_aws_keys.is_true() {
            let message = format!("database host `{name}` gets AWS access keys from its user data");
            return violation("user_data_holds_aws_keys", message)
                .severity(Severity::High)
                .fact(key, "user_data_holds_aws_keys")
                .into();
        }
        if has_role.is_false() {
            let message = format!("database host `{name}` has no instance profile");
            return violation("instance_profile", message).fact(key, "instance_profile").into();
        }
        is_sound.or_undecided("instance_profile")?;
        Ok(Verdict::Pass)
    })
}
