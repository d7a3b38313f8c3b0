//! A person's own tokens for their programs: the list, the form that makes one, and the one time that it is shown.

use askama::Template;

use super::frame::{AccountFrame, Section};
use crate::model::secret::Secret;
use crate::protocol::api_scope::ApiScope;
use crate::views::consent::ScopeLine;
use crate::views::frame::Frame;
use crate::views::moment::Moment;

/// Lists them; each can be revoked.
#[derive(Debug, Template)]
#[template(path = "pages/account/tokens.html")]
pub struct TokensPage {
    /// The frame.
    pub frame: Frame,
    /// Whose account it is.
    pub account: AccountFrame,
    /// Whether one was revoked a moment ago.
    pub is_revoked: bool,
    /// The tokens, the newest first.
    pub tokens: Vec<TokenRow>,
}

/// One token, without itself.
#[derive(Debug, Clone)]
pub struct TokenRow {
    /// Its id, sent as `token`.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// What it may at our API.
    pub lines: Vec<ScopeLine>,
    /// Scopes of resource servers, by name.
    pub others: Vec<String>,
    /// The resource servers that it may be exchanged for.
    pub resources: Vec<String>,
    /// When it was made.
    pub made: Moment,
    /// When it ends.
    pub ends: Moment,
    /// When it was used last.
    pub used: Option<Moment>,
}

/// Asks what a new token is called and may.
#[derive(Debug, Template)]
#[template(path = "pages/account/token_new.html")]
pub struct TokenNewPage {
    /// The frame.
    pub frame: Frame,
    /// Whose account it is.
    pub account: AccountFrame,
    /// What it is called.
    pub name: String,
    /// What it may be given.
    pub choices: Vec<Choice>,
    /// How long it lives.
    pub days: Days,
    /// What was wrong with the last try.
    pub problem: Option<TokenProblem>,
}

/// Something that a token may be given.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What the field sends.
    pub value: String,
    /// It in words.
    pub line: ScopeLine,
    /// Whether it was chosen.
    pub is_chosen: bool,
}

/// How long a token lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Days {
    /// A week.
    Week,
    /// A month.
    #[default]
    Month,
    /// A quarter of a year.
    Quarter,
    /// A year.
    Year,
}

/// What can be wrong with a new token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenProblem {
    /// It has no name, a bad one, or one that is a secret.
    Name,
    /// Nothing was chosen, or something that is not to be had.
    Choice,
    /// There are as many as one may have.
    TooMany,
}

/// Shows a token, this once.
#[derive(Debug, Template)]
#[template(path = "pages/account/token_made.html")]
pub struct TokenMadePage {
    /// The frame.
    pub frame: Frame,
    /// Whose account it is.
    pub account: AccountFrame,
    /// What it is called.
    pub name: String,
    /// The token.
    pub secret: Secret<String>,
    /// When it ends.
    pub ends: Moment,
}

impl Days {
    /// Every life, the shortest first.
    pub const ALL: [Self; 4] = [Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// How many days it has.
    pub const fn count(self) -> u32 {
        match self {
            Self::Week => 7,
            Self::Month => 30,
            Self::Quarter => 90,
            Self::Year => 365,
        }
    }

    /// The life of so many days.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|days| days.count().to_string() == text)
    }
}

impl TokensPage {
    /// Where it stands and where its forms go.
    pub const PATH: &'static str = "/account/tokens";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-tokens";

    const NEW: &'static str = TokenNewPage::PATH;

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let moment = Moment::sample();
        let row = |name: &str, used| TokenRow {
            id: "01920000-0000-7000-8000-000000000004".to_owned(),
            name: name.to_owned(),
            lines: vec![ScopeLine::OfApi(ApiScope::PeopleRead), ScopeLine::OfApi(ApiScope::AccountRead)],
            others: vec!["notes:read".to_owned()],
            resources: vec!["https://notes.example".to_owned()],
            made: moment,
            ends: moment,
            used,
        };
        Self {
            frame,
            account: AccountFrame::sample(Section::Tokens),
            is_revoked: false,
            tokens: vec![row("Backup of the notes", Some(moment)), row("Reports", None)],
        }
    }
}

impl TokenNewPage {
    /// Where it stands and where its form goes.
    pub const PATH: &'static str = "/account/tokens/new";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-token-new";

    const LIST: &'static str = TokensPage::PATH;

    fn problem_of(&self, wanted: TokenProblem) -> Option<String> {
        let problem = self.problem.filter(|problem| *problem == wanted)?;
        Some(self.frame.say(match problem {
            TokenProblem::Name => "token-name-problem",
            TokenProblem::Choice => "token-choice-problem",
            TokenProblem::TooMany => "token-too-many",
        }))
    }

    fn is_faulty(&self) -> bool {
        self.name_problem().is_some() || self.choice_problem().is_some()
    }

    fn name_problem(&self) -> Option<String> {
        self.problem_of(TokenProblem::Name)
    }

    fn choice_problem(&self) -> Option<String> {
        self.problem_of(TokenProblem::Choice)
    }

    fn other_problem(&self) -> Option<String> {
        self.problem_of(TokenProblem::TooMany)
    }

    fn lives(&self) -> Vec<(u32, String, bool)> {
        let life = |days: Days| {
            let words = self.frame.text.count("token-days", "days", days.count());
            (days.count(), words, days == self.days)
        };
        Days::ALL.into_iter().map(life).collect()
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let api = [ApiScope::AccountRead, ApiScope::AccountWrite, ApiScope::PeopleRead];
        let mut choices: Vec<Choice> = api
            .into_iter()
            .map(|scope| Choice {
                value: scope.as_str().to_owned(),
                line: ScopeLine::OfApi(scope),
                is_chosen: scope == ApiScope::AccountRead,
            })
            .collect();
        choices.push(Choice {
            value: "https://notes.example notes:read".to_owned(),
            line: ScopeLine::Api { api: "Notes API".to_owned(), description: "Read your notes".to_owned() },
            is_chosen: false,
        });
        Self {
            frame,
            account: AccountFrame::sample(Section::Tokens),
            name: String::new(),
            choices,
            days: Days::default(),
            problem: None,
        }
    }
}

impl TokenMadePage {
    /// Where it stands.
    pub const PATH: &'static str = TokenNewPage::PATH;
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-token-made";

    const LIST: &'static str = TokensPage::PATH;

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        let secret = format!("syp_{}", "sample".repeat(12));
        Self {
            frame,
            account: AccountFrame::sample(Section::Tokens),
            name: "Backup of the notes".to_owned(),
            secret: Secret::new(secret),
            ends: Moment::sample(),
        }
    }
}
