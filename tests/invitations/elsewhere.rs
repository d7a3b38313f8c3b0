//! Invitations to an address that has an account in another tenant too (D1, P066, P067): they make an account of its own, which
//! shares nothing with the other, and nothing that anybody is shown tells of that one.

use std::collections::BTreeSet;

use symbolon::flows::invitations::look;
use symbolon::flows::session::live_accounts;
use symbolon::model::ids::{TenantId, UserId};
use symbolon::model::policy::Policy;
use symbolon::model::role::Role;
use symbolon::model::secret::Secret;
use symbolon::model::session::Factor;
use symbolon::protocol::opaque;

use super::{Acme, CHOSEN, GRACE, accept, is_signed_in, send};
use crate::harness::jar::{Jar, Page};
use crate::harness::seed::PASSWORD;
use crate::harness::statements;

/// An address without an account anywhere.
const HEIDI: &str = "heidi@acme.example";

impl Acme {
    /// Grace's account at globex, which she owns.
    async fn grace_of_globex(&self) -> (TenantId, UserId) {
        let globex = self.server.organisation("globex", &[]).await;
        let grace = globex.person(GRACE, &[Role::Owner]).await;
        (globex.id(), grace)
    }

    /// Whether this password lets Grace in there, in a browser of its own.
    async fn opens(&self, organisation: &str, password: &str) -> bool {
        let jar = self.server.browser();
        self.try_password(&jar, organisation, password).await;
        is_signed_in(&jar).await
    }

    async fn try_password(&self, jar: &Jar, organisation: &str, password: &str) {
        let page = jar.open("/login").await;
        let page = jar.submit(&page, &[("username", GRACE), ("organisation", organisation)]).await;
        assert_eq!(page.marker().as_deref(), Some("page-password"), "{page:#?}");
        jar.submit(&page, &[("password", password)]).await;
    }

    /// The accounts that may be used in this browser now.
    async fn accounts_in(&self, jar: &Jar) -> BTreeSet<(TenantId, UserId)> {
        let (call, hash) = (self.server.operator(), opaque::hash(&jar.cookie("symbolon").expect("a cookie")));
        let live = self.server.database().read_directory(move |tx| live_accounts(tx, &call, &hash));
        let live = live.await.expect("an answer");
        live.into_iter().map(|account| (account.scope.id(), account.user.id)).collect()
    }

    /// How many statements a look at this link takes.
    async fn asked_by_a_look(&self, path: &str) -> usize {
        let token = Secret::new(path.split_once("token=").expect("a token").1.to_owned());
        let call = self.server.operator();
        let asked = self.server.database().read_directory(move |directory| {
            let before = statements::begun();
            assert!(look(directory, &call, &token)?.is_ok(), "it offers something");
            Ok(statements::begun() - before)
        });
        asked.await.expect("an answer")
    }
}

/// What a page says, without whom it is for and what is new each time: status, names of the headers, text.
fn said(page: &Page, email: &str) -> (u16, BTreeSet<String>, String) {
    let mut body = page.body.replace(email, "-");
    for name in ["csrf", "token"] {
        let fields = page.form().fields;
        let value = &fields.iter().find(|(field, _)| field == name).expect("a hidden field").1;
        body = body.replace(value, "-");
    }
    (page.status.as_u16(), page.headers.keys().map(ToString::to_string).collect(), body)
}

#[tokio::test]
async fn d1_an_invited_address_with_an_account_elsewhere_gets_an_account_of_its_own() {
    let acme = Acme::new().await;
    let (globex, elsewhere) = acme.grace_of_globex().await;
    let path = acme.invite(GRACE, &["readonly"]).await;
    let jar = acme.server.browser();
    acme.try_password(&jar, "globex", PASSWORD).await;
    assert_eq!(
        acme.accounts_in(&jar).await,
        [(globex, elsewhere)].into(),
        "the invitation alone joins nothing"
    );
    assert!(!acme.opens("acme", PASSWORD).await, "nor lets it in whom globex knows");
    accept(&jar, &path, CHOSEN).await;
    let grace = acme.account(GRACE).await.expect("an account");
    assert_ne!(grace.id, elsewhere);
    assert_eq!(grace.roles, [Role::ReadOnly].into(), "an owner of globex owns nothing here");
    let here = (acme.scope.id(), grace.id);
    assert_eq!(acme.accounts_in(&jar).await, [(globex, elsewhere), here].into());
    for (organisation, password, lets_in) in [
        ("acme", CHOSEN, true),
        ("acme", PASSWORD, false),
        ("globex", CHOSEN, false),
        ("globex", PASSWORD, true),
    ] {
        assert_eq!(acme.opens(organisation, password).await, lets_in, "{organisation}");
    }
    acme.server.suspend_user(globex, elsewhere).await;
    assert_eq!(acme.accounts_in(&jar).await, [here].into(), "each stands by itself");
    acme.server.suspend_tenant(acme.scope.id()).await;
    assert_eq!(acme.accounts_in(&jar).await, BTreeSet::new());
}

/// P066, P036: whoever has the link of an invitation learns nothing of other tenants by it, at any step.
#[tokio::test]
async fn p066_no_page_of_an_invitation_tells_of_an_account_elsewhere() {
    statements::watch();
    let acme = Acme::new().await;
    acme.grace_of_globex().await;
    acme.policy(Policy { methods: [Factor::Password].into(), ..Policy::default() }).await;
    let mut seen = Vec::new();
    for email in [GRACE, HEIDI] {
        let path = acme.invite(email, &["member"]).await;
        let asked = acme.asked_by_a_look(&path).await;
        assert!(asked > 3, "statements are counted: {asked}");
        let jar = acme.server.browser();
        let offer = jar.open(&path).await;
        assert_eq!(offer.marker().as_deref(), Some("page-invitation"), "{offer:#?}");
        let refused = send(&jar, &offer, "password").await;
        assert!(refused.has("password-problem"), "{refused:#?}");
        let home = send(&jar, &refused, CHOSEN).await;
        assert!(is_signed_in(&jar).await, "{home:#?}");
        let done = (home.status, home.path.clone(), home.marker());
        seen.push((asked, said(&offer, email), said(&refused, email), done));
    }
    assert_eq!(seen[0], seen[1]);
}
