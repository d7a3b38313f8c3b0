//! The sign-in policy in the API, in the words of a declaration (docs/declaration.md). What is left out has its default.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::shapes::RoleWord;
use crate::flows::access::{Fault, Refused};
use crate::flows::provision::declaration::{DeclarationFault, read_policy, written};
use crate::model::failure::Failure;
use crate::model::policy::Policy;
use crate::model::session::Factor;

/// Who may get an account.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Registration)]
enum RegistrationWord {
    /// Those whom an administrator asked.
    InviteOnly,
    /// Those too who have an address of a domain of `email_domains`.
    Domain,
    /// Nobody new, but whom a declaration names.
    Closed,
}

/// A way to prove oneself.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Method)]
enum MethodWord {
    /// A password.
    Password,
    /// A passkey.
    Passkey,
    /// A code from an authenticator app.
    Totp,
    /// A link by mail.
    MagicLink,
    /// A code by mail, as a second factor of whoever has neither an authenticator app nor a passkey.
    EmailCode,
}

/// Who must prove two factors in any case.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MfaRequired)]
enum RequiredWord {
    /// Nobody, but whom another rule names.
    None,
    /// Everybody.
    Everybody,
}

/// Who must prove two independent factors, or a passkey.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = MfaRules)]
struct MfaShape {
    /// Whether everybody must.
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<RequiredWord>,
    /// Whoever has one of these roles.
    roles: Vec<RoleWord>,
    /// Whoever is not in one of the trusted networks.
    outside_trusted: bool,
    /// Until then (RFC 3339), whoever has no second factor yet gets in without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    grace_until: Option<String>,
}

/// Networks by CIDR. An empty list is no rule, but for `trusted`, where it trusts none.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = NetworkRules)]
struct NetworksShape {
    /// Where people may sign in and use their sessions.
    #[schema(example = json!(["203.0.113.0/24"]))]
    sign_in: Vec<String>,
    /// Where people may administer the tenant.
    administration: Vec<String>,
    /// Where one factor may be enough.
    trusted: Vec<String>,
}

/// What a new password must be, beside strong enough.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = PasswordPolicy)]
struct PasswordShape {
    /// The fewest characters, 12 to 64.
    #[serde(skip_serializing_if = "Option::is_none")]
    min_length: Option<u32>,
}

/// How long a session lives.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = SessionPolicy)]
struct SessionShape {
    /// Time without a request after which it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "8h")]
    idle: Option<String>,
    /// Time after which it ends in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7d")]
    absolute: Option<String>,
}

/// How long tokens live.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = TokenPolicy)]
struct TokensShape {
    /// The longest life of an access token, whatever its client has.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "5m")]
    access: Option<String>,
}

/// Whether a browser in which a second factor was proved may stand in for it.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = RememberedDevices)]
struct DevicesShape {
    /// For how many days, 1 to 30. Left out, none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<u32>,
}

/// Whether the accounts of other tenants come in.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = GuestPolicy)]
struct GuestsShape {
    /// Whether guests come in at all. Left out, they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed: Option<bool>,
    /// Whether what they proved at home counts as it counted there. Left out, each proves a second factor of their own here.
    #[serde(skip_serializing_if = "Option::is_none")]
    home_factors: Option<bool>,
}

/// The rules of a tenant for signing in. What is left out has its default.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = PolicyRules)]
pub(super) struct RulesShape {
    #[serde(skip_serializing_if = "Option::is_none")]
    registration: Option<RegistrationWord>,
    /// The domains whose people may sign up, where `registration` is `domain`.
    email_domains: Vec<String>,
    /// The ways to prove oneself that count.
    #[serde(skip_serializing_if = "Option::is_none")]
    methods: Option<Vec<MethodWord>>,
    mfa: MfaShape,
    networks: NetworksShape,
    password: PasswordShape,
    session: SessionShape,
    tokens: TokensShape,
    remembered_devices: DevicesShape,
    guests: GuestsShape,
}

impl RulesShape {
    /// The rules of a tenant as they stand.
    ///
    /// # Errors
    /// A policy that has no words, which is a defect.
    pub(super) fn of(policy: &Policy) -> Result<Self, Failure> {
        let words = serde_json::from_value(written::policy(policy));
        words.map_err(|error| Failure::internal("writing a policy for the API").because(error))
    }

    /// The policy, judged as that of a declaration is.
    ///
    /// # Errors
    /// Every value that cannot be taken, below `/policy`.
    pub(super) fn read(&self) -> Result<Policy, Refused> {
        let words = serde_json::to_value(self).unwrap_or_default();
        read_policy("policy", &words.to_string())
            .map_err(|faults| Refused::Invalid(faults.list.iter().map(|fault| told(fault, &words)).collect()))
    }
}

/// The fault at its place. Words that repeat what was sent are others.
fn told(fault: &DeclarationFault, sent: &Value) -> Fault {
    let pointer: String = fault
        .path
        .split(['.', '[', ']'])
        .filter(|part| !part.is_empty())
        .flat_map(|part| ["/", part])
        .collect();
    let words = if repeats(&fault.message, sent) {
        "This value cannot stand here.".to_owned()
    } else {
        fault.message.clone()
    };
    Fault::at(pointer, words)
}

/// Whether one of the texts that were sent stands in these words as it is.
fn repeats(words: &str, sent: &Value) -> bool {
    match sent {
        Value::String(text) => words.contains(&format!("`{text}`")),
        Value::Array(items) => items.iter().any(|item| repeats(words, item)),
        Value::Object(members) => members.values().any(|item| repeats(words, item)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A factor that somebody proves, in a question.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProvedFactor)]
pub(super) enum ProvedWord {
    /// A password.
    Password,
    /// A passkey.
    Passkey,
    /// A code from an authenticator app.
    Totp,
    /// A recovery code.
    RecoveryCode,
    /// A link by mail.
    MagicLink,
    /// A code by mail.
    EmailCode,
    /// An account of another provider.
    Connection,
    /// The home of a guest, by one factor.
    Home,
    /// The home of a guest, by two factors or a passkey.
    HomeTwo,
}

impl From<ProvedWord> for Factor {
    fn from(word: ProvedWord) -> Self {
        match word {
            ProvedWord::Password => Self::Password,
            ProvedWord::Passkey => Self::Passkey,
            ProvedWord::Totp => Self::Totp,
            ProvedWord::RecoveryCode => Self::RecoveryCode,
            ProvedWord::MagicLink => Self::MagicLink,
            ProvedWord::EmailCode => Self::EmailCode,
            ProvedWord::Connection => Self::Connection,
            ProvedWord::Home => Self::Home,
            ProvedWord::HomeTwo => Self::HomeTwo,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the declaration knows the API knows, and brings back as it was.
    #[test]
    fn d27_a_policy_comes_back_from_its_words_as_it_was() {
        let full = r#"{"registration": "domain", "email_domains": ["acme.example"], "methods": ["password", "totp"],
            "mfa": {"required": "everybody", "roles": ["owner"], "outside_trusted": true, "grace_until": "2030-01-01T00:00:00Z"},
            "networks": {"sign_in": ["10.0.0.0/8"], "administration": ["10.1.0.0/16"], "trusted": ["10.2.0.0/16"]},
            "password": {"min_length": 20}, "session": {"idle": "1h", "absolute": "1d"}, "tokens": {"access": "5m"}, "remembered_devices": {"days": 14},
            "guests": {"allowed": false, "home_factors": true}}"#;
        let full = read_policy("full", full).expect("a policy");
        for policy in [Policy::default(), full] {
            let shape = RulesShape::of(&policy).expect("words");
            assert_eq!(shape.read().expect("taken"), policy);
        }
    }

    #[test]
    fn p105_a_fault_names_its_place_and_repeats_nothing_that_was_sent() {
        let shape: RulesShape =
            serde_json::from_str(r#"{"networks": {"trusted": ["10.0.0.0/8", "s3cret-marker"]}}"#)
                .expect("JSON");
        let Err(Refused::Invalid(faults)) = shape.read() else { panic!("a fault") };
        assert_eq!(faults[0].at, "/policy/networks/trusted/1");
        assert!(!faults[0].detail.contains("s3cret-marker"), "{faults:?}");
    }
}
