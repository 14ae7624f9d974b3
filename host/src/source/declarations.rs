//! What the owners declare of their resources, and which resources of a snapshot they mean.

use std::collections::BTreeSet;

use archlint_schema::{
    Bucket, DeclaredBucket, DeclaredStream, DeclaredWorkload, DirectoryBucket, Intent, Key, Resource,
    Snapshot, Stream,
};

use super::ResourcePattern;

/// What is said of resources, before anybody knows which of them a snapshot has.
#[derive(Debug, Clone)]
pub struct Said<T> {
    pub pattern: ResourcePattern,
    /// Everything but the resources.
    pub declared: T,
}

/// All that the owners declare.
#[derive(Debug, Clone, Default)]
pub struct Declarations {
    pub workloads: Vec<Said<DeclaredWorkload>>,
    pub buckets: Vec<Said<DeclaredBucket>>,
    pub streams: Vec<Said<DeclaredStream>>,
}

impl Declarations {
    /// What is declared of resources that a snapshot has.
    pub(crate) fn within(&self, snapshot: &Snapshot) -> Intent {
        Intent {
            workloads: within(&self.workloads, snapshot),
            buckets: within(&self.buckets, snapshot),
            streams: within(&self.streams, snapshot),
        }
    }
}

/// What can be declared of resources of some kinds.
trait Declared: Clone {
    /// None: of all kinds.
    const KINDS: &'static [&'static str];

    fn resources(&mut self) -> &mut BTreeSet<Key>;
}

impl Declared for DeclaredWorkload {
    const KINDS: &'static [&'static str] = &[];

    fn resources(&mut self) -> &mut BTreeSet<Key> {
        &mut self.resources
    }
}

impl Declared for DeclaredBucket {
    const KINDS: &'static [&'static str] = &[Bucket::KIND, DirectoryBucket::KIND];

    fn resources(&mut self) -> &mut BTreeSet<Key> {
        &mut self.resources
    }
}

impl Declared for DeclaredStream {
    const KINDS: &'static [&'static str] = &[Stream::KIND];

    fn resources(&mut self) -> &mut BTreeSet<Key> {
        &mut self.resources
    }
}

/// Each declaration with those resources that a snapshot has of it; one without any is left out.
fn within<T: Declared>(all: &[Said<T>], snapshot: &Snapshot) -> Vec<T> {
    let of = |said: &Said<T>| {
        let mut declared = said.declared.clone();
        let resources = declared.resources();
        for (kind, meta) in snapshot.resources.iter() {
            let is_of_kind = T::KINDS.is_empty() || T::KINDS.contains(&kind);
            if is_of_kind && said.pattern.covers_declared(meta) {
                resources.insert(meta.key.clone());
            }
        }
        (!resources.is_empty()).then_some(declared)
    };
    all.iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use archlint_schema::{Measure, Meta, Resources, Untyped};
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_declared_of_buckets_means_buckets_only() {
        let bucket = serde_json::from_value(json!({ "meta": { "key": "photos", "label": "photos" } }));
        let topic = Untyped { meta: Meta::new("photos-added", "photos-added") };
        let resources = Resources {
            buckets: vec![bucket.unwrap()],
            untyped: [("AWS::SNS::Topic".to_owned(), vec![topic])].into(),
            ..Resources::default()
        };
        let snapshot = Snapshot { resources, ..Snapshot::default() };
        let all = |it: &str| ResourcePattern::new(Some(it), None);
        let declared = DeclaredBucket { peak_write_rps: Some(Measure(40.0)), ..DeclaredBucket::default() };
        let declarations = Declarations {
            workloads: vec![Said { pattern: all("*"), declared: DeclaredWorkload::default() }],
            buckets: vec![
                Said { pattern: all("photos*"), declared: declared.clone() },
                Said { pattern: all("videos"), declared: declared.clone() },
            ],
            streams: vec![Said { pattern: all("*"), declared: DeclaredStream::default() }],
        };
        let intent = declarations.within(&snapshot);
        assert_eq!(intent.buckets, [DeclaredBucket { resources: ["photos".into()].into(), ..declared }]);
        assert_eq!(intent.workloads[0].resources.len(), 2);
        assert!(intent.streams.is_empty());
    }
}
