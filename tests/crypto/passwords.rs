//! Password hashes and the pool that makes them.

use std::sync::Arc;

use symbolon::crypto::password::{
    Against, HashError, Password, PasswordHash, PasswordPool, PasswordRules, PoolLimits, Verdict, Weakness,
};
use symbolon::effects::SystemRandom;
use symbolon::model::secret::Secret;

use crate::harness::wait::{EVERYWHERE, until};

fn password(text: &str) -> Password {
    Password::new(&Secret::new(text.to_owned())).unwrap()
}

fn against(stored: &PasswordHash) -> Against {
    Against { stored: Some(stored.clone()), ..Against::default() }
}

fn pool(parallel: usize, waiting: usize) -> PasswordPool {
    PasswordPool::new(PoolLimits { parallel, waiting }, Arc::new(SystemRandom))
}

/// P038: nothing is cut, not at 72 bytes and not near the end.
#[tokio::test]
async fn p038_a_change_of_the_last_of_a_hundred_characters_matters() {
    let pool = pool(2, 4);
    let text = "0123456789".repeat(10);
    let hash = pool.hash(password(&text)).await.unwrap();
    assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    let late = text.replace("89012345678", "8901234567x").chars().rev().skip(1).collect::<String>();
    for wrong in [format!("{}x", &text[..99]), text[..99].to_owned(), late, text[..72].to_owned()] {
        assert_eq!(pool.verify(password(&wrong), against(&hash)).await.unwrap(), Verdict::Mismatch);
    }
    let right = pool.verify(password(&text), against(&hash)).await.unwrap();
    assert_eq!(right, Verdict::Match { outdated: false });
}

#[tokio::test]
async fn one_password_typed_on_two_keyboards_is_one_password() {
    let pool = pool(1, 1);
    let hash = pool.hash(password("caf\u{e9} au lait, twice")).await.unwrap();
    let typed = password("cafe\u{301} au lait, twice");
    assert!(matches!(pool.verify(typed, against(&hash)).await.unwrap(), Verdict::Match { .. }));
}

#[tokio::test]
async fn p036_an_unknown_account_costs_a_hash_and_never_matches() {
    let pool = pool(1, 1);
    assert_eq!(pool.verify(password("whatever it is"), Against::default()).await.unwrap(), Verdict::Mismatch);
}

/// A flood beyond the queue is refused at once and leaves the pool working (P039).
#[tokio::test]
async fn p039_a_full_queue_is_busy() {
    let pool = pool(1, 3);
    let flood: Vec<_> = (0..20)
        .map(|_| {
            let pool = pool.clone();
            tokio::spawn(async move { pool.verify(password("whatever it is"), Against::default()).await })
        })
        .collect();
    let (mut judged, mut busy) = (0, 0);
    for one in flood {
        match one.await.unwrap() {
            Ok(_) => judged += 1,
            Err(HashError::Busy) => busy += 1,
            Err(HashError::Failed(failure)) => panic!("{failure}"),
        }
    }
    assert!(judged >= 4 && busy >= 1, "{judged} judged, {busy} busy");
    assert!(pool.verify(password("whatever it is"), Against::default()).await.is_ok());
}

#[tokio::test]
async fn a_caller_that_goes_away_gives_its_place_back() {
    let pool = pool(1, 0);
    for _ in 0..3 {
        let verifying = pool.verify(password("whatever it is"), Against::default());
        let _ = tokio::time::timeout(std::time::Duration::from_millis(1), verifying).await;
        until(EVERYWHERE, "the place comes back", async || {
            pool.hash(password("whatever it is")).await.is_ok()
        })
        .await;
    }
}

#[tokio::test]
async fn a_cheaper_hash_is_accepted_once_more_and_reported() {
    // "password" hashed with m=8192, t=1 by the reference implementation's format.
    let argon2 = argon2::Argon2::new(
        argon2::Algorithm::Argon2id,
        argon2::Version::V0x13,
        argon2::Params::new(8192, 1, 1, None).unwrap(),
    );
    let cheap =
        argon2::PasswordHasher::hash_password(&argon2, b"imported from elsewhere").unwrap().to_string();
    let hash = PasswordHash::parse(&cheap).unwrap();
    let verdict = pool(1, 1).verify(password("imported from elsewhere"), against(&hash)).await.unwrap();
    assert_eq!(verdict, Verdict::Match { outdated: true });
}

#[tokio::test]
async fn a_new_password_is_judged_before_it_is_hashed() {
    let pool = pool(1, 1);
    let (rules, context) = (PasswordRules::default(), vec!["ada@acme.example".to_owned()]);
    let weak = pool.accept(password("password1234"), (rules, context.clone())).await.unwrap();
    assert_eq!(weak, Err(Weakness::Guessable));
    let strong =
        pool.accept(password("violet tram forgets spoons"), (rules, context)).await.unwrap().unwrap();
    assert_eq!(format!("{strong:?}"), "PasswordHash(..)");
    assert_eq!(format!("{:?}", password("violet tram forgets spoons")), "Password(..)");
}
