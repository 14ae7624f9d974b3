//! HCL expressions in the form in which a plan's configuration tells them: by what they refer to.

use std::cell::Cell;
use std::collections::HashSet;
use std::rc::Rc;

use hcl_edit::expr::{Expression, ForExpr, ForIntro, Traversal, TraversalOperator};
use hcl_edit::structure::{Block, Body, Structure};
use hcl_edit::template::{Element, ForTemplateExpr};
use hcl_edit::visit::{Visit, visit_expr, visit_for_cond, visit_template};
use serde_json::{Map, Value as Json, json};

use super::mentions::COMPUTED_INDEX;

/// An expression as `{"references": [...]}` or `{"constant_value": ...}`.
pub(super) fn expression(expression: &Expression) -> Json {
    References::default().told(expression)
}

/// What a `dynamic` block makes of each element: the name of the blocks, and the expressions of one of them.
pub(super) fn dynamic(block: &Block) -> Option<(String, Json)> {
    let name = block.labels.first()?.as_str();
    let attribute = |name: &str| block.body.get_attribute(name).map(|it| &it.value);
    let iterator = match attribute("iterator") {
        Some(Expression::Variable(it)) => it.as_str(),
        _ => name,
    };
    let mut elements = References::default();
    elements.visit_expr(attribute("for_each")?);
    let bound = Bound { elements: elements.found, role: Role::Iterator, ..Bound::new(iterator) };
    let within = References { bound: vec![bound], ..References::default() };
    let content = block.body.get_blocks("content").next()?;
    Some((name.to_owned(), within.block(&content.body)))
}

/// Gathers references, more precisely than a plan does: what is taken of each element of a splat or of a `for` is
/// part of them.
#[derive(Default, Clone)]
struct References {
    bound: Vec<Bound>,
    found: Vec<String>,
    room: Room,
}

/// How often what is said of each element of a collection is still written out: loops within loops would be without
/// end.
#[derive(Clone)]
struct Room(Rc<Cell<usize>>);

impl Default for Room {
    fn default() -> Self {
        const ELEMENTS: usize = 1000;
        Self(Rc::new(Cell::new(ELEMENTS)))
    }
}

impl Room {
    /// Whether there was room for some more.
    fn take(&self, elements: usize) -> bool {
        let left = self.0.get().checked_sub(elements);
        self.0.set(left.unwrap_or_default());
        left.is_some()
    }
}

/// A name that stands for each element of a collection, and what that refers to.
#[derive(Clone)]
struct Bound {
    name: String,
    elements: Vec<String>,
    /// What it is, where it is written out: that of each element of a literal list, one after the other.
    literal: Option<Json>,
    role: Role,
}

#[derive(Clone, Copy, PartialEq)]
enum Role {
    /// The key of an element of a `for`.
    Key,
    /// The element of a `for`.
    Value,
    /// The iterator of a `dynamic` block, which has the element as its `value`.
    Iterator,
}

impl References {
    fn told(mut self, expression: &Expression) -> Json {
        self.visit_expr(expression);
        match (self.found.is_empty(), literal(expression)) {
            (true, Some(it)) => json!({ "constant_value": it }),
            _ => json!({ "references": self.found }),
        }
    }

    fn block(&self, body: &Body) -> Json {
        let mut fields: Map<String, Json> = Map::new();
        for structure in body {
            match structure {
                Structure::Attribute(it) => {
                    fields.insert(it.key.as_str().to_owned(), self.clone().told(&it.value));
                }
                Structure::Block(it) => {
                    let blocks = fields.entry(it.ident.as_str()).or_insert_with(|| json!([]));
                    blocks.as_array_mut().expect("a block is no attribute").push(self.block(&it.body));
                }
            }
        }
        Json::Object(fields)
    }

    /// A name on its own, or the root of a traversal with what follows it.
    fn add(&mut self, root: &str, rest: &str) {
        match self.bound_to(root) {
            Some(bound) => {
                let rest = bound.within_element(rest);
                let found: Vec<String> = if self.room.take(bound.elements.len()) {
                    bound.elements.iter().map(|it| format!("{it}{rest}")).collect()
                } else {
                    vec![COMPUTED_INDEX.to_owned()]
                };
                self.found.extend(found);
            }
            None => self.found.push(format!("{root}{rest}")),
        }
    }

    /// Visits what is said of each element of a collection, under the names that the element and its key have.
    fn for_each(&mut self, over: &Expression, key: Option<&str>, value: &str, visit: impl Fn(&mut Self)) {
        let mut collection = Self { bound: self.bound.clone(), found: Vec::new(), room: self.room.clone() };
        collection.visit_expr(over);
        let mut seen = HashSet::new();
        collection.found.retain(|it| seen.insert(it.clone()));
        let outer = self.bound.len();
        let room = self.room.clone();
        let mut each = |literal: Option<(Json, Json)>| {
            let (key_literal, literal) = literal.unzip();
            self.bound.extend(key.map(|it| Bound {
                literal: key_literal,
                role: Role::Key,
                ..Bound::new(it)
            }));
            self.bound.push(Bound { elements: collection.found.clone(), literal, ..Bound::new(value) });
            visit(self);
            self.bound.truncate(outer);
        };
        match literal(over) {
            Some(Json::Array(items)) if room.take(items.len()) => {
                items.into_iter().enumerate().for_each(|(at, it)| each(Some((json!(at), it))));
            }
            Some(Json::Object(fields)) if room.take(fields.len()) => {
                fields.into_iter().for_each(|(key, it)| each(Some((json!(key), it))));
            }
            _ => each(None),
        }
        self.found.extend(collection.found);
    }

    /// What follows the root, up to an index that only an evaluation would tell.
    fn steps(&self, traversal: &Traversal) -> String {
        let mut text = String::new();
        for operator in &traversal.operators {
            match operator.value() {
                TraversalOperator::GetAttr(name) => text.extend([".", name.as_str()]),
                TraversalOperator::LegacyIndex(it) => text.extend(["[", &it.value().to_string(), "]"]),
                TraversalOperator::Index(it) => match self.written_out(it) {
                    Some(key @ (Json::String(_) | Json::Number(_))) => {
                        text.extend(["[", &key.to_string(), "]"]);
                    }
                    _ if self.is_own_key(it) => break,
                    _ => {
                        text.push_str(COMPUTED_INDEX);
                        break;
                    }
                },
                // What follows a splat is taken of each.
                TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => {}
            }
        }
        text
    }

    /// The value of an index that is written out, by itself or element by element.
    fn written_out(&self, index: &Expression) -> Option<Json> {
        match index {
            Expression::Variable(name) => self.bound_to(name.as_str())?.literal.clone(),
            Expression::StringTemplate(template) => {
                let part = |it: &Element| match it {
                    Element::Literal(it) => Some(it.to_string()),
                    Element::Interpolation(it) => match self.written_out(&it.expr)? {
                        Json::String(it) => Some(it),
                        Json::Number(it) => Some(it.to_string()),
                        _ => None,
                    },
                    Element::Directive(_) => None,
                };
                template.iter().map(part).collect::<Option<String>>().map(Json::String)
            }
            other => literal(other),
        }
    }

    /// Whether an index is the key of the instance in which it stands, or of each element of a map: what is looked
    /// up by it is keyed alike.
    fn is_own_key(&self, index: &Expression) -> bool {
        match index {
            Expression::Variable(name) => self.bound_to(name.as_str()).is_some_and(|it| it.role == Role::Key),
            Expression::Traversal(it) => {
                matches!(&it.expr, Expression::Variable(root) if ["each", "count"].contains(&root.as_str()))
            }
            _ => false,
        }
    }

    fn bound_to(&self, name: &str) -> Option<&Bound> {
        self.bound.iter().rev().find(|it| it.name == name)
    }
}

impl Bound {
    /// The element of a `for` of which nothing else is known.
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), elements: Vec::new(), literal: None, role: Role::Value }
    }

    /// What is taken of the element.
    fn within_element<'r>(&self, rest: &'r str) -> &'r str {
        match self.role {
            Role::Iterator => rest.strip_prefix(".value").unwrap_or_default(),
            Role::Key | Role::Value => rest,
        }
    }
}

impl Visit for References {
    fn visit_expr(&mut self, node: &Expression) {
        match node {
            Expression::Variable(name) => self.add(name.as_str(), ""),
            _ => visit_expr(self, node),
        }
    }

    fn visit_traversal(&mut self, node: &Traversal) {
        match &node.expr {
            Expression::Variable(root) => {
                let steps = self.steps(node);
                self.add(root.as_str(), &steps);
            }
            other => self.visit_expr(other),
        }
        for operator in &node.operators {
            if let TraversalOperator::Index(it) = operator.value() {
                self.visit_expr(it);
            }
        }
    }

    fn visit_for_expr(&mut self, node: &ForExpr) {
        let ForIntro { key_var, value_var, collection_expr, .. } = &node.intro;
        let key = key_var.as_ref().map(|it| it.as_str());
        self.for_each(collection_expr, key, value_var.as_str(), |it| {
            node.key_expr.iter().chain([&node.value_expr]).for_each(|inner| it.visit_expr(inner));
            node.cond.iter().for_each(|inner| visit_for_cond(it, inner));
        });
    }

    fn visit_for_template_expr(&mut self, node: &ForTemplateExpr) {
        let key = node.key_var.as_ref().map(|it| it.as_str());
        let visit = |it: &mut Self| visit_template(it, &node.template);
        self.for_each(&node.collection_expr, key, node.value_var.as_str(), visit);
    }
}

/// The value of an expression without references and functions.
fn literal(expression: &Expression) -> Option<Json> {
    Some(match expression {
        Expression::Null(_) => Json::Null,
        Expression::Bool(it) => json!(it.value()),
        Expression::Number(it) => {
            it.value().as_i64().map_or_else(|| json!(it.value().as_f64()), |it| json!(it))
        }
        Expression::String(it) => json!(it.as_str()),
        Expression::Array(items) => Json::Array(items.iter().map(literal).collect::<Option<_>>()?),
        Expression::Object(fields) => {
            let field = |(key, value): (&hcl_edit::expr::ObjectKey, &hcl_edit::expr::ObjectValue)| {
                let key = match key {
                    hcl_edit::expr::ObjectKey::Ident(it) => it.as_str(),
                    hcl_edit::expr::ObjectKey::Expression(it) => it.as_str()?,
                };
                Some((key.to_owned(), literal(value.expr())?))
            };
            Json::Object(fields.iter().map(field).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(hcl: &str, expected: &Json) {
        assert_eq!(&expression(&hcl_edit::parser::parse_expr(hcl).unwrap()), expected);
    }

    #[test]
    fn an_expression_is_told_by_what_it_refers_to() {
        let references = |all: &[&str]| json!({ "references": all });
        check("aws_subnet.a.id", &references(&["aws_subnet.a.id"]));
        check("aws_subnet.a[*].id", &references(&["aws_subnet.a.id"]));
        check("aws_subnet.a[\"k\"].id", &references(&["aws_subnet.a[\"k\"].id"]));
        check("aws_subnet.a[each.key].id", &references(&["aws_subnet.a", "each.key"]));
        check("aws_subnet.a.0.id", &references(&["aws_subnet.a[0].id"]));
        check("concat(var.x, [local.y])", &references(&["var.x", "local.y"]));
        check(
            "[for it in aws_subnet.a : it.id if it.x == var.y]",
            &references(&["aws_subnet.a.id", "aws_subnet.a.x", "var.y", "aws_subnet.a"]),
        );
        check(
            "{ for k, it in module.zone : k => it.subnet }",
            &references(&["module.zone.subnet", "module.zone"]),
        );
        check("[for k, it in var.zones : aws_subnet.a[k].id]", &references(&["aws_subnet.a", "var.zones"]));
        check(
            "[for z in [\"a\", \"b\"] : aws_subnet.s[\"private-${z}\"].id]",
            &references(&["aws_subnet.s[\"private-a\"].id", "aws_subnet.s[\"private-b\"].id"]),
        );
        check(
            "[for z in [\"b\", \"c\"] : module.vpc.ids[z]]",
            &references(&["module.vpc.ids[\"b\"]", "module.vpc.ids[\"c\"]"]),
        );
        check("aws_subnet.a[count.index + 1].id", &references(&["aws_subnet.a[...]", "count.index"]));
        check(
            "[for z in var.zones : aws_subnet.a[z].id]",
            &references(&["aws_subnet.a[...]", "var.zones", "var.zones"]),
        );
        check("\"${var.name}-web\"", &references(&["var.name"]));
        check("true ? a.b.id : null", &references(&["a.b.id"]));
    }

    #[test]
    fn loops_within_loops_are_written_out_as_far_as_there_is_room() {
        let items = ["1"; 100].join(", ");
        let literal = (0..6).fold("aws_subnet.a[z].id".to_owned(), |inner, level| {
            let name = if level == 0 { "z".to_owned() } else { format!("y{level}") };
            format!("[for {name} in [{items}] : {inner}]")
        });
        let doubled = (0..40).fold("x.a".to_owned(), |inner, level| {
            let (name, over) =
                if level == 0 { ("x".to_owned(), level + 1) } else { (format!("x{level}"), level + 1) };
            format!("[for {name} in [x{over}.a, x{over}.b] : {inner}]")
        });
        for text in [literal, doubled] {
            let told = expression(&text.parse().unwrap());
            let found = told["references"].as_array().unwrap();
            assert!(found.len() < 5000, "{}", found.len());
            assert!(found.iter().any(|it| it.as_str().unwrap().ends_with(COMPUTED_INDEX)), "{told}");
        }
    }

    #[test]
    fn constants_stay_constants() {
        check("3", &json!({ "constant_value": 3 }));
        check("[\"a\", { b = true }]", &json!({ "constant_value": ["a", { "b": true }] }));
        check("upper(\"a\")", &json!({ "references": [] }));
    }

    #[test]
    fn what_a_dynamic_block_iterates_over_is_what_its_content_refers_to() {
        let body = hcl_edit::parser::parse_body(
            "dynamic \"ingress\" {\n for_each = aws_security_group.peers\n iterator = it\n content {\n \
             security_groups = [it.value.id]\n from_port = 80\n }\n}\n",
        )
        .unwrap();
        let (name, content) = dynamic(body.get_blocks("dynamic").next().unwrap()).unwrap();
        assert_eq!(name, "ingress");
        assert_eq!(content["security_groups"], json!({ "references": ["aws_security_group.peers.id"] }));
        assert_eq!(content["from_port"], json!({ "constant_value": 80 }));
    }
}
