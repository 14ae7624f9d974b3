//! All pages of one operation.

use serde_json::Value as Json;

use super::client::Client;
use super::error::CallError;
use super::paths::{elements, text_at};
use super::protocol::{Argument, Arguments};
use super::table::{Given, Service, Step};
use crate::source::account::item::field;

/// Asks for one page after the other.
pub(super) struct Pager<'p> {
    client: &'p Client,
    service: &'static Service,
    region: &'p str,
    step: &'p Step,
    /// What every page is asked with.
    arguments: Arguments,
    next: Next,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Next {
    First,
    Page(Arguments),
    Nothing,
}

impl<'p> Pager<'p> {
    pub(super) fn new(
        client: &'p Client,
        service: &'static Service,
        region: &'p str,
        step: &'p Step,
        mut arguments: Arguments,
    ) -> Self {
        if let Some((name, size)) = step.pages.size {
            arguments.push((name, Argument::Number(size)));
        }
        Self { client, service, region, step, arguments, next: Next::First }
    }

    /// The elements of the next page; nothing after the last one, and after an error.
    pub(super) async fn next(&mut self) -> Option<Result<Vec<Json>, CallError>> {
        let asked = std::mem::replace(&mut self.next, Next::Nothing);
        let arguments = match &asked {
            Next::Nothing => return None,
            Next::First => self.arguments.clone(),
            Next::Page(tokens) if self.step.pages.alone => {
                let size = self
                    .arguments
                    .iter()
                    .filter(|it| self.step.pages.size.is_some_and(|size| size.0 == it.0));
                tokens.iter().chain(size).cloned().collect()
            }
            Next::Page(tokens) => self.arguments.iter().chain(tokens).cloned().collect(),
        };
        let page = self.client.call(self.service, self.region, self.step, &arguments).await;
        Some(page.and_then(|reply| self.take(&asked, &reply)))
    }

    fn take(&mut self, asked: &Next, reply: &Json) -> Result<Vec<Json>, CallError> {
        let tokens = self
            .step
            .pages
            .tokens
            .iter()
            .filter_map(|(name, path)| Some((*name, Argument::Text(text_at(reply, path)?))));
        let tokens: Arguments = tokens.collect();
        self.next = if tokens.is_empty() { Next::Nothing } else { Next::Page(tokens) };
        if self.next == *asked && self.next != Next::Nothing {
            let reason = "the next page is the one before".to_owned();
            self.next = Next::Nothing;
            return Err(CallError::Malformed { action: self.step.action(self.service), reason });
        }
        Ok(elements(reply, self.step.at).map(|it| self.step.complete(it.clone(), reply)).collect())
    }

    /// The elements of all pages.
    pub(super) async fn all(mut self) -> Result<Vec<Json>, CallError> {
        let mut all = Vec::new();
        while let Some(page) = self.next().await {
            all.append(&mut page?);
        }
        Ok(all)
    }
}

impl Step {
    /// An element with what the reply says of it elsewhere.
    fn complete(&self, mut element: Json, reply: &Json) -> Json {
        if let (Some(name), false) = (self.called, element.is_object()) {
            element = Json::Object([(name.to_owned(), element)].into_iter().collect());
        }
        for name in self.adds {
            if let (Some(fields), Some(value)) = (element.as_object_mut(), field(reply, name)) {
                fields.insert((*name).to_owned(), value.clone());
            }
        }
        element
    }

    /// What a call is made with for some elements; nothing where one lacks a field that it asks with.
    pub(super) fn arguments(&self, of: &[Json], region: &str) -> Option<Arguments> {
        let first = of.first().unwrap_or(&Json::Null);
        let value = |given: &Given| match given {
            Given::Text(text) => Some(Argument::Text((*text).to_owned())),
            Given::Flag(flag) => Some(Argument::Flag(*flag)),
            Given::Texts(texts) => Some(Argument::Texts(texts.iter().map(|it| (*it).to_owned()).collect())),
            Given::Region => Some(Argument::Text(region.to_owned())),
            Given::Field(path) => text_at(first, path).map(Argument::Text),
            Given::Each(path) => {
                let mut texts: Vec<String> = of.iter().filter_map(|it| text_at(it, path)).collect();
                texts.sort();
                texts.dedup();
                (!texts.is_empty()).then_some(Argument::Texts(texts))
            }
        };
        self.parameters.iter().map(|(name, given)| Some((*name, value(given)?))).collect()
    }
}
