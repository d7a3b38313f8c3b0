//! The key cache: rotation is followed, floods are not, outages refuse.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use symbolon::protocol::revocation_feed::RevokedKind;
use symbolon::verify::{FETCH_TIMEOUT, FetchError, Outage, Refusal, TokenFault};

use super::issuer::{KEY, LIST_KEY, OTHER_KEY, Rig, START, claims, feed, good_token, key_set, sign};
use crate::harness::wait::until;

/// How long something may take on a busy machine.
const SOON: Duration = Duration::from_secs(20);

fn token_of_the_new_key() -> String {
    sign(&json!({"alg": "RS256", "typ": "at+jwt", "kid": "two"}), &claims(), &OTHER_KEY)
}

#[tokio::test]
async fn a_key_published_after_the_start_is_found() {
    let rig = Rig::start().await;
    *rig.shelf.keys.lock().unwrap() = Ok(key_set(&[("one", &KEY), ("two", &OTHER_KEY)]));
    rig.advance(11);
    assert!(rig.verify(&token_of_the_new_key()).await.is_ok());
    assert!(rig.verify(&good_token()).await.is_ok());
    assert_eq!(rig.key_fetches(), 2);
}

#[tokio::test]
async fn p022_a_flood_of_unknown_keys_fetches_once_per_interval() {
    let rig = Arc::new(Rig::start().await);
    let flood = async |kid: &str| {
        let calls: Vec<_> = (0..200)
            .map(|n| {
                let header = json!({"alg": "RS256", "typ": "at+jwt", "kid": format!("{kid}-{n}")});
                let (rig, token) = (Arc::clone(&rig), sign(&header, &claims(), &OTHER_KEY));
                tokio::spawn(async move { rig.verify(&token).await })
            })
            .collect();
        for call in calls {
            let answer = call.await.unwrap();
            assert_eq!(answer, Err(Refusal::InvalidToken(TokenFault::UnknownKey)));
        }
    };
    flood("first").await;
    assert_eq!(rig.key_fetches(), 1, "the set was fetched just before");
    rig.advance(11);
    flood("second").await;
    assert_eq!(rig.key_fetches(), 2);
    rig.advance(-3600);
    flood("third").await;
    assert_eq!(rig.key_fetches(), 3, "a clock set back does not block the cache");
}

/// Whoever names an unknown key and goes away has begun a fetch for everybody else.
#[tokio::test]
async fn p022_a_stranger_who_goes_away_does_not_end_the_fetch() {
    let rig = Arc::new(Rig::start().await);
    *rig.shelf.keys.lock().unwrap() = Ok(key_set(&[("one", &KEY), ("two", &OTHER_KEY)]));
    rig.advance(11);
    let shut = rig.shelf.key_gate.write().await;
    let asking = Arc::clone(&rig);
    let stranger = tokio::spawn(async move { asking.verify(&token_of_the_new_key()).await });
    until(SOON, "the fetch has begun", async || rig.key_fetches() == 2).await;
    stranger.abort();
    assert!(stranger.await.unwrap_err().is_cancelled());
    drop(shut);
    assert!(rig.verify(&token_of_the_new_key()).await.is_ok(), "the fetch came to its end");
    assert_eq!(rig.key_fetches(), 2);
}

#[tokio::test]
async fn p022_strangers_do_not_put_off_the_refresh() {
    let rig = Rig::with(|builder| {
        builder.revocations(symbolon::verify::RevocationPolicy::Ignore).keys_live(Duration::from_mins(5))
    })
    .await;
    let sound = rig.shelf.keys.lock().unwrap().clone();
    *rig.shelf.keys.lock().unwrap() = Err(FetchError::Unreachable);
    rig.advance(299);
    assert!(rig.verify(&token_of_the_new_key()).await.is_err());
    assert_eq!(rig.key_fetches(), 2, "the stranger's attempt");
    *rig.shelf.keys.lock().unwrap() = sound;
    rig.advance(2);
    rig.verifier.refresh().await;
    assert!(rig.verify(&good_token()).await.is_ok());
}

/// Invariant 8: the list of revocations is fetched in time, whatever becomes of the keys.
#[tokio::test]
async fn revocations_come_in_time_while_the_keys_hang() {
    let rig = Rig::running(|builder| builder.refresh_keys_every(Duration::from_secs(1))).await;
    assert!(rig.verify(&good_token()).await.is_ok());
    let shut = rig.shelf.key_gate.write().await;
    rig.advance(11);
    until(SOON, "the keys are fetched", async || rig.key_fetches() == 2).await;
    // With the keys of then, while their fetch hangs.
    let list = feed(rig.now(), 2, &[(RevokedKind::Token, "token-1", START)]);
    *rig.shelf.revocations.lock().unwrap() = Ok(list.into_bytes());
    until(FETCH_TIMEOUT, "the revocation is known", async || rig.verify(&good_token()).await.is_err()).await;
    assert_eq!(rig.verify(&good_token()).await, Err(Refusal::InvalidToken(TokenFault::Revoked)));
    drop(shut);
}

#[tokio::test]
async fn good_tokens_pass_while_the_issuer_is_away_but_not_for_ever() {
    let rig = Rig::with(|builder| {
        builder.revocations(symbolon::verify::RevocationPolicy::Ignore).keys_live(Duration::from_mins(5))
    })
    .await;
    *rig.shelf.keys.lock().unwrap() = Err(FetchError::Unreachable);
    rig.advance(299);
    rig.verifier.refresh().await;
    assert!(rig.verify(&good_token()).await.is_ok());
    rig.advance(2);
    let refusal = rig.verify(&good_token()).await.unwrap_err();
    assert_eq!(refusal, Refusal::Unavailable(Outage::Keys));
    assert_eq!((refusal.status(), refusal.challenge()), (503, None));
}

/// How old a key set is can't be told once the clock was set back.
#[tokio::test]
async fn a_clock_that_is_set_back_does_not_keep_old_keys_alive() {
    let rig = Rig::start().await;
    *rig.shelf.keys.lock().unwrap() = Err(FetchError::Unreachable);
    rig.advance(-3600);
    assert_eq!(rig.verify(&good_token()).await, Err(Refusal::Unavailable(Outage::Keys)));
}

#[tokio::test]
async fn a_broken_key_set_does_not_displace_a_good_one() {
    let rig = Rig::start().await;
    for broken in ["", "[]", "{}", "{\"keys\": 7}", "<html>"] {
        *rig.shelf.keys.lock().unwrap() = Ok(broken.as_bytes().to_vec());
        rig.advance(11);
        rig.revoke(1, &[]).await;
        assert!(rig.verify(&good_token()).await.is_ok(), "{broken}");
    }
}

#[tokio::test]
async fn the_key_of_the_revocation_list_signs_no_tokens() {
    let rig = Rig::start().await;
    let by_list_key = sign(&json!({"alg": "RS256", "typ": "at+jwt", "kid": "lists"}), &claims(), &LIST_KEY);
    assert_eq!(rig.verify(&by_list_key).await, Err(Refusal::InvalidToken(TokenFault::UnknownKey)));
}

#[tokio::test]
async fn keys_that_cannot_verify_rs256_are_passed_over() {
    let rig = Rig::start().await;
    let mut set: serde_json::Value = serde_json::from_slice(&key_set(&[("one", &KEY)])).unwrap();
    let sound = set["keys"][0].clone();
    let mut odd = vec![json!({"kty": "oct", "kid": "two", "k": "AAAA"}), json!({"kty": "new", "kid": "two"})];
    for (name, value) in
        [("use", json!("enc")), ("alg", json!("PS256")), ("n", json!("AQAB")), ("e", json!(7))]
    {
        let mut key = sound.clone();
        key["kid"] = json!("two");
        key[name] = value;
        odd.push(key);
    }
    let list_key = set["keys"][1].clone();
    odd.extend([sound, list_key]);
    set["keys"] = json!(odd);
    *rig.shelf.keys.lock().unwrap() = Ok(set.to_string().into_bytes());
    rig.advance(11);
    rig.revoke(1, &[]).await;
    assert!(rig.verify(&good_token()).await.is_ok());
    let by_odd_key = sign(&json!({"alg": "RS256", "typ": "at+jwt", "kid": "two"}), &claims(), &KEY);
    assert_eq!(rig.verify(&by_odd_key).await, Err(Refusal::InvalidToken(TokenFault::UnknownKey)));
}
