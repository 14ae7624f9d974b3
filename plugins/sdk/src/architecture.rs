//! What a check sees: the resources and facts that its definition declares.

use std::collections::BTreeMap;

use archlint_schema::{
    ClassicLoadBalancer, FactTable, Key, LoadBalancer, LoadBalancerFacts, Meta, Needs, Raw, Resource,
    Undecided, Unknown, Untyped, Value, Verdicts,
};
use serde::Deserialize;

use crate::{Answer, Document, RuleError, Stop, Verdict};

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

    /// Every resource of a kind.
    pub fn all<T: Resource>(&self) -> Result<&'a [T], RuleError> {
        declared(self.needs.kinds.contains(T::KIND), T::KIND)?;
        self.document.all()
    }

    /// Every resource of a kind that the schema has no struct for. The definition declares `raw = true` with it.
    pub fn untyped(&self, kind: &'static str) -> Result<Vec<UntypedView<'a>>, RuleError> {
        declared(self.needs.kinds.contains(kind), kind)?;
        let view = |it: &'a Untyped| Ok(UntypedView { meta: &it.meta, raw: self.raw_of(&it.meta.key)? });
        self.document.untyped(kind)?.iter().map(view).collect()
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
