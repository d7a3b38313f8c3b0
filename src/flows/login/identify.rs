//! The first step of a sign-in: the address that was typed, and which tenant it leads to (D1). No account is looked up.

use std::time::Duration;

use super::Destination;
use super::visit::Visit;
use crate::flows::call::Call;
use crate::flows::interaction::{Problem, Progress, Told};
use crate::flows::interaction_store;
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::ids::{InteractionHandle, Slug, TenantId};
use crate::storage::Directory;

/// What the fields of the page take, in characters.
const LONGEST_USERNAME: usize = 320;
const LONGEST_ORGANISATION: usize = 40;

/// What stood in the fields.
#[derive(Debug, Clone)]
pub struct Typed {
    /// The e-mail address.
    pub username: String,
    /// The organisation's slug, where it was asked for.
    pub organisation: Option<String>,
    /// The page of ours that a sign-in which begins here leads on to.
    pub then: Option<String>,
}

/// Why the page is shown again. Each follows from what was typed and from public settings alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentifyRefusal {
    /// There is no open interaction of this browser with that handle.
    Expired,
    /// What was typed is wrong; noted with the interaction, where there is one and the form is whole.
    Form(Problem),
}

impl Typed {
    /// Whether something stands in every field. A form that is not whole is refused on the spot (P041).
    pub fn is_whole(&self) -> bool {
        let empty = |text: &str| text.trim().is_empty();
        !empty(&self.username) && !self.organisation.as_deref().is_some_and(empty)
    }

    /// What is kept of it for the page, as much as its fields take.
    fn refused_for(&self, problem: Problem) -> Told {
        let kept = |text: &str, most: usize| Some(text.chars().take(most).collect());
        Told {
            problem,
            username: kept(&self.username, LONGEST_USERNAME),
            organisation: self.organisation.as_deref().and_then(|text| kept(text, LONGEST_ORGANISATION)),
        }
    }
}

/// Takes the address, settles where it leads, and gives the handle for the next page. A plain sign-in gets its
/// interaction here, with this much time.
pub fn identify(
    directory: &mut Directory<'_>,
    call: &Call,
    (handle, cookie_hash): (Option<InteractionHandle>, &str),
    typed: &Typed,
    life: Duration,
) -> Result<Result<InteractionHandle, IdentifyRefusal>, Failure> {
    if let Some(handle) = handle {
        interaction_store::hold(directory, handle, cookie_hash)?;
    }
    let Some(visit) = Visit::open(directory, call, handle, cookie_hash)? else {
        return Ok(Err(IdentifyRefusal::Expired));
    };
    let (email, destination) = match judge(directory, &visit, cookie_hash, typed)? {
        Ok(settled) => settled,
        Err(problem) => {
            if let Some(mut interaction) = visit.interaction.filter(|_| typed.is_whole()) {
                interaction.progress.told = Some(typed.refused_for(problem));
                interaction_store::save_progress(directory, &interaction)?;
            }
            return Ok(Err(IdentifyRefusal::Form(problem)));
        }
    };
    let (tenant, organisation) = match destination {
        Destination::Tenant(tenant) => (Some(tenant), None),
        Destination::Nowhere(given) => (None, Some(given)),
    };
    let progress = Progress {
        identifier: Some(email.spelling().to_owned()),
        tenant,
        organisation,
        signing_in: true,
        ..Progress::default()
    };
    if let Some(mut interaction) = visit.interaction {
        interaction.progress = Progress { first_party: interaction.progress.first_party.take(), ..progress };
        let saved = interaction_store::save_progress(directory, &interaction)?;
        return Ok(if saved { Ok(interaction.handle()) } else { Err(IdentifyRefusal::Expired) });
    }
    let progress = Progress { then: typed.then.clone(), ..progress };
    let interaction = interaction_store::begin_plain(directory, call, (cookie_hash, life), progress)?;
    Ok(Ok(interaction.handle()))
}

/// The address and where it leads, or what is wrong with the form.
fn judge(
    directory: &mut Directory<'_>,
    visit: &Visit,
    cookie_hash: &str,
    typed: &Typed,
) -> Result<Result<(Email, Destination), Problem>, Failure> {
    let Ok(email) = typed.username.parse::<Email>() else { return Ok(Err(Problem::Username)) };
    let destination = settle(directory, visit, cookie_hash, &email, typed)?;
    Ok(destination.map(|destination| (email, destination)).ok_or(Problem::Organisation))
}

/// Where the sign-in goes; `None` where the organisation must still be named. An organisation that was named is followed,
/// and leads nowhere where it does not exist: were it to give way to what the address names, the difference would tell
/// which ones exist (D2).
fn settle(
    directory: &mut Directory<'_>,
    visit: &Visit,
    cookie_hash: &str,
    email: &Email,
    typed: &Typed,
) -> Result<Option<Destination>, Failure> {
    if let Some(destination) = visit.settled() {
        return Ok(Some(destination));
    }
    let slug = typed.organisation.as_deref().and_then(|text| {
        let text = text.trim().to_lowercase();
        text.parse::<Slug>().ok()
    });
    let named: Option<TenantId> = match &slug {
        Some(slug) => directory.tenant_by_slug(slug)?.map(|scope| scope.id()),
        None => None,
    };
    if let Some(tenant) = named.filter(|tenant| visit.admits(*tenant)) {
        return Ok(Some(Destination::Tenant(tenant)));
    }
    if let Some(slug) = slug {
        return Ok(Some(Destination::Nowhere(slug.to_string())));
    }
    Ok(visit.tenant_of_address(directory, cookie_hash, email)?.map(Destination::Tenant))
}
