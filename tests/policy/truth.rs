//! The table: each policy, each set of proofs, each door. The file beside this one says what comes of it; whoever changes a
//! verdict changes the file, and somebody reads it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use symbolon::flows::policy::{Device, Door, Membership, Verdict};
use symbolon::model::policy::{Guests, Mfa, Networks, Policy};
use symbolon::model::role::Role;
use symbolon::model::session::Factor;

use super::{AWAY, Someone, now};

fn policies() -> Vec<(&'static str, Policy)> {
    let default = Policy::default;
    let methods = |methods: &[Factor]| Policy { methods: methods.iter().copied().collect(), ..default() };
    let mfa = |mfa: Mfa| Policy { mfa, ..default() };
    let office = vec!["10.0.0.0/8".parse().expect("a network")];
    let networks = |networks: Networks| Policy { networks, ..default() };
    vec![
        ("default", default()),
        ("passkey only", methods(&[Factor::Passkey])),
        ("links and mailed codes", methods(&[Factor::MagicLink, Factor::EmailCode])),
        (
            "mfa for everybody, codes by mail",
            Policy { methods: Policy::METHODS.into(), ..mfa(Mfa { everybody: true, ..Mfa::default() }) },
        ),
        ("mfa for everybody", mfa(Mfa { everybody: true, ..Mfa::default() })),
        ("mfa for owners", mfa(Mfa { roles: BTreeSet::from([Role::Owner]), ..Mfa::default() })),
        (
            "mfa for everybody, in grace",
            mfa(Mfa { everybody: true, grace_until: Some(now() + Duration::from_secs(1)), ..Mfa::default() }),
        ),
        (
            "mfa for everybody, after grace",
            mfa(Mfa { everybody: true, grace_until: Some(now()), ..Mfa::default() }),
        ),
        (
            "mfa outside the office",
            Policy {
                mfa: Mfa { outside_trusted: true, ..Mfa::default() },
                ..networks(Networks { trusted: office.clone(), ..Networks::default() })
            },
        ),
        ("office only", networks(Networks { sign_in: office.clone(), ..Networks::default() })),
        (
            "administered from the office",
            networks(Networks { administration: office, ..Networks::default() }),
        ),
        ("homes count", Policy { guests: Guests { allowed: true, home_factors: true }, ..default() }),
        (
            "homes count, mfa for everybody",
            Policy {
                guests: Guests { allowed: true, home_factors: true },
                ..mfa(Mfa { everybody: true, ..Mfa::default() })
            },
        ),
        ("no guests", Policy { guests: Guests { allowed: false, home_factors: true }, ..default() }),
    ]
}

fn people() -> Vec<(&'static str, Someone)> {
    let password = || Someone::with(&[Factor::Password]);
    let owner = |someone: Someone| Someone { roles: BTreeSet::from([Role::Owner]), ..someone };
    vec![
        ("password", password()),
        ("password, away", password().at(AWAY)),
        ("password, nobody knows where", Someone { address: None, ..password() }),
        ("password, owner", owner(password())),
        ("password, has totp", Someone { has_second_factor: true, ..password() }),
        (
            "password, has totp, remembered device",
            Someone { has_second_factor: true, device: Device::Remembered(Factor::Totp), ..password() },
        ),
        (
            "password, has totp, device remembered before",
            Someone { has_second_factor: true, device: Device::Outdated, ..password() },
        ),
        (
            "password, device remembered by e-mail code",
            Someone { device: Device::Remembered(Factor::EmailCode), ..password() },
        ),
        (
            "magic link, device remembered by e-mail code",
            Someone { device: Device::Remembered(Factor::EmailCode), ..Someone::with(&[Factor::MagicLink]) },
        ),
        (
            "nothing, remembered device",
            Someone { device: Device::Remembered(Factor::Totp), ..Someone::with(&[]) },
        ),
        ("password, break-glass", owner(Someone { break_glass: true, ..password() })),
        ("password, totp", Someone::with(&[Factor::Password, Factor::Totp])),
        ("password, totp, away", Someone::with(&[Factor::Password, Factor::Totp]).at(AWAY)),
        ("password, e-mail code", Someone::with(&[Factor::Password, Factor::EmailCode])),
        ("password, recovery code", Someone::with(&[Factor::Password, Factor::RecoveryCode])),
        ("passkey", Someone::with(&[Factor::Passkey])),
        ("passkey, away", Someone::with(&[Factor::Passkey]).at(AWAY)),
        ("passkey, owner", owner(Someone::with(&[Factor::Passkey]))),
        ("magic link", Someone::with(&[Factor::MagicLink])),
        ("magic link, e-mail code", Someone::with(&[Factor::MagicLink, Factor::EmailCode])),
        ("magic link, totp", Someone::with(&[Factor::MagicLink, Factor::Totp])),
        ("totp", Someone::with(&[Factor::Totp])),
        ("upstream", Someone::with(&[Factor::Connection])),
        ("guest, home", guest(&[Factor::Home])),
        ("guest, home by two", guest(&[Factor::HomeTwo])),
        ("guest, home, totp", guest(&[Factor::Home, Factor::Totp])),
        ("guest, home, e-mail code", guest(&[Factor::Home, Factor::EmailCode])),
        (
            "guest, home, remembered device",
            Someone { device: Device::Remembered(Factor::Totp), ..guest(&[Factor::Home]) },
        ),
        ("guest, password, totp", guest(&[Factor::Password, Factor::Totp])),
        ("guest, passkey", guest(&[Factor::Passkey])),
        ("nothing", Someone::with(&[])),
    ]
}

fn guest(proofs: &[Factor]) -> Someone {
    Someone { membership: Membership::Guest, ..Someone::with(proofs) }
}

fn word(verdict: Verdict) -> String {
    match verdict {
        Verdict::Pass { by_break_glass: true, .. } => "pass (break-glass)".to_owned(),
        Verdict::Pass { in_grace: Some(rule), .. } => format!("pass (in grace: {})", rule.as_str()),
        Verdict::Pass { on_device: Some(rule), .. } => format!("pass (remembered device: {})", rule.as_str()),
        Verdict::Pass { .. } => "pass".to_owned(),
        Verdict::Second(rule) => format!("second: {}", rule.as_str()),
        Verdict::Refused(rule) => format!("refused: {}", rule.as_str()),
    }
}

#[test]
fn every_method_policy_and_door_has_its_verdict() {
    let mut table = String::new();
    for (name, policy) in policies() {
        writeln!(table, "{name}").expect("text");
        for (who, someone) in people() {
            let verdicts = Door::ALL.map(|door| (door.as_str(), word(someone.verdict(&policy, door))));
            let first = &verdicts[0].1;
            let line = if verdicts.iter().all(|(_, verdict)| verdict == first) {
                first.clone()
            } else {
                verdicts.map(|(door, verdict)| format!("{door} {verdict}")).join(" | ")
            };
            writeln!(table, "  {who}: {line}").expect("text");
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let made = root.join("target/tmp/policy-truth.txt");
    fs::create_dir_all(made.parent().expect("a folder")).expect("a folder");
    fs::write(&made, &table).expect("a file");
    let kept = fs::read_to_string(root.join("tests/policy/truth.txt")).unwrap_or_default();
    assert!(kept == table, "the verdicts changed: compare tests/policy/truth.txt with {}", made.display());
}
