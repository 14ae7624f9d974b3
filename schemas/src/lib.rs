//! The contract between archlint and its plugins: what a snapshot of an architecture holds, what is
//! derived from it, and what a rule may answer.
//!
//! A [`Snapshot`] crosses to a plugin as one self-describing document. Fields and kinds are only ever
//! added; a reader ignores those it does not know and defaults those that are missing.

mod cidr;
mod completeness;
mod document;
mod facts;
mod intent;
mod key_set;
mod keys;
mod kinds;
mod listing;
mod measure;
mod meta;
mod network_acl;
mod parts;
mod raw;
mod resource;
mod snapshot;
mod value;
mod verdict;
mod zone;
mod zone_set;

pub use cidr::{Cidr, CidrError, covers, covers_default};
pub use completeness::{Completeness, Scope};
pub use document::{DecodeError, Document, EncodeError, Needs, PackedDocument, Subjects, decode, encode};
pub use facts::*;
pub use intent::{DeclaredBucket, DeclaredStream, DeclaredWorkload, Intent, Readers};
pub use key_set::KeySet;
pub use keys::{KeyClass, KeyPattern, KeySampling};
pub use kinds::*;
pub use listing::Listing;
pub use measure::Measure;
pub use meta::{Key, Meta};
pub use network_acl::{AclFilter, Direction, Flow};
pub use parts::{parts, whole_of};
pub use raw::Raw;
pub use resource::{Resource, Resources, Untyped};
pub use snapshot::{SNAPSHOT_VERSION, Snapshot};
pub use value::{Reason, Unknown, Value};
pub use verdict::{Confidence, Evidence, Finding, Severity, Undecided, Verdicts};
pub use zone::{Zone, ZoneKind};
pub use zone_set::{ZoneBounds, ZoneMember, ZoneSet};
