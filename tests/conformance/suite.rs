//! The conformance suite's part: its clients, its requests, and what it checks of every answer.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use reqwest::Method;
use serde_json::{Map, Value};
use symbolon::flows::provision::{Applied, DeclaredFile, apply};
use symbolon::storage::PlatformScope;

use super::automation::{Automation, Visit};
use crate::harness::TestServer;
use crate::harness::html::tags;
use crate::harness::jar::{Jar, Page};
use crate::harness::tokens::{assert_sentence, basic};
use crate::provision::sources::TestSources;

/// Where the suite takes the answers of the authorization endpoint.
pub(super) const CALLBACK: &str = "https://localhost.emobix.co.uk:8443/test/a/symbolon/callback";
/// Where it takes the browser after a logout.
pub(super) const LOGGED_OUT: &str =
    "https://localhost.emobix.co.uk:8443/test/a/symbolon/post_logout_redirect";
/// The one person of the declaration.
pub(super) const ADA: &str = "ada@conformance.example";
const PASSWORD: &str = "the engine weaves algebraic patterns";

/// How answers of the authorization endpoint travel: the plans Basic and Form Post Basic differ in nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Query,
    FormPost,
}

/// A client of the suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Client {
    /// `client`, which authenticates by `client_secret_basic`.
    First,
    /// `client2`.
    Second,
    /// `client_secret_post`.
    Post,
}

impl Client {
    /// Its id in the declaration.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::First => "conformance.first",
            Self::Second => "conformance.second",
            Self::Post => "conformance.post",
        }
    }

    const fn secret(self) -> &'static str {
        match self {
            Self::First => "first-9f8Q2xLm7Rk4Zt1Wc6Vb3Nd5Hs0JpYg",
            Self::Second => "second-Wc6Vb3Nd5Hs0JpYg9f8Q2xLm7Rk4Zt1",
            Self::Post => "post-7Rk4Zt1Wc6Vb3Nd5Hs0JpYg9f8Q2xLm+/&",
        }
    }
}

/// The suite with a deployment of its own.
pub(super) struct Suite {
    pub(super) server: TestServer,
    pub(super) mode: Mode,
}

/// What a token response gave, all of it checked.
pub(super) struct Tokens {
    pub(super) access: String,
    pub(super) id_token: String,
    pub(super) refresh: Option<String>,
    /// The claims of the ID token.
    pub(super) claims: Map<String, Value>,
}

impl Suite {
    /// The plan Basic.
    pub(super) async fn in_the_query() -> Self {
        Self::start(Mode::Query).await
    }

    /// The plan Form Post Basic.
    pub(super) async fn by_form_post() -> Self {
        Self::start(Mode::FormPost).await
    }

    /// A server with the declaration applied to it.
    async fn start(mode: Mode) -> Self {
        let suite = Self { server: TestServer::start().await, mode };
        suite.apply().await;
        suite
    }

    /// Applies `docs/conformance/declaration.yaml`.
    pub(super) async fn apply(&self) -> Applied {
        let text = std::fs::read_to_string(folder().join("declaration.yaml")).expect("the declaration");
        let sources = TestSources::with([
            ("CONFORMANCE_PASSWORD", PASSWORD),
            ("CONFORMANCE_FIRST_SECRET", Client::First.secret()),
            ("CONFORMANCE_SECOND_SECRET", Client::Second.secret()),
            ("CONFORMANCE_POST_SECRET", Client::Post.secret()),
        ]);
        let request = DeclaredFile { file: "declaration.yaml", text: &text, sources: &sources, prune: false };
        let (edge, call, right) = (&self.server.edge, self.server.operator(), PlatformScope::operator());
        let applied = apply(&edge.database, &right, &edge.passwords, &edge.clock, (&call, &request));
        let applied = applied.await.expect("the database").unwrap_or_else(|faults| panic!("{faults}"));
        self.server.refresh().await;
        applied
    }

    /// The suite's browser, told what `docs/conformance/suite.json` says for this module.
    pub(super) fn browser(&self, module: &str) -> Automation {
        Automation::of(&configuration(), module, (self.server.issuer(), PASSWORD))
    }

    /// The path of an authorization request with these parameters over the usual ones; an empty value leaves one out.
    pub(super) fn request(&self, client: Client, changes: &[(&str, &str)]) -> String {
        let mut parameters = BTreeMap::from([
            ("client_id", client.id()),
            ("nonce", "nonce-7K"),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", "state-4Q"),
        ]);
        if self.mode == Mode::FormPost {
            parameters.insert("response_mode", "form_post");
        }
        parameters.extend(changes.iter().copied());
        parameters.retain(|_, value| !value.is_empty());
        format!("/oauth2/authorize?{}", form(parameters))
    }

    /// Sends a browser with a request and has it sign in where it is asked to.
    pub(super) async fn visit(&self, jar: &Jar, client: Client, changes: &[(&str, &str)]) -> Visit {
        self.browser("").visit(jar, &self.request(client, changes)).await
    }

    /// The parameters of an answer to the client, in the place where the mode wants them and nowhere else.
    pub(super) async fn answer(&self, jar: &Jar, page: &Page) -> BTreeMap<String, String> {
        assert_eq!(page.header("cache-control"), Some("no-store"), "{page:#?}");
        let answer = match self.mode {
            Mode::Query => {
                let target = page.location().unwrap_or_else(|| panic!("no answer but {page:#?}"));
                assert!(target.starts_with(&format!("{CALLBACK}?")) && !target.contains('#'), "{target}");
                page.answer()
            }
            Mode::FormPost => self.posted(jar, page).await,
        };
        assert_eq!(answer.get("iss").map(String::as_str), Some(self.server.issuer()), "{answer:?}");
        answer
    }

    /// A page that posts the answer, by a script that the policy allows or by its button.
    async fn posted(&self, jar: &Jar, page: &Page) -> BTreeMap<String, String> {
        assert_eq!((page.status.as_u16(), page.location()), (200, None), "{page:#?}");
        assert_eq!(page.marker().as_deref(), Some("page-form-post"), "{}", page.body);
        assert!(!page.path.contains("code="), "nothing of the answer is in an address: {}", page.path);
        let all = tags(&page.body);
        let the = |name: &str| all.iter().find(|tag| tag.name == name).expect("one of these tags");
        assert_eq!((the("form").get("method"), page.form().action.as_str()), (Some("post"), CALLBACK));
        assert_eq!(
            (the("button").get("type"), the("button").get("id")),
            (Some("submit"), Some("form-post-submit"))
        );
        let script = jar.get(the("script").get("src").expect("a script from our own origin")).await;
        assert_eq!(script.status, 200);
        assert!(script.header("content-type").is_some_and(|media| media.starts_with("text/javascript")));
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(
            policy.contains("script-src 'self'") && policy.contains("https://localhost.emobix.co.uk:8443")
        );
        page.form().fields.into_iter().collect()
    }

    /// The answer to a request that succeeds: a code, the state, the issuer, and nothing more.
    pub(super) async fn code(&self, jar: &Jar, page: &Page, state: Option<&str>) -> String {
        let answer = self.answer(jar, page).await;
        let names: Vec<&str> = answer.keys().map(String::as_str).collect();
        let expected: &[&str] = if state.is_some() { &["code", "iss", "state"] } else { &["code", "iss"] };
        assert_eq!(names, expected);
        assert_eq!(answer.get("state").map(String::as_str), state);
        let code = answer["code"].clone();
        assert!(code.len() >= 22, "a code has at least 128 bits: {code}");
        code
    }

    /// An error sent to the client: the state, the issuer, a description in plain ASCII, and no code.
    pub(super) async fn refused(&self, jar: &Jar, page: &Page, errors: &[&str]) {
        let answer = self.answer(jar, page).await;
        assert!(errors.contains(&answer["error"].as_str()), "{answer:?}");
        assert_eq!(answer.get("state").map(String::as_str), Some("state-4Q"), "{answer:?}");
        let allowed = ["error", "error_description", "iss", "state"];
        assert!(answer.keys().all(|name| allowed.contains(&name.as_str())), "{answer:?}");
        let plain = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
        assert!(answer["error_description"].chars().all(plain), "{answer:?}");
        assert_sentence(&answer["error_description"]);
    }

    /// A page of ours says what is wrong, and the browser stays there.
    pub(super) fn error_page(page: &Page, word: &str) {
        assert_eq!((page.status.as_u16(), page.location()), (400, None), "{page:#?}");
        assert_eq!(page.marker().as_deref(), Some("page-error"), "{}", page.body);
        for id in ["error-code", "error-description", "request-id"] {
            assert!(page.has(id), "{id}: {}", page.body);
        }
        let words = page.text_of("error-description").unwrap_or_default();
        assert!(words.contains(word), "{words}");
    }

    /// A request to the token endpoint, authenticated in the client's way.
    pub(super) async fn token(&self, client: Client, fields: &[(&str, &str)]) -> Page {
        let basic = basic(&encoded(client.id()), &encoded(client.secret()));
        let mut fields = fields.to_vec();
        let headers: &[(&str, &str)] = match client {
            Client::First | Client::Second => &[("authorization", &basic)],
            Client::Post => {
                fields.extend([("client_id", client.id()), ("client_secret", client.secret())]);
                &[]
            }
        };
        self.server.browser().send(Method::POST, "/oauth2/token", Some(&fields), headers).await
    }

    /// Exchanges a code.
    pub(super) async fn exchange(&self, client: Client, code: &str, more: &[(&str, &str)]) -> Page {
        let mut fields =
            vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
        fields.extend_from_slice(more);
        self.token(client, &fields).await
    }

    /// The whole flow: sign in where asked, exchange the code, check the tokens, and ask for the person.
    pub(super) async fn flow(&self, jar: &Jar, client: Client, changes: &[(&str, &str)]) -> Tokens {
        let page = self.visit(jar, client, changes).await.page;
        self.redeem(jar, client, &page, changes).await
    }

    /// The second half of the flow, from the answer that a browser brings.
    pub(super) async fn redeem(
        &self,
        jar: &Jar,
        client: Client,
        page: &Page,
        changes: &[(&str, &str)],
    ) -> Tokens {
        let sent = |name: &str, usual: &'static str| {
            let own = changes.iter().find(|(own, _)| *own == name).map_or(usual, |(_, value)| *value);
            (!own.is_empty()).then_some(own)
        };
        let code = self.code(jar, page, sent("state", "state-4Q")).await;
        let more: &[(&str, &str)] = match changes.iter().find(|(name, _)| *name == "code_challenge") {
            Some(_) => &[("code_verifier", VERIFIER)],
            None => &[],
        };
        let response = self.exchange(client, &code, more).await;
        let tokens = self.tokens(client, &response).await;
        assert_eq!(tokens.claims.get("nonce").and_then(Value::as_str), sent("nonce", "nonce-7K"));
        let told = self.userinfo(&tokens.access).await;
        assert_eq!(told["sub"], tokens.claims["sub"]);
        tokens
    }

    /// Checks a token response and its ID token (RFC 6749 §5.1, OIDC Core §3.1.3.3, §3.1.3.7).
    pub(super) async fn tokens(&self, client: Client, page: &Page) -> Tokens {
        assert_eq!(page.status, 200, "{page:#?}");
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert_eq!(page.header("pragma"), Some("no-cache"));
        assert!(page.header("content-type").is_some_and(|media| media.starts_with("application/json")));
        let body = page.json();
        assert_eq!(body["token_type"], "Bearer");
        assert!(body["expires_in"].as_i64().is_some_and(|seconds| seconds > 0));
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        let access = text("access_token").expect("an access token");
        let refresh = text("refresh_token");
        for token in [Some(&access), refresh.as_ref()].into_iter().flatten() {
            assert!(token.len() >= 22 && token.bytes().all(|byte| byte.is_ascii_graphic()));
        }
        let id_token = text("id_token").expect("an ID token");
        let claims = self.verify(client, &id_token).await;
        assert_eq!(claims["at_hash"], half_hash(&access));
        Tokens { access, id_token, refresh, claims }
    }

    /// Verifies an ID token by the key set that is published, with another library than the server's.
    async fn verify(&self, client: Client, id_token: &str) -> Map<String, Value> {
        let header = decode_header(id_token).expect("a header");
        assert_eq!(header.alg, Algorithm::RS256);
        let kid = header.kid.expect("a key id");
        let set = self.server.browser().get("/.well-known/jwks.json").await.json();
        let key = set["keys"].as_array().expect("keys").iter().find(|key| key["kid"] == kid.as_str());
        let key =
            serde_json::from_value(key.expect("the key of the token is published").clone()).expect("a JWK");
        let mut rules = Validation::new(Algorithm::RS256);
        rules.set_issuer(&[self.server.issuer()]);
        rules.set_audience(&[client.id()]);
        rules.set_required_spec_claims(&["iss", "sub", "aud", "exp", "iat"]);
        rules.validate_exp = false;
        let key = DecodingKey::from_jwk(&key).expect("a key");
        let claims = decode::<Map<String, Value>>(id_token, &key, &rules).expect("a valid ID token").claims;
        let (now, time) = (self.server.now().unix(), |name: &str| claims[name].as_i64().expect("a time"));
        assert!(time("exp") > now && (now - 5..=now + 5).contains(&time("iat")), "{claims:?}");
        assert_eq!(claims["aud"], client.id(), "one audience, and no list of it");
        assert!(
            claims["sub"].as_str().is_some_and(|sub| !sub.is_empty() && sub.len() <= 255 && sub.is_ascii())
        );
        assert!(claims.get("azp").is_none_or(|azp| azp == client.id()));
        for unasked in ["name", "email", "email_verified", "phone_number", "address", "preferred_username"] {
            assert!(!claims.contains_key(unasked), "nobody asked for {unasked}");
        }
        claims
    }

    /// What the userinfo endpoint tells, asked by GET.
    pub(super) async fn userinfo(&self, access: &str) -> Map<String, Value> {
        let page = self.ask(access).await;
        assert_eq!(page.status, 200, "{page:#?}");
        assert!(page.header("content-type").is_some_and(|media| media.starts_with("application/json")));
        page.json().as_object().expect("an object").clone()
    }

    /// The userinfo endpoint, asked by GET.
    pub(super) async fn ask(&self, access: &str) -> Page {
        let bearer = format!("Bearer {access}");
        self.server.browser().send(Method::GET, "/userinfo", None, &[("authorization", &bearer)]).await
    }
}

/// The verifier of the example in RFC 7636 Appendix B, and its challenge.
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// See [`VERIFIER`].
pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// `docs/conformance/suite.json`.
pub(super) fn configuration() -> Value {
    let text = std::fs::read_to_string(folder().join("suite.json")).expect("the configuration");
    serde_json::from_str(&text).expect("JSON")
}

/// Names and values as a form or a query.
pub(super) fn form<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// An error of the token endpoint (RFC 6749 §5.2).
pub(super) fn assert_token_error(page: &Page, error: &str) {
    assert_eq!((page.status.as_u16(), page.json()["error"].as_str()), (400, Some(error)), "{page:#?}");
    assert_eq!(page.header("cache-control"), Some("no-store"));
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/conformance")
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The left half of a SHA-256 (OIDC Core §3.1.3.6).
fn half_hash(text: &str) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}
