//! The account chooser: accounts proved in this browser, and where they are guests, and nothing else (D1, D4). Going on as another
//! account changes the cookie (P069).

use super::SignInRules;
use super::guests::{self, Guest};
use super::proved::{self, NotEnough, Proved};
use super::visit::Visit;
use crate::flows::call::Call;
use crate::flows::interaction::{Problem, Told};
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
    /// An account by its session, which counts only if it is signed in in this browser, as a guest of this tenant.
    Guest(SessionId, TenantId),
    /// None of these.
    Other,
}

/// Where it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// With the account of this person; the browser has a new cookie.
    Account(InteractionHandle, TenantId, UserId),
    /// As a guest, as far as the host's policy lets them: with a session, or with a second factor.
    Guest(Proved),
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
    /// The host's policy does not admit the guest; the page says so.
    NotAdmitted,
}

/// What there is to choose from.
#[derive(Debug)]
pub struct Choices {
    /// The interaction.
    pub visit: Visit,
    /// The accounts.
    pub accounts: Vec<LiveAccount>,
    /// Where they would go on as guests.
    pub guests: Vec<Guest>,
}

/// The accounts to choose from, for an open interaction.
pub fn choices(
    directory: &mut Directory<'_>,
    call: &Call,
    handle: InteractionHandle,
    cookie_hash: &str,
) -> Result<Option<Choices>, Failure> {
    let Some(visit) = Visit::open(directory, call, Some(handle), cookie_hash)? else { return Ok(None) };
    let accounts = visit.accounts(directory, call, cookie_hash)?;
    let guests = visit.guests(directory, call, cookie_hash)?;
    Ok(Some(Choices { visit, accounts, guests }))
}

/// Goes on with the choice.
pub fn choose(
    directory: &mut Directory<'_>,
    (call, rules): (&Call, &SignInRules),
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
    if let Choice::Guest(home, host) = choice {
        return as_guest(directory, call, rules, (visit, home, host), cookie);
    }
    let accounts = visit.accounts(directory, call, cookie.old)?;
    let Some(mut interaction) = visit.interaction else { return Ok(Err(ChooseRefusal::Expired)) };
    let chosen = match choice {
        Choice::Other | Choice::Guest(..) => {
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

/// Goes on as a guest. Where the host does not let them in, the page says that, and nothing else has changed.
fn as_guest(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &SignInRules,
    (visit, home, host): (Visit, SessionId, TenantId),
    cookie: CookieChange<'_>,
) -> Result<Result<Chosen, ChooseRefusal>, Failure> {
    let guests = visit.guests(directory, call, cookie.old)?;
    let is_chosen = |guest: &&Guest| guest.home.session.id == home && guest.scope.id() == host;
    let Some(guest) = guests.iter().find(is_chosen) else { return Ok(Err(ChooseRefusal::NotHere)) };
    let interaction = visit.interaction.clone();
    Ok(match guests::go_on(directory, call, rules, (visit, &guest.home, &guest.scope), cookie)? {
        Ok(proved) => Ok(Chosen::Guest(proved)),
        Err(NotEnough::Expired) => Err(ChooseRefusal::Expired),
        Err(NotEnough::Refused(_) | NotEnough::NoSecondFactor(_)) => {
            if let Some(mut interaction) = interaction {
                interaction.progress.told = Some(Told::of(Problem::NoSecondFactor));
                interaction_store::save_progress(directory, &interaction)?;
            }
            Err(ChooseRefusal::NotAdmitted)
        }
    })
}

/// The same choice once more. The new cookie opens the accounts that the old one opened, and no others.
fn chosen_before(
    directory: &mut Directory<'_>,
    call: &Call,
    visit: &Visit,
    choice: Choice,
    cookie: CookieChange<'_>,
) -> Result<Result<Chosen, ChooseRefusal>, Failure> {
    let chosen = match choice {
        Choice::Account(sid) => {
            let accounts = visit.accounts(directory, call, cookie.new)?;
            visit.interaction.as_ref().and_then(|interaction| {
                let account = accounts.iter().find(|account| account.session.id == sid)?;
                let is_same = interaction.progress.account == Some(account.reference());
                is_same.then(|| Chosen::Account(interaction.handle(), account.scope.id(), account.user.id))
            })
        }
        Choice::Guest(home, host) => {
            // A request to the host does not ask for the account at home, which is in this browser all the same.
            let accounts = session::live_accounts(directory, call, cookie.new)?;
            match accounts.iter().find(|account| account.session.id == home) {
                Some(home) => proved::went_on_before(directory, call, visit, (host, home.user.id))?,
                None => None,
            }
            .map(Chosen::Guest)
        }
        Choice::Other => None,
    };
    Ok(chosen.ok_or(ChooseRefusal::Expired))
}
