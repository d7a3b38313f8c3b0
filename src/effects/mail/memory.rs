//! A box that keeps what is sent, for tests and for the demo's inbox.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Mailer, Message, SendError, Sending};

/// Messages that are kept; the oldest goes first.
const KEPT: usize = 500;

/// Keeps every message. All copies are one box.
#[derive(Debug, Clone, Default)]
pub struct MailBox(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    kept: VecDeque<Message>,
    answers: VecDeque<SendError>,
}

impl MailBox {
    /// What was sent, the oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.state().kept.iter().cloned().collect()
    }

    /// The next message is not kept, for this reason; asked twice, the one after it neither.
    pub fn refuse_next(&self, error: SendError) {
        self.state().answers.push_back(error);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mailer for MailBox {
    fn send(&self, message: &Message) -> Sending<'_> {
        let mut state = self.state();
        let outcome = state.answers.pop_front().map_or(Ok(()), Err);
        if outcome.is_ok() {
            if state.kept.len() == KEPT {
                state.kept.pop_front();
            }
            state.kept.push_back(message.clone());
        }
        drop(state);
        Box::pin(std::future::ready(outcome))
    }
}
