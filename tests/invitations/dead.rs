//! Links that offer nothing (P066, P067): the same answer to each, and no account.

use std::time::Duration;

use reqwest::StatusCode;
use symbolon::flows::invitations::{Inviter, resend, withdraw};
use symbolon::model::ids::InvitationId;
use symbolon::model::policy::{Policy, Registration};
use symbolon::model::role::Role;
use symbolon::model::user::User;
use symbolon::protocol::opaque::{self, TenantKind};
use symbolon::storage::records::users;

use super::{Acme, CHOSEN, GRACE, accept, is_signed_in, send};

impl Acme {
    /// The link is dead: for whoever opens it now, and for whoever has the form open already.
    async fn is_dead(&self, path: &str, why: &str) {
        let jar = self.server.browser();
        let page = jar.open(path).await;
        assert_eq!((page.status, page.marker().as_deref()), (StatusCode::GONE, Some("page-error")), "{why}");
        let csrf = jar.open("/login").await.form().fields;
        let csrf = csrf.iter().find(|(name, _)| name == "csrf").expect("a token").1.clone();
        let token = path.split_once("token=").expect("a token").1;
        let fields = [
            ("csrf", csrf.as_str()),
            ("token", token),
            ("name", "Grace"),
            ("password", CHOSEN),
            ("action", "password"),
        ];
        let answer = jar.post("/invitation", &fields).await;
        assert_eq!(answer.status, StatusCode::GONE, "{why}: {answer:?}");
        assert!(!is_signed_in(&jar).await, "{why}");
    }

    async fn withdraw(&self, id: InvitationId) {
        let call = self.server.operator();
        let done = self
            .server
            .database()
            .write(&self.scope, move |tx| withdraw(tx, &call, &Inviter::operator(), Some(id)));
        done.await.expect("an answer").expect("it was open");
    }
}

#[tokio::test]
async fn p066_a_link_works_once() {
    let acme = Acme::new().await;
    let path = acme.invite(GRACE, &["member"]).await;
    let jar = acme.server.browser();
    let page = jar.open(&path).await;
    send(&jar, &page, CHOSEN).await;
    acme.is_dead(&path, "used").await;
    let again = send(&jar, &page, "another anchor museum kettle").await;
    assert_eq!(again.status, StatusCode::GONE, "{again:?}");
}

#[tokio::test]
async fn p066_a_link_is_dead_after_its_time() {
    let acme = Acme::new().await;
    let path = acme.invite(GRACE, &["member"]).await;
    acme.server.advance(Duration::from_hours(7 * 24)).await;
    acme.is_dead(&path, "expired").await;
    assert!(acme.account(GRACE).await.is_none());
}

#[tokio::test]
async fn p066_a_link_is_dead_after_its_withdrawal_and_after_a_newer_one() {
    let acme = Acme::new().await;
    let (id, withdrawn) = acme.invited(GRACE, &["member"]).await;
    acme.withdraw(id).await;
    acme.is_dead(&withdrawn, "withdrawn").await;
    let replaced = acme.invite(GRACE, &["owner"]).await;
    // Another spelling of the same address (P062).
    let (id, resent) = acme.invited("GRACE@acme.example", &["member"]).await;
    acme.is_dead(&replaced, "replaced by another invitation").await;
    let (call, terms) = (acme.server.operator(), acme.server.edge.mail.clone());
    let again = acme
        .server
        .database()
        .write(&acme.scope, move |tx| resend(tx, &call, &terms, &Inviter::operator(), (Some(id), 7)));
    again.await.expect("an answer").expect("it was open");
    acme.is_dead(&resent, "sent again").await;
    assert!(acme.account(GRACE).await.is_none());
    let newest = acme.link_to("GRACE@acme.example").await;
    accept(&acme.server.browser(), &newest, CHOSEN).await;
    let grace = acme.account(GRACE).await.expect("an account");
    assert_eq!(grace.roles, [Role::Member].into(), "not those of the link that was replaced");
}

#[tokio::test]
async fn p066_whoever_may_no_longer_invite_has_invited_nobody() {
    let acme = Acme::new().await;
    let path = acme.invite(GRACE, &["owner"]).await;
    let change = async |change: fn(User) -> User| {
        let owner = acme.owner;
        let done = acme.server.database().write(&acme.scope, move |tx| {
            let owner = users::find(tx, owner)?.expect("the owner");
            users::update(tx, &change(owner))
        });
        done.await.expect("changed");
    };
    change(|owner| User { roles: [Role::Admin].into(), ..owner }).await;
    acme.is_dead(&path, "an administrator offers no owner").await;
    change(|owner| User { roles: [].into(), ..owner }).await;
    acme.is_dead(&path, "the inviter has no role any more").await;
    change(|owner| User { roles: [Role::Owner].into(), ..owner }).await;
    acme.server.suspend_user(acme.scope.id(), acme.owner).await;
    acme.is_dead(&path, "the inviter is suspended").await;
    assert!(acme.account(GRACE).await.is_none());
}

#[tokio::test]
async fn p066_a_tenant_that_is_closed_suspended_or_knows_the_address_lets_nobody_in() {
    let acme = Acme::new().await;
    let path = acme.invite(GRACE, &["member"]).await;
    acme.policy(Policy { registration: Registration::Closed, ..Policy::default() }).await;
    acme.is_dead(&path, "closed").await;
    acme.policy(Policy::default()).await;
    acme.server.suspend_tenant(acme.scope.id()).await;
    acme.is_dead(&path, "the tenant is suspended").await;
    let acme = Acme::new().await;
    let path = acme.invite(GRACE, &["owner"]).await;
    acme.server.scope_of("acme").await.person(GRACE, &[]).await;
    acme.is_dead(&path, "there is an account with the address").await;
    let grace = acme.account(GRACE).await.expect("the account");
    assert!(grace.roles.is_empty(), "it joined nothing");
}

#[tokio::test]
async fn p067_a_link_is_good_in_its_own_tenant_alone_and_as_it_was_made() {
    let acme = Acme::new().await;
    let globex = acme.server.organisation("globex", &[]).await.id();
    let path = acme.invite(GRACE, &["member"]).await;
    let token = path.split_once("token=").expect("a token").1;
    let made_up = opaque::issue(TenantKind::Invitation, globex, &[7; 32]);
    let other_kind = opaque::issue(TenantKind::SetupLink, acme.scope.id(), &[7; 32]);
    let mut edited = token.to_owned();
    edited.replace_range(20..24, "AAAA");
    // The secret of acme's link under the name of globex, with a checksum that is right.
    let moved = moved(token, globex.as_bytes());
    for token in [made_up.expose(), other_kind.expose(), &edited, &moved, "", "syi_", "../../etc/passwd"] {
        acme.is_dead(&format!("/invitation?token={token}"), token).await;
    }
    assert_eq!(acme.server.browser().open(&path).await.status, StatusCode::OK);
    assert!(acme.account(GRACE).await.is_none());
}

/// The same random bytes in a link of another tenant.
fn moved(token: &str, tenant: &[u8; 16]) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix("syi_").expect("a prefix")).expect("base64");
    let random: [u8; 32] = bytes[16..48].try_into().expect("random bytes");
    let tenant = symbolon::model::ids::TenantId::from_bytes(*tenant);
    opaque::issue(TenantKind::Invitation, tenant, &random).expose().clone()
}
