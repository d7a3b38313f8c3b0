//! Asks for the code that was mailed, or offers to mail one. Shown only to somebody who has proved a factor.

use askama::Template;

use super::client_card::ClientCard;
use super::code::{CodeAsked, CodeProblem, remember_text};
use super::form::Form;
use super::frame::Frame;
use super::link::LocalPath;

/// Mails a code, and asks for it.
#[derive(Debug, Template)]
#[template(path = "pages/login/email_code.html")]
pub struct EmailCodePage {
    frame: Frame,
    form: Form,
    client: Option<ClientCard>,
    username: String,
    asks_device: bool,
    others: LocalPath,
    remember_days: Option<u32>,
    problem: Option<CodeProblem>,
    notice: Option<CodeProblem>,
    sent_for: Option<u32>,
}

impl EmailCodePage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/login/email-code";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-email-code";

    /// The page. `sent_for` says for how many minutes the code works that was mailed; without it, none was.
    pub fn new(asked: CodeAsked, sent_for: Option<u32>) -> Self {
        let CodeAsked { frame, form, client, username, asks_device, others, remember_days, problem } = asked;
        let (problem, notice) = match problem {
            // That is nothing which was typed wrong.
            Some(CodeProblem::MailedEnough) => (None, problem),
            Some(CodeProblem::TooManyTries { .. }) if sent_for.is_none() => (None, problem),
            Some(_) if sent_for.is_none() => (None, None),
            problem => (problem, None),
        };
        Self { frame, form, client, username, asks_device, others, remember_days, problem, notice, sent_for }
    }

    fn title(&self) -> String {
        self.frame.say(if self.sent_for.is_some() { "email-code-title" } else { "email-code-ask" })
    }

    fn lead(&self) -> String {
        match self.sent_for {
            Some(minutes) => self.frame.text.count("email-code-sent", "minutes", minutes),
            None => self.frame.say("email-code-lead"),
        }
    }

    fn remember_text(&self) -> Option<String> {
        remember_text(&self.frame, self.remember_days)
    }

    fn problem_text(&self) -> Option<String> {
        self.problem.map(|problem| self.words(problem))
    }

    fn notice_text(&self) -> Option<String> {
        self.notice.map(|notice| self.words(notice))
    }

    fn words(&self, problem: CodeProblem) -> String {
        problem.words(&self.frame, "email-code-wrong")
    }
}
