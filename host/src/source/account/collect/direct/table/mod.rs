//! What is called for each kind of resource: data, one line per call.
//!
//! Names are those of the API models that AWS publishes for its SDKs. Replies in XML are read into the names that
//! SDKs use (`tags`, not `tagSet`) before any path of this table looks at them.

mod compute;
mod databases;
mod edge;
mod lines;
mod load_balancing;
mod network;
mod services;
mod storage;
mod streaming;
mod transit;

use std::collections::BTreeSet;

pub(crate) use services::Service;
pub(super) use services::{CLOUDWATCH, EC2, Protocol, STS};
#[cfg(test)]
pub(super) use services::{IAM, ROUTE_53, S3};

/// How resources of one kind are listed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    /// The type of what is listed, by its name in CloudFormation.
    pub(crate) kind: &'static str,
    pub(crate) service: &'static Service,
    /// What has to be listed first: clusters, before their services.
    pub(super) through: &'static [Step],
    /// Whose elements are the resources.
    pub(super) list: Step,
    /// The fields that make its id, joined by `_`; nearly always one.
    pub(super) id: &'static str,
    pub(super) name: Option<&'static str>,
    pub(super) arn: Arn,
    /// The field that has the tags; none where only a call that is not made would tell them.
    pub(super) tags: Option<&'static str>,
    /// The field that tells the region, where one region lists the resources of all.
    pub(super) region: Option<&'static str>,
    /// What the ids of the kind end with, where an endpoint may list other things too.
    pub(super) ending: Option<&'static str>,
    pub(super) follow_ups: &'static [FollowUp],
    /// Calls whose first step is made for each of these resources.
    pub(super) then: &'static [Call],
}

/// One operation of a service, and where its reply has what it was called for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(super) operation: &'static str,
    /// The IAM action, where it is not called as the operation is: `s3:ListAllMyBuckets`.
    pub(super) action: Option<&'static str>,
    /// Of a REST operation.
    pub(super) route: Option<Route>,
    pub(super) parameters: &'static [(&'static str, Given)],
    pub(super) pages: Pages,
    /// The path of the elements; empty: the reply itself.
    pub(super) at: &'static str,
    /// What an element that is a bare text is called.
    pub(super) called: Option<&'static str>,
    /// Fields that its elements lack and what the step was made for has, there perhaps by another name.
    pub(super) carries: &'static [(&'static str, &'static str)],
    /// Fields of the reply that stand beside the element and belong to it.
    pub(super) adds: &'static [&'static str],
    /// How many of the elements before it one call can be about.
    pub(super) batch: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Route {
    pub(super) method: &'static str,
    /// With the names of parameters in braces, and a `+` where slashes stay as they are.
    pub(super) path: &'static str,
}

/// Where the value of a parameter comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Given {
    Text(&'static str),
    Flag(bool),
    /// Texts of a list.
    Texts(&'static [&'static str]),
    /// A field of what the call is made for.
    Field(&'static str),
    /// That field of every member of the batch.
    Each(&'static str),
    Region,
}

/// How an operation goes on to the next page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pages {
    /// The parameters that ask for the next page, each with the path of its value in the reply.
    pub(super) tokens: &'static [(&'static str, &'static str)],
    /// The parameter that sets the size of a page.
    pub(super) size: Option<(&'static str, u32)>,
    /// Whether the token stands for all other parameters.
    pub(super) alone: bool,
}

/// A call that tells more of a resource that was listed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FollowUp {
    /// What it tells, by AWS's name.
    pub(super) tells: &'static str,
    pub(super) step: Step,
    pub(super) shape: Shape,
    /// What it means, as JSON, that the reply has nothing there, or that AWS answers with this code.
    pub(super) otherwise: Option<(&'static str, &'static str)>,
    /// Calls that tell more of each element of the answer.
    pub(super) then: &'static [FollowUp],
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Shape {
    /// The answer is the one element.
    One,
    /// The answer is a list of the elements.
    Many,
    /// One call answers for a batch: the element whose field equals the resource's, or a field within it.
    OneOf { key: &'static str, equals: &'static str, field: &'static str },
    /// One call answers for all: the elements whose field equals the resource's.
    AllOf { key: &'static str, equals: &'static str },
}

/// How a resource's ARN is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Arn {
    /// A field has it.
    At(&'static str),
    /// `arn:aws:SERVICE:REGION:ACCOUNT:` and this before the id.
    Regional(&'static str),
    /// `arn:aws:SERVICE:::` and this before the id.
    Global(&'static str),
    /// The resource has none.
    None,
}

/// All calls, those that only another call leads to left out.
fn all() -> impl Iterator<Item = &'static Call> {
    let parts: [&'static [Call]; 8] = [
        network::CALLS,
        transit::CALLS,
        load_balancing::CALLS,
        compute::CALLS,
        databases::CALLS,
        storage::CALLS,
        streaming::CALLS,
        edge::CALLS,
    ];
    parts.into_iter().flatten()
}

/// The calls that list resources of some kinds; of no kinds at all, every call there is.
pub(crate) fn calls(kinds: &BTreeSet<String>) -> Vec<&'static Call> {
    all().filter(|it| it.leads_to(kinds)).collect()
}

impl Call {
    /// Whether the call, or one that it leads to, lists resources of some kinds.
    pub(super) fn leads_to(&self, kinds: &BTreeSet<String>) -> bool {
        kinds.is_empty() || kinds.contains(self.kind) || self.then.iter().any(|it| it.leads_to(kinds))
    }

    /// Whether the service has one endpoint for all regions.
    pub(crate) fn is_global(&self) -> bool {
        self.service.global
    }

    /// The IAM action of what lists the resources: `ec2:DescribeVpcs`.
    pub(crate) fn action(&self) -> String {
        self.list.action(self.service)
    }

    /// The kinds that the call lists, itself and through those it leads to.
    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        std::iter::once(self.kind).chain(self.then.iter().flat_map(Self::kinds)).collect()
    }

    /// The IAM actions that are needed where these kinds are asked for.
    pub(crate) fn actions(&self, kinds: &BTreeSet<String>) -> BTreeSet<String> {
        let steps = self.through.iter().chain([&self.list]);
        let mut actions: BTreeSet<String> = steps.map(|it| it.action(self.service)).collect();
        add_follow_ups(self.follow_ups, self.service, &mut actions);
        for it in self.then.iter().filter(|it| it.leads_to(kinds)) {
            actions.extend(it.actions(kinds));
        }
        actions
    }
}

fn add_follow_ups(follow_ups: &[FollowUp], service: &Service, actions: &mut BTreeSet<String>) {
    for it in follow_ups {
        actions.insert(it.step.action(service));
        add_follow_ups(it.then, service, actions);
    }
}

impl Step {
    /// As IAM calls it: `ec2:DescribeVpcs`.
    pub(super) fn action(&self, service: &Service) -> String {
        format!("{}:{}", service.prefix, self.action.unwrap_or(self.operation))
    }
}

#[cfg(test)]
mod tests;
