//! The claims of a profile that people change themselves: what they are called and shown as, their language and time zone.
//! Everything else of an account is others' to say, or has a page of its own (P063).

use super::profile::Profile;
use super::profile_rules::{LABEL, LINK, LOCALE, Rule, ZONEINFO};

/// One of them, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OwnClaim {
    /// The whole name.
    Name,
    /// The given name or names.
    GivenName,
    /// The family name or names.
    FamilyName,
    /// What friends say.
    Nickname,
    /// The address of a picture.
    Picture,
    /// The address of a page of their own.
    Website,
    /// The time zone.
    Zoneinfo,
    /// The language of pages and mails.
    Locale,
}

impl OwnClaim {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::Name,
        Self::GivenName,
        Self::FamilyName,
        Self::Nickname,
        Self::Picture,
        Self::Website,
        Self::Zoneinfo,
        Self::Locale,
    ];

    /// The name of the claim (OIDC Core §5.1).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::Nickname => "nickname",
            Self::Picture => "picture",
            Self::Website => "website",
            Self::Locale => "locale",
            Self::Zoneinfo => "zoneinfo",
        }
    }

    /// The claim with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|claim| claim.as_str() == name)
    }

    /// What may stand there.
    pub const fn rule(self) -> Rule {
        match self {
            Self::Name | Self::GivenName | Self::FamilyName | Self::Nickname => LABEL,
            Self::Picture | Self::Website => LINK,
            Self::Locale => LOCALE,
            Self::Zoneinfo => ZONEINFO,
        }
    }

    /// Where it stands in a profile.
    pub const fn of(self, profile: &mut Profile) -> &mut Option<String> {
        match self {
            Self::Name => &mut profile.name,
            Self::GivenName => &mut profile.given_name,
            Self::FamilyName => &mut profile.family_name,
            Self::Nickname => &mut profile.nickname,
            Self::Picture => &mut profile.picture,
            Self::Website => &mut profile.website,
            Self::Locale => &mut profile.locale,
            Self::Zoneinfo => &mut profile.zoneinfo,
        }
    }
}
