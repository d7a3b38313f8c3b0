//! What went wrong on our side. A refusal is not a failure: it is an answer, and it commits (D18).

use std::error::Error;

/// Our fault, never the caller's: it rolls the transaction back and is logged once, with the request id. The client
/// learns only whether trying again may help.
#[derive(Debug, thiserror::Error)]
#[error("{context}")]
pub struct Failure {
    /// Whether the same request may succeed a moment later.
    pub kind: FailureKind,
    /// What was being done, in fixed words.
    pub context: &'static str,
    /// The cause, for the log.
    #[source]
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

/// How a failure is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// A part is away or overloaded: 503 with `Retry-After`.
    Unavailable,
    /// A defect or damaged data: 500.
    Internal,
}

impl Failure {
    /// A defect or damaged data.
    pub fn internal(context: &'static str) -> Self {
        Self { kind: FailureKind::Internal, context, source: None }
    }

    /// What was being done and why it failed, down to the first cause, in one line: for logs and operators.
    pub fn in_words(&self) -> String {
        let mut words = self.context.to_owned();
        let mut cause = self.source.as_deref().map(|source| source as &dyn Error);
        while let Some(error) = cause {
            let text = error.to_string();
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            // Many an error repeats its own cause.
            if !words.ends_with(&text) {
                words = format!("{words}: {text}");
            }
            cause = error.source();
        }
        words
    }

    /// A part is away or overloaded.
    pub fn unavailable(context: &'static str) -> Self {
        Self { kind: FailureKind::Unavailable, context, source: None }
    }

    /// The same failure with its cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}
