//! Texts that have a form of their own in every dialect: ARNs, health check targets, capacity units.

use archlint_schema::{Reason, Value};

use super::node::{Evaluated, Node};

/// The region that an ARN names; absent where the text is no ARN.
pub(crate) fn region_of_arn(node: &Node) -> Value<Option<String>> {
    let text = match &node.value {
        Evaluated::Absent | Evaluated::Edge(_) => return Value::Known(None),
        Evaluated::Text(it) | Evaluated::Pattern(it) => it,
        _ => return node.text(),
    };
    match text.strip_prefix("arn:").and_then(|it| it.split(':').nth(2)) {
        Some(region) if region.contains("${") => Value::unknown(Reason::Computed, text),
        region => Value::Known(region.filter(|it| !it.is_empty()).map(str::to_owned)),
    }
}

/// A protocol of a security group's rule or a network ACL, as EC2 calls it: a number is a number however it is written
/// (`6`, `6.0`, `06`).
pub(crate) fn protocol(text: &str) -> String {
    let text = text.trim();
    let whole = text
        .split_once('.')
        .map_or(text, |(whole, rest)| if rest.bytes().all(|it| it == b'0') { whole } else { text });
    whole.parse::<i64>().map_or_else(|_| text.to_ascii_lowercase(), |number| number.to_string())
}

/// The port of a Classic Load Balancer's health check: `HTTP:8080/health`.
pub(crate) fn health_check_port(target: Option<&str>) -> Option<i64> {
    let (_, rest) = target?.split_once(':')?;
    rest.split('/').next()?.parse().ok()
}

/// Aurora capacity units, which come in halves (`0.5`, `16`), as halves.
pub(crate) fn half_acus(text: Value<Option<String>>) -> Value<Option<i64>> {
    let halves = |text: &str| {
        let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
        Some(whole.parse::<i64>().ok()? * 2 + i64::from(rest.starts_with('5')))
    };
    match text {
        Value::Known(Some(text)) => match halves(&text) {
            Some(it) => Value::Known(Some(it)),
            None => Value::unknown(Reason::Computed, text),
        },
        Value::Known(None) => Value::Known(None),
        Value::Unknown(why) => Value::Unknown(why),
        Value::OneOf(_) => Value::unknown(Reason::Parameter, "one of several capacities"),
    }
}
