//! The pages on which people look after their own account, in each of their states.

use std::collections::{BTreeMap, BTreeSet};

use symbolon::model::own_claims::OwnClaim;
use symbolon::views::account::data::DataStays;
use symbolon::views::account::email::{EmailChangeProblem, EmailNotice};
use symbolon::views::account::organisations::OrganisationsNotice;
use symbolon::views::account::sessions::SessionsNotice;
use symbolon::views::account::tokens::{Days, TokenProblem};
use symbolon::views::account::{
    AccountDeletedPage, ApplicationsPage, DataPage, EmailConfirmPage, EmailPage, FactorsPage, HistoryPage,
    OrganisationsPage, OwnPasswordPage, ProfilePage, SessionsPage, TokenMadePage, TokenNewPage, TokensPage,
};
use symbolon::views::frame::Frame;
use symbolon::views::link::LocalPath;
use symbolon::views::setup::NewPasswordProblem;

use super::gallery::{Named, html};

/// Renders them.
pub(super) fn own_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let mut pages = profile_pages(frame);
    pages.extend(email_pages(frame));
    pages.extend(password_pages(frame));
    pages.extend(session_pages(frame));
    pages.extend(application_pages(frame));
    pages.extend(organisation_pages(frame));
    pages.extend(token_pages(frame));
    pages.extend(history_pages(frame));
    pages.extend(data_pages(frame));
    pages
}

fn profile_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let hostile = "\"><script>alert(1)</script>";
    let page = || ProfilePage::sample(frame());
    let wrong = ProfilePage {
        said: OwnClaim::ALL.into_iter().map(|claim| (claim, hostile.to_owned())).collect(),
        faults: OwnClaim::ALL.into_iter().collect(),
        ..page()
    };
    let nothing = ProfilePage { said: BTreeMap::new(), faults: BTreeSet::new(), ..page() };
    let mut pages = vec![
        ("profile", html(&page())),
        ("profile-saved", html(&ProfilePage { is_saved: true, ..page() })),
        ("profile-wrong", html(&wrong)),
        ("profile-empty", html(&nothing)),
    ];
    for claim in OwnClaim::ALL {
        pages.push(("profile-problem", html(&ProfilePage { faults: BTreeSet::from([claim]), ..page() })));
    }
    pages.into_iter().map(|(name, html)| (name, ProfilePage::MARKER, html)).collect()
}

fn email_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let page = || EmailPage::sample(frame());
    let hostile = "\"><script>alert(1)</script>";
    let pending = EmailPage { pending: Some("ada@new.example".to_owned()), is_verified: false, ..page() };
    let elsewhere = EmailConfirmPage { address: None, ..EmailConfirmPage::sample(frame()) };
    let mut pages = vec![
        ("email", EmailPage::MARKER, html(&page())),
        ("email-pending", EmailPage::MARKER, html(&pending)),
        ("email-confirm", EmailConfirmPage::MARKER, html(&EmailConfirmPage::sample(frame()))),
        ("email-elsewhere", EmailConfirmPage::MARKER, html(&elsewhere)),
    ];
    pages.extend(EmailNotice::ALL.into_iter().map(|notice| {
        ("email-notice", EmailPage::MARKER, html(&EmailPage { notice: Some(notice), ..page() }))
    }));
    pages.extend(EmailChangeProblem::ALL.into_iter().map(|problem| {
        let wrong = EmailPage { problem: Some(problem), typed: hostile.to_owned(), ..page() };
        ("email-problem", EmailPage::MARKER, html(&wrong))
    }));
    pages
}

fn password_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let page = || OwnPasswordPage::sample(frame());
    let weak = OwnPasswordPage { problem: Some(NewPasswordProblem::TooWeak), ..page() };
    let refused = OwnPasswordPage { shortest: None, ..page() };
    let none = FactorsPage { password: None, ..FactorsPage::sample(frame()) };
    let no_use = FactorsPage { takes_passwords: false, ..FactorsPage::sample(frame()) };
    vec![
        ("own-password", OwnPasswordPage::MARKER, html(&page())),
        ("own-password-weak", OwnPasswordPage::MARKER, html(&weak)),
        ("own-password-refused", OwnPasswordPage::MARKER, html(&refused)),
        ("factors-no-password", FactorsPage::MARKER, html(&none)),
        ("factors-password-no-use", FactorsPage::MARKER, html(&no_use)),
    ]
}

fn session_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let page = || SessionsPage::sample(frame());
    let mut alone = page();
    alone.sessions.truncate(1);
    let told = |notice| SessionsPage { notice: Some(notice), ..page() };
    let mut pages = vec![
        ("sessions", SessionsPage::MARKER, html(&page())),
        ("sessions-alone", SessionsPage::MARKER, html(&alone)),
    ];
    pages.extend(
        SessionsNotice::ALL.map(|notice| ("sessions-notice", SessionsPage::MARKER, html(&told(notice)))),
    );
    pages
}

fn application_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let page = || ApplicationsPage::sample(frame());
    let none = ApplicationsPage { applications: Vec::new(), ..page() };
    let withdrawn = ApplicationsPage { is_withdrawn: true, ..page() };
    let named =
        [("applications", page()), ("applications-none", none), ("applications-withdrawn", withdrawn)];
    named.into_iter().map(|(name, page)| (name, ApplicationsPage::MARKER, html(&page))).collect()
}

fn organisation_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let page = || OrganisationsPage::sample(frame());
    let none = OrganisationsPage { organisations: Vec::new(), ..page() };
    let mut pages = vec![
        ("organisations", OrganisationsPage::MARKER, html(&page())),
        ("organisations-none", OrganisationsPage::MARKER, html(&none)),
    ];
    pages.extend(OrganisationsNotice::ALL.map(|notice| {
        let told = OrganisationsPage { notice: Some(notice), ..page() };
        ("organisations-notice", OrganisationsPage::MARKER, html(&told))
    }));
    pages
}

fn token_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let (list, new) = (|| TokensPage::sample(frame()), || TokenNewPage::sample(frame()));
    let none = TokensPage { tokens: Vec::new(), ..list() };
    let revoked = TokensPage { is_revoked: true, ..list() };
    let mut pages = vec![
        ("tokens", TokensPage::MARKER, html(&list())),
        ("tokens-none", TokensPage::MARKER, html(&none)),
        ("tokens-revoked", TokensPage::MARKER, html(&revoked)),
        ("token-new", TokenNewPage::MARKER, html(&new())),
        ("token-made", TokenMadePage::MARKER, html(&TokenMadePage::sample(frame()))),
    ];
    for problem in [TokenProblem::Name, TokenProblem::Choice, TokenProblem::TooMany] {
        let page = TokenNewPage { problem: Some(problem), days: Days::Year, ..new() };
        pages.push(("token-new-problem", TokenNewPage::MARKER, html(&page)));
    }
    pages
}

fn history_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let page = || HistoryPage::sample(frame());
    let none = HistoryPage { rows: Vec::new(), ..page() };
    let older = LocalPath::page(HistoryPage::PATH).with("before", "7");
    let middle = HistoryPage { is_first: false, older: Some(older), ..page() };
    let named = [("history", page()), ("history-none", none), ("history-middle", middle)];
    named.into_iter().map(|(name, page)| (name, HistoryPage::MARKER, html(&page))).collect()
}

fn data_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let page = || DataPage::sample(frame());
    let last = DataPage { stays: Some(DataStays::LastOwner), ..page() };
    let unconfirmed = DataPage { is_unconfirmed: true, ..page() };
    vec![
        ("data", DataPage::MARKER, html(&page())),
        ("data-last-owner", DataPage::MARKER, html(&last)),
        ("data-unconfirmed", DataPage::MARKER, html(&unconfirmed)),
        ("account-deleted", AccountDeletedPage::MARKER, html(&AccountDeletedPage::sample(frame()))),
    ]
}
