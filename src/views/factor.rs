//! The ways to prove one factor more. Shown only to somebody who proved one: what they have is theirs to see.

use askama::Template;

use super::client_card::ClientCard;
use super::form::Form;
use super::frame::Frame;
use super::link::LocalPath;
use crate::model::session::Factor;

/// Asks which way to go on.
#[derive(Debug, Template)]
#[template(path = "pages/login/factor.html")]
pub struct FactorPage {
    /// The frame.
    pub frame: Frame,
    /// The hidden fields of the way out.
    pub form: Form,
    /// Who asks.
    pub client: Option<ClientCard>,
    /// The address of the person.
    pub username: String,
    /// The ways, the best first. None where the person has none that would do.
    pub ways: Vec<Way>,
}

/// One way.
#[derive(Debug, Clone)]
pub struct Way {
    /// By which factor.
    pub factor: Factor,
    /// Its page.
    pub page: LocalPath,
}

impl Way {
    fn id(&self) -> String {
        format!("factor-{}", self.factor.as_str().replace('_', "-"))
    }

    fn name(&self, frame: &Frame) -> String {
        frame.say(match self.factor {
            Factor::Password => "factor-password",
            Factor::Passkey => "factor-passkey",
            Factor::Totp => "factor-totp",
            Factor::RecoveryCode => "factor-recovery-code",
            Factor::MagicLink => "factor-magic-link",
            Factor::EmailCode => "factor-email-code",
            Factor::Connection => "factor-connection",
            Factor::Home | Factor::HomeTwo => "factor-home",
        })
    }
}

impl FactorPage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/login/factor";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-factor";

    /// The page on which a person proves this factor as one more; none where it cannot be one.
    pub const fn page_of(factor: Factor) -> Option<&'static str> {
        match factor {
            Factor::Password => Some("/login/password"),
            Factor::Passkey => Some("/login/passkey"),
            Factor::Totp => Some("/login/totp"),
            Factor::RecoveryCode => Some("/login/recovery-code"),
            Factor::EmailCode => Some("/login/email-code"),
            Factor::MagicLink => Some("/login/link"),
            Factor::Connection | Factor::Home | Factor::HomeTwo => None,
        }
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let way = |factor| Way { factor, page: LocalPath::page(Self::page_of(factor).unwrap_or("/")) };
        Self {
            frame,
            form: Form::sample(),
            client: Some(ClientCard::sample()),
            username: "ada@acme.example".to_owned(),
            ways: vec![
                way(Factor::Passkey),
                way(Factor::Totp),
                way(Factor::Password),
                way(Factor::EmailCode),
                way(Factor::MagicLink),
                way(Factor::RecoveryCode),
            ],
        }
    }
}
