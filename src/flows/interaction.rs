//! An authorization request that waits for a person, bound to the browser that brought it.

use serde::{Deserialize, Serialize};

use crate::model::ids::{ClientId, InteractionId, TenantId, UserId};
use crate::model::session::{Proof, SessionRef};
use crate::model::time::Timestamp;
use crate::protocol::acr::Acr;
use crate::protocol::claims_request::ClaimsRequest;
use crate::protocol::prompt::PromptSet;
use crate::protocol::response_mode::ResponseMode;
use crate::protocol::scope::ScopeSet;

/// An authorization request that waits, or a plain sign-in without a client. It belongs to the client's tenant (the
/// platform's where there is no client) until the person's own tenant is settled.
#[derive(Debug, Clone)]
pub struct Interaction {
    /// Its id, in every form of its pages.
    pub id: InteractionId,
    /// The tenant it is stored under: the client's owner.
    pub stored_in: TenantId,
    /// The client that asks; `None` for a plain sign-in at our own pages.
    pub client_id: Option<ClientId>,
    /// SHA-256 of the browser cookie that it is bound to, in hexadecimal: another browser cannot go on with it.
    pub browser_hash: String,
    /// What was asked, checked; `None` for a plain sign-in.
    pub request: Option<AuthorizationRequest>,
    /// How far it came.
    pub progress: Progress,
    /// When it began.
    pub created_at: Timestamp,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

/// A checked authorization request (OIDC Core §3.1.2.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// The redirect URI, exactly as it was matched.
    pub redirect_uri: String,
    /// How the answer travels.
    pub response_mode: ResponseMode,
    /// Returned exactly.
    pub state: Option<String>,
    /// Returned in the ID token.
    pub nonce: Option<String>,
    /// The scope asked for, cut to what the client may have.
    pub scope: ScopeSet,
    /// The resource servers asked for.
    pub resources: Vec<String>,
    /// The claims asked for one by one.
    pub claims: ClaimsRequest,
    /// PKCE, S256.
    pub code_challenge: Option<String>,
    /// `prompt`.
    pub prompt: PromptSet,
    /// `max_age` in seconds, or the client's default.
    pub max_age: Option<u64>,
    /// The strength that `acr_values` or the `claims` parameter aim for.
    pub acr: Option<WantedStrength>,
    /// `login_hint`: filled in on the identifier page.
    pub login_hint: Option<String>,
    /// `ui_locales`, for the pages.
    pub ui_locales: Option<String>,
    /// The person that `id_token_hint` or a `sub` claim names: nobody else may answer.
    pub subject: Option<String>,
    /// The tenant named by the client, the `tenant` parameter or the hint (D1, D2).
    pub tenant: Option<TenantId>,
    /// The `tenant` parameter, or the hash of one that is no name, where it names no tenant of this client: the same neutral pages, and
    /// nobody can sign in (D2). Failures are counted under it, as they are under a tenant's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_tenant: Option<String>,
}

/// A strength asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedStrength {
    /// The weakest that will do.
    pub acr: Acr,
    /// Nothing less will do (an essential `acr` claim); otherwise the request succeeds with what there is.
    pub essential: bool,
}

impl WantedStrength {
    /// Whether a sign-in of this strength is enough.
    pub fn is_met_by(self, proved: Option<Acr>) -> bool {
        proved.is_some_and(|proved| proved.satisfies(self.acr))
    }
}

/// How far an interaction came; changed only by our own pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What the person typed on the identifier page, as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// The tenant that the identifier page settled; `None` while it is open, or where the organisation that was typed
    /// does not exist (nobody can sign in then, and the page does not tell).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
    /// The organisation that was typed, where no tenant was settled: failures are counted under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// The account chosen: by signing in here, or in the chooser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<SessionRef>,
    /// The account for which a factor was proved in this interaction: what `prompt=login` and `max_age` want.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proved: Option<SessionRef>,
    /// Somebody who proved a factor here, and whom more is asked of before there is a session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
    /// Who may set up their first second factor here without another one (D33): this person came by an invitation, or by the link of
    /// an administrator. Nobody else who signs in here may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrols: Option<Enrols>,
    /// The page of ours that a sign-in without a request leads on to, of our own making; the home page where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<String>,
    /// The person asked to sign in as somebody else, or again: the pages come even though a session exists.
    #[serde(default)]
    pub signing_in: bool,
    /// The consent page was answered with yes, for exactly this account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consented: Option<SessionRef>,
    /// The sign-in is by the client's own forms and for these tokens, and has no page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_party: Option<FirstParty>,
    /// What was wrong with the last form, until the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
    /// When the answer to a form gave the browser a new cookie, until the next form: sent again soon after, by a browser that
    /// never read that answer, it is answered alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewed_at: Option<Timestamp>,
}

/// Somebody who may set up their first second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrols {
    /// Their tenant.
    pub tenant: TenantId,
    /// The person.
    pub user: UserId,
}

/// What a client that has its own forms wants tokens for (R15, D16), while the person signs in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstParty {
    /// The scope asked for.
    pub scope: ScopeSet,
    /// The resource servers asked for.
    pub resources: Vec<String>,
}

/// A person between the first factor and the session: nothing is open to them yet (P045).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The tenant they sign in to.
    pub tenant: TenantId,
    /// Who it is.
    pub user: UserId,
    /// What was proved in this interaction, in order. Nothing where somebody who is signed in has to prove more, or anew.
    pub proofs: Vec<Proof>,
    /// What their factors have to reach together; none where any factor, proved now, is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aim: Option<Acr>,
    /// Whether only what is proved in this interaction counts towards the aim, whatever the session holds.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anew: bool,
}

/// What came of the last form of the sign-in pages, where it did not lead on. It waits here, and the browser is sent to the page
/// by GET: going back never ends at the browser's question whether to send a form again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What was wrong.
    pub problem: Problem,
    /// The address as typed, where it was refused itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The organisation as typed with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
}

/// What can be wrong with such a form, or with whom it signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// It is no e-mail address.
    Username,
    /// The organisation is needed, or is no slug.
    Organisation,
    /// Address and password do not belong together, for whatever reason.
    PasswordWrong,
    /// The code is not the right one, or was used before.
    CodeWrong,
    /// The device's answer proves nothing.
    PasskeyWrong,
    /// The tenant asks for a second factor, and the person has none.
    NoSecondFactor,
    /// Somebody signed in, but not the person that the request names: nobody else may answer it.
    OtherAccount,
}

impl Told {
    /// A problem of which nothing is kept that was typed.
    pub const fn of(problem: Problem) -> Self {
        Self { problem, username: None, organisation: None }
    }
}
