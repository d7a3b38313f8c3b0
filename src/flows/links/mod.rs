//! What is mailed to people to prove their mailbox: links and codes, each for one purpose, used once, and dead with whatever
//! they stand on (P058).

pub mod ask;
pub mod by_admin;
pub mod code;
pub mod first_factor;
pub mod mailbox;
pub mod reset;

use std::time::Duration;

use super::call::Call;
use super::failures::{self, RecordRules, Source};
use super::mail::MailTerms;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::InteractionHandle;
use crate::model::link::{Link, LinkPurpose};
use crate::model::mail::MailedLink;
use crate::model::secret::Secret;
use crate::model::user::User;
use crate::protocol::opaque::{self, TenantKind};
use crate::storage::records::{links, users};
use crate::storage::{Directory, TenantScope, TenantTx};

/// What mailing a link needs besides the call.
#[derive(Debug, Clone)]
pub struct LinkTerms {
    /// How long each kind works.
    pub lives: LinkLives,
    /// How mails are queued.
    pub mail: MailTerms,
}

/// How long what is mailed works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkLives {
    /// Links that sign in.
    pub magic_link: Duration,
    /// Codes.
    pub email_code: Duration,
    /// Links to set a password.
    pub password_reset: Duration,
    /// Links to confirm an address.
    pub verify_email: Duration,
    /// Links to set up a first factor.
    pub first_factor: Duration,
}

impl LinkLives {
    const fn of(&self, purpose: LinkPurpose) -> Duration {
        match purpose {
            LinkPurpose::MagicLink => self.magic_link,
            LinkPurpose::EmailCode => self.email_code,
            LinkPurpose::PasswordReset => self.password_reset,
            LinkPurpose::VerifyEmail | LinkPurpose::ChangeEmail => self.verify_email,
            LinkPurpose::FirstFactor => self.first_factor,
        }
    }

    /// The same in whole minutes, as mails and pages say it.
    pub fn minutes(&self, purpose: LinkPurpose) -> u32 {
        u32::try_from(self.of(purpose).as_secs() / 60).unwrap_or(u32::MAX)
    }
}

/// A link that is about to be mailed.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewLink<'a> {
    /// What it does.
    pub(super) purpose: LinkPurpose,
    /// For whom.
    pub(super) user: &'a User,
    /// Where it goes.
    pub(super) address: &'a str,
    /// The sign-in that it belongs to.
    pub(super) interaction: Option<InteractionHandle>,
}

/// Makes a link to this page of ours, in place of the one before for the same purpose. `None` where the account may not be used,
/// or no longer.
pub(super) fn make(
    tx: &mut TenantTx<'_>,
    call: &Call,
    lives: &LinkLives,
    (new, page): (NewLink<'_>, &'static str),
) -> Result<Option<MailedLink>, Failure> {
    let token = opaque::issue(TenantKind::MailedLink, tx.scope().id(), call.secret_bytes().expose());
    let kept = keep(tx, call, lives, new, &opaque::hash(token.expose()))?;
    Ok(kept.then(|| MailedLink::new(&call.issuer, &format!("{page}?token={}", token.expose()))))
}

/// Keeps what is mailed, by the hash of its secret. False where the account may not be used, or no longer.
pub(super) fn keep(
    tx: &mut TenantTx<'_>,
    call: &Call,
    lives: &LinkLives,
    new: NewLink<'_>,
    hash: &str,
) -> Result<bool, Failure> {
    if !users::hold_active(tx, new.user.id)? {
        return Ok(false);
    }
    let link = Link {
        purpose: new.purpose,
        user_id: new.user.id,
        account: new.user.email_canonical.clone(),
        address: new.address.to_owned(),
        interaction: new.interaction,
        created_at: call.now,
        expires_at: call.now + lives.of(new.purpose),
        consumed_at: None,
    };
    links::replace(tx, &link, hash)?;
    Ok(true)
}

/// A mailed link that somebody has, and what it stands on.
#[derive(Debug, Clone)]
pub struct Held {
    /// The tenant that it names.
    pub scope: TenantScope,
    /// The link.
    pub link: Link,
    /// Whose it is.
    pub user: User,
    hash: String,
}

impl Held {
    /// Whether it was not used yet.
    pub const fn is_open(&self) -> bool {
        self.link.consumed_at.is_none()
    }
}

/// The link with this token, used though it may be. `None` where it is none for this purpose, is too old, or what it stands on
/// has changed: nobody learns which.
///
/// # Errors
/// The database fails.
pub fn find(
    directory: &mut Directory<'_>,
    call: &Call,
    (purpose, token): (LinkPurpose, &Secret<String>),
) -> Result<Option<Held>, Failure> {
    let Some(presented) = opaque::parse(TenantKind::MailedLink, token.expose()) else { return Ok(None) };
    let Some(scope) = directory.tenant(presented.tenant)? else { return Ok(None) };
    let mut tx = directory.enter(&scope)?;
    let Some(link) = links::find(&mut tx, purpose, &presented.hash)? else { return Ok(None) };
    let Some(user) = users::find(&mut tx, link.user_id)? else { return Ok(None) };
    let stands = stands(call, &scope, &link, &user);
    Ok(stands.then_some(Held { scope, link, user, hash: presented.hash }))
}

/// Whether neither time nor anything that happened has ended the link.
pub(super) fn stands(call: &Call, scope: &TenantScope, link: &Link, user: &User) -> bool {
    call.now < link.expires_at
        && user.email_canonical == link.account
        && user.status.stood_at(link.created_at)
        && scope.tenant().status.stood_at(link.created_at)
}

/// Uses the link, once, and holds its person, who is read again. `None` for whoever comes second.
pub(super) fn use_up(
    directory: &mut Directory<'_>,
    call: &Call,
    held: &Held,
) -> Result<Option<User>, Failure> {
    let mut tx = directory.enter(&held.scope)?;
    if !users::hold_active(&mut tx, held.user.id)? {
        return Ok(None);
    }
    let Some(user) = users::find(&mut tx, held.user.id)? else { return Ok(None) };
    let is_ours = stands(call, &held.scope, &held.link, &user)
        && links::consume(&mut tx, held.link.purpose, &held.hash, call.now)?;
    Ok(is_ours.then_some(user))
}

/// Notes that somebody came with a link that is dead. Only for what looks like one of ours: whoever makes nonsense up writes no
/// record.
///
/// # Errors
/// The database fails.
pub fn note_dead(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &RecordRules,
    (purpose, token): (LinkPurpose, &Secret<String>),
) -> Result<(), Failure> {
    if opaque::parse(TenantKind::MailedLink, token.expose()).is_none() {
        return Ok(());
    }
    let event = call
        .event(EventKind::LinkRefused, EventResult::Denied, Actor::Anonymous)
        .with("purpose", purpose.as_str())
        .with("reason", "dead_link");
    failures::record(directory, call, rules, Source { tenant: None, named: purpose.as_str() }, event)
}

/// Records that a link or a code was mailed.
pub(super) fn mailed(tx: &mut TenantTx<'_>, call: &Call, actor: Actor, new: NewLink<'_>) {
    let event = call.event(EventKind::LinkMailed, EventResult::Success, actor).on("user", new.user.id);
    tx.record(event.with("purpose", new.purpose.as_str()));
}
