//! Invitations and sign-up: who gets an account, by which link, and as what.

mod accepting;
mod command;
mod dead;
mod elsewhere;
mod second_factor;
mod sign_up;

use symbolon::flows::invitations::{Inviter, Newcomer, invite_many};
use symbolon::model::ids::{InvitationId, UserId};
use symbolon::model::policy::Policy;
use symbolon::model::user::User;
use symbolon::storage::TenantScope;
use symbolon::storage::records::{policies, users};

use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::rows::{Everything, RECORD, Rows, without};

/// Whom everybody here invites.
const GRACE: &str = "grace@acme.example";
/// What she chooses.
const CHOSEN: &str = "violet anchor museum kettle";

/// A server with acme and its owner.
struct Acme {
    server: TestServer,
    scope: TenantScope,
    owner: UserId,
}

impl Acme {
    async fn new() -> Self {
        let server = TestServer::with().unlimited().start().await;
        let acme = server.organisation("acme", &[]).await;
        let owner = acme.person("owner@acme.example", &[symbolon::model::role::Role::Owner]).await;
        let scope = acme.scope.clone();
        Self { server, scope, owner }
    }

    /// Invites in the name of acme's owner; gives the path of the link.
    async fn invite(&self, email: &str, roles: &[&str]) -> String {
        self.invited(email, roles).await.1
    }

    async fn invited(&self, email: &str, roles: &[&str]) -> (InvitationId, String) {
        let newcomer = Newcomer {
            email: email.to_owned(),
            roles: roles.iter().map(ToString::to_string).collect(),
            ..Newcomer::default()
        };
        let (call, terms, owner) = (self.server.operator(), self.server.edge.mail.clone(), self.owner);
        let sent = self.server.database().write(&self.scope, move |tx| {
            let owner = users::find(tx, owner)?.expect("the owner");
            let inviter = Inviter::person(tx, &owner)?;
            invite_many(tx, &call, &terms, &inviter, (&[newcomer], 7))
        });
        let sent = sent.await.expect("sent").expect("nothing is wrong with it");
        (sent[0].id, self.link_to(email).await)
    }

    /// The path of the link in the newest mail to this address.
    async fn link_to(&self, email: &str) -> String {
        let mails = self.server.mails().await;
        let mail = mails.iter().rev().find(|mail| mail.to == email).expect("a mail");
        mail.path(self.server.issuer())
    }

    async fn policy(&self, policy: Policy) {
        let now = self.server.now();
        let put = self.server.database().write(&self.scope, move |tx| policies::put(tx, &policy, now));
        put.await.expect("the policy");
        self.server.refresh().await;
    }

    /// The account with this address.
    async fn account(&self, canonical: &'static str) -> Option<User> {
        let found = self.server.database().read(&self.scope, move |tx| users::find_by_email(tx, canonical));
        found.await.expect("an answer")
    }

    /// What there is of acme but its record.
    fn rows(&self) -> Rows {
        without(Everything::open(self.server.storage()).of_tenant(self.scope.id()), &RECORD)
    }
}

/// Fills in the page behind this link.
async fn accept(jar: &Jar, path: &str, password: &str) -> Page {
    let page = jar.open(path).await;
    assert_eq!(page.marker().as_deref(), Some("page-invitation"), "{page:#?}");
    send(jar, &page, password).await
}

/// Sends the form of the page.
async fn send(jar: &Jar, page: &Page, password: &str) -> Page {
    jar.submit(page, &[("name", "Grace Hopper"), ("password", password), ("action", "password")]).await
}

/// Whether anybody is signed in in this browser.
async fn is_signed_in(jar: &Jar) -> bool {
    jar.open("/").await.has("home-sign-out")
}
