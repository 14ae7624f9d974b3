//! One plugin through all snapshots of a run.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use archlint_schema::{Key, Snapshot, Verdicts};

use super::parts::Question;
use super::plugin::{PluginModule, wit};
use super::{EnabledRule, EngineError, Plugins, RuleOutcome, answer, document};
use crate::fault;

/// A plugin while it is asked.
pub(super) struct PluginRun<'a> {
    plugins: &'a Plugins,
    index: usize,
    /// Loaded when there is something to ask it, and dropped with the run: several that nobody asks any more would
    /// be most of the memory of a small run.
    module: Option<Result<Arc<PluginModule>, EngineError>>,
    rules: Vec<&'a EnabledRule>,
    /// By the document that it was given. The same document has the same answers, so that scenarios and
    /// architectures that differ in nothing that the plugin reads are checked once.
    answered: HashMap<Vec<u8>, Vec<Answer>>,
}

/// What a plugin answered about one rule.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) result: Result<wit::Verdicts, EngineError>,
    /// What it failed on, where it answered about the rest.
    pub(super) unanswered: Option<EngineError>,
    pub(super) said: Vec<String>,
}

impl From<EngineError> for Answer {
    fn from(error: EngineError) -> Self {
        Self { result: Err(error), unanswered: None, said: Vec::new() }
    }
}

impl<'a> PluginRun<'a> {
    /// A run of some rules, which are all of the plugin with an index.
    pub(super) fn new(plugins: &'a Plugins, index: usize, rules: Vec<&'a EnabledRule>) -> Self {
        Self { plugins, index, module: None, rules, answered: HashMap::new() }
    }

    /// What each rule says of a snapshot with resources of some keys.
    pub(super) fn check(&mut self, snapshot: &Snapshot, keys: &HashSet<Key>) -> Vec<RuleOutcome> {
        let mut outcomes = Vec::new();
        let mut asked = Vec::new();
        for rule in self.rules.iter().copied() {
            if rule.needs.are_absent_from(snapshot) {
                let code = rule.code.clone();
                outcomes.push(RuleOutcome {
                    code,
                    result: Ok(Verdicts::default()),
                    unanswered: None,
                    said: Vec::new(),
                });
            } else {
                asked.push(rule);
            }
        }
        let answers = self.answers(snapshot, &asked);
        for (rule, answer) in asked.into_iter().zip(answers) {
            let result = answer.result.and_then(|it| answer::accept(&rule.code, it, keys));
            let said = answer.said.iter().map(|it| answer::text(it)).collect();
            let (code, unanswered) = (rule.code.clone(), answer.unanswered);
            outcomes.push(RuleOutcome { code, result, unanswered, said });
        }
        outcomes
    }

    fn answers(&mut self, snapshot: &Snapshot, rules: &[&EnabledRule]) -> Vec<Answer> {
        if rules.is_empty() {
            return Vec::new();
        }
        let of_all = |error: EngineError| rules.iter().map(|_| error.clone().into()).collect();
        let module = match self.module.get_or_insert_with(|| self.plugins.module(self.index)) {
            Ok(it) => it.clone(),
            Err(error) => return of_all(error.clone()),
        };
        match document::encode(snapshot, rules, None, module.info.encoding) {
            Ok(document) => {
                let question = Question { engine: &self.plugins.engine, module: &module, snapshot };
                let ask = |document: &Vec<u8>| {
                    fault::caught("asking a plugin", || ask(&question, document, rules))
                        .unwrap_or_else(|fault| of_all(fault.into()))
                };
                self.answered.entry(document).or_insert_with_key(ask).clone()
            }
            Err(message) => of_all(EngineError::Engine(message)),
        }
    }
}

/// One plugin and one document: loaded once, then rule by rule. A failed call leaves a dead instance, so that the
/// rest goes on in a fresh one.
fn ask(question: &Question<'_>, document: &[u8], rules: &[&EnabledRule]) -> Vec<Answer> {
    let mut instance = None;
    let answer = |rule: &&EnabledRule| {
        let answer = question.ask(document, rule, &mut instance);
        if answer.result.as_ref().is_err_and(EngineError::may_be_of_one_subject) {
            question.ask_by_parts(rule, document.len(), answer)
        } else {
            answer
        }
    };
    rules.iter().map(answer).collect()
}
