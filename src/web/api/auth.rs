//! `/api/v1/auth`: a platform client signs people in by its own forms, under the rules of the pages (R15, D16). One proof a
//! request, each under the handle that the answer to the one before brought.

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::asked::{Detour, Outcome, answered, json};
use super::auth_shapes::{FactorWord, FirstStep, NextStep, PasskeyQuestion, Presented, SignOut};
use super::{auth_shapes, body, refused};
use crate::crypto::password::Password;
use crate::flows::Call;
use crate::flows::access::Refused;
use crate::flows::client_auth::AuthenticatedClient;
use crate::flows::factors::passkey::Answer;
use crate::flows::interaction::{FirstParty, Problem as TypedProblem};
use crate::flows::login::code::{CodeKind, TypedCode};
use crate::flows::login::first_party::{self, Given, Handle, LoginRefusal, LoginTerms, More, Step};
use crate::flows::login::identify::Typed;
use crate::flows::login::password;
use crate::flows::session::CookieChange;
use crate::flows::token::{Asking, sign};
use crate::model::failure::Failure;
use crate::model::secret::Secret;
use crate::protocol::opaque;
use crate::protocol::params::Params;
use crate::storage::Directory;
use crate::web::edge::Edge;
use crate::web::family::Family;
use crate::web::guard::client::client;
use crate::web::oidc::error::{BASIC, Halt, OAuthError, challenge, no_store};
use crate::web::oidc::token::granted;
use crate::web::problem::Problem;
use crate::web::trouble::Trouble;

/// The scope where none is asked for.
const USUAL_SCOPE: &str = "openid";

/// The members of a body by which a client may prove itself, as in a form (RFC 7523 §2.2).
const PROOFS: [&str; 4] = ["client_id", "client_secret", "client_assertion", "client_assertion_type"];

/// `POST /api/v1/auth/login`.
pub async fn login(request: HttpRequest, edge: Data<Edge>, body: Bytes) -> HttpResponse {
    no_store(answered(Desk::of(request, edge).login(&body).await))
}

/// `POST /api/v1/auth/refresh`.
pub async fn refresh(request: HttpRequest, edge: Data<Edge>, body: Bytes) -> HttpResponse {
    no_store(answered(Desk::of(request, edge).refresh(&body).await))
}

/// `POST /api/v1/auth/logout`.
pub async fn logout(request: HttpRequest, edge: Data<Edge>, body: Bytes) -> HttpResponse {
    no_store(answered(Desk::of(request, edge).logout(&body).await))
}

/// One request here.
struct Desk {
    edge: Data<Edge>,
    request: HttpRequest,
    call: Call,
}

/// The client that asks, and what it sent beside its own proof; `None` where that is no JSON.
type Asked = (AuthenticatedClient, Option<Value>);

impl Desk {
    /// Where the person is, nobody knows: the request comes from the client. Rules that ask for a place are judged so (D32).
    fn of(request: HttpRequest, edge: Data<Edge>) -> Self {
        let call = Call { address: None, devices: Vec::new(), ..edge.call(&request) };
        Self { edge, request, call }
    }

    async fn login(&self, body: &Bytes) -> Outcome {
        let (client, sent) = self.asked(body).await?;
        let next = sent.as_ref().is_some_and(|sent| sent.get("handle").is_some());
        if next { self.next(client, sent).await } else { self.first(client, sent).await }
    }

    /// The address and the password.
    async fn first(&self, client: AuthenticatedClient, sent: Option<Value>) -> Outcome {
        let first: FirstStep = self.given(sent)?;
        let typed = Typed { username: first.username, organisation: first.organisation, then: None };
        let given = Secret::new(first.password);
        let scope = first.scope.as_deref().unwrap_or(USUAL_SCOPE).parse();
        let faults = [
            (
                !typed.is_whole(),
                "/username",
                "An e-mail address, and where there is one, the short name of an organisation.",
            ),
            (given.expose().is_empty(), "/password", "The password."),
            (scope.is_err(), "/scope", "Names of scopes with single spaces between them (RFC 6749 §3.3)."),
        ];
        if let Some((_, at, detail)) = faults.into_iter().find(|(wrong, ..)| *wrong) {
            return Err(self.refuse(&Refused::invalid(at, detail)));
        }
        let wanted = FirstParty { scope: scope.unwrap_or_default(), resources: first.resource };
        // As on the page: before anything is read, and for whomever it is (P039).
        let Ok(password) = Password::new(&given) else { return Err(self.refused(LoginRefusal::Wrong)) };
        let place = self.sound(self.edge.passwords.admit().map_err(Failure::from))?;
        let secret = Handle::draw(&self.call);
        let (call, terms, own, life) =
            (self.call.clone(), self.edge.tokens.clone(), client.clone(), self.edge.authorize.interaction);
        let hash = opaque::hash(secret.expose());
        let begun = self.edge.database.write_directory(move |directory| {
            let asking = Asking { call: &call, terms: &terms, client: &own };
            first_party::begin(directory, asking, (&typed, wanted), (&hash, life))
        });
        let interaction = self.sound(begun.await)?.map_err(|refusal| self.refused(refusal))?;
        let handle = Handle::of(interaction, secret);
        let (call, rules, hash) = (self.call.clone(), self.edge.sign_in.clone(), handle.hash());
        let attempt = self.edge.database.read_directory(move |directory| {
            // Nothing was answered under another secret yet.
            let cookie = CookieChange { old: &hash, new: &hash };
            password::begin(directory, &call, &rules, interaction, cookie)
        });
        let attempt = self.sound(attempt.await)?.map_err(|refusal| self.refused(refusal.into()))?;
        let compared = self.sound(password::compare(place, password, (attempt, &self.edge.sign_in)).await)?;
        self.prove(client, handle, Given::Password(Box::new(compared))).await
    }

    /// One factor more.
    async fn next(&self, client: AuthenticatedClient, sent: Option<Value>) -> Outcome {
        let next: NextStep = self.given(sent)?;
        let Ok(handle) = next.handle.parse::<Handle>() else {
            return Err(self.refused(LoginRefusal::Expired));
        };
        let code = |kind| {
            let text = next.code.clone().filter(|code| !code.is_empty());
            text.map(|text| Given::Code(TypedCode { kind, text: Secret::new(text), remember: None }))
        };
        let is_ask = next.code.is_none() && matches!(next.factor, FactorWord::EmailCode);
        if is_ask {
            return self.mail_code(client, handle).await;
        }
        let (given, at) = match next.factor {
            FactorWord::Totp => (code(CodeKind::Totp), "/code"),
            FactorWord::RecoveryCode => (code(CodeKind::Recovery), "/code"),
            FactorWord::EmailCode => (code(CodeKind::Email), "/code"),
            FactorWord::Passkey => {
                let said = next.answer.as_ref().filter(|answer| answer.is_object()).map(Value::to_string);
                let answer = next.question.clone().zip(said);
                (answer.map(|(sealed, said)| Given::Passkey(Answer { sealed, said })), "/answer")
            }
        };
        match given {
            Some(given) => self.prove(client, handle, given).await,
            None => Err(self.refuse(&Refused::invalid(at, "What proves the factor."))),
        }
    }

    /// A code to the person's mailbox; the answer is the challenge that there was.
    async fn mail_code(&self, client: AuthenticatedClient, handle: Handle) -> Outcome {
        let (call, terms, login) = (self.call.clone(), self.edge.tokens.clone(), self.terms());
        let mailed = self.edge.database.write_directory(move |directory: &mut Directory<'_>| {
            let asking = Asking { call: &call, terms: &terms, client: &client };
            let more = first_party::mail_code(directory, asking, &login, &handle)?;
            Ok(more.map(|more| (more, handle)))
        });
        let (more, handle) = self.sound(mailed.await)?.map_err(|refusal| self.refused(refusal))?;
        Ok(challenged(more, handle.expose()))
    }

    /// What a login is judged by.
    fn terms(&self) -> LoginTerms {
        LoginTerms {
            sign_in: self.edge.sign_in.clone(),
            factors: self.edge.factor_rules(),
            passkeys: self.edge.passkeys.clone(),
            links: self.edge.links.clone(),
        }
    }

    async fn prove(&self, client: AuthenticatedClient, handle: Handle, given: Given) -> Outcome {
        // The keys are asked for before anything is used up: without them nothing can be issued.
        let keys = self.sound(self.edge.current_keys())?;
        let secret = Handle::draw(&self.call);
        let hash = opaque::hash(secret.expose());
        let (call, terms, login) = (self.call.clone(), self.edge.tokens.clone(), self.terms());
        let proved = self.edge.database.write_directory(move |directory: &mut Directory<'_>| {
            let asking = Asking { call: &call, terms: &terms, client: &client };
            first_party::prove(directory, asking, &login, (&handle, given), &hash)
        });
        match self.sound(proved.await)? {
            Ok(Step::Done(issued)) => {
                if let Ok(user) = issued.access.sub.parse() {
                    self.edge.notes(&self.request).user(issued.access.tenant_id, user);
                }
                let tokens = self.sound(sign::sign(keys.tokens(), *issued))?;
                Ok(json(StatusCode::OK, &tokens))
            }
            Ok(Step::More(more)) => {
                let handle = Handle::of(more.interaction, secret).expose();
                Ok(challenged(more, handle))
            }
            Err(refusal) => Err(self.refused(refusal)),
        }
    }

    /// The grant of the token endpoint, in the shape of this API.
    async fn refresh(&self, body: &Bytes) -> Outcome {
        let (client, sent) = self.asked(body).await?;
        let refresh: Presented = self.given(sent)?;
        self.admit(&client).await?;
        let mut pairs =
            vec![("grant_type", "refresh_token"), ("refresh_token", refresh.refresh_token.as_str())];
        pairs.extend(refresh.scope.as_deref().map(|scope| ("scope", scope)));
        pairs.extend(refresh.resource.iter().map(|resource| ("resource", resource.as_str())));
        let params: Params = pairs.into_iter().collect();
        let tokens = granted(&self.request, &self.edge, (&self.call, client), &params).await;
        Ok(json(StatusCode::OK, &tokens.map_err(|halt| self.halted(halt))?))
    }

    async fn logout(&self, body: &Bytes) -> Outcome {
        let (client, sent) = self.asked(body).await?;
        let SignOut { refresh_token } = self.given(sent)?;
        let (call, terms) = (self.call.clone(), self.edge.tokens.clone());
        let ended = self.edge.database.write_directory(move |directory| {
            let asking = Asking { call: &call, terms: &terms, client: &client };
            first_party::logout(directory, asking, &refresh_token)
        });
        self.sound(ended.await)?.map_err(|refusal| self.refused(refusal))?;
        Ok(HttpResponse::NoContent().finish())
    }

    async fn admit(&self, client: &AuthenticatedClient) -> Result<(), Detour> {
        let (call, terms, client) = (self.call.clone(), self.edge.tokens.clone(), client.clone());
        let admitted = self.edge.database.write_directory(move |directory| {
            first_party::admit(directory, Asking { call: &call, terms: &terms, client: &client })
        });
        self.sound(admitted.await)?.map_err(|refusal| self.refused(refusal))
    }

    /// The client, which proves itself before anything that it sent is judged.
    async fn asked(&self, body: &Bytes) -> Result<Asked, Detour> {
        let is_json = body::is_json(self.request.headers());
        let mut sent = is_json.then(|| body::document(body).ok()).flatten();
        let own: Vec<(&str, String)> = PROOFS
            .into_iter()
            .filter_map(|name| match sent.as_mut()?.as_object_mut()?.remove(name)? {
                Value::String(text) => Some((name, text)),
                // Not a proof of any client: it proves nobody.
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                    Some((name, String::new()))
                }
            })
            .collect();
        let params: Params = own.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let client = client(&self.request, &self.edge, &self.call, &params).await;
        Ok((client.map_err(|halt| self.halted(halt))?, sent))
    }

    /// What was sent, in this shape and no other, and nothing in the URL: a password there is in logs already (P044).
    fn given<T: DeserializeOwned>(&self, sent: Option<Value>) -> Result<T, Detour> {
        let read = if !self.request.query_string().is_empty() {
            Err(Refused::invalid("query", "Nothing is taken in the URL here."))
        } else if !body::is_json(self.request.headers()) {
            Err(Refused::MediaType)
        } else {
            sent.ok_or_else(body::no_document).and_then(body::shaped)
        };
        read.map_err(|refused| self.refuse(&refused))
    }

    /// One text for all that may be wrong with a proof and with whom it is of (P036).
    fn refused(&self, refusal: LoginRefusal) -> Detour {
        let forbidden = |kind, title| -> Detour {
            Problem::new(StatusCode::FORBIDDEN, kind, title, self.call.request_id).response().into()
        };
        match refusal {
            LoginRefusal::Client => {
                forbidden("first-party-login", "This client may not sign people in by its own forms.")
            }
            LoginRefusal::Expired => forbidden(
                "login-expired",
                "The login has ended, or goes on under another handle; begin again.",
            ),
            LoginRefusal::Wrong => {
                self.edge.notes(&self.request).failed();
                forbidden("sign-in-refused", "Nobody is signed in by this.")
            }
            LoginRefusal::NoSecondFactor => forbidden(
                "no-second-factor",
                "A second factor is asked for, and this person has none that can be proved here.",
            ),
            LoginRefusal::MailedEnough => {
                self.edge.notes(&self.request).failed();
                let title = "No more codes are mailed to this person just now; the newest one works.";
                let (status, kind) = (StatusCode::TOO_MANY_REQUESTS, "too-many-requests");
                Problem::new(status, kind, title, self.call.request_id).response().into()
            }
            LoginRefusal::Typed(TypedProblem::Organisation) => self.refuse(&Refused::invalid(
                "/organisation",
                "The short name of the organisation: the address does not tell it.",
            )),
            LoginRefusal::Typed(_) => self.refuse(&Refused::invalid("/username", "An e-mail address.")),
            LoginRefusal::Tokens(refusal) => self.oauth(refusal.into()),
            LoginRefusal::TooMany { until } => {
                self.edge.notes(&self.request).failed();
                let seconds = until.since(self.call.now).as_millis().div_ceil(1000).max(1);
                let title = "Too many wrong tries for this account; try again after the time in Retry-After.";
                let problem = Problem::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too-many-requests",
                    title,
                    self.call.request_id,
                );
                let mut response = problem.response();
                let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
                response.headers_mut().insert(RETRY_AFTER, seconds.into());
                response.into()
            }
        }
    }

    fn refuse(&self, refused: &Refused) -> Detour {
        refused::answer(refused, self.call.request_id).into()
    }

    fn oauth(&self, error: OAuthError) -> Detour {
        let mut response =
            Problem::of_oauth(error.status(), error.code(), error.description(), self.call.request_id)
                .response();
        if error.status() == StatusCode::UNAUTHORIZED {
            challenge(&mut response, BASIC);
        }
        response.into()
    }

    fn halted(&self, halt: Halt) -> Detour {
        let trouble = match halt {
            Halt::Refused(error) => return self.oauth(error),
            // There is no bearer here.
            Halt::Bearer(_) => Trouble::Malformed,
            Halt::TooMany(too_many) => Trouble::TooMany(too_many),
            Halt::Failed(failure) => return self.failed(&failure),
        };
        trouble.answer(Family::Api, self.edge.frame(&self.request, None), self.call.request_id).into()
    }

    fn failed(&self, failure: &Failure) -> Detour {
        let trouble = Trouble::of_failure(failure, self.call.request_id);
        trouble.answer(Family::Api, self.edge.frame(&self.request, None), self.call.request_id).into()
    }

    fn sound<T>(&self, result: Result<T, Failure>) -> Result<T, Detour> {
        result.map_err(|failure| self.failed(&failure))
    }
}

/// What is asked for next.
fn challenged(more: More, handle: String) -> HttpResponse {
    let methods = more.ways.iter().map(|factor| factor.as_str()).collect();
    let passkey = more.question.map(PasskeyQuestion::from);
    json(StatusCode::OK, &auth_shapes::Asked::second(handle, methods, passkey))
}
