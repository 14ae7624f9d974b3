//! What AWS Backup plans and Data Lifecycle Manager policies back up.
//!
//! <https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html>

use std::collections::{BTreeMap, HashMap};

use archlint_schema::{
    BackupFacts, BackupPlan, BackupSelection, DbCluster, DbInstance, EfsFileSystem, FsxFileSystem, Instance,
    InstanceFacts, Key, KeySet, LifecyclePolicy, Listing, Meta, Reason, RedshiftCluster, Resource,
    SelectedResource, SelectedTag, Unknown, Value, Volume,
};

use super::index::Index;
use super::{Because, Step};

/// What of a resource's ARN its kind tells: the service, and what the resource part begins with.
type ArnForm = (&'static str, &'static str);

struct Selections<'a> {
    /// Those that name resources one by one, by the resource.
    by_key: HashMap<&'a Key, Vec<&'a BackupSelection>>,
    /// Those that name tags and nothing else, by the first tag.
    by_tag: HashMap<(&'a str, &'a str), Vec<&'a BackupSelection>>,
    /// All others are asked of every resource.
    others: Vec<&'a BackupSelection>,
    policies: Listing<'a, LifecyclePolicy>,
    /// Why there may be more plans than are in sight.
    open: Option<Unknown>,
}

pub(crate) fn derive(
    index: &Index<'_>,
    instances: &BTreeMap<Key, InstanceFacts>,
    because: &mut Because,
) -> BTreeMap<Key, BackupFacts> {
    let selections = Selections::new(index);
    let mut derived = BTreeMap::new();
    let mut add = |meta: &Meta, form: ArnForm| {
        let (facts, steps) = selections.of(index, meta, form);
        because.record(&meta.key, "plans", steps);
        derived.insert(meta.key.clone(), facts);
    };
    index.all::<DbInstance>().iter().for_each(|it| add(&it.meta, ("rds", "db:")));
    index.all::<DbCluster>().iter().for_each(|it| add(&it.meta, ("rds", "cluster:")));
    index.all::<RedshiftCluster>().iter().for_each(|it| add(&it.meta, ("redshift", "cluster:")));
    index.all::<Volume>().iter().for_each(|it| add(&it.meta, ("ec2", "volume/")));
    index.all::<EfsFileSystem>().iter().for_each(|it| add(&it.meta, ("elasticfilesystem", "file-system/")));
    index.all::<FsxFileSystem>().iter().for_each(|it| add(&it.meta, ("fsx", "file-system/")));
    for it in index.all::<Instance>() {
        let (own, steps) = selections.of(index, &it.meta, ("ec2", "instance/"));
        let by_volumes = || of_volumes(&derived, &instances[&it.meta.key].data_volumes);
        let volumes = if own.plans.members.is_empty() { by_volumes() } else { None };
        let chain = |it: &Key| because.chain(it, "plans").unwrap_or_default().to_vec();
        let steps = volumes.as_ref().map_or(steps, |(_, keys)| keys.iter().flat_map(chain).collect());
        because.record(&it.meta.key, "plans", steps);
        derived.insert(it.meta.key.clone(), volumes.map_or(own, |(facts, _)| facts));
    }
    derived
}

/// What backs up each of some volumes, if something does.
fn of_volumes<'a>(
    derived: &BTreeMap<Key, BackupFacts>,
    volumes: &'a KeySet,
) -> Option<(BackupFacts, &'a [Key])> {
    let planned = |it: &Key| derived.get(it).filter(|it| !it.plans.members.is_empty());
    let all: Vec<&BackupFacts> = volumes.members.iter().map(planned).collect::<Option<_>>()?;
    let (first, rest) = all.split_first().filter(|_| volumes.open.is_none())?;
    let retention = &first.retention_days;
    let differs = || Value::unknown(Reason::Computed, "volumes that are kept for different times");
    let retention_days =
        if rest.iter().all(|it| it.retention_days == *retention) { retention.clone() } else { differs() };
    let continuous = Value::all(all.iter().map(|it| it.continuous.clone()));
    let mut plans = first.plans.clone();
    for key in rest.iter().flat_map(|it| &it.plans.members) {
        plans.add(&Value::Known(key.clone()));
    }
    Some((BackupFacts { plans, retention_days, continuous }, &volumes.members))
}

impl<'a> Selections<'a> {
    fn new(index: &Index<'a>) -> Self {
        let mut selections = Self {
            by_key: HashMap::new(),
            by_tag: HashMap::new(),
            others: Vec::new(),
            policies: index.all::<LifecyclePolicy>(),
            open: index.unseen(BackupSelection::KIND).or_else(|| index.unseen(LifecyclePolicy::KIND)),
        };
        for selection in index.all::<BackupSelection>() {
            selections.add(selection);
        }
        selections
    }

    fn add(&mut self, it: &'a BackupSelection) {
        let is_empty = |it: &Value<Vec<SelectedTag>>| it.known().is_some_and(Vec::is_empty);
        let has_no_tags = is_empty(&it.any_tags) && is_empty(&it.all_tags);
        let keys = it.resources.known().and_then(|all| all.iter().map(named).collect::<Option<Vec<_>>>());
        match keys {
            Some(keys) if !keys.is_empty() && has_no_tags => {
                for key in keys {
                    self.by_key.entry(key).or_default().push(it);
                }
            }
            Some(_) if is_empty(&it.all_tags) && it.resources.known().is_some_and(Vec::is_empty) => {
                self.add_by_tags(it);
            }
            _ => self.others.push(it),
        }
    }

    fn add_by_tags(&mut self, it: &'a BackupSelection) {
        let tags = it.any_tags.known().and_then(|all| all.iter().map(known_tag).collect::<Option<Vec<_>>>());
        match tags {
            Some(tags) => tags.into_iter().for_each(|tag| self.by_tag.entry(tag).or_default().push(it)),
            None => self.others.push(it),
        }
    }

    fn of(&self, index: &Index<'_>, meta: &Meta, form: ArnForm) -> (BackupFacts, Vec<Step>) {
        let mut plans = KeySet::of(Vec::new());
        let mut steps = Vec::new();
        let mut select = |answer: Value<bool>, by: &Key, plan: &Value<Key>| match answer.decided() {
            Ok(true) => {
                plans.add(plan);
                steps.push(Step::new(by, "", format!("`{}` selects it", index.label(by))));
            }
            Ok(false) => {}
            Err(why) => plans.open = plans.open.take().or(Some(why)),
        };
        for selection in self.candidates(meta) {
            select(selects(selection, meta, form), &selection.meta.key, &selection.plan);
        }
        for policy in &self.policies {
            let key = &policy.meta.key;
            select(applies(policy, meta, form), key, &Value::Known(key.clone()));
        }
        (facts_of(index, plans, self.open.as_ref()), steps)
    }

    /// The selections that may select a resource.
    fn candidates(&self, meta: &Meta) -> Vec<&'a BackupSelection> {
        let by_key = self.by_key.get(&meta.key).into_iter().flatten();
        let tags = meta.tags.known().into_iter().flatten();
        let by_tag =
            tags.filter_map(|(key, value)| self.by_tag.get(&(key.as_str(), value.known()?.as_str())));
        by_key.chain(by_tag.flatten()).chain(&self.others).copied().collect()
    }
}

/// What plans do together. One whose selection is in doubt may keep longer than those that are known.
fn facts_of(index: &Index<'_>, mut plans: KeySet, elsewhere: Option<&Unknown>) -> BackupFacts {
    plans.open = plans.open.take().or_else(|| is_partial(index));
    let retention_days = match (retention(index, &plans), &plans.open) {
        (Value::Known(Some(_)), Some(why)) => Value::Unknown(why.clone()),
        (days, _) => days,
    };
    let doubt = plans.open.clone().map_or(Value::Known(false), Value::Unknown);
    let continuous = continuous(index, &plans).or(doubt);
    plans.open = plans.open.or_else(|| elsewhere.cloned());
    BackupFacts { retention_days, continuous, plans }
}

/// Why something may back up what is in sight that should be in sight itself.
fn is_partial(index: &Index<'_>) -> Option<Unknown> {
    let kinds = [BackupPlan::KIND, BackupSelection::KIND, LifecyclePolicy::KIND];
    index.any_partial(kinds).cloned()
}

fn named(it: &Value<SelectedResource>) -> Option<&Key> {
    match it.known()? {
        SelectedResource::Resource(key) => Some(key),
        SelectedResource::Pattern(_) => None,
    }
}

fn known_tag(it: &SelectedTag) -> Option<(&str, &str)> {
    Some((it.key.known()?, it.value.known()?))
}

fn selects(selection: &BackupSelection, meta: &Meta, form: ArnForm) -> Value<bool> {
    let listed = |list: &Value<Vec<Value<SelectedResource>>>| match list.decided() {
        Ok(all) => Value::any(all.iter().map(|it| matches(it, meta, form))),
        Err(why) => Value::Unknown(why),
    };
    let tagged = |tags: &Value<Vec<SelectedTag>>| match tags.decided() {
        Ok(all) => all.iter().map(|it| has_tag(meta, it)).collect(),
        Err(why) => vec![Value::Unknown(why)],
    };
    let by_resource = listed(&selection.resources);
    let by_tag = Value::any(tagged(&selection.any_tags));
    let selected = if selection.any_tags.known().is_some_and(Vec::is_empty) {
        // Conditions alone are about every resource.
        let names_none = selection.resources.known().is_some_and(Vec::is_empty);
        if names_none { Value::Known(true) } else { by_resource }
    } else if selection.resources.known().is_some_and(Vec::is_empty) {
        by_tag
    } else {
        // AWS does not say whether tags add to the resources or narrow them.
        let both = by_resource.clone().and(by_tag.clone());
        let open = Value::unknown(Reason::Computed, selection.meta.label.clone());
        both.or(by_resource.or(by_tag).and(open))
    };
    let doubt = Value::unknown(Reason::Computed, selection.meta.label.clone());
    selected
        .and(Value::all(tagged(&selection.all_tags)))
        .and(listed(&selection.not_resources).negate())
        .and(selection.other_conditions.clone().negate().or(doubt))
}

/// Whether a resource is the one that is named, or one that the pattern of an ARN is for.
fn matches(selected: &Value<SelectedResource>, meta: &Meta, (service, prefix): ArnForm) -> Value<bool> {
    let pattern = match selected.decided() {
        Err(why) => return Value::Unknown(why),
        Ok(SelectedResource::Resource(key)) => return Value::Known(*key == meta.key),
        Ok(SelectedResource::Pattern(pattern)) => pattern,
    };
    if pattern == "*" || meta.aliases.contains(pattern) {
        return Value::Known(true);
    }
    let parts: Vec<&str> = pattern.splitn(6, ':').collect();
    let [_, _, its_service, _, _, resource] = parts.as_slice() else { return Value::Known(false) };
    if *its_service != "*" && *its_service != service {
        return Value::Known(false);
    }
    match resource.strip_prefix(prefix) {
        _ if *resource == "*" => Value::Known(true),
        Some("*") => Value::Known(true),
        Some(name) if meta.name.known() == Some(&Some(name.to_owned())) => Value::Known(true),
        // Before deployment a resource has no id that a pattern could be compared with.
        Some(_) => Value::unknown(Reason::Computed, pattern),
        None => Value::Known(false),
    }
}

fn has_tag(meta: &Meta, tag: &SelectedTag) -> Value<bool> {
    let (key, value) = match (tag.key.decided(), tag.value.decided()) {
        (Ok(key), Ok(value)) => (key, value),
        (Err(why), _) | (_, Err(why)) => return Value::Unknown(why),
    };
    meta.tag(key).is(|it| it.as_ref() == Some(value))
}

fn applies(policy: &LifecyclePolicy, meta: &Meta, (service, prefix): ArnForm) -> Value<bool> {
    let wanted = match (service, prefix) {
        ("ec2", "instance/") => "INSTANCE",
        ("ec2", "volume/") => "VOLUME",
        _ => return Value::Known(false),
    };
    let any = |answers: Result<Vec<Value<bool>>, Unknown>| answers.map_or_else(Value::Unknown, Value::any);
    let types =
        policy.resource_types.decided().map(|all| all.iter().map(|it| it.is(|it| it == wanted)).collect());
    let tags = policy.target_tags.decided().map(|all| all.iter().map(|it| has_tag(meta, it)).collect());
    policy.enabled.clone().and(any(types)).and(any(tags))
}

/// The longest that any plan keeps what it makes. A lifecycle policy counts snapshots rather than days.
fn retention(index: &Index<'_>, plans: &KeySet) -> Value<Option<i64>> {
    let mut longest = Some(0);
    for key in &plans.members {
        let Some(plan) = index.get::<BackupPlan>(key) else {
            return Value::unknown(Reason::NotCollected, format!("how long `{}` keeps", index.label(key)));
        };
        let rules = match plan.rules.decided() {
            Ok(rules) => rules,
            Err(why) => return Value::Unknown(why),
        };
        for rule in rules {
            match rule.delete_after_days.decided() {
                Ok(days) => longest = days.zip(longest).map(|(a, b)| a.max(b)),
                Err(why) => return Value::Unknown(why),
            }
        }
    }
    Value::Known(longest)
}

fn continuous(index: &Index<'_>, plans: &KeySet) -> Value<bool> {
    let of_plan = |key: &Key| match index.get::<BackupPlan>(key).map(|it| it.rules.decided()) {
        Some(Ok(rules)) => Value::any(rules.iter().map(|it| it.continuous.clone())),
        Some(Err(why)) => Value::Unknown(why),
        None => Value::Known(false),
    };
    Value::any(plans.members.iter().map(of_plan))
}
