//! One template, as its author wrote it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value as Json};
use template_model::{SourceSpan, SourceSpanIndex};

use super::order::{Order, in_order};
use super::parse::{self, exact};
use super::place::widen;
use super::serverless;
use crate::source::lines::Lines;
use crate::source::{Ignored, Place, Position, SourceError, SourceFile, redaction};

/// A template, as its author wrote it; where it has loops, also what they make of it in one scenario.
#[derive(Clone)]
pub(crate) struct Template {
    /// With nothing to be read where secrets stand.
    pub(crate) file: Arc<SourceFile>,
    /// The file's stem: what its resources' keys begin with.
    pub(crate) stack: String,
    /// Its sections, every intrinsic function in its long form, SAM expanded.
    authored: Json,
    /// By path (`Resources/Web/Properties/Subnets/0`).
    spans: Arc<SourceSpanIndex>,
    /// Keys that stand more than once in one mapping, by path, with the place of each.
    repeated: Arc<BTreeMap<String, Vec<SourceSpan>>>,
    /// What loops made, by its path, and the path in the loop that it is made of.
    made: BTreeMap<String, String>,
    transforms: Vec<String>,
    /// The conditions, each after those that it names.
    order: Order,
    lines: Arc<Lines>,
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
        let parse::Parsed { mut authored, mut spans, repeated } = parse::parse(&file)?;
        serverless::expand(&mut authored, &mut spans);
        let text = redaction::hidden_in_template(&file.text);
        let file = SourceFile { text, ..file };
        let lines = Lines::new(&file.text);
        let transforms = transforms(&authored["Transform"]);
        let template = Self {
            stack: stack_name(&file.name),
            file: Arc::new(file),
            order: in_order(authored["Conditions"].as_object()),
            authored,
            spans: Arc::new(spans),
            repeated: Arc::new(repeated),
            made: BTreeMap::new(),
            transforms,
            lines: Arc::new(lines),
        };
        if template.section("Resources").is_none() {
            return Err(SourceError::NotATemplate { file: template.file.name.clone() });
        }
        Ok(template)
    }

    /// The template with what its loops make in one scenario: the sections, and by the path of what was made the path
    /// in the loop.
    pub(super) fn expanded(&self, authored: Json, made: BTreeMap<String, String>) -> Self {
        let order = in_order(authored["Conditions"].as_object());
        Self { authored, made, order, ..self.clone() }
    }

    pub(super) fn authored(&self) -> &Json {
        &self.authored
    }

    /// The conditions, each after those that it names, and those that name themselves by way of others.
    pub(super) fn order(&self) -> &Order {
        &self.order
    }

    /// An error for each key that stands more than once in one mapping. The last one counts.
    pub(super) fn repeated_keys(&self) -> impl Iterator<Item = SourceError> {
        self.repeated.iter().map(|(path, spans)| {
            let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
            let within = if parent.is_empty() { "the template".to_owned() } else { format!("`{parent}`") };
            let message =
                format!("`{name}` stands {} times in {within}; the last one is checked", spans.len());
            let places: Vec<Place> = spans.iter().map(|it| exact(*it, 0)).collect();
            SourceError::template(message, &self.file, &places)
        })
    }

    /// A top-level section, where it is a mapping.
    pub(crate) fn section(&self, name: &str) -> Option<&Map<String, Json>> {
        self.authored.get(name)?.as_object()
    }

    /// The resources by logical id; what is a loop there is none.
    pub(crate) fn resources(&self) -> impl Iterator<Item = (&str, &Json)> {
        let all = self.section("Resources").into_iter().flatten();
        all.map(|(id, it)| (id.as_str(), it)).filter(|(id, _)| !id.starts_with("Fn::"))
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
        let all = self.section("Conditions").into_iter().flatten();
        all.map(|(name, it)| (name.as_str(), it)).filter(|(name, _)| !name.starts_with("Fn::"))
    }

    /// The names that the template declares: parameters and resources.
    pub(crate) fn declared(&self) -> BTreeSet<&str> {
        let parameters = self.section("Parameters").into_iter().flatten().map(|(name, _)| name.as_str());
        parameters.chain(self.resources().map(|(id, _)| id)).collect()
    }

    pub(crate) fn condition(&self, name: &str) -> Option<&Json> {
        self.section("Conditions")?.get(name)
    }

    /// The transforms that the template names, in order.
    pub(crate) fn transforms(&self) -> impl Iterator<Item = &str> {
        self.transforms.iter().map(String::as_str)
    }

    /// Whether SAM adds resources whose names only it knows.
    pub(crate) fn is_serverless(&self) -> bool {
        self.transforms().any(|it| it.starts_with("AWS::Serverless"))
    }

    /// Whether there is a top-level entry of that name, whatever it is.
    pub(crate) fn has_section(&self, name: &str) -> bool {
        self.authored.get(name).is_some()
    }

    /// Whether `Fn::ForEach` is there to be expanded.
    pub(crate) fn has_language_extensions(&self) -> bool {
        self.transforms.iter().any(|it| it == "AWS::LanguageExtensions")
    }

    /// What stands at a path of the template (`Resources/Web/Properties/Subnets/0`), or at the nearest path
    /// above it that has a place.
    pub(crate) fn place(&self, path: &str, file: usize) -> Option<Place> {
        let mut path = path;
        loop {
            if let Some(span) = self.span(path) {
                let narrow = exact(span, file);
                return Some(widen(narrow, &self.file.text, &self.lines));
            }
            path = &path[..path.rfind('/')?];
        }
    }

    /// Where a resource is declared; one that a loop made stands in the loop.
    pub(crate) fn resource_place(&self, id: &str, file: usize) -> Place {
        let span = self.span(&format!("Resources/{id}")).or_else(|| self.span("Resources"));
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
        self.spans.get(path).or_else(|| self.spans.get(&self.origin(path)?)).copied()
    }

    /// The path in a loop of what the loop made.
    fn origin(&self, path: &str) -> Option<String> {
        let mut whole = path;
        while !self.made.is_empty() {
            if let Some(origin) = self.made.get(whole) {
                return Some(format!("{origin}{}", &path[whole.len()..]));
            }
            whole = &whole[..whole.rfind('/')?];
        }
        None
    }
}

impl Parameter {
    /// Whether nobody sees the value, whatever is given.
    pub(crate) fn is_hidden(&self) -> bool {
        self.no_echo || self.is_ssm
    }

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

/// The names of the transforms, of which each may have parameters.
fn transforms(section: &Json) -> Vec<String> {
    let name = |it: &Json| it.as_str().or(it["Name"].as_str()).map(str::to_owned);
    match section {
        Json::Array(all) => all.iter().filter_map(name).collect(),
        one => name(one).into_iter().collect(),
    }
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
