//! What strangers can make us keep (P132), and how much work they can make us do at once (P039).

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use reqwest::Method;
use tokio::task::LocalSet;

use super::{ADA, CALLBACK, authorize, furnish};
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::rows::{Everything, RECORD};
use crate::harness::seed::PASSWORD;
use crate::harness::statements;

fn rows(server: &TestServer) -> BTreeMap<String, usize> {
    let all = Everything::open(server.storage()).all();
    all.into_iter().map(|(table, rows)| (table, rows.len())).collect()
}

fn made(before: &BTreeMap<String, usize>, after: &BTreeMap<String, usize>) -> usize {
    after
        .iter()
        .map(|(table, count)| count.saturating_sub(before.get(table).copied().unwrap_or_default()))
        .sum()
}

/// One request of a stranger, as if nobody had been there before.
async fn knock(server: &TestServer, door: &str, n: usize) {
    let jar = server.browser();
    let program = |path: &'static str, fields: Vec<(&'static str, String)>| {
        let jar = server.browser();
        async move {
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            jar.send(Method::POST, path, Some(&fields), &[]).await;
        }
    };
    let name = format!("nobody-{n}");
    match door {
        "authorize" => drop(jar.get(&authorize(&name)).await),
        "bad authorize" => drop(jar.get(&format!("{}&max_age=x", authorize(&name))).await),
        "identifier" | "password" => {
            let page = jar.open("/login").await;
            let filled = [("username", format!("{name}@acme.example"))];
            if page.marker().as_deref() == Some("page-login") {
                let page = jar.submit(&page, &[("username", &filled[0].1), ("organisation", "acme")]).await;
                if door == "password" && page.marker().as_deref() == Some("page-password") {
                    jar.submit(&page, &[("password", "wrong password")]).await;
                }
            }
        }
        "set-up" => drop(jar.get(&format!("/setup?token={name}")).await),
        "userinfo" => {
            drop(
                jar.send(Method::GET, "/userinfo", None, &[("authorization", &format!("Bearer {name}"))])
                    .await,
            );
        }
        "unknown client" => {
            program("/oauth2/token", vec![("grant_type", "client_credentials".into()), ("client_id", name)])
                .await;
        }
        "unknown code" => {
            let fields = vec![
                ("grant_type", "authorization_code".into()),
                ("code", name),
                ("client_id", "spa".into()),
            ];
            program("/oauth2/token", fields).await;
        }
        "unknown refresh token" => {
            let fields = vec![
                ("grant_type", "refresh_token".into()),
                ("refresh_token", name),
                ("client_id", "spa".into()),
            ];
            program("/oauth2/token", fields).await;
        }
        "wrong secret" => {
            let fields = vec![
                ("grant_type", "client_credentials".into()),
                ("client_id", "wiki".into()),
                ("client_secret", name),
            ];
            program("/oauth2/token", fields).await;
        }
        "revocation" => program("/oauth2/revoke", vec![("token", name), ("client_id", "spa".into())]).await,
        "introspection" => {
            program("/oauth2/introspect", vec![("token", name), ("client_id", "spa".into())]).await;
        }
        _ => panic!("no door {door}"),
    }
}

const DOORS: [&str; 12] = [
    "authorize",
    "bad authorize",
    "identifier",
    "password",
    "set-up",
    "userinfo",
    "unknown client",
    "unknown code",
    "unknown refresh token",
    "wrong secret",
    "revocation",
    "introspection",
];

/// P132: under the limits a stranger at one address makes a bounded number of rows at any door, and all of them but the
/// record are gone when their time is over.
#[tokio::test]
async fn p132_what_strangers_leave_is_bounded_and_goes_away() {
    let mut builder = TestServer::with().set("limits.token_client", "20 per 1m");
    for door in ["sign_in_address", "authorize_address", "token_address", "bearer_address", "setup_address"] {
        builder = builder.set(&format!("limits.{door}"), "20 per 1m");
    }
    let server = builder.start().await;
    furnish(&server).await;
    server.run_jobs().await;
    let start = rows(&server);
    let mut unbounded = Vec::new();
    for door in DOORS {
        let before = rows(&server);
        for n in 0..80 {
            knock(&server, door, n).await;
        }
        let made = made(&before, &rows(&server));
        // At the page for the password each failure has an interaction, two counters and an event with its address.
        if made > 20 * 5 {
            unbounded.push((door, made));
        }
        // The next door is knocked at when this one is forgotten.
        server.advance(Duration::from_hours(1)).await;
    }
    assert!(unbounded.is_empty(), "rows from 80 knocks where 20 are let through: {unbounded:?}");
    // Failed sign-ins are counted for thirty days (P037); what is no counter is gone after two.
    for (days, remembered) in [(2, "counters"), (31, "")] {
        server.advance(Duration::from_hours(24 * days)).await;
        server.run_jobs().await;
        for (table, count) in rows(&server) {
            let kept = RECORD.contains(&table.as_str()) || table == "leases" || table == remembered;
            assert!(kept || count <= start[&table], "{table}: {count} rows and not {}", start[&table]);
        }
    }
}

/// The longest row as text, of all tables or of this one.
fn longest(server: &TestServer, of: Option<&str>) -> (usize, String) {
    let all = Everything::open(server.storage()).all();
    all.into_iter()
        .filter(|(table, _)| of.is_none_or(|of| of == table))
        .flat_map(|(table, rows)| rows.into_iter().map(move |row| (row.len(), table.clone())))
        .max()
        .expect("rows")
}

/// P132, P130: no parameter, however long and whatever stands in it, makes a long row: what is kept counts, in which a
/// control character is six bytes.
#[tokio::test]
async fn p132_no_field_of_a_request_is_kept_at_any_length() {
    let server = TestServer::with().set("limits.authorize_address", "100000 per 1m").start().await;
    furnish(&server).await;
    let jar = server.browser();
    let usual = [
        ("client_id", "wiki"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        ("tenant", "acme"),
    ];
    let send = async |given: &[(&str, &str)], length: usize| {
        let fields = usual.iter().filter(|(own, _)| given.iter().all(|(name, _)| name != own)).chain(given);
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        if query.len() > 60_000 {
            // No request line is that long.
            return;
        }
        let long = "x".repeat(length);
        let agent = [("user-agent", &*long), ("accept-language", &*long)];
        jar.send(Method::GET, &format!("/oauth2/authorize?{query}"), None, &agent).await;
    };
    let claims_of = |text: &str| {
        let named = BTreeMap::from([(text.to_owned(), serde_json::Value::Null)]);
        let values = serde_json::json!({"sub": {"value": text}, "name": {"values": [text, text]}});
        serde_json::json!({"userinfo": named, "id_token": values}).to_string()
    };
    let mut together = Vec::new();
    for (filler, length) in ["x", "\u{1}", "\u{1f600}", "\""]
        .into_iter()
        .flat_map(|filler| [200, 500, 2000, 5000, 16_000].map(|length| (filler, length)))
    {
        let long = filler.repeat(length / filler.len());
        let claims = claims_of(&long);
        let many: Vec<String> = (0..length / 20).map(|n| format!(r#""claim-number-{n:05}":null"#)).collect();
        let many = format!(r#"{{"userinfo":{{{}}}}}"#, many.join(","));
        let given = [
            ("state", &*long),
            ("nonce", &long),
            ("login_hint", &long),
            ("ui_locales", &long),
            ("acr_values", &long),
            ("claims", &claims),
            ("claims", &many),
            ("tenant", &long),
            ("scope", &long),
            ("resource", &long),
            ("display", &long),
        ];
        for one in given {
            send(&[one], length).await;
        }
        let page = jar.open("/login").await;
        jar.submit(&page, &[("username", &long), ("organisation", &long)]).await;
        together.push(long);
    }
    // A state of 2 KiB whose every byte is escaped, once by us and once by PostgreSQL's row as JSON.
    let (bytes, _) = longest(&server, Some("interactions"));
    assert!(bytes <= 10 * 1024, "a waiting request of {bytes} bytes");

    for long in together {
        let names = ["state", "nonce", "login_hint", "ui_locales", "tenant"];
        send(&names.map(|name| (name, &*long)), 100).await;
    }
    let (bytes, table) = longest(&server, None);
    assert!(bytes <= 20 * 1024, "a row of {bytes} bytes in {table}");
}

/// P039: what the pool has no place for is refused before anything is read, for whomever it is sent: it takes nobody's turn at
/// the database.
#[tokio::test]
async fn p039_a_sign_in_that_the_pool_has_no_place_for_asks_the_database_nothing() {
    statements::watch();
    let builder = TestServer::with().set("limits.hash_workers", "1").set("limits.hash_queue", "2");
    let server = Rc::new(builder.unlimited().start().await);
    furnish(&server).await;
    let mut ready = Vec::new();
    for email in [ADA, "nobody@acme.example"] {
        let jar = server.browser();
        let page = jar.open(&authorize("s")).await;
        ready.push((jar.submit(&page, &[("username", email)]).await, jar));
    }
    let places: Vec<_> = std::iter::from_fn(|| server.edge.passwords.admit().ok()).collect();
    assert_eq!(places.len(), 3);
    for (page, jar) in &ready {
        let before = statements::asked_of(server.storage());
        let refused = jar.submit(page, &[("password", PASSWORD)]).await;
        assert_eq!(refused.status, 503, "{refused:?}");
        assert!(before > 0 && refused.header("retry-after").is_some(), "{before} {refused:?}");
        assert_eq!(statements::asked_of(server.storage()), before);
    }
    drop(places);
    for (page, jar) in &ready {
        assert!(jar.submit(page, &[("password", "wrong password")]).await.has("password-problem"));
    }
}

/// P039: a flood of sign-ins is let in as far as the pool goes and told to wait beyond it; everything else is answered
/// meanwhile, and what was refused changed nothing.
#[tokio::test]
async fn p039_a_flood_of_sign_ins_is_told_to_wait_and_holds_up_nobody_else() {
    let builder = TestServer::with().set("limits.hash_workers", "1").set("limits.hash_queue", "2");
    let server = Rc::new(builder.unlimited().start().await);
    furnish(&server).await;
    let mut ready: Vec<(Rc<Jar>, Page)> = Vec::new();
    for n in 0..40 {
        let jar = server.browser();
        let page = jar.open(&authorize("s")).await;
        let email = if n % 2 == 0 { ADA.to_owned() } else { format!("nobody-{n}@acme.example") };
        let page = jar.submit(&page, &[("username", &email)]).await;
        ready.push((Rc::new(jar), page));
    }
    let local = LocalSet::new();
    let flood: Vec<_> = ready
        .into_iter()
        .map(|(jar, page)| {
            local.spawn_local(async move { jar.submit(&page, &[("password", "wrong password")]).await })
        })
        .collect();
    let others: Vec<_> = (0..20)
        .map(|_| {
            let server = Rc::clone(&server);
            local.spawn_local(async move {
                let fields = [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", "spa")];
                let jar = server.browser();
                let refresh = jar.send(Method::POST, "/oauth2/token", Some(&fields), &[]).await;
                [jar.get("/healthz").await, jar.get("/.well-known/jwks.json").await, refresh]
            })
        })
        .collect();
    local.await;
    let (mut judged, mut refused) = (0, 0);
    for page in flood {
        let page = page.await.expect("an answer");
        match page.status.as_u16() {
            200 if page.has("password-problem") => judged += 1,
            503 => {
                refused += 1;
                assert!(page.header("retry-after").is_some(), "{page:?}");
                assert_eq!(page.marker().as_deref(), Some("page-error"), "{page:?}");
            }
            _ => panic!("{page:?}"),
        }
    }
    assert!(judged > 0 && refused > 0, "{judged} judged, {refused} refused");
    for answers in others {
        let statuses = answers.await.expect("answers").map(|page| page.status.as_u16());
        assert_eq!(statuses, [200, 200, 400], "nobody else waits or is refused");
    }
    let jar = server.browser();
    let page = jar.open(&authorize("s")).await;
    let page = jar.submit(&page, &[("username", ADA)]).await;
    assert!(
        jar.submit(&page, &[("password", PASSWORD)]).await.answer().contains_key("code"),
        "and then it works"
    );
}
