//! Which instances run a database of their own, as far as can be seen from outside: DBS007 and DBS008 ask.

use archlint_sdk::schema::{AdmissionRule, AdmittedPeer, Confidence, Instance, Key, RulePlace, Value};
use archlint_sdk::{Architecture, Missing, Stop, Violation};
use serde::Deserialize;

/// What shows that an instance is a database host: parameters of both rules.
#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "they are called as in the definitions")]
pub(crate) struct Signs {
    db_tags: Vec<String>,
    db_ports: Vec<u16>,
    db_names: Vec<String>,
}

/// An instance that shows that it runs a database.
pub(crate) struct DatabaseHost {
    /// The security group that admits another one to the database.
    pub(crate) security_group: Option<Key>,
    confidence: Confidence,
    shown_by: Key,
    path: String,
    sign: String,
}

impl DatabaseHost {
    /// Adds what makes the instance a database host to a violation. Nothing that follows from it is surer than that.
    pub(crate) fn explain(&self, violation: Violation, confidence: Confidence) -> Violation {
        violation.confidence(confidence.min(self.confidence)).step(
            &self.shown_by,
            self.path.clone(),
            self.sign.clone(),
        )
    }
}

impl Signs {
    /// What shows, the surest first, that an instance runs a database; absent: nothing does. A security group that
    /// nobody sees is no sign of one.
    pub(crate) fn on(
        &self,
        architecture: &Architecture<'_>,
        instance: &Instance,
    ) -> Result<Option<DatabaseHost>, Stop> {
        let key = &instance.meta.key;
        let rules = architecture.ingress(key)?.map(|it| it.rules).unwrap_or_default();
        let rule = rules.iter().find(|it| self.is_for_database(it).is_true()).map(|it| &it.at);
        let shown = |confidence, shown_by: &Key, path: &str, sign: String| DatabaseHost {
            security_group: rule.map(|it| it.security_group.clone()),
            confidence,
            shown_by: shown_by.clone(),
            path: path.to_owned(),
            sign,
        };
        if let Some(tag) = self.db_tags.iter().find(|it| carries(instance, it).is_true()) {
            return Ok(Some(shown(Confidence::High, key, "tags", format!("is tagged `{tag}`"))));
        }
        if let Some(RulePlace { security_group, path }) = rule {
            let sign = "admits another security group to the port of a database".to_owned();
            return Ok(Some(shown(Confidence::Medium, security_group, path, sign)));
        }
        if let Some((path, name)) = self.name(instance) {
            return Ok(Some(shown(Confidence::Low, key, path, format!("has `{name}` in its name"))));
        }
        Value::any(self.db_tags.iter().map(|it| carries(instance, it))).or_undecided("tags")?;
        Value::any(rules.iter().map(|it| self.is_for_database(it))).or_undecided("security_groups")?;
        Ok(None)
    }

    /// Whether a rule admits another security group to the port of a database and to nothing else.
    fn is_for_database(&self, rule: &AdmissionRule) -> Value<bool> {
        let is_database = |it: &Option<(u16, u16)>| {
            it.is_some_and(|(from, to)| from == to && self.db_ports.contains(&from))
        };
        let is_another = |it: &AdmittedPeer| matches!(it, AdmittedPeer::SecurityGroup(group) if *group != rule.at.security_group);
        rule.ports.is(is_database).and(rule.peer.is(is_another))
    }

    /// The name of a database in that of the instance or its image, and where it stands.
    fn name(&self, instance: &Instance) -> Option<(&'static str, &str)> {
        let image = instance.image_name.known().cloned().flatten().unwrap_or_default();
        let names = [("", instance.meta.label.as_str()), ("image_name", image.as_str())];
        names.into_iter().find_map(|(path, it)| {
            let it = it.to_ascii_lowercase();
            Some((path, self.db_names.iter().find(|name| it.contains(name.as_str()))?.as_str()))
        })
    }
}

/// Whether an instance carries a tag, as in `Role=db`, whatever the case of its value.
fn carries(instance: &Instance, tag: &str) -> Value<bool> {
    let Some((key, value)) = tag.split_once('=') else { return Value::Known(false) };
    instance.meta.tag(key).is(|it| it.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(value)))
}
