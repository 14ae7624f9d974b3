//! A rule that fails on a snapshot is asked again about parts of its subjects, so that those that it can bear are
//! answered. The plugin gets the whole snapshot each time: what is derived, and which lists are whole, stays as it is.

use std::collections::{HashSet, VecDeque};

use archlint_schema::{Key, Snapshot, Subjects};
use wasmtime::Engine;

use super::plugin::{Instance, PluginModule, wit};
use super::run::Answer;
use super::{EnabledRule, EngineError, document};

/// How often a rule is asked again at most: enough to find a few subjects among thousands.
const PARTS: usize = 64;
/// How much may be loaded for that, in bytes of documents: large snapshots are asked about in larger parts.
const BYTES: usize = 256 << 20;

/// A plugin and the snapshot that it is asked about.
pub(super) struct Question<'a> {
    pub(super) engine: &'a Engine,
    pub(super) module: &'a PluginModule,
    pub(super) snapshot: &'a Snapshot,
}

impl Question<'_> {
    /// Asks a rule about a document, in an instance that has it loaded, or else in a fresh one.
    pub(super) fn ask(&self, document: &[u8], rule: &EnabledRule, instance: &mut Option<Instance>) -> Answer {
        let loaded = instance.take().map_or_else(|| self.load(document), Ok);
        let mut live = match loaded {
            Ok(live) => live,
            Err(error) => return error.into(),
        };
        let result = live.check(&self.module.name, &rule.code, &rule.parameters);
        let said = live.said();
        if result.is_ok() {
            *instance = Some(live);
        }
        Answer { result, unanswered: None, said }
    }

    fn load(&self, document: &[u8]) -> Result<Instance, EngineError> {
        let mut fresh = self.module.instantiate(self.engine, document.len())?;
        fresh.load(&self.module.name, document)?;
        Ok(fresh)
    }

    /// What a rule answers about parts of its subjects, after it failed on all of them: on halves, then on halves of
    /// those that fail, so that much is answered before single subjects are looked for.
    pub(super) fn ask_by_parts(&self, rule: &EnabledRule, document: usize, failed: Answer) -> Answer {
        let mut keys = self.subjects(rule);
        keys.sort();
        if !self.knows_of_subjects(rule) {
            return failed;
        }
        let mut left = PARTS.min(BYTES / document.max(1));
        let mut all = wit::Verdicts { checked: 0, findings: Vec::new(), undecided: Vec::new() };
        let mut unanswered: Vec<&Key> = Vec::new();
        let mut parts = VecDeque::from([keys.as_slice()]);
        while let Some(part) = parts.pop_front() {
            if part.len() < 2 || left < 2 {
                unanswered.extend(part);
                continue;
            }
            let (former, latter) = part.split_at(part.len() / 2);
            for half in [former, latter] {
                left -= 1;
                match self.ask_about(rule, half[0].clone(), half[half.len() - 1].clone()) {
                    Ok(verdicts) => add(&mut all, verdicts),
                    Err(_) => parts.push_back(half),
                }
            }
        }
        match failed.result {
            Err(cause) if unanswered.len() < keys.len() => {
                let (rule, subjects) = (rule.code.clone(), self.names(&unanswered));
                let unanswered = EngineError::Unanswered { rule, subjects, cause: Box::new(cause) };
                Answer { result: Ok(all), unanswered: Some(unanswered), said: failed.said }
            }
            result => Answer { result, ..failed },
        }
    }

    /// Whether a plugin leaves out what it is not asked about. One that does not fails or answers where it is asked
    /// about nothing.
    fn knows_of_subjects(&self, rule: &EnabledRule) -> bool {
        let nothing = self.ask_about(rule, Key::from("1"), Key::from("0"));
        nothing.is_ok_and(|it| it.checked == 0 && it.findings.is_empty() && it.undecided.is_empty())
    }

    fn ask_about(&self, rule: &EnabledRule, from: Key, to: Key) -> Result<wit::Verdicts, EngineError> {
        let subjects = Some(Subjects { from, to });
        let document = document::encode(self.snapshot, &[rule], subjects, self.module.info.encoding);
        self.ask(&document.map_err(EngineError::Engine)?, rule, &mut None).result
    }

    /// What a rule may be about: the resources of the kinds that it reads.
    fn subjects(&self, rule: &EnabledRule) -> Vec<&Key> {
        let kinds = rule.needs.resources();
        let all = self.snapshot.resources.iter();
        all.filter(|(kind, _)| kinds.contains(kind)).map(|(_, meta)| &meta.key).collect()
    }

    /// Some resources as an error names them: a few, and how many there are besides.
    fn names(&self, keys: &[&Key]) -> String {
        const NAMED: usize = 3;
        let named: HashSet<&Key> = keys.iter().take(NAMED).copied().collect();
        let metas = self.snapshot.resources.iter().map(|(_, meta)| meta);
        let labels = metas.filter(|meta| named.contains(&meta.key)).map(|meta| format!("`{}`", meta.label));
        let labels = labels.collect::<Vec<_>>().join(", ");
        match keys.len().saturating_sub(NAMED) {
            0 => labels,
            others => format!("{labels} and {others} more"),
        }
    }
}

fn add(all: &mut wit::Verdicts, further: wit::Verdicts) {
    all.checked += further.checked;
    all.findings.extend(further.findings);
    all.undecided.extend(further.undecided);
}
