//! A visit of a sign-in page: the interaction that waits, who asks, and which tenant that settles (D1).

use std::time::Duration;

use super::Destination;
use super::guests::{self, Guest};
use crate::flows::active_client::ActiveClient;
use crate::flows::call::Call;
use crate::flows::interaction::{AuthorizationRequest, Enrols, Interaction, Pending, Problem, Told};
use crate::flows::interaction_store;
use crate::flows::session::{CookieChange, LiveAccount, live_accounts};
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::ids::{ClientId, InteractionHandle, TenantId, UserId};
use crate::model::session::Factor;
use crate::storage::records::{browser_sessions, memberships, policies, sessions, users};
use crate::storage::{Directory, TenantScope};

/// How long after a form changed the browser's cookie the same form gets the same answer.
const SENT_AGAIN: Duration = Duration::from_mins(1);

/// What a sign-in page is shown for.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The request that waits; none for a plain sign-in that has just begun.
    pub interaction: Option<Interaction>,
    /// Who asks; none for a plain sign-in.
    pub asker: Option<ActiveClient>,
}

impl Visit {
    /// Opens a page. `None` where the handle names no open interaction of this browser, or one of a client that may no
    /// longer be used.
    pub fn open(
        directory: &mut Directory<'_>,
        call: &Call,
        handle: Option<InteractionHandle>,
        cookie_hash: &str,
    ) -> Result<Option<Self>, Failure> {
        let Some(handle) = handle else { return Ok(Some(Self { interaction: None, asker: None })) };
        let Some(interaction) = interaction_store::load(directory, call, handle, cookie_hash)? else {
            return Ok(None);
        };
        let asker = match &interaction.client_id {
            None => None,
            Some(id) => match ActiveClient::find(directory, id)? {
                Some(asker) if asker.client.status.stood_at(interaction.created_at) => Some(asker),
                Some(_) | None => return Ok(None),
            },
        };
        Ok(Some(Self { interaction: Some(interaction), asker }))
    }

    /// Opens the page whose form is answered now. Where it is the very form that a moment ago gave the browser its new cookie, the
    /// browser comes with the old one because that answer never reached it; the interaction is bound to the new one then
    /// ([`Visit::is_answered`]).
    pub fn answer(
        directory: &mut Directory<'_>,
        call: &Call,
        handle: InteractionHandle,
        cookie: CookieChange<'_>,
    ) -> Result<Option<Self>, Failure> {
        let open = Self::open(directory, call, Some(handle), cookie.old)?;
        if open.is_some() {
            return Ok(open);
        }
        let answered = Self::open(directory, call, Some(handle), cookie.new)?;
        Ok(answered.filter(|visit| visit.interaction.as_ref().is_some_and(|it| was_just_renewed(it, call))))
    }

    /// Whether this change of the cookie has happened: the form is here a second time, and changes nothing.
    pub fn is_answered(&self, cookie: CookieChange<'_>) -> bool {
        self.interaction.as_ref().is_some_and(|interaction| interaction.browser_hash == cookie.new)
    }

    /// The request that waits.
    pub fn request(&self) -> Option<&AuthorizationRequest> {
        self.interaction.as_ref()?.request.as_ref()
    }

    /// Whether this is a sign-in by a client's own forms: nobody knows where the person is then, for the request comes from the
    /// client.
    pub fn is_by_client(&self) -> bool {
        self.interaction.as_ref().is_some_and(|interaction| interaction.progress.first_party.is_some())
    }

    /// What was wrong with the last form.
    pub fn told(&self) -> Option<&Told> {
        self.interaction.as_ref()?.progress.told.as_ref()
    }

    /// Whether the person has just signed in as somebody else than the one whom the request names.
    pub fn asked_for_another(&self) -> bool {
        self.told().is_some_and(|told| told.problem == Problem::OtherAccount)
    }

    /// Whether this person may set up their first second factor here.
    pub fn may_enrol(&self, tenant: TenantId, user: UserId) -> bool {
        self.enrols() == Some(Enrols { tenant, user })
    }

    fn enrols(&self) -> Option<Enrols> {
        self.interaction.as_ref()?.progress.enrols
    }

    /// The person who proved a factor here and has no session yet.
    pub fn pending(&self) -> Option<&Pending> {
        self.interaction.as_ref()?.progress.pending.as_ref()
    }

    /// The same, if it is this one.
    pub fn pending_of(&self, tenant: TenantId, user: UserId) -> Option<&Pending> {
        self.pending().filter(|pending| pending.tenant == tenant && pending.user == user)
    }

    /// The address and the destination that the identifier page settled.
    pub fn named(&self) -> Option<(Email, Destination)> {
        let progress = &self.interaction.as_ref()?.progress;
        let email: Email = progress.identifier.as_deref()?.parse().ok()?;
        let destination = match (progress.tenant, &progress.organisation) {
            (Some(tenant), _) if self.admits(tenant) => Destination::Tenant(tenant),
            (Some(tenant), _) => Destination::Nowhere(tenant.to_string()),
            (None, given) => Destination::Nowhere(given.clone().unwrap_or_default()),
        };
        Some((email, destination))
    }

    /// Whether the page offers this way in. Only the policy of a tenant that the request itself has settled may hide it: were
    /// that of another asked, the page would tell which organisations there are (D2).
    ///
    /// # Errors
    /// The database fails.
    pub fn offers(&self, directory: &mut Directory<'_>, factor: Factor) -> Result<bool, Failure> {
        match self.shown_tenant().cloned() {
            Some(scope) => Ok(policies::find(&mut directory.enter(&scope)?)?.allows(factor)),
            None => Ok(true),
        }
    }

    /// Whether the page shows guests the way over their home. Only the policy and the guests of a tenant that the request itself has
    /// settled may hide it, as with [`Visit::offers`]; nobody needs it where people of any tenant may answer.
    ///
    /// # Errors
    /// The database fails.
    pub fn offers_guests(&self, directory: &mut Directory<'_>) -> Result<bool, Failure> {
        if self.settled().is_none() {
            return Ok(false);
        }
        match self.shown_tenant().cloned() {
            Some(scope) => {
                let mut tx = directory.enter(&scope)?;
                Ok(policies::find(&mut tx)?.guests.allowed && memberships::any(&mut tx)?)
            }
            None => Ok(true),
        }
    }

    /// The client that asks.
    pub fn client_id(&self) -> Option<&ClientId> {
        self.interaction.as_ref()?.client_id.as_ref()
    }

    /// The tenant whose name may stand on the page.
    pub fn shown_tenant(&self) -> Option<&TenantScope> {
        self.asker.as_ref()?.shown_tenant()
    }

    /// Whether people of this tenant may answer.
    pub fn admits(&self, tenant: TenantId) -> bool {
        self.asker.as_ref().is_none_or(|asker| asker.client.serves(tenant))
    }

    /// Where the sign-in goes by the client or the `tenant` parameter; `None` where both leave it open.
    pub fn settled(&self) -> Option<Destination> {
        let request = self.request();
        if let Some(given) = request.and_then(|request| request.unknown_tenant.clone()) {
            return Some(Destination::Nowhere(given));
        }
        let named = request.and_then(|request| request.tenant);
        let own = || self.shown_tenant().map(TenantScope::id);
        named.or_else(own).map(|tenant| {
            if self.admits(tenant) {
                Destination::Tenant(tenant)
            } else {
                Destination::Nowhere(tenant.to_string())
            }
        })
    }

    /// The tenant that this address names where nothing else does: by its verified domain, or by an account that this
    /// browser remembers.
    pub fn tenant_of_address(
        &self,
        directory: &mut Directory<'_>,
        cookie_hash: &str,
        email: &Email,
    ) -> Result<Option<TenantId>, Failure> {
        let by_domain = directory.domain_owner(email.domain())?.map(|scope| scope.id());
        if let Some(tenant) = by_domain.filter(|tenant| self.admits(*tenant)) {
            return Ok(Some(tenant));
        }
        remembered(directory, cookie_hash, email, |tenant| self.admits(tenant))
    }

    /// What the identifier page has in its field when it is shown first: what was typed before, a hint, or the one
    /// account of this browser that may answer.
    pub fn likely_username(
        &self,
        directory: &mut Directory<'_>,
        call: &Call,
        cookie_hash: &str,
    ) -> Result<String, Failure> {
        let typed = self.interaction.as_ref().and_then(|interaction| interaction.progress.identifier.clone());
        let hint = || self.request().and_then(|request| request.login_hint.clone());
        if let Some(name) = typed.or_else(hint) {
            return Ok(name);
        }
        // Whoever chose to use another account does not mean the one that is signed in.
        let anew = self.interaction.as_ref().is_none_or(|it| it.progress.signing_in);
        let accounts = if anew { Vec::new() } else { self.accounts(directory, call, cookie_hash)? };
        Ok(match accounts.as_slice() {
            [only] => only.user.email.clone(),
            _ => String::new(),
        })
    }

    /// Whether the identifier page asks for the organisation, with this in its other field (D1).
    pub fn asks_organisation(
        &self,
        directory: &mut Directory<'_>,
        cookie_hash: &str,
        username: &str,
    ) -> Result<bool, Failure> {
        if self.settled().is_some() {
            return Ok(false);
        }
        match username.parse::<Email>() {
            Ok(email) => Ok(self.tenant_of_address(directory, cookie_hash, &email)?.is_none()),
            Err(_) => Ok(true),
        }
    }

    /// The accounts of this browser that may answer: only those of the tenant and the person that are settled, if any. Where there is
    /// no request, there is nothing that a session could answer.
    pub fn accounts(
        &self,
        directory: &mut Directory<'_>,
        call: &Call,
        cookie_hash: &str,
    ) -> Result<Vec<LiveAccount>, Failure> {
        if self.request().is_none() {
            return Ok(Vec::new());
        }
        let settled = self.settled();
        let mut accounts = live_accounts(directory, call, cookie_hash)?;
        accounts.retain(|account| self.may_answer(settled.as_ref(), account.scope.id(), account.user.id));
        Ok(accounts)
    }

    /// The same of those who would come in as guests (D4).
    ///
    /// # Errors
    /// The database fails.
    pub fn guests(
        &self,
        directory: &mut Directory<'_>,
        call: &Call,
        cookie_hash: &str,
    ) -> Result<Vec<Guest>, Failure> {
        let settled = self.settled();
        let mut guests = guests::of_browser(directory, call, cookie_hash)?;
        guests.retain(|guest| self.may_answer(settled.as_ref(), guest.scope.id(), guest.user.id));
        Ok(guests)
    }

    fn may_answer(&self, settled: Option<&Destination>, tenant: TenantId, user: UserId) -> bool {
        let wanted = self.request().and_then(|request| request.subject.as_ref());
        // A link lets in one person.
        self.enrols().is_none_or(|one| one == Enrols { tenant, user })
            && wanted.is_none_or(|wanted| *wanted == user.to_string())
            && settled.map_or_else(|| self.admits(tenant), |it| *it == Destination::Tenant(tenant))
    }
}

fn was_just_renewed(interaction: &Interaction, call: &Call) -> bool {
    interaction.progress.renewed_at.is_some_and(|at| at.is_younger_than(SENT_AGAIN, call.now))
}

/// The tenant of an account with this address that was proved in this browser, even if its session has passed since.
fn remembered(
    directory: &mut Directory<'_>,
    cookie_hash: &str,
    email: &Email,
    admits: impl Fn(TenantId) -> bool,
) -> Result<Option<TenantId>, Failure> {
    let Some(browser) = browser_sessions::find(directory, cookie_hash)? else { return Ok(None) };
    for account in browser.accounts.into_iter().rev().filter(|account| admits(account.tenant_id)) {
        let Some(scope) = directory.tenant(account.tenant_id)? else { continue };
        let mut tx = directory.enter(&scope)?;
        let Some(session) = sessions::find(&mut tx, account.sid)? else { continue };
        let user = users::find(&mut tx, session.user_id)?;
        if user.is_some_and(|user| user.email_canonical == email.canonical()) {
            return Ok(Some(scope.id()));
        }
    }
    Ok(None)
}
