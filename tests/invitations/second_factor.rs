//! A tenant that asks for two factors: the first second one is set up on the way in, and nowhere else (D33, P045).

use symbolon::model::policy::{Mfa, Policy};

use super::{Acme, CHOSEN, GRACE, accept, is_signed_in};
use crate::harness::authenticator::Authenticator;
use crate::harness::oathtool::{another, code};
use crate::harness::seed::PASSWORD;

fn two_for_everybody() -> Policy {
    Policy { mfa: Mfa { everybody: true, ..Mfa::default() }, ..Policy::default() }
}

#[tokio::test]
async fn p045_an_authenticator_is_set_up_between_the_password_and_the_session() {
    let acme = Acme::new().await;
    acme.policy(two_for_everybody()).await;
    let path = acme.invite(GRACE, &["member"]).await;
    let jar = acme.server.browser();
    let page = accept(&jar, &path, CHOSEN).await;
    assert_eq!(page.marker().as_deref(), Some("page-enrol"), "{page:#?}");
    assert!(!is_signed_in(&jar).await, "one factor is no session");
    assert!(jar.open("/account/factors").await.marker().as_deref() != Some("page-factors"));
    let begin = page.form_of("passkey-form");
    let mut fields: Vec<(&str, &str)> =
        begin.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.retain(|(name, _)| !matches!(*name, "question" | "answer"));
    fields.push(("action", "begin"));
    let shown = jar.post("/login/enrol", &fields).await;
    let key = shown.text_of("totp-key").unwrap_or_else(|| panic!("no key: {shown:?}"));
    let right = code(&key, acme.server.now());
    let wrong = jar.submit(&shown, &[("code", &another(&right)), ("action", "confirm")]).await;
    assert!(wrong.has("code-problem"), "{wrong:?}");
    assert!(!is_signed_in(&jar).await);
    let codes = jar.submit(&wrong, &[("code", &right), ("action", "confirm")]).await;
    assert_eq!(codes.marker().as_deref(), Some("page-enrolled"), "{codes:#?}");
    assert!(is_signed_in(&jar).await);
}

#[tokio::test]
async fn a_passkey_is_set_up_there_as_well() {
    let acme = Acme::new().await;
    acme.policy(two_for_everybody()).await;
    let path = acme.invite(GRACE, &["member"]).await;
    let jar = acme.server.browser();
    let page = accept(&jar, &path, CHOSEN).await;
    let options = page.attribute("passkey-form", "data-options").expect("a question");
    let mut device = Authenticator::at(acme.server.issuer());
    let said = device.make(&serde_json::from_str(&options).expect("options")).to_string();
    let codes = jar.submit(&page, &[("answer", &said)]).await;
    assert_eq!(codes.marker().as_deref(), Some("page-enrolled"), "{codes:#?}");
    assert!(is_signed_in(&jar).await);
}

/// D33: whoever knows a password alone sets up nothing, be the account new or old.
#[tokio::test]
async fn p045_nobody_sets_up_a_first_second_factor_by_a_password_alone() {
    let acme = Acme::new().await;
    acme.policy(two_for_everybody()).await;
    let path = acme.invite(GRACE, &["member"]).await;
    accept(&acme.server.browser(), &path, CHOSEN).await;
    for (email, password) in [("owner@acme.example", PASSWORD), (GRACE, CHOSEN)] {
        let jar = acme.server.browser();
        let page = jar.open("/login").await;
        let page = jar.submit(&page, &[("username", email), ("organisation", "acme")]).await;
        let after = jar.submit(&page, &[("password", password)]).await;
        assert_eq!(after.marker().as_deref(), Some("page-password"), "{email}: {after:#?}");
        let handle = after.form().fields.into_iter().find(|(name, _)| name == "interaction").expect("one").1;
        let enrol = jar.open(&format!("/login/enrol?interaction={handle}")).await;
        assert_ne!(enrol.marker().as_deref(), Some("page-enrol"), "{email}");
        let csrf = after.form().fields.into_iter().find(|(name, _)| name == "csrf").expect("one").1;
        let fields = [("csrf", csrf.as_str()), ("interaction", &handle), ("action", "begin")];
        let begun = jar.post("/login/enrol", &fields).await;
        assert!(!begun.has("totp-key"), "{email}: {begun:?}");
        assert!(!is_signed_in(&jar).await, "{email}");
    }
}
