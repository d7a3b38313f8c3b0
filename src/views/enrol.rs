//! The first second factor, on the way from an invitation into the tenant (D33).

use askama::Template;

use super::account::totp::{CodeProblem, TotpStage};
use super::form::Form;
use super::frame::Frame;
use super::link::LocalPath;
use super::passkey::PasskeyPrompt;
use super::qr::QrCode;
use crate::model::secret::Secret;

/// Asks for a second factor to be set up.
#[derive(Debug, Template)]
#[template(path = "pages/invitation/enrol.html")]
pub struct EnrolPage {
    /// The frame.
    pub frame: Frame,
    /// The hidden fields.
    pub form: Form,
    /// The address of the person.
    pub username: String,
    /// How far an authenticator is; none where the tenant does not allow them.
    pub totp: Option<TotpStage>,
    /// What was wrong with the last code.
    pub code_problem: Option<CodeProblem>,
    /// The question for a passkey; none where there are none.
    pub passkey: Option<PasskeyPrompt>,
    /// Whether the last answer proved no passkey.
    pub passkey_problem: bool,
}

/// Shows the recovery codes that came with it.
#[derive(Debug, Template)]
#[template(path = "pages/invitation/enrolled.html")]
pub struct EnrolledPage {
    /// The frame.
    pub frame: Frame,
    /// The codes, shown this once.
    pub codes: Vec<Secret<String>>,
    /// Where it goes on.
    pub onward: LocalPath,
}

impl EnrolPage {
    /// Where it stands and where its forms go.
    pub const PATH: &'static str = "/login/enrol";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-enrol";

    const fn asks_code(&self) -> bool {
        matches!(self.totp, Some(TotpStage::Shown { .. } | TotpStage::Waiting))
    }

    fn problem_text(&self) -> Option<String> {
        self.code_problem.map(|problem| self.frame.say(problem.message()))
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            form: Form::sample(),
            username: "ada@acme.example".to_owned(),
            totp: Some(TotpStage::Begin),
            code_problem: None,
            passkey: Some(PasskeyPrompt::sample()),
            passkey_problem: false,
        }
    }

    /// The same with a key that was just made.
    pub fn sample_of_shown(frame: Frame) -> Self {
        let uri =
            "otpauth://totp/Acme:ada%40acme.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme";
        let key = Secret::new("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".to_owned());
        Self { totp: Some(TotpStage::Shown { qr: QrCode::of(uri), key }), ..Self::sample(frame) }
    }
}

impl EnrolledPage {
    /// Where it stands.
    pub const PATH: &'static str = EnrolPage::PATH;
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-enrolled";

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let codes = (2..8).map(|at| Secret::new(format!("ABCD-EFGH-IJKL-MNO{at}")));
        Self { frame, codes: codes.collect(), onward: LocalPath::page("/") }
    }
}
