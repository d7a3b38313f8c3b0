//! The ceremonies alone: what is asked, and which answers prove something.

use serde_json::{Value, json};
use symbolon::crypto::master_key::MasterKey;
use symbolon::crypto::passkey::challenge::{self, Binding, Purpose};
use symbolon::crypto::passkey::{Asked, Assertion, LONGEST_ANSWER, Made, Owner, PasskeyRefusal, Passkeys};
use symbolon::crypto::seal::Sealer;
use symbolon::effects::SeededRandom;
use symbolon::model::ids::{Id as _, UserId};
use symbolon::model::issuer::Issuer;
use symbolon::model::time::Timestamp;

use crate::harness::authenticator::{
    Authenticator, BACKED_UP, ELIGIBLE, Key, PRESENT, VERIFIED, decode, encode,
};

const ORIGIN: &str = "http://localhost:8080";

fn passkeys() -> Passkeys {
    Passkeys::of(&ORIGIN.parse().expect("an issuer")).expect("a domain")
}

fn person() -> UserId {
    UserId::from_parts(Timestamp::from_unix(1_800_000_000), [7; 10])
}

fn ask_to_make(passkeys: &Passkeys) -> Asked {
    let owner = Owner { id: person(), account: "ada@acme.example", name: "Ada" };
    passkeys.ask_to_make(owner, &[]).expect("a question")
}

/// A device with a passkey that counts to this, and what is stored of it.
fn enrolled(counter: u32) -> (Passkeys, Authenticator, Made) {
    let (passkeys, mut device) = (passkeys(), Authenticator::at(ORIGIN));
    device.counter = counter;
    let asked = ask_to_make(&passkeys);
    let made = passkeys.made(&asked.state, &device.make(&asked.options).to_string()).expect("a passkey");
    (passkeys, device, made)
}

/// Asks, lets the device answer, and checks the answer after it was changed.
fn check(
    passkeys: &Passkeys,
    device: &Authenticator,
    made: &Made,
    change: impl FnOnce(&mut Value),
) -> Result<String, PasskeyRefusal> {
    let asked = passkeys.ask_to_sign(&[]).expect("a question");
    let mut answer = device.sign(&asked.options);
    change(&mut answer);
    passkeys.check(&asked.state, &Assertion::parse(&answer.to_string())?, &made.credential)
}

fn untouched(_: &mut Value) {}

#[test]
fn a_passkey_is_asked_for_that_needs_no_name_and_verifies_its_owner() {
    let passkeys = passkeys();
    let made = ask_to_make(&passkeys).options;
    assert_eq!(made["rp"]["id"], "localhost");
    assert_eq!(decode(made["user"]["id"].as_str().unwrap()), person().as_bytes(), "nothing personal");
    assert_eq!(made["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(made["authenticatorSelection"]["requireResidentKey"], true);
    assert_eq!(made["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(made["attestation"], "none");
    let algorithms: Vec<&Value> =
        made["pubKeyCredParams"].as_array().unwrap().iter().map(|parameter| &parameter["alg"]).collect();
    assert_eq!(algorithms, [&json!(-7), &json!(-35), &json!(-257)]);
    let signed = passkeys.ask_to_sign(&[]).unwrap().options;
    assert_eq!(signed["userVerification"], "required");
    assert_eq!(signed["allowCredentials"], json!([]));
    assert_ne!(signed["challenge"], passkeys.ask_to_sign(&[]).unwrap().options["challenge"]);
    let (_, device, known) = enrolled(0);
    let owner = Owner { id: person(), account: "ada@acme.example", name: "Ada" };
    let again = passkeys.ask_to_make(owner, std::slice::from_ref(&known.credential_id)).unwrap().options;
    assert_eq!(again["excludeCredentials"][0]["id"], encode(&device.keys[0].id));
    let named = passkeys.ask_to_sign(&[known.credential_id]).unwrap().options;
    assert_eq!(named["allowCredentials"][0], json!({"type": "public-key", "id": encode(&device.keys[0].id)}));
}

#[test]
fn an_issuer_by_address_has_no_passkeys() {
    for address in ["http://127.0.0.1:8080", "http://[::1]:8080"] {
        let issuer: Issuer = address.parse().unwrap();
        assert!(Passkeys::of(&issuer).is_none(), "{address}");
    }
}

#[test]
fn p050_a_changed_signature_or_another_key_proves_nothing() {
    let (passkeys, device, made) = enrolled(0);
    assert!(check(&passkeys, &device, &made, untouched).is_ok(), "the right one proves");
    let signature = |answer: &mut Value, change: fn(&mut Vec<u8>)| {
        let mut bytes = decode(answer["response"]["signature"].as_str().unwrap());
        change(&mut bytes);
        answer["response"]["signature"] = encode(&bytes).into();
    };
    let changes: [fn(&mut Vec<u8>); 5] = [
        |bytes| *bytes.last_mut().unwrap() ^= 1,
        |bytes| bytes[8] ^= 0x80,
        Vec::clear,
        |bytes| bytes.truncate(20),
        // r and s of zero, which satisfy a careless check.
        |bytes| *bytes = vec![0x30, 6, 2, 1, 0, 2, 1, 0],
    ];
    for (nth, change) in changes.into_iter().enumerate() {
        let found = check(&passkeys, &device, &made, |answer| signature(answer, change));
        assert_eq!(found, Err(PasskeyRefusal::Wrong), "change {nth}");
    }
    let asked = passkeys.ask_to_sign(&[]).unwrap();
    let stolen = Key::foreign(device.keys[0].id.clone(), device.keys[0].user_handle.clone());
    let answer = Assertion::parse(&device.sign_with(&stolen, &asked.options).to_string()).unwrap();
    assert_eq!(passkeys.check(&asked.state, &answer, &made.credential), Err(PasskeyRefusal::Wrong));
    let unknown = Key::foreign(vec![9; 16], device.keys[0].user_handle.clone());
    let answer = Assertion::parse(&device.sign_with(&unknown, &asked.options).to_string()).unwrap();
    assert_eq!(passkeys.check(&asked.state, &answer, &made.credential), Err(PasskeyRefusal::Wrong));
}

#[test]
fn p050_a_key_that_says_another_algorithm_is_not_taken() {
    let passkeys = passkeys();
    // RS256 and ES384 on the curve of ES256; RS1; EdDSA; none at all.
    for algorithm in [-257, -35, -65535, -8, 0] {
        let mut device = Authenticator::at(ORIGIN);
        device.algorithm = algorithm;
        let asked = ask_to_make(&passkeys);
        let answer = device.make(&asked.options).to_string();
        assert!(passkeys.made(&asked.state, &answer).is_err(), "{algorithm}");
    }
}

/// What makes an authenticator, or the browser around it, say something else.
type Lie = Box<dyn Fn(&mut Authenticator)>;

/// What a browser on another page would say, each of it signed by the right key.
fn elsewhere() -> Vec<(&'static str, Lie)> {
    let origin = |origin: &'static str| -> Lie { Box::new(move |device| device.origin = origin.to_owned()) };
    let says = |name: &'static str, value: Value| -> Lie {
        Box::new(move |device| {
            device.client_data.insert(name.to_owned(), value.clone());
        })
    };
    vec![
        ("a host that ends alike", origin("http://badlocalhost:8080")),
        ("another port", origin("http://localhost:8081")),
        ("no port", origin("http://localhost")),
        ("https", origin("https://localhost:8080")),
        ("a subdomain", origin("http://evil.localhost:8080")),
        ("a final dot", origin("http://localhost.:8080")),
        ("a host that begins alike", origin("http://localhost:8080.evil.example")),
        ("a person in it", origin("http://evil@localhost:8080")),
        ("a path", origin("http://localhost:8080/evil")),
        ("a slash", origin("http://localhost:8080/")),
        ("capitals", origin("HTTP://LOCALHOST:8080")),
        ("another host", origin("http://evil.example")),
        ("null", origin("null")),
        ("an app", origin("android:apk-key-hash:2jmj7l5rSw0yVb_vlWAYkK_YBwk")),
        ("nothing", says("origin", Value::Null)),
        ("a list", says("origin", json!([ORIGIN]))),
        ("inside another page", says("crossOrigin", json!(true))),
        ("inside another page, in a word", says("crossOrigin", json!("true"))),
        ("below another page", says("topOrigin", json!("http://evil.example"))),
        ("below our own", says("topOrigin", json!(ORIGIN))),
        ("another relying party", Box::new(|device| device.rp_id = "evil.example".to_owned())),
        ("its origin for its name", Box::new(|device| device.rp_id = ORIGIN.to_owned())),
        ("no relying party", Box::new(|device| device.rp_id.clear())),
    ]
}

#[test]
fn p051_an_answer_for_another_origin_proves_nothing() {
    for (what, change) in elsewhere() {
        let (passkeys, mut device, made) = enrolled(0);
        change(&mut device);
        let found = check(&passkeys, &device, &made, untouched);
        assert!(matches!(found, Err(PasskeyRefusal::Elsewhere)), "{what}: {found:?}");
        let asked = ask_to_make(&passkeys);
        let found = passkeys.made(&asked.state, &device.make(&asked.options).to_string());
        assert!(matches!(found, Err(PasskeyRefusal::Elsewhere)), "{what}: {found:?}");
    }
}

#[test]
fn p051_a_browser_that_says_nothing_of_embedding_is_believed() {
    let (passkeys, mut device, made) = enrolled(0);
    device.client_data.insert("crossOrigin".to_owned(), Value::Null);
    device.client_data.insert("other_keys_can_be_added_here".to_owned(), json!("do not compare"));
    assert!(check(&passkeys, &device, &made, untouched).is_ok());
}

#[test]
fn p052_an_answer_to_another_question_proves_nothing() {
    let (passkeys, mut device, made) = enrolled(0);
    let (first, second) = (passkeys.ask_to_sign(&[]).unwrap(), passkeys.ask_to_sign(&[]).unwrap());
    let answer = Assertion::parse(&device.sign(&first.options).to_string()).unwrap();
    assert!(passkeys.check(&first.state, &answer, &made.credential).is_ok());
    assert_eq!(passkeys.check(&second.state, &answer, &made.credential), Err(PasskeyRefusal::Wrong));
    let asked = ask_to_make(&passkeys);
    let answer = Assertion::parse(&device.sign(&asked.options).to_string()).unwrap();
    assert_eq!(
        passkeys.check(&asked.state, &answer, &made.credential),
        Err(PasskeyRefusal::Wrong),
        "a question for a new passkey"
    );
    for (ceremony, signs) in [("webauthn.create", true), ("webauthn.get", false), ("payment.get", true)] {
        device.ceremony = Some(ceremony);
        let refused = if signs {
            check(&passkeys, &device, &made, untouched).is_err()
        } else {
            let asked = ask_to_make(&passkeys);
            passkeys.made(&asked.state, &device.make(&asked.options).to_string()).is_err()
        };
        assert!(refused, "{ceremony}");
    }
}

#[test]
fn p053_who_used_it_was_verified_or_nothing_is_proved() {
    for flags in [0, PRESENT, VERIFIED, PRESENT | ELIGIBLE, ELIGIBLE | BACKED_UP] {
        let (passkeys, mut device, made) = enrolled(0);
        device.flags = flags;
        let found = check(&passkeys, &device, &made, untouched);
        assert!(matches!(found, Err(PasskeyRefusal::NotVerified)), "{flags:#x}: {found:?}");
        let asked = ask_to_make(&passkeys);
        let found = passkeys.made(&asked.state, &device.make(&asked.options).to_string());
        assert!(matches!(found, Err(PasskeyRefusal::NotVerified)), "{flags:#x}: {found:?}");
    }
}

#[test]
fn p054_a_passkey_names_its_owner() {
    let (passkeys, mut device, _) = enrolled(0);
    let asked = passkeys.ask_to_sign(&[]).unwrap();
    let is_of = |device: &Authenticator, was_named| {
        let answer = Assertion::parse(&device.sign(&asked.options).to_string()).unwrap();
        answer.is_of(person(), was_named)
    };
    assert!(is_of(&device, false) && is_of(&device, true));
    device.user_handle = Some(Value::Null);
    assert!(!is_of(&device, false), "nobody was named before: the passkey has to");
    assert!(is_of(&device, true), "somebody was named before, and the passkey says nothing else");
    for other in [encode(&[1; 16]), String::new(), encode(&person().as_bytes()[..15])] {
        device.user_handle = Some(other.into());
        assert!(!is_of(&device, false) && !is_of(&device, true));
    }
}

#[test]
fn p055_a_counter_only_goes_up_and_one_that_stays_at_zero_is_none() {
    let (passkeys, mut device, mut made) = enrolled(10);
    for (counter, expected) in [(5, false), (10, false), (0, false), (11, true), (11, false), (4000, true)] {
        device.counter = counter;
        match check(&passkeys, &device, &made, untouched) {
            Ok(credential) => {
                assert!(expected, "{counter}");
                made.credential = credential;
            }
            Err(refusal) => assert!(!expected && refusal == PasskeyRefusal::CounterBack, "{counter}"),
        }
    }
    let (passkeys, device, made) = enrolled(0);
    for _ in 0..3 {
        assert_eq!(check(&passkeys, &device, &made, untouched), Ok(made.credential.clone()));
    }
}

#[test]
fn a_passkey_that_was_backed_up_meanwhile_is_stored_so() {
    let (passkeys, mut device) = (passkeys(), Authenticator::at(ORIGIN));
    device.flags |= ELIGIBLE;
    let asked = ask_to_make(&passkeys);
    let made = passkeys.made(&asked.state, &device.make(&asked.options).to_string()).expect("a passkey");
    device.flags |= BACKED_UP;
    let after = check(&passkeys, &device, &made, untouched).expect("the right key");
    assert_ne!(after, made.credential);
    device.flags &= !ELIGIBLE;
    assert!(check(&passkeys, &device, &made, untouched).is_err(), "backed up, but it never could be");
}

#[test]
fn what_cannot_be_read_is_refused_and_nothing_panics() {
    let (passkeys, mut device, made) = enrolled(0);
    let asked = ask_to_make(&passkeys);
    let whole = device.make(&asked.options);
    let object = decode(whole["response"]["attestationObject"].as_str().unwrap());
    let with = |bytes: &[u8]| {
        let mut answer = whole.clone();
        answer["response"]["attestationObject"] = encode(bytes).into();
        answer.to_string()
    };
    for cut in 0..object.len() {
        assert!(passkeys.made(&asked.state, &with(&object[..cut])).is_err(), "cut at {cut}");
    }
    for place in 0..object.len() {
        let mut bytes = object.clone();
        bytes[place] ^= 0xff;
        // A bit of the key or of its name may change and leave a passkey; it must not panic.
        let _either = passkeys.made(&asked.state, &with(&bytes));
    }
    let nested = [vec![0x81; 10_000], vec![0x80]].concat();
    let claims_more = [0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    for bytes in [&nested[..], &claims_more, b"", b"\xa0", b"\xff", b"\x00"] {
        assert!(passkeys.made(&asked.state, &with(bytes)).is_err());
    }
    let asked = passkeys.ask_to_sign(&[]).unwrap();
    let answer = device.sign(&asked.options);
    let data = decode(answer["response"]["authenticatorData"].as_str().unwrap());
    for cut in 0..data.len() {
        let mut answer = answer.clone();
        answer["response"]["authenticatorData"] = encode(&data[..cut]).into();
        let parsed = Assertion::parse(&answer.to_string()).unwrap();
        assert!(passkeys.check(&asked.state, &parsed, &made.credential).is_err(), "cut at {cut}");
    }
}

#[test]
fn an_answer_that_is_not_what_browsers_write_is_malformed() {
    let (passkeys, device, _) = enrolled(0);
    let asked = passkeys.ask_to_sign(&[]).unwrap();
    let whole = device.sign(&asked.options);
    let changed = |pointer: &str, value: Value| {
        let mut answer = whole.clone();
        *answer.pointer_mut(pointer).unwrap() = value;
        answer.to_string()
    };
    let long = "A".repeat(LONGEST_ANSWER + 1);
    let twice = whole.to_string().replacen('{', r#"{"type":"public-key","#, 1);
    for bad in [
        String::new(),
        "null".into(),
        "[]".into(),
        "{}".into(),
        "{".into(),
        "[".repeat(5_000),
        twice,
        changed("/id", "another".into()),
        changed("/type", "password".into()),
        changed("/rawId", "".into()),
        changed("/rawId", "%%%".into()),
        changed("/rawId", json!([1, 2])),
        changed("/rawId", encode(&[1; 1024]).into()),
        changed("/response", Value::Null),
        changed("/response/signature", json!(7)),
        changed("/response/signature", "=".into()),
        changed("/response/clientDataJSON", Value::Null),
        changed("/response/userHandle", json!(7)),
        changed("/response/signature", long.into()),
    ] {
        assert!(Assertion::parse(&bad).is_err(), "{}", &bad[..bad.len().min(80)]);
    }
}

#[test]
fn p052_a_question_opens_in_its_browser_for_its_purpose_and_person_for_five_minutes() {
    let random = SeededRandom::new(4);
    let sealer = Sealer::new(MasterKey::generate(&random), Vec::new());
    let asked = passkeys().ask_to_sign(&[]).unwrap();
    let binding = Binding { purpose: Purpose::SignIn, browser: "b", of: "i" };
    let now = Timestamp::from_unix(1_800_000_000);
    let after = |seconds| now + std::time::Duration::from_secs(seconds);
    let envelope = challenge::seal(&sealer, &random, binding, &asked, now).unwrap();
    let opened = challenge::open(&sealer, binding, &envelope, after(299)).expect("in time");
    assert_eq!(opened.state, asked.state);
    assert!(challenge::open(&sealer, binding, &envelope, after(300)).is_none(), "too late");
    for elsewhere in [
        Binding { purpose: Purpose::Add, ..binding },
        Binding { purpose: Purpose::Prove, ..binding },
        Binding { browser: "c", ..binding },
        Binding { browser: "b i", of: "", ..binding },
        Binding { of: "j", ..binding },
    ] {
        assert!(challenge::open(&sealer, elsewhere, &envelope, now).is_none(), "{elsewhere:?}");
    }
    let again = challenge::seal(&sealer, &random, binding, &asked, now).unwrap();
    assert_ne!(challenge::open(&sealer, binding, &again, now).unwrap().hash, opened.hash);
    assert!(challenge::open(&sealer, binding, "", now).is_none());
    assert!(!envelope.contains(asked.options["challenge"].as_str().unwrap()));
}
