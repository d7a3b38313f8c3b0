//! Guests (D4): an account of one tenant that another one let in goes there from home, by the host's rules, and only while the home
//! has it.

mod between;
mod word;

use std::time::Duration;

use symbolon::flows::invitations::{Inviter, Newcomer, invite_many};
use symbolon::flows::provision::{erase_user, revoke_sessions, suspend};
use symbolon::model::audit::Actor;
use symbolon::model::ids::UserId;
use symbolon::model::policy::{Guests, Policy};
use symbolon::model::role::Role;
use symbolon::storage::TenantScope;
use symbolon::storage::records::{policies, users};

use super::sent_again::send_in_vain;
use super::{authorize, before_the_password, exchange, is_signed_in, sign_in, signed_in, started, token};
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::oathtool::{STEP, code};
use crate::harness::rows::Everything;
use crate::harness::seed::{PASSWORD, Registered};
use crate::harness::tokens::{claims, text};

const ADA: &str = "ada@acme.example";
/// A tenant that is not Ada's.
const AT_GLOBEX: &str = "&tenant=globex";

/// Ada of acme, whom globex invites.
struct World {
    server: TestServer,
    notes: Registered,
    acme: TenantScope,
    globex: TenantScope,
    ada: UserId,
    owner: UserId,
}

impl World {
    async fn new() -> Self {
        let (server, notes) = started().await;
        let acme = server.organisation("acme", &[]).await;
        let ada = acme.person(ADA, &[Role::Owner]).await;
        let globex = server.organisation("globex", &[]).await;
        let owner = globex.person("owner@globex.example", &[Role::Owner]).await;
        let (acme, globex) = (acme.scope.clone(), globex.scope.clone());
        Self { server, notes, acme, globex, ada, owner }
    }

    /// The same, where what was proved at home counts.
    async fn trusting() -> Self {
        let world = Self::new().await;
        world.rule(Guests { allowed: true, home_factors: true }).await;
        world
    }

    async fn rule(&self, guests: Guests) {
        let (scope, now) = (self.globex.clone(), self.server.now());
        let policy = Policy { guests, ..Policy::default() };
        self.server.as_operator(move |tx| policies::put(&mut tx.enter(&scope)?, &policy, now)).await;
    }

    /// The path of an invitation of globex to this address.
    async fn invite(&self, email: &str) -> String {
        let newcomer =
            Newcomer { email: email.to_owned(), roles: vec!["member".to_owned()], ..Newcomer::default() };
        let (call, terms, owner) = (self.server.operator(), self.server.edge.mail.clone(), self.owner);
        let sent = self.server.database().write(&self.globex, move |tx| {
            let owner = users::find(tx, owner)?.expect("the owner");
            let inviter = Inviter::person(tx, &owner)?;
            invite_many(tx, &call, &terms, &inviter, (&[newcomer], 7))
        });
        sent.await.expect("sent").expect("nothing is wrong with it");
        let mails = self.server.mails().await;
        let mail = mails.iter().rev().find(|mail| mail.to == email).expect("a mail");
        mail.path(self.server.issuer())
    }

    /// Ada's browser, in which she is signed in at home and has accepted.
    async fn joined(&self) -> Jar {
        let jar = signed_in(&self.server, ADA, "acme").await;
        // Accounts are listed as they came.
        self.server.advance(Duration::from_secs(1)).await;
        let page = self.accept(&jar).await;
        assert_eq!(page.marker().as_deref(), Some("page-home"), "{page:#?}");
        jar
    }

    async fn accept(&self, jar: &Jar) -> Page {
        let page = jar.open(&self.invite(ADA).await).await;
        accept(jar, &page).await
    }

    /// Goes to globex's request in the chooser.
    async fn switch(&self, jar: &Jar) -> Page {
        let chooser = jar.open(&authorize("notes", AT_GLOBEX)).await;
        assert_eq!(chooser.marker().as_deref(), Some("page-accounts"), "{chooser:#?}");
        choose(jar, &chooser, "account-1").await
    }

    async fn tokens(&self, jar: &Jar) -> serde_json::Value {
        let back = jar
            .open(&authorize("notes", AT_GLOBEX).replace("scope=openid", "scope=openid%20offline_access"))
            .await;
        exchange(&self.server, &self.notes, &back).await
    }

    async fn refresh(&self, tokens: &serde_json::Value) -> u16 {
        let refresh = text(tokens, "refresh_token");
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
        token(&self.server, &self.notes, &fields).await.status.as_u16()
    }
}

async fn accept(jar: &Jar, page: &Page) -> Page {
    let form = page.form();
    let value = page.attribute("guest-1", "value").unwrap_or_else(|| panic!("no way in: {page:#?}"));
    let mut fields: Vec<(&str, &str)> =
        form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.retain(|(name, _)| matches!(*name, "csrf" | "token"));
    fields.extend([("action", "guest"), ("home", value.as_str())]);
    let sent = jar.post("/invitation", &fields).await;
    jar.follow(sent).await
}

/// The same, and once more before the first answer is read.
async fn choose_twice(jar: &Jar, chooser: &Page, id: &str) -> Page {
    let value = chooser.attribute(id, "value").unwrap_or_else(|| panic!("no {id}: {chooser:#?}"));
    send_in_vain(jar, chooser, &[("account", &value)]).await;
    jar.submit(chooser, &[("account", &value)]).await
}

async fn choose(jar: &Jar, chooser: &Page, id: &str) -> Page {
    let value = chooser.attribute(id, "value").unwrap_or_else(|| panic!("no {id}: {chooser:#?}"));
    jar.submit(chooser, &[("account", &value)]).await
}

#[tokio::test]
async fn d4_a_guest_switches_without_signing_in_again_and_the_token_says_where_home_is() {
    let world = World::trusting().await;
    let jar = world.joined().await;
    // In another browser there is a session at home, and none at the host.
    let other = signed_in(&world.server, ADA, "acme").await;
    let before = other.cookie("symbolon");
    let back = world.switch(&other).await;
    assert_ne!(other.cookie("symbolon"), before, "a switch changes the cookie (P069)");
    let switched = exchange(&world.server, &world.notes, &back).await;
    for tokens in [switched, world.tokens(&jar).await] {
        let claims = claims(&text(&tokens, "access_token"));
        assert_eq!(claims["sub"], world.ada.to_string());
        assert_eq!(claims["tenant_id"], world.globex.id().to_string());
        assert_eq!(claims["home_tenant_id"], world.acme.id().to_string());
        assert_eq!(claims["amr"], serde_json::json!(["home"]));
        assert_eq!(claims["acr"], "urn:symbolon:acr:1", "one factor at home is one here");
        assert_eq!(claims["roles"], serde_json::json!(["member"]), "an owner at home is none here");
    }
    let at_home = jar.open(&authorize("notes", "&tenant=acme")).await;
    let tokens = exchange(&world.server, &world.notes, &at_home).await;
    assert!(claims(&text(&tokens, "access_token")).get("home_tenant_id").is_none());
}

#[tokio::test]
async fn d4_by_default_a_guest_proves_a_second_factor_of_the_host() {
    let world = World::new().await;
    let jar = signed_in(&world.server, ADA, "acme").await;
    let page = world.accept(&jar).await;
    assert_eq!(page.marker().as_deref(), Some("page-enrol"), "{page:#?}");
    assert!(!page.has("passkey-form"), "a passkey of the guest would take the place of the one at home");
    let shown = jar.submit(&page, &[("action", "begin")]).await;
    let key = shown.text_of("totp-key").unwrap_or_else(|| panic!("no key: {shown:?}"));
    let codes = jar.submit(&shown, &[("code", &code(&key, world.server.now())), ("action", "confirm")]).await;
    assert_eq!(codes.marker().as_deref(), Some("page-enrolled"), "{codes:#?}");
    let claims_of = |tokens: &serde_json::Value| claims(&text(tokens, "access_token"));
    let claims = claims_of(&world.tokens(&jar).await);
    assert_eq!(claims["acr"], "urn:symbolon:acr:2");
    assert_eq!(claims["amr"], serde_json::json!(["home", "otp"]));
    // Elsewhere the session at home leads to that factor, and not past it.
    world.server.advance(STEP).await;
    let other = signed_in(&world.server, ADA, "acme").await;
    let chooser = other.open(&authorize("notes", AT_GLOBEX)).await;
    let asked = choose_twice(&other, &chooser, "account-1").await;
    assert_eq!(asked.marker().as_deref(), Some("page-totp"), "{asked:#?}");
    let back = other.submit(&asked, &[("code", &code(&key, world.server.now()))]).await;
    let tokens = exchange(&world.server, &world.notes, &back).await;
    assert_eq!(claims_of(&tokens)["acr"], "urn:symbolon:acr:2");
    // The host trusts homes, and then it does no more: what stands on a home alone ends with that.
    world.rule(Guests { allowed: true, home_factors: true }).await;
    let third = signed_in(&world.server, ADA, "acme").await;
    assert_eq!(world.switch(&third).await.marker().as_deref(), Some("page-totp"), "she has a second factor");
    world.rule(Guests { allowed: false, home_factors: false }).await;
    let gone = other.open(&authorize("notes", AT_GLOBEX)).await;
    assert_eq!(gone.marker().as_deref(), Some("page-login"), "{gone:#?}");
    assert_eq!(world.refresh(&tokens).await, 400);
}

#[tokio::test]
async fn d4_a_host_that_trusts_homes_no_more_asks_for_its_own_factor() {
    let world = World::trusting().await;
    let jar = world.joined().await;
    let tokens = world.tokens(&jar).await;
    assert_eq!(world.refresh(&tokens).await, 200);
    world.rule(Guests::default()).await;
    let tokens_now = world.refresh(&tokens).await;
    assert_eq!(tokens_now, 400, "policy is asked at refresh too");
    // She has none, and nobody sets one up by the word of the home alone (D33).
    let chooser = world.switch(&signed_in(&world.server, ADA, "acme").await).await;
    assert!(chooser.has("guest-refused"), "{chooser:#?}");
}

#[tokio::test]
async fn p147_a_guests_choice_sent_again_leads_on_and_to_nobody_else() {
    let world = World::trusting().await;
    world.joined().await;
    let acme = world.server.scope_of("acme").await;
    acme.person("bob@acme.example", &[]).await;
    let jar = signed_in(&world.server, ADA, "acme").await;
    let page = jar.open("/login").await;
    sign_in(&jar, &page, ("bob@acme.example", "acme"), PASSWORD).await;
    let chooser = jar.open(&authorize("notes", AT_GLOBEX)).await;
    let as_guest = chooser.attribute("account-1", "value").expect("the way as a guest");
    let (home, host) = as_guest.split_once('.').expect("a session and a tenant");
    let thief = jar.copy();
    send_in_vain(&jar, &chooser, &[("account", &as_guest)]).await;
    // Another choice in the same form is another answer, and with another cookie it is nobody's.
    for other in [home.to_owned(), format!("{home}.{}", world.acme.id()), format!("{host}.{host}")] {
        let answer = jar.copy().submit(&chooser, &[("account", &other)]).await;
        assert_eq!(answer.marker().as_deref(), Some("page-error"), "{other}: {answer:?}");
    }
    let stranger = world.server.browser();
    stranger.open("/login").await;
    let answer = stranger.submit(&chooser, &[("account", &as_guest)]).await;
    assert!(answer.status.is_client_error(), "{answer:?}");
    let back = jar.submit(&chooser, &[("account", &as_guest)]).await;
    let tokens = exchange(&world.server, &world.notes, &back).await;
    assert_eq!(claims(&text(&tokens, "id_token"))["sub"], world.ada.to_string());
    assert!(!is_signed_in(&thief).await, "the old cookie alone");
}

/// P104 of the same class: what happens at home counts at the host at once, at every door.
#[tokio::test]
async fn d4_what_the_home_takes_away_is_gone_at_the_host_at_once() {
    for end in 0..4 {
        let world = World::trusting().await;
        let jar = world.joined().await;
        let tokens = world.tokens(&jar).await;
        let (call, clock) = (world.server.operator(), world.server.edge.clock.clone());
        let (acme, id) = (world.acme.clone(), world.ada);
        // She is no last owner.
        world.server.scope_of("acme").await.person("second@acme.example", &[Role::Owner]).await;
        world.server.advance(Duration::from_secs(1)).await;
        let call = symbolon::flows::Call { now: world.server.now(), ..call };
        let ended = world.server.as_operator(move |tx| {
            if end == 3 {
                return Ok(());
            }
            let tx = &mut tx.enter(&acme)?;
            let ada = users::find(tx, id)?.expect("ada");
            match end {
                0 => suspend(tx, (&call, &clock), &Actor::Operator, id).map(|done| assert!(done.is_some())),
                1 => revoke_sessions(tx, (&call, &clock), &Actor::Operator, &ada).map(drop),
                _ => {
                    erase_user(tx, (&call, &clock), &Actor::Operator, &ada).map(|done| assert!(done.is_ok()))
                }
            }
        });
        ended.await;
        if end == 3 {
            world.server.suspend_tenant(world.acme.id()).await;
        }
        let user = world.server.database().read(&world.globex, move |tx| users::find(tx, id)).await;
        let user = user.expect("an answer").expect("the row");
        assert_eq!(user.status.stood_at(world.server.now()), end == 1, "{end}: {user:?}");
        assert_eq!(world.refresh(&tokens).await, 400, "{end}");
        let info = jar
            .send(
                reqwest::Method::GET,
                "/userinfo",
                None,
                &[("authorization", &format!("Bearer {}", text(&tokens, "access_token")))],
            )
            .await;
        assert_eq!(info.status, 401, "{end}: {info:?}");
        let page = jar.open(&authorize("notes", AT_GLOBEX)).await;
        assert_eq!(page.marker().as_deref(), Some("page-login"), "{end}: {page:#?}");
        if end == 2 {
            let mut left = Everything::open(world.server.storage());
            assert_eq!(left.count("memberships"), 0, "with the account go its places");
        }
    }
}

#[tokio::test]
async fn d4_a_guest_who_proves_themselves_at_home_again_comes_back() {
    let world = World::trusting().await;
    let jar = world.joined().await;
    world.server.advance(Duration::from_secs(1)).await;
    let (call, clock, acme, id) =
        (world.server.operator(), world.server.edge.clock.clone(), world.acme.clone(), world.ada);
    world
        .server
        .as_operator(move |tx| {
            let tx = &mut tx.enter(&acme)?;
            let ada = users::find(tx, id)?.expect("ada");
            revoke_sessions(tx, (&call, &clock), &Actor::Operator, &ada).map(drop)
        })
        .await;
    world.server.advance(Duration::from_secs(1)).await;
    let page = jar.open("/login").await;
    sign_in(&jar, &page, (ADA, "acme"), PASSWORD).await;
    let back = world.switch(&jar).await;
    assert!(back.answer().contains_key("code"), "{back:#?}");
}

/// D1: equal addresses join nothing, and neither does a link alone.
#[tokio::test]
async fn d1_only_the_account_with_the_invited_address_that_is_signed_in_here_may_accept() {
    let world = World::trusting().await;
    let path = world.invite(ADA).await;
    let stranger = world.server.browser().open(&path).await;
    assert_eq!(stranger.marker().as_deref(), Some("page-invitation"));
    assert!(!stranger.has("guest-1") && stranger.has("guest-hint"), "{stranger:#?}");
    // Another account of hers, and somebody else's.
    world.server.scope_of("acme").await.person("bob@acme.example", &[]).await;
    let bob = signed_in(&world.server, "bob@acme.example", "acme").await;
    let page = bob.open(&path).await;
    assert!(!page.has("guest-1"), "{page:#?}");
    let ada = signed_in(&world.server, ADA, "acme").await;
    let hers = ada.open(&path).await.attribute("guest-1", "value").expect("her session");
    let form = page.form();
    let csrf = form.fields.iter().find(|(name, _)| name == "csrf").expect("a token").1.clone();
    let link = form.fields.iter().find(|(name, _)| name == "token").expect("a link").1.clone();
    let fields = [("csrf", csrf.as_str()), ("token", &link), ("action", "guest"), ("home", &hers)];
    bob.post("/invitation", &fields).await;
    assert_eq!(
        Everything::open(world.server.storage()).count("memberships"),
        0,
        "by her session he is not her"
    );
    // The link serves once, and makes no account beside.
    let joined = accept(&ada, &ada.open(&path).await).await;
    assert_eq!(joined.marker().as_deref(), Some("page-home"), "{joined:#?}");
    let again = ada.get(&path).await;
    assert_eq!(again.status, 410);
    let second = world.accept(&ada).await;
    assert_eq!(second.status, 410, "nobody joins twice: {second:#?}");
    assert_eq!(Everything::open(world.server.storage()).count("memberships"), 1);
}

/// By nothing that is proved of an address at the host is anybody let in as a guest.
#[tokio::test]
async fn d4_no_way_of_proving_oneself_at_the_host_finds_a_guest() {
    let world = World::trusting().await;
    world.joined().await;
    let (jar, page) = before_the_password(&world.server, ADA, "globex").await;
    let wrong = jar.submit(&page, &[("password", PASSWORD), ("action", "continue")]).await;
    assert!(wrong.has("password-problem"), "{wrong:#?}");
    let mails = world.server.mails().await.len();
    let handle = page.form().fields.into_iter().find(|(name, _)| name == "interaction").expect("one").1;
    for path in ["/login/reset", "/login/link"] {
        let asking = jar.open(&format!("{path}?interaction={handle}")).await;
        let sent = jar.submit(&asking, &[("action", "continue")]).await;
        assert!(sent.status.as_u16() < 400, "{path}: {sent:#?}");
    }
    assert_eq!(world.server.mails().await.len(), mails, "no link to a guest");
}

#[tokio::test]
async fn d4_a_guest_leaves_and_comes_back_only_by_another_invitation() {
    let world = World::trusting().await;
    let older = world.invite("other@acme.example").await;
    assert!(!older.is_empty());
    let jar = world.joined().await;
    let tokens = world.tokens(&jar).await;
    let accounts = jar.open("/account").await;
    let at_home = accounts.attribute("account-1", "href").expect("the account at home");
    let sid = at_home.split("account=").nth(1).expect("its session").to_owned();
    let page = jar.open(&format!("/account/organisations?account={sid}")).await;
    assert_eq!(page.marker().as_deref(), Some("page-organisations"), "{page:#?}");
    assert!(page.body.contains("Tenant globex"));
    world.server.advance(Duration::from_secs(1)).await;
    let left = jar.submit(&page, &[("action", "leave")]).await;
    assert!(left.has("organisations-notice") && left.has("organisations-none"), "{left:#?}");
    assert_eq!(world.refresh(&tokens).await, 400);
    let gone = jar.open(&authorize("notes", AT_GLOBEX)).await;
    assert_eq!(gone.marker().as_deref(), Some("page-login"), "{gone:#?}");
    world.server.advance(Duration::from_secs(1)).await;
    let back = world.accept(&jar).await;
    assert_eq!(back.marker().as_deref(), Some("page-home"), "{back:#?}");
    assert_eq!(world.refresh(&tokens).await, 400, "nothing of before counts");
}

/// P006: going on with a session at home is no proof of today.
#[tokio::test]
async fn p006_a_switch_satisfies_no_demand_to_sign_in() {
    let world = World::trusting().await;
    let jar = world.joined().await;
    world.server.advance(Duration::from_mins(5)).await;
    let page = jar.open(&authorize("notes", "&tenant=globex&prompt=login")).await;
    assert_eq!(page.marker().as_deref(), Some("page-login"), "{page:#?}");
    let home = page.attribute("from-home", "href").expect("the way over the home");
    let other = jar.open(&home.replace("&amp;", "&")).await;
    let chooser = sign_in(&jar, &other, (ADA, "acme"), PASSWORD).await;
    assert_eq!(chooser.marker().as_deref(), Some("page-accounts"), "{chooser:#?}");
    let value = ["account-1", "account-2"]
        .into_iter()
        .filter_map(|id| chooser.attribute(id, "value"))
        .find(|value| value.contains('.'))
        .expect("the way as a guest");
    let back = jar.submit(&chooser, &[("account", &value)]).await;
    let tokens = exchange(&world.server, &world.notes, &back).await;
    let claims = claims(&text(&tokens, "id_token"));
    assert_eq!(claims["auth_time"].as_i64().expect("a time"), world.server.now().unix());
    // With a session at home that is as old as that, nothing was proved.
    world.server.advance(Duration::from_mins(5)).await;
    let aged = jar.open(&authorize("notes", "&tenant=globex&max_age=60")).await;
    assert_eq!(aged.marker().as_deref(), Some("page-login"), "{aged:#?}");
}

/// What is kept at home is not changed at the host.
#[tokio::test]
async fn d4_a_guest_changes_no_name_address_or_password_at_the_host() {
    let world = World::trusting().await;
    let jar = world.joined().await;
    let accounts = jar.open("/account").await;
    let at_host = accounts.attribute("account-2", "href").expect("the guest's account");
    let sid = at_host.split("account=").nth(1).expect("its session").to_owned();
    let page = jar.open(&format!("/account/sessions?account={sid}")).await;
    assert!(!page.has("nav-profile") && !page.has("nav-email") && page.has("nav-factors"), "{page:#?}");
    let rows = || Everything::open(world.server.storage()).of_tenant(world.globex.id());
    let before = crate::harness::rows::without(rows(), &crate::harness::rows::RECORD);
    let token = jar.open(&format!("/account/data?account={sid}")).await;
    assert!(token.has("data-stays"), "{token:#?}");
    let csrf = token.form().fields.into_iter().find(|(name, _)| name == "csrf").expect("a token").1;
    for (path, more) in [
        ("/account/profile", vec![("name", "Mallory")]),
        ("/account/email", vec![("action", "change"), ("email", "mallory@globex.example")]),
        ("/account/password", vec![("password", "violet anchor museum kettle")]),
        ("/account/data", vec![("action", "delete"), ("confirm", ADA)]),
    ] {
        let mut fields = vec![("csrf", csrf.as_str()), ("account", sid.as_str())];
        fields.extend(more);
        let answer = jar.post(path, &fields).await;
        assert!(answer.status.as_u16() < 500, "{path}: {answer:?}");
    }
    let after = crate::harness::rows::without(rows(), &crate::harness::rows::RECORD);
    let users = |rows: &crate::harness::rows::Rows| format!("{:?}", rows.get("users"));
    assert_eq!(users(&before), users(&after));
    let guest = world.server.database().read(&world.globex, {
        let id = world.ada;
        move |tx| users::find(tx, id)
    });
    let guest = guest.await.expect("an answer").expect("the guest");
    assert_eq!((guest.email.as_str(), guest.is_guest()), (ADA, true));
    assert!(!guest.email_verified, "the home may say any address");
}

/// P102: the owner who must stay is none whom another tenant can take away.
#[tokio::test]
async fn p102_a_guest_is_no_owner_who_stays() {
    let world = World::trusting().await;
    world.joined().await;
    let (id, owner, scope) = (world.ada, world.owner, world.globex.clone());
    let (call, clock) = (world.server.operator(), world.server.edge.clock.clone());
    let last = world.server.as_operator(move |tx| {
        let tx = &mut tx.enter(&scope)?;
        users::set_roles(tx, id, &[Role::Owner].into())?;
        Ok(suspend(tx, (&call, &clock), &Actor::Operator, owner)?.expect("suspended").last_owner)
    });
    assert!(last.await, "with a guest for an owner nobody is left");
}
