//! Expressions of HCL, evaluated as far as a plan can: what is known only after apply stays unknown.
//!
//! What hcl-rs evaluates by itself, operators and templates, is left to it once all parts are known.

use std::collections::BTreeMap;
use std::error::Error;

use hcl::Expression;
use hcl::eval::{Context, Evaluate};
use hcl::expr::{
    BinaryOp, Conditional, ForExpr, FuncCall, Operation, TemplateExpr, Traversal, TraversalOperator, UnaryOp,
};
use hcl::template::{Element, Interpolation, Template};

use super::functions;
use super::references;
use super::value::{Shape, Value};
use crate::Result;

/// What names mean where an expression stands.
#[derive(Default, Clone)]
pub(super) struct Scope<'s> {
    /// Where the names of a module are looked up.
    module: Option<&'s dyn Names>,
    /// Names of the place itself: `each`, `count`, the variables of `for` and of `dynamic`.
    local: BTreeMap<String, Value>,
}

/// The names of a module.
pub(super) trait Names {
    /// The value of a reference, from its root and the attributes that follow it: `var` and `["zones", "a"]`.
    /// Gives how many of them name the value; the rest lead into it.
    fn lookup(&self, root: &str, attributes: &[&str]) -> Result<(Value, usize)>;
}

impl<'s> Scope<'s> {
    pub(super) fn of(module: &'s dyn Names) -> Self {
        Self { module: Some(module), local: BTreeMap::new() }
    }

    pub(super) fn with(&self, name: &str, value: Value) -> Self {
        let mut scope = self.clone();
        scope.local.insert(name.to_owned(), value);
        scope
    }

    fn lookup(&self, root: &str, attributes: &[&str]) -> Result<(Value, usize)> {
        match (self.local.get(root), self.module) {
            (Some(value), _) => Ok((value.clone(), 0)),
            (None, Some(module)) => module.lookup(root, attributes),
            (None, None) => Err(format!("`{root}` means nothing here").into()),
        }
    }
}

pub(super) fn expression(expression: &Expression, scope: &Scope) -> Result<Value> {
    match expression {
        Expression::Null => Ok(Value::Null),
        Expression::Bool(it) => Ok(Value::Bool(*it)),
        Expression::Number(it) => Ok(Value::Number(*it)),
        Expression::String(it) => Ok(Value::String(it.clone())),
        Expression::Array(all) => {
            Ok(Value::List(all.iter().map(|it| self::expression(it, scope)).collect::<Result<_>>()?))
        }
        Expression::Object(entries) => {
            let entries = entries.iter().map(|(key, it)| {
                let key = match key {
                    hcl::expr::ObjectKey::Expression(key) => self::expression(key, scope)?,
                    name => Value::string(name.to_string()),
                };
                Ok((key, self::expression(it, scope)?))
            });
            object(entries.collect::<Result<_>>()?)
        }
        Expression::TemplateExpr(it) => template(it, scope),
        Expression::Variable(name) => Ok(scope.lookup(name.as_str(), &[])?.0),
        Expression::Traversal(it) => traversal(it, scope),
        Expression::FuncCall(it) => function(it, scope),
        Expression::Parenthesis(it) => self::expression(it, scope),
        Expression::Conditional(it) => conditional(it, scope),
        Expression::Operation(it) => operation(it, scope),
        Expression::ForExpr(it) => comprehension(it, scope),
        other => Err(format!("`{other}` is not understood").into()),
    }
    .map_err(|error| within(expression, error))
}

/// Says in which expression something is wrong, once, for the smallest of them.
fn within(expression: &Expression, error: Box<dyn Error>) -> Box<dyn Error> {
    let text = error.to_string();
    if text.contains("\n  in ") { error } else { format!("{text}\n  in `{expression}`").into() }
}

/// The value of an expression that mentions nothing and calls nothing: what a plan calls its constant value.
pub(super) fn constant(expression: &Expression) -> Option<Value> {
    if references::calls_function(expression) {
        return None;
    }
    self::expression(expression, &Scope::default()).ok()
}

fn object(entries: Vec<(Value, Value)>) -> Result<Value> {
    let mut object = BTreeMap::new();
    for (key, value) in entries {
        match key.revealed().text()? {
            Some(key) => object.insert(key, value),
            None => return Ok(Value::Unknown(Shape::Object)),
        };
    }
    Ok(Value::Object(object))
}

/// Computes with values that hide nothing, and hides the result if one of them did.
pub(super) fn lift(
    arguments: Vec<Value>,
    compute: impl FnOnce(Vec<Value>) -> Result<Value>,
) -> Result<Value> {
    if arguments.iter().any(Value::has_sensitive) {
        return Ok(compute(arguments.into_iter().map(Value::revealed).collect())?.sensitive());
    }
    compute(arguments)
}

fn template(expression: &TemplateExpr, scope: &Scope) -> Result<Value> {
    let template = Template::from_expr(expression)?;
    let mut parts = Vec::new();
    for element in template.elements() {
        match element {
            Element::Interpolation(it) => parts.push(self::expression(&it.expr, scope)?),
            Element::Directive(_) => return Err("a directive in a template is not understood".into()),
            Element::Literal(_) => {}
        }
    }
    if let ([Element::Interpolation(_)], [_]) = (template.elements(), &parts[..]) {
        return Ok(parts.remove(0));
    }
    lift(parts, |parts| {
        let texts = parts.iter().map(Value::text).collect::<Result<Option<Vec<_>>>>()?;
        let Some(texts) = texts else { return Ok(Value::Unknown(Shape::Scalar)) };
        let mut texts = texts.into_iter();
        let elements = template.elements().iter().map(|it| match it {
            Element::Interpolation(it) => {
                let text = texts.next().expect("every interpolation has been evaluated");
                Element::Interpolation(Interpolation::new(text).with_strip(it.strip))
            }
            other => other.clone(),
        });
        Ok(Value::String(elements.collect::<Template>().evaluate(&Context::new())?))
    })
}

fn traversal(traversal: &Traversal, scope: &Scope) -> Result<Value> {
    let Expression::Variable(root) = &traversal.expr else {
        return follow(self::expression(&traversal.expr, scope)?, &traversal.operators, scope);
    };
    let attributes = traversal.operators.iter().map_while(|it| match it {
        TraversalOperator::GetAttr(name) => Some(name.as_str()),
        _ => None,
    });
    let (value, used) = scope.lookup(root.as_str(), &attributes.collect::<Vec<_>>())?;
    follow(value, &traversal.operators[used..], scope)
}

/// Goes into a value, step by step.
fn follow(value: Value, operators: &[TraversalOperator], scope: &Scope) -> Result<Value> {
    let Some((operator, rest)) = operators.split_first() else { return Ok(value) };
    if let Value::Sensitive(inner) = value {
        return Ok(follow(*inner, operators, scope)?.sensitive());
    }
    let key = match operator {
        TraversalOperator::GetAttr(name) => Value::string(name.as_str()),
        TraversalOperator::Index(key) => self::expression(key, scope)?.revealed(),
        TraversalOperator::FullSplat => {
            let all = match value {
                Value::Null => Vec::new(),
                Value::Unknown(_) => return Ok(Value::Unknown(Shape::List)),
                Value::List(all) => all,
                one => vec![one],
            };
            return Ok(Value::List(
                all.into_iter().map(|it| follow(it, rest, scope)).collect::<Result<_>>()?,
            ));
        }
        other => return Err(format!("{other:?} is not understood").into()),
    };
    let member = match (value, key) {
        (Value::Unknown(_), _) | (_, Value::Unknown(_)) => Value::Unknown(Shape::Scalar),
        (Value::Object(mut all), key) => {
            let key = key.text()?.expect("an unknown key has been handled");
            all.remove(&key).ok_or_else(|| format!("there is no `{key}`"))?
        }
        (Value::List(mut all), key) => {
            let index = key.as_index()?;
            if index >= all.len() {
                return Err(format!("there is no element {index}, only {}", all.len()).into());
            }
            all.swap_remove(index)
        }
        (value, key) => return Err(format!("{value:?} has no member {key:?}").into()),
    };
    follow(member, rest, scope)
}

fn function(call: &FuncCall, scope: &Scope) -> Result<Value> {
    let mut arguments = call.args.iter().map(|it| self::expression(it, scope)).collect::<Result<Vec<_>>>()?;
    if call.expand_final {
        match arguments.pop().expect("the last argument is expanded") {
            Value::Unknown(_) => return Ok(Value::Unknown(Shape::Scalar)),
            last => arguments.extend(last.members()?),
        }
    }
    lift(arguments, |it| functions::call(call.name.name.as_str(), it))
}

fn conditional(conditional: &Conditional, scope: &Scope) -> Result<Value> {
    lift(vec![self::expression(&conditional.cond_expr, scope)?], |condition| match condition[..] {
        [Value::Bool(true)] => self::expression(&conditional.true_expr, scope),
        [Value::Bool(false)] => self::expression(&conditional.false_expr, scope),
        [Value::Unknown(_)] => Ok(Value::Unknown(self::expression(&conditional.true_expr, scope)?.shape())),
        _ => Err("the condition is neither true nor false".into()),
    })
}

fn operation(operation: &Operation, scope: &Scope) -> Result<Value> {
    let operands = match operation {
        Operation::Unary(it) => vec![&it.expr],
        Operation::Binary(it) => vec![&it.lhs_expr, &it.rhs_expr],
    };
    let operands = operands.into_iter().map(|it| self::expression(it, scope)).collect::<Result<_>>()?;
    lift(operands, |operands| {
        if operands.iter().any(Value::has_unknown) {
            return Ok(Value::Unknown(Shape::Scalar));
        }
        let mut operands = operands.into_iter().map(Value::into_hcl);
        let mut next = || operands.next().expect("an operation has its operands");
        let known = match operation {
            Operation::Unary(it) => Operation::Unary(UnaryOp::new(it.operator, next()?)),
            Operation::Binary(it) => Operation::Binary(BinaryOp::new(next()?, it.operator, next()?)),
        };
        Ok(known.evaluate(&Context::new())?.into())
    })
}

/// A `for` expression.
fn comprehension(comprehension: &ForExpr, scope: &Scope) -> Result<Value> {
    lift(vec![self::expression(&comprehension.collection_expr, scope)?], |mut collection| {
        let mut keyed = Vec::new();
        let mut listed = Vec::new();
        let shape = if comprehension.key_expr.is_some() { Shape::Object } else { Shape::List };
        let Some(entries) = entries(collection.remove(0))? else { return Ok(Value::Unknown(shape)) };
        for (key, value) in entries {
            let mut scope = scope.with(comprehension.value_var.as_str(), value);
            if let Some(name) = &comprehension.key_var {
                scope = scope.with(name.as_str(), key);
            }
            match comprehension.cond_expr.as_ref().map(|it| self::expression(it, &scope)).transpose()? {
                None | Some(Value::Bool(true)) => {}
                Some(Value::Bool(false)) => continue,
                Some(_) => return Ok(Value::Unknown(shape)),
            }
            let value = self::expression(&comprehension.value_expr, &scope)?;
            match &comprehension.key_expr {
                Some(key) => keyed.push((self::expression(key, &scope)?, value)),
                None => listed.push(value),
            }
        }
        if comprehension.grouping {
            return Err("grouping by `...` is not understood".into());
        }
        if shape == Shape::Object { object(keyed) } else { Ok(Value::List(listed)) }
    })
}

/// The keys and values of a collection; `None` where it is unknown.
pub(super) fn entries(collection: Value) -> Result<Option<Vec<(Value, Value)>>> {
    match collection {
        Value::Unknown(_) => Ok(None),
        Value::List(all) => Ok(Some((0_u64..).map(|it| Value::Number(it.into())).zip(all).collect())),
        Value::Object(all) => Ok(Some(all.into_iter().map(|(key, it)| (Value::String(key), it)).collect())),
        other => Err(format!("{other:?} is not a collection").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::value::{Aspect, View};

    struct Example;

    impl Names for Example {
        fn lookup(&self, root: &str, _: &[&str]) -> Result<(Value, usize)> {
            let subnet =
                |zone| Value::object([("id", Value::Unknown(Shape::Scalar)), ("zone", Value::string(zone))]);
            match root {
                "subnets" => Ok((Value::List(vec![subnet("a"), subnet("b")]), 0)),
                "secret" => Ok((Value::string("s").sensitive(), 0)),
                _ => Err(format!("no {root}").into()),
            }
        }
    }

    /// What is known of an expression, then where it is unknown.
    #[track_caller]
    fn check(text: &str, known: &str, unknown: &str) {
        let body = hcl::parse(&format!("it = {text}")).unwrap();
        let value = expression(body.attributes().next().unwrap().expr(), &Scope::of(&Example)).unwrap();
        assert_eq!(serde_json::to_string(&View(Aspect::Known, &value)).unwrap(), known, "{text}");
        assert_eq!(serde_json::to_string(&View(Aspect::Unknown, &value)).unwrap(), unknown, "{text}");
    }

    #[test]
    fn evaluates_what_is_known() {
        check("\"${1 + 2}-${upper(\"a\")}\"", "\"3-A\"", "false");
        check("{ for it in subnets : it.zone => 1 if it.zone != \"b\" }", r#"{"a":1}"#, "{}");
        check("subnets[*].zone", r#"["a","b"]"#, "[false,false]");
        check("length(subnets) == 2 ? subnets[1].zone : null", "\"b\"", "false");
        check("[for index, it in subnets : index]", "[0,1]", "[false,false]");
    }

    #[test]
    fn what_is_unknown_stays_unknown() {
        check("subnets[*].id", "[null,null]", "[true,true]");
        check("\"x-${subnets[0].id}\"", "null", "true");
        check("subnets[0].id == \"x\" ? [1] : []", "null", "true");
        check("{ (subnets[0].zone) = subnets[0].id }", "{}", r#"{"a":true}"#);
        check("[for it in subnets : 1 if it.id != \"x\"]", "null", "true");
    }

    #[test]
    fn what_comes_of_a_secret_is_sensitive() {
        for text in ["secret", "\"x-${secret}\"", "upper(secret)", "secret == \"s\" ? 1 : 2"] {
            let body = hcl::parse(&format!("it = {text}")).unwrap();
            let value = expression(body.attributes().next().unwrap().expr(), &Scope::of(&Example)).unwrap();
            assert!(matches!(value, Value::Sensitive(_)), "{text}: {value:?}");
        }
    }

    #[test]
    fn says_what_it_does_not_understand() {
        let body = hcl::parse("it = [timestamp()]").unwrap();
        let error = expression(body.attributes().next().unwrap().expr(), &Scope::default()).unwrap_err();
        assert_eq!(error.to_string(), "the function `timestamp` is not understood\n  in `timestamp()`");
    }
}
