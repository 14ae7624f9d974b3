//! What an expression mentions, as a plan lists it: every reference from its longest form to its shortest.

use hcl::Expression;
use hcl::expr::{ObjectKey, Operation, Traversal, TraversalOperator};
use hcl::template::{Element, Template};

/// The references of an expression, in the order of the text.
pub(super) fn of(expression: &Expression) -> Vec<String> {
    let mut references = Vec::new();
    walk(expression, &[], &mut |it, bound| {
        if let Some(it) = Reference::of(it).filter(|it| !bound.contains(&it.root)) {
            it.unwrap_into(&mut references);
        }
    });
    references
}

/// Whether an expression calls a function anywhere.
pub(super) fn calls_function(expression: &Expression) -> bool {
    let mut calls = false;
    walk(expression, &[], &mut |it, _| calls |= matches!(it, Expression::FuncCall(_)));
    calls
}

/// What is mentioned, and the way into it as far as the text says.
struct Reference {
    root: String,
    /// Attributes, `.id`, and literal keys, `["a"]`.
    steps: Vec<String>,
}

impl Reference {
    fn of(expression: &Expression) -> Option<Self> {
        let Expression::Traversal(traversal) = expression else { return None };
        let Expression::Variable(root) = &traversal.expr else { return None };
        let steps = traversal.operators.iter().map_while(|it| match it {
            TraversalOperator::GetAttr(name) => Some(format!(".{name}")),
            TraversalOperator::Index(Expression::String(key)) => Some(format!("[\"{key}\"]")),
            TraversalOperator::Index(Expression::Number(key)) => Some(format!("[{key}]")),
            _ => None,
        });
        Some(Self { root: root.to_string(), steps: steps.collect() })
    }

    fn unwrap_into(&self, references: &mut Vec<String>) {
        // How many steps name a thing, and how many an instance or an output of it.
        let names = if self.root == "data" { 2 } else { 1 };
        let is_key = |at: usize| self.steps.get(at).is_some_and(|it| it.starts_with('['));
        let subject = match self.root.as_str() {
            "var" | "local" | "each" | "count" | "path" | "terraform" => names,
            "module" => {
                let call = names + usize::from(is_key(names));
                (call + 1).min(self.steps.len()).max(call)
            }
            _ => names + usize::from(is_key(names)),
        };
        for length in (subject..=self.steps.len()).rev() {
            references.push(self.prefix(length));
        }
        // A resource without its key; for an output its module call, which keeps its key.
        if subject > names {
            references.push(self.prefix(subject - 1));
        }
    }

    fn prefix(&self, length: usize) -> String {
        self.root.clone() + &self.steps[..length].concat()
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
