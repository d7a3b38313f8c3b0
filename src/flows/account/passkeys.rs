//! A person's own passkeys. To see and name them it is enough to be signed in; to add or take one away, a factor has to have
//! been proved a moment ago (P048).

use super::{Fresh, SignedIn};
use crate::flows::call::Call;
use crate::flows::factors::passkey::{
    self, AddRefusal, Added, Answer, Here, PasskeyRules, Question, RemoveRefusal,
};
use crate::model::failure::Failure;
use crate::model::ids::PasskeyId;
use crate::model::passkey::{Passkey, PasskeyName};
use crate::storage::records::passkeys;
use crate::storage::{Directory, TenantTx};

/// What came of the answer to a question for a new passkey.
#[derive(Debug)]
pub enum Made {
    /// It is added.
    Added(Added),
    /// It was added before by this very answer: the form came twice.
    Before,
    /// It is not.
    Refused(AddRefusal),
}

/// Their passkeys, the oldest first.
///
/// # Errors
/// The database fails.
pub fn of(tx: &mut TenantTx<'_>, who: &SignedIn) -> Result<Vec<Passkey>, Failure> {
    passkeys::of_user(tx, who.user().id)
}

/// Asks the browser with this cookie for a new passkey; no question where the person has enough of them, or the deployment has
/// none.
///
/// # Errors
/// The database fails.
pub fn ask_to_add(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &PasskeyRules,
    (fresh, cookie_hash): (&Fresh, &str),
) -> Result<Option<Question>, Failure> {
    let here = Here { user: fresh.user().id, browser: cookie_hash };
    passkey::ask_to_add(&mut directory.enter(fresh.scope())?, call, rules, here)
}

/// Adds the passkey that the browser made.
///
/// # Errors
/// The database fails.
pub fn add(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &PasskeyRules,
    (fresh, cookie_hash): (&Fresh, &str),
    (answer, name): (&Answer, PasskeyName),
) -> Result<Made, Failure> {
    let here = Here { user: fresh.user().id, browser: cookie_hash };
    let tx = &mut directory.enter(fresh.scope())?;
    Ok(match passkey::add(tx, call, rules, here, (answer, name))? {
        Ok(added) => Made::Added(added),
        Err(AddRefusal::Expired) if passkey::has(tx, here.user, answer)? => Made::Before,
        Err(refusal) => Made::Refused(refusal),
    })
}

/// Names one; false where there is none with this id.
///
/// # Errors
/// The database fails.
pub fn rename(
    directory: &mut Directory<'_>,
    who: &SignedIn,
    (id, name): (PasskeyId, &PasskeyName),
) -> Result<bool, Failure> {
    passkey::rename(&mut directory.enter(who.scope())?, who.user().id, id, name)
}

/// Takes one away.
///
/// # Errors
/// The database fails.
pub fn remove(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &PasskeyRules,
    fresh: &Fresh,
    id: PasskeyId,
) -> Result<Result<(), RemoveRefusal>, Failure> {
    passkey::remove(&mut directory.enter(fresh.scope())?, call, rules, (fresh.user().id, id))
}
