//! What a check sees: the resources and facts that its definition declares.

use std::collections::BTreeMap;

use archlint_schema::{
    Admission, AdmissionFacts, EnvironmentFacts, FactTable, InstanceFacts, Intent, Key, Listing,
    LoadBalancerFacts, Meta, Needs, Raw, Resource, SecurityGroupFacts, TargetGroupFacts, Undecided, Unknown,
    Untyped, Value, Verdicts, Vpc,
};
use serde::Deserialize;

use crate::{Answer, Document, Missing, RuleError, Stop, Verdict};

/// A snapshot as one rule may read it. Reading what the definition does not declare under `needs` is a
/// [`RuleError`], never an empty list.
pub struct Architecture<'a> {
    document: &'a Document,
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

    /// Whether a list, as parameters have it, names it by its label.
    fn is_named_in(&self, labels: &[String]) -> bool {
        labels.iter().any(|it| it == self.label())
    }
}

impl<T: Resource> Subject for T {
    fn meta(&self) -> &Meta {
        Resource::meta(self)
    }
}

/// A resource of any of several kinds alike, with what is derived about it.
pub struct View<'a, F> {
    meta: &'a Meta,
    pub kind: &'static str,
    pub facts: &'a F,
}

/// A load balancer of any type, Classic ones included.
pub type LoadBalancerView<'a> = View<'a, LoadBalancerFacts>;

impl<F> Subject for View<'_, F> {
    fn meta(&self) -> &Meta {
        self.meta
    }
}

/// A target group by its key, with what is derived about it, or why nothing is.
pub type TargetGroupView<'a> = (&'a Key, Result<&'a TargetGroupFacts, Unknown>);

/// A resource of a kind that the schema has no struct for: who it is, and its properties as the source wrote them.
pub struct UntypedView<'a> {
    meta: &'a Meta,
    pub raw: Raw,
}

impl Subject for UntypedView<'_> {
    fn meta(&self) -> &Meta {
        self.meta
    }
}

impl<'a> Architecture<'a> {
    pub(crate) fn new(document: &'a Document, needs: &'a Needs, parameters: &'a str) -> Self {
        Self { document, needs, parameters }
    }

    /// The rule's parameters, validated and completed with defaults by the host.
    pub fn parameters<P: Deserialize<'a>>(&self) -> Result<P, RuleError> {
        serde_json::from_str(self.parameters).map_err(RuleError::Parameters)
    }

    /// Every resource of a kind in sight, and why there may be others.
    pub fn all<T: Resource>(&self) -> Result<Listing<'a, T>, RuleError> {
        declared(self.needs.kinds.contains(T::KIND), T::KIND)?;
        self.document.all()
    }

    /// Every resource of a kind that the schema has no struct for. The definition declares `raw = true` with it.
    pub fn untyped(&self, kind: &'static str) -> Result<Vec<UntypedView<'a>>, RuleError> {
        declared(self.needs.kinds.contains(kind), kind)?;
        let view = |it: &'a Untyped| Ok(UntypedView { meta: &it.meta, raw: self.raw_of(&it.meta.key)? });
        self.document.identities(kind)?.iter().map(view).collect()
    }

    /// Whether there is a resource of a kind, with a struct or without, in sight or not.
    pub fn has_any(&self, kind: &'static str) -> Result<Value<bool>, RuleError> {
        declared(self.needs.kinds.contains(kind), kind)?;
        let listing = Listing::new(self.document.identities(kind)?, self.document.unseen(kind));
        Ok(listing.is_empty().negate())
    }

    /// Why the list of a kind lacks even what the source makes or was asked for: a call that was denied, a macro. What
    /// exempts a subject by what another resource is takes a list that is not partial.
    pub fn why_partial<T: Resource>(&self) -> Option<Unknown> {
        self.document.why_partial(T::KIND)
    }

    /// The properties of a resource as its source wrote them, in the source's own names: for what its struct lacks.
    pub fn raw(&self, resource: &(impl Subject + ?Sized)) -> Result<Raw, RuleError> {
        self.raw_of(resource.key())
    }

    fn raw_of(&self, key: &Key) -> Result<Raw, RuleError> {
        declared(self.needs.raw, "raw")?;
        // A source that keeps no properties knows none of them.
        let unseen = || Raw(serde_json::json!({ "$unknown": self.document.why_absent(key) }));
        Ok(self.document.raw(key)?.unwrap_or_else(unseen))
    }

    /// Every resource that a table of facts is about, whatever its kind: workloads, databases, what keeps state. The
    /// definition declares the table.
    pub fn views<F: FactTable>(&self) -> Result<Vec<View<'a, F>>, RuleError> {
        let facts = self.table::<F>()?;
        let mut views = Vec::new();
        for kind in F::KINDS {
            let all = self.document.identities(kind)?.iter();
            views.extend(all.filter_map(|it| {
                let facts = facts.get(&it.meta.key)?;
                Some(View { meta: &it.meta, kind, facts })
            }));
        }
        Ok(views)
    }

    /// Every load balancer: Application, Network, Gateway and Classic.
    pub fn load_balancers(&self) -> Result<Vec<LoadBalancerView<'a>>, RuleError> {
        self.views()
    }

    /// The instances that a default route leads to, and those that one out of sight may lead to.
    pub fn nat_instances(&self) -> Result<Vec<View<'a, InstanceFacts>>, RuleError> {
        let mut instances = self.views::<InstanceFacts>()?;
        instances.retain(|it| !it.facts.nat.is_false());
        Ok(instances)
    }

    /// Whom the security groups before a resource admit.
    pub fn ingress(&self, resource: &Key) -> Result<Result<Admission, Unknown>, RuleError> {
        self.admission(resource, |group| &group.ingress)
    }

    /// Where the security groups before a resource let it connect to.
    pub fn egress(&self, resource: &Key) -> Result<Result<Admission, Unknown>, RuleError> {
        self.admission(resource, |group| &group.egress)
    }

    /// The rules of every group before a resource, as one set; a group that nobody sees leaves it open.
    fn admission(
        &self,
        resource: &Key,
        direction: impl Fn(&SecurityGroupFacts) -> &Admission,
    ) -> Result<Result<Admission, Unknown>, RuleError> {
        let groups = self.table::<SecurityGroupFacts>()?;
        let of = |key: &Key| groups.get(key).map(&direction).ok_or_else(|| self.document.why_absent(key));
        let before = self.facts::<AdmissionFacts>(resource)?;
        Ok(before.map(|it| Admission::together(&it.security_groups, of)))
    }

    /// What the owners say of the architecture.
    pub fn intent(&self) -> &'a Intent {
        self.document.intent()
    }

    /// The region that the source looked at; a template does not say.
    pub fn region(&self) -> Option<&'a str> {
        self.document.region()
    }

    /// The environment that a resource belongs to.
    pub fn environment(&self, resource: &Key) -> Result<&'a EnvironmentFacts, Stop> {
        self.facts::<EnvironmentFacts>(resource)?.or_undecided("tags")
    }

    /// Whether a resource, or the VPC that it is in, says by its tags that it belongs to one of some environments. What is
    /// from outside says nothing.
    pub fn is_in_environment<'k>(
        &self,
        resources: impl IntoIterator<Item = Option<&'k Key>>,
        environments: &[String],
    ) -> Result<bool, Stop> {
        for resource in resources.into_iter().flatten() {
            let Ok(own) = self.facts::<EnvironmentFacts>(resource)? else {
                self.why_partial::<Vpc>().map_or(Ok(()), Err).or_undecided("tags")?;
                continue;
            };
            let name = own.name.or_undecided("tags")?.as_deref().unwrap_or_default();
            if environments.iter().any(|it| it.eq_ignore_ascii_case(name)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The target groups of a load balancer whose targets stand in zones, each with what is derived about it, or why
    /// nothing is. One without targets in sight is filled by something out of sight, and says nothing. Others may be out
    /// of sight: `target_groups.open` of the load balancer says why.
    pub fn zonal_target_groups(
        &self,
        of: &LoadBalancerView<'a>,
    ) -> Result<Vec<TargetGroupView<'a>>, RuleError> {
        let mut groups = Vec::new();
        for key in &of.facts.target_groups.members {
            let facts = self.facts::<TargetGroupFacts>(key)?;
            let says_nothing = |it: &TargetGroupFacts| {
                it.zoneless.is_true() || it.target_zones.decided().is_ok_and(<[_]>::is_empty)
            };
            if !facts.as_ref().is_ok_and(|it| says_nothing(it)) {
                groups.push((key, facts));
            }
        }
        Ok(groups)
    }

    /// The resource with a key, or why it cannot be seen.
    pub fn get<T: Resource>(&self, key: &Key) -> Result<Result<&'a T, Unknown>, RuleError> {
        declared(self.needs.kinds.contains(T::KIND), T::KIND)?;
        Ok(self.document.get(key)?.ok_or_else(|| self.document.why_absent(key)))
    }

    /// The resource at the end of an edge, or undecided for want of the property at `path`.
    pub fn follow<T: Resource>(&self, edge: &Value<Key>, path: &str) -> Result<&'a T, Stop> {
        let undecided = |reason| Stop::Undecided { reason, missing: path.to_owned() };
        let key = edge.decided().map_err(undecided)?;
        self.get(key)?.map_err(undecided)
    }

    /// What is derived about a resource, or why nothing is: the resource is outside the snapshot.
    pub fn facts<F: FactTable>(&self, key: &Key) -> Result<Result<&'a F, Unknown>, RuleError> {
        Ok(self.table::<F>()?.get(key).ok_or_else(|| self.document.why_absent(key)))
    }

    /// A whole table of facts, by key.
    pub fn table<F: FactTable>(&self) -> Result<&'a BTreeMap<Key, F>, RuleError> {
        declared(self.needs.facts.contains(F::NAME), F::NAME)?;
        self.document.table()
    }

    /// What a reader of the source calls a resource; its key where it is outside the snapshot.
    pub fn label(&self, key: &'a Key) -> &'a str {
        self.document.label(key).unwrap_or(key.as_str())
    }

    /// Whether a list, as parameters have it, names a resource by its label.
    pub fn is_named_in(&self, key: &'a Key, labels: &[String]) -> bool {
        labels.iter().any(|it| it == self.label(key))
    }

    /// Several resources as a message names them: each label in backticks.
    pub fn labels(&self, keys: impl IntoIterator<Item = &'a Key>) -> String {
        let labels: Vec<String> = keys.into_iter().map(|it| format!("`{}`", self.label(it))).collect();
        labels.join(", ")
    }

    /// Asks for an answer about each subject and gathers them: at most one undecided entry per subject. Where the host
    /// asks about some subjects only, the others are left out.
    pub fn check_each<'s, S: Subject + 's>(
        &self,
        subjects: impl IntoIterator<Item = &'s S>,
        mut check: impl FnMut(&'s S) -> Answer,
    ) -> Result<Verdicts, RuleError> {
        let mut verdicts = Verdicts::default();
        for subject in subjects.into_iter().filter(|it| self.document.asks_about(it.key())) {
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
