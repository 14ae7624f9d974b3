//! What can be wrong with a definition.

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

#[derive(Debug, Error, Diagnostic)]
pub enum DefinitionError {
    #[error("the definition `{origin}` has no front matter")]
    #[diagnostic(
        code(archlint::definition::front_matter),
        help("begin it with TOML between two lines of `+++`")
    )]
    FrontMatter { origin: String },

    #[error("the front matter of `{origin}` is no TOML: {message}")]
    #[diagnostic(code(archlint::definition::toml), help("mend the TOML at the place shown"))]
    Toml {
        origin: String,
        message: String,
        #[source_code]
        text: NamedSource<String>,
        #[label("here")]
        at: Option<SourceSpan>,
    },

    #[error("the front matter of `{origin}` is wrong{}: {message}", within(.path))]
    #[diagnostic(code(archlint::definition::schema), help("see schemas/rule.schema.json"))]
    Schema {
        origin: String,
        path: String,
        message: String,
        #[source_code]
        text: NamedSource<String>,
        #[label("here")]
        at: Option<SourceSpan>,
    },

    #[error("the definition `{origin}` has no section `{section}`")]
    #[diagnostic(
        code(archlint::definition::section),
        help("its sections are `## Why`, `## How to fix` and `## Examples`")
    )]
    Section { origin: String, section: String },

    #[error("an example of `{origin}` is wrong: {message}")]
    #[diagnostic(
        code(archlint::definition::example),
        help("a heading, then a fence `yaml bad`, `yaml good` or `yaml undecided`, then what is expected")
    )]
    Example {
        origin: String,
        message: String,
        #[source_code]
        text: NamedSource<String>,
        #[label("here")]
        at: SourceSpan,
    },

    #[error("plugin `{origin}` has a rule `{code}`, which another plugin has already")]
    #[diagnostic(code(archlint::definition::duplicate), help("codes are unique: give it one of its own"))]
    Duplicate { origin: String, code: String },

    #[error("the parameters of `{rule}` are wrong{}: {message}", within(.path))]
    #[diagnostic(code(archlint::definition::parameters), help("`archlint explain {rule}` lists them"))]
    Parameters { rule: String, path: String, message: String },
}

fn within(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!(" at `{path}`") }
}

impl DefinitionError {
    /// The JSON Pointer of the parameter that is wrong; empty where all of them are, or something else is.
    pub fn parameter(&self) -> &str {
        match self {
            Self::Parameters { path, .. } => path,
            _ => "",
        }
    }

    pub(super) fn front_matter(origin: &str) -> Self {
        Self::FrontMatter { origin: origin.to_owned() }
    }

    pub(super) fn toml(origin: &str, text: &str, start: usize, error: &toml::de::Error) -> Self {
        Self::Toml {
            origin: origin.to_owned(),
            message: error.message().to_owned(),
            text: NamedSource::new(origin, text.to_owned()),
            at: error.span().map(|it| (start + it.start, it.len()).into()),
        }
    }

    /// `path` is a JSON Pointer into the front matter; its last name is looked for in the text.
    pub(super) fn schema(origin: &str, text: &str, path: &str, message: &str) -> Self {
        let name = path.rsplit('/').find(|it| !it.is_empty() && it.parse::<usize>().is_err());
        let at = name.and_then(|name| text.find(&format!("{name} =")).map(|at| (at, name.len()).into()));
        Self::Schema {
            origin: origin.to_owned(),
            path: path.to_owned(),
            message: message.to_owned(),
            text: NamedSource::new(origin, text.to_owned()),
            at,
        }
    }

    pub(super) fn section(origin: &str, section: &str) -> Self {
        Self::Section { origin: origin.to_owned(), section: section.to_owned() }
    }

    pub(super) fn example(origin: &str, text: &str, at: usize, message: &str) -> Self {
        Self::Example {
            origin: origin.to_owned(),
            message: message.to_owned(),
            text: NamedSource::new(origin, text.to_owned()),
            at: (at, 3).into(),
        }
    }
}
