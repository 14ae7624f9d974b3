//! What an expression mentions, as a plan lists it: every reference from its longest form to its shortest.

use std::fmt;

use hcl::Expression;
use hcl::expr::{ObjectKey, Operation, Traversal, TraversalOperator};
use hcl::template::{Element, Template};

/// The references of an expression, in the order of the text.
pub(super) fn of(expression: &Expression) -> Vec<String> {
    mentioned(expression).iter().flat_map(Reference::forms).collect()
}

/// What an expression mentions, in the order of the text.
pub(super) fn mentioned(expression: &Expression) -> Vec<Reference> {
    let mut mentioned = Vec::new();
    walk(expression, &[], &mut |it, bound| {
        mentioned.extend(Reference::of(it).filter(|it| !bound.contains(&it.root)));
    });
    mentioned
}

/// Whether an expression calls a function anywhere.
pub(super) fn calls_function(expression: &Expression) -> bool {
    let mut calls = false;
    walk(expression, &[], &mut |it, _| calls |= matches!(it, Expression::FuncCall(_)));
    calls
}

/// What is mentioned, and the way into it as far as the text says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reference {
    pub(super) root: String,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// `.id`
    Attribute(String),
    /// `[0]`
    Index(u64),
    /// `["a"]`
    Key(String),
}

/// A call on the way to a module; without a key where it is the only one, or all are meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Called {
    pub(super) name: String,
    pub(super) key: Option<Step>,
}

/// The address of a module: `module.net[0].module.zone`, or nothing for the root module.
pub(super) fn module_address(path: &[Called]) -> String {
    let calls = path.iter().map(|it| match &it.key {
        Some(key) => format!("module.{}{key}", it.name),
        None => format!("module.{}", it.name),
    });
    calls.collect::<Vec<_>>().join(".")
}

/// The address of something in a module.
pub(super) fn address_in(module: &str, address: &str) -> String {
    if module.is_empty() { address.to_owned() } else { format!("{module}.{address}") }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Attribute(name) => write!(f, ".{name}"),
            Self::Index(index) => write!(f, "[{index}]"),
            Self::Key(key) => write!(f, "[\"{key}\"]"),
        }
    }
}

impl Reference {
    fn of(expression: &Expression) -> Option<Self> {
        let Expression::Traversal(traversal) = expression else { return None };
        let Expression::Variable(root) = &traversal.expr else { return None };
        let steps = traversal.operators.iter().map_while(|it| match it {
            TraversalOperator::GetAttr(name) => Some(Step::Attribute(name.to_string())),
            TraversalOperator::Index(Expression::String(key)) => Some(Step::Key(key.clone())),
            TraversalOperator::Index(Expression::Number(key)) => key.as_u64().map(Step::Index),
            _ => None,
        });
        Some(Self { root: root.to_string(), steps: steps.collect() })
    }

    /// How many steps name a thing.
    pub(super) fn names(&self) -> usize {
        if self.root == "data" { 2 } else { 1 }
    }

    /// How many steps name an instance of a thing, or an output of a module.
    pub(super) fn subject(&self) -> usize {
        let names = self.names();
        let has_key = matches!(self.steps.get(names), Some(Step::Index(_) | Step::Key(_)));
        let instance = names + usize::from(has_key);
        match self.root.as_str() {
            "var" | "local" | "each" | "count" | "path" | "terraform" => names,
            "module" => (instance + 1).min(self.steps.len()),
            _ => instance,
        }
    }

    fn forms(&self) -> Vec<String> {
        let subject = self.subject();
        // At last a resource without its key; for an output its module call, which keeps its key.
        let shortest = if subject > self.names() { subject - 1 } else { subject };
        (shortest..=self.steps.len()).rev().map(|it| self.prefix(it)).collect()
    }

    pub(super) fn prefix(&self, length: usize) -> String {
        self.steps[..length].iter().fold(self.root.clone(), |text, it| text + &it.to_string())
    }
}

/// Visits an expression and all in it, with the names that a `for` around it binds.
fn walk(expression: &Expression, bound: &[String], visit: &mut dyn FnMut(&Expression, &[String])) {
    visit(expression, bound);
    let mut all = |parts: &[&Expression]| parts.iter().for_each(|it| walk(it, bound, visit));
    match expression {
        Expression::Array(members) => members.iter().for_each(|it| all(&[it])),
        Expression::Object(entries) => {
            for (key, value) in entries {
                match key {
                    ObjectKey::Expression(key) => all(&[key, value]),
                    _ => all(&[value]),
                }
            }
        }
        Expression::TemplateExpr(it) => {
            for element in Template::from_expr(it).iter().flat_map(Template::elements) {
                if let Element::Interpolation(it) = element {
                    all(&[&it.expr]);
                }
            }
        }
        Expression::Traversal(it) => keys(it).for_each(|it| all(&[it])),
        Expression::FuncCall(it) => it.args.iter().for_each(|it| all(&[it])),
        Expression::Parenthesis(it) => all(&[it]),
        Expression::Conditional(it) => all(&[&it.cond_expr, &it.true_expr, &it.false_expr]),
        Expression::Operation(it) => match &**it {
            Operation::Unary(it) => all(&[&it.expr]),
            Operation::Binary(it) => all(&[&it.lhs_expr, &it.rhs_expr]),
        },
        Expression::ForExpr(it) => {
            all(&[&it.collection_expr]);
            let names = it.key_var.iter().chain([&it.value_var]).map(ToString::to_string);
            let bound: Vec<String> = bound.iter().cloned().chain(names).collect();
            for part in it.key_expr.iter().chain([&it.value_expr]).chain(&it.cond_expr) {
                walk(part, &bound, visit);
            }
        }
        _ => {}
    }
}

/// The expressions of a traversal: what it starts from, and its keys.
fn keys(traversal: &Traversal) -> impl Iterator<Item = &Expression> {
    let keys = traversal.operators.iter().filter_map(|it| match it {
        TraversalOperator::Index(key) => Some(key),
        _ => None,
    });
    std::iter::once(&traversal.expr).chain(keys)
}

#[cfg(test)]
mod tests {
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let body = hcl::parse(&format!("it = {text}")).unwrap();
        assert_eq!(super::of(body.attributes().next().unwrap().expr()), expected, "{text}");
    }

    /// As Terraform 1.11 printed them.
    #[test]
    fn references_are_listed_from_the_longest_form() {
        check("aws_subnet.a[\"k\"].id", &["aws_subnet.a[\"k\"].id", "aws_subnet.a[\"k\"]", "aws_subnet.a"]);
        check("aws_subnet.a[count.index].id", &["aws_subnet.a", "count.index"]);
        check("aws_subnet.a[*].id", &["aws_subnet.a"]);
        check("module.net[0].id", &["module.net[0].id", "module.net[0]"]);
        check("values(module.net)[*].id", &["module.net"]);
        check("local.zones.a[0]", &["local.zones.a[0]", "local.zones.a", "local.zones"]);
        check("\"${var.name}-${each.value.zone}\"", &["var.name", "each.value.zone", "each.value"]);
        check("var.on ? [aws_vpc.a.id] : []", &["var.on", "aws_vpc.a.id", "aws_vpc.a"]);
        check("{ for key, it in var.all : key => it.id if key != local.skip }", &["var.all", "local.skip"]);
        check("data.aws_region.here.name", &["data.aws_region.here.name", "data.aws_region.here"]);
    }
}
