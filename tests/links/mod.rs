//! What is mailed to people to prove their mailbox: links and codes, and everything that must not work with them.

mod asking;
mod code;
mod factor;
mod hijack;
mod magic;
mod poisoned;
mod reset;

use symbolon::model::audit::ChainedEvent;
use symbolon::model::failure::Failure;
use symbolon::model::ids::UserId;
use symbolon::model::policy::Policy;
use symbolon::model::user::User;
use symbolon::storage::records::{audit, policies, users};
use symbolon::storage::{TenantScope, TenantTx};

use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::mails::SentMail;
use crate::harness::seed::PASSWORD;

const ADA: &str = "ada@acme.example";

/// Ada of acme, on a server of her own, where nobody is stopped by a limit of asks from one address.
struct Post {
    server: TestServer,
    scope: TenantScope,
    ada: UserId,
}

impl Post {
    async fn new() -> Self {
        Self::on(TestServer::with().unlimited().set("limits.mail_recipient", "1000 per 1m").start().await)
            .await
    }

    async fn on(server: TestServer) -> Self {
        let acme = server.organisation("acme", &[]).await;
        let (ada, scope) = (acme.person(ADA, &[]).await, acme.scope.clone());
        Self { server, scope, ada }
    }

    /// A fresh browser before the password field of this address.
    async fn before(&self, email: &str) -> (Jar, Page) {
        let jar = self.server.browser();
        let page = at_password(&jar, email, "acme").await;
        (jar, page)
    }

    /// Asks for a mail by this link of the password's page, and gives the page that says so.
    async fn ask(&self, jar: &Jar, page: &Page, by: &str) -> Page {
        let asked = jar.open(&page.attribute(by, "href").expect("the way to ask")).await;
        jar.submit(&asked, &[("action", "continue")]).await
    }

    /// Asks in a fresh browser, and gives it with the path in the mail.
    async fn mailed(&self, by: &str) -> (Jar, String) {
        let (jar, page) = self.before(ADA).await;
        let before = self.server.mails().await.len();
        self.ask(&jar, &page, by).await;
        let mails = self.server.mails().await;
        assert_eq!(mails.len(), before + 1, "one mail");
        (jar, self.path(mails.last().expect("a mail")))
    }

    fn path(&self, mail: &SentMail) -> String {
        mail.path(self.server.issuer())
    }

    /// Does this in a transaction of acme.
    async fn within<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut TenantTx<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> T {
        self.server.database().write(&self.scope, work).await.unwrap_or_else(|failure| panic!("{failure:?}"))
    }

    /// Changes the tenant's policy.
    async fn policy(&self, policy: Policy) {
        let now = self.server.now();
        self.within(move |tx| policies::put(tx, &policy, now)).await;
    }

    /// Changes Ada's account.
    async fn change(&self, change: impl FnOnce(User) -> User + Send + 'static) {
        let ada = self.ada;
        self.within(move |tx| {
            let user = users::find(tx, ada)?.expect("ada");
            users::update(tx, &change(user))
        })
        .await;
    }

    async fn ada(&self) -> User {
        let ada = self.ada;
        self.within(move |tx| users::find(tx, ada)).await.expect("ada")
    }

    async fn events(&self, kind: &str) -> Vec<ChainedEvent> {
        let events = self.within(|tx| audit::after(tx, 0, 10_000)).await;
        let word = format!("\"kind\":\"{kind}\"");
        events.into_iter().filter(|event| event.body.contains(&word)).collect()
    }
}

/// From the identifier page to the password.
async fn at_password(jar: &Jar, email: &str, organisation: &str) -> Page {
    let page = jar.open("/login").await;
    let page = jar.submit(&page, &[("username", email), ("organisation", organisation)]).await;
    assert_eq!(page.marker().as_deref(), Some("page-password"), "{page:?}");
    page
}

/// Signs in with a password; the page after it.
async fn sign_in(jar: &Jar, password: &str) -> Page {
    let page = at_password(jar, ADA, "acme").await;
    jar.submit(&page, &[("password", password)]).await
}

async fn is_signed_in(jar: &Jar) -> bool {
    jar.open("/").await.has("home-sign-out")
}

/// A browser in which Ada is signed in by her password.
async fn signed_in(post: &Post) -> Jar {
    let jar = post.server.browser();
    let home = sign_in(&jar, PASSWORD).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:?}");
    jar
}
