//! From a template's resource to the snapshot's: one function per kind, AWS's defaults filled in.

mod backup;
mod buckets;
mod cache;
mod compute;
mod containers;
mod database;
mod filtering;
mod fold;
mod load_balancing;
mod network;
mod storage;
mod streaming;
mod transit;

use archlint_schema::{Key, Resources, Untyped, Value};

use super::stack::{Declared, Stack};
use crate::source::built::Built;
use crate::source::properties::Properties;

pub(crate) use backup::{selected_resources, selected_tags};
pub(crate) use containers::{ecs_service, task_definition};
pub(crate) use database::aurora_postgresql_port;
pub(crate) use fold::{FOLDED, complete, fold, leave_open};
pub(crate) use load_balancing::{forwards, registered_target};
pub(crate) use streaming::{
    alarm, backs_all_up, delivery_stream, edges, event_source_mapping, is_there, kept, pipe,
    reports_batch_item_failures, shards, stream_consumer, stream_mode, topic_rule,
};

/// Types that are another one's in all but CloudFormation, and so to the snapshot.
const ALIASES: &[(&str, &str)] = &[
    ("AWS::DocDB::DBCluster", "AWS::RDS::DBCluster"),
    ("AWS::DocDB::DBInstance", "AWS::RDS::DBInstance"),
    ("AWS::DocDB::DBSubnetGroup", "AWS::RDS::DBSubnetGroup"),
    ("AWS::Neptune::DBCluster", "AWS::RDS::DBCluster"),
    ("AWS::Neptune::DBInstance", "AWS::RDS::DBInstance"),
    ("AWS::Neptune::DBSubnetGroup", "AWS::RDS::DBSubnetGroup"),
    ("AWS::EC2::TransitGatewayVpcAttachment", "AWS::EC2::TransitGatewayAttachment"),
    ("AWS::Elasticsearch::Domain", "AWS::OpenSearchService::Domain"),
    ("AWS::Serverless::Function", "AWS::Lambda::Function"),
];

/// The snapshot's kind of a type.
pub(crate) fn canonical(kind: &str) -> &str {
    ALIASES.iter().find(|it| it.0 == kind).map_or(kind, |it| it.1)
}

/// Adds the resource with a logical id.
pub(crate) fn build(stack: &Stack<'_>, id: &str, built: &mut Built) {
    let declared = Declared { stack, id };
    let kind = stack.template.kind(id);
    let mut properties = Properties::new(&declared, &mut built.externals);
    let it = &mut properties;
    let all = &mut built.resources;
    if !add(kind, it, all) {
        all.untyped.entry(kind.to_owned()).or_default().push(Untyped { meta: it.meta(None) });
    }
    let origin = properties.origin();
    built.add_origin(stack.key(id), origin);
}

/// Adds a resource of a kind that the snapshot has a struct for; whether it is one.
fn add(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    network::build(kind, it, all)
        || filtering::build(kind, it, all)
        || transit::build(kind, it, all)
        || compute::build(kind, it, all)
        || containers::build(kind, it, all)
        || load_balancing::build(kind, it, all)
        || database::build(kind, it, all)
        || cache::build(kind, it, all)
        || storage::build(kind, it, all)
        || buckets::build(kind, it, all)
        || backup::build(kind, it, all)
        || streaming::build(kind, it, all)
}

/// An edge that either of two properties may hold.
fn either(it: &mut Properties<'_>, properties: [&str; 2], path: &str) -> Value<Option<Key>> {
    match it.edge(properties[0], path) {
        Value::Known(None) => it.edge(properties[1], path),
        other => other,
    }
}
