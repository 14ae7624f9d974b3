//! Workloads as their owners declare them, and which resources of a snapshot they are.

use archlint_schema::{DeclaredWorkload, Snapshot};

use super::ResourcePattern;

/// A workload, declared before anybody knows which resources it has.
#[derive(Debug, Clone)]
pub struct Workload {
    pub pattern: ResourcePattern,
    /// Everything but its resources.
    pub declared: DeclaredWorkload,
}

impl Workload {
    /// The workload with those resources that a snapshot has of it.
    pub(crate) fn within(&self, snapshot: &Snapshot) -> DeclaredWorkload {
        let all = snapshot.resources.iter().map(|(_, meta)| meta);
        let resources = all.filter(|it| self.pattern.covers_resource(it)).map(|it| it.key.clone());
        DeclaredWorkload { resources: resources.collect(), ..self.declared.clone() }
    }
}
