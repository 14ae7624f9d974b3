//! What the author of an archlint rule imports.
//!
//! A rule is a definition (Markdown, `rules/<domain>/<slug>.md`) and a pure function over an
//! [`Architecture`]. It reads typed resources and facts, and answers with a [`Verdict`] per subject.
//! `?` on anything unknown makes the subject undecided, with the reason that the snapshot gives.

mod architecture;
mod document;
mod guest;
mod rule;
mod verdict;

pub use architecture::{Architecture, LoadBalancerView, Subject, TargetGroupView, UntypedView, View};
pub use archlint_schema as schema;
pub use document::Document;
pub use guest::debug;
#[doc(hidden)]
pub use guest::{Guest, Plugin, bindings};
pub use rule::{Check, Rule, RuleError};
pub use verdict::{Answer, Flaws, Missing, Stop, Verdict, Violation, gravest};

/// A plugin from the modules of its rules: the list that a new rule is added to.
///
/// Each module has a `RULE`, made by [`rule!`]. Compiled for wasm32, the crate exports them as a plugin;
/// compiled natively, it only has the list, so that rules are tested without a host.
#[macro_export]
macro_rules! plugin {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        /// The rules of this plugin.
        pub const RULES: &[$crate::Rule] = &[$($module::RULE),*];

        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, clippy::allow_attributes, reason = "generated from plugin.wit")]
        mod plugin {
            pub(crate) struct Plugin;

            impl $crate::Plugin for Plugin {
                const NAME: &'static str = env!("CARGO_PKG_NAME");
                const VERSION: &'static str = env!("CARGO_PKG_VERSION");
                const RULES: &'static [$crate::Rule] = super::RULES;
            }

            type Exported = $crate::Guest<Plugin>;
            $crate::bindings::export!(Exported with_types_in $crate::bindings);
        }
    };
}
