//! One parsed template. The only module that knows the parser.
//!
//! The parser reads YAML and JSON with places, expands `Fn::ForEach`, and knows the template's own
//! `Rules`. Its resolved values lose what archlint lives on (symbolic zones, references to things that have
//! no id yet), so what is used of it is the template as written, every intrinsic in its long form.

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use miette::NamedSource;
use serde_json::{Map, Value as Json};
use template_model::conditions::ConditionModel;
use template_model::{
    ParseConfig, ParseError, PseudoParameterOverrides, SemanticModel, SourceSpan, SourceSpanIndex,
    span_to_option,
};

use super::place::widen;
use super::serverless;
use crate::source::{Ignored, Place, Position, SourceError, SourceFile, redaction};

/// A template, as its author wrote it.
pub(crate) struct Template {
    /// With nothing to be read where secrets stand.
    pub(crate) file: SourceFile,
    /// The file's stem: what its resources' keys begin with.
    pub(crate) stack: String,
    /// Its sections, every intrinsic function in its long form, SAM and `Fn::ForEach` expanded.
    authored: Json,
    /// By path (`Resources/Web/Properties/Subnets/0`).
    spans: SourceSpanIndex,
    transforms: Vec<String>,
    /// What the section `Rules` leaves possible; absent without one.
    rules: Option<ConditionModel>,
    /// The byte offset at which each line starts.
    lines: Vec<usize>,
}

/// A parameter's declaration.
pub(crate) struct Parameter {
    pub(crate) default: Option<String>,
    pub(crate) allowed: Vec<String>,
    pub(crate) no_echo: bool,
    /// Whether the value is a list, written with commas.
    pub(crate) is_list: bool,
    /// Whether the value is the name of an SSM parameter, which hides the value proper.
    pub(crate) is_ssm: bool,
}

impl Template {
    pub(crate) fn parse(file: SourceFile) -> Result<Self, SourceError> {
        let bytes = file.text.trim_start_matches('\u{feff}').as_bytes();
        let config = ParseConfig {
            parameters: HashMap::new(),
            pseudo_parameters: PseudoParameterOverrides::default(),
        };
        // A parser's bug in one input must not cost the others: a panic becomes an error of this file.
        let model = match catch_unwind(AssertUnwindSafe(|| SemanticModel::parse(bytes, config))) {
            Ok(Ok(result)) => result.model,
            Ok(Err(error)) => return Err(syntax(file, &error)),
            Err(_) => {
                let error =
                    ParseError { message: "the parser failed on it".into(), line: None, column: None };
                return Err(syntax(file, &error));
            }
        };
        let mut authored = model.authored_template_json().clone();
        let rules = authored.get("Rules").is_some().then_some(model.conditions);
        let lines = std::iter::once(0).chain(file.text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let (mut spans, transforms) = (model.span_index, model.transforms);
        serverless::expand(&mut authored, &mut spans);
        let text = redaction::hidden_in_template(&file.text);
        let file = SourceFile { text, ..file };
        let template =
            Self { stack: stack_name(&file.name), file, authored, spans, transforms, rules, lines };
        if template.section("Resources").is_none() {
            return Err(SourceError::NotATemplate { file: template.file.name });
        }
        Ok(template)
    }

    /// A top-level section, where it is a mapping.
    pub(crate) fn section(&self, name: &str) -> Option<&Map<String, Json>> {
        self.authored.get(name)?.as_object()
    }

    pub(crate) fn resources(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.section("Resources").into_iter().flatten().map(|(id, it)| (id.as_str(), it))
    }

    pub(crate) fn resource(&self, id: &str) -> Option<&Json> {
        self.section("Resources")?.get(id)
    }

    /// A resource's type; empty where it has none.
    pub(crate) fn kind(&self, id: &str) -> &str {
        self.resource(id).and_then(|it| it["Type"].as_str()).unwrap_or_default()
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&str, Parameter)> {
        self.section("Parameters")
            .into_iter()
            .flatten()
            .map(|(name, it)| (name.as_str(), Parameter::read(it)))
    }

    pub(crate) fn conditions(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.section("Conditions").into_iter().flatten().map(|(name, it)| (name.as_str(), it))
    }

    pub(crate) fn condition(&self, name: &str) -> Option<&Json> {
        self.section("Conditions")?.get(name)
    }

    /// Whether a macro other than AWS's own rewrites the template before it is deployed.
    pub(crate) fn has_macro(&self) -> bool {
        self.transforms.iter().any(|it| !it.starts_with("AWS::") || it.starts_with("AWS::Serverless"))
    }

    /// Whether the template's own `Rules` leave these truths of conditions possible together.
    pub(crate) fn allows(&self, truths: &BTreeMap<String, bool>) -> bool {
        let Some(rules) = &self.rules else { return true };
        let mut assumed: Vec<(String, bool)> = truths.iter().map(|(name, it)| (name.clone(), *it)).collect();
        // The parser holds a deployment to the assertions of rules with a condition; those without one always
        // hold. The name is the one that it gives an assertion among the conditions.
        for (name, rule) in self.section("Rules").into_iter().flatten() {
            let assertions = rule["Assertions"].as_array().filter(|_| rule.get("RuleCondition").is_none());
            let count = assertions.map_or(0, Vec::len);
            assumed.extend((0..count).map(|at| (format!("__rule_assert_{name}_{at}"), true)));
        }
        rules.is_satisfiable(&assumed)
    }

    /// What stands at a path of the template (`Resources/Web/Properties/Subnets/0`), or at the nearest path
    /// above it that has a place.
    pub(crate) fn place(&self, path: &str, file: usize) -> Option<Place> {
        let mut path = path;
        loop {
            if let Some(span) = self.span(path) {
                let narrow = exact(span, file);
                return Some(self.line(narrow.start.line).map_or(narrow, |line| widen(narrow, line)));
            }
            path = &path[..path.rfind('/')?];
        }
    }

    /// Where a resource is declared; one that `Fn::ForEach` made stands at the loop.
    pub(crate) fn resource_place(&self, id: &str, file: usize) -> Place {
        let of_loop = || {
            let loops = self.spans.keys().filter(|it| it.starts_with("Resources/Fn::ForEach::"));
            self.span(loops.min()?)
        };
        let span = self.span(&format!("Resources/{id}")).or_else(of_loop).or_else(|| self.span("Resources"));
        let start = Position { line: 1, column: 1 };
        span.map_or(Place { file, start, end: start }, |it| exact(it, file))
    }

    /// What a resource's metadata says archlint shall ignore. What has another shape names no rule or an unknown
    /// field, and is told as such.
    pub(crate) fn ignored(&self, id: &str, file: usize) -> Vec<Ignored> {
        let path = format!("Resources/{id}/Metadata/archlint");
        let ignored = |fields: BTreeMap<String, String>, path: &str| {
            let place = self.place(path, file).unwrap_or_else(|| self.resource_place(id, file));
            Ignored { path: String::new(), fields, place }
        };
        let entry = |json: &Json, path: &str| {
            let fields = json.as_object().into_iter().flatten();
            ignored(fields.filter_map(|(name, it)| Some((name.clone(), scalar_text(it)?))).collect(), path)
        };
        let part = |(name, json): (&String, &Json)| {
            let path = format!("{path}/{name}");
            match json {
                _ if name != "ignore" => vec![ignored([(name.clone(), String::new())].into(), &path)],
                Json::Array(all) => {
                    all.iter().enumerate().map(|(at, it)| entry(it, &format!("{path}/{at}"))).collect()
                }
                one => vec![entry(one, &path)],
            }
        };
        let metadata = self.resource(id).and_then(|it| it.get("Metadata")?.get("archlint"));
        match metadata {
            None => Vec::new(),
            Some(Json::Object(parts)) => parts.iter().flat_map(part).collect(),
            Some(other) => vec![entry(other, &path)],
        }
    }

    fn span(&self, path: &str) -> Option<SourceSpan> {
        self.spans.get(path).copied().and_then(span_to_option)
    }

    fn line(&self, number: usize) -> Option<&str> {
        let start = *self.lines.get(number.checked_sub(1)?)?;
        self.file.text.get(start..)?.lines().next()
    }
}

impl Parameter {
    fn read(json: &Json) -> Self {
        let kind = json["Type"].as_str().unwrap_or("String");
        let allowed =
            json["AllowedValues"].as_array().map(|all| all.iter().filter_map(scalar_text).collect());
        Self {
            default: json.get("Default").and_then(scalar_text),
            allowed: allowed.unwrap_or_default(),
            no_echo: json.get("NoEcho").and_then(scalar_text).is_some_and(|it| it == "true"),
            is_list: kind.starts_with("List<") || kind == "CommaDelimitedList",
            is_ssm: kind.starts_with("AWS::SSM::Parameter::Value"),
        }
    }
}

/// A scalar as CloudFormation reads it: everything is text.
pub(crate) fn scalar_text(json: &Json) -> Option<String> {
    match json {
        Json::String(it) => Some(it.clone()),
        Json::Number(it) => Some(it.to_string()),
        Json::Bool(it) => Some(it.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

fn stack_name(file: &str) -> String {
    let stem = Path::new(file).file_stem().map_or(file.to_owned(), |it| it.to_string_lossy().into_owned());
    stem.strip_suffix(".template").unwrap_or(&stem).to_owned()
}

fn position(line: u32, column: u32) -> Position {
    Position { line: line.max(1) as usize, column: column.max(1) as usize }
}

fn exact(span: SourceSpan, file: usize) -> Place {
    let start = position(span.start_line, span.start_column);
    Place { file, start, end: position(span.end_line, span.end_column) }
}

fn syntax(file: SourceFile, error: &ParseError) -> SourceError {
    let at = error.line.map(|line| {
        let offset = file.offset(position(line, error.column.unwrap_or(1)));
        (offset, usize::from(offset < file.text.len())).into()
    });
    let text = NamedSource::new(&file.name, redaction::hidden_by_names(&file.text));
    // `'...' is not a valid value for !!int`: what is no such value may be a secret.
    let message = match error.message.rsplit_once("' is not ") {
        Some((_, what)) => format!("a value is not {what}"),
        None => error.message.clone(),
    };
    SourceError::Syntax { file: file.name, message, text, at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn shown(text: &str, path: &str, expected: &str) {
        let template = Template::parse(SourceFile { name: "t.yaml".into(), text: text.into() }).unwrap();
        let place = template.place(path, 0).unwrap();
        let (start, end) = (template.file.offset(place.start), template.file.offset(place.end));
        assert_eq!(&template.file.text[start..end], expected);
    }

    #[test]
    fn a_place_shows_the_key_with_its_value_or_the_item() {
        let yaml = "Resources:\n  Lb:\n    Type: AWS::ElasticLoadBalancingV2::LoadBalancer\n    Properties:\n      \
                    Scheme: internal # why\n      Subnets:\n        - !Ref A\n        - !If [P, !Ref B, !Ref C]\n      \
                    SecurityGroups: [!Ref X, {Ref: Y}]\n";
        shown(yaml, "Resources/Lb/Properties/Scheme", "Scheme: internal");
        shown(yaml, "Resources/Lb/Properties/Subnets/0", "!Ref A");
        shown(yaml, "Resources/Lb/Properties/Subnets/1/Fn::If/1", "!Ref B");
        shown(yaml, "Resources/Lb/Properties/Subnets/7/No", "Subnets:");
        let json = "{\"Resources\":{\"X\":{\"Type\":\"AWS::EC2::Subnet\",\"Properties\":{\"VpcId\":{\"Ref\":\"V\"},\
                    \"CidrBlock\":\"10.0.0.0/24\"}}}}";
        shown(json, "Resources/X/Properties/VpcId", "\"VpcId\":{\"Ref\":\"V\"}");
        shown(json, "Resources/X/Properties/CidrBlock", "\"CidrBlock\":\"10.0.0.0/24\"");
    }

    #[test]
    fn a_stack_is_named_after_its_file() {
        assert_eq!(stack_name("a/network.yaml"), "network");
        assert_eq!(stack_name("cdk.out/Web.template.json"), "Web");
    }
}
