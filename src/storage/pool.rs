//! Connections for work that blocks: as many seats as connections, so that whoever waits for one holds no thread (P148).

use std::sync::Arc;
use std::time::Duration;

use diesel::r2d2::Pool;
use tokio::sync::Semaphore;

use super::connection::{AnyConn, DatabaseUrl, Manager, Purpose};
use crate::model::failure::Failure;

/// How long a new connection may take.
const CONNECT: Duration = Duration::from_millis(1800);

/// What a transaction may take over the patience of its caller, so that the database's own answer is heard first.
pub(super) const GRACE: Duration = Duration::from_millis(150);

/// A pool of connections to one database.
pub(super) struct Connections {
    pool: Pool<Manager>,
    seats: Arc<Semaphore>,
}

impl Connections {
    /// At most `count` connections, opened when they are needed.
    pub(super) fn new(url: &DatabaseUrl, purpose: Purpose, count: u32) -> Result<Self, Failure> {
        let count = count.max(1);
        let pool = Pool::builder()
            .max_size(count)
            .min_idle(Some(0))
            .connection_timeout(CONNECT)
            .build(Manager { url: url.clone(), purpose })
            .map_err(|error| Failure::unavailable("opening the database").because(error))?;
        let seats = Arc::new(Semaphore::new(usize::try_from(count).unwrap_or(Semaphore::MAX_PERMITS)));
        Ok(Self { pool, seats })
    }

    /// Does something with a connection, on a thread that may block. The caller stops waiting when its patience ends:
    /// work that has no connection by then is never begun, other work goes on.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        patience: Duration,
        work: impl FnOnce(&mut AnyConn) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (pool, seats) = (self.pool.clone(), Arc::clone(&self.seats));
        let done = async move {
            let seat =
                seats.acquire_owned().await.map_err(|_| Failure::unavailable("the database is closed"))?;
            let blocking = tokio::task::spawn_blocking(move || {
                let _seat = seat;
                let mut conn = pool
                    .get()
                    .map_err(|error| Failure::unavailable("waiting for a connection").because(error))?;
                work(&mut conn)
            });
            blocking.await.unwrap_or_else(|join| Err(Failure::internal("a database task died").because(join)))
        };
        tokio::time::timeout(patience + GRACE, done)
            .await
            .unwrap_or_else(|_| Err(Failure::unavailable("the database does not answer")))
    }
}
