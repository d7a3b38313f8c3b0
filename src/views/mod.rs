//! Typed template contexts, each with a sample. A page shows what it is given: who may see what is decided before.
//!
//! The paths, marker ids and element ids of the pages are a public interface: `docs/pages.md`, held by `tests/pages/`.

pub mod account;
pub mod accounts;
pub mod assets;
pub mod brand;
pub mod client_card;
pub mod code;
pub mod consent;
pub mod console;
pub mod email_code;
pub mod enrol;
pub mod error;
pub mod factor;
pub mod form;
pub mod form_post;
pub mod frame;
pub mod home;
pub mod identifier;
pub mod invitation;
pub mod link;
pub mod links;
pub mod logout;
pub mod mail;
pub mod moment;
pub mod offer;
pub mod passkey;
pub mod passkeys;
pub mod password;
pub mod person;
pub mod qr;
pub mod setup;
pub mod signup;
pub mod text;

pub use account::{
    AccountDeletedPage, AccountStartPage, ApplicationsPage, DataPage, EmailConfirmPage, EmailPage,
    FactorsPage, HistoryPage, OrganisationsPage, OwnPasswordPage, ProfilePage, RecoveryCodesPage,
    SessionsPage, TokenMadePage, TokenNewPage, TokensPage, TotpPage, TotpRemovePage,
};
pub use accounts::AccountsPage;
pub use code::{RecoveryCodePage, TotpCodePage};
pub use consent::ConsentPage;
pub use console::{
    ConsoleInvitationsPage, ConsolePeoplePage, ConsolePersonPage, ConsolePolicyPage, ConsoleStartPage,
};
pub use email_code::EmailCodePage;
pub use enrol::{EnrolPage, EnrolledPage};
pub use error::ErrorPage;
pub use factor::FactorPage;
pub use form_post::FormPostPage;
pub use frame::Frame;
pub use home::HomePage;
pub use identifier::IdentifierPage;
pub use invitation::{InvitationDonePage, InvitationPage};
pub use links::{FactorLinkPage, LinkAskPage, LinkPage, ResetAskPage, ResetDonePage, ResetPage};
pub use logout::{LoggedOutPage, LogoutConfirmPage};
pub use offer::OfferPage;
pub use passkey::PasskeyPage;
pub use passkeys::{PasskeyAddedPage, PasskeyNewPage, PasskeysPage};
pub use password::PasswordPage;
pub use setup::{SetupDonePage, SetupPage};
pub use signup::{SignUpPage, SignUpSentPage};
