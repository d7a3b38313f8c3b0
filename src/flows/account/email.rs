//! The address of one's own account: confirmed by a link to it, and changed by a link to the new one. Both work only where its
//! person is signed in: a mailbox alone, such as that of a mistyped address, opens nothing (P060, P061).

use super::{Fresh, SignedIn};
use crate::flows::call::Call;
use crate::flows::factors::devices;
use crate::flows::links::{self, Held, LinkTerms, NewLink};
use crate::flows::mail::{self, Mail, MailTerms, Recipient};
use crate::flows::session::{LiveAccount, live_accounts};
use crate::model::audit::{Actor, Event, EventKind, EventResult};
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::ids::SessionId;
use crate::model::link::LinkPurpose;
use crate::model::mail::{MailKind, MailedLink};
use crate::model::policy::{Policy, Registration};
use crate::model::profile::Profile;
use crate::model::secret::Secret;
use crate::model::user::User;
use crate::storage::records::{links as rows, policies, tenants, users};
use crate::storage::{Directory, TenantTx};

/// The page that the links lead to.
const PAGE: &str = "/email";

/// Which account of which browser is meant: the hash of its cookie, and the session where one is named.
pub type InBrowser<'a> = (&'a str, Option<SessionId>);

/// Why nothing was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskRefusal {
    /// The account is not signed in here any more.
    Gone,
    /// Too little was proved a moment ago (P060).
    NotFresh,
    /// The account has this address.
    Same,
    /// The tenant's people have addresses of its domains, and this is none.
    Outside,
    /// It is the account for emergencies, which the declaration names by its address (P102).
    BreakGlass,
}

/// A link that can be used now.
#[derive(Debug)]
pub struct Opened {
    /// The link, and whose it is.
    pub held: Held,
    /// The session of its person in this browser, where they are signed in here.
    pub session: Option<SessionId>,
}

/// Why nothing was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmRefusal {
    /// The link is dead, or somebody else has the address by now.
    Dead,
    /// Its person is not signed in in this browser.
    Elsewhere,
}

/// An address that was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirmed {
    /// The session of the person in this browser.
    pub session: SessionId,
    /// Whether it is another one than before.
    pub is_new: bool,
}

/// The address that waits to be confirmed as the new one.
///
/// # Errors
/// The database fails.
pub fn pending(tx: &mut TenantTx<'_>, call: &Call, who: &SignedIn) -> Result<Option<String>, Failure> {
    let link = rows::of_user(tx, who.user().id, LinkPurpose::ChangeEmail)?;
    let open =
        link.filter(|link| link.consumed_at.is_none() && links::stands(call, who.scope(), link, who.user()));
    Ok(open.map(|link| link.address))
}

/// Forgets the address that waits.
///
/// # Errors
/// The database fails.
pub fn withdraw(directory: &mut Directory<'_>, who: &SignedIn) -> Result<(), Failure> {
    rows::remove(&mut directory.enter(who.scope())?, who.user().id, LinkPurpose::ChangeEmail)
}

/// Mails a link to the address of the account, which nobody has confirmed yet; none where somebody has.
///
/// # Errors
/// The database fails.
pub fn ask_verification(
    directory: &mut Directory<'_>,
    call: &Call,
    terms: &LinkTerms,
    browser: InBrowser<'_>,
    language: &str,
) -> Result<Result<(), AskRefusal>, Failure> {
    let Some((_, own)) = signed_in(directory, call, browser)? else { return Ok(Err(AskRefusal::Gone)) };
    // The counter before the person, as everywhere.
    let in_measure = mail::may_ask(directory, call, &terms.mail, &own)?;
    let Ok(who) = SignedIn::held_of_browser(directory, call, browser.0, browser.1)? else {
        return Ok(Err(AskRefusal::Gone));
    };
    let user = who.user();
    if user.email_verified || !in_measure {
        return Ok(Ok(()));
    }
    let tx = &mut directory.enter(who.scope())?;
    let new = NewLink { purpose: LinkPurpose::VerifyEmail, user, address: &user.email, interaction: None };
    if let Some((link, minutes)) = make(tx, call, terms, new)? {
        let kind = MailKind::VerifyEmail { link, minutes };
        let mail = Mail { to: Recipient::user(user), language: Some(language), kind };
        mail::queue(tx, call, &terms.mail, mail)?;
    }
    Ok(Ok(()))
}

/// Mails a link to the address that the account is to have, and tells the one that it has. It keeps that until the link is used.
/// Where somebody else has the address, no link leaves, and nobody sees a difference (P036).
///
/// # Errors
/// The database fails.
pub fn ask_change(
    directory: &mut Directory<'_>,
    call: &Call,
    terms: &LinkTerms,
    browser: InBrowser<'_>,
    (email, language): (&Email, &str),
) -> Result<Result<(), AskRefusal>, Failure> {
    let Some((asker, own)) = signed_in(directory, call, browser)? else { return Ok(Err(AskRefusal::Gone)) };
    if asker.user().break_glass {
        return Ok(Err(AskRefusal::BreakGlass));
    }
    if own.canonical() == email.canonical() {
        return Ok(Err(AskRefusal::Same));
    }
    if leaves_the_domains(asker.policy(), &own, email) {
        return Ok(Err(AskRefusal::Outside));
    }
    // Both counters in one order, so that no two wait for each other; and before the person, as everywhere.
    let mut counted = [&own, email];
    counted.sort_by_key(|address| address.canonical());
    let taken = users::find_by_email(&mut directory.enter(asker.scope())?, email.canonical())?.is_some();
    let (mut may_ask, mut may_reach) = (false, false);
    for address in counted {
        if address != email {
            may_ask = mail::may_ask(directory, call, &terms.mail, address)?;
        } else if taken {
            mail::may_ask_in_vain(directory, call, &terms.mail, address)?;
        } else {
            may_reach = mail::may_ask(directory, call, &terms.mail, address)?;
        }
    }
    let Ok(who) = SignedIn::held_of_browser(directory, call, browser.0, browser.1)? else {
        return Ok(Err(AskRefusal::Gone));
    };
    let Some(fresh) = who.fresh(call) else { return Ok(Err(AskRefusal::NotFresh)) };
    // What the asker can see depends on their own counter alone: that of the other address tells who has an account (P036).
    if may_ask {
        let tx = &mut directory.enter(fresh.scope())?;
        send_change(tx, call, terms, (&fresh, email, may_reach), language)?;
    }
    Ok(Ok(()))
}

fn send_change(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &LinkTerms,
    (fresh, email, may_reach): (&Fresh, &Email, bool),
    language: &str,
) -> Result<(), Failure> {
    let user = fresh.user();
    let taken = users::find_by_email(tx, email.canonical())?.is_some();
    let new =
        NewLink { purpose: LinkPurpose::ChangeEmail, user, address: email.spelling(), interaction: None };
    let Some((link, minutes)) = make(tx, call, terms, new)? else { return Ok(()) };
    let told = Mail { to: Recipient::user(user), language: Some(language), kind: MailKind::EmailChangeAsked };
    mail::queue(tx, call, &terms.mail, told)?;
    if taken || !may_reach {
        return Ok(());
    }
    let kind = MailKind::EmailChangeConfirm { link, minutes };
    let mail = Mail { to: Recipient::user_at(user, email), language: Some(language), kind };
    mail::queue(tx, call, &terms.mail, mail).map(drop)
}

/// The link with this token, where it can be used now.
///
/// # Errors
/// The database fails.
pub fn open(
    directory: &mut Directory<'_>,
    call: &Call,
    token: &Secret<String>,
    cookie_hash: &str,
) -> Result<Option<Opened>, Failure> {
    for purpose in [LinkPurpose::ChangeEmail, LinkPurpose::VerifyEmail] {
        if let Some(held) = links::find(directory, call, (purpose, token))?.filter(Held::is_open) {
            let accounts = live_accounts(directory, call, cookie_hash)?;
            let is_theirs = |account: &&LiveAccount| {
                account.user.id == held.user.id && account.scope.id() == held.scope.id()
            };
            let session = accounts.iter().find(is_theirs).map(|account| account.session.id);
            return Ok(Some(Opened { held, session }));
        }
    }
    Ok(None)
}

/// Confirms the address by the link to it, once.
///
/// # Errors
/// The database fails.
pub fn confirm(
    directory: &mut Directory<'_>,
    call: &Call,
    terms: &MailTerms,
    token: &Secret<String>,
    cookie_hash: &str,
) -> Result<Result<Confirmed, ConfirmRefusal>, Failure> {
    // Nobody else takes the address meanwhile.
    tenants::hold(directory)?;
    let Some(before) = open(directory, call, token, cookie_hash)? else {
        return Ok(Err(ConfirmRefusal::Dead));
    };
    users::hold_active(&mut directory.enter(&before.held.scope)?, before.held.user.id)?;
    // Read behind that: a session that was ended while this waited confirms nothing.
    let Some(Opened { held, session }) = open(directory, call, token, cookie_hash)? else {
        return Ok(Err(ConfirmRefusal::Dead));
    };
    let Some(session) = session else { return Ok(Err(ConfirmRefusal::Elsewhere)) };
    let Some(user) = links::use_up(directory, call, &held)? else { return Ok(Err(ConfirmRefusal::Dead)) };
    let tx = &mut directory.enter(&held.scope)?;
    let is_new = held.link.purpose == LinkPurpose::ChangeEmail;
    let done = if is_new {
        change(tx, call, terms, (&user, &held.link.address))?
    } else {
        users::update(tx, &User { email_verified: true, ..updated(call, &user) })?;
        tx.record(event(call, &user, "email_verified"));
        true
    };
    Ok(if done { Ok(Confirmed { session, is_new }) } else { Err(ConfirmRefusal::Dead) })
}

/// Gives the account its new address; false where somebody else has it by now. What was mailed to the old one is dead.
fn change(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &MailTerms,
    (user, address): (&User, &str),
) -> Result<bool, Failure> {
    let email = address_of(address)?;
    let stays =
        user.break_glass || leaves_the_domains(&policies::find(tx)?, &address_of(&user.email)?, &email);
    if stays || users::find_by_email(tx, email.canonical())?.is_some() {
        return Ok(false);
    }
    let changed = User {
        email: email.spelling().to_owned(),
        email_canonical: email.canonical().to_owned(),
        email_verified: true,
        ..updated(call, user)
    };
    users::update(tx, &changed)?;
    // What was remembered by codes was remembered by whoever read the mail of before.
    devices::outdated(tx, user.id)?;
    rows::remove_of_user(tx, user.id)?;
    tx.record(event(call, user, "email_changed").with_personal("new_email", email.spelling()));
    let mail = Mail { to: Recipient::user(user), language: None, kind: MailKind::EmailChanged };
    mail::queue(tx, call, terms, mail)?;
    Ok(true)
}

/// Makes a link and records that it is mailed; with the minutes for which it works.
fn make(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &LinkTerms,
    new: NewLink<'_>,
) -> Result<Option<(MailedLink, u32)>, Failure> {
    let Some(link) = links::make(tx, call, &terms.lives, (new, PAGE))? else { return Ok(None) };
    links::mailed(tx, call, Actor::User(new.user.id), new);
    Ok(Some((link, terms.lives.minutes(new.purpose))))
}

/// Who is signed in, and their address.
fn signed_in(
    directory: &mut Directory<'_>,
    call: &Call,
    (cookie_hash, named): InBrowser<'_>,
) -> Result<Option<(SignedIn, Email)>, Failure> {
    let Ok(who) = SignedIn::of_browser(directory, call, cookie_hash, named)? else { return Ok(None) };
    // A guest's address is kept at home.
    if who.user().is_guest() {
        return Ok(None);
    }
    let own = address_of(&who.user().email)?;
    Ok(Some((who, own)))
}

/// Where people sign up by the domain of their address, nobody leaves those domains by themselves.
fn leaves_the_domains(policy: &Policy, own: &Email, email: &Email) -> bool {
    policy.registration == Registration::Domain
        && policy.email_domains.contains(own.domain())
        && !policy.email_domains.contains(email.domain())
}

fn address_of(stored: &str) -> Result<Email, Failure> {
    stored.parse().map_err(|error| Failure::internal("a stored address is none").because(error))
}

/// What applications know of the person has changed (OIDC Core §5.1, `updated_at`).
fn updated(call: &Call, user: &User) -> User {
    let profile = Profile { updated_at: Some(call.now.unix()), ..user.profile.clone() };
    User { profile, ..user.clone() }
}

fn event(call: &Call, user: &User, action: &'static str) -> Event {
    call.event(EventKind::UserChanged, EventResult::Success, Actor::User(user.id))
        .on("user", user.id)
        .with("action", action)
        .with_personal("email", user.email.as_str())
}
