//! What a class of keys means for a bucket under load, and what to change. rules.md 6.4, STO001 to STO006.

use archlint_schema::KeyClass;

use super::WARN_RATIO;
use crate::key_population::Classification;

pub(super) fn meaning(class: KeyClass) -> &'static str {
    match class {
        KeyClass::Sequential => "the keys of one moment fall into one range, which moves",
        KeyClass::TimePartitioned => "the keys of one period fall into one range; within it they are spread",
        KeyClass::BranchedSequential => "in each of many branches the keys of one moment fall into one range",
        KeyClass::Skewed => "most keys fall into one branch",
        KeyClass::Hashed => "a hash comes first: the keys of one moment fall everywhere",
        KeyClass::RandomId => "a random id comes first: the keys of one moment fall everywhere",
        KeyClass::Reversed => "the last digit comes first: the keys of one moment fall everywhere",
        KeyClass::Natural => "names and words: nothing ties the keys of one moment together",
        KeyClass::ServiceOwned => {
            "a service of AWS chooses these names, and writes them at rates that S3 carries"
        }
        KeyClass::Insufficient => "too few keys to tell; 200 are needed, 4,000 are good",
    }
}

/// Lines; none where nothing is to be changed. `need` is the load as a part of what one prefix carries.
pub(super) fn advice(it: &Classification, need: Option<f64>) -> Vec<&'static str> {
    let is_harmless = need.zip(it.spread).is_some_and(|(need, spread)| need / spread < WARN_RATIO);
    match it.class {
        KeyClass::Sequential
        | KeyClass::TimePartitioned
        | KeyClass::BranchedSequential
        | KeyClass::Skewed
            if is_harmless =>
        {
            vec!["nothing at this load"]
        }
        KeyClass::Sequential | KeyClass::BranchedSequential => vec![
            "put a short hash or a reversed id before the part that grows with time, in the fewest characters",
            "that cover the load; raise the load gradually, retry with jittered back-off, and before a launch ask",
            "AWS Support to divide the prefix",
        ],
        // A hash before the date would take from queries the partitions that they skip by.
        KeyClass::TimePartitioned => vec![
            "write fewer and larger files; let the table format put entropy after the table's root (Iceberg's",
            "object-storage layout), or have the prefix divided before the period begins; leave the date in front",
            "where queries select by it",
        ],
        KeyClass::Skewed => vec!["divide the keys of the heavy branch among several prefixes"],
        _ => Vec::new(),
    }
}
