//! Secrets in the text of a CloudFormation template.

use std::collections::HashSet;
use std::ops::Range;

use super::document::{Content, Document, Node};
use super::names::{CHOSEN, INIT, is_name, is_secret, is_secret_name, is_value, within};
use super::text::{self, is_harmless};
use super::yaml;

/// Functions that only say where a value comes from.
const REFERENCES: [&str; 6] = ["Ref", "GetAtt", "ImportValue", "FindInMap", "GetStackOutput", "Condition"];

/// The text of a template, as it may be shown: where secrets stand nothing can be read, and all else is where it was.
pub(crate) fn hidden(text: &str) -> String {
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let own = &text[start..];
    let (document, roots) = if own.trim_start().starts_with('{') {
        let (document, root) = Document::of_json(own);
        (document, root.into_iter().collect())
    } else {
        yaml::read(own)
    };
    let mut walk = Walk { text: own, document: &document, secrets: Vec::new(), seen: HashSet::new() };
    for root in roots {
        walk.root(root);
    }
    let secrets = walk.secrets.into_iter().map(|it| it.start + start..it.end + start);
    text::hidden(text, secrets.collect())
}

/// What is known of a node by what it stands in.
#[derive(Clone, Copy)]
struct Context<'k> {
    /// The type of the resource.
    kind: &'k str,
    is_secret: bool,
}

impl Context<'_> {
    const NOTHING: Self = Self { kind: CHOSEN, is_secret: false };
}

struct Walk<'d, 't> {
    text: &'t str,
    document: &'d Document<'t>,
    secrets: Vec<Range<usize>>,
    /// What aliases led to, by the type that it stood for and whether it was a secret there.
    seen: HashSet<(usize, String, bool)>,
}

impl<'d, 't> Walk<'d, 't> {
    fn node(&self, at: usize) -> &'d Node<'t> {
        &self.document.nodes[at]
    }

    fn fields(&self, at: usize) -> &'d [(std::borrow::Cow<'t, str>, usize)] {
        match &self.node(at).content {
            Content::Map(fields) => fields,
            Content::Alias(at) if !matches!(self.node(*at).content, Content::Alias(_)) => self.fields(*at),
            _ => &[],
        }
    }

    fn scalar(&self, at: usize) -> &'t str {
        match &self.node(at).content {
            Content::Scalar(it) => &self.text[it.clone()],
            _ => "",
        }
    }

    fn field(&self, at: usize, name: &str) -> &'t str {
        let own = self.fields(at);
        let merged = own.iter().filter(|it| it.0 == "<<").flat_map(|it| self.fields(it.1));
        own.iter().chain(merged).find(|it| it.0 == name).map_or("", |it| self.scalar(it.1))
    }

    /// The keys of a section are names of what it declares.
    fn root(&mut self, at: usize) {
        for (section, inner) in self.fields(at) {
            match self.fields(*inner) {
                [] => self.walk(*inner, Context::NOTHING),
                declared => declared.iter().for_each(|(name, it)| self.declared(section, name, *it)),
            }
        }
    }

    fn declared(&mut self, section: &str, name: &str, at: usize) {
        if let Content::List(parts) = &self.node(at).content {
            // `Fn::ForEach`: its last part has the declarations.
            for part in parts {
                self.fields(*part).iter().for_each(|(name, it)| self.declared(section, name, *it));
            }
            return;
        }
        let is_secret = match section {
            "Parameters" => {
                self.field(at, "NoEcho").trim().eq_ignore_ascii_case("true") || is_secret_name(name)
            }
            "Outputs" => is_secret_name(name),
            _ => false,
        };
        if !is_secret {
            return self.walk(at, Context::NOTHING);
        }
        for (name, it) in self.fields(at) {
            let is_secret = matches!(&**name, "Default" | "AllowedValues" | "Value");
            self.walk(*it, Context { is_secret, ..Context::NOTHING });
        }
    }

    fn walk(&mut self, at: usize, context: Context<'_>) {
        let node = self.node(at);
        if context.is_secret && REFERENCES.contains(&&*node.tag) {
            return;
        }
        match &node.content {
            Content::Scalar(range) => self.add(range.clone(), context),
            Content::Alias(at) => {
                if self.seen.insert((*at, context.kind.to_owned(), context.is_secret)) {
                    self.walk(*at, context);
                }
            }
            // The first of `Fn::If` is the name of a condition.
            Content::List(items) => {
                items.iter().skip(usize::from(node.tag == "If")).for_each(|it| self.walk(*it, context));
            }
            Content::Map(fields) => self.map(at, fields, context),
        }
    }

    fn map(&mut self, at: usize, fields: &'d [(std::borrow::Cow<'t, str>, usize)], context: Context<'_>) {
        if let [(name, argument)] = fields
            && let Some(function) = function(name)
        {
            match &self.node(*argument).content {
                _ if context.is_secret && REFERENCES.contains(&function) => {}
                Content::List(items) if function == "If" => {
                    items.iter().skip(1).for_each(|it| self.walk(*it, context));
                }
                _ => self.walk(*argument, context),
            }
            return;
        }
        let kind = self.field(at, "Type");
        let is_resource = kind.contains("::") && fields.iter().any(|it| it.0 == "Properties");
        let is_pair = fields.iter().any(|it| is_name(&it.0) && is_secret_name(self.scalar(it.1)));
        let has_value = fields.iter().any(|it| is_value(&it.0));
        for (name, it) in fields {
            let is_secret = context.is_secret && !(has_value && is_name(name))
                || is_secret(context.kind, name)
                || is_pair && is_value(name);
            let kind = match &**name {
                "Properties" if is_resource => kind,
                INIT => INIT,
                // A merged mapping is part of this one.
                "<<" => context.kind,
                name => within(context.kind, name),
            };
            self.walk(*it, Context { kind, is_secret });
        }
    }

    fn add(&mut self, range: Range<usize>, context: Context<'_>) {
        let text = &self.text[range.clone()];
        if !context.is_secret {
            self.secrets.extend(text::of_urls(text).map(|it| range.start + it.start..range.start + it.end));
        } else if !is_harmless(text) {
            self.secrets.push(range);
        }
    }
}

/// The name of an intrinsic function, as its tag has it.
fn function(name: &str) -> Option<&str> {
    let names = |it: &&str| *it == "Ref" || *it == "Condition";
    name.strip_prefix("Fn::").or(Some(name).filter(names))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let shown = hidden(text);
        assert_eq!(shown, expected);
        assert_eq!(hidden(&shown), shown);
    }

    fn resource(kind: &str, properties: &str) -> String {
        format!("Resources:\n  Password:\n    Type: {kind}\n    Properties: {{{properties}}}\n")
    }

    #[track_caller]
    fn of(kind: &str, properties: &str, expected: &str) {
        check(&resource(kind, properties), &resource(kind, expected));
    }

    #[test]
    fn what_a_type_keeps_secret_is_hidden() {
        of("AWS::SSM::Parameter", "Name: a, Value: b", "Name: a, Value: *");
        of("AWS::EC2::Subnet", "Tags: [{Key: a, Value: b}]", "Tags: [{Key: a, Value: b}]");
        of("AWS::EC2::Subnet", "Tags: [{Key: ApiToken, Value: b}]", "Tags: [{Key: ApiToken, Value: *}]");
        of("AWS::RDS::DBInstance", "MasterUserPassword: !Ref P", "MasterUserPassword: !Ref P");
        of("AWS::RDS::DBInstance", "MasterUserPassword: {Ref: P}", "MasterUserPassword: {Ref: P}");
        of(
            "AWS::RDS::DBInstance",
            "MasterUserPassword: !If [C, a, !Ref B]",
            "MasterUserPassword: !If [C, *, !Ref B]",
        );
        of(
            "AWS::RDS::DBInstance",
            "MasterUserPassword: '{{resolve:ssm-secure:a}}'",
            "MasterUserPassword: '{{resolve:ssm-secure:a}}'",
        );
        of(
            "AWS::ECS::TaskDefinition",
            "Environment: [{Name: A, Value: b}], Command: [a, b c]",
            "Environment: [{Name: A, Value: *}], Command: [*, * *]",
        );
        of(
            "AWS::Lambda::Function",
            "Environment: {Variables: {A: b}}, Role: c",
            "Environment: {Variables: {A: *}}, Role: c",
        );
        of("AWS::X::Y", "Url: 'postgres://u:pw@h/d'", "Url: 'postgres://u:**@h/d'");
    }

    #[test]
    fn blocks_defaults_and_aliases_are_hidden_too() {
        check(
            "Parameters:\n  Environment: {Default: dev}\n  P: {NoEcho: true, Default: a, Description: d}\n  ApiToken:\n    Default: a\n",
            "Parameters:\n  Environment: {Default: dev}\n  P: {NoEcho: true, Default: *, Description: d}\n  ApiToken:\n    Default: *\n",
        );
        check(
            "Resources:\n  I:\n    Type: AWS::EC2::Instance\n    Metadata:\n      AWS::CloudFormation::Init:\n        config: {files: {/a: {content: b, mode: c}}}\n    Properties:\n      UserData:\n        Fn::Base64: !Sub |\n          a ${B}\n\n          c\n      # archlint: ignore\n      ImageId: d\n",
            "Resources:\n  I:\n    Type: AWS::EC2::Instance\n    Metadata:\n      AWS::CloudFormation::Init:\n        config: {files: {/a: {content: *, mode: c}}}\n    Properties:\n      UserData:\n        Fn::Base64: !Sub |\n          * ****\n\n          *\n      # archlint: ignore\n      ImageId: d\n",
        );
        check(
            "Mappings:\n  M: {a: {b: &x c}}\nResources:\n  U:\n    Type: AWS::IAM::User\n    Properties: {LoginProfile: {Password: *x}}\n",
            "Mappings:\n  M: {a: {b: &x *}}\nResources:\n  U:\n    Type: AWS::IAM::User\n    Properties: {LoginProfile: {Password: *x}}\n",
        );
        check(
            "Outputs: {DbPassword: {Value: a}, Url: {Value: b}}",
            "Outputs: {DbPassword: {Value: *}, Url: {Value: b}}",
        );
    }

    #[test]
    fn json_is_hidden_as_yaml_is() {
        check(
            "\u{feff}{\"Resources\":{\"P\":{\"Type\":\"AWS::SSM::Parameter\",\"Properties\":{\"Pass\\u0077ord\":\"\\\"a\",\"Value\":{\"Fn::Join\":[\"\",[\"a\",{\"Ref\":\"B\"}]]},\"Name\":\"a\"}}}}",
            "\u{feff}{\"Resources\":{\"P\":{\"Type\":\"AWS::SSM::Parameter\",\"Properties\":{\"Pass\\u0077ord\":\"***\",\"Value\":{\"Fn::Join\":[\"\",[\"*\",{\"Ref\":\"B\"}]]},\"Name\":\"a\"}}}}",
        );
        check(
            "{\"Resources\":{\"Fn::ForEach::L\":[\"X\",[\"a\"],{\"P${X}\":{\"Type\":\"AWS::SSM::Parameter\",\"Properties\":{\"Value\":\"a\"}}}]}}",
            "{\"Resources\":{\"Fn::ForEach::L\":[\"X\",[\"a\"],{\"P${X}\":{\"Type\":\"AWS::SSM::Parameter\",\"Properties\":{\"Value\":\"*\"}}}]}}",
        );
    }
}
