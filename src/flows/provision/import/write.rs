//! Writing the people of a file, some hundreds with each statement.

use std::collections::BTreeMap;

use super::{Accepted, Judged};
use crate::flows::call::Call;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::hash_cost::{Effort, HashFamily};
use crate::model::secret::Secret;
use crate::model::user::User;
use crate::storage::records::{groups, password_floor, passwords, tenants, users};
use crate::storage::{PlatformTx, TenantScope};

/// People that one statement stores.
const AT_ONCE: usize = 500;

/// Stores everybody, in this one transaction, and says after each lot how many there are.
///
/// # Errors
/// The database fails, or somebody else took one of the addresses since the file was judged: nothing is stored then.
pub fn write(
    tx: &mut PlatformTx<'_>,
    call: &Call,
    scope: &TenantScope,
    (judged, digest): (&Judged, &str),
    progress: &dyn Fn(usize),
) -> Result<(), Failure> {
    // Groups and their roles stay what they were judged to be.
    tenants::hold(tx)?;
    let mut dearest = BTreeMap::<HashFamily, Effort>::new();
    let mut tenant = tx.enter(scope)?;
    let mut done = 0;
    for some in judged.people.chunks(AT_ONCE) {
        let addresses: Vec<&str> = some.iter().map(|person| person.email.canonical()).collect();
        if !users::taken(&mut tenant, &addresses)?.is_empty() {
            return Err(Failure::unavailable("the data changed meanwhile; run again"));
        }
        let people: Vec<User> = some.iter().map(|person| account(call, scope, person)).collect();
        users::insert_many(&mut tenant, &people)?;
        let (mut secrets, mut members) = (Vec::new(), Vec::new());
        for (person, user) in some.iter().zip(&people) {
            let mut event = call
                .event(EventKind::UserChanged, EventResult::Success, Actor::Operator)
                .on("user", user.id)
                .with("action", "import")
                .with("line", person.line)
                .with_personal("email", user.email.as_str());
            if let Some(hash) = &person.password {
                let (family, effort) = hash
                    .cost()
                    .map_err(|error| Failure::internal("reading a password hash").because(error))?;
                // Ours cost what every comparison costs.
                let highest = dearest.entry(family).or_default();
                highest.work = highest.work.max(effort.work);
                highest.memory = highest.memory.max(effort.memory);
                event = event.with("password", family.as_str());
                secrets.push((user.id, Secret::new(hash.as_str().to_owned())));
            }
            members.extend(person.groups.iter().map(|group| (*group, user.id)));
            tenant.record(event);
        }
        passwords::insert_many(&mut tenant, &secrets, call.now)?;
        groups::add_members(&mut tenant, &members)?;
        done += some.len();
        progress(done);
    }
    for (family, effort) in dearest {
        password_floor::raise(&mut tenant, family, effort, call.now)?;
    }
    let event = call
        .event(EventKind::PeopleImported, EventResult::Success, Actor::Operator)
        .with("people", judged.summary.people)
        .with("owners", judged.summary.owners)
        .with("file_sha256", digest);
    tenant.record(event);
    Ok(())
}

fn account(call: &Call, scope: &TenantScope, person: &Accepted) -> User {
    User {
        tenant_id: scope.id(),
        id: call.id(),
        email: person.email.spelling().to_owned(),
        email_canonical: person.email.canonical().to_owned(),
        email_verified: person.email_verified,
        profile: person.profile.clone(),
        roles: person.roles.clone(),
        status: person.status,
        created_at: person.created_at,
        proofs_since: None,
        break_glass: false,
        home_tenant_id: None,
    }
}
