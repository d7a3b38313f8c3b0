//! What a draft of a policy makes of sign-ins that stood on more than what was proved in them (R26).

use symbolon::flows::policy::{Rule, Simulation, simulate};
use symbolon::model::policy::{Mfa, Policy};

use super::authorize;
use super::codes::Phone;
use super::devices::rules;
use crate::harness::oathtool::STEP;

impl Phone {
    async fn tried(&self, draft: Policy) -> Simulation {
        let (call, scope) = (self.server.operator(), self.server.scope_of("acme").await.scope);
        self.server.database().read(&scope, move |tx| simulate(tx, &call, &draft)).await.expect("tried")
    }
}

/// She signed in by the password before she had a phone, then by both, by the password in a remembered device, and by one more code
/// in that session.
#[tokio::test]
async fn r26_the_policy_of_now_locks_nobody_out_who_came_in_by_it() {
    let phone = Phone::new().await;
    let jar = phone.remembered(14).await;
    assert_eq!(phone.again(&jar).await.marker().as_deref(), Some("page-home"));
    let asked = jar.open(&authorize("notes", "&tenant=acme&acr_values=urn%3Asymbolon%3Aacr%3A2")).await;
    phone.server.advance(STEP).await;
    let back = jar.submit(&asked, &[("code", &phone.shows())]).await;
    assert!(back.answer().contains_key("code"), "{back:?}");
    let (today, two) = (rules(14), Mfa { everybody: true, ..Mfa::default() });
    for draft in [today.clone(), Policy { mfa: two, ..today }] {
        let told = phone.tried(draft).await;
        assert_eq!(told.sign_ins, 4);
        assert!(told.locked_out().next().is_none(), "{told:?}");
        assert!(told.affected.iter().all(|person| person.refused == 0), "{told:?}");
    }
    assert!(phone.tried(rules(14)).await.affected.is_empty());
    let told = phone.tried(Policy::default()).await;
    let [ada] = &told.affected[..] else { panic!("{told:?}") };
    assert_eq!((ada.locked_out, ada.refused, ada.stepped_up), (false, 0, 1), "without devices: {told:?}");
    assert!(ada.rules.iter().eq(&[Rule::OwnSecondFactor]), "{told:?}");
}
