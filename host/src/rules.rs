//! The rules of a run: every plugin's, each with its definition and parameters.

use std::collections::BTreeSet;

use archlint_schema::Snapshot;

use crate::definition::{Definition, DefinitionError, RuleNames};
use crate::engine::{EnabledRule, Plugins, RuleOutcome};
use crate::lint::Problem;
use crate::settings::{Settings, SettingsError};
use crate::verdict::Definitions;

pub struct Rules {
    plugins: Plugins,
    enabled: Vec<EnabledRule>,
    /// Of the rules that run.
    pub definitions: Definitions,
    /// Of all rules.
    pub names: RuleNames,
}

impl Rules {
    /// The rules of some plugins. A rule whose definition is wrong, or whose code another plugin has, is left out
    /// and told.
    pub fn new(plugins: Plugins) -> (Self, Vec<Problem>) {
        let (enabled, definitions, names) = (Vec::new(), Definitions::new(), RuleNames::default());
        let mut rules = Self { plugins, enabled, definitions, names };
        let mut problems: Vec<Problem> = Vec::new();
        let all: Vec<(usize, String, String)> = rules
            .plugins
            .definitions()
            .map(|(plugin, name, text)| (plugin, name.to_owned(), text.to_owned()))
            .collect();
        for (plugin, name, text) in all {
            if let Err(problem) = rules.enable(plugin, &name, &text) {
                problems.push(Box::new(problem));
            }
        }
        rules.names = rules.definitions.values().collect();
        (rules, problems)
    }

    fn enable(&mut self, plugin: usize, name: &str, text: &str) -> Result<(), DefinitionError> {
        // The tests hold the built-in definitions against their schema; others are held against it here.
        let is_builtin = self.plugins.is_builtin(plugin);
        let parse = if is_builtin { Definition::parse } else { Definition::parse_strictly };
        let definition = parse(name, text)?;
        if self.definitions.contains_key(&definition.code) {
            let (origin, code) = (name.to_owned(), definition.code);
            return Err(DefinitionError::Duplicate { origin, code });
        }
        self.enabled.push(EnabledRule {
            code: definition.code.clone(),
            plugin,
            needs: definition.needs.clone(),
            parameters: definition.parameters(None)?,
        });
        self.definitions.insert(definition.code.clone(), definition);
        Ok(())
    }

    /// Leaves only the rules that settings select, with the parameters that settings give them.
    pub fn select(&mut self, settings: &Settings) -> Result<(), SettingsError> {
        let selected = settings.selected(&self.definitions)?;
        let of_rules = settings.of_rules(&self.names)?;
        for rule in &mut self.enabled {
            if let Some(it) = of_rules.get(&rule.code) {
                rule.parameters = settings.parameters(&self.definitions[&rule.code], it)?;
            }
        }
        self.enabled.retain(|it| selected.contains(&it.code));
        self.definitions.retain(|code, _| selected.contains(code));
        Ok(())
    }

    /// For each snapshot in turn: what came of each rule.
    pub(crate) fn check(&self, snapshots: &[&Snapshot]) -> Vec<Vec<RuleOutcome>> {
        self.plugins.check(snapshots, &self.enabled)
    }

    /// Whether any rule reads what the source wrote.
    pub fn read_raw(&self) -> bool {
        self.enabled.iter().any(|it| it.needs.raw)
    }

    /// The kinds that the answers of any rule rest on.
    pub fn kinds(&self) -> BTreeSet<String> {
        self.enabled.iter().flat_map(|it| it.needs.lineage()).map(str::to_owned).collect()
    }

    /// The codes of the rules that run.
    pub fn codes(&self) -> BTreeSet<String> {
        self.definitions.keys().cloned().collect()
    }
}
