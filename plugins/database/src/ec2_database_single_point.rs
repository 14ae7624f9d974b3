use std::collections::BTreeMap;

use archlint_sdk::schema::{
    BackupFacts, Confidence, DbInstance, Instance, InstanceFacts, Key, Severity, Value, Verdicts, ZoneMember,
    ZoneSet,
};
use archlint_sdk::{Architecture, Missing, RuleError, Verdict, Violation, rule};
use serde::Deserialize;

use crate::database_host::{DatabaseHost, Signs};

rule!("../../../rules/database/ec2-database-single-point.md", check);

#[derive(Deserialize)]
struct Parameters {
    cluster_tag: String,
    replication_declared: Vec<String>,
}

/// What database hosts that replicate one database have in common: a tag, or else its security group.
type Cluster = (Value<Option<String>>, Option<Key>);

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let signs: Signs = architecture.parameters()?;
    let Parameters { cluster_tag, replication_declared } = architecture.parameters()?;
    let facts = architecture.table::<InstanceFacts>()?;
    let partial = architecture.why_partial::<Instance>();
    let (mut hosts, mut zones) = (BTreeMap::new(), BTreeMap::<Cluster, ZoneSet>::new());
    for instance in architecture.all::<Instance>()? {
        let (key, host) = (&instance.meta.key, signs.on(architecture, instance));
        let cluster = cluster(instance, host.as_ref().ok().and_then(Option::as_ref), &cluster_tag);
        let member = ZoneMember { zone: facts[key].zone.clone(), via: key.clone() };
        let peers = zones.entry(cluster).or_default();
        peers.members.push(member);
        peers.open.clone_from(&partial);
        hosts.insert(key, host);
    }
    let instances = architecture.check_each(architecture.all::<Instance>()?, |instance| {
        let (key, name) = (&instance.meta.key, &instance.meta.label);
        let host = hosts.remove(key).expect("every instance was asked");
        let Some(host) = host? else { return Ok(Verdict::NotApplicable) };
        let is_declared = Value::Known(replication_declared.contains(name));
        let own = &zones[&cluster(instance, Some(&host), &cluster_tag)];
        if !*own.spans(2).or(is_declared).or_undecided("zone")? {
            let message = format!("database host `{name}` has no peer in a second Availability Zone");
            return host.explain(Violation::new(instance, "", message), Confidence::High).into();
        }
        let backups = architecture.facts::<BackupFacts>(key)?.or_undecided("plans")?;
        if *backups.is_planned().or_undecided("plans")? {
            return Ok(Verdict::Pass);
        }
        let message = format!("no backup plan is for database host `{name}` or its data volumes");
        host.explain(Violation::new(instance, "", message), backups.confidence()).fact(key, "plans").into()
    })?;
    Ok(instances.and(of_rds_custom(architecture)?))
}

/// The cluster that an instance is in, of itself if nothing shows that there are others.
fn cluster(instance: &Instance, host: Option<&DatabaseHost>, tag: &str) -> Cluster {
    let tag = instance.meta.tag(tag);
    let group = host.and_then(|it| it.security_group.clone()).unwrap_or_else(|| instance.meta.key.clone());
    let group = (tag == Value::Known(None)).then_some(group);
    (tag, group)
}

/// The managed way to the operating system of a database ends, for Oracle.
fn of_rds_custom(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    architecture.check_each(architecture.all::<DbInstance>()?, |db| {
        // Nothing else needs a profile for its host.
        let is_custom = db.custom_iam_instance_profile.is(Option::is_some);
        let is_oracle = db.engine.is(|it| it.as_deref().is_some_and(|it| it.starts_with("custom-oracle")));
        if !*is_custom.and(is_oracle).or_undecided("engine")? {
            return Ok(Verdict::NotApplicable);
        }
        let message = format!("`{}` runs on RDS Custom for Oracle, which ends on 2027-03-31", db.meta.label);
        Violation::new(db, "engine", message).severity(Severity::Medium).into()
    })
}
