//! Between the home and the host: what ends at one for what was done at the other, and the ways that lead there.

use std::time::Duration;

use symbolon::flows::links::by_admin::{self, AdminLink, NotMailed};
use symbolon::flows::provision::revoke_sessions;
use symbolon::model::audit::Actor;
use symbolon::model::policy::Guests;
use symbolon::storage::records::users;

use super::{ADA, World, choose};
use crate::harness::jar::{Jar, Page};
use crate::harness::oathtool::code;
use crate::harness::relying_party::RelyingParty;
use crate::harness::rows::Everything;
use crate::harness::seed::PASSWORD;
use crate::login::{authorize, sign_in, signed_in};

impl World {
    /// The session that Ada has at home in this browser, as its pages name it.
    async fn at_home(&self, jar: &Jar) -> String {
        let accounts = jar.open("/account").await;
        let first = accounts.attribute("account-1", "href").unwrap_or_else(|| panic!("one: {accounts:#?}"));
        first.split("account=").nth(1).expect("its session").to_owned()
    }

    pub(super) async fn is_in_at_globex(&self, jar: &Jar) -> bool {
        jar.get(&authorize("notes", "&tenant=globex&prompt=none")).await.answer().contains_key("code")
    }

    /// What Ada does on the page of her sessions at home.
    pub(super) async fn on_sessions(&self, jar: &Jar, more: &[(&str, &str)]) -> Page {
        let sid = self.at_home(jar).await;
        let page = jar.open(&format!("/account/sessions?account={sid}")).await;
        let csrf = page.form().fields.into_iter().find(|(name, _)| name == "csrf").expect("a token").1;
        let mut fields = vec![("csrf", csrf.as_str()), ("account", sid.as_str())];
        fields.extend(more);
        jar.follow(jar.post("/account/sessions", &fields).await).await
    }
}

/// P074 of the same class: what stands on a session at home ends with it, where somebody ends that from elsewhere.
#[tokio::test]
async fn p074_ending_sessions_at_home_ends_those_of_the_guest_in_the_same_browsers() {
    let world = World::trusting().await;
    let desk = world.joined().await;
    let (lost, old) =
        (signed_in(&world.server, ADA, "acme").await, signed_in(&world.server, ADA, "acme").await);
    world.server.advance(Duration::from_secs(1)).await;
    for jar in [&lost, &old] {
        assert!(world.switch(jar).await.answer().contains_key("code"));
    }
    let sid = world.at_home(&lost).await;
    let one = world.on_sessions(&desk, &[("action", "end"), ("session", &sid)]).await;
    assert!(one.has("sessions-notice"), "{one:#?}");
    assert!(!world.is_in_at_globex(&lost).await);
    assert!(world.is_in_at_globex(&old).await && world.is_in_at_globex(&desk).await);
    world.on_sessions(&desk, &[("action", "end_others")]).await;
    assert!(!world.is_in_at_globex(&old).await);
    assert!(world.is_in_at_globex(&desk).await, "this browser stays, there too");
}

/// D14: a node whose clock is ahead dates nothing out of reach.
#[tokio::test]
async fn d14_what_the_home_takes_back_it_takes_back_of_what_is_dated_ahead() {
    let world = World::trusting().await;
    let jar = world.joined().await;
    let tokens = world.tokens(&jar).await;
    let behind = world.server.now() - Duration::from_secs(3);
    let (call, clock, acme, id) =
        (world.server.operator(), world.server.edge.clock.clone(), world.acme.clone(), world.ada);
    let call = symbolon::flows::Call { now: behind, ..call };
    let ended = world.server.as_operator(move |tx| {
        let tx = &mut tx.enter(&acme)?;
        let ada = users::find(tx, id)?.expect("ada");
        revoke_sessions(tx, (&call, &clock), &Actor::Operator, &ada)
    });
    assert_eq!(ended.await, 1, "those at home are counted");
    assert!(!world.is_in_at_globex(&jar).await);
    assert_eq!(world.refresh(&tokens).await, 400);
}

/// From the page of the account at home to the one at the host, by the host's rules, and to nowhere else.
#[tokio::test]
async fn d4_a_guest_goes_to_the_host_from_the_account_pages() {
    let world = World::trusting().await;
    world.joined().await;
    let initech = world.server.organisation("initech", &[]).await.scope.id();
    let jar = signed_in(&world.server, ADA, "acme").await;
    let page = jar.open("/account/organisations").await;
    assert!(page.body.contains("Tenant globex") && page.has("organisation-go-1"), "{page:#?}");
    for elsewhere in [initech, world.acme.id(), world.server.platform().await.scope.id()] {
        let fields = [("action", "go"), ("organisation", &*elsewhere.to_string())];
        let gone = jar.submit(&page, &fields).await;
        assert!(gone.status.is_success() && !gone.body.contains("Tenant globex"), "{gone:#?}");
        let mut rows = Everything::open(world.server.storage());
        assert_eq!(
            rows.of_tenant(elsewhere)["sessions"].len(),
            usize::from(elsewhere == world.acme.id()) * 2
        );
    }
    world.rule(Guests::default()).await;
    let refused = jar.submit(&page, &[("action", "go")]).await;
    assert!(refused.has("organisations-notice"), "she has no factor of the host: {refused:#?}");
    assert!(!world.is_in_at_globex(&jar).await);
    world.rule(Guests { allowed: true, home_factors: true }).await;
    let there = jar.submit(&page, &[("action", "go")]).await;
    assert!(there.status.is_success() && there.path.starts_with("/account"), "{there:#?}");
    assert!(there.body.contains("Tenant globex"), "{there:#?}");
    assert!(world.is_in_at_globex(&jar).await);
    // The form of before once more: she is in already.
    let again = jar.submit(&page, &[("action", "go")]).await;
    assert!(again.status.is_success(), "{again:#?}");
}

/// A relying party by other hands gets a guest like anybody; what is mailed to the guest goes where the home says.
#[tokio::test]
async fn d4_an_independent_relying_party_and_the_mail_find_a_guest() {
    let world = World::trusting().await;
    let jar = world.joined().await;
    let party = RelyingParty::discover(&world.server, &world.notes).await;
    let begun = party.begin("globex", &["profile", "email"], false);
    let back = jar.open(&begun.path).await;
    let (tokens, claims) = party.finish(begun, &back.answer()).await;
    assert_eq!(claims.subject().as_str(), world.ada.to_string());
    let person = party.userinfo(&tokens).await;
    assert_eq!(person.email().map(|email| email.as_str()), Some(ADA));
    assert_eq!(person.email_verified(), Some(false));
    let (_, again) = party.refresh(&tokens).await;
    assert_eq!(again.subject(), claims.subject());
    // A factor of the guest at the host: they are told, in their mailbox at home.
    let accounts = jar.open("/account").await;
    let at_host = accounts.attribute("account-2", "href").expect("the guest's account");
    let sid = at_host.split("account=").nth(1).expect("its session");
    let page = jar.open(&format!("/account/factors/totp?account={sid}")).await;
    let shown = jar.submit(&page, &[("action", "begin")]).await;
    let key = shown.text_of("totp-key").unwrap_or_else(|| panic!("no key: {shown:#?}"));
    jar.submit(&shown, &[("code", &code(&key, world.server.now())), ("action", "confirm")]).await;
    let mails = world.server.mails().await;
    let told = mails.last().expect("a mail");
    assert_eq!(told.to, ADA);
    assert!(told.text.contains("Tenant globex"), "it says where: {told:?}");
    let rows = Everything::open(world.server.storage()).of_tenant(world.globex.id());
    assert!(!format!("{:?}", rows["users"]).contains(ADA), "the host keeps no address");
}

/// D33: whoever left half-way is let on by a link that an administrator sends, over their home.
#[tokio::test]
async fn d33_a_guest_sets_up_the_first_factor_by_a_link_of_an_administrator() {
    let world = World::new().await;
    let jar = signed_in(&world.server, ADA, "acme").await;
    let page = world.accept(&jar).await;
    assert_eq!(page.marker().as_deref(), Some("page-enrol"), "{page:#?}");
    // Left there. The word of the home alone opens nothing.
    let fresh = signed_in(&world.server, ADA, "acme").await;
    assert!(world.switch(&fresh).await.has("guest-refused"));
    let send = async |wanted: AdminLink| {
        let (call, terms, id) = (world.server.operator(), world.server.edge.links.clone(), world.ada);
        let sent = world.server.database().write(&world.globex, move |tx| {
            let guest = users::find(tx, id)?.expect("the guest");
            by_admin::send(tx, &call, &terms, (Actor::Operator, &guest), wanted)
        });
        sent.await.expect("an answer")
    };
    assert_eq!(send(AdminLink::PasswordReset).await, Err(NotMailed::NoPassword));
    let link = async || {
        assert_eq!(send(AdminLink::FirstFactor).await, Ok(()));
        let mails = world.server.mails().await;
        let mail = mails.last().expect("a mail");
        assert_eq!(mail.to, ADA);
        mail.path(world.server.issuer())
    };
    // Where nobody is signed in at home, it leads over the home.
    let elsewhere = world.server.browser();
    let page = elsewhere.open(&link().await).await;
    let page = elsewhere.submit(&page, &[]).await;
    assert_eq!(page.marker().as_deref(), Some("page-login"), "{page:#?}");
    let chooser = sign_in(&elsewhere, &page, (ADA, "acme"), PASSWORD).await;
    assert_eq!(chooser.marker().as_deref(), Some("page-accounts"), "{chooser:#?}");
    let page = choose(&elsewhere, &chooser, "account-1").await;
    assert_eq!(page.marker().as_deref(), Some("page-enrol"), "{page:#?}");
    // Where somebody is, straight to it; and once.
    let path = link().await;
    let page = fresh.open(&path).await;
    let chooser = fresh.submit(&page, &[]).await;
    assert_eq!(chooser.marker().as_deref(), Some("page-accounts"), "{chooser:#?}");
    let page = choose(&fresh, &chooser, "account-1").await;
    let shown = fresh.submit(&page, &[("action", "begin")]).await;
    let key = shown.text_of("totp-key").unwrap_or_else(|| panic!("no key: {shown:#?}"));
    let done =
        fresh.submit(&shown, &[("code", &code(&key, world.server.now())), ("action", "confirm")]).await;
    assert_eq!(done.marker().as_deref(), Some("page-enrolled"), "{done:#?}");
    assert!(world.is_in_at_globex(&fresh).await);
    assert_eq!(fresh.open(&path).await.status, 410, "it is used up");
    assert_eq!(send(AdminLink::FirstFactor).await, Err(NotMailed::HasFactor));
}
