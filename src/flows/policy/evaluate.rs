//! The evaluation: pure, from a policy and what is known, to a verdict that names the rule which decided (D13, R24, R26).

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::model::policy::{Policy, is_in};
use crate::model::role::Role;
use crate::model::session::Factor;
use crate::model::time::Timestamp;
use crate::model::user::User;
use crate::protocol::acr::{Acr, acr};

/// Where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Door {
    /// A factor was just proved, and a session would begin or grow.
    SignIn,
    /// A browser uses its session.
    Session,
    /// A client refreshes.
    Refresh,
    /// Somebody administers the tenant, by the API or the console.
    Administration,
}

impl Door {
    /// Every door.
    pub const ALL: [Self; 4] = [Self::SignIn, Self::Session, Self::Refresh, Self::Administration];

    /// The word in `policy explain` and in events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Session => "session",
            Self::Refresh => "refresh",
            Self::Administration => "administration",
        }
    }
}

/// What a policy is judged by.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// Where the person stands.
    pub door: Door,
    /// What they proved.
    pub proofs: &'a [Factor],
    /// Their roles, those of their groups among them.
    pub roles: &'a BTreeSet<Role>,
    /// Where they are. Where nobody knows, they are in no network.
    pub address: Option<IpAddr>,
    /// Whether they are the owner for the day on which the upstream provider is down (R13).
    pub break_glass: bool,
    /// Whose the account is.
    pub membership: Membership,
    /// Whether they have a second factor of their own (TOTP): at a sign-in it is always asked for.
    pub has_second_factor: bool,
    /// Whether they could prove two factors already (TOTP or a passkey): a grace period is for those who cannot.
    pub is_equipped: bool,
    /// In which browser they stand.
    pub device: Device,
    /// The time.
    pub now: Timestamp,
}

/// Whose an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    /// The tenant's own.
    Own,
    /// Another tenant's, which is a guest here (D4).
    Guest,
}

impl Membership {
    /// That of this account.
    pub const fn of(user: &User) -> Self {
        if user.is_guest() { Self::Guest } else { Self::Own }
    }
}

/// The browser, or whatever else, in which somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// Any.
    Any,
    /// One that is remembered for them: this factor was proved there, and counts (D33).
    Remembered(Factor),
    /// One that was remembered when the session began, and does not count any more.
    Outdated,
}

/// The rule that decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Nothing was proved by a method that is allowed.
    Methods,
    /// They are not where people may sign in.
    SignInNetworks,
    /// They are not where people may administer.
    AdministrationNetworks,
    /// Everybody must prove two factors.
    MfaForEverybody,
    /// Their role must prove two factors.
    MfaForRole(Role),
    /// They are outside the trusted networks.
    MfaOutsideTrusted,
    /// They have a second factor, so it is asked for.
    OwnSecondFactor,
    /// They are a guest, and guests do not come in, or not but from home.
    Guests,
    /// They are a guest, whose home counts as one factor.
    GuestsSecondFactor,
}

impl Rule {
    /// The key of the policy that holds the rule, for events and `policy explain`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Methods => "methods",
            Self::SignInNetworks => "networks.sign_in",
            Self::AdministrationNetworks => "networks.administration",
            Self::MfaForEverybody => "mfa.required",
            Self::MfaForRole(_) => "mfa.roles",
            Self::MfaOutsideTrusted => "mfa.outside_trusted",
            Self::OwnSecondFactor => "own_second_factor",
            Self::Guests => "guests.allowed",
            Self::GuestsSecondFactor => "guests.home_factors",
        }
    }
}

/// What comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Come in.
    Pass {
        /// The break-glass exemption was needed for it: that is recorded loudly.
        by_break_glass: bool,
        /// This rule will ask for a second factor when the grace period is over.
        in_grace: Option<Rule>,
        /// This rule asks for a second factor, which was proved in this browser before and is remembered there (D33).
        on_device: Option<Rule>,
    },
    /// Two factors are asked for, and one was proved.
    Second(Rule),
    /// No.
    Refused(Rule),
}

/// Judges. In this order: where somebody is, what counts of what they proved, whether it is enough.
pub fn evaluate(policy: &Policy, facts: &Facts<'_>) -> Verdict {
    let networks = &policy.networks;
    if !networks.sign_in.is_empty() && !is_in(&networks.sign_in, facts.address) {
        return Verdict::Refused(Rule::SignInNetworks);
    }
    if facts.door == Door::Administration
        && !networks.administration.is_empty()
        && !is_in(&networks.administration, facts.address)
    {
        return Verdict::Refused(Rule::AdministrationNetworks);
    }
    // Whatever a guest has here, they come from home: what was taken back there is not opened here.
    if facts.membership == Membership::Guest
        && !(policy.guests.allowed && facts.proofs.iter().any(|factor| factor.is_home()))
    {
        return Verdict::Refused(Rule::Guests);
    }
    let (counted, by_break_glass) = counted(policy, facts);
    if !counted.iter().copied().any(begins) {
        return Verdict::Refused(Rule::Methods);
    }
    let Some(strength) = acr(counted.iter().copied()) else { return Verdict::Refused(Rule::Methods) };
    let asked = second_factor(policy, facts).filter(|_| !strength.satisfies(Acr::Two));
    match asked {
        None => Verdict::Pass { by_break_glass, in_grace: None, on_device: None },
        Some(rule) if may_wait(rule) && is_in_grace(policy, facts) => {
            Verdict::Pass { by_break_glass, in_grace: Some(rule), on_device: None }
        }
        Some(rule) if stands_in(policy, facts, &counted) => {
            Verdict::Pass { by_break_glass, in_grace: None, on_device: Some(rule) }
        }
        Some(rule) => Verdict::Second(rule),
    }
}

/// Whether a sign-in can begin with this factor. The others only ever stand beside one: where the first one does not count, they
/// prove nobody.
pub const fn begins(factor: Factor) -> bool {
    match factor {
        Factor::Password
        | Factor::Passkey
        | Factor::MagicLink
        | Factor::Connection
        | Factor::Home
        | Factor::HomeTwo => true,
        Factor::Totp | Factor::RecoveryCode | Factor::EmailCode => false,
    }
}

/// What was proved by methods that are allowed, and whether any of it is allowed to the break-glass owner alone.
fn counted(policy: &Policy, facts: &Facts<'_>) -> (Vec<Factor>, bool) {
    let ours = |factor: Factor| match factor {
        Factor::Password | Factor::Passkey | Factor::Totp | Factor::RecoveryCode => true,
        Factor::MagicLink | Factor::EmailCode | Factor::Connection | Factor::Home | Factor::HomeTwo => false,
    };
    let exempt = |factor: Factor| facts.break_glass && ours(factor);
    let counts = |factor: &Factor| policy.allows(*factor) || exempt(*factor);
    let worth = |factor: Factor| match factor {
        Factor::HomeTwo if !policy.guests.home_factors => Factor::Home,
        Factor::Password
        | Factor::Passkey
        | Factor::Totp
        | Factor::RecoveryCode
        | Factor::MagicLink
        | Factor::EmailCode
        | Factor::Connection
        | Factor::Home
        | Factor::HomeTwo => factor,
    };
    let counted: Vec<Factor> = facts.proofs.iter().copied().filter(counts).map(worth).collect();
    let by_break_glass = counted.iter().any(|factor| !policy.allows(*factor));
    (counted, by_break_glass)
}

/// Whether the device stands in for what is missing: a factor that is still allowed, and that makes two of what was proved.
/// Nothing stands in for a factor of whoever administers.
fn stands_in(policy: &Policy, facts: &Facts<'_>, counted: &[Factor]) -> bool {
    let Device::Remembered(factor) = facts.device else { return false };
    let together = acr(counted.iter().copied().chain([factor]));
    facts.door != Door::Administration
        && policy.allows(factor)
        && together.is_some_and(|together| together.satisfies(Acr::Two))
}

/// The rule that asks for two factors, if any does.
fn second_factor(policy: &Policy, facts: &Facts<'_>) -> Option<Rule> {
    let mfa = &policy.mfa;
    if facts.membership == Membership::Guest && !policy.guests.home_factors {
        return Some(Rule::GuestsSecondFactor);
    }
    // Where a device stood in for it at the sign-in, it is asked for at the first thing that no device opens, and once the device is
    // forgotten.
    let was_spared = match facts.device {
        Device::Any => false,
        Device::Remembered(_) => facts.door == Door::Administration,
        Device::Outdated => true,
    };
    if was_spared || (facts.has_second_factor && facts.door == Door::SignIn) {
        return Some(Rule::OwnSecondFactor);
    }
    if mfa.everybody {
        return Some(Rule::MfaForEverybody);
    }
    if let Some(role) = mfa.roles.intersection(facts.roles).next() {
        return Some(Rule::MfaForRole(*role));
    }
    let outside = mfa.outside_trusted && !is_in(&policy.networks.trusted, facts.address);
    outside.then_some(Rule::MfaOutsideTrusted)
}

/// Whether a grace period is one for this rule too: not where the person has a second factor, or comes from elsewhere.
const fn may_wait(rule: Rule) -> bool {
    !matches!(rule, Rule::OwnSecondFactor | Rule::GuestsSecondFactor)
}

fn is_in_grace(policy: &Policy, facts: &Facts<'_>) -> bool {
    !facts.is_equipped && policy.mfa.grace_until.is_some_and(|end| facts.now < end)
}

/// Whether the policy could ask this person for two factors: their roles matter only then.
pub(super) fn asks_by_role(policy: &Policy) -> bool {
    !policy.mfa.everybody && !policy.mfa.roles.is_empty()
}
