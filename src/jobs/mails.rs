//! Sends the mails that are due: on every node, at once when this node queued one, and every few seconds for the others.
//! Each mail is claimed first, so that no two nodes send it at the same time.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::effects::mail::{Mailer, Message, SendError};
use crate::effects::{Clock, Random};
use crate::flows::Call;
use crate::flows::mail::MailTerms;
use crate::flows::mail::delivery::{self, Claimed, Settled};
use crate::model::failure::Failure;
use crate::model::issuer::Issuer;
use crate::storage::records::mails;
use crate::storage::{Database, PlatformScope, PlatformTx};
use crate::views::mail::{MailFrame, Occasion, render};
use crate::views::text::{Catalogue, Locale};

/// How often a node looks for mails that are due though nobody rang: those of other nodes, and those tried again.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// How long the worker rests after each look, so that one transaction claims what comes in a crowd. The first mail of one leaves at
/// once.
const REST: Duration = Duration::from_millis(200);

/// The parts of a node that mails need.
#[derive(Clone)]
pub struct MailContext {
    /// The data.
    pub database: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Our own name.
    pub issuer: Arc<Issuer>,
    /// What opens the mails, and the bell.
    pub terms: MailTerms,
    /// The way out.
    pub mailer: Arc<dyn Mailer>,
    /// The words.
    pub catalogue: Catalogue,
    /// What the operator calls this deployment.
    pub deployment: String,
    /// Mails that are tried at the same time.
    pub at_once: usize,
}

/// The worker of a node.
pub struct MailWorker(Arc<MailContext>);

impl MailWorker {
    /// A worker that has not begun.
    pub fn new(context: MailContext) -> Self {
        Self(Arc::new(context))
    }

    /// Sends what is due until the task is dropped.
    pub async fn run(&self) {
        loop {
            // A database that is away is told once, by whoever follows the change number.
            if let Err(failure) = self.deliver().await {
                tracing::debug!(cause = failure.in_words(), "mails are not sent");
            }
            tokio::time::sleep(REST).await;
            tokio::select! {
                () = self.0.terms.bell.rung() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Tries everything that is due now, a few at a time; says how many were sent.
    pub async fn deliver(&self) -> Result<u64, Failure> {
        let (mut sent, mut trying) = (0, JoinSet::new());
        let (mut more, mut failed) = (true, None);
        loop {
            while more && trying.len() < self.0.at_once {
                let free = self.0.at_once - trying.len();
                let claimed = match self.claim(free).await {
                    Ok(claimed) => claimed,
                    Err(failure) => {
                        failed.get_or_insert(failure);
                        Vec::new()
                    }
                };
                more = claimed.len() == free;
                for due in claimed {
                    let context = Arc::clone(&self.0);
                    trying.spawn(async move { try_once(&context, due).await });
                }
            }
            let Some(tried) = trying.join_next().await else { break };
            // The others go on: whoever leaves now drops a mail between its sending and the note of that, and sends it twice.
            match tried.map_err(|join| Failure::internal("sending a mail").because(join)).flatten() {
                Ok(settled) => sent += u64::from(settled == Some(Settled::Sent)),
                Err(failure) => {
                    more = false;
                    failed.get_or_insert(failure);
                }
            }
        }
        self.measure().await?;
        failed.map_or(Ok(sent), Err)
    }

    async fn claim(&self, most: usize) -> Result<Vec<mails::Due>, Failure> {
        let (call, most) = (call(&self.0), i64::try_from(most).unwrap_or(1));
        let claim = move |tx: &mut PlatformTx<'_>| delivery::claim(tx, &call, most);
        // Looked at first, so that a quiet node writes nothing.
        let now = self.0.clock.now();
        let right = PlatformScope::operator();
        let due = self.0.database.read_platform(&right, move |tx| mails::due(tx, now, 1)).await?;
        if due.is_empty() { Ok(Vec::new()) } else { self.0.database.write_platform(&right, claim).await }
    }

    async fn measure(&self) -> Result<(), Failure> {
        let right = PlatformScope::operator();
        let waiting = self.0.database.read_platform(&right, |tx| mails::waiting(tx)).await?;
        let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
        metrics::gauge!("symbolon_mail_queue").set(f64::from(waiting));
        Ok(())
    }
}

fn call(context: &MailContext) -> Call {
    Call::of_process(&*context.clock, Arc::clone(&context.random), Arc::clone(&context.issuer))
}

async fn try_once(context: &MailContext, due: mails::Due) -> Result<Option<Settled>, Failure> {
    let (right, now, sealer) = (PlatformScope::operator(), call(context), Arc::clone(&context.terms.sealer));
    let begin = move |tx: &mut PlatformTx<'_>| delivery::begin(tx, &now, &sealer, &due);
    let Some(claimed) = context.database.write_platform(&right, begin).await? else { return Ok(None) };
    let outcome = match compose(context, &claimed) {
        Ok(message) => context.mailer.send(&message).await,
        Err(error) => {
            tracing::error!(mail = %claimed.id, %error, "a mail cannot be written");
            Err(SendError::Address)
        }
    };
    let after = call(context);
    let settle = move |tx: &mut PlatformTx<'_>| delivery::settle(tx, &after, &claimed, outcome);
    let settled = context.database.write_platform(&right, settle).await?;
    metrics::counter!("symbolon_mails_total", "result" => settled.as_str()).increment(1);
    Ok(Some(settled))
}

fn compose(context: &MailContext, claimed: &Claimed) -> Result<Message, askama::Error> {
    let locale = Locale::choose(Some(&claimed.language), None);
    let occasion = Occasion::from(&claimed.body);
    let text = context.catalogue.text(locale);
    let frame = MailFrame::new(text, &context.deployment, claimed.scope.tenant(), occasion);
    let rendered = render(&frame, &claimed.body.about)?;
    Ok(Message {
        id: claimed.id,
        at: claimed.body.at,
        to: claimed.recipient.clone(),
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
    })
}
