//! The provider as the relying party sees it: discovery, the authorization URL, the exchange of the code, the end of
//! the session. All of it through the `openidconnect` crate, which checks what comes back.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreUserInfoClaims};
use openidconnect::{
    AccessToken, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IssuerUrl, LogoutRequest, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl, Scope, SubjectIdentifier,
    TokenResponse as _,
};
use tokio::sync::Mutex;
use url::Url;

use super::Registration;
use super::http;
use super::sessions::{Attempt, SignedIn};
use crate::verify::{TimeSource, Timestamp};

/// A client with all that discovery gives it.
type Discovered = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// How long metadata and keys are used before they are fetched again, so that a rotated key is found.
const METADATA_LIFE: Duration = Duration::from_secs(30);

struct Known {
    client: Discovered,
    end_session: Option<openidconnect::EndSessionUrl>,
}

/// The provider, asked for its metadata once.
pub(super) struct Provider {
    http: reqwest::Client,
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: ClientSecret,
    redirect: RedirectUrl,
    after_logout: PostLogoutRedirectUrl,
    resource: String,
    time: Arc<dyn TimeSource>,
    known: Mutex<Option<(Timestamp, Arc<Known>)>>,
}

/// Why the provider was of no help. The texts say what to look at; nothing of the provider's answer is in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// An address in the registration is none, or TLS cannot be set up.
    #[error("the relying party is set up wrongly")]
    Settings,
    /// The metadata could not be fetched, or is of another issuer.
    #[error("the provider's metadata could not be read")]
    Discovery,
    /// The provider refused the code.
    #[error("the provider did not exchange the code")]
    Exchange,
    /// The ID token is missing, or a check of it failed.
    #[error("the ID token is not good")]
    IdToken,
}

impl Provider {
    pub(super) fn new(registration: &Registration, time: Arc<dyn TimeSource>) -> Result<Self, ProviderError> {
        let own = |path: &str| registration.origin.join(path).map_err(|_| ProviderError::Settings);
        Ok(Self {
            http: http::client().map_err(|_| ProviderError::Settings)?,
            issuer: IssuerUrl::new(registration.issuer.clone()).map_err(|_| ProviderError::Settings)?,
            client_id: ClientId::new(registration.client_id.clone()),
            client_secret: ClientSecret::new(registration.client_secret.clone()),
            redirect: RedirectUrl::from_url(own("/callback")?),
            after_logout: PostLogoutRedirectUrl::from_url(own("/")?),
            resource: registration.resource.clone(),
            time,
            known: Mutex::new(None),
        })
    }

    /// The client for calls of the API, too.
    pub(super) const fn http(&self) -> &reqwest::Client {
        &self.http
    }

    async fn known(&self) -> Result<Arc<Known>, ProviderError> {
        let now = self.time.now();
        let mut known = self.known.lock().await;
        match known.as_ref() {
            Some((at, fresh)) if now.since(*at) < METADATA_LIFE => Ok(Arc::clone(fresh)),
            Some(_) | None => {
                let fresh = Arc::new(self.discover().await?);
                *known = Some((now, Arc::clone(&fresh)));
                Ok(fresh)
            }
        }
    }

    async fn discover(&self) -> Result<Known, ProviderError> {
        let send = |request| http::send(&self.http, request);
        let metadata = ProviderMetadataWithLogout::discover_async(self.issuer.clone(), &send)
            .await
            .map_err(|_| ProviderError::Discovery)?;
        let end_session = metadata.additional_metadata().end_session_endpoint.clone();
        let secret = Some(self.client_secret.clone());
        let client = CoreClient::from_provider_metadata(metadata, self.client_id.clone(), secret)
            .set_redirect_uri(self.redirect.clone());
        Ok(Known { client, end_session })
    }

    /// Where to send the browser, and what to remember meanwhile.
    pub(super) async fn begin(&self) -> Result<(Url, Attempt), ProviderError> {
        let known = self.known().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let (url, state, nonce) = known
            .client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(["profile", "email", "notes"].map(|scope| Scope::new(scope.to_owned())))
            .add_extra_param("resource", self.resource.clone())
            .set_pkce_challenge(challenge)
            .url();
        Ok((url, Attempt { state, nonce, verifier }))
    }

    /// Exchanges the code and checks the ID token: signature, issuer, audience, times, nonce (OIDC Core §3.1.3.7).
    pub(super) async fn finish(&self, code: String, attempt: Attempt) -> Result<SignedIn, ProviderError> {
        let known = self.known().await?;
        let send = |request| http::send(&self.http, request);
        let tokens = known
            .client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|_| ProviderError::Discovery)?
            .set_pkce_verifier(attempt.verifier)
            .request_async(&send)
            .await
            .map_err(|_| ProviderError::Exchange)?;
        let id_token = tokens.id_token().ok_or(ProviderError::IdToken)?;
        let now = self.now();
        let verifier = known.client.id_token_verifier().set_time_fn(move || now);
        let claims = id_token.claims(&verifier, &attempt.nonce).map_err(|_| ProviderError::IdToken)?;
        let access_token = tokens.access_token();
        let name = self.name(&known, access_token, claims.subject()).await;
        Ok(SignedIn {
            id_token: id_token.clone(),
            name: name.unwrap_or_else(|| claims.subject().to_string()),
            access_token: access_token.secret().clone(),
            last_answer: None,
        })
    }

    /// What to call the person, from the user info (OIDC Core §5.3); it must be about the one who signed in.
    async fn name(&self, known: &Known, token: &AccessToken, subject: &SubjectIdentifier) -> Option<String> {
        let send = |request| http::send(&self.http, request);
        let request = known.client.user_info(token.clone(), Some(subject.clone())).ok()?;
        let about: CoreUserInfoClaims = request.request_async(&send).await.ok()?;
        let full = about.name().and_then(|name| name.get(None)).map(|name| name.to_string());
        let given = about.given_name().and_then(|name| name.get(None)).map(|name| name.to_string());
        let family = about.family_name().and_then(|name| name.get(None)).map(|name| name.to_string());
        let parts: Vec<String> = given.into_iter().chain(family).collect();
        let joined = if parts.is_empty() { None } else { Some(parts.join(" ")) };
        full.or(joined).or_else(|| about.email().map(|email| email.to_string()))
    }

    /// Where to send the browser to sign out of the provider too (OIDC RP-Initiated Logout §2).
    pub(super) async fn end(&self, id_token: &CoreIdToken) -> Option<Url> {
        let known = self.known().await.ok()?;
        let request = LogoutRequest::from(known.end_session.clone()?)
            .set_id_token_hint(id_token)
            .set_post_logout_redirect_uri(self.after_logout.clone());
        Some(request.http_get_url())
    }

    fn now(&self) -> DateTime<Utc> {
        self.time.now().to_naive().and_utc()
    }
}
