//! Mail to people: queued in the transaction of what it is about, sent later by a job. No request ever waits for a mail
//! server, and no mail leaves of what was rolled back.

pub mod delivery;

use std::sync::Arc;

use tokio::sync::Notify;

use super::call::Call;
use crate::crypto::hmac::KeyedHash;
use crate::crypto::seal::{Place, Sealer};
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::ids::{MailId, TenantId, UserId};
use crate::model::mail::{MailBody, MailKind, MailState};
use crate::model::rate::Rate;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::counters::{self, Begins};
use crate::storage::records::mails::{self, StoredMail};
use crate::storage::tx::Transaction;

/// What the counter of mails to one address is called in its table.
const ASKED: &str = "mail_asked";

/// The longest language tag that is kept.
const LONGEST_TAG: usize = 35;

/// What queueing a mail needs besides the call.
#[derive(Debug, Clone)]
pub struct MailTerms {
    /// Seals what mails say while they wait.
    pub sealer: Arc<Sealer>,
    /// The keyed hash under which recipients are counted.
    pub names: KeyedHash,
    /// How many mails a stranger may have sent to one address.
    pub per_recipient: Rate,
    /// Wakes the worker of this node.
    pub bell: Bell,
}

/// Rung when a mail is queued, so that the worker of this node need not wait for its next look.
#[derive(Debug, Clone, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    /// Wakes the worker, also when it begins to wait only later.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits for a ring.
    pub async fn rung(&self) {
        self.0.notified().await;
    }
}

/// Where a mail goes. The address comes from a row of ours, or was parsed by the one rule for addresses (D3).
#[derive(Debug, Clone, Copy)]
pub struct Recipient<'a> {
    address: &'a str,
    user: Option<UserId>,
    language: Option<&'a str>,
}

impl<'a> Recipient<'a> {
    /// The person at the address of their account, in the language that they chose.
    pub fn user(user: &'a User) -> Self {
        Self { address: &user.email, user: Some(user.id), language: user.profile.locale.as_deref() }
    }

    /// An address that is nobody's yet.
    pub fn address(address: &'a Email) -> Self {
        Self { address: address.spelling(), user: None, language: None }
    }

    /// Another address of this person, such as the one that an account is to change to.
    pub fn user_at(user: &'a User, address: &'a Email) -> Self {
        Self { address: address.spelling(), ..Self::user(user) }
    }
}

/// A mail to queue.
#[derive(Debug, Clone)]
pub struct Mail<'a> {
    /// Where it goes.
    pub to: Recipient<'a>,
    /// The language of the page where it was asked for, a tag; for those who chose none themselves.
    pub language: Option<&'a str>,
    /// What it is about.
    pub kind: MailKind,
}

/// Queues a mail in this transaction: it leaves when that is committed, and never when it is not. The caller records the
/// event of what the mail is about.
pub fn queue(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &MailTerms,
    mail: Mail<'_>,
) -> Result<MailId, Failure> {
    let id: MailId = call.id();
    let language = mail.to.language.or(mail.language).unwrap_or_default();
    let kind = mail.kind.as_str().to_owned();
    let body = MailBody {
        about: mail.kind,
        at: call.now,
        address: call.address,
        user_agent: call.user_agent.clone(),
    };
    let sealed = seal(tx.scope().id(), call, terms, id, &body)?;
    mails::insert(
        tx,
        &StoredMail {
            id,
            user_id: mail.to.user,
            recipient: mail.to.address.to_owned(),
            language: language.chars().take(LONGEST_TAG).collect(),
            kind,
            sealed_variables: Some(sealed),
            state: MailState::Queued,
            attempts: 0,
            last_error: None,
            created_at: call.now,
            ended_at: None,
        },
    )?;
    let bell = terms.bell.clone();
    tx.after_commit(move || bell.ring());
    Ok(id)
}

/// Whether one more mail may go to this address because a stranger asks for it: at most so many in any window, over
/// every kind of mail and every tenant together (P068). Asked for addresses that nobody has just as well, and the answer
/// to the asker is the same either way (P036).
pub fn may_ask(
    tx: &mut impl Transaction,
    call: &Call,
    terms: &MailTerms,
    address: &Email,
) -> Result<bool, Failure> {
    count(tx, call, terms, &[b"mail", address.canonical().as_bytes()])
}

/// The same work where no mail leaves whatever comes of it, such as for an address that nobody has in that tenant: counted apart,
/// or strangers would use up the mails of somebody else (P068).
pub fn may_ask_in_vain(
    tx: &mut impl Transaction,
    call: &Call,
    terms: &MailTerms,
    address: &Email,
) -> Result<bool, Failure> {
    count(tx, call, terms, &[b"mail in vain", address.canonical().as_bytes()])
}

/// Whether one more mail may tell this address of a lock: as many as may be asked for, and counted apart, since whoever judges a
/// guess holds its person already, and the counter of what is asked for comes before that.
pub fn may_tell_of_lock(
    tx: &mut impl Transaction,
    call: &Call,
    terms: &MailTerms,
    address: &Email,
) -> Result<bool, Failure> {
    count(tx, call, terms, &[b"mail of a lock", address.canonical().as_bytes()])
}

/// Whether one more mail may tell this person of a browser that is new to their account: as many as may be asked for. Counted by
/// account, not by address, or the owner of another tenant would use them up, and nobody would be told of a thief.
pub fn may_tell_of_browser(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &MailTerms,
    user: UserId,
) -> Result<bool, Failure> {
    let (tenant, user) = (tx.scope().id().to_string(), user.to_string());
    count(tx, call, terms, &[b"mail of a browser", tenant.as_bytes(), user.as_bytes()])
}

/// Whether one more code may go to this address because somebody who proved its first factor in this tenant asks for one: counted
/// apart from what strangers ask for, and from what other tenants do who know the address, or they would keep its owner out by
/// using the mails up.
pub fn may_send_code(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &MailTerms,
    address: &Email,
) -> Result<bool, Failure> {
    let tenant = tx.scope().id().to_string();
    count(tx, call, terms, &[b"mail of a code", tenant.as_bytes(), address.canonical().as_bytes()])
}

/// Whether one more mail may go to this address because somebody who administers this tenant sends it. They are told when it may
/// not, so it is counted apart from what strangers ask for: that would tell them who has an account elsewhere (P036). The caller
/// holds the tenants.
pub fn may_send(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &MailTerms,
    address: &Email,
) -> Result<bool, Failure> {
    let tenant = tx.scope().id().to_string();
    count(tx, call, terms, &[b"mail of a tenant", tenant.as_bytes(), address.canonical().as_bytes()])
}

/// Whether [`may_send`] would say yes at this moment. It counts nothing.
pub fn is_in_measure(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &MailTerms,
    address: &Email,
) -> Result<bool, Failure> {
    let tenant = tx.scope().id().to_string();
    let key = terms.names.of(&[b"mail of a tenant", tenant.as_bytes(), address.canonical().as_bytes()]);
    let counter = counters::find(tx, &key)?.filter(|counter| call.now < counter.expires_at);
    Ok(counter.is_none_or(|counter| counter.count < i64::from(terms.per_recipient.count.get())))
}

fn count(tx: &mut impl Transaction, call: &Call, terms: &MailTerms, what: &[&[u8]]) -> Result<bool, Failure> {
    let rate = terms.per_recipient;
    let key = terms.names.of(what);
    let expires_at = call.now + rate.window;
    let mut counter = counters::hold(tx, Begins { key: &key, kind: ASKED, now: call.now, expires_at })?;
    if counter.expires_at <= call.now {
        counter.count = 0;
        counter.window_started_at = call.now;
    }
    if counter.count >= i64::from(rate.count.get()) {
        return Ok(false);
    }
    // The window begins anew with each mail: whatever the pace, no window ever holds more than the limit.
    counter.count += 1;
    counter.expires_at = expires_at;
    counters::put(tx, &counter)?;
    Ok(true)
}

fn seal(
    tenant: TenantId,
    call: &Call,
    terms: &MailTerms,
    id: MailId,
    body: &MailBody,
) -> Result<String, Failure> {
    let text =
        serde_json::to_vec(body).map_err(|error| Failure::internal("writing a mail").because(error))?;
    terms
        .sealer
        .seal(place(tenant, &id.to_string()), &text, &*call.random)
        .map_err(|error| Failure::internal("sealing a mail").because(error))
}

fn place(tenant: TenantId, row: &str) -> Place<'_> {
    Place { tenant: Some(tenant), table: "mails", row, column: "sealed_variables" }
}
