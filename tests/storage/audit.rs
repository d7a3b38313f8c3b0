//! The chain of events: written with the action, verified event by event (D21, D22, P136, P137).

use std::sync::Arc;

use symbolon::crypto::jwk::Algorithm;
use symbolon::crypto::jwt::VerificationKeys;
use symbolon::crypto::signing_key::SigningKey;
use symbolon::flows::audit::{
    Checkpoint, CheckpointFault, Fault, Summary, Verification, read_checkpoint, state_checkpoint,
};
use symbolon::model::audit::{ChainedEvent, Event, Head};
use symbolon::model::ids::TenantId;
use symbolon::model::issuer::Issuer;
use symbolon::storage::records::audit;

use super::{call, event, tenant};
use crate::harness::database::TestDatabase;

/// A chain of this many events as it comes back from the database.
async fn chain(events: usize) -> (TenantId, Vec<ChainedEvent>, Head) {
    let home = TestDatabase::new();
    let database = home.open();
    let scope = tenant(&database, "acme").await;
    for n in 0..events {
        database
            .write(&scope, move |tx| {
                tx.record(event().with("n", n).with_personal("email", format!("p{n}@acme.example")));
                Ok(())
            })
            .await
            .expect("an event is written");
    }
    let (stored, head) = database
        .read(&scope, |tx| Ok((audit::after(tx, 0, 1000)?, audit::head(tx)?)))
        .await
        .expect("the chain is read");
    (scope.id(), stored, head)
}

fn verify(
    tenant: TenantId,
    events: &[ChainedEvent],
    checkpoints: Vec<Checkpoint>,
    head: Option<&Head>,
) -> Result<Summary, Fault> {
    let mut verification = Verification::new(tenant, checkpoints);
    for event in events {
        verification.push(event)?;
    }
    verification.finish(head)
}

#[tokio::test]
async fn a_sound_chain_verifies() {
    let (tenant, events, head) = chain(12).await;
    let summary = verify(tenant, &events, Vec::new(), Some(&head)).expect("a sound chain");
    assert_eq!(summary.head, head);
    assert_eq!(summary.head.seq, 12);
}

#[tokio::test]
async fn p136_every_manipulation_is_named_by_its_first_bad_event() {
    let (tenant, events, head) = chain(12).await;
    let verdict = |change: &dyn Fn(&mut Vec<ChainedEvent>)| {
        let mut changed = events.clone();
        change(&mut changed);
        verify(tenant, &changed, Vec::new(), Some(&head)).expect_err("a manipulated chain")
    };
    assert_eq!(
        verdict(&|chain| chain[4].body = chain[4].body.replace("\"n\":4", "\"n\":5")),
        Fault::Changed(5)
    );
    assert_eq!(verdict(&|chain| drop(chain.remove(4))), Fault::Missing(5));
    assert_eq!(verdict(&|chain| chain.swap(4, 5)), Fault::Missing(5));
    assert_eq!(
        verdict(&|chain| {
            let copy = chain[4].clone();
            chain.insert(5, copy);
        }),
        Fault::OutOfOrder(6, 5)
    );
    assert_eq!(verdict(&|chain| chain.truncate(9)), Fault::HeadDiffers { have: 9, stated: 12 });
    assert_eq!(
        verdict(&|chain| {
            if let Some(facts) = &mut chain[4].personal {
                facts.facts = facts.facts.replace("p4@", "p5@");
            }
        }),
        Fault::PersonalChanged(5)
    );
}

#[tokio::test]
async fn a_changed_event_with_a_recomputed_hash_breaks_the_link_to_the_next() {
    let (tenant, mut events, head) = chain(12).await;
    let body = events[4].body.replace("\"n\":4", "\"n\":5");
    events[4].hash = symbolon::model::digest::sha256_hex(body.as_bytes());
    events[4].body = body;
    assert_eq!(verify(tenant, &events, Vec::new(), Some(&head)), Err(Fault::Unlinked(6)));
}

#[tokio::test]
async fn erasing_personal_facts_keeps_the_chain_valid() {
    let (tenant, mut events, head) = chain(5).await;
    events[2].personal = None;
    let summary = verify(tenant, &events, Vec::new(), Some(&head)).expect("a sound chain");
    assert_eq!(summary.bare, [3]);
}

#[tokio::test]
async fn another_tenants_chain_does_not_pass_for_this_one() {
    let (_, events, _) = chain(3).await;
    assert_eq!(verify(call().id(), &events, Vec::new(), None), Err(Fault::Changed(1)));
}

#[tokio::test]
async fn p137_a_checkpoint_finds_a_cut_and_a_rebuilt_chain() {
    let (tenant, events, head) = chain(12).await;
    let key = SigningKey::generate().expect("a key");
    let keys = VerificationKeys::new([key.public()], &[Algorithm::Rs256]);
    let summary = verify(tenant, &events, Vec::new(), Some(&head)).expect("a sound chain");
    let statement = state_checkpoint(&call(), tenant, &summary, &key).expect("a checkpoint");
    let checkpoint = read_checkpoint(&statement, &call().issuer, &keys).expect("our own checkpoint");
    assert_eq!(checkpoint.tenant_id, tenant);
    let other: Issuer = "https://other.example".parse().expect("an issuer");
    assert_eq!(read_checkpoint(&statement, &other, &keys), Err(CheckpointFault::Foreign));
    let mut forged = statement.clone();
    forged.pop();
    assert_eq!(read_checkpoint(&forged, &call().issuer, &keys), Err(CheckpointFault::Signature));

    // Cut: whoever can write the database moves the head back too.
    let shorter = Head { seq: 9, hash: events[8].hash.clone() };
    assert_eq!(
        verify(tenant, &events[..9], vec![checkpoint.clone()], Some(&shorter)),
        Err(Fault::Cut { have: 9, stated: 12 })
    );

    // Rebuilt: every hash is right, and yet it is another chain.
    let rebuilt = rebuild(tenant, 12);
    let new_head = Head { seq: 12, hash: rebuilt[11].hash.clone() };
    assert_eq!(verify(tenant, &rebuilt, Vec::new(), Some(&new_head)).map(|summary| summary.head.seq), Ok(12));
    assert_eq!(verify(tenant, &rebuilt, vec![checkpoint], Some(&new_head)), Err(Fault::Rebuilt(12)));
}

fn rebuild(tenant: TenantId, events: usize) -> Vec<ChainedEvent> {
    let mut head = Head::genesis();
    (0..events)
        .map(|n| {
            let forged: Event = event().with("n", n + 100);
            let chained = forged.chain(tenant, &head).expect("canonical JSON");
            head = Head { seq: chained.seq, hash: chained.hash.clone() };
            chained
        })
        .collect()
}

#[tokio::test]
async fn events_of_two_tenants_never_share_a_chain() {
    let home = TestDatabase::new();
    let database = Arc::new(home.open());
    let (acme, globex) = (tenant(&database, "acme").await, tenant(&database, "globex").await);
    let mut tasks = Vec::new();
    for n in 0..40 {
        let scope = if n % 2 == 0 { acme.clone() } else { globex.clone() };
        let database = Arc::clone(&database);
        tasks.push(tokio::spawn(async move {
            database
                .write(&scope, move |tx| {
                    tx.record(event().with("n", n));
                    Ok(())
                })
                .await
        }));
    }
    for task in tasks {
        task.await.expect("nobody panics").expect("an event is written");
    }
    for scope in [&acme, &globex] {
        let events = database.read(scope, |tx| audit::after(tx, 0, 100)).await.expect("a chain");
        let head = database.read(scope, audit::head).await.expect("a head");
        let summary = verify(scope.id(), &events, Vec::new(), Some(&head)).expect("a sound chain");
        assert_eq!(summary.head.seq, 20);
    }
}
