//! Where a person is a guest (D4): to go there, and to leave.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::SignedIn;
use crate::effects::Clock;
use crate::flows::call::Call;
use crate::flows::interaction::Progress;
use crate::flows::interaction_store;
use crate::flows::login::SignInRules;
use crate::flows::login::guests;
use crate::flows::login::proved::Proved;
use crate::flows::login::visit::Visit;
use crate::flows::provision;
use crate::flows::session::CookieChange;
use crate::model::audit::Actor;
use crate::model::failure::Failure;
use crate::model::ids::TenantId;
use crate::model::role::Role;
use crate::model::time::Timestamp;
use crate::model::user::User;
use crate::storage::records::{browser_sessions, memberships, tenants, users};
use crate::storage::{Directory, TenantScope};

/// The page of ours that going there leads on to.
const THEN: &str = "/account";

/// An organisation in which somebody is a guest.
#[derive(Debug, Clone)]
pub struct Organisation {
    /// The host.
    pub scope: TenantScope,
    /// The roles that they have there by themselves.
    pub roles: BTreeSet<Role>,
    /// When they came.
    pub since: Timestamp,
}

/// Why nobody goes there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotThere {
    /// They are no guest there, or in already.
    Nothing,
    /// The host does not let them in.
    Refused,
}

/// Where this person is a guest; nowhere as a guest.
///
/// # Errors
/// The database fails.
pub fn of(directory: &mut Directory<'_>, who: &SignedIn) -> Result<Vec<Organisation>, Failure> {
    let mut all = Vec::new();
    for host in memberships::hosts(directory, who.scope().id(), who.user().id)? {
        let Some(scope) = directory.tenant(host)? else { continue };
        if let Some(user) = guest_in(directory, &scope, who)? {
            all.push(Organisation { scope, roles: user.roles, since: user.created_at });
        }
    }
    Ok(all)
}

fn guest_in(
    directory: &mut Directory<'_>,
    scope: &TenantScope,
    who: &SignedIn,
) -> Result<Option<User>, Failure> {
    let user = users::find(&mut directory.enter(scope)?, who.user().id)?;
    let home = Some(who.scope().id());
    Ok(user.filter(|user| user.home_tenant_id == home && user.status.is_active()))
}

/// Leaves, with every session and token there. A form that is sent again finds that done.
///
/// # Errors
/// The database fails.
pub fn leave(
    directory: &mut Directory<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    who: &SignedIn,
    host: TenantId,
) -> Result<(), Failure> {
    tenants::hold(directory)?;
    let Some(scope) = directory.tenant(host)? else { return Ok(()) };
    let Some(user) = guest_in(directory, &scope, who)? else { return Ok(()) };
    let tx = &mut directory.enter(&scope)?;
    provision::delete_user(tx, (call, clock), &Actor::User(user.id), &user)
}

/// Goes there, as by the chooser.
///
/// # Errors
/// The database fails.
pub fn go(
    directory: &mut Directory<'_>,
    (call, rules, life): (&Call, &SignInRules, Duration),
    (who, host): (&SignedIn, TenantId),
    cookie: CookieChange<'_>,
) -> Result<Result<Proved, NotThere>, Failure> {
    // Of two forms at once, the second finds what the first one made.
    browser_sessions::hold(directory, cookie.old)?;
    let guests = guests::of_browser(directory, call, cookie.old)?;
    let home = who.session().id;
    let Some(guest) = guests.iter().find(|it| it.home.session.id == home && it.scope.id() == host) else {
        return Ok(Err(NotThere::Nothing));
    };
    let progress = Progress {
        identifier: Some(guest.user.email.clone()),
        tenant: Some(host),
        then: Some(THEN.to_owned()),
        ..Progress::default()
    };
    let interaction = interaction_store::begin_plain(directory, call, (cookie.old, life), progress)?;
    let visit = Visit { interaction: Some(interaction), asker: None };
    let came_to = guests::go_on(directory, call, rules, (visit, &guest.home, &guest.scope), cookie)?;
    Ok(came_to.map_err(|_| NotThere::Refused))
}
