//! The record exists when the action does: while nothing can be written, nothing is done (P138, P148).

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use symbolon::storage::DatabaseUrl;

use crate::authorize::{ADA, acme, request, sign_in};
use crate::harness::TestServer;
use crate::harness::seed::PASSWORD;

/// Keeps everybody else from writing until it is dropped.
enum WriteLock {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl WriteLock {
    fn take(server: &TestServer) -> Self {
        let storage = server.storage();
        match (&storage.url, &storage.admin_url) {
            (DatabaseUrl::Sqlite(path), _) => {
                let mut conn = SqliteConnection::establish(path).expect("the file opens");
                conn.batch_execute("BEGIN IMMEDIATE").expect("the lock");
                Self::Sqlite(conn)
            }
            (DatabaseUrl::Postgres(_), admin) => {
                let admin = admin.as_ref().expect("an administrator");
                let mut conn = PgConnection::establish(admin).expect("the administrator signs in");
                conn.batch_execute("BEGIN; LOCK TABLE audit_events, audit_heads IN ACCESS EXCLUSIVE MODE")
                    .expect("the lock");
                Self::Postgres(conn)
            }
        }
    }

    fn release(self) {
        match self {
            Self::Sqlite(mut conn) => conn.batch_execute("ROLLBACK").expect("the lock goes"),
            Self::Postgres(mut conn) => conn.batch_execute("ROLLBACK").expect("the lock goes"),
        }
    }
}

#[tokio::test]
async fn p138_while_the_record_cannot_be_written_nobody_is_signed_in() {
    let server = acme().await;
    let jar = server.browser();
    let page = jar.open(&request(&[])).await;
    let page = jar.submit(&page, &[("username", ADA)]).await;
    assert_eq!(page.marker().as_deref(), Some("page-password"));

    let lock = WriteLock::take(&server);
    let refused = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(refused.header("retry-after").is_some());
    assert_eq!(jar.get("/healthz").await.status, 200, "the process lives");
    lock.release();
    server.refresh().await;

    let nobody = jar.get(&request(&[("prompt", "none")])).await;
    assert_eq!(
        nobody.answer().get("error").map(String::as_str),
        Some("login_required"),
        "nothing was applied"
    );
    let page = jar.open(&request(&[])).await;
    let back = sign_in(&jar, page, ADA).await;
    assert!(back.answer().contains_key("code"), "it recovers alone");
}
