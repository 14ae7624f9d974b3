//! What a check sees: the resources and facts that its definition declares.

use std::collections::BTreeMap;

use archlint_schema::{
    AutoScalingGroupFacts, ClassicLoadBalancer, DatabaseFacts, Facts, InstanceFacts, Key, LoadBalancer,
    LoadBalancerFacts, Meta, Needs, Resource, Snapshot, SubnetFacts, TargetGroupFacts, Undecided, Unknown,
    Value, Verdicts,
};
use serde::Deserialize;

use crate::{Answer, RuleError, Stop, Verdict};

/// A snapshot as one rule may read it. Reading what the definition does not declare under `needs` is a
/// [`RuleError`], never an empty list.
pub struct Architecture<'a> {
    snapshot: &'a Snapshot,
    needs: &'a Needs,
    parameters: &'a str,
}

/// Something that a finding can be about.
pub trait Subject {
    fn meta(&self) -> &Meta;

    fn key(&self) -> &Key {
        &self.meta().key
    }

    /// What a reader of the source calls it.
    fn label(&self) -> &str {
        &self.meta().label
    }
}

impl<T: Resource> Subject for T {
    fn meta(&self) -> &Meta {
        Resource::meta(self)
    }
}

/// A load balancer of any type, Classic ones included, with what is derived about it.
pub struct LoadBalancerView<'a> {
    meta: &'a Meta,
    pub facts: &'a LoadBalancerFacts,
}

impl Subject for LoadBalancerView<'_> {
    fn meta(&self) -> &Meta {
        self.meta
    }
}

/// A table of facts.
pub trait FactTable: Sized {
    const NAME: &'static str;
    fn table(facts: &Facts) -> &BTreeMap<Key, Self>;
}

macro_rules! tables {
    ($($table:ident: $facts:ty),* $(,)?) => {$(
        impl FactTable for $facts {
            const NAME: &'static str = stringify!($table);

            fn table(facts: &Facts) -> &BTreeMap<Key, Self> {
                &facts.$table
            }
        }
    )*};
}

tables! {
    subnets: SubnetFacts,
    instances: InstanceFacts,
    load_balancers: LoadBalancerFacts,
    target_groups: TargetGroupFacts,
    auto_scaling_groups: AutoScalingGroupFacts,
    databases: DatabaseFacts,
}

impl<'a> Architecture<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, needs: &'a Needs, parameters: &'a str) -> Self {
        Self { snapshot, needs, parameters }
    }

    /// The rule's parameters, validated and completed with defaults by the host.
    pub fn parameters<P: Deserialize<'a>>(&self) -> Result<P, RuleError> {
        serde_json::from_str(self.parameters).map_err(RuleError::Parameters)
    }

    /// Every resource of a kind.
    pub fn all<T: Resource>(&self) -> Result<&'a [T], RuleError> {
        declared(self.needs.kinds.contains(T::KIND), T::KIND)?;
        Ok(self.snapshot.all::<T>())
    }

    /// Every load balancer: Application, Network, Gateway and Classic.
    pub fn load_balancers(&self) -> Result<Vec<LoadBalancerView<'a>>, RuleError> {
        let v2 = self.all::<LoadBalancer>()?.iter().map(|it| &it.meta);
        let classic = self.all::<ClassicLoadBalancer>()?.iter().map(|it| &it.meta);
        let facts = self.table::<LoadBalancerFacts>()?;
        let views = v2.chain(classic);
        Ok(views.filter_map(|meta| Some(LoadBalancerView { meta, facts: facts.get(&meta.key)? })).collect())
    }

    /// The resource with a key, or why it cannot be seen.
    pub fn get<T: Resource>(&self, key: &Key) -> Result<Result<&'a T, Unknown>, RuleError> {
        self.all::<T>()?;
        Ok(self.snapshot.get(key).ok_or_else(|| self.snapshot.why_absent(key)))
    }

    /// The resource at the end of an edge, or undecided for want of the property at `path`.
    pub fn follow<T: Resource>(&self, edge: &Value<Key>, path: &str) -> Result<&'a T, Stop> {
        self.all::<T>()?;
        let undecided = |reason| Stop::Undecided { reason, missing: path.to_owned() };
        self.snapshot.follow(edge).map_err(undecided)
    }

    /// What is derived about a resource, or why nothing is: the resource is outside the snapshot.
    pub fn facts<F: FactTable>(&self, key: &Key) -> Result<Result<&'a F, Unknown>, RuleError> {
        Ok(self.table::<F>()?.get(key).ok_or_else(|| self.snapshot.why_absent(key)))
    }

    /// A whole table of facts, by key.
    pub fn table<F: FactTable>(&self) -> Result<&'a BTreeMap<Key, F>, RuleError> {
        declared(self.needs.facts.contains(F::NAME), F::NAME)?;
        Ok(F::table(&self.snapshot.facts))
    }

    /// What a reader of the source calls a resource; its key where it is outside the snapshot.
    pub fn label(&self, key: &'a Key) -> &'a str {
        self.snapshot.meta(key).map_or(key.as_str(), |(_, meta)| &meta.label)
    }

    /// Asks for an answer about each subject and gathers them: at most one undecided entry per subject.
    pub fn check_each<'s, S: Subject + 's>(
        &self,
        subjects: impl IntoIterator<Item = &'s S>,
        mut check: impl FnMut(&'s S) -> Answer,
    ) -> Result<Verdicts, RuleError> {
        let mut verdicts = Verdicts::default();
        for subject in subjects {
            let answer = check(subject);
            verdicts.checked += u32::from(!matches!(answer, Ok(Verdict::NotApplicable)));
            match answer {
                Ok(Verdict::Pass | Verdict::NotApplicable) => {}
                Ok(Verdict::Violation(violation)) => verdicts.findings.push(violation.into_finding()),
                Err(Stop::Undecided { reason, missing }) => {
                    verdicts.undecided.push(Undecided { resource: subject.key().clone(), reason, missing });
                }
                Err(Stop::Fault(error)) => return Err(error),
            }
        }
        Ok(verdicts)
    }
}

fn declared(is_declared: bool, what: &'static str) -> Result<(), RuleError> {
    if is_declared { Ok(()) } else { Err(RuleError::Undeclared { what }) }
}
