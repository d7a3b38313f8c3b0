//! The one writer on SQLite (D20): queued closures, each in its own savepoint, committed together; answers leave after
//! the commit. That is the group commit. Under load it gathers for a moment first, so that one `fsync` serves many.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::connection::AnyConn;
use super::database::guarded;
use super::pending::{Heads, Recorded};
use super::rows::{OrFailure, Statement};
use crate::model::failure::Failure;

/// Closures that wait at most; one more is refused with 503.
const QUEUE: usize = 1024;
/// Closures that one commit serves at most.
const GROUP: usize = 128;
/// After this no further closure joins a transaction: those that are done wait for its commit.
const LONGEST: Duration = Duration::from_millis(100);
/// Where the last transaction served more than one, the writer gathers closures before it begins the next: as long as more
/// of them come within a step, and no longer than this. Who writes alone never waits. No benchmark measures it alone; the
/// tokens of `benches/README.md` are issued with it.
const GATHER: Duration = Duration::from_millis(10);
/// A step of that.
const STEP: Duration = Duration::from_millis(2);

/// What a queued closure does inside the transaction.
pub(super) type Work<T> = Box<dyn FnOnce(&mut AnyConn, &mut Recorded) -> Result<T, Failure> + Send>;

/// The queue in front of the writer's thread.
#[derive(Clone)]
pub(super) struct Writer {
    queue: SyncSender<Box<dyn Queued>>,
}

trait Queued: Send {
    /// By when its work and its events have to be done.
    fn deadline(&self) -> Instant;
    /// Does the work; true keeps what it wrote.
    fn run(&mut self, conn: &mut AnyConn, recorded: &mut Recorded) -> bool;
    /// Withdraws an answer that could not be kept.
    fn withdraw(&mut self, failure: Failure);
    /// Sends the answer, now that it is durable.
    fn answer(self: Box<Self>);
}

struct Job<T> {
    work: Option<Work<T>>,
    deadline: Instant,
    outcome: Option<Result<T, Failure>>,
    reply: oneshot::Sender<Result<T, Failure>>,
}

impl<T: Send> Queued for Job<T> {
    fn deadline(&self) -> Instant {
        self.deadline
    }

    fn run(&mut self, conn: &mut AnyConn, recorded: &mut Recorded) -> bool {
        // Whoever asked was told 503 meanwhile: what was refused is not done (P138).
        if self.reply.is_closed() {
            return false;
        }
        let Some(work) = self.work.take() else { return false };
        let outcome = guarded(|| work(conn, recorded));
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn withdraw(&mut self, failure: Failure) {
        self.outcome = Some(Err(failure));
    }

    fn answer(self: Box<Self>) {
        // Nobody may be waiting any more: the write stands all the same.
        let _ =
            self.reply.send(self.outcome.unwrap_or_else(|| Err(Failure::internal("a write did not run"))));
    }
}

impl Writer {
    /// Starts the thread. It ends when the last handle is dropped.
    pub(super) fn start(conn: AnyConn) -> Result<Self, Failure> {
        let (queue, jobs) = sync_channel(QUEUE);
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || serve(conn, jobs))
            .map_err(|error| Failure::internal("starting the writer").because(error))?;
        Ok(Self { queue })
    }

    /// Queues the work and waits for its commit. What is not done by the deadline is undone (P138).
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: Work<T>,
        deadline: Instant,
    ) -> Result<T, Failure> {
        let (reply, answer) = oneshot::channel();
        let job = Job { work: Some(work), deadline, outcome: None, reply };
        self.queue.try_send(Box::new(job)).map_err(|error| match error {
            TrySendError::Full(_) => Failure::unavailable("the write queue is full"),
            TrySendError::Disconnected(_) => Failure::unavailable("the writer has ended"),
        })?;
        answer.await.map_err(|_| Failure::unavailable("the writer has ended"))?
    }
}

fn serve(mut conn: AnyConn, jobs: Receiver<Box<dyn Queued>>) {
    let mut waiting = Waiting { jobs, gathered: VecDeque::new() };
    let mut busy = false;
    while let Some(first) = waiting.first(busy) {
        let mut group = vec![first];
        let committed = commit_group(&mut conn, &mut group, &mut waiting);
        if let Err(failure) = committed {
            let cause = Arc::new(failure);
            // The transaction may be half open: nothing of it may survive.
            let _ = Statement("ROLLBACK").execute(&mut conn);
            for job in &mut group {
                job.withdraw(Failure {
                    kind: cause.kind,
                    context: cause.context,
                    source: Some(Box::new(Shared(Arc::clone(&cause)))),
                });
            }
        }
        busy = group.len() > 1;
        for job in group {
            job.answer();
        }
    }
}

/// The closures that no transaction has taken yet, in the order in which they came.
struct Waiting {
    jobs: Receiver<Box<dyn Queued>>,
    gathered: VecDeque<Box<dyn Queued>>,
}

impl Waiting {
    /// Waits for the first of the next transaction, and gathers more behind it; `None` when the database is closed.
    fn first(&mut self, gather: bool) -> Option<Box<dyn Queued>> {
        let first = match self.gathered.pop_front() {
            Some(first) => first,
            None => self.jobs.recv().ok()?,
        };
        let until = Instant::now() + GATHER;
        while gather && self.gathered.len() < GROUP && Instant::now() < until {
            let before = self.gathered.len();
            std::thread::sleep(STEP);
            self.gathered.extend(self.jobs.try_iter().take(GROUP));
            if self.gathered.len() == before {
                break;
            }
        }
        Some(first)
    }

    /// The next one, if it has come.
    fn next(&mut self) -> Option<Box<dyn Queued>> {
        self.gathered.pop_front().or_else(|| self.jobs.try_recv().ok())
    }

    /// All that have come.
    fn all(&mut self) -> impl Iterator<Item = Box<dyn Queued>> {
        self.gathered.drain(..).chain(self.jobs.try_iter())
    }
}

/// One cause shared by every answer of a group that could not be committed.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.source.as_ref().map_or_else(|| self.0.context.to_owned(), ToString::to_string))]
struct Shared(Arc<Failure>);

fn commit_group(
    conn: &mut AnyConn,
    group: &mut Vec<Box<dyn Queued>>,
    waiting: &mut Waiting,
) -> Result<(), Failure> {
    let begun = Statement("BEGIN IMMEDIATE").execute(conn).or_failure("beginning a write");
    if begun.is_err() {
        // Another process holds the lock: everybody who waited for it is told at once, not one after the other.
        group.extend(waiting.all());
    }
    begun?;
    let begun_at = Instant::now();
    // By when the first of them is told that it took too long.
    let mut nearest = begun_at + Duration::from_hours(1);
    let mut heads = Heads::default();
    let mut at = 0;
    while let Some(job) = group.get_mut(at) {
        nearest = nearest.min(job.deadline());
        run_in_savepoint(conn, job.as_mut(), &mut heads)?;
        at += 1;
        let now = Instant::now();
        if group.len() < GROUP
            && now.duration_since(begun_at) < LONGEST
            && now + LONGEST < nearest
            && let Some(next) = waiting.next()
        {
            group.push(next);
        }
    }
    heads.store(conn)?;
    Statement("COMMIT").execute(conn).or_failure("committing")?;
    heads.committed();
    Ok(())
}

fn run_in_savepoint(conn: &mut AnyConn, job: &mut dyn Queued, heads: &mut Heads) -> Result<(), Failure> {
    Statement("SAVEPOINT work").execute(conn).or_failure("opening a savepoint")?;
    let mut recorded = Recorded::until(job.deadline());
    let mut keep = job.run(conn, &mut recorded);
    if keep && let Err(failure) = heads.write(conn, recorded) {
        job.withdraw(failure);
        keep = false;
    }
    if !keep {
        Statement("ROLLBACK TO work").execute(conn).or_failure("rolling back to a savepoint")?;
    }
    Statement("RELEASE work").execute(conn).or_failure("releasing a savepoint")
}
