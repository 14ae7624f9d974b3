//! The way through the house: source, facts, rules, verdict.

use std::collections::BTreeSet;
use std::path::PathBuf;

use archlint_schema::{Snapshot, Verdicts};
use miette::Diagnostic;

use crate::definition::{Definition, DefinitionError};
use crate::engine::{EnabledRule, EngineError, Plugins, RuleOutcome};
use crate::facts::{self, Because, EnvironmentSettings};
use crate::report::{Context, Report};
use crate::source::{self, SourceOptions, Sources};
use crate::verdict::{self, Answers, Definitions};

/// The rules of a run: every plugin's, each with its definition and parameters.
pub struct Rules {
    plugins: Plugins,
    enabled: Vec<EnabledRule>,
    pub definitions: Definitions,
}

/// A problem with one input, plugin or rule; the rest goes on.
pub type Problem = Box<dyn Diagnostic + Send + Sync>;

impl Rules {
    /// The rules of some plugins. A rule whose definition is wrong, or whose code another plugin has, is left out
    /// and told.
    pub fn new(plugins: Plugins) -> (Self, Vec<Problem>) {
        let mut rules = Self { plugins, enabled: Vec::new(), definitions: Definitions::new() };
        let mut problems: Vec<Problem> = Vec::new();
        let all: Vec<(usize, String, String)> = rules
            .plugins
            .definitions()
            .map(|(plugin, name, text)| (plugin, name.to_owned(), text.to_owned()))
            .collect();
        for (plugin, name, text) in all {
            if let Err(problem) = rules.enable(plugin, &name, &text) {
                problems.push(problem);
            }
        }
        (rules, problems)
    }

    fn enable(&mut self, plugin: usize, name: &str, text: &str) -> Result<(), Problem> {
        // The tests hold the built-in definitions against their schema; others are held against it here.
        let is_builtin = self.plugins.is_builtin(plugin);
        let parse = if is_builtin { Definition::parse } else { Definition::parse_strictly };
        let definition = parse(name, text).map_err(boxed)?;
        if self.definitions.contains_key(&definition.code) {
            let (origin, code) = (name.to_owned(), definition.code);
            return Err(boxed(DefinitionError::Duplicate { origin, code }));
        }
        self.enabled.push(EnabledRule {
            code: definition.code.clone(),
            plugin,
            needs: definition.needs.clone(),
            parameters: definition.parameters(None).map_err(boxed)?,
        });
        self.definitions.insert(definition.code.clone(), definition);
        Ok(())
    }

    /// Whether any rule reads what the source wrote.
    pub fn read_raw(&self) -> bool {
        self.enabled.iter().any(|it| it.needs.raw)
    }

    /// The kinds that any rule reads.
    pub fn kinds(&self) -> BTreeSet<String> {
        self.enabled.iter().flat_map(|it| it.needs.kinds.iter().cloned()).collect()
    }
}

/// Reads, derives, checks and judges. With `changed_only`, what a plan leaves as it is gives no finding.
pub fn lint(paths: &[PathBuf], options: &SourceOptions, rules: Rules, changed_only: bool) -> Report {
    let sources = source::read(paths, options);
    check(sources, rules, changed_only)
}

fn check(mut sources: Sources, rules: Rules, changed_only: bool) -> Report {
    let mut errors: Vec<Problem> = sources.errors.into_iter().map(|it| Box::new(it) as Problem).collect();
    let scenarios = sources.architectures.iter_mut().flat_map(|it| &mut it.scenarios);
    let because: Vec<Because> =
        scenarios.map(|it| facts::derive(&mut it.snapshot, &EnvironmentSettings::default())).collect();
    let mut checked = Vec::new();
    for (at, architecture) in sources.architectures.iter().enumerate() {
        checked.extend(architecture.scenarios.iter().enumerate().map(|(it, scenario)| ((at, it), scenario)));
    }
    let snapshots: Vec<&Snapshot> = checked.iter().map(|(_, it)| &it.snapshot).collect();
    let outcomes = rules.plugins.check(&snapshots, &rules.enabled);
    let said = said(&outcomes);
    let answers: Vec<Answers<'_>> = checked
        .iter()
        .zip(&because)
        .zip(outcomes)
        .map(|(((position, it), because), outcomes)| Answers {
            architecture: &sources.architectures[position.0].name,
            when: it.when.as_deref(),
            scenario: *position,
            snapshot: &it.snapshot,
            because,
            verdicts: answers(outcomes, because, &mut errors),
        })
        .collect();
    let mut judgement = verdict::judge(&answers, &rules.definitions);
    if changed_only {
        let changed: Vec<_> = sources.architectures.iter().map(|it| it.changed.as_ref()).collect();
        judgement.keep_changed(&changed);
    }
    Report {
        inputs: sources.inputs,
        findings: judgement.findings,
        undecided: judgement.undecided,
        errors,
        said,
        not_examined: sources.architectures.iter().flat_map(|it| it.not_examined.clone()).collect(),
        contexts: contexts(&sources.architectures),
        architectures: sources.architectures.len(),
        resources: sources
            .architectures
            .iter()
            .filter_map(|it| Some(it.scenarios.first()?.snapshot.resources.len()))
            .sum(),
        definitions: rules.definitions,
    }
}

fn contexts(architectures: &[source::Architecture]) -> Vec<Vec<Context>> {
    let of = |it: &source::Architecture| {
        it.scenarios.iter().map(|it| Context::new(&it.snapshot, &it.origins)).collect()
    };
    architectures.iter().map(of).collect()
}

/// What plugins said, once each, in order.
fn said(outcomes: &[Vec<RuleOutcome>]) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for outcome in outcomes.iter().flatten() {
        for message in outcome.said.iter().map(|it| format!("{}: {it}", outcome.code)) {
            if !said.contains(&message) {
                said.push(message);
            }
        }
    }
    said
}

/// The verdicts of the rules that answered; a rule that failed is told once, whatever the number of scenarios.
fn answers(
    outcomes: Vec<RuleOutcome>,
    because: &Because,
    errors: &mut Vec<Problem>,
) -> Vec<(String, Verdicts)> {
    let mut verdicts = Vec::new();
    for outcome in outcomes {
        match outcome.result.and_then(|it| founded(&outcome.code, it, because)) {
            Ok(it) => verdicts.push((outcome.code, it)),
            Err(error) if errors.iter().any(|it| it.to_string() == error.to_string()) => {}
            Err(error) => errors.push(boxed::<EngineError>(error)),
        }
    }
    verdicts
}

/// Verdicts whose every cited fact was derived; a path that nothing stands behind is not drawn.
fn founded(rule: &str, verdicts: Verdicts, because: &Because) -> Result<Verdicts, EngineError> {
    match verdict::unfounded(&verdicts, because) {
        None => Ok(verdicts),
        Some((resource, name)) => Err(EngineError::Answer {
            rule: rule.to_owned(),
            what: format!("the fact `{name}` of `{resource}`, which nothing derived"),
        }),
    }
}

fn boxed<E: Diagnostic + Send + Sync + 'static>(error: E) -> Problem {
    Box::new(error)
}
