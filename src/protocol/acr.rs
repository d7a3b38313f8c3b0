//! From the factors of a sign-in to `amr` and `acr` (D13, OIDC Core §2, RFC 8176 §2): the one table.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::session::Factor;

/// The strength of a sign-in, the claim `acr`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Acr {
    /// One channel.
    One,
    /// Two independent channels.
    Two,
    /// A passkey with the person verified by the device: resists phishing.
    Three,
}

impl Acr {
    /// Every level, the weakest first.
    pub const ALL: [Self; 3] = [Self::One, Self::Two, Self::Three];

    /// The value of the claim.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::One => "urn:symbolon:acr:1",
            Self::Two => "urn:symbolon:acr:2",
            Self::Three => "urn:symbolon:acr:3",
        }
    }

    /// The levels that a sign-in can reach with the factors there are, the weakest first: what the metadata announce and
    /// what a request can aim for.
    pub fn reachable() -> impl Iterator<Item = Self> {
        let best = acr(Factor::OFFERED);
        Self::ALL.into_iter().filter(move |level| best.is_some_and(|best| best.satisfies(*level)))
    }

    /// Whether a sign-in of this strength is enough where `asked` is wanted.
    pub fn satisfies(self, asked: Self) -> bool {
        self >= asked
    }
}

impl FromStr for Acr {
    type Err = UnknownAcr;

    fn from_str(text: &str) -> Result<Self, UnknownAcr> {
        Self::ALL.into_iter().find(|acr| acr.as_str() == text).ok_or(UnknownAcr)
    }
}

impl fmt::Display for Acr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Acr {
    fn serialize<S: serde::Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Acr {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Not one of our `acr` values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown acr value")]
pub struct UnknownAcr;

/// The way by which a proof reached us; two factors on one channel count once (D13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Channel {
    Memory,
    Passkey,
    Authenticator,
    RecoverySheet,
    Mailbox,
    Upstream,
    Home,
}

/// The table: a factor's channel, its `amr` values (RFC 8176 §2 where it has one), and what it is worth alone.
const fn row(factor: Factor) -> (Channel, &'static [&'static str], Acr) {
    match factor {
        Factor::Password => (Channel::Memory, &["pwd"], Acr::One),
        Factor::Passkey => (Channel::Passkey, &["pop", "user"], Acr::Three),
        Factor::Totp => (Channel::Authenticator, &["otp"], Acr::One),
        Factor::RecoveryCode => (Channel::RecoverySheet, &["recovery"], Acr::One),
        Factor::MagicLink => (Channel::Mailbox, &["email"], Acr::One),
        Factor::EmailCode => (Channel::Mailbox, &["email", "otp"], Acr::One),
        Factor::Connection => (Channel::Upstream, &["fed"], Acr::One),
        Factor::Home => (Channel::Home, &["home"], Acr::One),
        Factor::HomeTwo => (Channel::Home, &["home", "mfa"], Acr::Two),
    }
}

/// The strength of these factors together; `None` where nothing was proved.
///
/// A link by mail beside a password is no second channel: whoever reads the mailbox can set the password anew, so the two are not
/// independent (D13), and a mailbox alone would pass for two factors (D33). A code by mail is one where the policy says so.
pub fn acr(factors: impl IntoIterator<Item = Factor>) -> Option<Acr> {
    let factors: BTreeSet<Factor> = factors.into_iter().collect();
    let mut channels = BTreeSet::new();
    let mut strongest = None;
    for factor in &factors {
        let (channel, _, alone) = row(*factor);
        if *factor != Factor::MagicLink || !factors.contains(&Factor::Password) {
            channels.insert(channel);
        }
        strongest = strongest.max(Some(alone));
    }
    if channels.len() > 1 { strongest.max(Some(Acr::Two)) } else { strongest }
}

/// The claim `amr` for these factors, in the order of their use, each value once.
pub fn amr(factors: impl IntoIterator<Item = Factor>) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for value in factors.into_iter().flat_map(|factor| row(factor).1) {
        if !values.iter().any(|known| known == value) {
            values.push((*value).to_owned());
        }
    }
    values
}

/// The level to aim for among `acr_values` or the values of a `claims` request: the weakest that can be reached, since any
/// stronger one satisfies it. All other values are passed over (OIDC Core §3.1.2.1: voluntary).
pub fn weakest_asked<'a>(values: impl IntoIterator<Item = &'a str>) -> Option<Acr> {
    let asked: BTreeSet<&str> = values.into_iter().collect();
    Acr::reachable().find(|level| asked.contains(level.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_channel_twice_counts_once() {
        assert_eq!(acr([]), None);
        assert_eq!(acr([Factor::Password]), Some(Acr::One));
        assert_eq!(acr([Factor::MagicLink, Factor::EmailCode]), Some(Acr::One));
        assert_eq!(
            acr([Factor::MagicLink, Factor::Password]),
            Some(Acr::One),
            "the mailbox sets the password"
        );
        assert_eq!(acr([Factor::MagicLink, Factor::Totp]), Some(Acr::Two));
        assert_eq!(acr([Factor::Password, Factor::EmailCode]), Some(Acr::Two));
        assert_eq!(acr([Factor::Password, Factor::Totp]), Some(Acr::Two));
        assert_eq!(acr([Factor::Passkey]), Some(Acr::Three));
        assert_eq!(acr([Factor::Password, Factor::Passkey]), Some(Acr::Three));
    }

    #[test]
    fn amr_keeps_the_order_of_use_and_names_each_once() {
        assert_eq!(amr([Factor::Password, Factor::Totp, Factor::EmailCode]), ["pwd", "otp", "email"]);
    }

    #[test]
    fn a_stronger_sign_in_satisfies_a_weaker_wish() {
        assert!(Acr::Three.satisfies(Acr::Two) && !Acr::One.satisfies(Acr::Two));
        assert_eq!(weakest_asked(["x", "urn:symbolon:acr:3", "urn:symbolon:acr:1"]), Some(Acr::One));
        assert_eq!(weakest_asked(["x"]), None);
    }

    #[test]
    fn nothing_above_what_the_offered_factors_reach_can_be_aimed_for() {
        let reachable: Vec<Acr> = Acr::reachable().collect();
        for level in Acr::ALL {
            let aimed_for = weakest_asked([level.as_str()]);
            assert_eq!(aimed_for, reachable.contains(&level).then_some(level));
        }
        assert_eq!(reachable.last().copied(), acr(Factor::OFFERED));
    }
}
