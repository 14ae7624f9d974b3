//! Addresses and references: `module.net[0].aws_subnet.public["a"].id`, taken apart.
//! <https://developer.hashicorp.com/terraform/cli/state/resource-addressing>

use std::fmt;

use serde_json::Value as Json;

/// What tells the instances of a block apart: `count.index` or `each.key`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum InstanceKey {
    Number(u64),
    Text(String),
}

/// A part of an address or of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Name(String),
    Key(InstanceKey),
}

/// One module call on the way from the root to a module, and which instance of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ModuleStep {
    pub(crate) name: String,
    pub(crate) key: Option<InstanceKey>,
}

/// Where an instance of a resource or of a data source is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Address {
    /// The module that it is in; empty for the root.
    pub(crate) module: Vec<ModuleStep>,
    pub(crate) is_data: bool,
    /// The Terraform type: `aws_subnet`.
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) key: Option<InstanceKey>,
}

impl InstanceKey {
    /// The key as the JSON documents have it: a number or a text.
    pub(crate) fn read(json: &Json) -> Option<Self> {
        match json {
            Json::Number(it) => it.as_u64().map(Self::Number),
            Json::String(it) => Some(Self::Text(it.clone())),
            _ => None,
        }
    }
}

impl fmt::Display for InstanceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(it) => write!(f, "[{it}]"),
            Self::Text(it) => write!(f, "[{}]", Json::from(it.as_str())),
        }
    }
}

impl Address {
    /// Reads an address; nothing for what is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let steps = steps(text);
        let mut rest = steps.as_slice();
        let mut module = Vec::new();
        while let [Step::Name(word), Step::Name(name), tail @ ..] = rest
            && word == "module"
        {
            let (key, tail) = leading_key(tail);
            module.push(ModuleStep { name: name.clone(), key });
            rest = tail;
        }
        let is_data = matches!(rest, [Step::Name(word), ..] if word == "data");
        let [Step::Name(kind), Step::Name(name), tail @ ..] = &rest[usize::from(is_data)..] else {
            return None;
        };
        let (key, []) = leading_key(tail) else { return None };
        Some(Self { module, is_data, kind: kind.clone(), name: name.clone(), key })
    }

    /// The address of the block in its module's instance: without the instance's own key.
    pub(crate) fn block(&self) -> String {
        let data = if self.is_data { "data." } else { "" };
        format!("{}{data}{}.{}", prefix(&self.module), self.kind, self.name)
    }

    /// What a reader calls it: the last part, without the modules.
    pub(crate) fn label(&self) -> String {
        let key = self.key.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{}.{}{key}", self.kind, self.name)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.block())?;
        self.key.iter().try_for_each(|it| it.fmt(f))
    }
}

/// What the addresses within a module begin with: `module.net[0].`, nothing for the root.
pub(crate) fn prefix(module: &[ModuleStep]) -> String {
    let step = |it: &ModuleStep| {
        let key = it.key.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("module.{}{key}.", it.name)
    };
    module.iter().map(step).collect()
}

/// The key that some steps begin with, and what follows. The form `aws_subnet.a.0` is that of Terraform 0.11.
pub(crate) fn leading_key(steps: &[Step]) -> (Option<InstanceKey>, &[Step]) {
    match steps {
        [Step::Key(key), rest @ ..] => (Some(key.clone()), rest),
        [Step::Name(name), rest @ ..] if let Ok(number) = name.parse() => {
            (Some(InstanceKey::Number(number)), rest)
        }
        _ => (None, steps),
    }
}

/// Takes an address or a reference apart. What stands in brackets and is neither a number nor a text is left out.
pub(crate) fn steps(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let end = end_of_key(inner);
            let key = serde_json::from_str(&inner[..end]).ok().and_then(|it| InstanceKey::read(&it));
            steps.extend(key.map(Step::Key));
            rest = inner.get(end + 1..).unwrap_or_default();
        } else {
            let name = rest.strip_prefix('.').unwrap_or(rest);
            let end = name.find(['.', '[']).unwrap_or(name.len());
            if end > 0 {
                steps.push(Step::Name(name[..end].to_owned()));
            }
            rest = &name[end..];
        }
    }
    steps
}

/// Where the bracket closes: a text within may hold brackets of its own.
fn end_of_key(inner: &str) -> usize {
    let mut in_text = false;
    let mut escaped = false;
    for (at, it) in inner.char_indices() {
        match it {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            ']' if !in_text => return at,
            _ => {}
        }
    }
    inner.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_as_it_was_read() {
        for text in [
            "aws_lb.web",
            "aws_lb.web[0]",
            "module.net[\"a.b]\"].module.leaf[2].aws_subnet.x[\"eu-west-1a\"]",
            "module.m.data.aws_vpc.it",
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Address::parse("module.a"), None);
        assert_eq!(Address::parse("aws_lb.web.arn"), None);
    }

    #[test]
    fn a_label_leaves_the_modules_out() {
        assert_eq!(Address::parse("module.a.aws_lb.web[\"x\"]").unwrap().label(), "aws_lb.web[\"x\"]");
    }

    #[test]
    fn steps_survive_what_is_damaged() {
        assert_eq!(steps("a[").len(), 1);
        assert_eq!(steps("a[\"x").len(), 1);
        assert_eq!(steps("..a..[*].b").len(), 2);
        assert_eq!(steps("").len(), 0);
    }
}
