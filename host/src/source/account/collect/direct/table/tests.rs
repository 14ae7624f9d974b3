use super::*;

const READS: [&str; 5] = ["Describe", "List", "Get", "Lookup", "BatchGet"];

fn no_kinds() -> BTreeSet<String> {
    BTreeSet::new()
}

fn kinds(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|it| (*it).to_owned()).collect()
}

/// Every call, those that others lead to included.
fn each(calls: &'static [Call], visit: &mut dyn FnMut(&'static Call)) {
    for call in calls {
        visit(call);
        each(call.then, visit);
    }
}

fn every_call() -> Vec<&'static Call> {
    let mut calls = Vec::new();
    for call in all() {
        calls.push(call);
        each(call.then, &mut |it| calls.push(it));
    }
    calls
}

fn follow_ups(follow_ups: &'static [FollowUp]) -> Vec<&'static FollowUp> {
    follow_ups.iter().flat_map(|it| [vec![it], self::follow_ups(it.then)].concat()).collect()
}

fn steps(call: &'static Call) -> Vec<&'static Step> {
    let further = follow_ups(call.follow_ups).into_iter().map(|it| &it.step);
    call.through.iter().chain([&call.list]).chain(further).collect()
}

#[test]
fn every_action_only_reads() {
    let actions: BTreeSet<String> = all().flat_map(|it| it.actions(&no_kinds())).collect();
    assert!(actions.len() > 80, "{}", actions.len());
    for action in actions.iter().map(String::as_str).chain(super::super::FIRST_ACTIONS) {
        let (_, name) = action.split_once(':').expect("a service and an operation");
        assert!(READS.iter().any(|it| name.starts_with(it)), "{action}");
    }
}

#[test]
fn every_kind_of_the_snapshot_is_listed() {
    let listed: BTreeSet<&str> = every_call().iter().map(|it| it.kind).collect();
    let kinds = archlint_schema::Resources::KINDS;
    // What no type of CloudFormation names was observed, and is not listed.
    let missing: Vec<&&str> =
        kinds.iter().filter(|it| it.starts_with("AWS::") && !listed.contains(**it)).collect();
    assert_eq!(missing, Vec::<&&str>::new());
}

#[test]
fn every_kind_is_listed_by_one_call() {
    let mut listed: Vec<&str> = every_call().iter().map(|it| it.kind).collect();
    listed.sort_unstable();
    let all = listed.len();
    listed.dedup();
    assert_eq!(listed.len(), all);
}

#[test]
fn operations_of_rest_have_routes_and_others_have_none() {
    for call in every_call() {
        let is_rest = matches!(call.service.protocol, Protocol::RestJson | Protocol::RestXml { .. });
        for step in steps(call) {
            assert_eq!(step.route.is_some(), is_rest, "{} of {}", step.operation, call.kind);
        }
    }
}

#[test]
fn every_parameter_of_a_path_is_given() {
    for step in every_call().into_iter().flat_map(steps) {
        let path = step.route.map_or("", |it| it.path);
        for part in path.split('{').skip(1) {
            let name = part.split('}').next().unwrap().trim_start_matches('+');
            assert!(step.parameters.iter().any(|it| it.0 == name), "{name} of {}", step.operation);
        }
    }
}

#[test]
fn first_steps_ask_with_nothing_that_they_have_not() {
    for call in all() {
        let first = call.through.first().unwrap_or(&call.list);
        assert!(first.arguments(&[], "eu-west-1").is_some(), "{}", call.kind);
    }
}

#[test]
fn batches_and_answers_fit_together() {
    for call in every_call() {
        for step in steps(call) {
            let is_of_many = step.parameters.iter().any(|it| matches!(it.1, Given::Each(_)));
            assert_eq!(is_of_many, step.batch > 1, "{} of {}", step.operation, call.kind);
        }
        for follow_up in follow_ups(call.follow_ups) {
            let is_of_many = matches!(follow_up.shape, Shape::OneOf { .. });
            assert_eq!(is_of_many, follow_up.step.batch > 1, "{} of {}", follow_up.tells, call.kind);
            if let Some((_, json)) = follow_up.otherwise {
                serde_json::from_str::<serde_json::Value>(json).unwrap();
            }
        }
    }
}

#[test]
fn calls_follow_from_the_kinds() {
    let names = |kinds: &BTreeSet<String>| calls(kinds).iter().map(|it| it.kind).collect::<Vec<_>>();
    assert_eq!(names(&kinds(&["AWS::EC2::Subnet"])), ["AWS::EC2::Subnet"]);
    assert_eq!(
        names(&kinds(&["AWS::ElasticLoadBalancingV2::ListenerRule"])),
        ["AWS::ElasticLoadBalancingV2::Listener"]
    );
    assert_eq!(names(&kinds(&["AWS::Nobody::Knows"])), Vec::<&str>::new());
    assert_eq!(names(&no_kinds()).len(), all().count());
}

#[test]
fn actions_follow_from_the_kinds() {
    let listener = calls(&kinds(&["AWS::ElasticLoadBalancingV2::Listener"]))[0];
    let actions = |names: &[&str]| listener.actions(&kinds(names)).into_iter().collect::<Vec<_>>();
    let listing = [
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTags",
    ];
    assert_eq!(actions(&["AWS::ElasticLoadBalancingV2::Listener"]), listing);
    assert!(
        actions(&["AWS::ElasticLoadBalancingV2::ListenerRule"])
            .contains(&"elasticloadbalancing:DescribeRules".to_owned())
    );
    let efs = calls(&kinds(&["AWS::EFS::FileSystem"]))[0];
    assert!(
        efs.actions(&no_kinds()).contains("elasticfilesystem:DescribeMountTargetSecurityGroups"),
        "what follow-ups lead to"
    );
    let buckets = calls(&kinds(&["AWS::S3::Bucket"]))[0];
    assert!(buckets.actions(&no_kinds()).contains("s3:ListAllMyBuckets"));
}
