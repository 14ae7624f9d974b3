//! Saved snapshots that archlint did not write: each is read, or it is told that it is damaged.

#![no_main]

mod document;

use document::{Json, read};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

const WORDS: &[&str] = &[
    "name", "scenarios", "snapshot", "origins", "files", "resources", "parts", "not_examined", "changed", "when",
    "key", "label", "meta", "vpc", "subnet", "zone", "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup", "AWS::RDS::DBInstance", "$unknown", "$oneOf", "$az", "reason", "computed", "detail",
    "scope", "closed", "not_collected", "externals", "facts", "raw", "intent", "workloads", "file", "start", "end",
    "line", "column", "resource", "properties", "ignored", "path", "fields", "place", "routes", "associations",
    "ingress", "protocol", "from_port", "peer", "target", "a", "b",
];

#[derive(Debug, Arbitrary)]
struct Saved<'a> {
    architectures: Json<'a>,
    inputs: Json<'a>,
    resources: Json<'a>,
    origins: Json<'a>,
    is_whole: bool,
}

fuzz_target!(|saved: Saved<'_>| {
    let [inputs, resources, origins] = [&saved.inputs, &saved.resources, &saved.origins].map(|it| it.text(WORDS));
    let architectures = if saved.is_whole {
        saved.architectures.text(WORDS)
    } else {
        let snapshot = format!("{{\"resources\":{resources}}}");
        let origins = format!("{{\"files\":[\"a.yaml\"],\"resources\":{origins}}}");
        format!("[{{\"name\":\"a\",\"scenarios\":[{{\"snapshot\":{snapshot},\"origins\":{origins}}}]}}]")
    };
    let inputs = if saved.is_whole { inputs } else { "[{\"file\":\"a\",\"entries\":{},\"read\":{}}]".to_owned() };
    let text =
        format!("{{\"archlint_snapshot\":\"0.1\",\"inputs\":{inputs},\"architectures\":{architectures}}}");
    read("saved.json", &text);
});
