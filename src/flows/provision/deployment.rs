//! A declaration against a deployment: what would change, and making it so. Passwords are hashed between the read that
//! finds what is new and the one transaction that writes.

use std::sync::Arc;
use std::time::Duration;

use super::apply::{self, Made};
use super::declaration::{
    Declaration, DeclarationFault, DeclarationFaults, DeclaredDocument, Refused, Sources,
};
use super::difference::{self, Change, Differences, Extent};
use super::passwords;
use super::state::{Depth, State};
use super::yaml;
use crate::crypto::password::PasswordPool;
use crate::effects::Clock;
use crate::flows::call::Call;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::TenantId;
use crate::model::status::Status;
use crate::model::time::Timestamp;
use crate::storage::records::tenants;
use crate::storage::{Database, PlatformScope};

/// How long one transaction over a whole deployment may take.
const PATIENCE: Duration = Duration::from_mins(10);

/// A declaration that someone wants to hold.
pub struct DeclaredFile<'a> {
    /// The file's name, for messages.
    pub file: &'a str,
    /// What it says.
    pub text: &'a str,
    /// Where its secrets and files come from.
    pub sources: &'a dyn Sources,
    /// Whether what it does not name is to go.
    pub prune: bool,
}

/// What would change.
#[derive(Debug)]
pub struct Planned {
    /// The changes, in the order in which they would be made.
    pub changes: Vec<Change>,
    /// What to look at in the file, though nothing is wrong.
    pub warnings: Vec<DeclarationFault>,
    declaration: Declaration,
    depth: Depth,
}

/// What was changed.
#[derive(Debug)]
pub struct Applied {
    /// The changes, in the order in which they were made.
    pub changes: Vec<Change>,
    /// What to look at in the file, though nothing is wrong.
    pub warnings: Vec<DeclarationFault>,
    /// Secrets that were made: nobody can read them again.
    pub made: Vec<Made>,
}

/// Works out what would change; writes nothing.
///
/// # Errors
/// The inner error is every fault of the file, also in the light of the database; the outer is ours.
pub async fn plan(
    database: &Database,
    right: &PlatformScope,
    request: &DeclaredFile<'_>,
    now: Timestamp,
) -> Result<Result<Planned, DeclarationFaults>, Failure> {
    let written = match DeclaredDocument::parse(request.file, request.text) {
        Ok(written) => written,
        Err(faults) => return Ok(Err(faults)),
    };
    // What the file does not name goes with all that is in it, and that is said.
    let depth = if request.prune { Depth::Everything } else { Depth::Named(written.tenants()) };
    let patient = database.with_patience(PATIENCE);
    let state = {
        let depth = depth.clone();
        patient.read_platform(right, move |tx| State::read(tx, &depth, now)).await?
    };
    let read = written.read(state.index(), request.prune, request.sources);
    let (mut declaration, mut faults, extent) = match read {
        Ok(declaration) => (declaration, Vec::new(), Extent::of(request.prune)),
        Err(Refused { faults, readable: Some(part) }) => (*part, faults.list, Extent::Part),
        Err(Refused { faults, readable: None }) => return Ok(Err(faults)),
    };
    let found = difference::between(&declaration, &state, extent)?;
    faults.extend(found.faults);
    faults.extend(passwords::weak(&found.changes, (&declaration, &state), request.sources.issuer())?);
    if !faults.is_empty() {
        return Ok(Err(DeclarationFaults::of(request.file, faults)));
    }
    let warnings = std::mem::take(&mut declaration.warnings);
    Ok(Ok(Planned { changes: found.changes, warnings, declaration, depth }))
}

/// Makes the deployment hold what the file says, in one transaction. Done twice, the second time changes nothing.
///
/// What is written bears the time at which the writing began, not that of the call: passwords are hashed before. What is
/// revoked bears the time at which the writing ended, since others go on by the old state until then (D14).
///
/// # Errors
/// As in [`plan`].
pub async fn apply(
    database: &Database,
    right: &PlatformScope,
    pool: &PasswordPool,
    clock: &Arc<dyn Clock>,
    (call, request): (&Call, &DeclaredFile<'_>),
) -> Result<Result<Applied, DeclarationFaults>, Failure> {
    let planned = match plan(database, right, request, call.now).await? {
        Ok(planned) => planned,
        Err(faults) => return Ok(Err(faults)),
    };
    let Planned { changes, warnings, declaration, depth } = planned;
    if changes.is_empty() {
        return Ok(Ok(Applied { changes, warnings, made: Vec::new() }));
    }
    let (passwords, mut made) = passwords::hash(pool, call, &changes).await?;
    let (clock, call, extent) = (Arc::clone(clock), call.clone(), Extent::of(request.prune));
    let patient = database.with_patience(PATIENCE);
    let written = patient
        .write_platform(right, move |tx| {
            tenants::hold(tx)?;
            let call = Call { now: clock.now(), ..call };
            let state = State::read(tx, &depth, call.now)?;
            let Differences { changes, faults } = difference::between(&declaration, &state, extent)?;
            if !faults.is_empty() {
                return Ok(Err(faults));
            }
            let secrets = apply::execute(tx, (&call, &clock), (&state, &changes), &passwords)?;
            Ok(Ok((changes, secrets)))
        })
        .await?;
    Ok(match written {
        Ok((changes, secrets)) => {
            // Another apply may have been faster since the plan: then its passwords are in force, and not these.
            made.retain(|made| passwords::is_in_force(made, &changes));
            made.extend(secrets);
            Ok(Applied { changes, warnings, made })
        }
        Err(faults) => Err(DeclarationFaults::of(request.file, faults)),
    })
}

/// Writes the whole deployment as a declaration, which [`plan`] calls no change. Each tenant's chain says that its people were
/// read (P139), or nothing is given out.
///
/// # Errors
/// The database fails.
pub async fn export(database: &Database, right: &PlatformScope, call: &Call) -> Result<String, Failure> {
    let patient = database.with_patience(PATIENCE);
    let now = call.now;
    let read = patient.read_platform(right, move |tx| {
        let state = State::read(tx, &Depth::Everything, now)?;
        let tenants = state.tenants.values().map(|state| &state.tenant);
        let read: Vec<TenantId> = tenants
            .filter(|tenant| !matches!(tenant.status, Status::Deleted { .. }))
            .map(|tenant| tenant.id)
            .collect();
        Ok((yaml::write(&state)?, read))
    });
    let (text, read) = read.await?;
    let call = call.clone();
    let record = patient.write_platform(right, move |tx| {
        for id in &read {
            let Some(scope) = tx.tenant(*id)? else { continue };
            let event = call.event(EventKind::ConfigurationExported, EventResult::Success, Actor::Operator);
            tx.enter(&scope)?.record(event);
        }
        Ok(())
    });
    record.await?;
    Ok(text)
}
