//! A link sent by mail, as a first factor. It signs in the browser that asked for it, and no other: a link that somebody has
//! mailed to themselves signs nobody else in, and one that was intercepted is worth nothing without that browser (P059, P071).

use super::proved::{Candidate, NotEnough, Proved, proved, proved_before};
use super::second::Challenge;
use super::visit::Visit;
use super::{Destination, SignInRules};
use crate::flows::call::Call;
use crate::flows::failures::{self, Source};
use crate::flows::interaction::{Interaction, Problem, Told};
use crate::flows::interaction_store;
use crate::flows::links::{self, Held, mailbox};
use crate::flows::session::CookieChange;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::InteractionHandle;
use crate::model::link::LinkPurpose;
use crate::model::secret::Secret;
use crate::model::session::{Factor, Proof};
use crate::model::user::User;
use crate::storage::Directory;

/// Why nobody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MagicLinkRefusal {
    /// The link is dead, or the policy does not admit it: nobody learns which.
    Dead,
    /// It was asked for in another browser, or the sign-in there has ended.
    Elsewhere,
    /// It is right, but a second factor is asked for, and the person has none.
    NoSecondFactor(InteractionHandle),
}

/// What the page of a link shows.
#[derive(Debug)]
pub struct Opened {
    /// The visit that goes on, where it is one of this browser.
    pub visit: Option<Visit>,
    /// Whose link it is.
    pub user: User,
}

/// Looks at a link, and changes nothing: mail scanners open it too. `None` where it is dead.
///
/// # Errors
/// The database fails.
pub fn open(
    directory: &mut Directory<'_>,
    call: &Call,
    token: &Secret<String>,
    cookie_hash: &str,
) -> Result<Option<Opened>, Failure> {
    let found = links::find(directory, call, (LinkPurpose::MagicLink, token))?;
    let Some(held) = found.filter(Held::is_open) else { return Ok(None) };
    let visit = match held.link.interaction {
        Some(handle) => Visit::open(directory, call, Some(handle), cookie_hash)?,
        None => None,
    };
    let visit = visit.filter(|visit| is_for(visit, &held));
    Ok(Some(Opened { visit, user: held.user }))
}

/// Signs in by the link, once.
///
/// # Errors
/// The database fails.
pub fn finish(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &SignInRules,
    token: &Secret<String>,
    cookie: CookieChange<'_>,
) -> Result<Result<Proved, MagicLinkRefusal>, Failure> {
    let Some(held) = links::find(directory, call, (LinkPurpose::MagicLink, token))? else {
        return Ok(Err(MagicLinkRefusal::Dead));
    };
    let Some(handle) = held.link.interaction else { return Ok(Err(MagicLinkRefusal::Dead)) };
    interaction_store::hold(directory, handle, cookie.old)?;
    let visit = Visit::answer(directory, call, handle, cookie)?.filter(|visit| is_for(visit, &held));
    let Some(visit) = visit else { return Ok(Err(MagicLinkRefusal::Elsewhere)) };
    if visit.is_answered(cookie) {
        let before = if held.is_open() {
            None
        } else {
            proved_before(directory, call, &visit, (&held.scope, held.user.id))?
        };
        return Ok(before.ok_or(MagicLinkRefusal::Dead));
    }
    if !may_prove(directory, call, (&visit, handle), cookie.old)? {
        return Ok(Err(MagicLinkRefusal::Dead));
    }
    let Some(user) = links::use_up(directory, call, &held)? else { return Ok(Err(MagicLinkRefusal::Dead)) };
    let is_first_proof = !user.email_verified;
    let user = mailbox::proved(&mut directory.enter(&held.scope)?, call, &user)?;
    let came_to = prove(directory, call, rules, (visit, &held, &user), cookie)?;
    if is_first_proof {
        mailbox::revoke(&mut directory.enter(&held.scope)?, call, user.id)?;
    }
    Ok(came_to)
}

/// Goes on with the proof, or records why it opens nothing.
fn prove(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &SignInRules,
    (visit, held, user): (Visit, &Held, &User),
    cookie: CookieChange<'_>,
) -> Result<Result<Proved, MagicLinkRefusal>, Failure> {
    let handle = visit.interaction.as_ref().map(Interaction::handle);
    let proof = Proof { factor: Factor::MagicLink, at: call.now };
    let who = Candidate { scope: &held.scope, user, proof };
    let rule = match proved(directory, call, rules, (visit.clone(), who), cookie)? {
        Ok(proved) => return Ok(Ok(proved)),
        Err(NotEnough::Expired) => return Ok(Err(MagicLinkRefusal::Elsewhere)),
        Err(NotEnough::NoSecondFactor(rule)) => {
            let event = call
                .event(EventKind::SignIn, EventResult::Denied, Actor::User(user.id))
                .with("reason", "no_second_factor")
                .with("rule", rule.as_str());
            directory.enter(&held.scope)?.record(event);
            if let Some(mut interaction) = visit.interaction {
                interaction.progress.told = Some(Told::of(Problem::NoSecondFactor));
                interaction_store::save_progress(directory, &interaction)?;
            }
            return Ok(Err(handle.map_or(MagicLinkRefusal::Elsewhere, MagicLinkRefusal::NoSecondFactor)));
        }
        Err(NotEnough::Refused(rule)) => rule,
    };
    let key = rules.account_key(&Destination::Tenant(held.scope.id()), &user.email_canonical);
    let mut event = call
        .event(EventKind::SignIn, EventResult::Denied, Actor::Anonymous)
        .with("reason", rule.as_str())
        .with("account", key.as_str())
        .on("user", user.id);
    if let Some(client) = visit.client_id() {
        event = event.by_client(client);
    }
    let source = Source { tenant: Some(held.scope.id()), named: &key };
    failures::record(directory, call, &rules.records, source, event)?;
    Ok(Err(MagicLinkRefusal::Dead))
}

/// Whether the sign-in still is that of the person who gets the link: another address may have been typed since.
fn is_for(visit: &Visit, held: &Held) -> bool {
    visit.named().is_some_and(|(email, destination)| {
        email.canonical() == held.link.account && destination == Destination::Tenant(held.scope.id())
    })
}

/// Whether a link may be proved here: as the first factor, or anew by somebody who is signed in. It is no second one.
fn may_prove(
    directory: &mut Directory<'_>,
    call: &Call,
    (visit, handle): (&Visit, InteractionHandle),
    cookie_hash: &str,
) -> Result<bool, Failure> {
    if visit.pending().is_none() {
        return Ok(true);
    }
    let challenge = Challenge::open(directory, call, handle, cookie_hash)?;
    Ok(challenge.is_some_and(|challenge| challenge.ways.contains(&Factor::MagicLink)))
}
