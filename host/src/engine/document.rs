//! What one plugin gets of a snapshot: the union of what its enabled rules need.

use std::collections::BTreeSet;

use archlint_schema::{Document, Facts, Snapshot};

use super::plugin::wit;
use super::{EnabledRule, EngineError};

pub(crate) fn document(snapshot: &Snapshot, rules: &[&EnabledRule]) -> Document {
    let kinds: BTreeSet<&str> = rules.iter().flat_map(|it| &it.needs.kinds).map(String::as_str).collect();
    let tables: BTreeSet<&str> = rules.iter().flat_map(|it| &it.needs.facts).map(String::as_str).collect();
    let mut resources = snapshot.resources.only(|kind| kinds.contains(kind));
    if !rules.iter().any(|it| it.needs.raw) {
        resources.iter_mut().for_each(|(_, meta)| meta.raw = None);
    }
    Document {
        needs: rules.iter().map(|it| (it.code.clone(), it.needs.clone())).collect(),
        snapshot: Snapshot {
            scope: snapshot.scope.clone(),
            resources,
            externals: snapshot.externals.clone(),
            facts: only(&snapshot.facts, &tables),
        },
    }
}

fn only(facts: &Facts, tables: &BTreeSet<&str>) -> Facts {
    let mut kept = Facts::default();
    macro_rules! keep {
        ($($table:ident),*) => {$(
            if tables.contains(stringify!($table)) {
                kept.$table.clone_from(&facts.$table);
            }
        )*};
    }
    keep!(subnets, instances, load_balancers, target_groups, auto_scaling_groups, databases);
    kept
}

pub(crate) fn encode(document: &Document, encoding: wit::Encoding) -> Result<Vec<u8>, EngineError> {
    let encoded = match encoding {
        wit::Encoding::Json => serde_json::to_vec(document).map_err(|error| error.to_string()),
        wit::Encoding::Messagepack => rmp_serde::to_vec_named(document).map_err(|error| error.to_string()),
    };
    encoded.map_err(EngineError::Engine)
}
