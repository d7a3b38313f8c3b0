//! P040: the same bad passwords at every door by which somebody gets one, and the tenant's own length at each.

use std::time::Duration;

use symbolon::flows::invitations::{Inviter, Newcomer, invite_many};
use symbolon::flows::provision::{DeclaredFile, apply};
use symbolon::flows::setup::issue_link;
use symbolon::model::policy::{PasswordRules, Policy};
use symbolon::storage::records::policies;
use symbolon::storage::tx::Transaction as _;
use symbolon::storage::{PlatformScope, TenantScope};

use super::{authorize, before_the_password, exchange, signed_in, started, token};
use crate::harness::TestServer;
use crate::harness::tokens::text;
use crate::provision::sources::TestSources;

const ADA: &str = "ada@acme.example";

/// Long enough for this tenant, and for every other.
const GOOD: &str = "violet anchor museum kettle";

/// The fewest characters in the tenants of these tests.
const LEAST: u32 = 20;

/// Too short; long enough elsewhere and too short here; a pattern; from published lists; made of the account; too long.
const BAD: [&str; 6] = [
    "s4ort",
    "violet anchor mus",
    "aaaaaaaaaaaaaaaaaaaaaaaa",
    "passwordpasswordpassword",
    "ada@acme.example acme ada",
    "violet anchor museum kettle violet anchor museum kettle violet anchor museum kettle violet anchor museum kettle violet anchor mus",
];

/// A way to a password. Whoever adds one adds it here.
#[derive(Debug, Clone, Copy)]
enum Door {
    SetUp,
    Declaration,
    Invitation,
    Reset,
    Account,
}

impl Door {
    const ALL: [Self; 5] = [Self::SetUp, Self::Declaration, Self::Invitation, Self::Reset, Self::Account];

    /// Offers a password to a person `ada@acme.example` on a server of its own; true where it was taken.
    async fn takes(self, password: &str) -> bool {
        let server = TestServer::with().unlimited().start().await;
        match self {
            Self::SetUp => set_up(&server, password).await,
            Self::Declaration => declared(&server, password).await,
            Self::Invitation => invited(&server, password).await,
            Self::Reset => reset(&server, password).await,
            Self::Account => changed(&server, password).await,
        }
    }
}

#[tokio::test]
async fn p040_the_same_bad_passwords_are_refused_at_every_door() {
    assert_eq!(BAD[5].chars().count(), 129);
    for door in Door::ALL {
        for bad in BAD {
            assert!(!door.takes(bad).await, "{door:?} takes {bad}");
        }
        assert!(door.takes(GOOD).await, "{door:?} refuses a good one");
    }
}

async fn set_up(server: &TestServer, password: &str) -> bool {
    let (call, now) = (server.operator(), server.now());
    let token = server
        .as_operator(move |tx| {
            let platform = tx.directory().platform()?;
            let policy = Policy { password: PasswordRules { min_length: LEAST }, ..Policy::default() };
            policies::put(&mut tx.enter(&platform)?, &policy, now)?;
            issue_link(&mut tx.directory(), &call)
        })
        .await
        .expect("there is no owner");
    let jar = server.browser();
    let page = jar.open(&format!("/setup?token={}", token.expose())).await;
    assert!(page.body.contains(&LEAST.to_string()), "the page says how long it must be: {page:?}");
    let page = jar.submit(&page, &[("email", "ada@acme.example"), ("password", password)]).await;
    page.marker().as_deref() == Some("page-setup-done")
}

/// A tenant with the rule.
async fn strict(server: &TestServer) -> TenantScope {
    let scope = server.organisation("acme", &[]).await.scope.clone();
    let (to, now) = (scope.clone(), server.now());
    let policy = Policy { password: PasswordRules { min_length: LEAST }, ..Policy::default() };
    server.as_operator(move |tx| policies::put(&mut tx.enter(&to)?, &policy, now)).await;
    scope
}

/// The path in the last mail.
async fn mailed(server: &TestServer) -> String {
    server.mails().await.last().expect("a mail").path(server.issuer())
}

async fn invited(server: &TestServer, password: &str) -> bool {
    let scope = strict(server).await;
    let newcomer =
        Newcomer { email: ADA.to_owned(), roles: vec!["member".to_owned()], ..Newcomer::default() };
    let (call, terms) = (server.operator(), server.edge.mail.clone());
    let sent = server
        .database()
        .write(&scope, move |tx| invite_many(tx, &call, &terms, &Inviter::operator(), (&[newcomer], 7)));
    sent.await.expect("sent").expect("nothing is wrong with it");
    let jar = server.browser();
    let page = jar.open(&mailed(server).await).await;
    let fields = [("name", "Ada"), ("password", password), ("action", "password")];
    !jar.submit(&page, &fields).await.has("password-problem")
}

async fn reset(server: &TestServer, password: &str) -> bool {
    strict(server).await;
    server.scope_of("acme").await.person(ADA, &[]).await;
    let (jar, page) = before_the_password(server, ADA, "acme").await;
    let asked = jar.open(&page.attribute("login-reset", "href").expect("the way to a reset")).await;
    jar.submit(&asked, &[("action", "continue")]).await;
    let page = jar.open(&mailed(server).await).await;
    let done = jar.submit(&page, &[("password", password)]).await;
    done.marker().as_deref() == Some("page-reset-done")
}

async fn changed(server: &TestServer, password: &str) -> bool {
    strict(server).await;
    server.scope_of("acme").await.person(ADA, &[]).await;
    let jar = signed_in(server, ADA, "acme").await;
    let page = jar.open("/account/password").await;
    jar.submit(&page, &[("password", password)]).await.has("factors-notice")
}

async fn declared(server: &TestServer, password: &str) -> bool {
    let sources = TestSources::with([("CHOSEN", password)]);
    let text = format!(
        "apiVersion: symbolon/v1
plans: [{{key: free, name: Free}}]
tenants:
  - slug: acme
    name: Acme
    plan: free
    policy: {{password: {{min_length: {LEAST}}}}}
    users: [{{email: ada@acme.example, password: {{env: CHOSEN}}}}]
"
    );
    let request = DeclaredFile { file: "test.yaml", text: &text, sources: &sources, prune: false };
    let (edge, right, call) = (&server.edge, PlatformScope::operator(), server.operator());
    match apply(&edge.database, &right, &edge.passwords, &edge.clock, (&call, &request)).await.expect("ours")
    {
        Ok(_) => true,
        Err(faults) => {
            let told = faults.to_string();
            assert!(told.contains(".password: the password is"), "{told}");
            assert!(!told.contains(password), "{told}");
            false
        }
    }
}

/// P065: what clients hold ends with the old password, and so does what was made to outlive the session.
#[tokio::test]
async fn p065_no_refresh_token_outlives_a_reset() {
    let (server, notes) = started().await;
    server.organisation("acme", &[]).await.person(ADA, &[]).await;
    let jar = signed_in(&server, ADA, "acme").await;
    let mut held = Vec::new();
    for scope in ["scope=openid", "scope=openid%20offline_access"] {
        let asked = authorize("notes", "&tenant=acme&prompt=consent").replace("scope=openid", scope);
        let mut page = jar.open(&asked).await;
        if page.marker().as_deref() == Some("page-consent") {
            page = jar.submit(&page, &[("decision", "allow")]).await;
        }
        held.push(exchange(&server, &notes, &page).await);
    }
    let refresh = async |tokens: &serde_json::Value| {
        let given = text(tokens, "refresh_token");
        let fields = [("grant_type", "refresh_token"), ("refresh_token", given.as_str())];
        token(&server, &notes, &fields).await
    };
    for tokens in &mut held {
        let again = refresh(tokens).await;
        assert_eq!(again.status, 200, "{again:?}");
        *tokens = again.json();
    }
    server.advance(Duration::from_secs(1)).await;
    let (stranger, page) = before_the_password(&server, ADA, "acme").await;
    let asked = stranger.open(&page.attribute("login-reset", "href").expect("the way to a reset")).await;
    stranger.submit(&asked, &[("action", "continue")]).await;
    let page = stranger.open(&mailed(&server).await).await;
    let done = stranger.submit(&page, &[("password", GOOD)]).await;
    assert_eq!(done.marker().as_deref(), Some("page-reset-done"), "{done:?}");
    for tokens in &held {
        assert_eq!(refresh(tokens).await.status, 400);
    }
    let bearer = format!("Bearer {}", text(&held[0], "access_token"));
    let info = jar.send(reqwest::Method::GET, "/userinfo", None, &[("authorization", &bearer)]).await;
    assert_eq!(info.status, 401, "nor do access tokens");
}
