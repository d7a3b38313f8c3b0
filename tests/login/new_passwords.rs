//! P040: the same bad passwords at every door by which somebody gets one, and the tenant's own length at each.

use symbolon::flows::provision::{DeclaredFile, apply};
use symbolon::flows::setup::issue_link;
use symbolon::model::policy::{PasswordRules, Policy};
use symbolon::storage::PlatformScope;
use symbolon::storage::records::policies;
use symbolon::storage::tx::Transaction as _;

use crate::harness::TestServer;
use crate::provision::sources::TestSources;

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
}

impl Door {
    const ALL: [Self; 2] = [Self::SetUp, Self::Declaration];

    /// Offers a password to a person `ada@acme.example` on a server of its own; true where it was taken.
    async fn takes(self, password: &str) -> bool {
        let server = TestServer::with().unlimited().start().await;
        match self {
            Self::SetUp => set_up(&server, password).await,
            Self::Declaration => declared(&server, password).await,
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
