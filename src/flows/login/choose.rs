//! The account chooser: accounts proved in this browser, and nothing else (D1). Going on as another account changes the
//! cookie (P069).

use super::visit::Visit;
use crate::flows::call::Call;
use crate::flows::interaction_store;
use crate::flows::session::{self, CookieChange, LiveAccount};
use crate::model::failure::Failure;
use crate::model::ids::{InteractionHandle, SessionId, TenantId, UserId};
use crate::storage::Directory;

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// An account, by its session; it counts only if it is signed in in this browser.
    Account(SessionId),
    /// None of these.
    Other,
}

/// Where it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// With the account of this person; the browser has a new cookie.
    Account(InteractionHandle, TenantId, UserId),
    /// With the identifier page.
    SignIn(InteractionHandle),
}

/// Why nothing was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChooseRefusal {
    /// There is no open interaction of this browser with that handle.
    Expired,
    /// The account is not, or no longer, signed in here, or may not answer this request.
    NotHere,
}

/// The accounts to choose from, for an open interaction.
pub fn choices(
    directory: &mut Directory<'_>,
    call: &Call,
    handle: InteractionHandle,
    cookie_hash: &str,
) -> Result<Option<(Visit, Vec<LiveAccount>)>, Failure> {
    let Some(visit) = Visit::open(directory, call, Some(handle), cookie_hash)? else { return Ok(None) };
    let accounts = visit.accounts(directory, call, cookie_hash)?;
    Ok(Some((visit, accounts)))
}

/// Goes on with the choice.
pub fn choose(
    directory: &mut Directory<'_>,
    call: &Call,
    handle: InteractionHandle,
    choice: Choice,
    cookie: CookieChange<'_>,
) -> Result<Result<Chosen, ChooseRefusal>, Failure> {
    interaction_store::hold(directory, handle, cookie.old)?;
    let Some(visit) = Visit::answer(directory, call, handle, cookie)? else {
        return Ok(Err(ChooseRefusal::Expired));
    };
    if visit.is_answered(cookie) {
        return chosen_before(directory, call, &visit, choice, cookie);
    }
    let accounts = visit.accounts(directory, call, cookie.old)?;
    let Some(mut interaction) = visit.interaction else { return Ok(Err(ChooseRefusal::Expired)) };
    let chosen = match choice {
        Choice::Other => {
            interaction.progress.account = None;
            interaction.progress.signing_in = true;
            interaction.progress.renewed_at = None;
            Chosen::SignIn(handle)
        }
        Choice::Account(sid) => {
            let Some(account) = accounts.iter().find(|account| account.session.id == sid) else {
                return Ok(Err(ChooseRefusal::NotHere));
            };
            session::rotate(directory, call, cookie)?;
            session::move_interactions(directory, interaction.stored_in, cookie)?;
            session::touch(&mut directory.enter(&account.scope)?, call, account)?;
            interaction.progress.account = Some(account.reference());
            interaction.progress.signing_in = false;
            interaction.progress.renewed_at = Some(call.now);
            Chosen::Account(handle, account.scope.id(), account.user.id)
        }
    };
    let saved = interaction_store::save_progress(directory, &interaction)?;
    Ok(if saved { Ok(chosen) } else { Err(ChooseRefusal::Expired) })
}

/// The same choice once more. The new cookie opens the accounts that the old one opened, and no others.
fn chosen_before(
    directory: &mut Directory<'_>,
    call: &Call,
    visit: &Visit,
    choice: Choice,
    cookie: CookieChange<'_>,
) -> Result<Result<Chosen, ChooseRefusal>, Failure> {
    let accounts = visit.accounts(directory, call, cookie.new)?;
    let chosen = visit.interaction.as_ref().and_then(|interaction| {
        let account = accounts.iter().find(|account| Choice::Account(account.session.id) == choice)?;
        let is_same = interaction.progress.account == Some(account.reference());
        is_same.then(|| Chosen::Account(interaction.handle(), account.scope.id(), account.user.id))
    });
    Ok(chosen.ok_or(ChooseRefusal::Expired))
}
