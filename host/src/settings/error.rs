//! What can be wrong with settings.

use std::path::Path;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

#[derive(Debug, Error, Diagnostic)]
pub enum SettingsError {
    #[error("cannot read the settings `{file}`")]
    #[diagnostic(
        code(archlint::settings::read),
        help("check that the file exists and is readable, or leave settings out with --no-config")
    )]
    Read { file: String, source: std::io::Error },

    #[error("the settings are no TOML: {message}")]
    #[diagnostic(code(archlint::settings::toml), help("mend the TOML at the place shown"))]
    Toml {
        message: String,
        #[source_code]
        text: NamedSource<String>,
        #[label("here")]
        at: Option<SourceSpan>,
    },

    #[error("the settings are wrong: {message}")]
    #[diagnostic(code(archlint::settings::wrong), help("{help}"))]
    Wrong {
        message: String,
        help: String,
        /// Absent where the command line is wrong.
        #[source_code]
        text: Option<NamedSource<Arc<str>>>,
        #[label("here")]
        at: Option<SourceSpan>,
    },

    #[error("no rule is called `{selector}` ({from})")]
    #[diagnostic(code(archlint::settings::unknown_rule), help("{help}"))]
    UnknownRule {
        selector: String,
        /// The option or the key that names it.
        from: String,
        help: String,
        #[source_code]
        text: Option<NamedSource<Arc<str>>>,
        #[label("here")]
        at: Option<SourceSpan>,
    },

    #[error("no rule is left to run")]
    #[diagnostic(
        code(archlint::settings::no_rules),
        help(
            "--select, --ignore and --pillar, or `select` and `ignore` in the settings, leave out all of them; `archlint config` shows which come from where"
        )
    )]
    NoRules,
}

impl SettingsError {
    pub(super) fn toml(path: &Path, text: String, error: &toml::de::Error) -> Self {
        Self::Toml {
            message: error.message().to_owned(),
            at: error.span().map(|it| (it.start, it.len()).into()),
            text: NamedSource::new(path.display().to_string(), text),
        }
    }
}
