//! One call's resources, from its first step to the last of what it leads to.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value as Json;

use super::concurrency::{AT_ONCE, in_order};
use super::error::CallError;
use super::follow_ups::{Failures, FollowUps};
use super::identity::Found;
use super::pager::Pager;
use super::paths::text_at;
use super::protocol::Arguments;
use super::table::{Call, Given, Service, Step};
use super::{Direct, Outcome};
use crate::source::account::item::{Item, field};

pub(super) struct Run<'r> {
    direct: &'r Direct,
    region: &'r str,
    kinds: &'r BTreeSet<String>,
    deliver: &'r mut (dyn FnMut(Vec<Item>) + Send),
    outcome: Outcome,
    failures: Failures,
    /// What was asked of resources that several others lead to.
    asked: BTreeSet<(&'static str, Arguments)>,
}

impl<'r> Run<'r> {
    pub(super) fn new(
        direct: &'r Direct,
        region: &'r str,
        kinds: &'r BTreeSet<String>,
        deliver: &'r mut (dyn FnMut(Vec<Item>) + Send),
    ) -> Self {
        let (outcome, failures, asked) = (Outcome::default(), Failures::default(), BTreeSet::new());
        Self { direct, region, kinds, deliver, outcome, failures, asked }
    }

    pub(super) async fn of(mut self, call: &'static Call) -> Outcome {
        if let Err(error) = self.list(call).await {
            self.fail(call, &error);
        }
        self.outcome.incomplete = self.failures.told();
        self.outcome
    }

    async fn list(&mut self, call: &'static Call) -> Result<(), CallError> {
        let Some((first, others)) = call.through.split_first() else { return self.pages(call).await };
        let arguments = self.arguments(first, &[]);
        let client = &self.direct.client;
        let mut before = Pager::new(client, call.service, self.region, first, arguments).all().await?;
        for step in others {
            before = self.elements(call.service, step, step.batches(&before)).await?.concat();
        }
        self.of_each(call, &before).await
    }

    /// Resources that one operation lists.
    async fn pages(&mut self, call: &'static Call) -> Result<(), CallError> {
        let client = Arc::clone(&self.direct.client);
        let mut follow_ups = FollowUps::new(&client, self.region, call);
        let arguments = self.arguments(&call.list, &[]);
        let mut pager = Pager::new(&client, call.service, self.region, &call.list, arguments);
        while let Some(page) = pager.next().await {
            self.take(call, &mut follow_ups, page?).await;
        }
        Ok(())
    }

    /// Resources that an operation lists of each of some others.
    async fn of_each(&mut self, call: &'static Call, others: &[Json]) -> Result<(), CallError> {
        let mut follow_ups = FollowUps::new(&self.direct.client, self.region, call);
        let mut batches = call.list.batches(others);
        batches.retain(|it| self.is_first(call, it));
        while !batches.is_empty() {
            let rest = batches.split_off(batches.len().min(AT_ONCE));
            let found = self.elements(call.service, &call.list, batches).await?.concat();
            self.take(call, &mut follow_ups, found).await;
            batches = rest;
        }
        Ok(())
    }

    /// Whether the call was not made for these before.
    fn is_first(&mut self, call: &'static Call, batch: &[Json]) -> bool {
        let arguments = call.list.arguments(batch, self.region);
        arguments.is_some_and(|it| self.asked.insert((call.kind, it)))
    }

    /// What a step answers of each batch of elements.
    async fn elements(
        &self,
        service: &'static Service,
        step: &'static Step,
        batches: Vec<Vec<Json>>,
    ) -> Result<Vec<Vec<Json>>, CallError> {
        let jobs = batches.into_iter().map(|batch| {
            let (client, region) = (Arc::clone(&self.direct.client), Arc::<str>::from(self.region));
            async move {
                let Some(arguments) = step.arguments(&batch, &region) else { return Ok(Vec::new()) };
                let found = Pager::new(&client, service, &region, step, arguments).all().await;
                match found {
                    // It was listed a moment ago; now it is gone, and what it had with it.
                    Err(CallError::NotFound { .. }) => Ok(Vec::new()),
                    found => found.map(|it| step.carry(it, &batch)),
                }
            }
        });
        in_order(jobs).await.into_iter().collect()
    }

    /// Delivers resources with what is told of them, and lists what they lead to.
    async fn take(&mut self, call: &'static Call, follow_ups: &mut FollowUps, mut found: Vec<Json>) {
        found.retain(|it| call.lists(it, self.region));
        let told = follow_ups.ask(&found, &mut self.failures).await;
        let leads_to = call.then.iter().filter(|it| it.leads_to(self.kinds));
        let leads_to: Vec<&'static Call> = leads_to.filter(|it| !self.has_failed(it)).collect();
        let others = if leads_to.is_empty() { Vec::new() } else { found.clone() };
        let of = Found { call, account: &self.direct.account, region: self.region };
        let all = found.len();
        let items = found.into_iter().zip(told).filter_map(|(element, told)| of.item(element, told));
        let items: Vec<Item> = items.collect();
        if items.len() < all {
            let reason = format!("{} resources have no id", all - items.len());
            self.fail(call, &CallError::Malformed { action: call.list.action(call.service), reason });
        }
        (self.deliver)(items);
        for call in leads_to {
            if let Err(error) = Box::pin(self.of_each(call, &others)).await {
                self.fail(call, &error);
            }
        }
    }

    fn arguments(&self, step: &Step, of: &[Json]) -> Arguments {
        step.arguments(of, self.region).expect("a first step asks with nothing that it has not")
    }

    fn has_failed(&self, call: &Call) -> bool {
        self.outcome.not_collected.iter().any(|it| it.0 == call.kind)
    }

    /// The call, and what it would have led to, is not collected.
    fn fail(&mut self, call: &'static Call, error: &CallError) {
        if !self.has_failed(call) {
            self.outcome.not_collected.push((call.kind, error.clone()));
        }
        for it in call.then.iter().filter(|it| it.leads_to(self.kinds)) {
            self.fail(it, error);
        }
    }
}

impl Call {
    /// Whether an element of its reply is of its kind, and in the region that was asked.
    fn lists(&self, element: &Json, region: &str) -> bool {
        let is_here = self.region.and_then(|path| text_at(element, path)).is_none_or(|it| it == region);
        let is_named_so = |ending: &str| text_at(element, self.id).is_some_and(|id| id.ends_with(ending));
        is_here && self.ending.is_none_or(is_named_so)
    }
}

impl Step {
    /// The elements as one call each can be about them: as many as it takes, and only such as it asks for with the
    /// same fields.
    fn batches(&self, elements: &[Json]) -> Vec<Vec<Json>> {
        let mut batches: Vec<Vec<Json>> = Vec::new();
        for element in elements {
            match batches.last_mut() {
                Some(batch) if batch.len() < self.batch && self.is_alike(&batch[0], element) => {
                    batch.push(element.clone());
                }
                _ => batches.push(vec![element.clone()]),
            }
        }
        batches
    }

    fn is_alike(&self, one: &Json, other: &Json) -> bool {
        self.parameters.iter().all(|(_, given)| match given {
            Given::Field(path) => text_at(one, path) == text_at(other, path),
            _ => true,
        })
    }

    /// Elements with the fields that they lack and what they were asked for has.
    fn carry(&self, mut elements: Vec<Json>, of: &[Json]) -> Vec<Json> {
        for element in elements.iter_mut().filter_map(Json::as_object_mut) {
            for (name, there) in self.carries {
                if let Some(value) = of.first().and_then(|it| field(it, there)) {
                    element.insert((*name).to_owned(), value.clone());
                }
            }
        }
        elements
    }
}
