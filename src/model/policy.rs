//! A tenant's rules for signing in (`OrgIdentityPolicy`): one versioned object with a default for every key.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::email::Email;
use super::role::Role;
use super::session::Factor;
use super::time::Timestamp;
use super::user::User;

/// The rules. A value that the product does not enforce yet is refused when it is set, never stored and ignored (D27). They are
/// judged in one place, `flows::policy`, for every door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Who may get an account.
    pub registration: Registration,
    /// The domains whose people may sign up, in their ASCII form (lower-case A-labels). Each stands for itself alone: that of
    /// a department is another one. They bind sign-up, and nobody who is invited.
    pub email_domains: BTreeSet<String>,
    /// The ways to prove oneself that count. Recovery codes come with the second factors that they stand in for.
    pub methods: BTreeSet<Factor>,
    /// Who must prove two.
    pub mfa: Mfa,
    /// Where people may be.
    pub networks: Networks,
    /// What a new password must be.
    pub password: PasswordRules,
    /// How long a session lives.
    pub session: SessionLimits,
    /// How long tokens live.
    pub tokens: TokenLimits,
    /// Where the second factor need not be proved at each sign-in.
    pub remembered_devices: RememberedDevices,
    /// Whether the accounts of other tenants come in here (D4).
    pub guests: Guests,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            registration: Registration::InviteOnly,
            email_domains: BTreeSet::new(),
            methods: BTreeSet::from([Factor::Password, Factor::Passkey, Factor::Totp, Factor::MagicLink]),
            mfa: Mfa::default(),
            networks: Networks::default(),
            password: PasswordRules::default(),
            session: SessionLimits::default(),
            tokens: TokenLimits::default(),
            remembered_devices: RememberedDevices::default(),
            guests: Guests::default(),
        }
    }
}

impl Policy {
    /// The methods that a policy can allow. A code by mail is the one that has to be named: it is the weakest second factor.
    pub const METHODS: [Factor; 5] =
        [Factor::Password, Factor::Passkey, Factor::Totp, Factor::MagicLink, Factor::EmailCode];

    /// Whether whoever reads the mailbox of this address may sign up (P042).
    pub fn admits_sign_up(&self, email: &Email) -> bool {
        self.registration == Registration::Domain && self.email_domains.contains(email.domain())
    }

    /// Whether a proof by this factor counts.
    pub fn allows(&self, factor: Factor) -> bool {
        match factor {
            Factor::RecoveryCode => {
                self.methods.contains(&Factor::Totp) || self.methods.contains(&Factor::Passkey)
            }
            Factor::Password
            | Factor::Passkey
            | Factor::Totp
            | Factor::MagicLink
            | Factor::EmailCode
            | Factor::Connection => self.methods.contains(&factor),
            Factor::Home | Factor::HomeTwo => self.guests.allowed,
        }
    }
}

/// Who may get an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Registration {
    /// Those whom an administrator asked.
    InviteOnly,
    /// Those too who have an address of a domain that the policy lists.
    Domain,
    /// Nobody new, but whom a declaration names.
    Closed,
}

/// Who must prove two independent factors, or a passkey (D13).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mfa {
    /// Everybody.
    pub everybody: bool,
    /// Whoever has one of these roles, by themselves or by a group.
    pub roles: BTreeSet<Role>,
    /// Whoever is not in one of the trusted networks.
    pub outside_trusted: bool,
    /// Until then, whoever has no second factor yet gets in without one, and is led to set one up (D33).
    pub grace_until: Option<Timestamp>,
}

/// For how long a browser in which somebody proved a second factor stands in for it, where they asked for that (D33).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RememberedDevices {
    /// Days since that proof. With none, no device is remembered.
    pub days: u32,
}

impl RememberedDevices {
    /// The most days.
    pub const MOST_DAYS: u32 = 30;

    /// How long a device counts; `None` where none does.
    pub fn life(&self) -> Option<Duration> {
        let days = self.days.min(Self::MOST_DAYS);
        (days > 0).then(|| Duration::from_hours(24 * u64::from(days)))
    }

    /// Whether a device counts that is remembered since then: neither time nor anything that took this person's proofs back has
    /// ended it (P065).
    pub fn counts(&self, at: Timestamp, user: &User, now: Timestamp) -> bool {
        self.life().is_some_and(|life| at.is_younger_across_nodes(life, now))
            && user.proofs_since.is_none_or(|since| since <= at)
            && user.status.stood_at(at)
    }
}

/// How guests come in: accounts of other tenants that accepted an invitation (D4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Guests {
    /// Whether they come in at all.
    pub allowed: bool,
    /// Whether what they proved at home counts here as it counted there. Otherwise it is one factor, and each proves a second one
    /// that they have here.
    pub home_factors: bool,
}

impl Default for Guests {
    fn default() -> Self {
        Self { allowed: true, home_factors: false }
    }
}

/// Networks by CIDR. An empty list is no rule, but for `trusted`, where it trusts none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Networks {
    /// Where people may sign in and use their sessions.
    pub sign_in: Vec<IpNet>,
    /// Where people may administer the tenant.
    pub administration: Vec<IpNet>,
    /// Where one factor may be enough ([`Mfa::outside_trusted`]).
    pub trusted: Vec<IpNet>,
}

/// Whether an address is in one of these networks. An unknown address is in none.
pub fn is_in(networks: &[IpNet], address: Option<IpAddr>) -> bool {
    let address = address.map(|address| address.to_canonical());
    address.is_some_and(|address| networks.iter().any(|network| network.contains(&address)))
}

/// What a new password must be, beside strong enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PasswordRules {
    /// The fewest characters.
    pub min_length: u32,
}

impl Default for PasswordRules {
    /// Twelve (R20).
    fn default() -> Self {
        Self { min_length: 12 }
    }
}

/// How long tokens live.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TokenLimits {
    /// The longest life of an access token of this tenant in seconds, whatever its client has.
    pub access_seconds: Option<u64>,
}

/// How long a session lives. Enforced by the server, whatever the cookie says (P076).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionLimits {
    /// Seconds without a request after which it ends.
    pub idle_seconds: u64,
    /// Seconds after which it ends in any case.
    pub absolute_seconds: u64,
}

impl SessionLimits {
    /// Time without a request after which a session ends.
    pub const fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds)
    }

    /// Time after which a session ends in any case.
    pub const fn absolute(&self) -> Duration {
        Duration::from_secs(self.absolute_seconds)
    }
}

impl Default for SessionLimits {
    /// Eight hours idle, seven days in all.
    fn default() -> Self {
        Self { idle_seconds: 8 * 3600, absolute_seconds: 7 * 24 * 3600 }
    }
}
