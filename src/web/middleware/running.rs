//! Requests run to their end whatever becomes of their connection. Were they to end with it, whoever resets it would take
//! back the count of a wrong password, its record and its line in the log, and keep the work that it cost (P037, P138).

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::Error;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use tokio::sync::watch;

use crate::web::edge::Edge;

/// The requests that run at this node, with and without a connection.
#[derive(Debug)]
pub struct Running {
    count: Arc<watch::Sender<usize>>,
    most: usize,
}

impl Running {
    /// None yet. Past `most`, which is how many connections there may be, nothing that costs is begun.
    pub fn new(most: usize) -> Self {
        Self { count: Arc::new(watch::Sender::new(0)), most }
    }

    /// Waits until none runs. They all end: each wait inside has a limit.
    pub async fn none(&self) {
        let mut count = self.count.subscribe();
        // The sender lives as long as this future, so it is never gone.
        let _infallible = count.wait_for(|count| *count == 0).await;
    }

    /// How many run.
    pub fn count(&self) -> usize {
        *self.count.borrow()
    }

    /// Whether there are more than there may be connections: then some have lost theirs.
    pub(super) fn is_over(&self) -> bool {
        self.count() > self.most
    }

    fn begin(&self) -> Turn {
        self.count.send_modify(|count| *count = count.saturating_add(1));
        Turn(Arc::clone(&self.count))
    }
}

/// One request that runs; it counts until it is dropped.
struct Turn(Arc<watch::Sender<usize>>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

/// A future that somebody waits for. When nobody does any more, the rest of it becomes a task of its own.
struct ToItsEnd<T: 'static>(Option<Pin<Box<dyn Future<Output = T>>>>);

impl<T> Future for ToItsEnd<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        // Taken out first: one that panics must not be polled again.
        let Some(mut rest) = self.0.take() else { return Poll::Pending };
        let polled = rest.as_mut().poll(context);
        if polled.is_pending() {
            self.0 = Some(rest);
        }
        polled
    }
}

impl<T> Drop for ToItsEnd<T> {
    fn drop(&mut self) {
        if let Some(rest) = self.0.take() {
            actix_web::rt::spawn(rest);
        }
    }
}

/// Stands outside everything else: actix-web drops the future of a request whose connection is reset, and this one goes
/// on all the same.
///
/// # Errors
/// Those of what is inside.
pub async fn to_its_end(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let turn = request.app_data::<Data<Edge>>().map(|edge| edge.running.begin());
    let whole = async move {
        let _turn = turn;
        next.call(request).await
    };
    ToItsEnd(Some(Box::pin(whole))).await
}
