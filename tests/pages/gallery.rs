//! Every page in each of its states, in both languages. Also written to `target/pages/` to be looked at:
//! `python3 -m http.server -d target/pages` and open `en/identifier.html`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use askama::Template;
use symbolon::model::accent::Accent;
use symbolon::views::EmailCodePage;
use symbolon::views::account::factors::{FactorsNotice, FactorsPage};
use symbolon::views::account::recovery_codes::{CodesLeft, RecoveryCodesPage};
use symbolon::views::account::totp::{self, TotpPage, TotpRemovePage, TotpStage};
use symbolon::views::account::{AccountFrame, AccountStartPage, Section};
use symbolon::views::accounts::AccountsPage;
use symbolon::views::client_card::ClientCard;
use symbolon::views::code::{CodeAsked, CodeProblem, RecoveryCodePage, TotpCodePage};
use symbolon::views::console::invitations::{InvitationsNotice, InviteProblem};
use symbolon::views::console::person::{Allowed, PersonNotice, PersonProblem};
use symbolon::views::console::policy::{PolicyField, PolicyProblem};
use symbolon::views::console::{
    ConsoleInvitationsPage, ConsolePeoplePage, ConsolePersonPage, ConsolePolicyPage, ConsoleStartPage,
};
use symbolon::views::error::{ErrorKind, ErrorPage};
use symbolon::views::factor::FactorPage;
use symbolon::views::frame::Frame;
use symbolon::views::identifier::{IdentifierPage, IdentifierProblem};
use symbolon::views::link::LocalPath;
use symbolon::views::links::{
    FactorLinkPage, LinkAskPage, LinkAsked, LinkPage, ResetAskPage, ResetDonePage, ResetPage,
};
use symbolon::views::moment::Moment;
use symbolon::views::offer::OfferPage;
use symbolon::views::passkey::PasskeyPage;
use symbolon::views::passkeys::{
    PasskeyAddedPage, PasskeyNewPage, PasskeyNewProblem, PasskeysNotice, PasskeysPage,
};
use symbolon::views::password::{PasswordPage, PasswordProblem};
use symbolon::views::person::Person;
use symbolon::views::setup::{EmailProblem, NewPasswordProblem, SetupDonePage, SetupPage};
use symbolon::views::text::{Catalogue, Locale};
use symbolon::views::{ConsentPage, FormPostPage, HomePage, LoggedOutPage, LogoutConfirmPage, assets, brand};
use symbolon::views::{
    EnrolPage, EnrolledPage, InvitationDonePage, InvitationPage, SignUpPage, SignUpSentPage,
};

use super::own::own_pages;

/// One page in one state and language.
pub(crate) struct Rendered {
    /// The state, as a file name.
    pub(crate) name: &'static str,
    /// The language.
    pub(crate) locale: Locale,
    /// The marker that the page promises.
    pub(crate) marker: &'static str,
    /// The whole document.
    pub(crate) html: String,
}

/// The first state of each page, in the order of the list above: the one that has its pictures in `docs/pictures`.
pub(crate) fn one_of_each() -> Vec<Rendered> {
    let mut pages: Vec<Rendered> = Vec::new();
    for page in every_page().into_iter().filter(|page| page.locale == Locale::ENGLISH) {
        if pages.iter().all(|known| known.marker != page.marker) {
            pages.push(page);
        }
    }
    pages
}

/// Renders everything.
pub(crate) fn every_page() -> Vec<Rendered> {
    let catalogue = Catalogue::embedded().expect("the messages");
    Locale::all().flat_map(|locale| pages_in(&catalogue, locale)).collect()
}

fn pages_in(catalogue: &Catalogue, locale: Locale) -> Vec<Rendered> {
    let frame = || Frame::sample(catalogue, locale);
    let mut pages = sign_in_pages(&frame);
    pages.extend(factor_pages(&frame));
    pages.extend(other_pages(&frame));
    pages.extend(passkey_pages(&frame));
    pages.extend(joining_pages(&frame));
    pages.extend(console_invitations(&frame));
    pages.extend(code_pages(&frame));
    pages.extend(account_pages(&frame));
    pages.extend(console_pages(&frame));
    pages.extend(link_pages(&frame));
    pages.extend(own_pages(&frame));
    pages
        .into_iter()
        .map(|(name, marker, html)| Rendered { name, locale, marker, html })
        .chain(ErrorKind::ALL.into_iter().map(|kind| Rendered {
            name: "error-kind",
            locale,
            marker: ErrorPage::MARKER,
            html: html(&ErrorPage { kind, ..ErrorPage::sample(frame()) }),
        }))
        .collect()
}

pub(super) type Named = (&'static str, &'static str, String);

pub(super) fn html(page: &impl Template) -> String {
    page.render().expect("a page renders")
}

fn factor_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let none = FactorPage { ways: Vec::new(), client: Some(with_logo()), ..FactorPage::sample(frame()) };
    let alone =
        PasswordPage { problem: Some(PasswordProblem::NoSecondFactor), ..PasswordPage::sample(frame()) };
    vec![
        ("password-no-second-factor", PasswordPage::MARKER, html(&alone)),
        ("factor", FactorPage::MARKER, html(&FactorPage::sample(frame()))),
        ("factor-none", FactorPage::MARKER, html(&none)),
    ]
}

fn link_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let asked = |sent| LinkAsked { sent, client: sent.then(with_logo), ..LinkAsked::sample(frame()) };
    let reset = |problem| ResetPage { problem: Some(problem), ..ResetPage::sample(frame()) };
    let link = |client| LinkPage { client, ..LinkPage::sample(frame()) };
    let elsewhere = LinkPage { is_here: false, client: None, ..LinkPage::sample(frame()) };
    let tokens = vec!["nightly export".to_owned(), "backup".to_owned()];
    let done = ResetDonePage { tokens, ..ResetDonePage::sample(frame()) };
    vec![
        ("link-ask", LinkAskPage::MARKER, html(&LinkAskPage::from(asked(false)))),
        ("link-sent", LinkAskPage::MARKER, html(&LinkAskPage::from(asked(true)))),
        ("reset-ask", ResetAskPage::MARKER, html(&ResetAskPage::from(asked(false)))),
        ("reset-sent", ResetAskPage::MARKER, html(&ResetAskPage::from(asked(true)))),
        ("link", LinkPage::MARKER, html(&link(Some(with_logo())))),
        ("link-elsewhere", LinkPage::MARKER, html(&elsewhere)),
        ("factor-link", FactorLinkPage::MARKER, html(&FactorLinkPage::sample(frame()))),
        ("reset", ResetPage::MARKER, html(&ResetPage::sample(frame()))),
        ("reset-short", ResetPage::MARKER, html(&reset(NewPasswordProblem::TooShort))),
        ("reset-done", ResetDonePage::MARKER, html(&ResetDonePage::sample(frame()))),
        ("reset-done-tokens", ResetDonePage::MARKER, html(&done)),
    ]
}

fn joining_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let asked = InvitationPage::MARKER;
    let invitation = |change: &dyn Fn(&mut InvitationPage)| {
        let mut page = InvitationPage::sample(frame());
        change(&mut page);
        html(&page)
    };
    let problem = |problem| invitation(&move |page| page.password_problem = Some(problem));
    let done = InvitationDonePage::sample(frame());
    let with_codes = InvitationDonePage {
        codes: EnrolledPage::sample(frame()).codes,
        ..InvitationDonePage::sample(frame())
    };
    let waiting = EnrolPage {
        totp: Some(TotpStage::Waiting),
        code_problem: Some(totp::CodeProblem::Wrong),
        passkey_problem: true,
        ..EnrolPage::sample(frame())
    };
    let none = EnrolPage { totp: None, passkey: None, ..EnrolPage::sample(frame()) };
    let faulty = SignUpPage {
        organisation: "a b".to_owned(),
        email: "ada@".to_owned(),
        organisation_problem: true,
        email_problem: true,
        ..SignUpPage::sample(frame())
    };
    vec![
        ("invitation", asked, invitation(&|_| ())),
        ("invitation-long", asked, invitation(&|page| page.email = "a".repeat(240) + "@acme.example")),
        ("invitation-elsewhere", asked, invitation(&|page| page.homes.clear())),
        ("invitation-signed-up", asked, invitation(&|page| page.inviter = None)),
        ("invitation-passkey-only", asked, invitation(&|page| page.shortest = None)),
        ("invitation-no-passkeys", asked, invitation(&|page| page.passkey = None)),
        (
            "invitation-mailbox",
            asked,
            invitation(&|page| {
                page.passkey = None;
                page.shortest = None;
            }),
        ),
        (
            "invitation-problems",
            asked,
            invitation(&|page| {
                page.name_problem = true;
                page.password_problem = Some(NewPasswordProblem::TooShort);
                page.passkey_problem = true;
            }),
        ),
        ("invitation-weak", asked, problem(NewPasswordProblem::TooWeak)),
        ("invitation-too-long", asked, problem(NewPasswordProblem::TooLong)),
        ("invitation-done", InvitationDonePage::MARKER, html(&done)),
        ("invitation-done-codes", InvitationDonePage::MARKER, html(&with_codes)),
        ("enrol", EnrolPage::MARKER, html(&EnrolPage::sample(frame()))),
        ("enrol-shown", EnrolPage::MARKER, html(&EnrolPage::sample_of_shown(frame()))),
        ("enrol-waiting", EnrolPage::MARKER, html(&waiting)),
        ("enrol-none", EnrolPage::MARKER, html(&none)),
        ("enrolled", EnrolledPage::MARKER, html(&EnrolledPage::sample(frame()))),
        ("signup", SignUpPage::MARKER, html(&SignUpPage::sample(frame()))),
        ("signup-problems", SignUpPage::MARKER, html(&faulty)),
        ("signup-sent", SignUpSentPage::MARKER, html(&SignUpSentPage::sample(frame()))),
    ]
}

fn console_invitations(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let page = || ConsoleInvitationsPage::sample(frame());
    let leafed = ConsoleInvitationsPage {
        invitations: Vec::new(),
        first: Some(LocalPath::page("/console/invitations")),
        next: Some(LocalPath::page("/console/invitations")),
        ..page()
    };
    let faulty = ConsoleInvitationsPage {
        problems: InviteProblem::ALL.into_iter().zip(1..).map(|(it, line)| (Some(line), it)).collect(),
        many: "grace@acme.example\nnobody".to_owned(),
        ..page()
    };
    let marker = ConsoleInvitationsPage::MARKER;
    let mut pages = vec![
        ("console-invitations", marker, html(&page())),
        ("console-invitations-leafed", marker, html(&leafed)),
        ("console-invitations-faulty", marker, html(&faulty)),
    ];
    pages.extend(InvitationsNotice::ALL.map(|notice| {
        let page = ConsoleInvitationsPage { notice: Some(notice), ..page() };
        ("console-invitations-notice", marker, html(&page))
    }));
    pages
}

fn passkey_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let (asked, list) = (PasskeyPage::MARKER, PasskeysPage::MARKER);
    let (new, added) = (PasskeyNewPage::MARKER, PasskeyAddedPage::MARKER);
    let sample = || PasskeyNewPage::sample(frame());
    let told = |notice| PasskeysPage { notice: Some(notice), ..PasskeysPage::sample(frame()) };
    let mut pages = vec![
        ("passkey", asked, html(&PasskeyPage::sample(frame()))),
        (
            "passkey-refused",
            asked,
            html(&PasskeyPage { refused: true, client: Some(with_logo()), ..PasskeyPage::sample(frame()) }),
        ),
        ("offer", OfferPage::MARKER, html(&OfferPage::sample(frame()))),
        (
            "passkey-added-onward",
            added,
            html(&PasskeyAddedPage {
                onward: Some(LocalPath::page("/")),
                ..PasskeyAddedPage::sample(frame())
            }),
        ),
        ("passkeys", list, html(&PasskeysPage::sample(frame()))),
        (
            "passkeys-none",
            list,
            html(&PasskeysPage { passkeys: Vec::new(), ..PasskeysPage::sample(frame()) }),
        ),
        ("passkey-new", new, html(&sample())),
        ("passkey-new-enough", new, html(&PasskeyNewPage { passkey: None, ..sample() })),
        ("passkey-added", added, html(&PasskeyAddedPage::sample(frame()))),
        (
            "passkey-added-again",
            added,
            html(&PasskeyAddedPage {
                codes: Vec::new(),
                is_again: true,
                ..PasskeyAddedPage::sample(frame())
            }),
        ),
        (
            "passkey-added-alone",
            added,
            html(&PasskeyAddedPage { codes: Vec::new(), ..PasskeyAddedPage::sample(frame()) }),
        ),
    ];
    for problem in [PasskeyNewProblem::Name, PasskeyNewProblem::Known, PasskeyNewProblem::Wrong] {
        pages.push((
            "passkey-new-problem",
            new,
            html(&PasskeyNewPage { problem: Some(problem), ..sample() }),
        ));
    }
    pages.extend(PasskeysNotice::ALL.map(|notice| ("passkeys-notice", list, html(&told(notice)))));
    pages
}

fn sign_in_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let identifier = |change: &dyn Fn(&mut IdentifierPage)| {
        let mut page = IdentifierPage::sample(frame());
        change(&mut page);
        html(&page)
    };
    let password = |change: &dyn Fn(&mut PasswordPage)| {
        let mut page = PasswordPage::sample(frame());
        change(&mut page);
        html(&page)
    };
    let hostile = "\"><script>alert(1)</script>";
    let (login, secret) = (IdentifierPage::MARKER, PasswordPage::MARKER);
    vec![
        ("identifier", login, identifier(&|_| ())),
        (
            "identifier-organisation",
            login,
            identifier(&|page| {
                page.frame.tenant = None;
                page.organisation = Some("Acme Corp!".to_owned());
                page.username.push_str("ada@acme.example");
                page.problem = Some(IdentifierProblem::Organisation);
            }),
        ),
        ("identifier-problem", login, identifier(&|page| page.problem = Some(IdentifierProblem::Username))),
        ("identifier-asked-for-another", login, identifier(&|page| page.asked_for_another = true)),
        ("identifier-branded", login, identifier(&|page| wear_a_brand(page))),
        (
            "identifier-hostile",
            login,
            identifier(&|page| {
                page.username.push_str(hostile);
                page.frame.tenant = Some(hostile.to_owned());
                page.organisation = Some(hostile.to_owned());
                page.client = Some(ClientCard::named(hostile));
            }),
        ),
        ("identifier-passkey", login, identifier(&|page| page.problem = Some(IdentifierProblem::Passkey))),
        ("password", secret, password(&|_| ())),
        (
            "password-long",
            secret,
            password(&|page| {
                page.username =
                    "maximiliane.freifrau-von-hohenlohe@verwaltung.unternehmensgruppe-suedwest.example"
                        .to_owned();
                page.frame.tenant = Some("Zweckverband Abfallwirtschaft Donaudampfschifffahrt".to_owned());
                page.client = Some(ClientCard::named("Grundstücksverkehrsgenehmigungszuständigkeiten"));
            }),
        ),
        ("password-wrong", secret, password(&|page| page.problem = Some(PasswordProblem::Wrong))),
        ("password-missing", secret, password(&|page| page.problem = Some(PasswordProblem::Missing))),
        (
            "password-too-many",
            secret,
            password(&|page| {
                page.client = Some(with_logo());
                page.problem = Some(PasswordProblem::TooManyTries { minutes: 5 });
            }),
        ),
        ("accounts", AccountsPage::MARKER, html(&AccountsPage::sample(frame()))),
        (
            "accounts-logo",
            AccountsPage::MARKER,
            html(&AccountsPage { client: Some(with_logo()), ..AccountsPage::sample(frame()) }),
        ),
    ]
}

fn with_logo() -> ClientCard {
    ClientCard { logo: LocalPath::parse("/assets/logo.svg"), ..ClientCard::sample() }
}

fn wear_a_brand(page: &mut IdentifierPage) {
    page.client = Some(with_logo());
    page.frame.accent = Some(accent());
}

fn accent() -> Accent {
    "#7a3b12".parse().expect("an accent")
}

fn other_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let setup = SetupPage {
        email: "ada".to_owned(),
        email_problem: Some(EmailProblem::Invalid),
        password_problem: Some(NewPasswordProblem::TooWeak),
        ..SetupPage::sample(frame())
    };
    let short = SetupPage {
        email: "ada@acme.example".to_owned(),
        password_problem: Some(NewPasswordProblem::TooShort),
        ..SetupPage::sample(frame())
    };
    let long =
        SetupPage { password_problem: Some(NewPasswordProblem::TooLong), ..SetupPage::sample(frame()) };
    let others = LoggedOutPage { others: vec![Person::sample()], ..LoggedOutPage::sample(frame()) };
    vec![
        (
            "accounts-asked-for-another",
            AccountsPage::MARKER,
            html(&AccountsPage { asked_for_another: true, ..AccountsPage::sample(frame()) }),
        ),
        (
            "accounts-not-admitted",
            AccountsPage::MARKER,
            html(&AccountsPage { not_admitted: true, ..AccountsPage::sample(frame()) }),
        ),
        ("consent", ConsentPage::MARKER, html(&ConsentPage::sample(frame()))),
        ("logout-confirm", LogoutConfirmPage::MARKER, html(&LogoutConfirmPage::sample(frame()))),
        (
            "consent-logo",
            ConsentPage::MARKER,
            html(&ConsentPage { client: with_logo(), ..ConsentPage::sample(frame()) }),
        ),
        (
            "logout-confirm-logo",
            LogoutConfirmPage::MARKER,
            html(&LogoutConfirmPage { client: Some(with_logo()), ..LogoutConfirmPage::sample(frame()) }),
        ),
        ("logged-out", LoggedOutPage::MARKER, html(&LoggedOutPage::sample(frame()))),
        ("logged-out-others", LoggedOutPage::MARKER, html(&others)),
        ("error", ErrorPage::MARKER, html(&ErrorPage::sample(frame()))),
        ("setup", SetupPage::MARKER, html(&SetupPage::sample(frame()))),
        ("setup-problem", SetupPage::MARKER, html(&setup)),
        ("setup-short", SetupPage::MARKER, html(&short)),
        ("setup-long", SetupPage::MARKER, html(&long)),
        ("setup-done", SetupDonePage::MARKER, html(&SetupDonePage::sample(frame()))),
        ("form-post", FormPostPage::MARKER, html(&FormPostPage::sample(frame()))),
        ("home", HomePage::MARKER, html(&HomePage { accounts: Vec::new(), ..HomePage::sample(frame()) })),
        ("home-signed-in", HomePage::MARKER, html(&HomePage::sample(frame()))),
    ]
}

fn code_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let asked = |problem| CodeAsked { problem, ..CodeAsked::sample(frame()) };
    let totp = |problem| html(&TotpCodePage::from(asked(problem)));
    let recovery = |problem| html(&RecoveryCodePage::from(asked(problem)));
    let email = |sent_for, problem| html(&EmailCodePage::new(asked(problem), sent_for));
    let logo = || CodeAsked { client: Some(with_logo()), ..asked(None) };
    let locked = Some(CodeProblem::TooManyTries { minutes: 5 });
    let remember = |days| CodeAsked { remember_days: Some(days), ..asked(None) };
    vec![
        ("totp-remember", TotpCodePage::MARKER, html(&TotpCodePage::from(remember(30)))),
        ("email-code-remember", EmailCodePage::MARKER, html(&EmailCodePage::new(remember(1), Some(10)))),
        ("totp", TotpCodePage::MARKER, totp(None)),
        ("totp-wrong", TotpCodePage::MARKER, totp(Some(CodeProblem::Wrong))),
        ("totp-missing", TotpCodePage::MARKER, totp(Some(CodeProblem::Missing))),
        ("totp-too-many", TotpCodePage::MARKER, totp(locked)),
        ("totp-logo", TotpCodePage::MARKER, html(&TotpCodePage::from(logo()))),
        ("recovery-code-logo", RecoveryCodePage::MARKER, html(&RecoveryCodePage::from(logo()))),
        ("recovery-code", RecoveryCodePage::MARKER, recovery(None)),
        ("email-code", EmailCodePage::MARKER, email(None, None)),
        ("email-code-enough", EmailCodePage::MARKER, email(None, Some(CodeProblem::MailedEnough))),
        ("email-code-locked", EmailCodePage::MARKER, email(None, locked)),
        ("email-code-sent", EmailCodePage::MARKER, email(Some(10), None)),
        ("email-code-wrong", EmailCodePage::MARKER, email(Some(10), Some(CodeProblem::Wrong))),
        ("email-code-logo", EmailCodePage::MARKER, html(&EmailCodePage::new(logo(), Some(1)))),
        ("recovery-code-wrong", RecoveryCodePage::MARKER, recovery(Some(CodeProblem::Wrong))),
    ]
}

fn account_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let setup = |stage, problem| html(&TotpPage { stage, problem, ..TotpPage::sample(frame()) });
    let codes = |page: &RecoveryCodesPage| (RecoveryCodesPage::MARKER, html(page));
    let left = Some(CodesLeft { count: 1, made_at: Moment::sample() });
    let used = RecoveryCodesPage { fresh: None, left, ..RecoveryCodesPage::sample(frame()) };
    let none = RecoveryCodesPage { fresh: None, left: None, ..RecoveryCodesPage::sample(frame()) };
    let mut pages = vec![
        ("account", AccountStartPage::MARKER, html(&AccountStartPage::sample(frame()))),
        ("factors", FactorsPage::MARKER, html(&FactorsPage::sample(frame()))),
        (
            "factors-one-account",
            FactorsPage::MARKER,
            html(&FactorsPage {
                account: AccountFrame { account: None, ..AccountFrame::sample(Section::Factors) },
                totp: None,
                codes: None,
                ..FactorsPage::sample(frame())
            }),
        ),
        ("totp-setup", TotpPage::MARKER, html(&TotpPage::sample(frame()))),
        ("totp-setup-begin", TotpPage::MARKER, setup(TotpStage::Begin, None)),
        ("totp-setup-waiting", TotpPage::MARKER, setup(TotpStage::Waiting, None)),
        ("totp-setup-wrong", TotpPage::MARKER, setup(TotpStage::Waiting, Some(totp::CodeProblem::Wrong))),
        ("totp-setup-missing", TotpPage::MARKER, setup(TotpStage::Waiting, Some(totp::CodeProblem::Missing))),
        ("totp-setup-active", TotpPage::MARKER, setup(TotpPage::sample_of_active(), None)),
        ("totp-remove", TotpRemovePage::MARKER, html(&TotpRemovePage::sample(frame()))),
        (
            "totp-remove-needed",
            TotpRemovePage::MARKER,
            html(&TotpRemovePage { is_needed: true, ..TotpRemovePage::sample(frame()) }),
        ),
    ];
    let fresh = RecoveryCodesPage::sample(frame());
    let with_totp = RecoveryCodesPage { with_totp: true, ..RecoveryCodesPage::sample(frame()) };
    let named = [
        ("recovery-codes", &fresh),
        ("recovery-codes-first", &with_totp),
        ("recovery-codes-left", &used),
        ("recovery-codes-none", &none),
    ];
    pages.extend(named.into_iter().map(|(name, page)| {
        let (marker, html) = codes(page);
        (name, marker, html)
    }));
    pages.extend(FactorsNotice::ALL.into_iter().map(|notice| {
        let page = FactorsPage { notice: Some(notice), ..FactorsPage::sample(frame()) };
        ("factors-notice", FactorsPage::MARKER, html(&page))
    }));
    pages
}

fn console_pages(frame: &dyn Fn() -> Frame) -> Vec<Named> {
    let (list, one) = (ConsolePeoplePage::MARKER, ConsolePersonPage::MARKER);
    let people = || ConsolePeoplePage::sample(frame());
    let policy = ConsolePolicyPage::MARKER;
    let rules = || ConsolePolicyPage::sample(frame());
    let every_field = PolicyField::ALL.into();
    let faulty = ConsolePolicyPage { faults: every_field, problem: Some(PolicyProblem::Faults), ..rules() };
    let person = || ConsolePersonPage::sample(frame());
    let later = ConsolePeoplePage { first: Some(LocalPath::page("/console/people")), next: None, ..people() };
    let none = ConsolePeoplePage { people: Vec::new(), next: None, ..people() };
    let found = ConsolePeoplePage {
        people: Vec::new(),
        next: None,
        search: "\"><script>alert(1)</script>".to_owned(),
        ..people()
    };
    let mut bare =
        ConsolePersonPage { may: Allowed::default(), factors: Vec::new(), sessions: Vec::new(), ..person() };
    bare.person.name = None;
    bare.person.groups.clear();
    let resume = Allowed { suspend: false, resume: true, ..person().may };
    let mut pages = vec![
        ("console", ConsoleStartPage::MARKER, html(&ConsoleStartPage::sample(frame()))),
        ("console-people", list, html(&people())),
        ("console-people-later", list, html(&later)),
        ("console-people-none", list, html(&none)),
        ("console-people-none-found", list, html(&found)),
        ("console-policy", policy, html(&ConsolePolicyPage::sample(frame()))),
        ("console-policy-tried", policy, html(&ConsolePolicyPage::sample_tried(frame()))),
        ("console-policy-reads", policy, html(&ConsolePolicyPage { may_save: false, ..rules() })),
        ("console-policy-saved", policy, html(&ConsolePolicyPage { saved: true, ..rules() })),
        ("console-policy-faults", policy, html(&faulty)),
        ("console-person", one, html(&person())),
        ("console-person-bare", one, html(&bare)),
        ("console-person-suspended", one, html(&ConsolePersonPage { may: resume, ..person() })),
    ];
    pages.extend(PersonNotice::ALL.into_iter().map(|notice| {
        let page = ConsolePersonPage { notice: Some(notice), ..person() };
        ("console-person-notice", one, html(&page))
    }));
    pages.extend(PersonProblem::ALL.into_iter().map(|problem| {
        let page = ConsolePersonPage { problem: Some(problem), ..person() };
        ("console-person-problem", one, html(&page))
    }));
    pages.extend(PolicyProblem::ALL.into_iter().map(|problem| {
        let page = ConsolePolicyPage { problem: Some(problem), ..rules() };
        ("console-policy-problem", policy, html(&page))
    }));
    pages
}

#[test]
fn the_gallery_is_written_to_be_looked_at() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pages");
    fs::create_dir_all(root.join("assets")).expect("a folder");
    for asset in assets::ALL {
        fs::write(root.join("assets").join(asset.name()), asset.bytes).expect("an asset");
    }
    let file = brand::path(accent());
    fs::write(root.join(file.trim_start_matches('/')), brand::stylesheet(accent())).expect("a brand");
    fs::write(root.join("assets/logo.svg"), assets::ICON.bytes).expect("a logo");
    for page in every_page() {
        let folder = root.join(page.locale.as_str());
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(page.name).with_extension("html"), page.html).expect("a page");
    }
    let shown: BTreeMap<_, _> = one_of_each().into_iter().map(|page| (page.marker, page.name)).collect();
    let shown = serde_json::to_string_pretty(&shown).expect("JSON");
    fs::write(root.join("shown.json"), shown).expect("the list for `scripts/pictures`");
}
