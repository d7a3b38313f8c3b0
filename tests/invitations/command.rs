//! `symbolon invitations`: the operator invites, beside a running server.

use serde_json::{Value, json};

use super::{Acme, CHOSEN, GRACE, accept, is_signed_in};
use crate::harness::program::{Ended, Program};

fn run(program: &Program, arguments: &[&str]) -> Ended {
    let all: Vec<&str> =
        ["invitations"].iter().chain(arguments).chain(&["--tenant", "acme"]).copied().collect();
    program.run(&all)
}

fn json_of(ended: &Ended) -> Value {
    serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

impl Acme {
    /// The program's clock is the real one: the server's has to be there for its mails to be due, and its links to be good.
    async fn now(&self) {
        use symbolon::effects::{Clock as _, SystemClock};
        self.server.clock.set(SystemClock.now());
        self.server.refresh().await;
    }
}

#[tokio::test]
async fn the_operator_invites_sends_again_and_withdraws() {
    let acme = Acme::new().await;
    acme.now().await;
    let program = Program::beside(&acme.server);
    let sent = run(&program, &["send", GRACE, "--role", "owner", "--locale", "de", "--json"]);
    assert_eq!(sent.code, Some(0), "{sent:?}");
    let id = json_of(&sent)["id"].as_str().expect("an id").to_owned();
    acme.now().await;
    let first = acme.link_to(GRACE).await;
    let listed = json_of(&run(&program, &["list", "--status", "open", "--json"]));
    assert_eq!((&listed[0]["email"], &listed[0]["roles"]), (&json!(GRACE), &json!(["owner"])));
    let plain = run(&program, &["list"]).out;
    assert!(plain.contains(GRACE) && !plain.contains("syi_"), "{plain}");
    assert_eq!(run(&program, &["resend", &id]).code, Some(0));
    acme.now().await;
    let second = acme.link_to(GRACE).await;
    assert_ne!(first, second);
    assert_eq!(acme.server.browser().open(&first).await.status, 410);
    let jar = acme.server.browser();
    accept(&jar, &second, CHOSEN).await;
    assert!(is_signed_in(&jar).await);
    for action in ["resend", "withdraw"] {
        assert_eq!(run(&program, &[action, &id]).code, Some(1), "it was accepted");
    }
    let other = json_of(&run(&program, &["send", "ida@acme.example", "--json"]));
    assert_eq!(other["roles"], json!(["member"]));
    let id = other["id"].as_str().expect("an id");
    assert_eq!(run(&program, &["withdraw", id]).code, Some(0));
    for (arguments, code) in [
        (&["send", "nobody"][..], 1),
        (&["send", GRACE], 1),
        (&["send", "x@acme.example", "--role", "emperor"], 1),
        (&["send", "x@acme.example", "--group", "nowhere"], 1),
        (&["send", "x@acme.example", "--days", "31"], 64),
        (&["resend", "x"], 64),
    ] {
        assert_eq!(run(&program, arguments).code, Some(code), "{arguments:?}");
    }
    program.ok(&["audit", "verify"]);
}

#[tokio::test]
async fn a_file_is_judged_first_and_sent_whole_or_not_at_all() {
    let acme = Acme::new().await;
    acme.now().await;
    let program = Program::beside(&acme.server);
    program.write(
        "bad.csv",
        "email,roles\none@acme.example,member\nnobody,member\nowner@acme.example,\nONE@acme.example,\n",
    );
    let refused = run(&program, &["import", "bad.csv", "--yes", "--json"]);
    assert_eq!(refused.code, Some(65), "{refused:?}");
    let lines: Vec<Value> = json_of(&refused)["refused"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| it["line"].clone())
        .collect();
    assert_eq!(lines, [json!(3), json!(4), json!(5)], "{refused:?}");
    program.write(
        "good.jsonl",
        "{\"email\": \"one@acme.example\", \"roles\": [\"readonly\"]}\n{\"email\": \"two@acme.example\"}\n",
    );
    let dry = run(&program, &["import", "good.jsonl"]);
    assert_eq!(dry.code, Some(0), "{dry:?}");
    assert!(dry.out.contains("Nothing was sent"), "{dry:?}");
    acme.now().await;
    assert!(acme.server.mails().await.is_empty());
    let done = run(&program, &["import", "good.jsonl", "--yes", "--json"]);
    assert_eq!(json_of(&done), json!({"sent": true, "people": 2, "refused": []}));
    acme.now().await;
    assert_eq!(acme.server.mails().await.len(), 2);
    for (name, text, code) in [
        ("header.csv", "email,password_hash\na@acme.example,x\n", 65),
        ("empty.csv", "email\n", 65),
        ("people.txt", "email\na@acme.example\n", 64),
    ] {
        program.write(name, text);
        let ended = run(&program, &["import", name, "--yes"]);
        assert_eq!(ended.code, Some(code), "{name}: {ended:?}");
    }
}
