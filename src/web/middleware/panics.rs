//! A panic in a handler is one failed request, not a closed connection without a word.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// The handler panicked. What it said is not kept: it may quote the request.
pub(super) struct Panicked;

/// Runs the future to its end or to its panic.
pub(super) async fn caught<F: Future>(future: F) -> Result<F::Output, Panicked> {
    let mut future = pin!(future);
    poll_fn(move |context| {
        // A future that panicked is dropped and never polled again, and a request shares nothing else that a panic
        // could leave half-written: locks are poison-safe, transactions roll back.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(_) => Poll::Ready(Err(Panicked)),
        }
    })
    .await
}
