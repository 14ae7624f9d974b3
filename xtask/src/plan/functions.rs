//! The functions of Terraform that the configurations of this repository call.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::evaluate::entries;
use super::types;
use super::value::{Shape, Value, View};
use crate::Result;

/// Calls a function. Only collections may be unknown in part.
pub(super) fn call(name: &str, arguments: Vec<Value>) -> Result<Value> {
    let Some(function) = find(name) else {
        return Err(format!("the function `{name}` is not understood").into());
    };
    let is_unknown = |it: &Value| match function.takes {
        Takes::Known => it.has_unknown(),
        Takes::Collections => matches!(it, Value::Unknown(_)),
    };
    if arguments.iter().any(is_unknown) {
        return Ok(Value::Unknown(function.gives));
    }
    (function.compute)(arguments)
}

#[derive(Clone, Copy)]
struct Function {
    takes: Takes,
    gives: Shape,
    compute: fn(Vec<Value>) -> Result<Value>,
}

#[derive(Clone, Copy)]
enum Takes {
    Known,
    Collections,
}

fn find(name: &str) -> Option<Function> {
    let function = |takes, gives, compute| Some(Function { takes, gives, compute });
    match name {
        "cidrsubnet" => function(Takes::Known, Shape::Scalar, cidrsubnet),
        "concat" => function(Takes::Collections, Shape::List, concat),
        "element" => function(Takes::Collections, Shape::Scalar, element),
        "flatten" => function(Takes::Collections, Shape::List, flatten),
        "jsonencode" => function(Takes::Known, Shape::Scalar, jsonencode),
        "keys" => function(Takes::Collections, Shape::List, keys),
        "length" => function(Takes::Collections, Shape::Scalar, length),
        "merge" => function(Takes::Collections, Shape::Object, merge),
        "one" => function(Takes::Collections, Shape::Scalar, one),
        "slice" => function(Takes::Collections, Shape::List, slice),
        "tolist" => function(Takes::Collections, Shape::List, |it| Ok(Value::List(single(it)?.members()?))),
        "toset" => function(Takes::Collections, Shape::List, |it| Ok(types::set(single(it)?.members()?))),
        "upper" => function(Takes::Known, Shape::Scalar, |it| {
            Ok(Value::string(single(it)?.as_str()?.to_uppercase()))
        }),
        "values" => function(Takes::Collections, Shape::List, |it| Ok(Value::List(single(it)?.members()?))),
        "zipmap" => function(Takes::Collections, Shape::Object, zipmap),
        _ => None,
    }
}

fn exactly<const N: usize>(arguments: Vec<Value>) -> Result<[Value; N]> {
    let given = arguments.len();
    arguments.try_into().map_err(|_| format!("takes {N} arguments, not {given}").into())
}

fn single(arguments: Vec<Value>) -> Result<Value> {
    exactly(arguments).map(|[it]| it)
}

fn cidrsubnet(arguments: Vec<Value>) -> Result<Value> {
    let [prefix, bits, index] = exactly(arguments)?;
    let network: IpNet = prefix.as_str()?.parse()?;
    let length = usize::from(network.prefix_len()) + bits.as_index()?;
    let mut subnets = network.subnets(length.try_into()?)?;
    let subnet = subnets.nth(index.as_index()?);
    Ok(Value::string(subnet.ok_or_else(|| format!("{network} has no subnet {index:?}"))?.to_string()))
}

fn concat(arguments: Vec<Value>) -> Result<Value> {
    let lists = arguments.into_iter().map(Value::members).collect::<Result<Vec<_>>>()?;
    Ok(Value::List(lists.concat()))
}

/// The member at an index, counted around the end of the list.
fn element(arguments: Vec<Value>) -> Result<Value> {
    let [list, index] = exactly(arguments)?;
    let mut members = list.members()?;
    if members.is_empty() {
        return Err("an empty list has no elements".into());
    }
    let index = index.as_index()? % members.len();
    Ok(members.swap_remove(index))
}

fn flatten(arguments: Vec<Value>) -> Result<Value> {
    fn into(value: Value, flat: &mut Vec<Value>) {
        match value {
            Value::List(all) => all.into_iter().for_each(|it| into(it, flat)),
            other => flat.push(other),
        }
    }
    let list = single(arguments)?;
    let unknown_list = |it: &Value| matches!(it, Value::Unknown(Shape::List));
    if matches!(&list, Value::List(all) if all.iter().any(unknown_list)) {
        return Ok(Value::Unknown(Shape::List));
    }
    let mut flat = Vec::new();
    into(list, &mut flat);
    Ok(Value::List(flat))
}

fn jsonencode(arguments: Vec<Value>) -> Result<Value> {
    Ok(Value::string(serde_json::to_string(&View::known(&single(arguments)?))?))
}

fn keys(arguments: Vec<Value>) -> Result<Value> {
    let entries = entries(single(arguments)?)?.expect("an unknown collection has been handled");
    Ok(Value::List(entries.into_iter().map(|(key, _)| key).collect()))
}

fn length(arguments: Vec<Value>) -> Result<Value> {
    let length = match single(arguments)? {
        Value::String(text) => text.chars().count(),
        collection => collection.members()?.len(),
    };
    Ok(Value::Number(length.into()))
}

fn merge(arguments: Vec<Value>) -> Result<Value> {
    let mut merged = BTreeMap::new();
    for argument in arguments {
        match argument {
            Value::Object(all) => merged.extend(all),
            Value::Null => {}
            other => return Err(format!("{other:?} is not an object").into()),
        }
    }
    Ok(Value::Object(merged))
}

fn one(arguments: Vec<Value>) -> Result<Value> {
    let mut members = single(arguments)?.members()?;
    match members.len() {
        0 => Ok(Value::Null),
        1 => Ok(members.remove(0)),
        more => Err(format!("there are {more}, not one").into()),
    }
}

fn slice(arguments: Vec<Value>) -> Result<Value> {
    let [list, start, end] = exactly(arguments)?;
    let (list, range) = (list.members()?, start.as_index()?..end.as_index()?);
    let part = list.get(range.clone()).ok_or_else(|| format!("a list of {} has no {range:?}", list.len()))?;
    Ok(Value::List(part.to_vec()))
}

fn zipmap(arguments: Vec<Value>) -> Result<Value> {
    let [keys, values] = exactly(arguments)?;
    let keys = keys.members()?;
    let keys = keys.iter().map(|it| Ok(it.as_str()?.to_owned())).collect::<Result<Vec<_>>>()?;
    Ok(Value::Object(keys.into_iter().zip(values.members()?).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_a_network_into_subnets() {
        for (network, bits, index, expected) in [
            ("10.50.0.0/16", 8, 2, "10.50.2.0/24"),
            ("10.50.0.0/16", 6, 4, "10.50.16.0/22"),
            ("2001:db8::/56", 8, 1, "2001:db8:0:1::/64"),
        ] {
            let number = |it: u64| Value::Number(it.into());
            let subnet =
                call("cidrsubnet", vec![Value::string(network), number(bits), number(index)]).unwrap();
            assert_eq!(subnet, Value::string(expected));
        }
    }

    #[test]
    fn an_index_goes_around_the_end_of_a_list() {
        let list = || Value::List(vec![Value::string("a"), Value::string("b")]);
        for (index, expected) in [(0_u64, "a"), (1, "b"), (2, "a"), (5, "b")] {
            let element = call("element", vec![list(), Value::Number(index.into())]).unwrap();
            assert_eq!(element, Value::string(expected));
        }
        assert!(call("element", vec![Value::List(Vec::new()), Value::Number(0.into())]).is_err());
    }

    #[test]
    fn collections_may_be_unknown_in_part() {
        let unknown = || Value::Unknown(Shape::Scalar);
        let list = || Value::List(vec![unknown(), Value::string("b")]);
        assert_eq!(call("length", vec![list()]).unwrap(), Value::Number(2.into()));
        let set = Value::List(vec![Value::string("b"), unknown()]);
        assert_eq!(call("toset", vec![list()]).unwrap(), set);
        assert_eq!(call("length", vec![Value::Unknown(Shape::List)]).unwrap(), unknown());
    }
}
