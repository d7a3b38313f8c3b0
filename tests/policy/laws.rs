//! What holds for every policy, whatever it says.

use std::collections::BTreeSet;

use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use symbolon::flows::policy::{Device, Door, Membership, Rule, Verdict};
use symbolon::model::policy::{Mfa, Networks, Policy};
use symbolon::model::role::Role;
use symbolon::model::session::Factor;
use symbolon::protocol::acr::{Acr, acr};

use super::{AWAY, OFFICE, Someone, now};

const FACTORS: [Factor; 7] = [
    Factor::Password,
    Factor::Passkey,
    Factor::Totp,
    Factor::RecoveryCode,
    Factor::MagicLink,
    Factor::EmailCode,
    Factor::Connection,
];

fn factor() -> impl Strategy<Value = Factor> {
    prop::sample::select(FACTORS.to_vec())
}

/// Whether what counts of their proofs is of two factors.
fn reaches_two(policy: &Policy, someone: &Someone) -> bool {
    let everybody = Policy { mfa: Mfa { everybody: true, ..Mfa::default() }, ..policy.clone() };
    passes(Someone { device: Device::Any, ..someone.clone() }.verdict(&everybody, Door::Administration))
}

fn device() -> impl Strategy<Value = Device> {
    let remembered = factor().prop_map(Device::Remembered);
    prop_oneof![Just(Device::Any), Just(Device::Outdated), remembered]
}

fn role() -> impl Strategy<Value = Role> {
    prop::sample::select(Role::ALL.to_vec())
}

fn networks() -> impl Strategy<Value = Networks> {
    let list = || prop_oneof![Just(Vec::new()), Just(vec!["10.0.0.0/8".parse().expect("a network")])];
    (list(), list(), list()).prop_map(|(sign_in, administration, trusted)| Networks {
        sign_in,
        administration,
        trusted,
    })
}

fn policy() -> impl Strategy<Value = Policy> {
    let mfa = (any::<bool>(), btree_set(role(), 0..3), any::<bool>()).prop_map(
        |(everybody, roles, outside_trusted)| Mfa { everybody, roles, outside_trusted, grace_until: None },
    );
    (btree_set(factor(), 0..7), mfa, networks()).prop_map(|(methods, mfa, networks)| Policy {
        methods,
        mfa,
        networks,
        ..Policy::default()
    })
}

fn someone() -> impl Strategy<Value = Someone> {
    let address = option::of(prop::sample::select(vec![OFFICE, AWAY, "::ffff:10.9.9.9", "2001:db8::1"]));
    (vec(factor(), 0..4), btree_set(role(), 0..3), address, any::<bool>(), any::<bool>(), device()).prop_map(
        |(proofs, roles, address, break_glass, has_second_factor, device)| Someone {
            proofs,
            roles,
            address: address.map(|address| address.parse().expect("an address")),
            break_glass,
            has_second_factor,
            device,
            membership: Membership::Own,
        },
    )
}

fn door() -> impl Strategy<Value = Door> {
    prop::sample::select(Door::ALL.to_vec())
}

fn passes(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Pass { .. })
}

proptest! {
    #[test]
    fn nobody_passes_by_what_is_not_allowed(policy in policy(), someone in someone(), door in door()) {
        let someone = Someone { break_glass: false, ..someone };
        if passes(someone.verdict(&policy, door)) {
            let counts: Vec<Factor> =
                someone.proofs.iter().copied().filter(|factor| policy.allows(*factor)).collect();
            prop_assert!(!counts.is_empty());
            // What does not count changes nothing.
            let bare = Someone { proofs: counts, ..someone };
            prop_assert!(passes(bare.verdict(&policy, door)));
        }
    }

    #[test]
    fn where_two_are_asked_for_one_channel_never_passes(policy in policy(), someone in someone(), door in door()) {
        let policy = Policy { mfa: Mfa { everybody: true, ..policy.mfa }, ..policy };
        let someone = Someone { device: Device::Any, ..someone };
        if passes(someone.verdict(&policy, door)) {
            prop_assert!(acr(someone.proofs.iter().copied()).is_some_and(|it| it.satisfies(Acr::Two)));
        }
    }

    #[test]
    fn a_tighter_policy_lets_in_nobody_whom_a_looser_one_refuses(
        policy in policy(), less in factor(), someone in someone(), door in door()
    ) {
        let mut methods = policy.methods.clone();
        methods.remove(&less);
        let tighter = [
            Policy { methods, ..policy.clone() },
            Policy { mfa: Mfa { everybody: true, ..policy.mfa.clone() }, ..policy.clone() },
            Policy {
                networks: Networks { sign_in: vec!["10.0.0.0/16".parse().expect("a network")], ..policy.networks.clone() },
                ..policy.clone()
            },
        ];
        // The looser one of the third is the policy without that list, or with a wider one.
        if !passes(someone.verdict(&policy, door)) {
            for tighter in tighter {
                prop_assert!(!passes(someone.verdict(&tighter, door)), "{tighter:?}");
            }
        }
    }

    #[test]
    fn proving_more_never_shuts_a_door(policy in policy(), someone in someone(), more in factor(), door in door()) {
        if passes(someone.verdict(&policy, door)) {
            let mut proofs = someone.proofs.clone();
            proofs.push(more);
            let richer = Someone { proofs, ..someone };
            prop_assert!(passes(richer.verdict(&policy, door)));
        }
    }

    /// D33: a remembered device stands in for the second factor that was proved in it, and for nothing else: it opens what that one
    /// would, while it is allowed.
    #[test]
    fn a_device_stands_in_for_a_second_factor_alone(
        policy in policy(),
        someone in someone(),
        factor in factor(),
        door in prop::sample::select(vec![Door::SignIn, Door::Session, Door::Refresh]),
    ) {
        let with = Someone { device: Device::Remembered(factor), ..someone.clone() }.verdict(&policy, door);
        let without = Someone { device: Device::Any, ..someone.clone() };
        let by_itself = without.clone().verdict(&policy, door);
        if let Verdict::Second(rule) = by_itself {
            let proofs = without.proofs.iter().copied().chain([factor]).collect();
            let proved = Someone { proofs, ..without }.verdict(&policy, door);
            let by_device = matches!(with, Verdict::Pass { on_device: Some(by), .. } if by == rule);
            prop_assert_eq!(by_device, policy.allows(factor) && passes(proved));
        } else {
            prop_assert_eq!(with, by_itself);
        }
        // What stood on one that is forgotten stands no more, whether a rule asks for two or not.
        let mfa = Mfa { everybody: true, grace_until: None, ..policy.mfa.clone() };
        let strict = Policy { mfa, ..policy.clone() };
        let outdated = Someone { device: Device::Outdated, ..someone.clone() }.verdict(&policy, door);
        let strictly = Someone { device: Device::Any, ..someone }.verdict(&strict, door);
        prop_assert_eq!(passes(outdated), passes(strictly));
    }

    /// D33: nowhere that people administer. Whoever was spared a factor because of a device proves it there.
    #[test]
    fn nobody_administers_by_a_device(policy in policy(), someone in someone()) {
        let without = Someone { device: Device::Any, ..someone.clone() };
        let (found, by_itself) =
            (someone.verdict(&policy, Door::Administration), without.verdict(&policy, Door::Administration));
        if someone.device != Device::Any && passes(by_itself) && !reaches_two(&policy, &someone) {
            prop_assert_eq!(found, Verdict::Second(Rule::OwnSecondFactor));
        } else if matches!(by_itself, Verdict::Second(_)) {
            prop_assert!(matches!(found, Verdict::Second(_)));
        } else {
            prop_assert_eq!(found, by_itself);
        }
    }

    #[test]
    fn the_administration_door_is_never_wider_than_the_others(policy in policy(), someone in someone()) {
        if passes(someone.verdict(&policy, Door::Administration)) {
            prop_assert!(passes(someone.verdict(&policy, Door::Session)));
        }
    }

    #[test]
    fn a_policy_reads_back_as_it_was_written(policy in policy(), grace in any::<bool>()) {
        let mfa = Mfa { grace_until: grace.then(now), ..policy.mfa };
        let policy = Policy { mfa, ..policy };
        let text = serde_json::to_string(&policy).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Policy>(&text).expect("a policy"), policy);
    }
}

#[test]
fn a_policy_that_cannot_be_read_is_none() {
    for text in [
        r#"{"methods": ["password", "smoke_signal"]}"#,
        r#"{"mfa": {"roles": ["king"]}}"#,
        r#"{"networks": {"sign_in": ["the office"]}}"#,
        r#"{"unknown": 1}"#,
    ] {
        assert!(serde_json::from_str::<Policy>(text).is_err(), "{text}");
    }
    let nobody = Someone { roles: BTreeSet::new(), ..Someone::with(&[]) };
    assert!(!passes(nobody.verdict(&Policy::default(), Door::SignIn)), "nothing proves nobody");
}
