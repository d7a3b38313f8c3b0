//! What people say of themselves.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;

use super::frame::{AccountFrame, Section};
use crate::model::own_claims::OwnClaim;
use crate::views::frame::Frame;
use crate::views::text::Locale;

/// Asks how a person is called and shown.
#[derive(Debug, Template)]
#[template(path = "pages/account/profile.html")]
pub struct ProfilePage {
    /// The frame.
    pub frame: Frame,
    /// Whose account it is.
    pub account: AccountFrame,
    /// Whether it was saved a moment ago.
    pub is_saved: bool,
    /// What is said, or was typed.
    pub said: BTreeMap<OwnClaim, String>,
    /// What of it breaks its rule.
    pub faults: BTreeSet<OwnClaim>,
}

impl ProfilePage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/account/profile";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-profile";

    /// Those that are typed, all but the language.
    const TYPED: [OwnClaim; 7] = [
        OwnClaim::Name,
        OwnClaim::GivenName,
        OwnClaim::FamilyName,
        OwnClaim::Nickname,
        OwnClaim::Picture,
        OwnClaim::Website,
        OwnClaim::Zoneinfo,
    ];

    const LOCALE: &'static str = OwnClaim::Locale.as_str();

    fn id(claim: OwnClaim) -> String {
        format!("profile-{}", claim.as_str().replace('_', "-"))
    }

    fn label(&self, claim: OwnClaim) -> String {
        self.frame.say(match claim {
            OwnClaim::Name => "profile-name",
            OwnClaim::GivenName => "profile-given-name",
            OwnClaim::FamilyName => "profile-family-name",
            OwnClaim::Nickname => "profile-nickname",
            OwnClaim::Picture => "profile-picture",
            OwnClaim::Website => "profile-website",
            OwnClaim::Locale => "profile-locale",
            OwnClaim::Zoneinfo => "profile-zoneinfo",
        })
    }

    fn fault(&self, claim: OwnClaim) -> Option<String> {
        self.faults.contains(&claim).then(|| {
            self.frame.say(match claim {
                OwnClaim::Name | OwnClaim::GivenName | OwnClaim::FamilyName | OwnClaim::Nickname => {
                    "profile-label-problem"
                }
                OwnClaim::Picture | OwnClaim::Website => "profile-link-problem",
                OwnClaim::Locale => "profile-locale-problem",
                OwnClaim::Zoneinfo => "profile-zoneinfo-problem",
            })
        })
    }

    fn locale_fault(&self) -> Option<String> {
        self.fault(OwnClaim::Locale)
    }

    fn is_locale_first(&self) -> bool {
        self.is_first_fault(OwnClaim::Locale)
    }

    const fn hint(claim: OwnClaim) -> Option<&'static str> {
        match claim {
            OwnClaim::Picture => Some("profile-picture-hint"),
            OwnClaim::Zoneinfo => Some("profile-zoneinfo-hint"),
            OwnClaim::Name
            | OwnClaim::GivenName
            | OwnClaim::FamilyName
            | OwnClaim::Nickname
            | OwnClaim::Website
            | OwnClaim::Locale => None,
        }
    }

    /// What describes the field, by ids.
    fn described(&self, claim: OwnClaim) -> Option<String> {
        let id = Self::id(claim);
        let problem = self.faults.contains(&claim).then(|| format!("{id}-problem"));
        let hint = Self::hint(claim).map(|_| format!("{id}-hint"));
        let ids: Vec<String> = problem.into_iter().chain(hint).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// What a browser may fill in.
    const fn filled_by(claim: OwnClaim) -> &'static str {
        match claim {
            OwnClaim::Name => "name",
            OwnClaim::GivenName => "given-name",
            OwnClaim::FamilyName => "family-name",
            OwnClaim::Nickname => "nickname",
            OwnClaim::Picture => "photo",
            OwnClaim::Website => "url",
            OwnClaim::Locale => "language",
            OwnClaim::Zoneinfo => "off",
        }
    }

    const fn kind(claim: OwnClaim) -> &'static str {
        match claim {
            OwnClaim::Picture | OwnClaim::Website => "url",
            OwnClaim::Name
            | OwnClaim::GivenName
            | OwnClaim::FamilyName
            | OwnClaim::Nickname
            | OwnClaim::Locale
            | OwnClaim::Zoneinfo => "text",
        }
    }

    fn value(&self, claim: OwnClaim) -> &str {
        self.said.get(&claim).map_or("", String::as_str)
    }

    /// The languages to choose from, each by its own name: those of the pages, and what was chosen elsewhere.
    fn languages(&self) -> Vec<(&str, String)> {
        let ours = self.frame.text.languages().map(|(locale, own_name)| (locale.as_str(), own_name));
        let chosen = self.value(OwnClaim::Locale);
        let other =
            (!chosen.is_empty() && Locale::parse(chosen).is_none()).then(|| (chosen, chosen.to_owned()));
        ours.chain(other).collect()
    }

    fn is_chosen(&self, language: &str) -> bool {
        self.value(OwnClaim::Locale) == language
    }

    /// Whether this is the first field that is wrong: it has the focus.
    fn is_first_fault(&self, claim: OwnClaim) -> bool {
        self.faults.first() == Some(&claim)
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let said = [
            (OwnClaim::Name, "Ada Lovelace"),
            (OwnClaim::GivenName, "Ada"),
            (OwnClaim::FamilyName, "Lovelace"),
            (OwnClaim::Zoneinfo, "Europe/London"),
            (OwnClaim::Locale, "en"),
        ];
        Self {
            frame,
            account: AccountFrame::sample(Section::Profile),
            is_saved: false,
            said: said.into_iter().map(|(claim, text)| (claim, text.to_owned())).collect(),
            faults: BTreeSet::new(),
        }
    }
}
