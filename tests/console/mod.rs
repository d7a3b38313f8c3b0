//! The console: who comes in, what they see and do, and everything that must not work.

mod doors;
mod invitations;
mod people;
mod policy;

use symbolon::model::ids::{TenantId, UserId};
use symbolon::model::role::Role;

use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::rows::{Everything, RECORD, Rows, without};
use crate::harness::seed::PASSWORD;

/// Acme with a person of every role, globex with an owner.
struct World {
    server: TestServer,
    acme: TenantId,
    globex: TenantId,
    /// The owner of globex.
    hank: UserId,
    people: Vec<(Role, UserId)>,
    /// Acme's second owner.
    olga: UserId,
}

const OLGA: &str = "olga@acme.example";

/// The address of acme's person with this role and no other.
fn address(role: Role) -> String {
    format!("{}@acme.example", role.as_str())
}

impl World {
    async fn new() -> Self {
        let server =
            TestServer::with().unlimited().set("limits.recorded_failures", "100000 per 1m").start().await;
        let acme = server.organisation("acme", &[]).await;
        let globex = server.organisation("globex", &[]).await;
        let mut people = Vec::new();
        for role in Role::ALL {
            people.push((role, acme.person(&address(role), &[role]).await));
        }
        let olga = acme.person(OLGA, &[Role::Owner]).await;
        let hank = globex.person("hank@globex.example", &[Role::Owner]).await;
        let (acme, globex) = (acme.id(), globex.id());
        Self { server, acme, globex, hank, people, olga }
    }

    /// Acme's person with this role.
    fn of(&self, role: Role) -> UserId {
        self.people.iter().find(|(own, _)| *own == role).expect("a person of every role").1
    }

    /// A browser in which this person has just signed in.
    async fn browser(&self, email: &str) -> Jar {
        let jar = self.server.browser();
        self.signs_in(&jar, email).await;
        jar
    }

    /// Signs this person in in this browser too.
    async fn signs_in(&self, jar: &Jar, email: &str) {
        let tenant =
            email.rsplit_once('@').and_then(|(_, domain)| domain.split_once('.')).expect("a domain").0;
        let page = jar.open("/login").await;
        let page = jar.submit(&page, &[("username", email), ("organisation", tenant)]).await;
        let home = jar.submit(&page, &[("password", PASSWORD)]).await;
        assert!(home.body.contains(email), "{home:?}");
    }

    /// The page of this person.
    async fn page(&self, jar: &Jar, user: UserId) -> Page {
        jar.open(&format!("/console/people/person?user={user}")).await
    }

    /// What there is of a tenant but its record, and what merely being asked changes.
    fn rows(&self, tenant: TenantId) -> Rows {
        without(Everything::open(self.server.storage()).of_tenant(tenant), &RECORD)
    }

    /// The events of a tenant.
    fn events(&self, tenant: TenantId) -> Vec<String> {
        Everything::open(self.server.storage()).of_tenant(tenant)["audit_events"].clone()
    }
}

/// The anti-forgery token of a page.
fn csrf(page: &Page) -> String {
    let fields = page.form().fields;
    fields.into_iter().find(|(name, _)| name == "csrf").expect("a token").1
}

/// What is done to this person, sent without a page that offers it.
async fn act(jar: &Jar, user: UserId, csrf: &str, more: &[(&str, &str)]) -> Page {
    let user = user.to_string();
    let mut fields = vec![("csrf", csrf), ("user", user.as_str())];
    fields.extend_from_slice(more);
    jar.post("/console/people/person", &fields).await
}
