//! A client without a network, for tests.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::{AddressRules, FetchError, Fetching, HttpClient, OutboundRequest, Response};

/// Answers from a table and remembers what it was asked.
#[derive(Debug, Default)]
pub struct MemoryClient {
    rules: AddressRules,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    answers: HashMap<String, Result<Response, FetchError>>,
    asked: Vec<OutboundRequest>,
}

impl MemoryClient {
    /// A client under these rules, with an empty table: everything is unreachable.
    pub fn new(rules: AddressRules) -> Self {
        Self { rules, state: Mutex::default() }
    }

    /// From now on this URL answers so.
    pub fn answer(&self, url: &str, answer: Result<Response, FetchError>) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).answers.insert(url.to_owned(), answer);
    }

    /// From now on this URL answers with status 200 and this document.
    pub fn answer_json(&self, url: &str, document: &serde_json::Value) {
        let content_type = Some("application/json".to_owned());
        self.answer(url, Ok(Response { status: 200, content_type, body: document.to_string().into_bytes() }));
    }

    /// Every request so far, the oldest first.
    pub fn asked(&self) -> Vec<OutboundRequest> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).asked.clone()
    }
}

impl HttpClient for MemoryClient {
    fn rules(&self) -> &AddressRules {
        &self.rules
    }

    fn send(&self, request: OutboundRequest) -> Fetching<'_> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let answer =
            state.answers.get(request.url().as_str()).cloned().unwrap_or(Err(FetchError::Unreachable));
        state.asked.push(request);
        drop(state);
        Box::pin(std::future::ready(answer))
    }
}
