//! Derives what follows from a snapshot, exactly as rules.md section 2 defines it. Pure: knows nothing of
//! where the snapshot came from.

mod because;

use archlint_schema::Snapshot;

pub use because::{Because, Step};

/// Fills in `snapshot.facts` and returns what makes each fact true.
pub fn derive(snapshot: &mut Snapshot) -> Because {
    let _ = snapshot;
    Because::default()
}
