//! What happens next: a page, an error, or a code. Pure: it judges the request, how far it came, and the accounts that
//! this browser has live at this moment.

use std::time::Duration;

use crate::flows::interaction::{AuthorizationRequest, Interaction};
use crate::flows::session::LiveAccount;
use crate::model::client::Client;
use crate::model::session::SessionRef;
use crate::model::time::Timestamp;
use crate::protocol::acr::{Acr, acr};
use crate::protocol::oauth_error::ErrorCode;
use crate::protocol::prompt::Prompt;

use super::parameters::AuthorizeRefusal;

/// The next step.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// A factor must be proved.
    SignIn,
    /// The person must choose an account.
    Choose,
    /// This account is the one, and the person can prove what is missing to the strength that was asked for (D13).
    StepUp(SessionRef),
    /// This account is the one, and the person must be asked for consent.
    Consent(SessionRef),
    /// This account gets a code.
    Issue(SessionRef),
    /// Back to the client with an error.
    Refuse(AuthorizeRefusal),
}

/// What is asked only when it matters.
pub(super) trait Asks<E> {
    /// Whether an earlier consent covers the request (D17, P008).
    fn consent(&mut self, account: &LiveAccount) -> Result<bool, E>;

    /// Whether the person has factors by which the session would reach this strength.
    fn can_reach(&mut self, account: &LiveAccount, aim: Acr) -> Result<bool, E>;
}

/// Decides.
pub(super) fn decide<E>(
    interaction: &Interaction,
    request: &AuthorizationRequest,
    client: &Client,
    (accounts, now): (&[LiveAccount], Timestamp),
    asks: &mut dyn Asks<E>,
) -> Result<Decision, E> {
    let silent = request.prompt.contains(Prompt::None);
    let candidates: Vec<&LiveAccount> =
        accounts.iter().filter(|account| is_candidate(account, request, client)).collect();
    let chosen = match choose(interaction, request, &candidates) {
        Ok(account) => account,
        Err(_) if silent && candidates.len() > 1 => {
            return Ok(Decision::Refuse((ErrorCode::AccountSelectionRequired, "An account must be chosen.")));
        }
        // One text, so that the client does not learn that somebody else is.
        Err(_) if silent => {
            return Ok(Decision::Refuse((ErrorCode::LoginRequired, "Nobody who may answer is signed in.")));
        }
        Err(page) => return Ok(page),
    };
    if !is_recent_enough(chosen, interaction, request, now) {
        return Ok(if silent {
            Decision::Refuse((ErrorCode::LoginRequired, "The sign-in is too old."))
        } else {
            Decision::SignIn
        });
    }
    if let Some(wanted) = request.acr {
        let proved = acr(chosen.session.proofs.iter().map(|proof| proof.factor));
        let short = !wanted.is_met_by(proved);
        if short && !silent && asks.can_reach(chosen, wanted.acr)? {
            return Ok(Decision::StepUp(chosen.reference()));
        }
        if short && wanted.essential {
            return Ok(Decision::Refuse((
                ErrorCode::UnmetAuthenticationRequirements,
                "The acr asked for cannot be reached.",
            )));
        }
    }
    let selected = chosen.reference();
    let asked_now = interaction.progress.consented == Some(selected);
    let must_ask = request.prompt.contains(Prompt::Consent) && !client.is_first_party();
    if asked_now || (!must_ask && asks.consent(chosen)?) {
        Ok(Decision::Issue(selected))
    } else if silent {
        Ok(Decision::Refuse((ErrorCode::ConsentRequired, "The consent is missing.")))
    } else {
        Ok(Decision::Consent(selected))
    }
}

/// Whether this account may answer the request at all.
pub(super) fn is_candidate(account: &LiveAccount, request: &AuthorizationRequest, client: &Client) -> bool {
    let tenant = account.scope.id();
    request.unknown_tenant.is_none()
        && client.serves(tenant)
        && request.tenant.is_none_or(|wanted| wanted == tenant)
        && request.subject.as_ref().is_none_or(|wanted| *wanted == account.user.id.to_string())
}

fn choose<'a>(
    interaction: &Interaction,
    request: &AuthorizationRequest,
    candidates: &[&'a LiveAccount],
) -> Result<&'a LiveAccount, Decision> {
    let progress = &interaction.progress;
    if let Some(wanted) = progress.account
        && let Some(account) = candidates.iter().find(|account| account.reference() == wanted)
    {
        return Ok(account);
    }
    if progress.signing_in || candidates.is_empty() {
        return Err(Decision::SignIn);
    }
    match candidates {
        [only] if !request.prompt.contains(Prompt::SelectAccount) => Ok(only),
        _ => Err(Decision::Choose),
    }
}

/// How long a proof that was made for the request itself is recent, however short `max_age` is: the time for the pages
/// that come after it.
const IN_HAND: Duration = Duration::from_mins(10);

/// `prompt=login` wants a factor proved for this request; `max_age` one proved not too long ago, or for this request
/// (OIDC Core §3.1.2.1, D13, P006).
fn is_recent_enough(
    account: &LiveAccount,
    interaction: &Interaction,
    request: &AuthorizationRequest,
    now: Timestamp,
) -> bool {
    let proved = account.session.auth_time();
    let limit = request.max_age.map(Duration::from_secs);
    if interaction.progress.proved == Some(account.reference()) {
        return limit.is_none_or(|limit| proved.is_younger_across_nodes(limit.max(IN_HAND), now));
    }
    !request.prompt.contains(Prompt::Login)
        && limit.is_none_or(|limit| proved.is_younger_across_nodes(limit, now))
}
