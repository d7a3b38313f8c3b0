//! A question to a browser on its way: sealed in the form that will answer it, so that a stranger who looks at a page
//! costs no row. It opens in that browser, for that purpose and person, for five minutes; whoever opens it spends it
//! (P052).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Asked, LIFE, State};
use crate::crypto::seal::{Place, Sealer};
use crate::effects::Random;
use crate::model::digest::sha256_hex;
use crate::model::failure::Failure;
use crate::model::time::Timestamp;

/// The longest sealed question, in bytes: several times what one is.
const LONGEST: usize = 8 * 1024;

/// What a question is for, and in which browser it may be answered.
#[derive(Debug, Clone, Copy)]
pub struct Binding<'a> {
    /// What for.
    pub purpose: Purpose,
    /// The hash of the browser's cookie.
    pub browser: &'a str,
    /// The person or the interaction that it is for; empty where nobody is known yet.
    pub of: &'a str,
}

/// What a question is for. One asked for one purpose answers no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To add a passkey.
    Add,
    /// To sign in, without a name.
    SignIn,
    /// To prove oneself further, or again.
    Prove,
}

/// A question that was opened: it has to be spent before the answer counts.
#[derive(Debug)]
pub struct Opened {
    /// What the answer is checked against.
    pub state: State,
    /// What tells this question from any other, hashed.
    pub hash: String,
    /// When it would have ended.
    pub expires_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Question {
    id: [u8; 16],
    expires_at: i64,
    state: Value,
}

impl Binding<'_> {
    fn sealed_at<T>(&self, then: impl FnOnce(Place<'_>) -> T) -> T {
        let row = format!("{} {}", self.browser, self.of);
        let column = match self.purpose {
            Purpose::Add => "add",
            Purpose::SignIn => "sign_in",
            Purpose::Prove => "prove",
        };
        then(Place { tenant: None, table: "passkey_challenges", row: &row, column })
    }
}

/// Seals a question for the form that answers it.
///
/// # Errors
/// It does not seal: never seen.
pub fn seal(
    sealer: &Sealer,
    random: &dyn Random,
    binding: Binding<'_>,
    asked: &Asked,
    now: Timestamp,
) -> Result<String, Failure> {
    let question =
        Question { id: random.bytes(), expires_at: (now + LIFE).as_micros(), state: asked.state.0.clone() };
    let failed = || Failure::internal("sealing a question to a passkey");
    let text = serde_json::to_vec(&question).map_err(|error| failed().because(error))?;
    binding.sealed_at(|place| sealer.seal(place, &text, random)).map_err(|error| failed().because(error))
}

/// Opens a question. `None` where it is none of ours, of another browser, purpose or person, or too old.
pub fn open(sealer: &Sealer, binding: Binding<'_>, envelope: &str, now: Timestamp) -> Option<Opened> {
    if envelope.len() > LONGEST {
        return None;
    }
    let text = binding.sealed_at(|place| sealer.open(place, envelope)).ok()?;
    let question: Question = serde_json::from_slice(text.expose()).ok()?;
    let expires_at = Timestamp::from_micros(question.expires_at);
    // Its hash is of the inside: an envelope may be spelled in more than one way.
    let hash = sha256_hex(&question.id);
    (now < expires_at).then_some(Opened { state: State(question.state), hash, expires_at })
}
