//! The revocation feed (D14): what it revokes, which copies count, and what happens without one.

use serde_json::{Value, json};
use symbolon::protocol::revocation_feed::RevokedKind;
use symbolon::verify::{FetchError, Outage, Refusal, RevocationPolicy, TokenFault};

use super::issuer::{
    ISSUER, KEY, LIST_KEY, OTHER_KEY, Rig, SESSION, START, TENANT, claims, claims_with, feed, good_token,
    header, sign,
};

const REVOKED: Refusal = Refusal::InvalidToken(TokenFault::Revoked);
const NO_LIST: Refusal = Refusal::Unavailable(Outage::Revocations);

#[tokio::test]
async fn p025_each_kind_of_entry_revokes_the_token() {
    let rig = Rig::start().await;
    let subject = claims()["sub"].as_str().unwrap().to_owned();
    let mut seq = 1;
    for (kind, value) in [
        (RevokedKind::Token, "token-1"),
        (RevokedKind::Session, SESSION),
        (RevokedKind::Subject, subject.as_str()),
        (RevokedKind::Client, "notes"),
        (RevokedKind::Tenant, TENANT),
        (RevokedKind::Key, "one"),
    ] {
        seq += 1;
        rig.revoke(seq, &[(kind, value, START)]).await;
        assert_eq!(rig.verify(&good_token()).await, Err(REVOKED), "{kind:?}");
        seq += 1;
        rig.revoke(seq, &[(kind, "another", START), (RevokedKind::Token, value, START - 1)]).await;
        assert!(rig.verify(&good_token()).await.is_ok(), "{kind:?} of another");
    }
}

#[tokio::test]
async fn a_token_issued_after_the_cut_off_passes() {
    let rig = Rig::start().await;
    rig.revoke(2, &[(RevokedKind::Tenant, TENANT, START), (RevokedKind::Tenant, TENANT, START - 5)]).await;
    assert_eq!(rig.verify(&good_token()).await, Err(REVOKED), "the later of two cut-offs counts");
    let later = claims_with(&json!({"iat": START + 1, "exp": START + 601}));
    assert!(rig.verify(&sign(&header(), &later, &KEY)).await.is_ok());
}

#[tokio::test]
async fn without_a_fresh_list_every_token_is_refused() {
    let rig = Rig::start().await;
    *rig.shelf.revocations.lock().unwrap() = Err(FetchError::Unreachable);
    rig.advance(29);
    rig.verifier.refresh().await;
    assert!(rig.verify(&good_token()).await.is_ok());
    rig.advance(1);
    rig.verifier.refresh().await;
    let refusal = rig.verify(&good_token()).await.unwrap_err();
    assert_eq!(refusal, NO_LIST);
    assert_eq!((refusal.status(), refusal.retry_after()), (503, Some(2)));
    rig.revoke(1, &[]).await;
    assert!(rig.verify(&good_token()).await.is_ok(), "recovers by itself");
}

#[tokio::test]
async fn a_service_may_choose_to_go_on_with_an_old_list_but_its_entries_hold() {
    let rig = Rig::with(|builder| builder.revocations(RevocationPolicy::FailOpen)).await;
    rig.revoke(2, &[(RevokedKind::Token, "token-1", START)]).await;
    *rig.shelf.revocations.lock().unwrap() = Err(FetchError::Status(500));
    rig.advance(120);
    rig.verifier.refresh().await;
    assert_eq!(rig.verify(&good_token()).await, Err(REVOKED));
    let other = claims_with(&json!({"jti": "token-2"}));
    assert!(rig.verify(&sign(&header(), &other, &KEY)).await.is_ok());
}

#[tokio::test]
async fn an_older_copy_does_not_displace_a_newer_one() {
    let rig = Rig::start().await;
    rig.revoke(7, &[(RevokedKind::Token, "token-1", START)]).await;
    rig.revoke(6, &[]).await;
    assert_eq!(rig.verify(&good_token()).await, Err(REVOKED));
    rig.revoke(7, &[(RevokedKind::Token, "token-1", START)]).await;
    rig.advance(29);
    rig.revoke(7, &[(RevokedKind::Token, "token-1", START)]).await;
    rig.advance(29);
    assert_eq!(
        rig.verify(&good_token()).await,
        Err(REVOKED),
        "the same number again is the same list, fresh"
    );
}

#[tokio::test]
async fn copies_that_are_not_the_issuers_own_are_refused() {
    let rig = Rig::with(|builder| builder.leeway(std::time::Duration::ZERO)).await;
    let named = |typ: &str, kid: &str, claims: &Value, key| {
        sign(&json!({"alg": "RS256", "typ": typ, "kid": kid}), claims, key)
    };
    let typed = |typ: &str, claims: &Value, key| named(typ, "lists", claims, key);
    let list = |iss: &str, iat: i64, exp: i64| json!({"iss": iss, "iat": iat, "exp": exp, "seq": 9, "revoked": [{"h": "zz", "t": 1}]});
    let mut sound = list(ISSUER, START, START + 30);
    sound["revoked"] = json!([]);
    for (what, document) in [
        ("another key", typed("revocations+jwt", &sound, &OTHER_KEY)),
        ("the key of tokens", named("revocations+jwt", "one", &sound, &KEY)),
        ("an access token's type", typed("at+jwt", &sound, &LIST_KEY)),
        (
            "another issuer",
            typed("revocations+jwt", &list("https://evil.example", START, START + 30), &LIST_KEY),
        ),
        ("from the future", typed("revocations+jwt", &list(ISSUER, START + 100, START + 130), &LIST_KEY)),
        ("long over", typed("revocations+jwt", &list(ISSUER, START - 100, START - 70), &LIST_KEY)),
        ("too long a life", typed("revocations+jwt", &list(ISSUER, START, START + 3600), &LIST_KEY)),
        ("an unreadable entry", typed("revocations+jwt", &list(ISSUER, START, START + 30), &LIST_KEY)),
        ("an access token", good_token()),
        ("nothing", String::new()),
        ("no JWS", "{\"revoked\": []}".to_owned()),
    ] {
        rig.publish(&document).await;
        rig.advance(30);
        assert_eq!(rig.verify(&good_token()).await, Err(NO_LIST), "{what}");
        rig.advance(-30);
        rig.revoke(1, &[]).await;
        assert!(rig.verify(&good_token()).await.is_ok(), "{what} spoiled the good list");
    }
}

#[tokio::test]
async fn a_copy_counts_no_longer_than_its_life_whatever_the_clocks_say() {
    let rig = Rig::start().await;
    // Made by an issuer whose clock is 25 s ahead: its exp lies 55 s away, and with the leeway 85 s.
    rig.publish(&feed(START + 25, 2, &[])).await;
    rig.advance(29);
    assert!(rig.verify(&good_token()).await.is_ok());
    rig.advance(1);
    assert_eq!(rig.verify(&good_token()).await, Err(NO_LIST));
}

/// How old a list is can't be told once the clock was set back: the next one is waited for.
#[tokio::test]
async fn a_clock_that_is_set_back_does_not_keep_an_old_list_alive() {
    let rig = Rig::start().await;
    *rig.shelf.revocations.lock().unwrap() = Err(FetchError::Unreachable);
    rig.advance(-2);
    assert!(rig.verify(&good_token()).await.is_ok(), "a clock is set right by a little all the time");
    rig.advance(-3600);
    rig.verifier.refresh().await;
    let early = claims_with(&json!({"iat": START - 3700, "exp": START - 3100}));
    let early = sign(&header(), &early, &KEY);
    assert_eq!(rig.verify(&early).await, Err(NO_LIST));
    rig.revoke(3, &[]).await;
    assert!(rig.verify(&early).await.is_ok(), "it goes on with one of the new time");
}
