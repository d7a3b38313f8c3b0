//! A relying party by other hands: the `openidconnect` crate judges discovery, signatures and claims.

use std::sync::Arc;

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreResponseMode, CoreTokenResponse,
    CoreUserInfoClaims,
};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndSessionUrl, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IssuerUrl, LogoutRequest, Nonce, NonceVerifier,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout, RedirectUrl, Scope, TokenResponse as _,
};
use symbolon::effects::{Clock as _, TestClock};

use super::jar::client;
use super::seed::Registered;
use super::server::TestServer;

type Configured = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A relying party that has read the metadata of the server.
pub(crate) struct RelyingParty {
    client: Configured,
    leave: EndSessionUrl,
    clock: Arc<TestClock>,
}

/// A sign-in that was begun.
pub(crate) struct Begun {
    /// Where the browser goes.
    pub(crate) path: String,
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

impl RelyingParty {
    /// Reads the metadata and the keys, as a relying party does at start.
    pub(crate) async fn discover(server: &TestServer, registered: &Registered) -> Self {
        let issuer = IssuerUrl::new(server.issuer().to_owned()).expect("an issuer");
        let metadata = ProviderMetadataWithLogout::discover_async(issuer, &send).await.expect("metadata");
        let leave = metadata.additional_metadata().end_session_endpoint.clone().expect("a way to leave");
        let redirect = registered.client.metadata.redirect_uris[0].clone();
        let secret = (!registered.secret.is_empty()).then(|| ClientSecret::new(registered.secret.clone()));
        let client =
            CoreClient::from_provider_metadata(metadata, ClientId::new(registered.id().to_owned()), secret)
                .set_redirect_uri(RedirectUrl::new(redirect).expect("a redirect URI"));
        Self { client, leave, clock: Arc::clone(&server.clock) }
    }

    /// Begins a sign-in for these scopes at this tenant; the answer comes by form post where that is asked for.
    pub(crate) fn begin(&self, tenant: &str, scopes: &[&str], by_form: bool) -> Begun {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let response_mode = if by_form { CoreResponseMode::FormPost } else { CoreResponseMode::Query };
        let (url, state, nonce) = self
            .client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())))
            .add_extra_param("tenant", tenant)
            .add_extra_param("response_mode", response_mode.as_ref())
            .set_pkce_challenge(challenge)
            .url();
        Begun { path: format!("{}?{}", url.path(), url.query().unwrap_or_default()), state, nonce, verifier }
    }

    /// Takes the answer, exchanges the code and verifies the ID token.
    pub(crate) async fn finish(
        &self,
        begun: Begun,
        answer: &std::collections::BTreeMap<String, String>,
    ) -> (CoreTokenResponse, CoreIdTokenClaims) {
        assert_eq!(answer.get("state"), Some(begun.state.secret()), "{answer:?}");
        let code = AuthorizationCode::new(answer.get("code").expect("a code").clone());
        let tokens = self
            .client
            .exchange_code(code)
            .expect("a token endpoint")
            .set_pkce_verifier(begun.verifier)
            .request_async(&send)
            .await
            .expect("tokens");
        let claims = self.judge(&tokens, &begun.nonce);
        (tokens, claims)
    }

    /// Uses the refresh token; the new ID token carries no nonce.
    pub(crate) async fn refresh(&self, tokens: &CoreTokenResponse) -> (CoreTokenResponse, CoreIdTokenClaims) {
        let old = tokens.refresh_token().expect("a refresh token");
        let request = self.client.exchange_refresh_token(old).expect("a token endpoint");
        let tokens = request.request_async(&send).await.expect("tokens");
        let claims = self.judge(&tokens, |sent: Option<&Nonce>| match sent {
            None => Ok(()),
            Some(_) => Err("a nonce".to_owned()),
        });
        (tokens, claims)
    }

    /// The path that ends the session of these tokens and leads back here.
    pub(crate) fn leave(&self, tokens: &CoreTokenResponse, back: &str, state: &str) -> String {
        let url = LogoutRequest::from(self.leave.clone())
            .set_id_token_hint(tokens.id_token().expect("an ID token"))
            .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(back.to_owned()).expect("a URL"))
            .set_state(CsrfToken::new(state.to_owned()))
            .http_get_url();
        format!("{}?{}", url.path(), url.query().unwrap_or_default())
    }

    /// The claims of an ID token that the library accepts.
    fn judge(&self, tokens: &CoreTokenResponse, nonce: impl NonceVerifier) -> CoreIdTokenClaims {
        let clock = Arc::clone(&self.clock);
        let verifier = self.client.id_token_verifier().set_time_fn(move || clock.now().to_naive().and_utc());
        let id_token = tokens.id_token().expect("an ID token");
        id_token.claims(&verifier, nonce).expect("a valid ID token").clone()
    }

    /// Asks for the claims of the person.
    pub(crate) async fn userinfo(&self, tokens: &CoreTokenResponse) -> CoreUserInfoClaims {
        let request = self.client.user_info(tokens.access_token().clone(), None).expect("an endpoint");
        request.request_async(&send).await.expect("claims")
    }
}

async fn send(request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let response = client().execute(reqwest::Request::try_from(request)?).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut answer = HttpResponse::new(response.bytes().await?.to_vec());
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Ok(answer)
}
