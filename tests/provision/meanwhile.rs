//! A long file is being applied, and others go on by what they still see (D14; invariant 8).

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::json;
use symbolon::flows::audit::Verification;
use symbolon::model::failure::Failure;
use symbolon::model::ids::UserId;
use symbolon::model::secret::Secret;
use symbolon::model::time::Timestamp;
use symbolon::storage::records::{audit, clients, passwords, users};
use symbolon::storage::{PlatformScope, TenantTx};

use super::deployment::Deployment;
use super::running::{ADA, HANK, Held, Running};
use crate::harness::database::on_postgres;
use crate::harness::rows::Everything;
use crate::harness::statements;
use crate::harness::tokens::{claims, text};
use crate::harness::wait::until;

/// Holds the row of a person until the sender is used or dropped.
async fn hold(
    running: &Running,
    tenant: &'static str,
    email: &'static str,
) -> (std::sync::mpsc::Sender<()>, tokio::task::JoinHandle<()>) {
    hold_and(running, (tenant, email), |_, _| Ok(())).await
}

/// The same, and does this before it lets go.
async fn hold_and(
    running: &Running,
    (tenant, email): (&'static str, &'static str),
    last: impl FnOnce(&mut TenantTx<'_>, UserId) -> Result<(), Failure> + Send + 'static,
) -> (std::sync::mpsc::Sender<()>, tokio::task::JoinHandle<()>) {
    let database = running.server.database().with_patience(Duration::from_mins(1));
    let (open, gate) = std::sync::mpsc::channel();
    let (inside, entered) = tokio::sync::oneshot::channel();
    let holding = tokio::spawn(async move {
        let right = PlatformScope::operator();
        let held = database.write_platform(&right, move |tx| {
            let scope = tx.tenant_by_slug(&tenant.parse().expect("a slug"))?.expect("the tenant");
            let mut tx = tx.enter(&scope)?;
            let user = users::find_by_email(&mut tx, email)?.expect("the person");
            assert!(users::hold_active(&mut tx, user.id)?);
            let _waiting = inside.send(());
            let _opened = gate.recv();
            last(&mut tx, user.id)
        });
        held.await.expect("the row was held");
    });
    entered.await.expect("the row is held");
    (open, holding)
}

/// Begins what has to wait for a person, and does the rest while it waits. On PostgreSQL alone: the one writer of SQLite
/// takes one after the other, and a test says in which order.
async fn while_it_waits<A, B>(
    running: &Running,
    (tenant, email): (&'static str, &'static str),
    waiting: impl Future<Output = A>,
    rest: impl Future<Output = B>,
) -> (A, B) {
    let (open, holding) = hold(running, tenant, email).await;
    let meanwhile = async {
        let mut everything = Everything::open(running.server.storage());
        until(Duration::from_secs(20), "it waits", async || everything.anybody_waits()).await;
        let done = rest.await;
        open.send(()).expect("somebody holds the row");
        done
    };
    let both = tokio::join!(waiting, meanwhile);
    holding.await.expect("the row was held");
    both
}

/// D14, P074: a token that is issued while a file is applied falls with what the file takes away, however long the file
/// takes, and no other revocation has to wait for it.
#[tokio::test]
async fn p074_what_is_issued_while_a_long_file_is_applied_falls_too() {
    let running = Running::new().await;
    let (ada, hank) = (running.hold(ADA).await, running.hold(HANK).await);
    let file = running.edited(&[
        ("        roles: [owner]\n        workspaces", "        roles: [member]\n        workspaces"),
        ("family: Scorpio", "family: Scorpion"),
    ]);
    let meanwhile = async {
        running.server.advance(Duration::from_mins(1)).await;
        let refreshed = running.refreshed(&ada).await;
        assert_eq!(refreshed.status, 200, "{refreshed:?}");
        let access = text(&refreshed.json(), "access_token");
        assert_eq!(claims(&access)["roles"], json!(["owner"]), "by what is still so");
        let gone = running.ask("notes", "/oauth2/revoke", &[("token", &*hank.refresh)]).await;
        assert_eq!(gone.status, 200, "{gone:?}");
        assert_eq!(running.userinfo(&hank).await, 401, "revoked at once");
        (access, text(&refreshed.json(), "refresh_token"))
    };
    let file = running.apply(&file, false);
    let (applied, (access, refresh)) = if on_postgres() {
        while_it_waits(&running, ("globex", HANK.email), file, meanwhile).await
    } else {
        let issued = meanwhile.await;
        (file.await, issued)
    };
    assert!(!applied.changes.is_empty());
    assert!(!running.is_active(&access).await, "it says that she is an owner");
    let next = running.refreshed_by("notes", &refresh).await;
    assert_eq!(claims(&text(&next.json(), "access_token"))["roles"], json!(["member"]));
}

/// P151: an exchange that waits for a person whom a file changes holds nothing that the file takes afterwards: the file is
/// applied, and the code of the client that it removed is worth nothing.
#[tokio::test]
async fn p151_a_code_is_exchanged_while_a_file_removes_its_client() {
    let running = Running::new().await;
    let ada = running.hold(ADA).await;
    let asked = ada.jar.open(&Running::asks_for_wiki()).await;
    let code = ada.jar.submit(&asked, &[("decision", "allow")]).await.answer().remove("code");
    let code = code.expect("a code for the wiki");
    let (from, to) = (
        running.file.find("      - client_id: acme.wiki"),
        running.file.find("      - client_id: acme.notes"),
    );
    let wiki = &running.file[from.expect("the wiki")..to.expect("the client after it")];
    let file = running.edited(&[
        (wiki, ""),
        ("family: Lovelace", "family: Byron"),
        ("name: Report job", "name: Reports"),
    ]);
    if !on_postgres() {
        // One writer: a code is exchanged before the file is applied, or after it.
        let another = ada.jar.open(&Running::asks_for_wiki()).await.answer().remove("code").expect("another");
        let before = running.exchanged("acme.wiki", &code).await.json();
        let before =
            Held { access: text(&before, "access_token"), refresh: text(&before, "refresh_token"), ..ada };
        assert_eq!(running.userinfo(&before).await, 200);
        assert!(!running.apply(&file, true).await.changes.is_empty());
        assert_eq!(running.userinfo(&before).await, 401);
        let after = running.exchanged("acme.wiki", &another).await;
        assert_eq!((after.status.as_u16(), &after.json()["error"]), (401, &json!("invalid_client")));
        return;
    }
    let database = running.server.database().with_patience(Duration::from_mins(1));
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let (inside, entered) = tokio::sync::oneshot::channel();
    // The file stops here: behind Ada, before the client that goes.
    let right = PlatformScope::operator();
    let holding = database.write_platform(&right, move |tx| {
        let scope = tx.tenant_by_slug(&"globex".parse().expect("a slug"))?.expect("the tenant");
        let mut tx = tx.enter(&scope)?;
        let report = clients::find(&mut tx, &"globex.report".parse().expect("an id"))?.expect("the client");
        clients::update(&mut tx, &report)?;
        let _waiting = inside.send(());
        let _opened = gate.recv();
        Ok(())
    });
    let applying = async {
        entered.await.expect("the gate is shut");
        running.apply(&file, true).await
    };
    let waiting = async |many: i64| {
        let mut everything = Everything::open(running.server.storage());
        until(Duration::from_secs(20), "they wait", async || everything.locks_waited_for() >= many).await;
    };
    let exchanging = async {
        waiting(1).await;
        running.exchanged("acme.wiki", &code).await
    };
    let opening = async {
        waiting(2).await;
        open.send(()).expect("the gate is open");
    };
    let (held, applied, exchanged, ()) = tokio::join!(holding, applying, exchanging, opening);
    held.expect("the gate was held");
    assert!(!applied.changes.is_empty());
    assert_eq!((exchanged.status.as_u16(), &exchanged.json()["error"]), (400, &json!("invalid_grant")));
}

/// P016: a code is exchanged by what its client still has, while a file takes the refresh tokens from it. What comes of that is
/// worth nothing, nor when the client may have refresh tokens again.
#[tokio::test]
async fn p016_a_code_exchanged_while_its_client_loses_refresh_tokens_leaves_none_for_later() {
    let running = Running::new().await;
    let ada = running.hold(ADA).await;
    let code = running.silent(&ada).await.remove("code").expect("a code");
    let without = ("first_party: true ", "grant_types: [authorization_code]\n      first_party: true ");
    let without = running.edited(&[without]);
    let (exchanging, meanwhile) = (running.exchanged("notes", &code), running.apply(&without, false));
    let (exchanged, _) = if on_postgres() {
        while_it_waits(&running, ("acme", ADA.email), exchanging, meanwhile).await
    } else {
        (exchanging.await, meanwhile.await)
    };
    let late = text(&exchanged.json(), "refresh_token");
    assert!(!running.is_active(&text(&exchanged.json(), "access_token")).await);
    running.apply(&running.edited(&[]), false).await;
    for refresh in [&late, &ada.refresh] {
        let refused = running.refreshed_by("notes", refresh).await;
        assert_eq!((refused.status.as_u16(), &*text(&refused.json(), "error")), (400, "invalid_grant"));
    }
    let next = running.hold(ADA).await;
    assert_eq!(running.refreshed(&next).await.status, 200, "those of today are good");
}

/// P015: a consent that waits for its person while the application is deleted and declared again was given to the one that
/// is gone.
#[tokio::test]
async fn p015_a_consent_does_not_outlive_the_application_that_was_deleted_while_it_waited() {
    let running = Running::new().await;
    let jar = running.server.browser();
    let page = jar.open(&Running::asks_for_wiki()).await;
    let page = ADA.signs_in(&jar, &page).await;
    assert_eq!(page.marker().as_deref(), Some("page-consent"), "{page:?}");
    let meanwhile = async {
        running.apply(&running.without_wiki(), true).await;
        running.server.advance(Duration::from_secs(1)).await;
        running.apply(&running.file, false).await;
    };
    let allowed = [("decision", "allow")];
    let answering = jar.submit(&page, &allowed);
    let answered = if on_postgres() {
        while_it_waits(&running, ("acme", ADA.email), answering, meanwhile).await.0
    } else {
        meanwhile.await;
        answering.await
    };
    assert!(answered.location().is_none_or(|to| !to.contains("code=")), "{answered:?}");
    let page = jar.open(&Running::asks_for_wiki()).await;
    assert_eq!(page.marker().as_deref(), Some("page-consent"), "she is asked by the new one: {page:?}");
}

/// P074: a sign-in that waits while the person is given another password is judged by that one; on SQLite it waits for the
/// writer from its first form on.
#[tokio::test]
async fn p074_the_old_password_opens_nothing_for_whoever_waited_while_it_was_changed() {
    let running = Running::new().await;
    let change = |tx: &mut TenantTx<'_>, user: UserId| {
        let phc = passwords::find(tx, user)?.expect("a password").expose().clone();
        let (before, digest) = phc.rsplit_once('$').expect("a PHC string");
        let other = if digest.starts_with('A') { "B" } else { "A" };
        let phc = Secret::new(format!("{before}${other}{}", &digest[1..]));
        passwords::put(tx, user, &phc, Timestamp::from_unix(1_900_000_000))
    };
    let jar = running.server.browser();
    let page = jar.open(&Running::asks_for_wiki()).await;
    let (open, holding) = hold_and(&running, ("acme", ADA.email), change).await;
    let meanwhile = async {
        let mut everything = Everything::open(running.server.storage());
        until(Duration::from_secs(20), "the sign-in waits", async || everything.anybody_waits()).await;
        open.send(()).expect("somebody holds the row");
    };
    let (answered, ()) = tokio::join!(ADA.signs_in(&jar, &page), meanwhile);
    holding.await.expect("the row was held");
    assert_eq!(answered.marker().as_deref(), Some("page-password"), "{answered:?}");
}

/// A file with this many tenants of one plan.
fn wide(tenants: usize, name: &str, grants: &str) -> String {
    let mut file = format!(
        "apiVersion: symbolon/v1\nproducts:\n  - {{key: notes, name: Notes, grants: [read, write]}}\n\
         plans:\n  - key: basic\n    name: Basic\n    entitlements: {{notes: [{grants}]}}\ntenants:\n"
    );
    for n in 0..tenants {
        writeln!(file, "  - {{slug: t{n:03}, name: {name} {n}, plan: basic}}").expect("a line");
    }
    file
}

/// D14, P074: the time between the date of a revocation and its commit does not grow with the file: each statement is a
/// round trip, and a file that takes too long for its margin would be refused for ever.
#[tokio::test]
async fn p074_a_wide_file_dates_what_it_revokes_as_near_to_its_commit_as_a_narrow_one() {
    statements::watch();
    let mut behind = Vec::new();
    for tenants in [2, 60] {
        let deployment = Deployment::new().await;
        deployment.apply(&wide(tenants, "Old", "read, write")).await;
        let statements = deployment.statements_after_the_date(&wide(tenants, "New", "read")).await;
        // SQLite moves each head by a statement of its own, without a round trip; the platform has one too.
        behind.push(if on_postgres() { statements } else { statements - tenants - 1 });
        let (scope, events, head) = deployment
            .inside("t001", |tx| Ok((tx.scope().id(), audit::after(tx, 0, 10)?, audit::head(tx)?)))
            .await;
        let mut chain = Verification::new(scope, Vec::new());
        for event in &events {
            chain.push(event).expect("an unbroken chain");
        }
        assert_eq!(chain.finish(Some(&head)).expect("a whole chain").head.seq, 2);
    }
    assert_eq!(behind[0], behind[1], "statements after the date");
    assert!(behind[0] < 10, "{behind:?}");
}
