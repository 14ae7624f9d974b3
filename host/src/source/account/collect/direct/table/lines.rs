//! What the lines of the table are written with.

use super::{Arn, Call, FollowUp, Given, Pages, Route, Service, Shape, Step};

pub(super) const fn call(kind: &'static str, service: &'static Service, list: Step) -> Call {
    Call {
        kind,
        service,
        through: &[],
        list,
        id: "",
        name: None,
        arn: Arn::None,
        tags: Some("Tags"),
        region: None,
        ending: None,
        follow_ups: &[],
        then: &[],
    }
}

impl Call {
    pub(super) const fn through(mut self, steps: &'static [Step]) -> Self {
        self.through = steps;
        self
    }

    pub(super) const fn id(mut self, field: &'static str) -> Self {
        self.id = field;
        self
    }

    pub(super) const fn name(mut self, field: &'static str) -> Self {
        self.name = Some(field);
        self
    }

    pub(super) const fn arn_at(mut self, field: &'static str) -> Self {
        self.arn = Arn::At(field);
        self
    }

    pub(super) const fn arn(mut self, before_id: &'static str) -> Self {
        self.arn = Arn::Regional(before_id);
        self
    }

    pub(super) const fn global_arn(mut self, before_id: &'static str) -> Self {
        self.arn = Arn::Global(before_id);
        self
    }

    pub(super) const fn tags(mut self, field: &'static str) -> Self {
        self.tags = Some(field);
        self
    }

    pub(super) const fn without_tags(mut self) -> Self {
        self.tags = None;
        self
    }

    pub(super) const fn region(mut self, field: &'static str) -> Self {
        self.region = Some(field);
        self
    }

    pub(super) const fn ending(mut self, ending: &'static str) -> Self {
        self.ending = Some(ending);
        self
    }

    pub(super) const fn with(mut self, follow_ups: &'static [FollowUp]) -> Self {
        self.follow_ups = follow_ups;
        self
    }

    pub(super) const fn then(mut self, calls: &'static [Call]) -> Self {
        self.then = calls;
        self
    }
}

/// An operation of the Query or JSON protocol.
pub(super) const fn step(operation: &'static str, at: &'static str) -> Step {
    Step {
        operation,
        action: None,
        route: None,
        parameters: &[],
        pages: ONE_PAGE,
        at,
        called: None,
        carries: &[],
        adds: &[],
        batch: 1,
    }
}

/// An operation of a REST protocol.
pub(super) const fn get(operation: &'static str, path: &'static str, at: &'static str) -> Step {
    let mut step = step(operation, at);
    step.route = Some(Route { method: "GET", path });
    step
}

pub(super) const fn post(operation: &'static str, path: &'static str, at: &'static str) -> Step {
    let mut step = step(operation, at);
    step.route = Some(Route { method: "POST", path });
    step
}

impl Step {
    /// An operation whose whole reply is wanted.
    pub(in super::super) const fn plain(operation: &'static str) -> Self {
        step(operation, "")
    }

    pub(super) const fn as_action(mut self, action: &'static str) -> Self {
        self.action = Some(action);
        self
    }

    pub(super) const fn with(mut self, parameters: &'static [(&'static str, Given)]) -> Self {
        self.parameters = parameters;
        self
    }

    pub(super) const fn pages(mut self, pages: Pages) -> Self {
        self.pages = pages;
        self
    }

    pub(super) const fn called(mut self, name: &'static str) -> Self {
        self.called = Some(name);
        self
    }

    pub(super) const fn carries(mut self, fields: &'static [(&'static str, &'static str)]) -> Self {
        self.carries = fields;
        self
    }

    pub(super) const fn adds(mut self, fields: &'static [&'static str]) -> Self {
        self.adds = fields;
        self
    }

    pub(super) const fn batch(mut self, size: usize) -> Self {
        self.batch = size;
        self
    }
}

pub(super) const ONE_PAGE: Pages = Pages { tokens: &[], size: None, alone: false };

/// Pages of EC2 and of most services whose replies are in XML or have names in capitals.
pub(super) const fn next_token(size: u32) -> Pages {
    Pages { tokens: &[("NextToken", "NextToken")], size: Some(("MaxResults", size)), alone: false }
}

/// The same of services that begin names with a small letter.
pub(super) const fn small_next_token(size: u32) -> Pages {
    Pages { tokens: &[("nextToken", "nextToken")], size: Some(("maxResults", size)), alone: false }
}

/// Pages of RDS and its relatives.
pub(super) const MARKER: Pages =
    Pages { tokens: &[("Marker", "Marker")], size: Some(("MaxRecords", 100)), alone: false };

pub(super) const fn follow_up(tells: &'static str, shape: Shape, step: Step) -> FollowUp {
    FollowUp { tells, step, shape, otherwise: None, then: &[] }
}

/// A call for each resource that tells one thing.
pub(super) const fn one(tells: &'static str, step: Step) -> FollowUp {
    follow_up(tells, Shape::One, step)
}

/// A call for each resource that tells a list.
pub(super) const fn many(tells: &'static str, step: Step) -> FollowUp {
    follow_up(tells, Shape::Many, step)
}

impl FollowUp {
    pub(super) const fn otherwise(mut self, code: &'static str, json: &'static str) -> Self {
        self.otherwise = Some((code, json));
        self
    }

    pub(super) const fn then(mut self, follow_ups: &'static [FollowUp]) -> Self {
        self.then = follow_ups;
        self
    }
}
