//! The page contract: `docs/pages.md` lists each page's path, marker and ids, and the pages keep to it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use symbolon::views::{
    AccountDeletedPage, AccountStartPage, AccountsPage, ApplicationsPage, ConsentPage,
    ConsoleInvitationsPage, ConsolePeoplePage, ConsolePersonPage, ConsolePolicyPage, ConsoleStartPage,
    DataPage, EmailCodePage, EmailConfirmPage, EmailPage, EnrolPage, EnrolledPage, ErrorPage, FactorLinkPage,
    FactorPage, FactorsPage, FormPostPage, HistoryPage, HomePage, IdentifierPage, InvitationDonePage,
    InvitationPage, LinkAskPage, LinkPage, LoggedOutPage, LogoutConfirmPage, OfferPage, OrganisationsPage,
    OwnPasswordPage, PasskeyAddedPage, PasskeyNewPage, PasskeyPage, PasskeysPage, PasswordPage, ProfilePage,
    RecoveryCodePage, RecoveryCodesPage, ResetAskPage, ResetDonePage, ResetPage, SessionsPage, SetupDonePage,
    SetupPage, SignUpPage, SignUpSentPage, TokenMadePage, TokenNewPage, TokensPage, TotpCodePage, TotpPage,
    TotpRemovePage,
};

use super::gallery::every_page;
use super::html::{ids, tags};

/// A row of the table in `docs/pages.md`.
struct Row {
    path: String,
    marker: String,
    always: BTreeSet<String>,
    sometimes: BTreeSet<String>,
}

fn words_in_code(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn promised() -> Vec<Row> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pages.md"))
        .expect("docs/pages.md");
    text.lines()
        .filter(|line| line.starts_with("| ") && line.contains("`page-"))
        .map(|line| {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            Row {
                path: cells[2].trim_matches('`').to_owned(),
                marker: cells[3].trim_matches('`').to_owned(),
                always: words_in_code(cells[4]),
                sometimes: words_in_code(cells[5]),
            }
        })
        .collect()
}

/// `account-1` and `account-2` are the `account-<n>` of the table.
fn as_promised(id: &str) -> String {
    match id.rsplit_once('-') {
        Some((name, rest)) if rest.parse::<u32>().is_ok() => format!("{name}-<n>"),
        _ => id.to_owned(),
    }
}

#[test]
fn the_pages_and_the_table_agree() {
    let rows = promised();
    let mut never_seen: BTreeSet<(String, String)> = rows
        .iter()
        .flat_map(|row| row.sometimes.iter().chain(&row.always).map(|id| (row.marker.clone(), id.clone())))
        .collect();
    for page in every_page() {
        let row = rows.iter().find(|row| row.marker == page.marker).expect(page.marker);
        let here: BTreeSet<_> = ids(&page.html).iter().map(|id| as_promised(id)).collect();
        for id in &row.always {
            assert!(here.contains(id), "{} lacks {id}", page.name);
        }
        for id in here.iter().filter(|id| **id != row.marker) {
            assert!(
                row.always.contains(id) || row.sometimes.contains(id),
                "{}: {id} is not in the table",
                page.name
            );
            never_seen.remove(&(row.marker.clone(), id.clone()));
        }
    }
    assert!(never_seen.is_empty(), "the table promises {never_seen:?}");
}

/// Where each page stands, by its marker.
fn paths() -> Vec<(&'static str, &'static str)> {
    vec![
        (IdentifierPage::MARKER, IdentifierPage::PATH),
        (PasswordPage::MARKER, PasswordPage::PATH),
        (FactorPage::MARKER, FactorPage::PATH),
        (AccountsPage::MARKER, AccountsPage::PATH),
        (ConsentPage::MARKER, ConsentPage::PATH),
        (LogoutConfirmPage::MARKER, LogoutConfirmPage::PATH),
        (LoggedOutPage::MARKER, LoggedOutPage::PATH),
        (OfferPage::MARKER, OfferPage::PATH),
        (PasskeyPage::MARKER, PasskeyPage::PATH),
        (PasskeysPage::MARKER, PasskeysPage::PATH),
        (PasskeyNewPage::MARKER, PasskeyNewPage::PATH),
        (PasskeyAddedPage::MARKER, PasskeyAddedPage::PATH),
        (SetupPage::MARKER, SetupPage::PATH),
        (SetupDonePage::MARKER, SetupDonePage::PATH),
        (ConsoleInvitationsPage::MARKER, ConsoleInvitationsPage::PATH),
        (InvitationPage::MARKER, InvitationPage::PATH),
        (InvitationDonePage::MARKER, InvitationDonePage::PATH),
        (EnrolPage::MARKER, EnrolPage::PATH),
        (EnrolledPage::MARKER, EnrolledPage::PATH),
        (SignUpPage::MARKER, SignUpPage::PATH),
        (SignUpSentPage::MARKER, SignUpSentPage::PATH),
        (HomePage::MARKER, HomePage::PATH),
        (TotpCodePage::MARKER, TotpCodePage::PATH),
        (RecoveryCodePage::MARKER, RecoveryCodePage::PATH),
        (EmailCodePage::MARKER, EmailCodePage::PATH),
        (AccountStartPage::MARKER, AccountStartPage::PATH),
        (FactorsPage::MARKER, FactorsPage::PATH),
        (TotpPage::MARKER, TotpPage::PATH),
        (TotpRemovePage::MARKER, TotpRemovePage::PATH),
        (RecoveryCodesPage::MARKER, RecoveryCodesPage::PATH),
        (ConsoleStartPage::MARKER, ConsoleStartPage::PATH),
        (ConsolePeoplePage::MARKER, ConsolePeoplePage::PATH),
        (ConsolePersonPage::MARKER, ConsolePersonPage::PATH),
        (ConsolePolicyPage::MARKER, ConsolePolicyPage::PATH),
        (LinkAskPage::MARKER, LinkAskPage::PATH),
        (ResetAskPage::MARKER, ResetAskPage::PATH),
        (LinkPage::MARKER, LinkPage::PATH),
        (FactorLinkPage::MARKER, FactorLinkPage::PATH),
        (ResetPage::MARKER, ResetPage::PATH),
        (ResetDonePage::MARKER, ResetDonePage::PATH),
        (ProfilePage::MARKER, ProfilePage::PATH),
        (EmailPage::MARKER, EmailPage::PATH),
        (EmailConfirmPage::MARKER, EmailConfirmPage::PATH),
        (OwnPasswordPage::MARKER, OwnPasswordPage::PATH),
        (SessionsPage::MARKER, SessionsPage::PATH),
        (ApplicationsPage::MARKER, ApplicationsPage::PATH),
        (OrganisationsPage::MARKER, OrganisationsPage::PATH),
        (TokensPage::MARKER, TokensPage::PATH),
        (TokenNewPage::MARKER, TokenNewPage::PATH),
        (TokenMadePage::MARKER, TokenMadePage::PATH),
        (HistoryPage::MARKER, HistoryPage::PATH),
        (DataPage::MARKER, DataPage::PATH),
        (AccountDeletedPage::MARKER, AccountDeletedPage::PATH),
    ]
}

#[test]
fn each_page_stands_at_its_path_and_posts_to_it() {
    let paths = paths();
    for row in promised() {
        match paths.iter().find(|(marker, _)| *marker == row.marker) {
            Some((_, path)) => assert_eq!(row.path, *path),
            None => assert!([ErrorPage::MARKER, FormPostPage::MARKER].contains(&row.marker.as_str())),
        }
    }
    for page in every_page().iter().filter(|page| page.marker != FormPostPage::MARKER) {
        let path = paths.iter().find(|(marker, _)| *marker == page.marker).map(|(_, path)| *path);
        for form in tags(&page.html).iter().filter(|tag| tag.name == "form") {
            // A passkey is taken at one place, whichever page asked for it.
            let takes_passkeys = form.get("id") == Some("passkey-form")
                && ![PasskeyNewPage::MARKER, EnrolPage::MARKER, InvitationPage::MARKER]
                    .contains(&page.marker);
            let path = if takes_passkeys { Some(PasskeyPage::PATH) } else { path };
            assert_eq!(form.get("action"), path, "{}", page.name);
        }
    }
}
