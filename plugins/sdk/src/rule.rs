//! A rule: its definition and its check.

use std::fmt;

use archlint_schema::Verdicts;

use crate::{Architecture, Document};

/// The check of a rule.
pub type Check = fn(&Architecture<'_>) -> Result<Verdicts, RuleError>;

/// A definition and the function that checks it.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The Markdown of the definition, verbatim.
    pub definition: &'static str,
    pub check: Check,
}

/// A fault of the rule itself. The host reports it as an error; it is never a finding.
#[derive(Debug)]
pub enum RuleError {
    /// The check read a kind or a table of facts that its definition does not declare.
    Undeclared { what: &'static str },
    /// The parameters do not have the type that the check expects of them.
    Parameters(serde_json::Error),
    /// No rule of the plugin has this code.
    NoSuchRule(String),
    /// `check` was called before `load`.
    NotLoaded,
    /// The document, or a list in it, is not what the schema says.
    Document(String),
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RuleError::Undeclared { what } => {
                write!(f, "the check reads `{what}`, which `needs` does not declare")
            }
            RuleError::Parameters(error) => write!(f, "the parameters do not fit the check: {error}"),
            RuleError::NoSuchRule(code) => write!(f, "no rule has the code `{code}`"),
            RuleError::Document(error) => write!(f, "the document cannot be decoded: {error}"),
            RuleError::NotLoaded => f.write_str("no snapshot has been loaded"),
        }
    }
}

impl std::error::Error for RuleError {}

impl Rule {
    /// The code that the definition's front matter gives the rule.
    pub fn code(&self) -> &'static str {
        let value = self.definition.lines().find_map(|line| line.strip_prefix("code = \""));
        value.and_then(|it| it.split('"').next()).expect("the host refuses a definition without a code")
    }

    /// Runs the check over a document, with parameters as JSON text.
    pub fn run(&self, document: &Document, parameters: &str) -> Result<Verdicts, RuleError> {
        let needs =
            document.needs(self.code()).ok_or_else(|| RuleError::NoSuchRule(self.code().to_owned()))?;
        (self.check)(&Architecture::new(document, needs, parameters))
    }
}

/// A rule from the path of its definition, relative to the calling file, and its check.
#[macro_export]
macro_rules! rule {
    ($definition:literal, $check:ident) => {
        pub(crate) const RULE: $crate::Rule =
            $crate::Rule { definition: include_str!($definition), check: $check };
    };
}
