//! Audit events of a transaction: collected while it runs, chained and written just before it commits (D21).

use std::collections::BTreeMap;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use super::connection::AnyConn;
use super::rows::OrFailure;
use super::schema::{audit_events, audit_heads, audit_personal};
use super::tx::name_tenant;
use crate::model::audit::{ChainedEvent, Event, Head};
use crate::model::failure::Failure;
use crate::model::ids::TenantId;

/// What one closure recorded, in order, per tenant. Ordered by tenant, so that two transactions lock heads alike.
pub(super) type Recorded = BTreeMap<TenantId, Vec<Event>>;

/// Chain heads known inside one database transaction. On SQLite one transaction serves many closures: each head is
/// read once and written once.
#[derive(Default)]
pub(super) struct Heads {
    known: BTreeMap<TenantId, Head>,
    dirty: bool,
    /// The tenant that the transaction names since the last write here.
    named: Option<TenantId>,
}

impl Heads {
    /// Writes what one closure recorded. When this fails, the closure's savepoint is rolled back and every head is again
    /// what it was before: of all the tenants that the closure recorded for.
    pub(super) fn write(&mut self, conn: &mut AnyConn, recorded: Recorded) -> Result<(), Failure> {
        let before = self.known.clone();
        for (tenant, events) in recorded {
            if let Err(failure) = self.write_for(conn, tenant, events) {
                self.known = before;
                return Err(failure);
            }
        }
        Ok(())
    }

    fn write_for(&mut self, conn: &mut AnyConn, tenant: TenantId, events: Vec<Event>) -> Result<(), Failure> {
        name_tenant(conn, tenant)?;
        let mut head = match self.known.get(&tenant) {
            Some(head) => head.clone(),
            None => lock_head(conn, tenant)?,
        };
        for event in events {
            let (at, kind) = (event.at, event.kind);
            let chained = event.chain(tenant, &head)?;
            insert(conn, tenant, &chained, (at.to_naive(), kind.as_str()))?;
            head = Head { seq: chained.seq, hash: chained.hash };
        }
        self.known.insert(tenant, head);
        (self.dirty, self.named) = (true, Some(tenant));
        Ok(())
    }

    /// The last statements before commit.
    pub(super) fn store(&mut self, conn: &mut AnyConn) -> Result<(), Failure> {
        if !std::mem::take(&mut self.dirty) {
            return Ok(());
        }
        for (tenant, head) in std::mem::take(&mut self.known) {
            if self.named.replace(tenant) != Some(tenant) {
                name_tenant(conn, tenant)?;
            }
            diesel::update(audit_heads::table.filter(audit_heads::tenant_id.eq(tenant.to_string())))
                .set((audit_heads::seq.eq(head.seq), audit_heads::hash.eq(head.hash)))
                .execute(conn)
                .or_failure("moving the head of an audit chain")?;
        }
        Ok(())
    }
}

/// Reads the head by a write that changes nothing: on PostgreSQL the row stays locked until commit, so that no other
/// node chains to it meanwhile.
fn lock_head(conn: &mut AnyConn, tenant: TenantId) -> Result<Head, Failure> {
    let (seq, hash) =
        diesel::update(audit_heads::table.filter(audit_heads::tenant_id.eq(tenant.to_string())))
            .set(audit_heads::seq.eq(audit_heads::seq))
            .returning((audit_heads::seq, audit_heads::hash))
            .get_result(conn)
            .or_failure("locking the head of an audit chain")?;
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

fn insert(
    conn: &mut AnyConn,
    tenant: TenantId,
    event: &ChainedEvent,
    (at, kind): (chrono::NaiveDateTime, &str),
) -> Result<(), Failure> {
    diesel::insert_into(audit_events::table)
        .values((
            audit_events::tenant_id.eq(tenant.to_string()),
            audit_events::seq.eq(event.seq),
            audit_events::at.eq(at),
            audit_events::kind.eq(kind),
            audit_events::body.eq(&event.body),
            audit_events::hash.eq(&event.hash),
        ))
        .execute(conn)
        .or_failure("writing an audit event")?;
    if let Some(personal) = &event.personal {
        diesel::insert_into(audit_personal::table)
            .values((
                audit_personal::tenant_id.eq(tenant.to_string()),
                audit_personal::seq.eq(event.seq),
                audit_personal::salt.eq(&personal.salt),
                audit_personal::facts.eq(&personal.facts),
            ))
            .execute(conn)
            .or_failure("writing the personal side of an audit event")?;
    }
    Ok(())
}
