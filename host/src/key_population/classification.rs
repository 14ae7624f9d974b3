//! The class of a population of keys.

use archlint_schema::{Confidence, KeyClass, KeyPattern, KeySampling};
use jiff::Timestamp;
use serde::Serialize;

use super::behind::{Behind, behind};
use super::branches::Branches;
use super::concentration::{Concentration, HeatMap};
use super::shape::{Shape, shape, without_prefix};
use super::share::share;
use super::sketch::Population;
use super::stem::{common_folders, common_word};
use super::thresholds::{Criteria, Thresholds};
use super::token::Token;

/// How many branches are told by name.
const MOST_TOLD: usize = 20;

/// Where the keys of one moment fall, and why that is thought.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Classification {
    pub class: KeyClass,
    /// What the names alone say, where the times say otherwise.
    pub by_name: Option<KeyClass>,
    /// The class within branches.
    pub inner: Option<KeyClass>,
    /// What the keys begin with, after the stem and the branch.
    pub token: Option<Token>,
    /// What a hash was put in front of.
    pub behind: Option<Behind>,
    /// What all keys begin with.
    pub stem: String,
    /// E of rules.md: the part of the key space that a window of time touches. None without times: the names decide.
    pub concentration: Option<f64>,
    /// Whether a window of time touches neither little nor most of the key space.
    pub partly_concentrated: bool,
    /// The share of keys that are not before their predecessor in time: evidence only.
    pub mono_frac: Option<f64>,
    pub heat_map: Option<HeatMap>,
    /// How many branches there are in the sample.
    pub branch_count: usize,
    /// The heaviest of them, the heaviest first.
    pub branches: Vec<BranchShare>,
    /// The share of the heaviest branch.
    pub top_share: Option<f64>,
    /// To how many equal branches the branches amount.
    pub effective_branches: Option<f64>,
    /// Among how many partitions the load of one moment is shared. None where the names are not the owner's choice, or
    /// tell nothing.
    pub spread: Option<f64>,
    pub confidence: Confidence,
    pub sampling: KeySampling,
    /// How many keys were looked at.
    pub sample: u64,
    /// How many there are.
    pub total: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BranchShare {
    pub name: String,
    pub share: f64,
}

impl Population {
    /// What the sample tells. `total` is how many keys there are where more is known of that than was fed.
    pub fn classify(
        &self,
        sampling: KeySampling,
        total: Option<u64>,
        now: Timestamp,
        thresholds: &Thresholds,
    ) -> Classification {
        let criteria = Criteria::new(thresholds, now);
        let total = total.unwrap_or(self.counts.kept);
        let mut told = Classification::nothing(sampling, self.sample.len() as u64, total);
        if self.counts.service_owned > self.counts.kept {
            (told.class, told.confidence) = (KeyClass::ServiceOwned, Confidence::High);
        } else if self.sample.len() >= thresholds.n_min_shape.max(1) {
            self.tell_names(&mut told, &criteria);
            // The head of a listing is the oldest or the smallest keys, whose times are not those of all.
            if sampling != KeySampling::ListingHead {
                self.tell_times(&mut told, &criteria);
            }
            told.confidence = told.confidence(thresholds);
            told.spread = told.pattern().spread(thresholds.partition_cap);
        }
        told
    }

    fn tell_names(&self, told: &mut Classification, criteria: &Criteria<'_>) {
        let (keys, weights): (Vec<&[u8]>, Vec<u64>) =
            self.sample.iter().map(|(it, weight)| (&*it.key, weight)).unzip();
        let scale = share(told.total, self.sample.weight()).max(1.0);
        let folders = common_folders(&keys);
        let rest = without_prefix(&keys, folders.len());
        let mut stem = folders.to_vec();
        if let Some(branches) = Branches::of(&rest, &weights, criteria) {
            told.tell_branches(&branches, branches.inner(scale, criteria), criteria.thresholds);
        } else {
            let word = common_word(&rest, criteria);
            stem.extend(word);
            let rest = without_prefix(&rest, word.len());
            let Shape { class, token } = shape(&rest, scale, criteria);
            (told.class, told.token) = (class, token);
            if let Some(Token::Hash(hash)) = token {
                told.behind = behind(&rest, hash, scale, criteria);
            }
        }
        told.stem = String::from_utf8_lossy(&stem).into_owned();
    }

    fn tell_times(&self, told: &mut Classification, criteria: &Criteria<'_>) {
        let timed = self.sample.iter().filter_map(|(it, _)| Some((&*it.key, it.time?)));
        let timed: Vec<(&[u8], i64)> = timed.collect();
        if !criteria.is_most(timed.len(), self.sample.len()) {
            return;
        }
        if let Some(concentration) = Concentration::of(&timed, criteria) {
            told.overrule(concentration.touched, criteria.thresholds);
            told.mono_frac = Some(concentration.in_order);
            told.heat_map = Some(concentration.heat_map);
        }
    }
}

impl Classification {
    fn nothing(sampling: KeySampling, sample: u64, total: u64) -> Self {
        Self {
            class: KeyClass::Insufficient,
            by_name: None,
            inner: None,
            token: None,
            behind: None,
            stem: String::new(),
            concentration: None,
            partly_concentrated: false,
            mono_frac: None,
            heat_map: None,
            branch_count: 0,
            branches: Vec::new(),
            top_share: None,
            effective_branches: None,
            spread: None,
            confidence: Confidence::Low,
            sampling,
            sample,
            total,
        }
    }

    fn tell_branches(&mut self, branches: &Branches<'_>, inner: Shape, thresholds: &Thresholds) {
        let effective = branches.effective();
        let top_share = branches.top_share();
        // The head of a listing is whole branches, one after the other.
        let is_skewed = top_share >= thresholds.top_share && self.sampling != KeySampling::ListingHead;
        self.class = match inner.class {
            _ if is_skewed => KeyClass::Skewed,
            KeyClass::Sequential | KeyClass::TimePartitioned if effective >= thresholds.min_eff_branches => {
                KeyClass::BranchedSequential
            }
            other => other,
        };
        (self.inner, self.token) = (Some(inner.class), inner.token);
        self.branch_count = branches.len();
        self.effective_branches = Some(effective);
        if self.sampling != KeySampling::ListingHead {
            let told = |(name, share): (&[u8], f64)| BranchShare {
                name: String::from_utf8_lossy(name).into(),
                share,
            };
            self.branches = branches.heaviest(MOST_TOLD).into_iter().map(told).collect();
            self.top_share = Some(top_share);
        }
    }

    /// Lets the times decide where they contradict the names.
    fn overrule(&mut self, concentration: f64, thresholds: &Thresholds) {
        self.concentration = Some(concentration);
        let is_hot = concentration <= thresholds.e_hot;
        let is_spread = concentration >= thresholds.e_spread;
        self.partly_concentrated = !is_hot && !is_spread;
        let class = match self.class {
            KeyClass::Sequential | KeyClass::TimePartitioned if is_spread => KeyClass::Natural,
            KeyClass::Sequential | KeyClass::TimePartitioned | KeyClass::Skewed => return,
            _ if is_hot => KeyClass::Sequential,
            _ => return,
        };
        self.by_name = Some(std::mem::replace(&mut self.class, class));
    }

    fn confidence(&self, thresholds: &Thresholds) -> Confidence {
        let is_few = self.sample < thresholds.n_min_stats as u64;
        match self.concentration {
            _ if is_few || self.sampling == KeySampling::ListingHead => Confidence::Low,
            Some(_) => Confidence::High,
            None => Confidence::Medium,
        }
    }

    /// What rules are told.
    pub fn pattern(&self) -> KeyPattern {
        KeyPattern {
            class: self.class,
            inner: self.inner,
            token: self.token.map(|it| it.to_string()),
            behind: self.behind.map(|it| it.to_string()),
            sampling: self.sampling,
            confidence: self.confidence,
            concentration: self.concentration.map(Into::into),
            top_share: self.top_share.map(Into::into),
            top_branch: self.branches.first().map(|it| it.name.clone()),
            effective_branches: self.effective_branches.map(Into::into),
        }
    }
}
