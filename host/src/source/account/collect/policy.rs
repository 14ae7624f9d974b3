//! What a scan calls, before it calls anything.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::json;

use super::config::{ACTIONS, AGGREGATOR_ACTIONS};
use super::direct::{FIRST_ACTIONS, calls};
use super::{Collector, ScanOptions, observe};

/// The IAM policy that a scan needs: every action that it may call, and no other. Describe calls take no resources.
pub fn scan_policy(options: &ScanOptions) -> String {
    let actions: BTreeSet<String> = actions(options).into_keys().collect();
    let mut statements = vec![json!({
        "Sid": "ArchlintScan",
        "Effect": "Allow",
        "Action": actions,
        "Resource": "*",
    })];
    if !options.access.assume_role.is_empty() {
        statements.push(json!({
            "Sid": "ArchlintAssumeRole",
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Resource": options.access.assume_role,
        }));
    }
    let policy = json!({ "Version": "2012-10-17", "Statement": statements });
    let mut text = serde_json::to_string_pretty(&policy).expect("a policy has only texts");
    text.push('\n');
    text
}

/// The calls that a scan would make, each with the kinds that it is made for.
pub fn scan_calls(options: &ScanOptions) -> String {
    let mut text = String::new();
    for (action, kinds) in actions(options) {
        let kinds: Vec<String> = kinds.into_iter().collect();
        writeln!(text, "{action:<56}  {}", kinds.join(", ")).expect("a String takes everything");
    }
    text
}

/// Every action that a scan may call, with the kinds that it is for; none for what is called first.
fn actions(options: &ScanOptions) -> BTreeMap<String, BTreeSet<String>> {
    let mut actions = BTreeMap::<String, BTreeSet<String>>::new();
    let is_first = |it: &&&str| options.access.all_regions || **it != "ec2:DescribeRegions";
    actions.extend(FIRST_ACTIONS.iter().filter(is_first).map(|it| ((*it).to_owned(), BTreeSet::new())));
    let of_config: &[&str] = match (&options.aggregator, options.collector) {
        (Some(_), _) => &AGGREGATOR_ACTIONS,
        (None, Collector::Direct) => &[],
        (None, Collector::Auto | Collector::Config) => &ACTIONS,
    };
    let kinds = observe::listed(&options.kinds);
    actions.extend(of_config.iter().map(|it| ((*it).to_owned(), kinds.clone())));
    if options.aggregator.is_none() && options.collector != Collector::Config && !kinds.is_empty() {
        for call in calls(&kinds) {
            for action in call.actions(&kinds) {
                let kinds = call.kinds().into_iter().filter(|it| kinds.contains(*it));
                actions.entry(action).or_default().extend(kinds.map(str::to_owned));
            }
        }
    }
    actions.extend(observe::actions(options));
    actions
}
