//! What further calls tell of resources.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::slice;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::Incomplete;
use super::client::Client;
use super::concurrency::{AT_ONCE, in_order};
use super::error::CallError;
use super::pager::Pager;
use super::paths::text_at;
use super::protocol::Arguments;
use super::table::{Call, FollowUp, Service, Shape};
use crate::source::account::item::field;

/// What a call told of a resource: something, nothing that it could have been asked for, or why not.
type Answer = Result<Option<Json>, CallError>;

/// Makes the follow-up calls of one call.
pub(super) struct FollowUps {
    client: Arc<Client>,
    region: Arc<str>,
    call: &'static Call,
    /// What one call told of all resources, by what it tells.
    of_all: BTreeMap<&'static str, Result<Vec<Json>, CallError>>,
}

impl FollowUps {
    pub(super) fn new(client: &Arc<Client>, region: &str, call: &'static Call) -> Self {
        Self { client: Arc::clone(client), region: region.into(), call, of_all: BTreeMap::new() }
    }

    /// What the calls tell of each of some resources.
    pub(super) async fn ask(
        &mut self,
        resources: &[Json],
        failures: &mut Failures,
    ) -> Vec<Map<String, Json>> {
        let mut told = vec![Map::new(); resources.len()];
        for follow_up in self.call.follow_ups {
            let size = group_size(follow_up);
            for (told, resources) in told.chunks_mut(size).zip(resources.chunks(size)) {
                let answers = match failures.given_up(self.call.kind, follow_up.tells) {
                    Some(error) => vec![Err(error); resources.len()],
                    None => self.answers(follow_up, resources).await,
                };
                for (told, answer) in told.iter_mut().zip(answers) {
                    if let Some(answer) = failures.note(self.call.kind, follow_up.tells, answer) {
                        told.insert(follow_up.tells.to_owned(), answer);
                    }
                }
            }
        }
        told
    }

    async fn answers(&mut self, follow_up: &'static FollowUp, resources: &[Json]) -> Vec<Answer> {
        match follow_up.shape {
            Shape::One | Shape::Many => {
                let jobs = resources.iter().map(|it| self.job(follow_up, it.clone()));
                in_order(jobs).await
            }
            Shape::OneOf { key, equals, field } => {
                let batches = resources.chunks(follow_up.step.batch);
                let jobs = batches.map(|batch| self.batch(follow_up, batch.to_vec()));
                let answers = in_order(jobs).await.into_iter().zip(resources.chunks(follow_up.step.batch));
                let each = |(told, batch): (Result<Vec<Json>, CallError>, &[Json])| {
                    let of = |it| told.as_ref().map(|told| one_of(told, key, it, equals, field));
                    batch.iter().map(|it| of(it).map_err(Clone::clone)).collect::<Vec<_>>()
                };
                answers.flat_map(each).collect()
            }
            Shape::AllOf { key, equals } => {
                if !self.of_all.contains_key(follow_up.tells) {
                    let told = self.batch(follow_up, Vec::new()).await;
                    self.of_all.insert(follow_up.tells, told);
                }
                let told = &self.of_all[follow_up.tells];
                let of = |it| told.as_ref().map(|told| Some(all_of(told, key, it, equals)));
                resources.iter().map(|it| of(it).map_err(Clone::clone)).collect()
            }
        }
    }

    fn job(
        &self,
        follow_up: &'static FollowUp,
        resource: Json,
    ) -> impl Future<Output = Answer> + Send + 'static {
        let (client, region, service) =
            (Arc::clone(&self.client), Arc::clone(&self.region), self.call.service);
        async move { tell(&client, &region, service, follow_up, &resource).await }
    }

    /// What one call tells of a batch, or of all resources if there is none.
    fn batch(
        &self,
        follow_up: &'static FollowUp,
        batch: Vec<Json>,
    ) -> impl Future<Output = Result<Vec<Json>, CallError>> + Send + 'static {
        let (client, region, service) =
            (Arc::clone(&self.client), Arc::clone(&self.region), self.call.service);
        async move {
            let Some(arguments) = follow_up.step.arguments(&batch, &region) else { return Ok(Vec::new()) };
            Pager::new(&client, service, &region, &follow_up.step, arguments).all().await
        }
    }
}

/// How many resources are asked about before it is looked whether that makes sense.
fn group_size(follow_up: &FollowUp) -> usize {
    match follow_up.shape {
        Shape::One | Shape::Many => AT_ONCE,
        Shape::OneOf { .. } => AT_ONCE * follow_up.step.batch,
        Shape::AllOf { .. } => usize::MAX,
    }
}

/// What a call tells of one resource, with what further calls tell of each element of the answer.
fn tell<'t>(
    client: &'t Client,
    region: &'t str,
    service: &'static Service,
    follow_up: &'static FollowUp,
    resource: &'t Json,
) -> Pin<Box<dyn Future<Output = Answer> + Send + 't>> {
    Box::pin(async move {
        let Some(arguments) = follow_up.step.arguments(slice::from_ref(resource), region) else {
            return Ok(None);
        };
        let answer = elements(client, region, service, follow_up, arguments).await?;
        let Some(mut elements) = answer else { return Ok(follow_up.default()) };
        for element in &mut elements {
            for further in follow_up.then {
                if let Some(answer) = tell(client, region, service, further, element).await? {
                    let fields =
                        element.as_object_mut().expect("what is asked about has the fields to ask with");
                    fields.insert(further.tells.to_owned(), answer);
                }
            }
        }
        match follow_up.shape {
            Shape::One => Ok(elements.into_iter().next().or_else(|| follow_up.default())),
            _ => Ok(Some(Json::Array(elements))),
        }
    })
}

/// What the call answers; nothing where AWS answers with the error that means that nothing is set.
async fn elements(
    client: &Client,
    region: &str,
    service: &'static Service,
    follow_up: &'static FollowUp,
    arguments: Arguments,
) -> Result<Option<Vec<Json>>, CallError> {
    let is_none = |error: &CallError| follow_up.otherwise.is_some_and(|it| Some(it.0) == error.code());
    match Pager::new(client, service, region, &follow_up.step, arguments).all().await {
        Err(error) if is_none(&error) => Ok(None),
        answer => answer.map(Some),
    }
}

impl FollowUp {
    fn default(&self) -> Option<Json> {
        let (_, json) = self.otherwise?;
        Some(serde_json::from_str(json).expect("the table has JSON there, as a test holds"))
    }
}

/// What a batch's answer has of one resource.
fn one_of(told: &[Json], key: &str, resource: &Json, equals: &str, name: &str) -> Option<Json> {
    let value = text_at(resource, equals)?;
    let found = told.iter().find(|it| text_at(it, key).as_ref() == Some(&value))?;
    if name.is_empty() { Some(found.clone()) } else { field(found, name).cloned() }
}

/// Everything that the answer about all has of one resource.
fn all_of(told: &[Json], key: &str, resource: &Json, equals: &str) -> Json {
    let value = text_at(resource, equals);
    let is_of_it = |it: &&Json| value.is_some() && text_at(it, key) == value;
    told.iter().filter(is_of_it).cloned().collect()
}

/// What could not be asked, by kind and by what it would have told.
#[derive(Debug, Default)]
pub(super) struct Failures {
    told: BTreeMap<(&'static str, &'static str), Incomplete>,
    in_a_row: BTreeMap<(&'static str, &'static str), usize>,
}

impl Failures {
    /// Keeps what failed, and gives what did not.
    fn note(&mut self, kind: &'static str, what: &'static str, answer: Answer) -> Option<Json> {
        let in_a_row = self.in_a_row.entry((kind, what)).or_default();
        match answer {
            Ok(answer) => {
                *in_a_row = 0;
                answer
            }
            Err(error) => {
                // What is gone says nothing about the others.
                *in_a_row += usize::from(!matches!(error, CallError::NotFound { .. }));
                let told = Incomplete { kind, what, resources: 0, error };
                self.told.entry((kind, what)).or_insert(told).resources += 1;
                None
            }
        }
    }

    /// Why a call that has failed too often in a row is not made any more.
    fn given_up(&self, kind: &'static str, what: &'static str) -> Option<CallError> {
        const TOO_OFTEN: usize = 3;
        let in_a_row = self.in_a_row.get(&(kind, what))?;
        let told = self.told.get(&(kind, what))?;
        (*in_a_row >= TOO_OFTEN).then(|| told.error.clone())
    }

    pub(super) fn told(self) -> Vec<Incomplete> {
        self.told.into_values().collect()
    }
}
