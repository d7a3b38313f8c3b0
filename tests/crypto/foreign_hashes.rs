//! The hashes of other systems: compared with, within bounds, and made anew. Each was made by the system it is named after:
//! passlib 1.7.4 with bcrypt 4.0.1, Django 5.2, argon2-cffi 25.1 and Python's own hashlib.

use std::sync::Arc;

use symbolon::crypto::password::{
    Against, InvalidHash, Password, PasswordHash, PasswordPool, PoolLimits, Verdict,
};
use symbolon::effects::SystemRandom;
use symbolon::model::hash_cost::{Effort, HashFamily};
use symbolon::model::secret::Secret;

/// The password of all of these.
const PASSWORD: &str = "violet tram forgets spoons";

const HASHES: [(&str, &str); 20] = [
    ("passlib bcrypt", "$2a$06$UDe96dmR9WDR7BwXjFo6e.0CabWTirPyllan6LKbBTR6FAtGHNZFi"),
    ("passlib bcrypt", "$2b$06$.qh0zQE7rkGHcZliQ6r0qO6RAIGC.SsjzErRIifQJSgdy5cFiiM5S"),
    ("passlib bcrypt", "$2y$06$gaoHGGlMTQfvU4kRdZmpNO2WAwxrL3gAjg4v4bTY/WGCyiRERSuY2"),
    (
        "passlib scrypt",
        "$scrypt$ln=10,r=8,p=2$VAoBACCE8L7XGkOoNeb8Hw$Tl74wXlcpJ+eRRdfc9PYIDAiOhGIVGC/JVFlgiMuuZk",
    ),
    ("passlib pbkdf2_sha1", "$pbkdf2$1000$MGZMiTEGgFCKMcZ4r/XeGw$1GJ01NfA0KK.7YQDfStW3Qyj4pc"),
    (
        "passlib pbkdf2_sha256",
        "$pbkdf2-sha256$2900$HGPMWQvBeO/dO.e8VwqBUA$JWL.DgiPD9t6XaNVvfAywiLoqtqLWborR1DvfvIKxuY",
    ),
    (
        "passlib pbkdf2_sha512",
        "$pbkdf2-sha512$2500$am0NQai1FkII4byX0lrr/Q$Gnx8x8MeUs2LIkcnJHiBWazUTsNXBFsAz7NC2fbUaTuMA8t1vka/x1PAJXs4zN2VKgDcyTP4.jg1trY/LLDS4g",
    ),
    (
        "passlib argon2",
        "$argon2i$v=19$m=1024,t=2,p=2$qJWydg4hxJiztlYK4XyvlQ$MxYeErB39mma2PZuYJQyFNAsxDFBjC/RKBIdigqwcK8",
    ),
    (
        "passlib argon2",
        "$argon2d$v=19$m=1024,t=2,p=2$l5JSynkPYYyR0lprrdW6lw$f9f988STHINIAibRBZt3PAQvVlUseQdzx+fjgDUnMmM",
    ),
    (
        "passlib argon2",
        "$argon2id$v=19$m=1024,t=2,p=2$ew9hrJUyZuy9N+Z8j3FOyQ$qkT6XYCflJOvESfuKtPvY5XCpeJvXBNI0uecr7k7WoY",
    ),
    (
        "argon2-cffi with its defaults",
        "$argon2id$v=19$m=65536,t=3,p=4$y1mL8X7vnTNmjPFeK+Uc4w$R/SE5aY8ibf/naKGXxcZSW7mH2seM1DNZFqbYTuanuE",
    ),
    (
        "Django pbkdf2_sha256",
        "pbkdf2_sha256$2600$TUqZ5qWCX6t2sb6C3atanF$CnOfsYlPkzW+WQN5Rr/rJ9sED1Q1VGg1FcS6BLo8PYA=",
    ),
    ("Django pbkdf2_sha1", "pbkdf2_sha1$2600$t0OBCtvUrgNIaCWOphr37Y$EyXt985MsVR9uK2krFHGeIq43+Q="),
    (
        "Django scrypt",
        "scrypt$1024$AJpFPbRNLenSPjp7gn2kUQ$8$3$Ut5QWfrdwCaQIt36dy1ESI9N5XLWekl5xKFH0iJbeXxJ7mnMcGl3HBLYG7rnSJD0ZgQotv71UhBV5BmXrIqEgw==",
    ),
    ("Django bcrypt", "bcrypt$$2b$05$d47EX3rO/nsmCH/ZGWlWLuLwuDUWuzt4fGXK2FZVuytF5FmZJl9dK"),
    ("Django bcrypt_sha256", "bcrypt_sha256$$2b$05$.fyWmHd.JEcFPx9T9tWo0eAGr9nCVI8YLUeio87Jp8E2mUP1s8tnu"),
    (
        "Django argon2",
        "argon2$argon2id$v=19$m=512,t=2,p=2$NktEMlduSW52RTFoT0FaQXZkSGNPTA$jkVwGli4NrmJy1dGJpHE1NV8QaS7SGXwtBR1tK2/TKs",
    ),
    (
        "hashlib.pbkdf2_hmac, two blocks",
        "$pbkdf2-sha256$i=1000,l=64$AAECAwQFBgcICQoLDA0ODw$PUY4SzKdwnHvOBQBhNmnDKpTT3ikr5g1w5FYzkgrGpE2507TItRrvBdeiJu3avU3P91MDHfo4DaFNSIolwWHmA",
    ),
    (
        "hashlib.scrypt",
        "$scrypt$ln=9,r=4,p=1$AAECAwQFBgcICQoLDA0ODw$kWQ4fO7wD0OviaYpGR3hh9b3lCICoprjxsxfg/H1xkNu7tGjhwXYokvrdxSLBWk+jKmkAa3dHCpNfmnHZIbyHg",
    ),
    // The last character of the salt has bits that no byte uses, and some systems set them.
    ("bcrypt with stray bits", "$2a$06$UDe96dmR9WDR7BwXjFo6e/0CabWTirPyllan6LKbBTR6FAtGHNZFi"),
];

fn password(text: &str) -> Password {
    Password::new(&Secret::new(text.to_owned())).unwrap()
}

async fn verdict(pool: &PasswordPool, typed: &str, stored: &str) -> Verdict {
    let stored = PasswordHash::parse(stored).unwrap();
    pool.verify(password(typed), Against { stored: Some(stored), ..Against::default() }).await.unwrap()
}

fn pool() -> PasswordPool {
    PasswordPool::new(PoolLimits { parallel: 2, waiting: 4 }, Arc::new(SystemRandom))
}

#[tokio::test]
async fn hashes_of_other_systems_match_their_password_alone_and_are_to_be_made_anew() {
    let pool = pool();
    for (made_by, stored) in HASHES {
        let right = verdict(&pool, PASSWORD, stored).await;
        assert_eq!(right, Verdict::Match { outdated: true }, "{made_by} {stored}");
        for wrong in ["violet tram forgets spoon", "violet tram forgets spoons ", ""] {
            assert_eq!(verdict(&pool, wrong, stored).await, Verdict::Mismatch, "{made_by} {wrong}");
        }
    }
}

/// P038: other systems cut a password after 72 bytes, or at a zero byte. Nobody is let in with what is left.
#[tokio::test]
async fn p038_no_part_of_a_password_opens_what_bcrypt_cut() {
    let pool = pool();
    // passlib: of 80 times x, and of 72 times x.
    let long = "$2b$04$BPNKR92wDfI8Eth3TQfaT.cnWCAnqg2IOu3idC7gHfm3o7lpZiZsi";
    let whole = "$2b$04$xU/cpy61EQZoheEUIibP7uTmO9VsTt76ooCYzZypdv8pYqXmqIiPW";
    for stored in [long, whole] {
        for length in [71, 73, 79, 80, 81, 128] {
            let verdict = verdict(&pool, &"x".repeat(length), stored).await;
            assert_eq!(verdict, Verdict::Mismatch, "{length}");
        }
        let other_end = "x".repeat(72) + "another end";
        assert_eq!(verdict(&pool, &other_end, stored).await, Verdict::Mismatch);
    }
    assert_eq!(verdict(&pool, &"x".repeat(72), whole).await, Verdict::Match { outdated: true });
    // Thirty-six characters of two bytes each, and one more.
    assert_eq!(verdict(&pool, &"é".repeat(37), whole).await, Verdict::Mismatch);

    // passlib: of "plum anchor". bcrypt repeats the password behind a zero byte, so that these have the same hash there.
    let stored = "$2b$04$2efrMNJUMEzB1S5zTkMCKuN7ZeECpUrG243snqqrmljMrkYabhxau";
    assert_eq!(verdict(&pool, "plum anchor", stored).await, Verdict::Match { outdated: true });
    for same in ["plum anchor\0plum anchor", "plum anchor\0", "plum anchor\0and more"] {
        assert_eq!(verdict(&pool, same, stored).await, Verdict::Mismatch, "{same:?}");
    }
}

#[tokio::test]
async fn long_passwords_match_where_the_other_system_digested_them_first() {
    // Django's bcrypt_sha256 of 80 times x.
    let stored = "bcrypt_sha256$$2b$04$0TASUCJOf.pEpc5ulsIvZ.bjnszR4e0BvtXaT7cdF3fYiSLX/Yc0G";
    let pool = pool();
    assert_eq!(verdict(&pool, &"x".repeat(80), stored).await, Verdict::Match { outdated: true });
    assert_eq!(verdict(&pool, &"x".repeat(81), stored).await, Verdict::Mismatch);
}

#[tokio::test]
async fn other_systems_hashed_what_was_typed_and_not_its_normal_form() {
    // passlib: of these very characters; in form NFKC it is another text.
    let stored = "$2b$04$vCSDQWMlevA13Dqo1OAW8.BA4mn7PktTM6K9D/IZOPr1Rx8i8tqdG";
    let pool = pool();
    assert_eq!(verdict(&pool, "kurbel-säge ½ ﬁnland", stored).await, Verdict::Match { outdated: true });
    assert_eq!(verdict(&pool, "kurbel-säge 1⁄2 finland", stored).await, Verdict::Mismatch);
}

/// P039: no stored hash tires the server, and none is read by guessing.
#[test]
fn hashes_that_are_unknown_damaged_or_too_dear_are_refused() {
    let bcrypt = "UDe96dmR9WDR7BwXjFo6e.0CabWTirPyllan6LKbBTR6FAtGHNZFi";
    let output = "CnOfsYlPkzW+WQN5Rr/rJ9sED1Q1VGg1FcS6BLo8PYA";
    for (stored, why) in [
        (String::new(), InvalidHash::Unknown),
        ("password".to_owned(), InvalidHash::Unknown),
        ("5f4dcc3b5aa765d61d8327deb882cf99".to_owned(), InvalidHash::Unknown),
        (format!("$1$saltsalt${output}"), InvalidHash::Unknown),
        (format!("$6$rounds=5000$saltsalt${output}"), InvalidHash::Unknown),
        (format!("$7$C6..../....SodiumChloride${output}"), InvalidHash::Unknown),
        (format!("md5$salt${output}"), InvalidHash::Unknown),
        (format!("{{SSHA}}{output}"), InvalidHash::Unknown),
        (format!("$argon2x$v=19$m=4096,t=2,p=1$c2FsdHNhbHQ${output}"), InvalidHash::Unknown),
        (format!("$2b$06$é{bcrypt}"), InvalidHash::Unknown),
        (format!("$2b$06${}", bcrypt.repeat(20)), InvalidHash::Unknown),
        (format!("$2x$06${bcrypt}"), InvalidHash::Broken),
        (format!("$2b$06${}", &bcrypt[..52]), InvalidHash::Damaged),
        (format!("$2b$06${bcrypt}."), InvalidHash::Damaged),
        (format!("$2b$6${bcrypt}"), InvalidHash::Damaged),
        (format!("$2b$+6${bcrypt}"), InvalidHash::Damaged),
        (format!("$2b$03${bcrypt}"), InvalidHash::Damaged),
        (format!("$2b$15${bcrypt}"), InvalidHash::TooDear),
        (format!("$2b$31${bcrypt}"), InvalidHash::TooDear),
        (format!("bcrypt$$2x$06${bcrypt}"), InvalidHash::Damaged),
        (format!("$scrypt$ln=18,r=8,p=1$c2FsdA${output}"), InvalidHash::TooDear),
        (format!("$scrypt$ln=10,r=8,p=17$c2FsdA${output}"), InvalidHash::TooDear),
        (format!("$scrypt$ln=63,r=8,p=1$c2FsdA${output}"), InvalidHash::TooDear),
        (format!("$scrypt$ln=255,r=4294967295,p=4294967295$c2FsdA${output}"), InvalidHash::TooDear),
        (format!("$scrypt$ln=0,r=8,p=1$c2FsdA${output}"), InvalidHash::Damaged),
        (format!("$scrypt$ln=10,r=0,p=1$c2FsdA${output}"), InvalidHash::Damaged),
        (format!("$scrypt$ln=10,r=8$c2FsdA${output}"), InvalidHash::Damaged),
        (format!("$scrypt$r=8,ln=10,p=1$c2FsdA${output}"), InvalidHash::Damaged),
        (format!("scrypt$1000$salt$8$1${output}"), InvalidHash::Damaged),
        (format!("scrypt$0$salt$8$1${output}"), InvalidHash::Damaged),
        (format!("$pbkdf2-sha256$0$c2FsdA${output}"), InvalidHash::Damaged),
        (format!("$pbkdf2-sha256$1000$$c2FsdA${output}"), InvalidHash::Damaged),
        (format!("$pbkdf2-sha256$1000$$${output}"), InvalidHash::Damaged),
        (format!("$pbkdf2-sha256$1000$${output}"), InvalidHash::Damaged),
        ("$pbkdf2-sha256$1000$c2FsdA$AAAA".to_owned(), InvalidHash::Damaged),
        (format!("$pbkdf2-sha256$i=1000,l=20$c2FsdA${output}"), InvalidHash::Damaged),
        (format!("$pbkdf2-sha256$2000001$c2FsdA${output}"), InvalidHash::TooDear),
        (format!("pbkdf2_sha256$4294967295$salt${output}"), InvalidHash::TooDear),
        (format!("pbkdf2_sha256$4294967296$salt${output}"), InvalidHash::Damaged),
        (format!("$argon2id$v=19$m=131073,t=1,p=1$c2FsdHNhbHQ${output}"), InvalidHash::TooDear),
        (format!("$argon2id$v=19$m=8,t=4000000,p=1$c2FsdHNhbHQ${output}"), InvalidHash::TooDear),
        (format!("$argon2id$v=19$m=4096,t=1,p=17$c2FsdHNhbHQ${output}"), InvalidHash::TooDear),
        (format!("$argon2id$v=19$m=4294967295,t=4294967295,p=1$c2FsdHNhbHQ${output}"), InvalidHash::TooDear),
        (format!("$argon2id$v=18$m=4096,t=2,p=1$c2FsdHNhbHQ${output}"), InvalidHash::Damaged),
        ("$argon2id$v=19$m=4096,t=2,p=1$c2FsdHNhbHQ".to_owned(), InvalidHash::Damaged),
        ("$argon2id$v=19$m=4096,t=2,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAA".to_owned(), InvalidHash::Damaged),
        (format!("$argon2id$v=19$m=4096,t=2,p=1,keyid=Zm9v$c2FsdHNhbHQ${output}"), InvalidHash::Damaged),
    ] {
        let refused = PasswordHash::parse(&stored).unwrap_err();
        assert_eq!(refused, why, "{stored}");
        let told = refused.to_string();
        assert!(stored.len() < 10 || !told.contains(&stored), "it says nothing of the hash: {told}");
    }
}

/// P039: a hash that holds the memory of several takes their places, and what is bigger than all of them runs alone; none
/// waits for ever.
#[tokio::test]
async fn p039_dear_hashes_share_the_memory_of_the_pool() {
    let (_, stored) = HASHES[10];
    let stored = PasswordHash::parse(stored).unwrap();
    assert_eq!(stored.cost(), Ok((HashFamily::Argon2, Effort { work: 3 * 65536, memory: 65536 })));
    let pool = PasswordPool::new(PoolLimits { parallel: 2, waiting: 8 }, Arc::new(SystemRandom));
    let all: Vec<_> = (0..4)
        .map(|n| {
            let stored = (n % 2 == 0).then(|| stored.clone());
            let (pool, against) = (pool.clone(), Against { stored, ..Against::default() });
            tokio::spawn(async move { pool.verify(password(PASSWORD), against).await })
        })
        .collect();
    let mut verdicts = Vec::new();
    for one in all {
        verdicts.push(one.await.unwrap().unwrap());
    }
    let right = Verdict::Match { outdated: true };
    assert_eq!(verdicts, [right, Verdict::Mismatch, right, Verdict::Mismatch]);
}
