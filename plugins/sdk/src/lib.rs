//! What the author of an archlint rule imports.
//!
//! A rule is a definition (Markdown, `rules/<domain>/<slug>.md`) and a pure function over an
//! [`Architecture`]. It reads typed resources and facts, and answers with a [`Verdict`] per subject.
//! `?` on anything unknown makes the subject undecided, with the reason that the snapshot gives.

mod architecture;
mod guest;
mod rule;
mod verdict;

pub use archlint_schema as schema;
pub use architecture::{Architecture, LoadBalancerView, Subject};
#[doc(hidden)]
pub use guest::{Guest, bindings};
pub use rule::{Check, Rule, RuleError};
pub use verdict::{Answer, Missing, Stop, Verdict, Violation};
