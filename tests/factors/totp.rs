//! The rules of the authenticator, on both databases, with `oathtool` for a phone.

use std::time::Duration;

use symbolon::flows::Call;
use symbolon::flows::account::Fresh;
use symbolon::flows::factors::recovery_codes::Sheet;
use symbolon::flows::factors::totp::{self, BeginRefusal, ConfirmRefusal, Enrolment, RemoveRefusal};
use symbolon::model::policy::Policy;
use symbolon::model::role::Role;
use symbolon::storage::Directory;
use symbolon::storage::records::{policies, totp_factors};

use super::{Ada, secret};
use crate::harness::oathtool::{STEP, another, code};
use crate::harness::rows::Everything;

impl Ada {
    async fn confirm(&self, typed: &str) -> Result<Option<Sheet>, ConfirmRefusal> {
        let (rules, typed) = (self.server.edge.factor_rules(), secret(typed));
        self.fresh(move |directory, call, fresh| totp::confirm(directory, call, &rules, fresh, &typed)).await
    }

    async fn proves(&self, typed: &str) -> bool {
        let (sealer, id, typed) = (self.server.edge.tokens.sealer.clone(), self.id, secret(typed));
        self.within(move |tx, call| totp::is_proved(tx, call, &sealer, id, &typed)).await
    }

    async fn remove(&self) -> Result<(), RemoveRefusal> {
        let rules = self.server.edge.factor_rules();
        self.fresh(move |directory, call, fresh| totp::remove(directory, call, &rules, fresh)).await
    }

    /// The code that the phone shows now.
    fn shown(&self, enrolment: &Enrolment) -> String {
        code(enrolment.typed.expose(), self.server.now())
    }

    /// A confirmed authenticator, at the beginning of the step after the one that confirmed it.
    async fn set_up(&self) -> Enrolment {
        let enrolment = self.begun().await;
        self.confirm(&self.shown(&enrolment)).await.expect("confirmed");
        self.server.advance(STEP).await;
        enrolment
    }
}

#[tokio::test]
async fn the_code_of_a_real_authenticator_confirms_and_proves() {
    let ada = Ada::new().await;
    let enrolment = ada.begun().await;
    assert_eq!(ada.confirm(&another(&ada.shown(&enrolment))).await.err(), Some(ConfirmRefusal::WrongCode));
    let sheet = ada.confirm(&ada.shown(&enrolment)).await.expect("confirmed");
    assert_eq!(sheet.expect("the first second factor brings a sheet").codes.len(), 10);
    assert_eq!(ada.events("factor.added").await.len(), 1);
    assert_eq!(ada.events("factor.recovery_codes_made").await.len(), 1);
    ada.server.advance(STEP).await;
    assert!(ada.proves(&ada.shown(&enrolment)).await);
    let uri = enrolment.uri.expose();
    let key: String = enrolment.typed.expose().replace(' ', "");
    assert!(uri.starts_with("otpauth://totp/Acme:ada%40acme.example?") && uri.contains(&key), "{uri}");
}

#[tokio::test]
async fn p046_a_step_is_used_once_and_none_before_the_last() {
    let ada = Ada::new().await;
    let enrolment = ada.begun().await;
    let first = ada.shown(&enrolment);
    ada.confirm(&first).await.expect("confirmed");
    assert!(!ada.proves(&first).await, "the code that confirmed it was used with that");
    let newer = code(enrolment.typed.expose(), ada.server.now() + STEP);
    assert!(ada.proves(&newer).await, "a phone may be ahead by a step");
    assert!(!ada.proves(&newer).await, "twice");
    ada.server.advance(STEP).await;
    assert!(!ada.proves(&newer).await, "twice, in its own step");
    let older = code(enrolment.typed.expose(), ada.server.now() - STEP);
    assert!(!ada.proves(&older).await, "an older step after a newer one");
    ada.server.advance(STEP).await;
    assert!(ada.proves(&ada.shown(&enrolment)).await, "the next one counts");
}

/// P046: whatever races, one of them uses the step.
#[tokio::test]
async fn p046_the_same_code_at_the_same_moment_counts_once() {
    let ada = Ada::new().await;
    let enrolment = ada.set_up().await;
    for _ in 0..10 {
        let shown = ada.shown(&enrolment);
        let (a, b, c) = tokio::join!(ada.proves(&shown), ada.proves(&shown), ada.proves(&shown));
        assert_eq!([a, b, c].into_iter().filter(|proved| *proved).count(), 1);
        ada.server.advance(STEP).await;
    }
}

#[tokio::test]
async fn p048_a_secret_that_is_not_confirmed_opens_nothing_and_gives_way() {
    let ada = Ada::new().await;
    let first = ada.begun().await;
    assert!(!ada.proves(&ada.shown(&first)).await, "not confirmed");
    let second = ada.begun().await;
    assert_ne!(first.typed.expose(), second.typed.expose());
    assert_eq!(ada.confirm(&ada.shown(&first)).await.err(), Some(ConfirmRefusal::WrongCode), "it is dead");
    ada.confirm(&ada.shown(&second)).await.expect("confirmed");
    let rules = ada.server.edge.factor_rules();
    let begin = move |directory: &mut Directory<'_>, call: &Call, fresh: &Fresh| {
        totp::begin(directory, call, &rules, fresh, "Acme")
    };
    let again = ada.fresh(begin).await;
    assert_eq!(again.err(), Some(BeginRefusal::SetUp), "a confirmed one stays");
    ada.server.advance(STEP).await;
    assert_eq!(ada.confirm(&ada.shown(&second)).await.err(), Some(ConfirmRefusal::NotBegun));
    assert!(ada.proves(&ada.shown(&second)).await);
}

#[tokio::test]
async fn p048_what_is_not_confirmed_within_an_hour_is_gone() {
    let ada = Ada::new().await;
    let enrolment = ada.begun().await;
    ada.server.advance(Duration::from_mins(59)).await;
    ada.server.run_jobs().await;
    let mut below = Everything::open(ada.server.storage());
    assert_eq!(below.count("totp_factors"), 1);
    ada.server.advance(Duration::from_mins(1)).await;
    assert_eq!(ada.confirm(&ada.shown(&enrolment)).await.err(), Some(ConfirmRefusal::NotBegun));
    ada.server.advance(Duration::from_secs(1)).await;
    ada.server.run_jobs().await;
    assert_eq!(below.count("totp_factors"), 0);
    ada.set_up().await;
    ada.server.advance(Duration::from_hours(3)).await;
    ada.server.run_jobs().await;
    assert_eq!(below.count("totp_factors"), 1, "a confirmed one stays");
}

/// P048, D26: the secret stands nowhere in the clear, and opens at its own place only.
#[tokio::test]
async fn p048_the_secret_is_sealed_for_its_person() {
    let ada = Ada::new().await;
    let enrolment = ada.set_up().await;
    let mut below = Everything::open(ada.server.storage());
    let key = enrolment.typed.expose().replace(' ', "");
    let all = format!("{:?}", below.all());
    assert!(all.contains("sealed1.") && !all.contains(&key) && !all.contains("otpauth"));
    let bob = ada.server.scope_of("acme").await.person("bob@acme.example", &[]).await;
    let id = ada.id;
    let moved = ada.within(move |tx, call| {
        let sealed = totp_factors::find(tx, id)?.expect("her secret").sealed_secret;
        totp_factors::begin(tx, bob, &sealed, call.now)?;
        totp_factors::confirm(tx, bob, &sealed, 1, call.now)
    });
    assert!(moved.await);
    let (sealer, call, typed) =
        (ada.server.edge.tokens.sealer.clone(), ada.server.operator(), secret(ada.shown(&enrolment)));
    let proved =
        ada.server.database().write(&ada.scope, move |tx| totp::is_proved(tx, &call, &sealer, bob, &typed));
    let failure = proved.await.expect_err("a value that was moved does not open");
    assert_eq!(failure.context, "opening a TOTP secret");
}

#[tokio::test]
async fn an_authenticator_that_was_removed_proves_nothing() {
    let ada = Ada::new().await;
    let enrolment = ada.set_up().await;
    assert_eq!(ada.remove().await, Ok(()));
    assert_eq!(ada.remove().await, Err(RemoveRefusal::NotThere));
    assert!(!ada.proves(&ada.shown(&enrolment)).await);
    assert_eq!(ada.events("factor.removed").await.len(), 1);
    let mut below = Everything::open(ada.server.storage());
    assert_eq!(below.count("recovery_codes"), 0, "nothing is left that they could recover");
    assert_eq!(below.count("mails WHERE kind IN ('factor_added', 'factor_removed')"), 2, "the owner is told");
}

#[tokio::test]
async fn p104_a_suspended_person_proves_nothing_by_a_code() {
    let ada = Ada::new().await;
    let enrolment = ada.set_up().await;
    ada.server.suspend_user(ada.scope.id(), ada.id).await;
    assert!(!ada.proves(&ada.shown(&enrolment)).await);
}

#[tokio::test]
async fn an_authenticator_that_the_tenant_asks_for_stays_where_it_is_the_only_one() {
    let ada = Ada::new().await;
    ada.set_up().await;
    let mut policy = Policy::default();
    policy.mfa.roles.insert(Role::Owner);
    let asked = policy.clone();
    ada.within(move |tx, call| policies::put(tx, &asked, call.now)).await;
    assert_eq!(ada.remove().await, Ok(()), "she is no owner");
    policy.mfa.everybody = true;
    policy.mfa.grace_until = Some(ada.server.now() + Duration::from_hours(1000));
    ada.set_up().await;
    ada.within(move |tx, call| policies::put(tx, &policy, call.now)).await;
    assert_eq!(ada.remove().await, Err(RemoveRefusal::Needed));
    assert_eq!(Everything::open(ada.server.storage()).count("totp_factors"), 1);
    assert_eq!(ada.events("factor.removed").await.len(), 1);
}
