//! What can be wrong with an input.

use std::path::Path;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use super::redaction::DamagedJson;
use super::{Place, SourceFile};
use crate::fault::Fault;

#[derive(Debug, Error, Diagnostic)]
pub enum SourceError {
    #[error("cannot read `{file}`")]
    #[diagnostic(code(archlint::source::read), help("check that the path exists and is readable"))]
    Read { file: String, source: std::io::Error },

    #[error("`{file}` is neither UTF-8 nor UTF-16 text")]
    #[diagnostic(
        code(archlint::source::encoding),
        help("save it as UTF-8; byte {offset} is the first that is wrong")
    )]
    Encoding { file: String, offset: usize },

    #[error("`{file}` holds {size} MB; the limit is {limit} MB")]
    #[diagnostic(
        code(archlint::source::size),
        help(
            "CloudFormation takes templates of up to 1 MB; is this one? A plan or a snapshot may be larger."
        )
    )]
    TooLarge { file: String, size: u64, limit: u64 },

    #[error("`{file}` holds more than {megabytes} MB of text")]
    #[diagnostic(
        code(archlint::source::size),
        help("a budget keeps one input from taking all memory; `megabytes` in the settings raises it")
    )]
    OverBudget { file: String, megabytes: usize },

    #[error("`{file}` unpacks to more than {ratio} times its size")]
    #[diagnostic(
        code(archlint::source::packed),
        help("no plan and no snapshot packs so well; if this one does, unpack it yourself")
    )]
    Packed { file: String, ratio: u64 },

    #[error("`{file}` is {what}")]
    #[diagnostic(
        code(archlint::source::special),
        help("archlint reads files, folders, pipes that are named, and `-`, the standard input")
    )]
    Special { file: String, what: &'static str },

    #[error("`{file}` takes more than {limit} evaluations, at `{place}`")]
    #[diagnostic(
        code(archlint::source::evaluations),
        help(
            "what was not evaluated stays unknown; a budget keeps one input from taking all time, and `evaluations` in \
             the settings raises it"
        )
    )]
    Evaluations { file: String, limit: usize, place: String },

    #[error("in `{file}`, `{through}` lead back to where they begin")]
    #[diagnostic(
        code(archlint::source::circle),
        help("no plan has such values: is the file damaged? What they stand for stays unknown")
    )]
    Circle { file: String, through: String },

    #[error("`{file}` has values that lead through more than {limit} others, at `{place}`")]
    #[diagnostic(
        code(archlint::source::chain),
        help("no plan needs as many; what they stand for stays unknown")
    )]
    Chain { file: String, limit: usize, place: String },

    #[error("`{file}`: {item}: {message}")]
    #[diagnostic(
        code(archlint::source::element),
        help("this part of the file cannot be read; everything beside it is checked. Is the file damaged?")
    )]
    Element { file: String, item: String, message: String },

    #[error("`{file}` nests deeper than {limit} levels")]
    #[diagnostic(code(archlint::source::depth), help("no template needs this; is the file damaged?"))]
    TooDeep { file: String, limit: usize },

    #[error("cannot parse `{file}`: {message}")]
    #[diagnostic(code(archlint::source::syntax), help("mend the YAML or JSON at the place shown"))]
    Syntax {
        file: String,
        message: String,
        #[source_code]
        text: NamedSource<String>,
        #[label("here")]
        at: Option<SourceSpan>,
    },

    #[error(
        "`{file}` is neither a CloudFormation template nor a Terraform plan nor a saved snapshot nor of an account"
    )]
    #[diagnostic(
        code(archlint::source::unknown),
        help(
            "a template has a `Resources` section; a plan is what `terraform show -json` prints; a saved \
             snapshot is what `archlint snapshot` prints; of an account are snapshots of AWS Config and replies of \
             describe calls"
        )
    )]
    NotATemplate { file: String },

    #[error("{message}")]
    #[diagnostic(code(archlint::source::template), help("CloudFormation would refuse this template"))]
    Template {
        message: String,
        #[source_code]
        text: NamedSource<String>,
        #[label(collection, "here")]
        at: Vec<SourceSpan>,
    },

    #[error("{message}")]
    #[diagnostic(
        code(archlint::source::budget),
        help("the rest is checked; `{setting}` under `[budget]` in archlint.toml allows more")
    )]
    Budget {
        message: String,
        setting: &'static str,
        #[source_code]
        text: NamedSource<String>,
        #[label(collection, "here")]
        at: Vec<SourceSpan>,
    },

    #[error("`{file}` is a damaged snapshot: {source}")]
    #[diagnostic(code(archlint::source::snapshot), help("write it again with `archlint snapshot`"))]
    Snapshot { file: String, source: DamagedJson },

    #[error("`{file}` is a damaged Terraform plan or state: {source}")]
    #[diagnostic(
        code(archlint::source::terraform),
        help("write it again: `terraform plan -out plan` and `terraform show -json plan > plan.json`")
    )]
    Terraform { file: String, source: DamagedJson },

    #[error("`{file}` has `{key}` more than once; the first counts")]
    #[diagnostic(
        code(archlint::source::namesakes),
        help("resources are told apart by their address: is the file damaged, or put together of several?")
    )]
    Namesakes { file: String, key: String },

    #[error("`{file}` has {version}, which archlint cannot read")]
    #[diagnostic(
        code(archlint::source::terraform_version),
        help(
            "archlint reads plans and states of format_version 0.1 to 1.x, and state files of version 4, which \
             Terraform 0.12 and newer write"
        )
    )]
    TerraformVersion { file: String, version: String },

    #[error("`{file}` is damaged: {source}")]
    #[diagnostic(
        code(archlint::source::account),
        help(
            "save it again: a snapshot of AWS Config, a reply of `aws configservice` or `aws ec2 describe-*`"
        )
    )]
    Account { file: String, source: DamagedJson },

    #[error("`{file}` tells of no resource that archlint knows")]
    #[diagnostic(
        code(archlint::source::nothing_described),
        help(
            "of an account archlint reads what AWS Config writes, and replies of describe calls as they are"
        )
    )]
    NothingDescribed { file: String },

    #[error("`{file}` has an item that cannot be read: {item}: {message}")]
    #[diagnostic(
        code(archlint::source::item),
        help("an item has a `resourceType`, a `resourceId` and a `configuration`; the others are read")
    )]
    Item { file: String, item: String, message: String },

    #[error("cannot parse `{file}`: {message}")]
    #[diagnostic(
        code(archlint::source::hcl),
        help("what stands in this file cannot be shown; `terraform validate` tells more")
    )]
    Hcl {
        file: String,
        message: String,
        #[source_code]
        text: NamedSource<String>,
        #[label("here")]
        at: Option<SourceSpan>,
    },

    #[error("`{file}` leads out of `{boundary}`")]
    #[diagnostic(
        code(archlint::source::outside),
        help(
            "with --tf-dir, Terraform files are read in the repository of the root module: the nearest folder above it \
             that has a `.git`, else the working directory"
        )
    )]
    Outside { file: String, boundary: String },

    #[error("module `{name}` calls the module that it is called from")]
    #[diagnostic(
        code(archlint::source::module_circle),
        help("Terraform would never end with it; the call is not followed")
    )]
    ModuleCircle {
        name: String,
        #[source_code]
        text: NamedSource<String>,
        #[label("here")]
        at: Option<SourceSpan>,
    },

    #[error("no Terraform files in `{folder}`")]
    #[diagnostic(
        code(archlint::source::no_terraform),
        help("--tf-dir takes the folder of the root module, with its *.tf files")
    )]
    NoTerraform { folder: String },

    #[error("`{file}` is no parameter file: {message}")]
    #[diagnostic(
        code(archlint::source::parameters),
        help("write `[{{\"ParameterKey\": ..., \"ParameterValue\": ...}}]` or `{{\"Name\": \"value\"}}`")
    )]
    Parameters { file: String, message: String },

    #[error("no template in `{folder}`")]
    #[diagnostic(
        code(archlint::source::empty),
        help("templates end in .yaml, .yml, .json or .template and have a `Resources` section")
    )]
    EmptyFolder { folder: String },

    #[error(transparent)]
    #[diagnostic(transparent)]
    Fault(#[from] Fault),

    #[error("the scan in `{file}` was interrupted")]
    #[diagnostic(
        code(archlint::source::interrupted),
        help("`archlint scan --save {file} --resume` goes on with it; what is in it was checked")
    )]
    Interrupted { file: String },
}

impl SourceError {
    pub(crate) fn read(file: &Path, source: std::io::Error) -> Self {
        Self::Read { file: file.display().to_string(), source }
    }

    /// An error that stands at some places of a file.
    pub(crate) fn template(message: String, file: &SourceFile, places: &[Place]) -> Self {
        Self::Template {
            message,
            text: NamedSource::new(&file.name, file.text.clone()),
            at: spans(file, places),
        }
    }

    /// What a budget cut, at some places of a file.
    pub(crate) fn budget(
        setting: &'static str,
        message: String,
        file: &SourceFile,
        places: &[Place],
    ) -> Self {
        let text = NamedSource::new(&file.name, file.text.clone());
        Self::Budget { message, setting, text, at: spans(file, places) }
    }

    /// The file that the error is about.
    pub fn file(&self) -> &str {
        match self {
            Self::Read { file, .. }
            | Self::Encoding { file, .. }
            | Self::TooLarge { file, .. }
            | Self::OverBudget { file, .. }
            | Self::Evaluations { file, .. }
            | Self::Circle { file, .. }
            | Self::Chain { file, .. }
            | Self::Element { file, .. }
            | Self::Packed { file, .. }
            | Self::Special { file, .. }
            | Self::TooDeep { file, .. }
            | Self::Syntax { file, .. }
            | Self::NotATemplate { file }
            | Self::Snapshot { file, .. }
            | Self::Terraform { file, .. }
            | Self::TerraformVersion { file, .. }
            | Self::Account { file, .. }
            | Self::NothingDescribed { file }
            | Self::Item { file, .. }
            | Self::Interrupted { file }
            | Self::Hcl { file, .. }
            | Self::Outside { file, .. }
            | Self::Namesakes { file, .. }
            | Self::Parameters { file, .. } => file,
            Self::EmptyFolder { folder } | Self::NoTerraform { folder } => folder,
            Self::Template { text, .. } | Self::Budget { text, .. } | Self::ModuleCircle { text, .. } => {
                text.name()
            }
            Self::Fault(fault) => fault.work(),
        }
    }
}

fn spans(file: &SourceFile, places: &[Place]) -> Vec<SourceSpan> {
    let span = |it: &Place| {
        let start = file.offset(it.start);
        (start, file.offset(it.end).saturating_sub(start)).into()
    };
    places.iter().map(span).collect()
}
