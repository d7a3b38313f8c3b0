//! What the servers of the tests ask of their databases: how many statements a thread has begun, with which of them it
//! committed, and who waits to write.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, OnceLock};

use diesel::connection::{DebugQuery, Instrumentation, InstrumentationEvent, set_default_instrumentation};
use symbolon::storage::DatabaseUrl;

use super::database::TestDatabase;
use super::rows::Everything;

thread_local! {
    /// A transaction's work runs on one thread from its beginning to its end.
    static BEGUN: Cell<usize> = const { Cell::new(0) };
}

/// SQLite files that somebody just now waits to write to.
static WAITING: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// How many statements the thread of the last commit had begun by then, by database.
static COMMITTED: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

/// The statements begun on each database, by its URL.
static ASKED: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

/// Watches one connection.
struct Watcher {
    database: String,
}

impl Instrumentation for Watcher {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartEstablishConnection { url, .. } = event {
            url.clone_into(&mut self.database);
        } else if let InstrumentationEvent::StartQuery { query, .. } = event {
            BEGUN.set(BEGUN.get() + 1);
            *ASKED.lock().expect("the counts").entry(self.database.clone()).or_default() += 1;
            match &*text(query) {
                "BEGIN IMMEDIATE" => {
                    WAITING.lock().expect("the list").insert(self.database.clone());
                }
                "COMMIT" | "SELECT 1; COMMIT" => {
                    COMMITTED.lock().expect("the list").insert(self.database.clone(), begun());
                }
                _ => {}
            }
        } else if let InstrumentationEvent::FinishQuery { query, .. } = event
            && text(query) == "BEGIN IMMEDIATE"
        {
            WAITING.lock().expect("the list").remove(&self.database);
        }
    }
}

/// The statement, without the values that are shown behind one that is kept prepared.
fn text(query: &dyn DebugQuery) -> String {
    let mut text = query.to_string();
    text.truncate(text.find(" -- binds").unwrap_or(text.len()));
    text
}

/// Watches every connection that is opened from now on, in all tests.
pub(crate) fn watch() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        set_default_instrumentation(|| Some(Box::new(Watcher { database: String::new() })))
            .expect("nobody else watches");
    });
}

/// The statements that this thread has begun.
pub(crate) fn begun() -> usize {
    BEGUN.get()
}

/// What [`begun`] said when the last transaction on the database with this name in its address committed: the commit is
/// counted.
pub(crate) fn begun_by_commit(storage: &TestDatabase) -> usize {
    let committed = COMMITTED.lock().expect("the list");
    let known = committed.iter().find(|(known, _)| known.starts_with(address_of(storage)));
    *known.expect("a commit after `watch`").1
}

/// The statements begun on this database, on connections opened after [`watch`].
pub(crate) fn asked_of(storage: &TestDatabase) -> usize {
    let counts = ASKED.lock().expect("the counts");
    counts.iter().filter(|(known, _)| known.starts_with(address_of(storage))).map(|(_, count)| count).sum()
}

fn address_of(storage: &TestDatabase) -> &str {
    match &storage.url {
        DatabaseUrl::Sqlite(path) => path,
        DatabaseUrl::Postgres(url) => url.expose(),
    }
}

/// Whether some transaction waits for another one that writes to this database. On SQLite only where the two are of
/// different nodes, whose servers were started after [`watch`]: those of one node wait in its queue.
pub(crate) fn somebody_waits(storage: &TestDatabase) -> bool {
    match &storage.url {
        DatabaseUrl::Sqlite(path) => WAITING.lock().expect("the list").contains(path),
        DatabaseUrl::Postgres(_) => Everything::open(storage).locks_waited_for() > 0,
    }
}
