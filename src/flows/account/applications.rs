//! The applications that a person let in: what they may, and how to take it back (P015, D17).

use std::collections::{BTreeMap, BTreeSet};

use super::SignedIn;
use crate::flows::active_client::ActiveClient;
use crate::flows::authorization::Authorization;
use crate::flows::call::Call;
use crate::flows::token::rotation;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::ClientId;
use crate::model::resource_server::ResourceServer;
use crate::model::time::Timestamp;
use crate::protocol::scope::Scope;
use crate::storage::Directory;
use crate::storage::records::refresh_families::{self, EndReason, Family};
use crate::storage::records::{consents, resource_servers, users};

/// An application that somebody let in.
#[derive(Debug)]
pub struct Application {
    /// Its client.
    pub id: ClientId,
    /// What it calls itself; nothing where it was switched off.
    pub name: Option<String>,
    /// The scopes that are ours.
    pub ours: BTreeSet<String>,
    /// What it may at resource servers that are there still.
    pub at: Vec<(ResourceServer, BTreeSet<String>)>,
    /// When the person allowed it last; nothing where the platform vouches for it, so that nobody was asked.
    pub allowed_at: Option<Timestamp>,
    /// When it asked last for tokens in their name, as far as is known.
    pub used_at: Option<Timestamp>,
}

/// What is known of one while they are gathered: scopes by resource server, with ours under none.
#[derive(Default)]
struct Known {
    scopes: BTreeMap<Option<String>, BTreeSet<String>>,
    allowed_at: Option<Timestamp>,
    used_at: Option<Timestamp>,
}

fn is_live(family: &Family, call: &Call) -> bool {
    family.ended_at.is_none() && family.expires_at > call.now
}

/// The applications that the person allowed something, and those that hold a refresh token of theirs unasked.
///
/// # Errors
/// The database fails.
pub fn of(directory: &mut Directory<'_>, call: &Call, who: &SignedIn) -> Result<Vec<Application>, Failure> {
    let user = who.user().id;
    let tx = &mut directory.enter(who.scope())?;
    let mut all: BTreeMap<ClientId, Known> = BTreeMap::new();
    for (client, consent, at) in consents::of_user(tx, user)? {
        let known = all.entry(client).or_default();
        known.allowed_at = Some(at);
        for (server, scopes) in consent.by_server() {
            let there = known.scopes.entry(server.map(str::to_owned)).or_default();
            there.extend(scopes.into_iter().map(str::to_owned));
        }
    }
    for family in refresh_families::of_user(tx, user)? {
        if !is_live(&family, call) && !all.contains_key(&family.client_id) {
            continue;
        }
        let known = all.entry(family.client_id.clone()).or_default();
        known.used_at = known.used_at.max(Some(family.last_used_at));
        // Of an application that asks, the consent says what it may.
        if known.allowed_at.is_none() {
            let given = Authorization::from_stored(&family.authorization)?;
            let scopes = given.scope.iter().map(Scope::as_str).map(str::to_owned);
            let scopes: BTreeSet<String> = scopes.collect();
            for server in given.resources.into_iter().map(Some).chain([None]) {
                known.scopes.entry(server).or_default().extend(scopes.iter().cloned());
            }
        }
    }
    all.into_iter().map(|(id, known)| application(directory, id, known)).collect()
}

fn application(
    directory: &mut Directory<'_>,
    id: ClientId,
    mut known: Known,
) -> Result<Application, Failure> {
    let ours = known.scopes.remove(&None).unwrap_or_default();
    let named: Vec<String> = known.scopes.keys().flatten().cloned().collect();
    let mut at = Vec::with_capacity(named.len());
    for server in resource_servers::usable(directory, &named)? {
        let scopes = known.scopes.remove(&Some(server.identifier.clone())).unwrap_or_default();
        at.push((server, scopes));
    }
    let name = ActiveClient::find(directory, &id)?.map(|found| found.client.name);
    Ok(Application { id, name, ours, at, allowed_at: known.allowed_at, used_at: known.used_at })
}

/// Takes everything back from an application: what it was allowed, its refresh tokens and the access tokens that came with
/// them. A form that is sent again finds nothing more to take.
///
/// # Errors
/// The database fails.
pub fn withdraw(
    directory: &mut Directory<'_>,
    call: &Call,
    who: &SignedIn,
    client: &ClientId,
) -> Result<(), Failure> {
    let tx = &mut directory.enter(who.scope())?;
    let user = who.user().id;
    // Whoever is about to allow it something, or to give it something, holds the account too.
    if !users::hold_active(tx, user)? {
        return Ok(());
    }
    let allowed = consents::remove(tx, user, client)?;
    let mut families = refresh_families::of_user(tx, user)?;
    families.retain(|family| family.client_id == *client && is_live(family, call));
    if !allowed && families.is_empty() {
        return Ok(());
    }
    let event = call
        .event(EventKind::Consent, EventResult::Success, Actor::User(user))
        .by_client(client)
        .on("user", user)
        .with("action", "withdraw")
        .with("families", families.len());
    for family in &families {
        rotation::kill(tx, call, family, EndReason::Ended)?;
    }
    tx.record(event);
    Ok(())
}
