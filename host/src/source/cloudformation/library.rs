//! All templates of a run, and which of them nests which.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde_json::Value as Json;

use super::compared::comparisons;
use super::template::Template;
use crate::source::node::Evaluated;

/// A URL of more parts names no file that stands beside a template.
const MAX_PARTS: usize = 32;

pub(crate) struct Library {
    pub(crate) templates: Vec<Arc<Template>>,
    /// By their normal paths.
    at: HashMap<PathBuf, usize>,
    literals: OnceCell<BTreeSet<String>>,
}

/// A resource that nests another template.
pub(crate) struct Nesting {
    pub(crate) id: String,
    pub(crate) nested: usize,
}

impl Library {
    pub(crate) fn new(templates: Vec<Template>) -> Self {
        let templates: Vec<_> = templates.into_iter().map(Arc::new).collect();
        let mut at = HashMap::new();
        for (index, it) in templates.iter().enumerate() {
            at.entry(normalize(Path::new(&it.file.name))).or_insert(index);
        }
        Self { templates, at, literals: OnceCell::new() }
    }

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
        self.at.get(&normalize(path)).copied()
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
            let first = parts.len().saturating_sub(MAX_PARTS);
            wanted.extend((first..parts.len()).map(|skip| folder.join(parts[skip..].join("/"))));
        }
        wanted.iter().find_map(|it| self.at(it))
    }

    /// Every literal that a condition of any template compares.
    pub(crate) fn literals(&self) -> &BTreeSet<String> {
        self.literals.get_or_init(|| {
            let mut literals = BTreeSet::new();
            for template in &self.templates {
                for (_, expression) in template.conditions() {
                    comparisons(expression, template, &mut |it| literals.extend(it.literals));
                }
            }
            literals
        })
    }

    /// What each template nests, whatever the scenario.
    pub(crate) fn nesting(&self) -> Vec<Vec<Nesting>> {
        let of = |(index, template): (usize, &Arc<Template>)| {
            let stacks =
                template.resources().filter(|(id, _)| template.kind(id) == "AWS::CloudFormation::Stack");
            let nesting = stacks.filter_map(|(id, it)| {
                let nested = self.nested(index, it, &url(&it["Properties"]["TemplateURL"]))?;
                Some(Nesting { id: id.to_owned(), nested })
            });
            nesting.collect()
        };
        self.templates.iter().enumerate().map(of).collect()
    }
}

/// Templates that no other nests, and of templates that only each other nest the first; and each resource that nests
/// what it is within. Without recursion: as many templates may nest each other as there are.
pub(crate) fn roots(nesting: &[Vec<Nesting>]) -> (Vec<usize>, Vec<(usize, &Nesting)>) {
    let by_others = |(index, all): (usize, &'_ Vec<Nesting>)| {
        all.iter().map(|it| it.nested).filter(move |it| *it != index).collect::<Vec<_>>()
    };
    let nested: BTreeSet<usize> = nesting.iter().enumerate().flat_map(by_others).collect();
    let (free, rest): (Vec<usize>, Vec<usize>) = (0..nesting.len()).partition(|it| !nested.contains(it));
    let (mut roots, mut circles) = (Vec::new(), Vec::new());
    let mut is_done = vec![false; nesting.len()];
    for root in free.into_iter().chain(rest) {
        if is_done[root] {
            continue;
        }
        roots.push(root);
        is_done[root] = true;
        let mut way = vec![(root, 0)];
        let mut on_the_way = BTreeSet::from([root]);
        while let Some((index, next)) = way.last_mut() {
            let Some(it) = nesting[*index].get(*next) else {
                on_the_way.remove(index);
                way.pop();
                continue;
            };
            *next += 1;
            if on_the_way.contains(&it.nested) {
                circles.push((*index, it));
            } else if !is_done[it.nested] {
                is_done[it.nested] = true;
                on_the_way.insert(it.nested);
                way.push((it.nested, 0));
            }
        }
    }
    roots.sort_unstable();
    (roots, circles)
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
        let library = Library::new(["a/root.yaml", "a/net/vpc.yaml", "b/vpc.yaml"].map(template).into());
        let found = |url: &str| library.nested(0, &Json::Null, &Evaluated::Text(url.into()));
        assert_eq!(found("net/vpc.yaml"), Some(1));
        assert_eq!(found("./net/../net/vpc.yaml"), Some(1));
        assert_eq!(found("../b/vpc.yaml"), Some(2));
        assert_eq!(found("https://bucket.s3.amazonaws.com/prefix/net/vpc.yaml"), Some(1));
        assert_eq!(found("https://bucket.s3.amazonaws.com/other.yaml"), None);
        assert_eq!(found("root.yaml"), Some(0));
    }
}
