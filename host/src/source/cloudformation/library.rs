//! All templates of a run, and which of them nests which.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use serde_json::Value as Json;

use super::template::Template;
use crate::source::node::Evaluated;

pub(crate) struct Library {
    pub(crate) templates: Vec<Template>,
}

impl Library {
    /// The template of a nested stack, seen from the template that declares it: the asset that CDK names in the
    /// resource's metadata, or what its `TemplateURL` means.
    pub(crate) fn nested(&self, from: usize, resource: &Json, url: &Evaluated) -> Option<usize> {
        let asset = resource["Metadata"]["aws:asset:path"].as_str();
        asset.and_then(|it| self.at(&self.folder(from).join(it))).or_else(|| self.at_url(from, url))
    }

    /// The folder of the cloud assembly (`cdk.out`) that a template is part of. CDK marks each with a file `cdk.out`.
    /// <https://docs.aws.amazon.com/cdk/v2/guide/deploy.html#deploy-how-synth-assemblies>
    pub(crate) fn assembly(&self, index: usize) -> Option<&Path> {
        Some(self.folder(index)).filter(|it| it.join("cdk.out").is_file())
    }

    fn folder(&self, index: usize) -> &Path {
        Path::new(&self.templates[index].file.name).parent().unwrap_or(Path::new(""))
    }

    fn at(&self, path: &Path) -> Option<usize> {
        let path = normalize(path);
        self.templates.iter().position(|it| normalize(Path::new(&it.file.name)) == path)
    }

    /// A path beside the template, or the last part of a URL where a file of that name stands beside it (`aws
    /// cloudformation package` uploads such files).
    fn at_url(&self, from: usize, url: &Evaluated) -> Option<usize> {
        let (Evaluated::Text(text) | Evaluated::Pattern(text)) = url else { return None };
        let folder = self.folder(from);
        let local = text.strip_prefix("file://").unwrap_or(text);
        let mut wanted = vec![folder.join(local)];
        if text.contains("://") || text.contains("${") {
            // Longer tails first: two files of one name stand in different folders.
            let parts: Vec<&str> = text.split('/').collect();
            wanted.extend((0..parts.len()).map(|skip| folder.join(parts[skip..].join("/"))));
        }
        wanted.iter().find_map(|it| self.at(it)).filter(|it| *it != from)
    }

    /// Templates that some other template nests, whatever the scenario; they are no roots.
    pub(crate) fn nested_somewhere(&self) -> BTreeSet<usize> {
        let of = |index: usize| {
            let template = &self.templates[index];
            let stacks =
                template.resources().filter(|(id, _)| template.kind(id) == "AWS::CloudFormation::Stack");
            stacks.filter_map(move |(_, it)| self.nested(index, it, &url(&it["Properties"]["TemplateURL"])))
        };
        (0..self.templates.len()).flat_map(of).collect()
    }
}

/// A `TemplateURL` as far as it can be read without a scenario: placeholders stay.
fn url(json: &Json) -> Evaluated {
    let text = |it: &Json| it.as_str().unwrap_or("${}").to_owned();
    match super::evaluate::intrinsic(json) {
        None => Evaluated::Text(text(json)),
        Some(("Fn::Sub", argument)) => Evaluated::Pattern(text(argument.get(0).unwrap_or(argument))),
        Some(("Fn::Join", argument)) => {
            let parts: Vec<String> = argument[1].as_array().into_iter().flatten().map(text).collect();
            Evaluated::Pattern(parts.join(argument[0].as_str().unwrap_or_default()))
        }
        Some(_) => Evaluated::Pattern(String::new()),
    }
}

/// A path without `.` and `..`, so that two ways of writing it are one.
fn normalize(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut normal, part| {
        match part {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            other => normal.push(other),
        }
        normal
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;

    #[test]
    fn a_nested_template_is_found_beside_its_parent() {
        let template = |name: &str| {
            Template::parse(SourceFile { name: name.into(), text: "Resources: {}".into() }).unwrap()
        };
        let library =
            Library { templates: ["a/root.yaml", "a/net/vpc.yaml", "b/vpc.yaml"].map(template).into() };
        let found = |url: &str| library.nested(0, &Json::Null, &Evaluated::Text(url.into()));
        assert_eq!(found("net/vpc.yaml"), Some(1));
        assert_eq!(found("./net/../net/vpc.yaml"), Some(1));
        assert_eq!(found("../b/vpc.yaml"), Some(2));
        assert_eq!(found("https://bucket.s3.amazonaws.com/prefix/net/vpc.yaml"), Some(1));
        assert_eq!(found("https://bucket.s3.amazonaws.com/other.yaml"), None);
        assert_eq!(found("root.yaml"), None);
    }
}
