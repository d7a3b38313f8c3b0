//! Equal work for accounts that exist and those that do not (P036): the same number of queries and of rows, never a
//! measured time. That an unknown account costs a hash is held by `tests/crypto/passwords.rs`.

use std::collections::BTreeMap;

use symbolon::crypto::password::Verdict;
use symbolon::flows::login::password::{Compared, begin, finish};
use symbolon::flows::session::CookieChange;
use symbolon::model::ids::InteractionHandle;
use symbolon::model::status::Status;
use symbolon::protocol::opaque;
use symbolon::storage::records::{passwords, users};

use super::before_the_password;
use crate::harness::TestServer;
use crate::harness::rows::Everything;
use crate::harness::seed::PASSWORD;
use crate::harness::statements;

/// The accounts, from the one that could sign in to the one that cannot exist.
const ACCOUNTS: [(&str, &str, &str); 7] = [
    ("ada@acme.example", "acme", "known"),
    ("bob@acme.example", "acme", "suspended"),
    ("cat@acme.example", "acme", "without a password"),
    ("dan@acme.example", "acme", "deleted"),
    ("nobody@acme.example", "acme", "unknown"),
    ("ada@acme.example", "nowhere", "of no organisation"),
    ("ada@acme.example", "platform", "of another organisation"),
];

async fn furnished() -> TestServer {
    statements::watch();
    let server = TestServer::with().unlimited().set("limits.recorded_failures", "1000 per 10m").start().await;
    {
        let acme = server.organisation("acme", &[]).await;
        let mut ids = Vec::new();
        for name in ["ada", "bob", "cat", "dan"] {
            ids.push(acme.person(&format!("{name}@acme.example"), &[]).await);
        }
        let (scope, since) = (acme.scope.clone(), server.now());
        server
            .as_operator(move |tx| {
                let mut tx = tx.enter(&scope)?;
                for (id, status) in
                    [(ids[1], Status::Suspended { since }), (ids[3], Status::Deleted { since })]
                {
                    let mut user = users::find(&mut tx, id)?.expect("the person");
                    user.status = status;
                    users::update(&mut tx, &user)?;
                }
                passwords::remove(&mut tx, ids[2])
            })
            .await;
    }
    server
}

/// How many rows each table has.
fn rows(server: &TestServer) -> BTreeMap<String, usize> {
    let all = Everything::open(server.storage()).all();
    all.into_iter().map(|(table, rows)| (table, rows.len())).collect()
}

#[tokio::test]
async fn p036_every_refusal_writes_as_many_rows() {
    let server = furnished().await;
    let mut expected = None;
    for (email, organisation, what) in ACCOUNTS {
        let (jar, page) = before_the_password(&server, email, organisation).await;
        // The first failure of a name makes its counters; from then on all are alike.
        for password in ["wrong password", PASSWORD] {
            let password = if what == "known" { "another wrong one" } else { password };
            let before = rows(&server);
            let refused = jar.submit(&page, &[("password", password)]).await;
            assert!(refused.has("password-problem"), "{what}");
            let after = rows(&server);
            let mut made: BTreeMap<String, usize> = after
                .into_iter()
                .map(|(table, count)| {
                    let had = before.get(&table).copied().unwrap_or_default();
                    (table, count - had)
                })
                .collect();
            made.retain(|table, count| *count > 0 && table != "counters");
            assert_eq!(expected.get_or_insert_with(|| made.clone()), &made, "{what}");
        }
    }
    assert_eq!(
        expected.expect("something was compared").get("audit_events"),
        Some(&1),
        "and the refusal is one of them"
    );
}

/// The queries of the two halves of a refusal.
async fn measure(server: &TestServer, handle: InteractionHandle, cookie: &str) -> (usize, usize) {
    let (call, rules) = (server.operator(), server.edge.sign_in.clone());
    let (own, judged, hash) = (call.clone(), rules.clone(), cookie.to_owned());
    let (asked, attempt) = server
        .database()
        .read_directory(move |directory| {
            let before = statements::begun();
            let cookie = CookieChange { old: &hash, new: "another" };
            let begun = begin(directory, &own, &judged, handle, cookie)?;
            Ok((statements::begun() - before, begun.expect("the page is open")))
        })
        .await
        .expect("the database answers");
    let hash = cookie.to_owned();
    let written = server
        .database()
        .write_directory(move |directory| {
            let before = statements::begun();
            let compared = Compared { attempt, verdict: Verdict::Mismatch, rehashed: None, tag: None };
            let cookie = CookieChange { old: &hash, new: "another" };
            let refused = finish(directory, &call, &rules, compared, cookie)?;
            assert!(refused.is_err());
            Ok(statements::begun() - before)
        })
        .await
        .expect("the database answers");
    (asked, written)
}

#[tokio::test]
async fn p036_every_refusal_asks_the_database_as_often() {
    let server = furnished().await;
    let mut expected = None;
    for (email, organisation, what) in ACCOUNTS {
        let (jar, page) = before_the_password(&server, email, organisation).await;
        jar.submit(&page, &[("password", "wrong password")]).await;
        let (_, handle) = page.path.split_once("interaction=").expect("a handle");
        let handle: InteractionHandle = handle.parse().expect("a handle");
        let cookie = opaque::hash(&jar.cookie("symbolon").expect("a cookie"));
        // The first failure of a name makes its counters; from then on all are alike.
        measure(&server, handle, &cookie).await;
        let (asked, written) = measure(&server, handle, &cookie).await;
        assert!(asked > 3 && written > 3, "queries are counted: {asked} {written}");
        assert_eq!(*expected.get_or_insert((asked, written)), (asked, written), "{what}");
    }
}
