//! A person's passkeys: added, named and taken away. What a browser is asked travels sealed in the form that answers it, and
//! counts once (P052).

use std::sync::Arc;

use serde_json::Value;

use super::recovery_codes::{self, Sheet};
use super::{Stays, devices};
use crate::crypto::passkey::challenge::{self, Binding, Opened, Purpose};
use crate::crypto::passkey::{Asked, Made, Owner, PasskeyRefusal, Passkeys};
use crate::crypto::seal::Sealer;
use crate::flows::call::Call;
use crate::flows::mail::{self, Mail, MailTerms, Recipient};
use crate::model::audit::EventKind;
use crate::model::failure::Failure;
use crate::model::ids::{PasskeyId, UserId};
use crate::model::mail::MailKind;
use crate::model::passkey::{CredentialId, Passkey, PasskeyName};
use crate::model::session::Factor;
use crate::model::user::User;
use crate::storage::records::{passkeys, spent_challenges, users};
use crate::storage::tx::Transaction;
use crate::storage::{Directory, TenantScope, TenantTx};

/// The most passkeys of one person.
pub const MOST: usize = 20;

/// The word in events.
const FACTOR: &str = "passkey";

/// What passkeys are verified and their questions sealed with.
#[derive(Debug, Clone)]
pub struct PasskeyRules {
    passkeys: Option<Passkeys>,
    sealer: Arc<Sealer>,
    mail: MailTerms,
}

/// A question to a browser, for a page.
#[derive(Debug, Clone)]
pub struct Question {
    /// The options for `navigator.credentials`, as JSON.
    pub options: Value,
    /// What has to come back with the answer.
    pub sealed: String,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The question, as it was sealed.
    pub sealed: String,
    /// What the browser said, as JSON.
    pub said: String,
}

/// A passkey that was added.
#[derive(Debug)]
pub struct Added {
    /// Which.
    pub id: PasskeyId,
    /// The recovery codes of somebody who had none.
    pub sheet: Option<Sheet>,
}

/// Why none was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddRefusal {
    /// The account may not be used, or no longer.
    Gone,
    /// The question is too old, of another browser, or answered already.
    Expired,
    /// The person has [`MOST`] of them.
    TooMany,
    /// It is somebody's already.
    Known,
    /// The answer proves nothing.
    Wrong(PasskeyRefusal),
}

/// Why one stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemoveRefusal {
    /// The person has none with this id.
    NotThere,
    /// It is the only way in that the person has, and their tenant allows.
    LastWayIn,
    /// Their tenant may ask for a second factor, and without it they have none.
    Needed,
}

impl PasskeyRules {
    /// These rules; without a verifier there are no passkeys in this deployment.
    pub const fn new(passkeys: Option<Passkeys>, sealer: Arc<Sealer>, mail: MailTerms) -> Self {
        Self { passkeys, sealer, mail }
    }

    /// The verifier, where the deployment has passkeys.
    pub const fn verifier(&self) -> Option<&Passkeys> {
        self.passkeys.as_ref()
    }

    /// Asks for a signature: of any passkey of ours, or of one of these. `None` where the deployment has none.
    ///
    /// # Errors
    /// The question cannot be written.
    pub fn ask(
        &self,
        call: &Call,
        binding: Binding<'_>,
        by: &[CredentialId],
    ) -> Result<Option<Question>, Failure> {
        let Some(passkeys) = &self.passkeys else { return Ok(None) };
        self.question(call, binding, passkeys.ask_to_sign(by)?).map(Some)
    }

    fn question(&self, call: &Call, binding: Binding<'_>, asked: Asked) -> Result<Question, Failure> {
        let sealed = challenge::seal(&self.sealer, call.random.as_ref(), binding, &asked, call.now)?;
        Ok(Question { options: asked.options, sealed })
    }

    /// Opens the question that was answered, and leaves it open. `None` where it is none of ours, of another browser, purpose
    /// or person, or too old.
    pub fn open(&self, call: &Call, binding: Binding<'_>, answer: &Answer) -> Option<Opened> {
        challenge::open(&self.sealer, binding, &answer.sealed, call.now)
    }

    /// Opens the question that was answered and spends it, whatever the answer is worth. `None` where it is none of ours, of
    /// another browser, purpose or person, too old, or spent.
    ///
    /// # Errors
    /// The database fails.
    pub fn spend(
        &self,
        tx: &mut impl Transaction,
        call: &Call,
        binding: Binding<'_>,
        answer: &Answer,
    ) -> Result<Option<Opened>, Failure> {
        let Some(opened) = self.open(call, binding, answer) else { return Ok(None) };
        let is_new = spent_challenges::spend(tx, &opened.hash, opened.expires_at)?;
        Ok(is_new.then_some(opened))
    }
}

/// Whom a passkey is added for, and in which browser.
#[derive(Debug, Clone, Copy)]
pub struct Here<'a> {
    /// The person.
    pub user: UserId,
    /// The hash of their browser's cookie.
    pub browser: &'a str,
}

fn to_add<'a>(here: Here<'a>, user: &'a str) -> Binding<'a> {
    Binding { purpose: Purpose::Add, browser: here.browser, of: user }
}

/// Asks the person's browser for a new passkey. `None` where the account may not be used or has enough of them, or the
/// deployment has none.
///
/// # Errors
/// The database fails.
pub fn ask_to_add(
    tx: &mut TenantTx<'_>,
    call: &Call,
    rules: &PasskeyRules,
    here: Here<'_>,
) -> Result<Option<Question>, Failure> {
    let Some(verifier) = rules.verifier() else { return Ok(None) };
    // An authenticator keeps one passkey of a site for each account, and the guest's account is that of the home: one made here
    // would take the place of theirs.
    let user = users::find(tx, here.user)?.filter(|user| user.status.is_active() && !user.is_guest());
    let Some(user) = user else { return Ok(None) };
    let has = passkeys::of_user(tx, user.id)?;
    if has.len() >= MOST {
        return Ok(None);
    }
    let has: Vec<CredentialId> = has.into_iter().map(|passkey| passkey.credential_id).collect();
    let name = user.profile.display_name();
    let owner = Owner { id: user.id, account: &user.email, name: name.as_deref().unwrap_or(&user.email) };
    let asked = verifier.ask_to_make(owner, &has)?;
    rules.question(call, to_add(here, &user.id.to_string()), asked).map(Some)
}

/// Adds the passkey that the browser made. Whoever has no recovery codes gets a sheet of them now.
///
/// # Errors
/// The database fails.
pub fn add(
    tx: &mut TenantTx<'_>,
    call: &Call,
    rules: &PasskeyRules,
    here: Here<'_>,
    (answer, name): (&Answer, PasskeyName),
) -> Result<Result<Added, AddRefusal>, Failure> {
    let is_guest = users::find(tx, here.user)?.is_none_or(|user| user.is_guest());
    if is_guest || !users::hold_active(tx, here.user)? {
        return Ok(Err(AddRefusal::Gone));
    }
    let made = match verify(tx, call, rules, here, answer)? {
        Ok(made) => made,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if passkeys::of_user(tx, here.user)?.len() >= MOST {
        return Ok(Err(AddRefusal::TooMany));
    }
    keep(tx, call, rules, here.user, (made, name))
}

/// Asks the browser of somebody who has no account yet, but whose account will have this id.
///
/// # Errors
/// The question cannot be written.
pub fn ask_for_first(
    call: &Call,
    rules: &PasskeyRules,
    here: Here<'_>,
    account: &str,
) -> Result<Option<Question>, Failure> {
    let Some(verifier) = rules.verifier() else { return Ok(None) };
    let asked = verifier.ask_to_make(Owner { id: here.user, account, name: account }, &[])?;
    rules.question(call, to_add(here, &here.user.to_string()), asked).map(Some)
}

/// Whether the answer proves a new passkey, which nobody has; the question is spent with that. Nothing is stored.
///
/// # Errors
/// The database fails.
pub fn verify(
    tx: &mut impl Transaction,
    call: &Call,
    rules: &PasskeyRules,
    here: Here<'_>,
    answer: &Answer,
) -> Result<Result<Made, AddRefusal>, Failure> {
    let Some(verifier) = rules.verifier() else { return Ok(Err(AddRefusal::Gone)) };
    let Some(opened) = rules.spend(tx, call, to_add(here, &here.user.to_string()), answer)? else {
        return Ok(Err(AddRefusal::Expired));
    };
    let made = match verifier.made(&opened.state, &answer.said) {
        Ok(made) => made,
        Err(refusal) => return Ok(Err(AddRefusal::Wrong(refusal))),
    };
    let is_known = tx.directory().passkey_owner(&made.credential_id)?.is_some();
    Ok(if is_known { Err(AddRefusal::Known) } else { Ok(made) })
}

/// Stores a passkey that was verified, for a person who is held.
///
/// # Errors
/// The database fails.
pub fn keep(
    tx: &mut TenantTx<'_>,
    call: &Call,
    rules: &PasskeyRules,
    user: UserId,
    (made, name): (Made, PasskeyName),
) -> Result<Result<Added, AddRefusal>, Failure> {
    let passkey = Passkey {
        id: call.id(),
        user_id: user,
        credential_id: made.credential_id,
        name,
        credential: made.credential,
        created_at: call.now,
        last_used_at: None,
    };
    if !passkeys::insert(tx, &passkey)? {
        return Ok(Err(AddRefusal::Known));
    }
    devices::outdated(tx, user)?;
    let event = super::event(call, EventKind::FactorAdded, user, FACTOR);
    tx.record(event.with("passkey", passkey.id.to_string()));
    let about = MailKind::FactorAdded { factor: Factor::Passkey, name: Some(passkey.name.to_string()) };
    tell(tx, call, rules, user, about)?;
    let sheet = recovery_codes::make_if_none(tx, call, user)?;
    Ok(Ok(Added { id: passkey.id, sheet }))
}

/// Whether the person has the passkey that this answer brings.
///
/// # Errors
/// The database fails.
pub fn has(tx: &mut TenantTx<'_>, user: UserId, answer: &Answer) -> Result<bool, Failure> {
    let said: Option<Value> = serde_json::from_str(&answer.said).ok();
    let id = said.as_ref().and_then(|said| said.get("rawId")?.as_str()?.parse::<CredentialId>().ok());
    let Some(id) = id else { return Ok(false) };
    Ok(passkeys::find(tx, &id)?.is_some_and(|passkey| passkey.user_id == user))
}

/// Names a passkey of the person; false where they have none with this id.
///
/// # Errors
/// The database fails.
pub fn rename(
    tx: &mut TenantTx<'_>,
    user: UserId,
    id: PasskeyId,
    name: &PasskeyName,
) -> Result<bool, Failure> {
    Ok(users::hold_active(tx, user)? && passkeys::rename(tx, user, id, name)?)
}

/// Takes a passkey away from the person, but not the only way in that they have, nor what their tenant asks for.
///
/// # Errors
/// The database fails.
pub fn remove(
    tx: &mut TenantTx<'_>,
    call: &Call,
    rules: &PasskeyRules,
    (user, id): (UserId, PasskeyId),
) -> Result<Result<(), RemoveRefusal>, Failure> {
    // Held, so that of two taken away at the same time one finds the other gone.
    if !users::hold_active(tx, user)? {
        return Ok(Err(RemoveRefusal::NotThere));
    }
    let (others, own): (Vec<Passkey>, Vec<Passkey>) =
        passkeys::of_user(tx, user)?.into_iter().partition(|passkey| passkey.id != id);
    let Some(own) = own.into_iter().next() else { return Ok(Err(RemoveRefusal::NotThere)) };
    if others.is_empty()
        && let Some(person) = users::find(tx, user)?
    {
        let left = super::enrolled(tx, &person)?.without(Factor::Passkey);
        match super::stays(tx, &person, left)? {
            Some(Stays::OnlyWayIn) => return Ok(Err(RemoveRefusal::LastWayIn)),
            Some(Stays::SecondNeeded) => return Ok(Err(RemoveRefusal::Needed)),
            None => {}
        }
    }
    if !passkeys::remove(tx, user, id)? {
        return Ok(Err(RemoveRefusal::NotThere));
    }
    devices::outdated(tx, user)?;
    let mut event = super::event(call, EventKind::FactorRemoved, user, FACTOR);
    // A sheet of codes is for whoever can lose something.
    if others.is_empty() && super::totp::confirmed(tx, user)?.is_none() {
        event = event.with("recovery_codes", recovery_codes::remove(tx, user)?);
    }
    tx.record(event.with("passkey", id.to_string()));
    let about = MailKind::FactorRemoved { factor: Factor::Passkey, name: Some(own.name.to_string()) };
    tell(tx, call, rules, user, about)?;
    Ok(Ok(()))
}

/// Tells the person by mail: whoever did it may be somebody else.
fn tell(
    tx: &mut TenantTx<'_>,
    call: &Call,
    rules: &PasskeyRules,
    user: UserId,
    kind: MailKind,
) -> Result<(), Failure> {
    if let Some(user) = users::find(tx, user)? {
        mail::queue(tx, call, &rules.mail, Mail { to: Recipient::user(&user), language: None, kind })?;
    }
    Ok(())
}

/// What a new passkey is called until its owner says otherwise: the browser and the system that made it, in words of ours.
pub fn likely_name(user_agent: Option<&str>) -> String {
    // The order matters: Edge and Opera say that they are Chrome too, and Chrome that it is Safari.
    const BROWSERS: [(&str, &str); 5] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let agent = user_agent.unwrap_or_default();
    let known = |words: &[(&str, &'static str)]| {
        words.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
    };
    match (known(&BROWSERS), known(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => "Passkey".to_owned(),
    }
}

/// The active person whose passkey this is, in the tenant of the transaction: both read now.
///
/// # Errors
/// The database fails.
pub fn owner(tx: &mut TenantTx<'_>, credential: &CredentialId) -> Result<Option<(Passkey, User)>, Failure> {
    let Some(passkey) = passkeys::find(tx, credential)? else { return Ok(None) };
    let user = users::find(tx, passkey.user_id)?.filter(|user| user.status.is_active());
    Ok(user.map(|user| (passkey, user)))
}

/// The same, held until the transaction ends.
///
/// # Errors
/// The database fails.
pub fn held_owner(
    tx: &mut TenantTx<'_>,
    credential: &CredentialId,
) -> Result<Option<(Passkey, User)>, Failure> {
    let Some(passkey) = passkeys::find(tx, credential)? else { return Ok(None) };
    if !users::hold_active(tx, passkey.user_id)? {
        return Ok(None);
    }
    owner(tx, credential)
}

/// The names of what the person has, for a question to them.
///
/// # Errors
/// The database fails.
pub fn credentials(
    directory: &mut Directory<'_>,
    (scope, user): (&TenantScope, UserId),
) -> Result<Vec<CredentialId>, Failure> {
    let own = passkeys::of_user(&mut directory.enter(scope)?, user)?;
    Ok(own.into_iter().map(|passkey| passkey.credential_id).collect())
}
