//! Commands beside running servers: suspending and unlocking people, ending sessions, new client secrets. Each is known on every node
//! within five seconds and recorded with who did it (P074, P149, D9, R60).

use std::process::Stdio;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use symbolon::effects::{Clock as _, SystemClock};
use symbolon::model::audit::ChainedEvent;
use symbolon::model::role::Role;
use symbolon::protocol::revocation_feed::{RevokedKind, entry_key};
use symbolon::storage::records::audit;

use super::party::{NOTES, World, assert_error, basic, claims, text};
use crate::harness::TestServer;
use crate::harness::jar::Jar;
use crate::harness::program::Program;
use crate::harness::seed::PASSWORD;
use crate::harness::wait::{EVERYWHERE, until};

/// A world whose server has the time of the commands; acme has a second owner.
async fn world() -> World {
    let world = World::on(TestServer::with().at(SystemClock.now())).await;
    world.server.scope_of("acme").await.person("grace@acme.example", &[Role::Owner]).await;
    world
}

/// What a person holds: a browser that is signed in, a refresh token that outlives it, and an access token.
struct Held {
    jar: Jar,
    refresh: String,
    access: String,
}

async fn held(world: &World) -> Held {
    let jar = world.server.browser();
    let answer = world.authorize(&jar, &world.wiki, &[]).await;
    let page = world.exchange(&world.wiki, &answer["code"]).await;
    let tokens = page.json();
    let held = Held { jar, refresh: text(&tokens, "refresh_token"), access: text(&tokens, "access_token") };
    assert!(is_signed_in(world, &held.jar).await);
    assert_eq!(world.userinfo(&held.access).await.status, 200);
    held
}

async fn is_signed_in(world: &World, jar: &Jar) -> bool {
    world.authorize(jar, &world.wiki, &[("prompt", "none")]).await.contains_key("code")
}

/// The page after an attempt to sign in with the right password.
async fn sign_in(world: &World) -> String {
    guess(&world.server, PASSWORD).await
}

/// The page after an attempt to sign in as Ada at this node.
async fn guess(node: &TestServer, password: &str) -> String {
    let jar = node.browser();
    let page = jar.open("/login").await;
    let page = jar.submit(&page, &[("username", "ada@acme.example"), ("organisation", "acme")]).await;
    let page = jar.submit(&page, &[("password", password), ("action", "continue")]).await;
    page.marker().expect("a page")
}

/// Whether the revocation list of this node names the holder of a token.
async fn is_listed(node: &TestServer, access: &str) -> bool {
    let feed = node.browser().get("/.well-known/revocations").await.body;
    let hash = entry_key(RevokedKind::Subject, claims(access)["sub"].as_str().expect("a subject"));
    claims(&feed)["revoked"].as_array().expect("entries").iter().any(|entry| entry["h"] == hash.as_str())
}

/// Nothing that was held opens anything, on either node.
async fn assert_ended(world: &World, other: &TestServer, held: &Held) {
    for node in [&world.server, other] {
        until(EVERYWHERE, "the revocation list names the person", async || {
            is_listed(node, &held.access).await
        })
        .await;
        let header = format!("Bearer {}", held.access);
        let jar = node.browser();
        let told = jar.send(Method::GET, "/userinfo", None, &[("authorization", &header)]).await;
        assert_eq!(told.status, 401);
    }
    let told = world.introspect(&world.wiki, &held.access).await;
    assert_eq!(told.json()["active"], false);
    assert_error(&world.refresh(&world.wiki, &held.refresh).await, 400, "invalid_grant");
    assert!(!is_signed_in(world, &held.jar).await);
}

/// The events of acme of this kind: the body, and the erasable facts beside it.
async fn events(world: &World, kind: &str) -> Vec<(Value, Value)> {
    let scope = world.server.scope_of("acme").await.scope;
    let all: Vec<ChainedEvent> =
        world.server.database().read(&scope, |tx| audit::after(tx, 0, 10_000)).await.expect("the events");
    let read = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let both = |event: &ChainedEvent| {
        (read(&event.body), event.personal.as_ref().map_or(Value::Null, |personal| read(&personal.facts)))
    };
    all.iter().map(both).filter(|(body, _)| body["kind"] == kind).collect()
}

fn assert_by_operator((body, personal): &(Value, Value)) {
    assert_eq!((&body["actor"]["type"], &body["result"]), (&"operator".into(), &"success".into()), "{body}");
    assert!(personal["system_user"].as_str().is_some_and(|name| !name.is_empty()), "{personal}");
}

#[tokio::test]
async fn p074_a_suspended_person_is_out_everywhere_within_five_seconds() {
    let world = world().await;
    let other = world.server.another_node().await;
    let (program, held) = (Program::beside(&world.server), held(&world).await);

    let done = program.json(&["users", "suspend", "--tenant", "acme", "Ada@ACME.example", "--json"]);
    assert_eq!((&done["status"], &done["changed"]), (&"suspended".into(), &true.into()), "{done}");
    assert_eq!((&done["sessions_ended"], &done["user"]), (&1.into(), &world.ada.to_string().into()));
    assert_ended(&world, &other, &held).await;
    assert_eq!(sign_in(&world).await, "page-password", "nobody signs in with it");

    let suspended = events(&world, "user.changed").await;
    assert_eq!(suspended.len(), 1);
    assert_by_operator(&suspended[0]);
    assert_eq!(suspended[0].0["details"]["action"], "suspend");
    assert_eq!(suspended[0].0["target"]["id"], world.ada.to_string());
    assert_eq!(suspended[0].1["email"], "ada@acme.example");
    assert_by_operator(&events(&world, "session.revoked").await[0]);

    let twice = program.json(&["users", "suspend", "--tenant", "acme", &world.ada.to_string(), "--json"]);
    assert_eq!(twice["changed"], false);
    program.ok(&["users", "resume", "--tenant", "acme", "ada@acme.example"]);
    assert_eq!(
        program.json(&["users", "resume", "--tenant", "acme", "ada@acme.example", "--json"])["changed"],
        false
    );
    let written = events(&world, "user.changed").await;
    let actions: Vec<_> = written.iter().map(|(body, _)| body["details"]["action"].clone()).collect();
    // The attempt while it was suspended was a failed one, and is forgotten with the suspension.
    assert_eq!(actions, ["suspend", "resume", "unlock"], "what changes nothing writes nothing");

    // Back in, by signing in; what ended stays ended.
    assert_error(&world.refresh(&world.wiki, &held.refresh).await, 400, "invalid_grant");
    assert!(!is_signed_in(&world, &held.jar).await);
    later(&world).await;
    held_again(&world).await;
}

/// Some time after the commands.
async fn later(world: &World) {
    world.server.clock.set(SystemClock.now() + Duration::from_mins(1));
    world.server.refresh().await;
}

/// Whoever signs in now gets what works.
async fn held_again(world: &World) {
    let tokens = world.tokens(&world.wiki).await;
    assert_eq!(world.userinfo(&text(&tokens, "access_token")).await.status, 200);
    assert_eq!(world.refresh(&world.wiki, &text(&tokens, "refresh_token")).await.status, 200);
}

#[tokio::test]
async fn p074_revoked_sessions_end_with_every_token_and_the_account_stays() {
    let world = world().await;
    let other = world.server.another_node().await;
    let (program, held) = (Program::beside(&world.server), held(&world).await);
    let machine = world.machine_token(&world.job).await;

    let done = program.json(&["sessions", "revoke", "--tenant", "acme", "ada@acme.example", "--json"]);
    assert_eq!(done["sessions_ended"], 1, "{done}");
    assert_ended(&world, &other, &held).await;
    assert_eq!(world.introspect(&world.job, &machine).await.json()["active"], true, "nobody else is touched");
    assert_by_operator(&events(&world, "session.revoked").await[0]);
    let revoked = events(&world, "oauth.token_revoked").await;
    assert_by_operator(&revoked[0]);
    assert_eq!(revoked[0].0["target"], serde_json::json!({"type": "user", "id": world.ada.to_string()}));
    let again = program.ok(&["sessions", "revoke", "--tenant", "acme", "ada@acme.example"]);
    assert!(again.out.contains("sessions: 0"), "{again:?}");

    later(&world).await;
    held_again(&world).await;
}

/// What a client gets for this secret.
async fn status(node: &TestServer, client: &str, secret: &str) -> u16 {
    let fields = [("grant_type", "client_credentials")];
    let basic = basic(client, secret);
    let jar = node.browser();
    let page = jar.send(Method::POST, "/oauth2/token", Some(&fields), &[("authorization", &basic)]).await;
    if page.status != 200 {
        assert_error(&page, 401, "invalid_client");
    }
    page.status.as_u16()
}

#[tokio::test]
async fn two_secrets_are_good_during_the_overlap_and_one_after_it() {
    let world = world().await;
    let other = world.server.another_node().await;
    let (program, id) = (Program::beside(&world.server), world.job.id());
    let first = world.job.secret.as_str();
    for node in [&world.server, &other] {
        assert_eq!(status(node, id, first).await, 200, "remembered by the node");
    }

    let made = program.ok(&["clients", "rotate-secret", id, "--overlap", "1h"]);
    let second = made.out.trim_end();
    assert!(
        second.starts_with("sys_") && !second.contains(char::is_whitespace),
        "the secret alone: {made:?}"
    );
    assert!(!made.err.contains(second) && made.err.contains("ends at"), "{made:?}");
    for node in [&world.server, &other] {
        until(EVERYWHERE, "the new secret", async || status(node, id, second).await == 200).await;
        assert_eq!(status(node, id, first).await, 200);
    }

    // A third makes the oldest end at once: two at most.
    let made = program.json(&["clients", "rotate-secret", id, "--overlap", "2h", "--json"]);
    let third = made["client_secret"].as_str().expect("a secret");
    assert_eq!(made["client_id"], id);
    world.server.clock.set(SystemClock.now());
    for node in [&world.server, &other] {
        until(EVERYWHERE, "the third secret", async || status(node, id, third).await == 200).await;
        assert_eq!(status(node, id, second).await, 200);
        assert_eq!(status(node, id, first).await, 401);
    }

    world.server.clock.set(SystemClock.now() + Duration::from_hours(3));
    for node in [&world.server, &other] {
        node.refresh().await;
        assert_eq!(status(node, id, second).await, 401, "the overlap is over");
        assert_eq!(status(node, id, third).await, 200);
    }
    let recorded = events(&world, "client.secret_changed").await;
    assert_eq!(recorded.len(), 2);
    for event in &recorded {
        assert_by_operator(event);
        assert_eq!((&event.0["client_id"], &event.0["details"]["action"]), (&id.into(), &"rotate".into()));
        let whole = format!("{}{}", event.0, event.1);
        assert!([first, second, third].iter().all(|secret| !whole.contains(secret)));
    }
}

#[tokio::test]
async fn without_an_overlap_the_old_secret_ends_at_once() {
    let world = world().await;
    let (program, id) = (Program::beside(&world.server), world.job.id());
    assert_eq!(status(&world.server, id, &world.job.secret).await, 200);
    let made = program.ok(&["clients", "rotate-secret", id]);
    world.server.clock.set(SystemClock.now());
    until(EVERYWHERE, "the old secret ends", async || {
        status(&world.server, id, &world.job.secret).await == 401
    })
    .await;
    assert_eq!(status(&world.server, id, made.out.trim_end()).await, 200);
}

#[tokio::test]
async fn names_that_nobody_has_are_refused_and_only_a_person_gets_no_hint() {
    let world = world().await;
    let program = Program::beside(&world.server);
    for (arguments, code, said) in [
        (&["users", "suspend", "--tenant", "acmee", "ada@acme.example"][..], 1, "did you mean `acme`?"),
        // No address of anybody else's, however near: what is copied from a hint would shut out the wrong person.
        (
            &["users", "suspend", "--tenant", "acme", "adda@acme.example"],
            1,
            "there is no user `adda@acme.example` in tenant `acme`\n",
        ),
        (&["users", "resume", "--tenant", "acme", "hank@globex.example"], 1, "no user `hank@globex.example`"),
        (&["sessions", "revoke", "--tenant", "globex", "ada@acme.example"], 1, "no user"),
        (&["clients", "rotate-secret", "acme.jbo"], 1, "did you mean `acme.job`?"),
        (&["clients", "rotate-secret", "browser-app"], 1, "`browser-app`: the client is public"),
        (&["clients", "rotate-secret", "acme.job", "--overlap", "91d"], 64, "at most 90d"),
        (&["clients", "rotate-secret", "acme.job", "--overlap", "soon"], 64, "30m, 24h or 7d"),
        (&["users", "suspend", "ada@acme.example"], 64, "--tenant"),
        (&["sessions", "revoke", "--tenant", "acme"], 64, "<USER>"),
    ] {
        let ended = program.run(arguments);
        assert_eq!(ended.code, Some(code), "{arguments:?}: {ended:?}");
        assert!(ended.err.contains(said) && ended.out.is_empty(), "{arguments:?}: {ended:?}");
    }
    assert!(events(&world, "user.changed").await.is_empty());
}

#[tokio::test]
async fn token_verify_judges_a_token_as_a_service_does() {
    let world = world().await;
    let (program, ada) =
        (Program::beside(&world.server), text(&world.tokens(&world.wiki).await, "access_token"));
    let machine = world.machine_token(&world.job).await;
    let verify =
        |audience: &str, token: &str| program.feed(&["token", "verify", "--audience", audience], token);

    let good = verify(NOTES, &format!("{machine}\n"));
    assert_eq!(good.code, Some(0), "{good:?}");
    let shown: Value = serde_json::from_str(&good.out).expect("the claims");
    assert_eq!(shown, claims(&machine));
    let mut changed = machine.clone();
    changed.replace_range(machine.len() - 4.., "AAAA");
    for (audience, token) in
        [("https://other.example", &machine), (NOTES, &changed), (NOTES, &"a.b.c".to_owned())]
    {
        let bad = verify(audience, token);
        assert!(bad.code == Some(1) && bad.out.is_empty() && bad.err.contains("refused: "), "{bad:?}");
    }

    assert_eq!(verify(NOTES, &ada).code, Some(0));
    program.ok(&["sessions", "revoke", "--tenant", "acme", "ada@acme.example"]);
    until(EVERYWHERE, "a service refuses the token", async || verify(NOTES, &ada).code == Some(1)).await;
    assert_eq!(verify(NOTES, &machine).code, Some(0));

    let nobody = program.set("server.issuer", "http://127.0.0.1:1");
    assert_eq!(nobody.feed(&["token", "verify", "--audience", NOTES], &machine).code, Some(69));
    assert_eq!(nobody.run(&["token", "verify", "--issuer", "nonsense", &machine]).code, Some(64));
}

/// P102: whoever stops a stolen account stops it, the only owner's too; what it comes to is said, and is on record.
#[tokio::test]
async fn p102_the_last_owner_is_suspended_by_the_operator_with_a_warning() {
    let world = world().await;
    let program = Program::beside(&world.server);
    let suspend = |email: &'static str| program.command(&["users", "suspend", "--tenant", "acme", email]);
    let both = ["ada@acme.example", "grace@acme.example"].map(|email| {
        let mut command = suspend(email);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts")
    });
    // Of two at once, exactly the second is the last.
    let ended = both.map(|child| child.wait_with_output().expect("it ends"));
    let warned = ended.iter().filter(|output| {
        assert!(output.status.success(), "{ended:?}");
        String::from_utf8_lossy(&output.stderr).contains("was the last active owner")
    });
    assert_eq!(warned.count(), 1, "{ended:?}");
    let recorded = events(&world, "user.changed").await;
    let marked = recorded.iter().filter(|(body, _)| body["details"]["last_owner"] == true).count();
    assert_eq!((recorded.len(), marked), (2, 1), "{recorded:?}");

    let again = program.json(&["users", "suspend", "--tenant", "acme", "ada@acme.example", "--json"]);
    assert_eq!((&again["changed"], &again["last_owner"]), (&false.into(), &false.into()));
    program.ok(&["users", "resume", "--tenant", "acme", "ada@acme.example"]);
    let alone = program.json(&["users", "suspend", "--tenant", "acme", "ada@acme.example", "--json"]);
    assert_eq!((&alone["changed"], &alone["last_owner"]), (&true.into(), &true.into()));
}

/// P037, D31: whoever guesses long enough locks a name for a day, and the lock refuses the very sign-in that would end it.
#[tokio::test]
async fn p037_the_operator_ends_a_lock_and_the_person_signs_in_on_every_node() {
    let limited = TestServer::with().at(SystemClock.now()).set("limits.sign_in_account", "2 per 10m");
    let world = World::on(limited).await;
    let other = world.server.another_node().await;
    let program = Program::beside(&world.server);
    let unlock = || program.json(&["users", "unlock", "--tenant", "acme", "Ada@ACME.example", "--json"]);
    assert_eq!(unlock()["changed"], false, "nothing was counted yet");
    for node in [&world.server, &other] {
        for _ in 0..2 {
            assert_eq!(guess(node, "wrong password").await, "page-password");
        }
        assert_eq!(guess(node, PASSWORD).await, "page-password", "the lock holds for the right one too");
        assert_eq!(unlock()["changed"], true);
        assert_eq!(guess(node, PASSWORD).await, "page-home");
    }
    let unlocked = events(&world, "user.changed").await;
    assert_eq!(unlocked.len(), 2, "{unlocked:?}");
    for event in &unlocked {
        assert_by_operator(event);
        assert_eq!(event.0["details"]["action"], "unlock");
        assert_eq!(event.0["target"]["id"], world.ada.to_string());
    }
    let nobody = program.run(&["users", "unlock", "--tenant", "acme", "nobody@acme.example"]);
    assert_eq!(nobody.code, Some(1));
}
