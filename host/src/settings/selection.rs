//! What settings mean for the rules at hand.

use std::collections::{BTreeMap, BTreeSet};

use super::{Provenance, RuleSettings, Setting, Settings, SettingsError, escaped};
use crate::definition::{Definition, RuleNames, closest};
use crate::source::ResourcePattern;
use crate::verdict::{Definitions, Directive, Policy, Scope, Suppressions};

impl Settings {
    /// The codes of the rules that run. A selector that means no rule is an error, and so are selectors that leave
    /// none.
    pub fn selected(&self, definitions: &Definitions) -> Result<BTreeSet<String>, SettingsError> {
        let names: RuleNames = definitions.values().collect();
        let selected = self.codes(&names, &self.select)?;
        let ignored = self.codes(&names, &self.ignore)?;
        let is_selected = |it: &&Definition| {
            (self.select.is_empty() || selected.contains(&it.code))
                && !ignored.contains(&it.code)
                && (self.pillars.is_empty() || self.pillars.contains(&it.pillar))
        };
        let left: BTreeSet<String> =
            definitions.values().filter(is_selected).map(|it| it.code.clone()).collect();
        if left.is_empty() && !definitions.is_empty() { Err(SettingsError::NoRules) } else { Ok(left) }
    }

    /// The settings of single rules, by code, each with its place.
    pub fn of_rules(&self, names: &RuleNames) -> Result<BTreeMap<String, OfRule<'_>>, SettingsError> {
        let mut by_code: BTreeMap<String, OfRule<'_>> = BTreeMap::new();
        for (name, settings) in &self.rules {
            let pointer = format!("/rules/{}", escaped(name));
            let codes = self.meaning(names, name, &Provenance::File(pointer.clone()))?;
            let of_rule = OfRule { pointer: pointer.clone(), settings };
            // A family here would leave open which of two settings of a rule holds.
            let (Some(code), 1, false) = (codes.first(), codes.len(), name.contains('*')) else {
                let message = format!("`{name}` is a family, and settings are of one rule");
                return Err(self.wrong(&pointer, message, "name each rule by its code or slug"));
            };
            if by_code.insert(code.clone(), of_rule).is_some() {
                let message = format!("`{code}` has settings twice, by its code and by its slug");
                return Err(self.wrong(&pointer, message, "put them together"));
            }
        }
        Ok(by_code)
    }

    /// A rule's parameters, completed; what is wrong with them is shown in the settings file.
    pub fn parameters(&self, definition: &Definition, of_rule: &OfRule<'_>) -> Result<String, SettingsError> {
        definition.parameters(of_rule.settings.parameters.as_ref()).map_err(|error| {
            let pointer = format!("{}/parameters{}", of_rule.pointer, error.parameter());
            let known = definition.parameters.as_ref().and_then(|it| it["properties"].as_object());
            let known = || known.into_iter().flatten().map(|it| it.0.as_str());
            let name = error.parameter().rsplit('/').next().unwrap_or_default();
            let meant = closest(name, known()).filter(|it| *it != name);
            let help = meant.map_or_else(
                || format!("`archlint explain {}` lists the parameters", definition.code),
                |it| format!("did you mean `{it}`?"),
            );
            self.wrong(&pointer, error.to_string(), &help)
        })
    }

    /// What is suppressed among the rules that run.
    pub fn suppressions(
        &self,
        names: &RuleNames,
        enabled: BTreeSet<String>,
    ) -> Result<Suppressions, SettingsError> {
        let (directives, locked) = (self.directives(names)?, self.locked(names)?);
        Ok(Suppressions { directives, locked, enabled, names: names.clone() })
    }

    /// The codes of the rules that nothing in a source can suppress.
    fn locked(&self, names: &RuleNames) -> Result<BTreeSet<String>, SettingsError> {
        let locked = self
            .locked
            .iter()
            .enumerate()
            .map(|(at, it)| Setting { value: it.clone(), from: Provenance::File(format!("/locked/{at}")) });
        self.codes(names, &locked.collect::<Vec<_>>())
    }

    /// How answers are judged.
    pub fn policy(&self, names: &RuleNames) -> Result<Policy, SettingsError> {
        let of_rules = self.of_rules(names)?;
        let severities = of_rules.iter().filter_map(|(code, it)| Some((code.clone(), it.settings.severity?)));
        // `--fail-on-undecided` is about every rule, whatever the file says of one.
        let is_overruled = matches!(self.on_unknown.from, Provenance::CommandLine(_));
        let on_unknown = of_rules.iter().filter(|_| !is_overruled);
        let on_unknown = on_unknown.filter_map(|(code, it)| Some((code.clone(), it.settings.on_unknown?)));
        Ok(Policy {
            severities: severities.collect(),
            on_unknown: self.on_unknown.value,
            on_unknown_of: on_unknown.collect(),
        })
    }

    /// The entries that suppress findings.
    fn directives(&self, names: &RuleNames) -> Result<Vec<Directive>, SettingsError> {
        let Some(file) = &self.file else { return Ok(Vec::new()) };
        let text = file.counted();
        let directive = |(at, it): (usize, &super::SuppressEntry)| {
            let pointer = format!("/suppress/{at}");
            let rules = self.meaning(names, &it.rule, &Provenance::File(format!("{pointer}/rule")))?;
            let until = match it.until.as_deref().map(str::parse) {
                None => None,
                Some(Ok(date)) => Some(date),
                Some(Err(_)) => {
                    let message = "`until` is no date".to_owned();
                    return Err(self.wrong(&format!("{pointer}/until"), message, "write it as 2027-01-31"));
                }
            };
            Ok(Directive::of_settings(
                rules,
                Scope::Resources(ResourcePattern::new(it.address.as_deref(), it.tag.as_deref())),
                (&it.reason, until, it.owner.as_deref()),
                (text.clone(), file.span(&pointer)),
            ))
        };
        self.suppress.iter().enumerate().map(directive).collect()
    }

    fn codes(
        &self,
        names: &RuleNames,
        selectors: &[Setting<String>],
    ) -> Result<BTreeSet<String>, SettingsError> {
        let mut codes = BTreeSet::new();
        for it in selectors {
            codes.extend(self.meaning(names, &it.value, &it.from)?);
        }
        Ok(codes)
    }

    fn meaning(
        &self,
        names: &RuleNames,
        selector: &str,
        from: &Provenance,
    ) -> Result<BTreeSet<String>, SettingsError> {
        let codes = names.matching(selector);
        if !codes.is_empty() {
            return Ok(codes);
        }
        let help = names.suggestion(selector).map_or_else(
            || "`archlint rules` lists them; a family is written `NET*`".to_owned(),
            |it| format!("did you mean `{it}`?"),
        );
        let file = self.file.as_ref().filter(|_| matches!(from, Provenance::File(_)));
        let at = match (file, from) {
            (Some(file), Provenance::File(pointer)) if pointer.starts_with("/rules/") => {
                file.key_span(pointer)
            }
            (Some(file), Provenance::File(pointer)) => file.span(pointer),
            _ => 0..0,
        };
        Err(SettingsError::UnknownRule {
            selector: selector.to_owned(),
            from: self.told_by(from),
            help,
            text: file.map(super::Document::source),
            at: file.map(|_| (at.start, at.len()).into()),
        })
    }

    fn wrong(&self, pointer: &str, message: String, help: &str) -> SettingsError {
        match &self.file {
            Some(file) => file.wrong(pointer, message, help.to_owned()),
            None => SettingsError::Wrong { message, help: help.to_owned(), text: None, at: None },
        }
    }
}

/// What the settings file says of one rule, and where.
#[derive(Debug, Clone)]
pub struct OfRule<'a> {
    pointer: String,
    settings: &'a RuleSettings,
}
