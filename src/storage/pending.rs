//! What a transaction does when its work is done: the audit events that it recorded are chained and written (D21), and
//! behind them what says something of the moment of the commit.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{ExpressionMethods, Insertable, QueryDsl, RunQueryDsl};

use super::connection::AnyConn;
use super::database::guarded;
use super::rows::{OrFailure, held_row, insert_rows, update_rows};
use super::schema::{audit_events, audit_heads, audit_personal};
use super::tx::{Directory, name_tenant};
use crate::model::audit::{ChainedEvent, Event, Head};
use crate::model::failure::Failure;
use crate::model::ids::TenantId;

/// Events that one statement writes at most.
const ROWS: usize = 500;

/// What comes behind the events of a transaction.
type Last = Box<dyn FnOnce(&mut Directory<'_>) -> Result<(), Failure> + Send>;

/// What waits for the commit.
type After = Box<dyn FnOnce() + Send>;

/// What one closure recorded, what comes behind that, and by when it has to be committed.
#[derive(Default)]
pub(super) struct Recorded {
    /// In order, per tenant. Ordered by tenant, so that two transactions lock heads alike.
    events: BTreeMap<TenantId, Vec<Event>>,
    /// Each with the time that it may be old when the transaction commits.
    last: Vec<(Duration, Last)>,
    /// What is told to others of this process once the transaction is committed.
    after: Vec<After>,
    deadline: Option<Instant>,
}

impl Recorded {
    /// Nothing yet, for a transaction that commits by this moment or not at all.
    pub(super) fn until(deadline: Instant) -> Self {
        Self { deadline: Some(deadline), ..Self::default() }
    }

    /// Puts an event behind those of its tenant.
    pub(super) fn push(&mut self, tenant: TenantId, event: Event) {
        self.events.entry(tenant).or_default().push(event);
    }

    /// Leaves this for the end, when the events are written: the transaction commits within this time from its beginning,
    /// or not at all.
    pub(super) fn at_last(&mut self, within: Duration, last: Last) {
        self.last.push((within, last));
    }

    /// Does this once the transaction is committed, and never when it is not.
    pub(super) fn after_commit(&mut self, after: After) {
        self.after.push(after);
    }
}

/// Chain heads known inside one database transaction. On SQLite one transaction serves many closures: each head is
/// read once and written once.
#[derive(Default)]
pub(super) struct Heads {
    known: BTreeMap<TenantId, Head>,
    dirty: bool,
    /// The tenant that the transaction names since the last write here.
    named: Option<TenantId>,
    /// What the closures so far left for the time after the commit.
    after: Vec<After>,
}

impl Heads {
    /// Writes what one closure recorded. When this fails, the closure's savepoint is rolled back and every head is again
    /// what it was before: of all the tenants that the closure recorded for.
    pub(super) fn write(&mut self, conn: &mut AnyConn, recorded: Recorded) -> Result<(), Failure> {
        let (before, left) = (self.known.clone(), self.after.len());
        let written = guarded(|| self.write_all(conn, recorded));
        if written.is_err() {
            self.known = before;
            self.after.truncate(left);
        }
        written
    }

    fn write_all(&mut self, conn: &mut AnyConn, recorded: Recorded) -> Result<(), Failure> {
        for (tenant, events) in recorded.events {
            self.write_for(conn, tenant, events)?;
        }
        self.after.extend(recorded.after);
        let mut deadline = recorded.deadline;
        for (within, last) in recorded.last {
            let nearer = Instant::now() + within;
            deadline = Some(deadline.map_or(nearer, |deadline| deadline.min(nearer)));
            let mut more = Recorded::default();
            last(&mut Directory::new(conn, &mut more))?;
            self.named = None;
            self.write_all(conn, more)?;
        }
        match deadline {
            Some(deadline) if Instant::now() > deadline => {
                Err(Failure::unavailable("the transaction took too long to be committed"))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The transaction is committed: does what was left for this moment.
    pub(super) fn committed(self) {
        for after in self.after {
            after();
        }
    }

    fn write_for(&mut self, conn: &mut AnyConn, tenant: TenantId, events: Vec<Event>) -> Result<(), Failure> {
        name_tenant(conn, tenant)?;
        let mut head = match self.known.get(&tenant) {
            Some(head) => head.clone(),
            None => lock_head(conn, tenant)?,
        };
        let mut chained = Vec::with_capacity(events.len());
        for event in events {
            let (at, kind) = (event.at.to_naive(), event.kind.as_str());
            let user = event.of_account().map(|user| user.to_string());
            let next = event.chain(tenant, &head)?;
            head = Head { seq: next.seq, hash: next.hash.clone() };
            chained.push(Placed { at, kind, user, event: next });
        }
        for some in chained.chunks(ROWS) {
            insert(conn, &tenant.to_string(), some)?;
        }
        self.known.insert(tenant, head);
        (self.dirty, self.named) = (true, Some(tenant));
        Ok(())
    }

    /// The last statements before commit. To PostgreSQL the heads of several chains go in one round trip, so that the time
    /// to the commit does not grow with them.
    pub(super) fn store(&mut self, conn: &mut AnyConn) -> Result<(), Failure> {
        if !std::mem::take(&mut self.dirty) {
            return Ok(());
        }
        let heads = std::mem::take(&mut self.known);
        if heads.len() > 1
            && let AnyConn::Pg(pg) = conn
        {
            return pg.batch_execute(&moves(&heads)).or_failure("moving the heads of audit chains");
        }
        for (tenant, head) in heads {
            if self.named.replace(tenant) != Some(tenant) {
                name_tenant(conn, tenant)?;
            }
            update_rows(audit_heads::table.filter(audit_heads::tenant_id.eq(tenant.to_string())))
                .set((audit_heads::seq.eq(head.seq), audit_heads::hash.eq(head.hash)))
                .execute(conn)
                .or_failure("moving the head of an audit chain")?;
        }
        Ok(())
    }
}

/// The statements that move these heads. Ids, numbers and hashes of ours hold nothing to quote.
fn moves(heads: &BTreeMap<TenantId, Head>) -> String {
    let moves = heads.iter().map(|(tenant, Head { seq, hash })| {
        format!(
            "SELECT set_config('symbolon.tenant', '{tenant}', true); \
             UPDATE audit_heads SET seq = {seq}, hash = '{hash}' WHERE tenant_id = '{tenant}';"
        )
    });
    moves.collect()
}

/// Reads the head, and holds it until commit, so that no other node chains to it meanwhile.
fn lock_head(conn: &mut AnyConn, tenant: TenantId) -> Result<Head, Failure> {
    let head = audit_heads::table
        .filter(audit_heads::tenant_id.eq(tenant.to_string()))
        .select((audit_heads::seq, audit_heads::hash));
    let (seq, hash) = held_row!(conn, head).or_failure("locking the head of an audit chain")?;
    Ok(Head { seq, hash })
}

/// Starts the chain of a new tenant, in the transaction that makes it: two writers can never both begin it.
pub(super) fn start_chain(conn: &mut AnyConn, tenant: TenantId) -> Result<(), Failure> {
    name_tenant(conn, tenant)?;
    let head = Head::genesis();
    diesel::insert_into(audit_heads::table)
        .values((
            audit_heads::tenant_id.eq(tenant.to_string()),
            audit_heads::seq.eq(head.seq),
            audit_heads::hash.eq(&head.hash),
        ))
        .execute(conn)
        .or_failure("starting an audit chain")?;
    Ok(())
}

#[derive(Clone, Insertable)]
#[diesel(table_name = audit_events, treat_none_as_default_value = false)]
struct EventRow<'a> {
    tenant_id: &'a str,
    seq: i64,
    at: chrono::NaiveDateTime,
    kind: &'static str,
    body: &'a str,
    hash: &'a str,
    user_id: Option<String>,
}

/// An event with its place in the chain, and the columns by which it is looked for.
struct Placed {
    at: chrono::NaiveDateTime,
    kind: &'static str,
    user: Option<String>,
    event: ChainedEvent,
}

#[derive(Clone, Insertable)]
#[diesel(table_name = audit_personal, treat_none_as_default_value = false)]
struct PersonalRow<'a> {
    tenant_id: &'a str,
    seq: i64,
    salt: &'a str,
    facts: &'a str,
}

/// Writes events of one tenant with as few statements as may be, since the head of its chain is locked meanwhile.
fn insert(conn: &mut AnyConn, tenant_id: &str, events: &[Placed]) -> Result<(), Failure> {
    let bodies: Vec<EventRow<'_>> = events
        .iter()
        .map(|placed| EventRow {
            tenant_id,
            seq: placed.event.seq,
            at: placed.at,
            kind: placed.kind,
            body: &placed.event.body,
            hash: &placed.event.hash,
            user_id: placed.user.clone(),
        })
        .collect();
    insert_rows!(conn, audit_events::table, bodies).or_failure("writing audit events")?;
    let personal: Vec<PersonalRow<'_>> = events
        .iter()
        .filter_map(|Placed { event, .. }| {
            let personal = event.personal.as_ref()?;
            Some(PersonalRow { tenant_id, seq: event.seq, salt: &personal.salt, facts: &personal.facts })
        })
        .collect();
    insert_rows!(conn, audit_personal::table, personal)
        .or_failure("writing the personal side of audit events")?;
    Ok(())
}
