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
        let steps = Parts(text).collect::<Option<Vec<Step>>>()?;
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

/// Takes a reference apart. What stands in brackets and is neither a number nor a text is left out.
pub(crate) fn steps(text: &str) -> Vec<Step> {
    Parts(text).flatten().collect()
}

/// Steps as they follow a name: `["a"].id`.
pub(crate) fn written(steps: &[Step]) -> String {
    let step = |it: &Step| match it {
        Step::Name(name) => format!(".{name}"),
        Step::Key(key) => key.to_string(),
    };
    steps.iter().map(step).collect()
}

/// The parts of an address or of a reference; nothing for one that is damaged.
struct Parts<'a>(&'a str);

impl Iterator for Parts<'_> {
    type Item = Option<Step>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        if let Some(inner) = self.0.strip_prefix('[') {
            let end = end_of_key(inner);
            let key = key(&inner[..end]).filter(|_| end < inner.len());
            // An address goes on with a dot or another key.
            self.0 = inner.get(end + 1..).unwrap_or_default();
            return Some(key.map(Step::Key));
        }
        let name = self.0.strip_prefix('.').unwrap_or(self.0);
        let end = name.find(['.', '[']).unwrap_or(name.len());
        self.0 = &name[end..];
        Some((end > 0).then(|| Step::Name(name[..end].to_owned())))
    }
}

/// What stands in brackets: a number, or a text as HCL quotes it, which knows `\U0001f600` beside what JSON knows.
fn key(text: &str) -> Option<InstanceKey> {
    let read = |text: &str| InstanceKey::read(&serde_json::from_str(text).ok()?);
    read(text).or_else(|| {
        let mut parts = text.split("\\U");
        let mut plain = parts.next()?.to_owned();
        for part in parts {
            let (digits, rest) = part.split_at_checked(8)?;
            let character = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
            plain.push_str(Json::from(character.to_string()).to_string().trim_matches('"'));
            plain.push_str(rest);
        }
        read(&plain)
    })
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
    }

    #[test]
    fn what_is_no_address_is_nothing() {
        for text in [
            "",
            "aws_lb",
            "module.a",
            "aws_lb.web.arn",
            "aws_lb.web[",
            "aws_lb.web[0",
            "aws_lb.web[\"a]",
            "aws_lb.web[*]",
            "aws_lb.web[-1]",
            "aws_lb.web[1.5]",
            "aws_lb.web[true]",
            "aws_lb.web[0][1]",
            "aws_lb..web",
            "aws_lb.web.",
            "module..aws_lb.web",
            "module.a[x].aws_lb.web",
            "data.aws_vpc",
        ] {
            assert_eq!(Address::parse(text), None, "{text}");
        }
    }

    #[test]
    fn keys_may_be_any_text() {
        let key = |text: &str| match Address::parse(text)?.key? {
            InstanceKey::Text(it) => Some(it),
            InstanceKey::Number(_) => None,
        };
        assert_eq!(key(r#"a.b[""]"#).as_deref(), Some(""));
        assert_eq!(key(r#"a.b["x].y[\"z\\"]"#).as_deref(), Some("x].y[\"z\\"));
        assert_eq!(key(r#"a.b["\u00e9\n\U0001F600"]"#).as_deref(), Some("é\n😀"));
        assert_eq!(key(r#"a.b["\U00110000"]"#), None);
        assert_eq!(key(r#"a.b["\Uéééé"]"#), None);
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
        assert_eq!(written(&steps("a[\"k\"].b[0]")), ".a[\"k\"].b[0]");
        assert_eq!(steps("").len(), 0);
    }
}
