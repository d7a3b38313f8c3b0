//! Passkeys (WebAuthn Level 3): what a browser is asked, and whether its answer proves anything. webauthn-rs does the
//! ceremonies; what it leaves open is settled here, and its types stay here.

pub mod challenge;
mod client_data;

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::{Host, Url};
use webauthn_rs::prelude::{
    COSEAlgorithm, COSEKey, COSEKeyType, DiscoverableAuthentication, ECDSACurve, Passkey,
    PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Uuid, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::issuer::Issuer;
use crate::model::passkey::CredentialId;
use crate::model::strict_json;

/// How long a browser has for its answer.
pub const LIFE: Duration = Duration::from_mins(5);

/// The longest answer of a browser, in bytes of JSON: several times what an authenticator of today writes.
pub const LONGEST_ANSWER: usize = 16 * 1024;

/// Verifies passkeys for one issuer: its host is the relying party's id, and its origin the only one. User verification is
/// required at every ceremony, so that a passkey alone is two factors (P053, D13).
#[derive(Debug, Clone)]
pub struct Passkeys {
    webauthn: Webauthn,
    origin: String,
}

/// Who a passkey is made for.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// What the authenticator hands back at a sign-in: nothing that names the person to others.
    pub id: UserId,
    /// The account, as the browser lists it.
    pub account: &'a str,
    /// The person, as the browser greets them.
    pub name: &'a str,
}

/// What a browser is asked: what it gets, and what we have to remember until it answers.
#[derive(Debug)]
pub struct Asked {
    /// The options for `navigator.credentials`, as JSON: the `publicKey` member.
    pub options: Value,
    /// What the answer is checked against.
    pub state: State,
}

/// What an answer is checked against. It goes out only sealed ([`challenge`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State(Value);

/// A passkey that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// What its authenticator calls it.
    pub credential_id: CredentialId,
    /// Its public key, counter and backup flags, to be stored.
    pub credential: String,
}

/// A signature of an authenticator, not checked yet.
#[derive(Debug, Clone)]
pub struct Assertion {
    answer: PublicKeyCredential,
    credential_id: CredentialId,
}

/// Why an answer proves nothing. Nobody outside is told which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyRefusal {
    /// It cannot be read.
    Malformed,
    /// It was not made for this origin, or inside a page of another.
    Elsewhere,
    /// The authenticator did not verify who used it (P053).
    NotVerified,
    /// The counter went backwards: there may be a copy of the authenticator (P055).
    CounterBack,
    /// Anything else: the signature, the key, the challenge or the ceremony is another.
    Wrong,
}

impl Passkeys {
    /// The verifier of this issuer. `None` where its host is an address: passkeys belong to a domain (D29).
    pub fn of(issuer: &Issuer) -> Option<Self> {
        let Host::Domain(host) = issuer.host() else { return None };
        let origin = Url::parse(issuer.as_str()).ok()?;
        let builder = WebauthnBuilder::new(host, &origin).ok()?;
        let webauthn = builder.allow_subdomains(false).allow_any_port(false).timeout(LIFE).build().ok()?;
        Some(Self { webauthn, origin: issuer.as_str().to_owned() })
    }

    /// Asks for a new passkey, in an authenticator that has none of these yet.
    ///
    /// # Errors
    /// The library does not write its options.
    pub fn ask_to_make(&self, owner: Owner<'_>, has: &[CredentialId]) -> Result<Asked, Failure> {
        let id = Uuid::from_bytes(*owner.id.as_bytes());
        let (options, state) = self
            .webauthn
            .start_passkey_registration(id, owner.account, owner.name, None)
            .map_err(|error| Failure::internal("asking for a new passkey").because(error))?;
        let mut options = public_key(&options)?;
        // The library leaves this open, and a sign-in without a name needs it.
        if let Some(Value::Object(selection)) = options.get_mut("authenticatorSelection") {
            selection.insert("residentKey".to_owned(), json!("required"));
            selection.insert("requireResidentKey".to_owned(), json!(true));
        }
        // Told to the browser alone: whether a passkey is known is settled where it is stored, and what is sealed stays small.
        if let Value::Object(options) = &mut options {
            options.insert("excludeCredentials".to_owned(), listed(has));
        }
        Ok(Asked { options, state: State::of(&state)? })
    }

    /// The passkey that this answer made.
    ///
    /// # Errors
    /// The refusal; it is not written down who failed at what.
    pub fn made(&self, state: &State, answer: &str) -> Result<Made, PasskeyRefusal> {
        let state: PasskeyRegistration = state.read()?;
        let answer: RegisterPublicKeyCredential = read(answer)?;
        client_data::judge(&answer.response.client_data_json, "webauthn.create", &self.origin)?;
        let passkey =
            self.webauthn.finish_passkey_registration(&answer, &state).map_err(|error| refusal(&error))?;
        if !is_of_its_curve(passkey.get_public_key()) {
            return Err(PasskeyRefusal::Wrong);
        }
        let credential = serde_json::to_value(&passkey).map_err(|_| PasskeyRefusal::Malformed)?;
        if credential.pointer("/cred/user_verified") != Some(&Value::Bool(true)) {
            return Err(PasskeyRefusal::NotVerified);
        }
        let id = CredentialId::from_bytes(passkey.cred_id()).ok_or(PasskeyRefusal::Malformed)?;
        if answer.type_ != "public-key" || answer.id != id.to_string() || answer.raw_id != id.as_bytes() {
            return Err(PasskeyRefusal::Malformed);
        }
        Ok(Made { credential_id: id, credential: credential.to_string() })
    }

    /// Asks for a signature: of one of these passkeys, or of any that the authenticator knows for us where there are none.
    ///
    /// # Errors
    /// The library does not write its options.
    pub fn ask_to_sign(&self, by: &[CredentialId]) -> Result<Asked, Failure> {
        let (options, state) = self
            .webauthn
            .start_discoverable_authentication()
            .map_err(|error| Failure::internal("asking for a passkey").because(error))?;
        let mut options = public_key(&options)?;
        if let Value::Object(options) = &mut options {
            options.insert("allowCredentials".to_owned(), listed(by));
        }
        Ok(Asked { options, state: State::of(&state)? })
    }

    /// Checks a signature against a stored credential. Gives the credential as it has to be stored from now on: its counter
    /// and its backup flags may have changed.
    ///
    /// # Errors
    /// The refusal; nothing has changed then.
    pub fn check(
        &self,
        state: &State,
        assertion: &Assertion,
        credential: &str,
    ) -> Result<String, PasskeyRefusal> {
        let state: DiscoverableAuthentication = state.read()?;
        let answer = &assertion.answer;
        client_data::judge(&answer.response.client_data_json, "webauthn.get", &self.origin)?;
        let mut passkey: Passkey = serde_json::from_str(credential).map_err(|_| PasskeyRefusal::Wrong)?;
        let result = self
            .webauthn
            .finish_discoverable_authentication_v2(answer, state, &passkey)
            .map_err(|error| refusal(&error))?;
        if !result.user_verified() {
            return Err(PasskeyRefusal::NotVerified);
        }
        passkey.update_credential(&result).ok_or(PasskeyRefusal::Wrong)?;
        serde_json::to_string(&passkey).map_err(|_| PasskeyRefusal::Wrong)
    }
}

impl Assertion {
    /// Reads what a browser sent.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn parse(answer: &str) -> Result<Self, PasskeyRefusal> {
        let answer: PublicKeyCredential = read(answer)?;
        let credential_id =
            CredentialId::from_bytes(answer.get_credential_id()).ok_or(PasskeyRefusal::Malformed)?;
        if answer.type_ != "public-key" || answer.id != credential_id.to_string() {
            return Err(PasskeyRefusal::Malformed);
        }
        Ok(Self { answer, credential_id })
    }

    /// The passkey that it says it is of.
    pub const fn credential_id(&self) -> &CredentialId {
        &self.credential_id
    }

    /// Whether the authenticator says that the passkey is this person's. Where nobody was named before, it has to say so;
    /// where somebody was, it may not say anything else (WebAuthn Level 3 §7.2, P054).
    pub fn is_of(&self, user: UserId, was_named: bool) -> bool {
        match self.answer.get_user_unique_id() {
            Some(handle) => handle == user.as_bytes(),
            None => was_named,
        }
    }
}

impl State {
    fn of(state: &impl Serialize) -> Result<Self, Failure> {
        serde_json::to_value(state)
            .map(Self)
            .map_err(|error| Failure::internal("writing the state of a ceremony").because(error))
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, PasskeyRefusal> {
        T::deserialize(&self.0).map_err(|_| PasskeyRefusal::Wrong)
    }
}

impl PasskeyRefusal {
    /// The word for it in events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed_passkey",
            Self::Elsewhere => "passkey_elsewhere",
            Self::NotVerified => "passkey_not_verified",
            Self::CounterBack => "passkey_counter_back",
            Self::Wrong => "wrong_passkey",
        }
    }
}

impl fmt::Display for PasskeyRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The `publicKey` member of the options.
fn public_key(options: &impl Serialize) -> Result<Value, Failure> {
    let mut options = serde_json::to_value(options)
        .map_err(|error| Failure::internal("writing the options of a ceremony").because(error))?;
    options
        .get_mut("publicKey")
        .map(Value::take)
        .ok_or_else(|| Failure::internal("options without a public key"))
}

/// Credentials as the options name them.
fn listed(ids: &[CredentialId]) -> Value {
    ids.iter().map(|id| json!({"type": "public-key", "id": id.to_string()})).collect()
}

/// Reads an answer in which nothing stands twice.
fn read<T: DeserializeOwned>(answer: &str) -> Result<T, PasskeyRefusal> {
    if answer.len() > LONGEST_ANSWER {
        return Err(PasskeyRefusal::Malformed);
    }
    let answer = strict_json::read(answer.as_bytes()).map_err(|_| PasskeyRefusal::Malformed)?;
    T::deserialize(answer).map_err(|_| PasskeyRefusal::Malformed)
}

/// Whether the curve is the one of the algorithm: COSE leaves that open, WebAuthn does not (WebAuthn Level 3 §5.8.5).
fn is_of_its_curve(key: &COSEKey) -> bool {
    match &key.key {
        COSEKeyType::EC_EC2(point) => matches!(
            (key.type_, &point.curve),
            (COSEAlgorithm::ES256, ECDSACurve::SECP256R1) | (COSEAlgorithm::ES384, ECDSACurve::SECP384R1)
        ),
        COSEKeyType::RSA(_) => key.type_ == COSEAlgorithm::RS256,
        COSEKeyType::EC_OKP(_) => false,
    }
}

/// What the library found, in the few words that matter to us.
fn refusal(error: &WebauthnError) -> PasskeyRefusal {
    if matches!(error, WebauthnError::UserNotVerified | WebauthnError::UserNotPresent) {
        PasskeyRefusal::NotVerified
    } else if matches!(error, WebauthnError::CredentialPossibleCompromise) {
        PasskeyRefusal::CounterBack
    } else if matches!(error, WebauthnError::InvalidRPOrigin | WebauthnError::InvalidRPIDHash) {
        PasskeyRefusal::Elsewhere
    } else {
        PasskeyRefusal::Wrong
    }
}
