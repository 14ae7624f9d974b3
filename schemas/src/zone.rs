//! Availability Zones, literal or symbolic.

use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Reason, Value};

const AZ: &str = "$az";

/// A failure domain that a subnet stands in.
///
/// In the document a named zone is its name; a symbolic one is `{"$az": {"region": ..., "index": ...}}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Zone {
    /// An AZ name or, where the source knows it, an AZ id. Names are comparable within one account only,
    /// and a snapshot holds one account's names or every account's ids. What only the deployment knows of a
    /// name is a placeholder in it: `${AWS::Region}a`.
    Named(String),
    /// The `index`-th zone of the list that AWS gives for `region` (empty: the deployment's own), as in
    /// `!Select [0, !GetAZs ""]`.
    Symbolic { region: String, index: u32 },
}

/// Only `Az` counts toward rules on Availability Zones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ZoneKind {
    Az,
    LocalZone,
    Wavelength,
    Outpost,
}

impl Zone {
    /// Whether two zones are one: two indexes into the same list are different zones; a literal and a
    /// symbolic zone cannot be compared before deployment.
    pub fn same(&self, other: &Self) -> Value<bool> {
        match (self, other) {
            (Zone::Named(a), Zone::Named(b)) if a == b => Value::Known(true),
            (Zone::Named(a), Zone::Named(b)) if placeholders(a).0 == placeholders(b).0 => Value::Known(false),
            (Zone::Symbolic { region: r1, index: a }, Zone::Symbolic { region: r2, index: b })
                if r1 == r2 =>
            {
                Value::Known(a == b)
            }
            _ => Value::unknown(Reason::Computed, format!("whether {self} is {other}")),
        }
    }

    /// The kind of zone by its name: `us-east-1a` or `use1-az1`, `us-west-2-lax-1a`, `us-east-1-wl1-bos-wlz-1`.
    /// <https://docs.aws.amazon.com/local-zones/latest/ug/available-local-zones.html>
    pub fn kind(&self) -> ZoneKind {
        let Zone::Named(name) = self else { return ZoneKind::Az };
        if name.contains("-wl1") || name.contains("-wlz") {
            ZoneKind::Wavelength
        } else if name.split('-').count() > 4
            || (name.split('-').count() == 3
                && name.contains("-az")
                && name.split('-').nth(1).is_some_and(|it| !it.starts_with("az")))
        {
            ZoneKind::LocalZone
        } else {
            ZoneKind::Az
        }
    }
}

/// A name up to the end of its last placeholder, and the rest. Names that differ in the rest only are two.
fn placeholders(name: &str) -> (&str, &str) {
    name.split_at(if name.contains("${") { name.rfind('}').map_or(0, |at| at + 1) } else { 0 })
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Zone::Named(name) => f.write_str(name),
            Zone::Symbolic { region, index } if region.is_empty() => write!(f, "az({index})"),
            Zone::Symbolic { region, index } => write!(f, "az({region}, {index})"),
        }
    }
}

/// Zones that can be compared with each other: two that differ are two.
#[derive(PartialEq, Eq, Hash)]
pub(crate) enum Family<'a> {
    /// Names with the same placeholders.
    Named(&'a str),
    /// Indexes into the list of a region.
    Symbolic(&'a str),
}

impl Zone {
    /// The zones that it can be compared with.
    pub(crate) fn family(&self) -> Family<'_> {
        match self {
            Zone::Named(name) => Family::Named(placeholders(name).0),
            Zone::Symbolic { region, .. } => Family::Symbolic(region),
        }
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Zone::Named(name) => serializer.serialize_str(name),
            Zone::Symbolic { region, index } => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(AZ, &Symbolic { region: region.clone(), index: *index })?;
                map.end()
            }
        }
    }
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
struct Symbolic {
    region: String,
    index: u32,
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ZoneVisitor;
        impl<'de> Visitor<'de> for ZoneVisitor {
            type Value = Zone;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the name of a zone or {\"$az\": {\"region\": ..., \"index\": ...}}")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Zone, E> {
                Ok(Zone::Named(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Zone, A::Error> {
                match map.next_key::<String>()?.as_deref() {
                    Some(AZ) => {
                        let Symbolic { region, index } = map.next_value()?;
                        Ok(Zone::Symbolic { region, index })
                    }
                    _ => Err(de::Error::custom("a zone is a name or {\"$az\": ...}")),
                }
            }
        }
        deserializer.deserialize_any(ZoneVisitor)
    }
}

#[cfg(feature = "json-schema")]
impl schemars::JsonSchema for Zone {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Zone".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let symbolic = generator.subschema_for::<Symbolic>();
        schemars::json_schema!({ "anyOf": [
            { "type": "string" },
            { "type": "object", "properties": { AZ: symbolic }, "required": [AZ], "additionalProperties": false }
        ] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_only_the_deployment_knows_is_compared_as_far_as_it_can_be() {
        let same = |a: &str, b: &str| Zone::Named(a.to_owned()).same(&Zone::Named(b.to_owned()));
        assert!(same("us-east-1a", "us-east-1b").is_false());
        assert!(same("${AWS::Region}a", "${AWS::Region}a").is_true());
        assert!(same("${AWS::Region}a", "${AWS::Region}b").is_false());
        assert!(same("${AWS::Region}a", "us-east-1a").decided().is_err());
        assert!(same("${AWS::Region}a", "${Zone}").decided().is_err());
    }

    #[test]
    fn zones_by_name() {
        let kind = |name: &str| Zone::Named(name.into()).kind();
        assert_eq!(kind("ap-northeast-2a"), ZoneKind::Az);
        assert_eq!(kind("us-gov-west-1a"), ZoneKind::Az);
        assert_eq!(kind("apne2-az1"), ZoneKind::Az);
        assert_eq!(kind("us-west-2-lax-1a"), ZoneKind::LocalZone);
        assert_eq!(kind("usw2-lax1-az1"), ZoneKind::LocalZone);
        assert_eq!(kind("us-east-1-wl1-bos-wlz-1"), ZoneKind::Wavelength);
    }

    #[test]
    fn the_document_form_round_trips() {
        for zone in [Zone::Named("us-east-1a".into()), Zone::Symbolic { region: String::new(), index: 2 }] {
            let json = serde_json::to_string(&Value::Known(zone.clone())).unwrap();
            assert_eq!(serde_json::from_str::<Value<Zone>>(&json).unwrap(), Value::Known(zone));
        }
    }
}
