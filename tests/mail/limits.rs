//! How much mail strangers may have sent to one person (P068).

use std::time::Duration;

use symbolon::flows::mail::may_ask;
use symbolon::model::email::Email;

use crate::harness::TestServer;

/// Asks once; whether a mail may leave.
async fn ask(server: &TestServer, address: &str) -> bool {
    let (call, terms) = (server.operator(), server.edge.mail.clone());
    let address: Email = address.parse().expect("an address");
    let asked =
        server.database().write_directory(move |directory| may_ask(directory, &call, &terms, &address));
    asked.await.expect("an answer")
}

/// P068: whatever the pace, no ten minutes hold more than five mails to one person, in whatever spelling they are named.
#[tokio::test]
async fn p068_nobody_gets_more_than_five_mails_in_any_ten_minutes() {
    let server = TestServer::start().await;
    let spellings = ["ada@acme.example", "ADA@acme.example", "Ada@ACME.example"];
    let mut sent: Vec<u64> = Vec::new();
    for second in (0..7200).step_by(40) {
        let at = usize::try_from(second).expect("a small number");
        if ask(&server, spellings[at % spellings.len()]).await {
            sent.push(second);
        }
        server.clock.advance(Duration::from_secs(40));
    }
    assert!(sent.len() > 20, "and after a while again: {sent:?}");
    for first in &sent {
        let within = sent.iter().filter(|other| (*first..*first + 600).contains(*other)).count();
        assert!(within <= 5, "from second {first}: {sent:?}");
    }
    assert!(ask(&server, "grace@acme.example").await, "others are mailed all the same");
}

/// P068: asked for at the same time, on two nodes.
#[tokio::test]
async fn p068_fifty_asks_at_once_are_five_mails() {
    let server = TestServer::start().await;
    let other = server.another_node().await;
    let asks = (0..50).map(|n| ask(if n % 2 == 0 { &server } else { &other }, "ada@acme.example"));
    let let_through = futures_join(asks).await.into_iter().filter(|may| *may).count();
    assert_eq!(let_through, 5);
}

/// Runs all of them side by side.
async fn futures_join<F: Future<Output = bool>>(asks: impl Iterator<Item = F>) -> Vec<bool> {
    let mut waiting: Vec<_> = asks.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|ask| match ask.as_mut().poll(context) {
            std::task::Poll::Ready(may) => {
                done.push(may);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done
}
