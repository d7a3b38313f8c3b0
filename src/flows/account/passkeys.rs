//! A person's own passkeys. To see and name them it is enough to be signed in; to add or take one away, a factor has to have
//! been proved a moment ago (P048).

use std::time::Duration;

use super::{Fresh, NotSignedIn, Reprove, SignedIn, reprove};
use crate::flows::call::Call;
use crate::flows::factors::passkey::{
    self, AddRefusal, Added, Answer, Here, PasskeyRules, Question, RemoveRefusal,
};
use crate::model::failure::Failure;
use crate::model::ids::{InteractionHandle, PasskeyId};
use crate::model::passkey::{Passkey, PasskeyName};
use crate::storage::Directory;
use crate::storage::records::passkeys;

/// What the pages of passkeys show of an account.
#[derive(Debug, Clone)]
pub struct Mine {
    /// Whose they are.
    pub me: SignedIn,
    /// The passkeys, the oldest first.
    pub passkeys: Vec<Passkey>,
}

/// The browser that asks.
#[derive(Debug, Clone, Copy)]
pub struct Browser<'a> {
    /// The hash of its cookie.
    pub cookie_hash: &'a str,
    /// The page that it comes back to, where a factor has to be proved first.
    pub then: &'static str,
    /// How long that may take.
    pub life: Duration,
}

/// Why the account is not to be changed here and now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Nobody is signed in.
    Nobody,
    /// A factor has to be proved first, in this interaction.
    Stale(InteractionHandle),
}

/// Who is signed in in this browser, the first where there are several.
///
/// # Errors
/// The database fails.
pub fn me(
    directory: &mut Directory<'_>,
    call: &Call,
    cookie_hash: &str,
) -> Result<Option<SignedIn>, Failure> {
    Ok(match SignedIn::of_browser(directory, call, cookie_hash, None)? {
        Ok(me) => Some(me),
        Err(NotSignedIn::Nobody) => None,
        Err(NotSignedIn::Several(accounts)) => {
            let first = accounts.first().map(|account| account.session.id);
            SignedIn::of_browser(directory, call, cookie_hash, first)?.ok()
        }
    })
}

/// Their passkeys.
///
/// # Errors
/// The database fails.
pub fn mine(directory: &mut Directory<'_>, call: &Call, cookie_hash: &str) -> Result<Option<Mine>, Failure> {
    let Some(me) = me(directory, call, cookie_hash)? else { return Ok(None) };
    let passkeys = passkeys::of_user(&mut directory.enter(me.scope())?, me.user().id)?;
    Ok(Some(Mine { me, passkeys }))
}

/// The right to change them; where it is missing, the way to it.
fn fresh(
    directory: &mut Directory<'_>,
    call: &Call,
    browser: Browser<'_>,
) -> Result<Result<Fresh, Gate>, Failure> {
    let Some(me) = me(directory, call, browser.cookie_hash)? else { return Ok(Err(Gate::Nobody)) };
    if let Some(fresh) = me.fresh(call) {
        return Ok(Ok(fresh));
    }
    let wanted = Reprove { then: browser.then.to_owned(), life: browser.life, aim: None };
    let handle = reprove(directory, call, (&me, browser.cookie_hash), wanted)?;
    Ok(Err(Gate::Stale(handle)))
}

/// Asks the browser for a new passkey; no question where the person has enough of them, or the deployment has none.
///
/// # Errors
/// The database fails.
pub fn ask_to_add(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &PasskeyRules,
    browser: Browser<'_>,
) -> Result<Result<(Fresh, Option<Question>), Gate>, Failure> {
    let fresh = match fresh(directory, call, browser)? {
        Ok(fresh) => fresh,
        Err(gate) => return Ok(Err(gate)),
    };
    let here = Here { user: fresh.user().id, browser: browser.cookie_hash };
    let question = passkey::ask_to_add(&mut directory.enter(fresh.scope())?, call, rules, here)?;
    Ok(Ok((fresh, question)))
}

/// Adds the passkey that the browser made.
///
/// # Errors
/// The database fails.
pub fn add(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &PasskeyRules,
    browser: Browser<'_>,
    new: (&Answer, PasskeyName),
) -> Result<Result<Result<Added, AddRefusal>, Gate>, Failure> {
    let fresh = match fresh(directory, call, browser)? {
        Ok(fresh) => fresh,
        Err(gate) => return Ok(Err(gate)),
    };
    let here = Here { user: fresh.user().id, browser: browser.cookie_hash };
    passkey::add(&mut directory.enter(fresh.scope())?, call, rules, here, new).map(Ok)
}

/// Names one; false where there is none with this id.
///
/// # Errors
/// The database fails.
pub fn rename(
    directory: &mut Directory<'_>,
    call: &Call,
    cookie_hash: &str,
    (id, name): (PasskeyId, &PasskeyName),
) -> Result<Result<bool, Gate>, Failure> {
    let Some(me) = me(directory, call, cookie_hash)? else { return Ok(Err(Gate::Nobody)) };
    passkey::rename(&mut directory.enter(me.scope())?, me.user().id, id, name).map(Ok)
}

/// Takes one away.
///
/// # Errors
/// The database fails.
pub fn remove(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &PasskeyRules,
    browser: Browser<'_>,
    id: PasskeyId,
) -> Result<Result<Result<(), RemoveRefusal>, Gate>, Failure> {
    let fresh = match fresh(directory, call, browser)? {
        Ok(fresh) => fresh,
        Err(gate) => return Ok(Err(gate)),
    };
    let user = fresh.user().id;
    passkey::remove(&mut directory.enter(fresh.scope())?, call, rules, (user, id)).map(Ok)
}
