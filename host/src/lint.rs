//! The way through the house: source, facts, rules, verdict.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;

use archlint_schema::{Key, Snapshot, Verdicts};
use jiff::civil::Date;
use miette::Diagnostic;

use crate::engine::{EngineError, RuleOutcome};
use crate::facts::{self, Because, EnvironmentSettings};
use crate::fault;
use crate::report::{Context, NotCollected, Report};
use crate::rules::Rules;
use crate::source::{self, Architecture, Scenario, SourceOptions, Sources};
use crate::verdict::{self, Answers, Baseline, BaselineEntry, Judgement, Policy, Suppressions};

/// A problem with one input, plugin or rule; the rest goes on.
pub type Problem = Box<dyn Diagnostic + Send + Sync>;

/// What a run is told.
#[derive(Debug, Clone)]
pub struct LintOptions {
    pub source: SourceOptions,
    pub environments: EnvironmentSettings,
    pub policy: Policy,
    pub suppressions: Suppressions,
    pub baseline: Option<Baseline>,
    pub today: Date,
    /// Whether what a plan leaves as it is gives no finding.
    pub changed_only: bool,
}

/// Reads files, and lints what they hold.
pub fn lint(paths: &[PathBuf], rules: Rules, options: &LintOptions) -> Report {
    let is_whole = paths.iter().any(|it| it.is_dir());
    lint_sources(source::read(paths, &options.source), is_whole, rules, options)
}

/// Derives, checks and judges. `is_whole` says whether the sources are all that there is, so that what settings and
/// baseline expect and nobody found is gone.
pub fn lint_sources(mut sources: Sources, is_whole: bool, rules: Rules, options: &LintOptions) -> Report {
    let mut errors: Vec<Problem> = sources.errors.drain(..).map(boxed).collect();
    let because = derive(&mut sources.architectures, &options.environments, &mut errors);
    let Checked { mut judgement, said, answers } =
        check(&sources.architectures, &because, &rules, options, &mut errors);
    name_parts(&mut judgement, &sources.architectures);
    let suppressions = &options.suppressions;
    let (mut notices, unread) =
        judgement.suppress(suppressions, &sources.architectures, is_whole, options.today);
    // What failed may be what a suppression or an entry of the baseline is for.
    let is_complete = errors.is_empty();
    notices.retain(|it| is_complete || !it.is_unused());
    errors.extend(unread.into_iter().map(boxed));
    let is_examined = |it: &BaselineEntry| {
        is_complete
            && rules.definitions.contains_key(&it.rule)
            && (is_whole || is_input(&sources, &it.source))
    };
    let baseline = options.baseline.as_ref();
    let fixed = baseline.map(|it| judgement.compare(it, is_examined)).unwrap_or_default();
    if options.changed_only {
        let changed: Vec<_> = sources.architectures.iter().map(|it| it.changed.as_ref()).collect();
        judgement.keep_changed(&changed);
    }
    Report {
        contexts: contexts(&sources.architectures, &judgement),
        not_collected: sources
            .architectures
            .iter()
            .enumerate()
            .filter_map(|(at, it)| {
                let open: Vec<_> = judgement.undecided.iter().filter(|it| it.scenario == (at, 0)).collect();
                Some(NotCollected::of(&it.name, &it.scenarios.first()?.snapshot, &open))
            })
            .flatten()
            .collect(),
        checked: answers,
        not_examined: sources.architectures.iter().flat_map(|it| it.not_examined.clone()).collect(),
        architectures: sources.architectures.len(),
        resources: sources
            .architectures
            .iter()
            .filter_map(|it| Some(it.scenarios.first()?.resources()))
            .sum(),
        inputs: sources.inputs,
        findings: judgement.findings,
        undecided: judgement.undecided,
        suppressed: judgement.suppressed,
        has_baseline: options.baseline.is_some(),
        baselined: judgement.baselined,
        fixed,
        notices,
        errors,
        said,
        definitions: rules.definitions,
    }
}

/// Derives the facts of every scenario. An architecture in which that fails is told, and left out.
fn derive(
    architectures: &mut Vec<Architecture>,
    environments: &EnvironmentSettings,
    errors: &mut Vec<Problem>,
) -> Vec<Because> {
    let mut because = Vec::new();
    architectures.retain_mut(|architecture| {
        let work = format!("deriving the facts of `{}`", architecture.name);
        let derive = |scenario: &mut Scenario| facts::derive(&mut scenario.snapshot, environments);
        match fault::caught(&work, || architecture.scenarios.iter_mut().map(derive).collect::<Vec<_>>()) {
            Ok(its) => because.extend(its),
            Err(fault) => {
                errors.push(boxed(fault));
                return false;
            }
        }
        true
    });
    because
}

/// What rules made of all scenarios.
struct Checked {
    judgement: Judgement,
    /// What plugins said meanwhile.
    said: Vec<String>,
    /// How many answers there are about base scenarios.
    answers: usize,
}

/// Lets the rules answer about every scenario, and judges.
fn check(
    architectures: &[Architecture],
    because: &[Because],
    rules: &Rules,
    options: &LintOptions,
    errors: &mut Vec<Problem>,
) -> Checked {
    let mut scenarios = Vec::new();
    for (at, architecture) in architectures.iter().enumerate() {
        scenarios
            .extend(architecture.scenarios.iter().enumerate().map(|(it, scenario)| ((at, it), scenario)));
    }
    let snapshots: Vec<&Snapshot> = scenarios.iter().map(|(_, it)| &it.snapshot).collect();
    let outcomes = rules.check(&snapshots);
    let said = said(&outcomes);
    let of_base = scenarios.iter().zip(&outcomes).filter(|(((_, scenario), _), _)| *scenario == 0);
    let checked = of_base.flat_map(|(_, it)| it).filter_map(|it| it.result.as_ref().ok());
    let checked = checked.map(|it| it.checked as usize).sum();
    let answers: Vec<Answers<'_>> = scenarios
        .iter()
        .zip(because)
        .zip(outcomes)
        .map(|(((position, it), because), outcomes)| Answers {
            architecture: &architectures[position.0].name,
            when: it.when.as_deref(),
            scenario: *position,
            snapshot: &it.snapshot,
            origins: &it.origins,
            because,
            verdicts: answers(outcomes, because, errors),
        })
        .collect();
    let judged = fault::caught("judging", || verdict::judge(&answers, &rules.definitions, &options.policy));
    let judgement = judged.unwrap_or_else(|fault| {
        errors.push(boxed(fault));
        Judgement::default()
    });
    Checked { judgement, said, answers: checked }
}

/// Says of what is found in a part which resource the part is: its author knows it by that name.
fn name_parts(judgement: &mut Judgement, architectures: &[Architecture]) {
    for it in &mut judgement.findings {
        let (architecture, scenario) = it.scenario;
        let origins = &architectures[architecture].scenarios[scenario].origins;
        if let Some(part) = origins.part(&it.resource.key, &it.path) {
            it.message = format!("{}, by `{part}`", it.message);
        }
    }
}

/// Whether an architecture of that name is made of any of the inputs.
fn is_input(sources: &Sources, architecture: &str) -> bool {
    architecture.split(" + ").any(|name| sources.inputs.iter().any(|it| it.file == name))
}

/// What the report knows of each scenario. Of live resources it shows those that findings lead through.
fn contexts(architectures: &[Architecture], judgement: &Judgement) -> Vec<Vec<Context>> {
    let steps =
        |it: &'_ verdict::Finding| it.evidence.iter().map(|it| it.resource.clone()).collect::<Vec<_>>();
    let shown: BTreeSet<Key> = judgement
        .findings
        .iter()
        .flat_map(|it| [steps(it), vec![it.resource.key.clone()]])
        .flatten()
        .collect();
    let of = |architecture: &Architecture| {
        let context = |it: &source::Scenario| {
            let context = Context::new(&architecture.name, &it.snapshot, &it.origins);
            context.with_properties(&it.snapshot, &shown)
        };
        architecture.scenarios.iter().map(context).collect()
    };
    architectures.iter().map(of).collect()
}

/// What plugins said, once each, in order.
fn said(outcomes: &[Vec<RuleOutcome>]) -> Vec<String> {
    let mut seen = HashSet::new();
    let of = |outcome: &RuleOutcome| {
        outcome.said.iter().map(|it| format!("{}: {it}", outcome.code)).collect::<Vec<_>>()
    };
    let said = outcomes.iter().flatten().flat_map(of);
    said.filter(|message| seen.insert(message.clone())).collect()
}

/// The verdicts of the rules that answered; a rule that failed is told once, whatever the number of scenarios.
fn answers(
    outcomes: Vec<RuleOutcome>,
    because: &Because,
    errors: &mut Vec<Problem>,
) -> Vec<(String, Verdicts)> {
    let mut verdicts = Vec::new();
    for outcome in outcomes {
        let mut tell = |error: EngineError| {
            if errors.iter().all(|told| told.to_string() != error.to_string()) {
                errors.push(boxed(error));
            }
        };
        outcome.unanswered.into_iter().for_each(&mut tell);
        match outcome.result.and_then(|it| founded(&outcome.code, it, because)) {
            Ok(it) => verdicts.push((outcome.code, it)),
            Err(error) => tell(error),
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
