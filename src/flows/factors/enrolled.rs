//! Which factors a person has, by what is stored of them.

use std::collections::BTreeSet;

use super::{recovery_codes, totp};
use crate::flows::policy;
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::policy::Policy;
use crate::model::session::Factor;
use crate::model::time::Timestamp;
use crate::model::user::User;
use crate::protocol::acr::{Acr, acr};
use crate::storage::TenantTx;
use crate::storage::records::{passkeys, passwords, policies};

/// What a person could prove, allowed or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Enrolled(BTreeSet<Factor>);

/// Reads what a person has.
///
/// # Errors
/// The database fails.
pub fn enrolled(tx: &mut TenantTx<'_>, user: &User) -> Result<Enrolled, Failure> {
    let mut factors = BTreeSet::new();
    if passwords::find(tx, user.id)?.is_some() {
        factors.insert(Factor::Password);
    }
    if totp::confirmed(tx, user.id)?.is_some() {
        factors.insert(Factor::Totp);
    }
    if recovery_codes::left(tx, user.id)?.is_some_and(|left| left.count > 0) {
        factors.insert(Factor::RecoveryCode);
    }
    if !passkeys::of_user(tx, user.id)?.is_empty() {
        factors.insert(Factor::Passkey);
    }
    if user.is_guest() {
        // Their mailbox is their home's to name, and may be all that was proved there: it stands beside nothing here.
        factors.insert(Factor::Home);
    } else {
        factors.extend([Factor::MagicLink, Factor::EmailCode]);
    }
    Ok(Enrolled(factors))
}

/// What a sensitive change asks for: two factors of whoever had a second one, or a passkey, at this time. The sheet of recovery
/// codes is none to live by, nor is a mailbox.
///
/// # Errors
/// The database fails.
pub fn reach_since(
    tx: &mut TenantTx<'_>,
    policy: &Policy,
    (user, time): (UserId, Timestamp),
) -> Result<Option<Acr>, Failure> {
    let totp = totp::confirmed(tx, user)?.and_then(|factor| factor.confirmed_at);
    let has_totp = policy.allows(Factor::Totp) && totp.is_some_and(|at| at <= time);
    let has_passkey = policy.allows(Factor::Passkey)
        && passkeys::of_user(tx, user)?.iter().any(|passkey| passkey.created_at <= time);
    Ok((has_totp || has_passkey).then_some(Acr::Two))
}

/// Why a factor has to stay where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stays {
    /// With what is left nobody could begin a sign-in that the tenant allows.
    OnlyWayIn,
    /// The tenant may ask this person for a second factor, and what is left gives none.
    SecondNeeded,
}

/// Whether the tenant's policy wants a factor to stay, by what the person would have left without it. The sheet of recovery
/// codes is none to live by, nor is a mailbox, which somebody else may look after.
///
/// # Errors
/// The database fails.
pub fn stays(tx: &mut TenantTx<'_>, user: &User, left: Enrolled) -> Result<Option<Stays>, Failure> {
    let policy = policies::find(tx)?;
    let left = left.without(Factor::RecoveryCode).without(Factor::MagicLink).without(Factor::EmailCode);
    if !left.begins(&policy) {
        return Ok(Some(Stays::OnlyWayIn));
    }
    let lacks = !left.reaches(&policy, Acr::Two) && policy::may_ask_second(tx, &policy, user)?;
    Ok(lacks.then_some(Stays::SecondNeeded))
}

impl Enrolled {
    /// Whether a sign-in can begin with any of it, as far as it is allowed.
    pub fn begins(&self, policy: &Policy) -> bool {
        self.0.iter().any(|factor| policy::begins(*factor) && policy.allows(*factor))
    }

    /// What is left without this one.
    #[must_use]
    pub fn without(mut self, factor: Factor) -> Self {
        self.0.remove(&factor);
        self
    }

    /// All of it.
    pub fn all(&self) -> Vec<Factor> {
        self.0.iter().copied().collect()
    }

    /// Whether they have this one.
    pub fn has(&self, factor: Factor) -> bool {
        self.0.contains(&factor)
    }

    /// Whether a second factor of their own is asked for at each sign-in: one that would count.
    pub fn has_second_factor(&self, policy: &Policy) -> bool {
        self.has(Factor::Totp) && policy.allows(Factor::Totp)
    }

    /// Whether a grace period is nothing for them: they have set up what a second factor is asked of them by (D33).
    pub fn is_equipped(&self, policy: &Policy) -> bool {
        [Factor::Totp, Factor::Passkey].into_iter().any(|factor| self.has(factor) && policy.allows(factor))
    }

    /// Whether this one would count. A code by mail is for those alone who have nothing better: it makes nobody's account weaker
    /// than they made it.
    fn counts(&self, policy: &Policy, factor: Factor) -> bool {
        let is_outdone = factor == Factor::EmailCode && self.is_equipped(policy);
        self.has(factor) && policy.allows(factor) && !is_outdone
    }

    /// Whether all that they have and that is allowed reaches this strength together.
    pub fn reaches(&self, policy: &Policy, aim: Acr) -> bool {
        let counted = self.0.iter().copied().filter(|factor| self.counts(policy, *factor));
        acr(counted).is_some_and(|reached| reached.satisfies(aim))
    }

    /// The ways on from what was proved: with an aim those that reach it together with it, without one those by which the
    /// person proves anew that it is them. The best way first.
    pub fn ways(&self, policy: &Policy, proved: &[Factor], aim: Option<Acr>) -> Vec<Factor> {
        const BEST_FIRST: [Factor; 6] = [
            Factor::Passkey,
            Factor::Totp,
            Factor::Password,
            Factor::EmailCode,
            Factor::MagicLink,
            Factor::RecoveryCode,
        ];
        let reaches = |factor: Factor| match aim {
            // A link is the first factor of a sign-in, or none.
            Some(_) if factor == Factor::MagicLink => false,
            Some(aim) => {
                let together = proved.iter().copied().chain([factor]);
                !proved.contains(&factor) && acr(together).is_some_and(|reached| reached.satisfies(aim))
            }
            None => matches!(factor, Factor::Passkey | Factor::Totp | Factor::Password | Factor::MagicLink),
        };
        let possible = |factor: &Factor| self.counts(policy, *factor) && reaches(*factor);
        BEST_FIRST.into_iter().filter(possible).collect()
    }
}
