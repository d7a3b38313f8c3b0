//! Mail: queued with what it is about, sealed while it waits, sent once, and given up in sight of the operator.

mod command;
mod limits;
mod queue;
mod smtp;
mod words;

use symbolon::flows::mail::{Mail, MailTerms, Recipient, queue};
use symbolon::model::failure::Failure;
use symbolon::model::ids::{MailId, UserId};
use symbolon::model::mail::{MailKind, MailState, MailedLink};
use symbolon::storage::TenantScope;
use symbolon::storage::records::mails::{self, StoredMail};
use symbolon::storage::records::users;

use crate::harness::TestServer;

/// What a link of these tests ends with; nothing else has it.
const TOKEN: &str = "sym_a-token-of-these-tests";

/// A mail with a link that works for ten minutes.
fn magic_link(server: &TestServer) -> MailKind {
    MailKind::MagicLink { link: MailedLink::new(&server.edge.issuer, &format!("/link/{TOKEN}")), minutes: 10 }
}

/// Queues a mail to a person, in a transaction that then ends like this.
async fn queue_and(
    server: &TestServer,
    scope: &TenantScope,
    user: UserId,
    (kind, end): (MailKind, Result<(), Failure>),
) -> Result<MailId, Failure> {
    let (call, terms): (_, MailTerms) = (server.operator(), server.edge.mail.clone());
    let written = server.database().write(scope, move |tx| {
        let user = users::find(tx, user)?.expect("a person");
        let mail = Mail { to: Recipient::user(&user), language: Some("en"), kind };
        let id = queue(tx, &call, &terms, mail)?;
        end.map(|()| id)
    });
    written.await
}

/// Queues a mail to a person.
async fn queued(server: &TestServer, scope: &TenantScope, user: UserId, kind: MailKind) -> MailId {
    queue_and(server, scope, user, (kind, Ok(()))).await.expect("it is queued")
}

/// The row of a mail.
async fn row(server: &TestServer, scope: &TenantScope, id: MailId) -> StoredMail {
    let found = server.database().read(scope, move |tx| mails::find(tx, id)).await;
    found.expect("an answer").expect("the mail")
}

/// Where a mail stands, how often it was tried, and why the last try failed.
async fn standing(server: &TestServer, scope: &TenantScope, id: MailId) -> (MailState, i64, Option<String>) {
    let row = row(server, scope, id).await;
    (row.state, row.attempts, row.last_error)
}
