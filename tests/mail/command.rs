//! `symbolon mail list` and `mail retry`: what was given up stands where the operator looks, and can be sent yet.

use serde_json::Value;
use symbolon::effects::mail::SendError;
use symbolon::model::mail::MailKind;

use super::{TOKEN, magic_link, queued};
use crate::harness::TestServer;
use crate::harness::program::Program;

fn listed(program: &Program, more: &[&str]) -> Vec<Value> {
    let ended = program.ok(&[&["mail", "list", "--json"], more].concat());
    serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

#[tokio::test]
async fn a_mail_that_was_given_up_is_listed_without_what_it_says_and_sent_when_the_operator_says_so() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let globex = server.organisation("globex", &[]).await;
    let (ada, hank) =
        (acme.person("ada@acme.example", &[]).await, globex.person("hank@globex.example", &[]).await);
    let program = Program::beside(&server);
    let mail_box = server.mail_box.clone().expect("a box");
    for (scope, person, kind) in
        [(&acme.scope, ada, magic_link(&server)), (&globex.scope, hank, MailKind::PasswordChanged)]
    {
        mail_box.refuse_next(SendError::Refused);
        queued(&server, scope, person, kind).await;
        server.deliver_mails().await;
    }
    let waiting = queued(&server, &acme.scope, ada, MailKind::NewDevice).await;
    let all = listed(&program, &[]);
    let states: Vec<_> = all.iter().map(|mail| (mail["state"].as_str(), mail["kind"].as_str())).collect();
    assert_eq!(states.len(), 3, "{all:?}");
    assert!(states.contains(&(Some("queued"), Some("new_device"))), "{all:?}");
    let dead = listed(&program, &["--dead", "--tenant", "acme"]);
    assert_eq!(dead.len(), 1, "{dead:?}");
    assert_eq!((&dead[0]["to"], &dead[0]["reason"]), (&"ada@acme.example".into(), &"refused".into()));
    let plain = program.ok(&["mail", "list"]).out;
    assert!(plain.contains("hank@globex.example") && !plain.contains(TOKEN), "{plain}");

    let id = dead[0]["id"].as_str().expect("an id");
    assert_eq!(program.ok(&["mail", "retry", id]).out.trim(), "queued again: 1");
    assert_eq!(program.run(&["mail", "retry", id]).code, Some(1), "it waits already");
    assert_eq!(program.run(&["mail", "retry", &waiting.to_string()]).code, Some(1));
    assert_eq!(program.ok(&["mail", "retry", "--all-dead"]).out.trim(), "queued again: 1");
    assert_eq!(program.run(&["mail", "retry"]).code, Some(64));
    assert_eq!(program.run(&["mail", "list", "--tenant", "nowhere"]).code, Some(1));
    // The program's clock is the real one: its mails are due when the server's clock has come that far.
    server.clock.set(symbolon::model::time::Timestamp::from_unix(4_000_000_000));
    server.deliver_mails().await;
    assert!(listed(&program, &[]).iter().all(|mail| mail["kind"] == "magic_link"), "its link has run out");
}
