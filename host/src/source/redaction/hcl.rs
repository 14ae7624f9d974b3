//! Secrets in Terraform's source code.

use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey, Traversal};
use hcl_edit::structure::{Attribute, Block, BlockLabel, Body};
use hcl_edit::template::{Element, HeredocTemplate, StringTemplate};
use hcl_edit::visit::{self, Visit};

use super::names::{CHOSEN, is_document, is_secret, is_secret_name, type_of_terraform, within};
use super::text::{self, is_harmless};

/// The text of a file of Terraform, as it may be shown: where secrets stand nothing can be read, and all else is where
/// it was.
pub(crate) fn hidden(source: &str, body: &Body) -> String {
    let mut walk = Walk { source, kind: CHOSEN, is_secret: false, secrets: Vec::new() };
    walk.visit_body(body);
    text::hidden(source, walk.secrets)
}

struct Walk<'s> {
    source: &'s str,
    /// The type of the resource, in CloudFormation's words.
    kind: &'static str,
    is_secret: bool,
    secrets: Vec<Range<usize>>,
}

impl Walk<'_> {
    /// Goes on within a property.
    fn property(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        let (kind, was_secret) = (self.kind, self.is_secret);
        self.is_secret |= is_secret(kind, name);
        self.kind = within(kind, name);
        inner(self);
        (self.kind, self.is_secret) = (kind, was_secret);
    }

    fn add(&mut self, range: Option<Range<usize>>) {
        let Some(range) = range else { return };
        let text = &self.source[range.clone()];
        if !self.is_secret {
            self.secrets.extend(text::of_urls(text).map(|it| range.start + it.start..range.start + it.end));
            return;
        }
        let inner = text.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        let quote = usize::from(inner.is_some());
        if !is_harmless(inner.unwrap_or(text)) {
            self.secrets.push(range.start + quote..range.end - quote);
        }
    }
}

impl Visit for Walk<'_> {
    fn visit_block(&mut self, block: &Block) {
        let labels: Vec<&str> = block.labels.iter().map(BlockLabel::as_str).collect();
        let says = |name: &str| {
            let value = block.body.get_attribute(name).and_then(|it| it.value.as_bool());
            value.unwrap_or(false)
        };
        match (block.ident.as_str(), labels.as_slice()) {
            ("resource" | "data", [kind, ..]) => {
                let before = self.kind;
                self.kind = type_of_terraform(kind);
                visit::visit_body(self, &block.body);
                self.kind = before;
            }
            // What it is called is what its author chose.
            ("variable" | "output", [name, ..]) => {
                let is_secret = says("sensitive") || is_secret_name(name);
                for it in block.body.attributes() {
                    self.is_secret = is_secret && matches!(it.key.as_str(), "default" | "value");
                    self.visit_expr(&it.value);
                }
                self.is_secret = false;
            }
            // Its blocks are called after what it makes.
            ("dynamic", [name, ..]) => self.property(name, |it| visit::visit_body(it, &block.body)),
            (name, _) => self.property(name, |it| visit::visit_body(it, &block.body)),
        }
    }

    fn visit_attr(&mut self, attribute: &Attribute) {
        let name = attribute.key.as_str();
        let text = |it: &Expression| {
            matches!(
                it,
                Expression::String(_) | Expression::StringTemplate(_) | Expression::HeredocTemplate(_)
            )
        };
        self.property(name, |it| {
            it.is_secret |= is_document(name) && text(&attribute.value);
            it.visit_expr(&attribute.value);
        });
    }

    fn visit_object_item(&mut self, key: &ObjectKey, value: &hcl_edit::expr::ObjectValue) {
        let name = match key {
            ObjectKey::Ident(it) => it.as_str(),
            ObjectKey::Expression(it) => it.as_str().unwrap_or_default(),
        };
        self.property(name, |it| it.visit_expr(value.expr()));
    }

    fn visit_expr(&mut self, expression: &Expression) {
        match expression {
            Expression::String(it) => self.add(it.span()),
            Expression::Number(it) => self.add(it.span()),
            _ => visit::visit_expr(self, expression),
        }
    }

    /// `a["b"]` says where a value comes from.
    fn visit_traversal(&mut self, _: &Traversal) {}

    fn visit_string_template(&mut self, template: &StringTemplate) {
        template.iter().for_each(|it| self.visit_element(it));
    }

    fn visit_heredoc_template(&mut self, template: &HeredocTemplate) {
        template.template.iter().for_each(|it| self.visit_element(it));
    }

    fn visit_element(&mut self, element: &Element) {
        match element {
            Element::Literal(it) => self.add(it.span()),
            _ => visit::visit_element(self, element),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: &str) {
        let body = hcl_edit::parser::parse_body(source).unwrap();
        assert_eq!(hidden(source, &body), expected);
    }

    #[test]
    fn what_is_secret_in_source_code_is_hidden() {
        check(
            "variable \"a\" {\n  default = \"b\"\n  sensitive = true\n}",
            "variable \"a\" {\n  default = \"*\"\n  sensitive = true\n}",
        );
        check(
            "variable \"db_password\" {\n  default = \"b\"\n}",
            "variable \"db_password\" {\n  default = \"*\"\n}",
        );
        check(
            "variable \"environment\" {\n  default = \"b\"\n}",
            "variable \"environment\" {\n  default = \"b\"\n}",
        );
        let of = |kind: &str, body: &str| format!("resource \"{kind}\" \"a\" {{\n{body}\n}}");
        for (kind, body, expected) in [
            ("aws_db_instance", "password = \"\u{fc}b\" # c", "password = \"\u{d7}*\" # c"),
            ("aws_db_instance", "password = var.p\nport = 1", "password = var.p\nport = 1"),
            ("aws_db_instance", "password = \"a${var.p}b\"", "password = \"*${var.p}*\""),
            ("aws_ssm_parameter", "value = \"b\"", "value = \"*\""),
            (
                "aws_subnet",
                "tags = { Environment = \"b\", ApiToken = \"c\" }",
                "tags = { Environment = \"b\", ApiToken = \"*\" }",
            ),
            (
                "aws_lambda_function",
                "environment {\nvariables = { A = \"b\" }\n}",
                "environment {\nvariables = { A = \"*\" }\n}",
            ),
            ("aws_instance", "user_data = <<-EOT\n  a\n  b\nEOT", "user_data = <<-EOT\n  *\n  *\nEOT"),
            ("aws_instance", "user_data = base64encode(\"a\")", "user_data = base64encode(\"*\")"),
        ] {
            check(&of(kind, body), &of(kind, expected));
        }
    }
}
