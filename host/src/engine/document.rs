//! What one plugin gets of a snapshot: the union of what its enabled rules need, in the encoding that it declares.

use std::collections::BTreeMap;

use archlint_schema::{Document, Needs, PackedDocument, Snapshot, Subjects};

use super::EnabledRule;
use super::plugin::wit::Encoding;

/// The bytes that `load` takes, where rules are asked about some subjects, or all; the error is what the encoder says.
pub(crate) fn encode(
    snapshot: &Snapshot,
    rules: &[&EnabledRule],
    subjects: Option<Subjects>,
    encoding: Encoding,
) -> Result<Vec<u8>, String> {
    let needs: BTreeMap<String, Needs> = rules.iter().map(|it| (it.code.clone(), it.needs.clone())).collect();
    match encoding {
        Encoding::Json => {
            let document = Document { subjects, ..Document::new(snapshot, needs) };
            serde_json::to_vec(&document).map_err(|error| error.to_string())
        }
        Encoding::Cbor => PackedDocument::new(snapshot, needs)
            .and_then(|it| archlint_schema::encode(&PackedDocument { subjects, ..it }))
            .map_err(|error| error.to_string()),
    }
}
