//! Second factors that wait while what was proved before them is taken back.

use std::time::Duration;

use symbolon::storage::records::users;

use super::codes::Phone;
use crate::harness::rows::Everything;
use crate::harness::wait::until;

/// P065, P074: the password was right when the code was sent, and counts no more when the code is judged.
#[tokio::test]
async fn p074_a_code_opens_nothing_once_the_password_before_it_counts_no_more() {
    let phone = Phone::new().await;
    let (jar, page) = phone.past_the_password().await;
    let database = phone.server.database().with_patience(Duration::from_mins(1));
    let scope = phone.server.scope_of("acme").await.scope;
    let (id, later) = (phone.id, phone.server.now() + Duration::from_secs(1));
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let (inside, entered) = tokio::sync::oneshot::channel();
    let taking_back = tokio::spawn(async move {
        let taken = database.write(&scope, move |tx| {
            assert!(users::hold_active(tx, id)?);
            let _waiting = inside.send(());
            let _opened = gate.recv();
            users::forget_proofs(tx, id, later)
        });
        taken.await.expect("the row was held");
    });
    entered.await.expect("the row is held");
    let meanwhile = async {
        let mut everything = Everything::open(phone.server.storage());
        until(Duration::from_secs(20), "the code waits", async || everything.anybody_waits()).await;
        open.send(()).expect("somebody holds the row");
    };
    let code = phone.shows();
    let fields = [("code", code.as_str())];
    let (answered, ()) = tokio::join!(jar.submit(&page, &fields), meanwhile);
    taking_back.await.expect("it ended");
    assert_ne!(answered.marker().as_deref(), Some("page-home"), "{answered:?}");
    assert!(!jar.open("/").await.has("home-sign-out"), "nobody is signed in");
}
