//! What a SARIF log says of the rules that ran, and of the Framework's best practices behind them.

use std::collections::{BTreeMap, BTreeSet};

use archlint_schema::Severity;

use super::document::{
    ComponentReference, Configuration, Message, Relationship, Rule, RuleProperties, Taxon, TaxonReference,
    Taxonomy,
};
use crate::definition::{BestPractice, Definition, Pillar};
use crate::report::explain::word;
use crate::report::plain::{first_paragraph, fix};
use crate::verdict::Definitions;

const FRAMEWORK: &str = "AWS Well-Architected Framework";
const FRAMEWORK_URI: &str = "https://docs.aws.amazon.com/wellarchitected/latest/framework/welcome.html";

/// The best practices that the rules cite, by edition of the Framework: one taxonomy each.
pub(super) struct BestPractices<'a>(BTreeMap<&'a str, BTreeSet<&'a str>>);

impl<'a> BestPractices<'a> {
    pub(super) fn of(definitions: &'a Definitions) -> Self {
        let mut editions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for it in definitions.values().flat_map(|it| &it.best_practices) {
            editions.entry(&it.edition).or_default().insert(&it.id);
        }
        Self(editions)
    }

    pub(super) fn taxonomies(&self) -> Vec<Taxonomy<'a>> {
        let taxonomy = |(edition, ids): (&&'a str, &BTreeSet<&'a str>)| Taxonomy {
            name: FRAMEWORK,
            version: edition,
            organization: "Amazon Web Services",
            information_uri: FRAMEWORK_URI,
            taxa: ids.iter().map(|id| Taxon { id }).collect(),
        };
        self.0.iter().map(taxonomy).collect()
    }

    pub(super) fn references(&self) -> Vec<ComponentReference> {
        (0..self.0.len()).map(|index| ComponentReference { name: FRAMEWORK, index }).collect()
    }

    fn relationship(&self, it: &'a BestPractice) -> Option<Relationship<'a>> {
        let component = self.0.keys().position(|edition| *edition == it.edition)?;
        let index = self.0[it.edition.as_str()].iter().position(|id| *id == it.id)?;
        let tool_component = ComponentReference { name: FRAMEWORK, index: component };
        Some(Relationship { target: TaxonReference { id: &it.id, index, tool_component } })
    }
}

pub(super) fn rule<'a>(it: &'a Definition, practices: &BestPractices<'a>) -> Rule<'a> {
    let ids: BTreeSet<String> = it.best_practices.iter().map(|it| it.id.clone()).collect();
    Rule {
        id: &it.code,
        name: &it.slug,
        short_description: Message::new(&it.title),
        full_description: Message::new(first_paragraph(&it.why)),
        help: Message { markdown: Some(help(it)), ..Message::new(fix(it)) },
        help_uri: it.references.first().map(String::as_str),
        default_configuration: Configuration { level: level(it.severity) },
        relationships: it.best_practices.iter().filter_map(|it| practices.relationship(it)).collect(),
        properties: RuleProperties {
            tags: [word(&it.pillar)].into_iter().chain(ids).collect(),
            problem_severity: match it.severity {
                Severity::High => "error",
                Severity::Medium => "warning",
                Severity::Low | Severity::Info => "recommendation",
            },
            security_severity: (it.pillar == Pillar::Security).then(|| security_severity(it.severity)),
        },
    }
}

pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// A score in the middle of the range that GitHub shows under the same name.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.0",
    }
}

fn help(it: &Definition) -> String {
    let references: Vec<String> = it.references.iter().map(|it| format!("- <{it}>")).collect();
    let references = references.join("\n");
    format!("## Why\n\n{}\n\n## How to fix\n\n{}\n\n## References\n\n{references}\n", it.why, it.fix)
}
