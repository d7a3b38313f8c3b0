//! The rules of the recovery codes, on both databases (P049).

use symbolon::flows::Call;
use symbolon::flows::account::Fresh;
use symbolon::flows::factors::recovery_codes::{self, Left};
use symbolon::model::secret::Secret;
use symbolon::storage::Directory;

use super::{Ada, secret};
use crate::harness::rows::Everything;

impl Ada {
    async fn sheet(&self) -> Vec<String> {
        let terms = self.server.edge.mail.clone();
        let renew = move |directory: &mut Directory<'_>, call: &Call, fresh: &Fresh| {
            recovery_codes::renew(directory, call, &terms, fresh)
        };
        let made = self.fresh(renew).await;
        made.expect("a sheet").codes.iter().map(|code| code.expose().clone()).collect()
    }

    async fn recovers(&self, typed: &str) -> bool {
        let (id, typed) = (self.id, secret(typed));
        self.within(move |tx, call| recovery_codes::is_proved(tx, call, id, &typed)).await
    }

    async fn left(&self) -> Option<Left> {
        let id = self.id;
        self.within(move |tx, _| recovery_codes::left(tx, id)).await
    }
}

#[tokio::test]
async fn p049_each_code_works_once_and_a_new_sheet_kills_the_old() {
    let ada = Ada::new().await;
    assert_eq!(ada.left().await, None);
    let old = ada.sheet().await;
    assert_eq!(old.len(), 10);
    let unlike: std::collections::BTreeSet<&String> = old.iter().collect();
    assert_eq!(unlike.len(), 10);
    assert!(ada.recovers(&old[0]).await);
    assert!(!ada.recovers(&old[0]).await, "twice");
    assert!(ada.recovers(&old[1].to_lowercase().replace('-', " ")).await);
    assert_eq!(ada.left().await.map(|left| left.count), Some(8));
    let new = ada.sheet().await;
    for code in &old {
        assert!(!ada.recovers(code).await, "of the old sheet");
    }
    for code in &new {
        assert!(ada.recovers(code).await);
    }
    assert_eq!(ada.left().await, None);
    assert_eq!(ada.events("factor.recovery_codes_made").await.len(), 2);
}

#[tokio::test]
async fn p049_one_code_at_the_same_moment_works_once() {
    let ada = Ada::new().await;
    for code in ada.sheet().await {
        let (a, b, c) = tokio::join!(ada.recovers(&code), ada.recovers(&code), ada.recovers(&code));
        assert_eq!([a, b, c].into_iter().filter(|proved| *proved).count(), 1);
    }
}

#[tokio::test]
async fn p049_codes_are_stored_as_hashes_and_belong_to_one_person() {
    let ada = Ada::new().await;
    let sheet = ada.sheet().await;
    let all = format!("{:?}", Everything::open(ada.server.storage()).all());
    for code in &sheet {
        assert!(!all.contains(code) && !all.contains(&code.replace('-', "")));
    }
    let bob = ada.server.scope_of("acme").await.person("bob@acme.example", &[]).await;
    let typed = secret(sheet[0].clone());
    assert!(!ada.within(move |tx, call| recovery_codes::is_proved(tx, call, bob, &typed)).await);
    assert!(ada.recovers(&sheet[0]).await, "it was not used up by somebody else");
}

#[tokio::test]
async fn a_file_holds_codes_of_the_person_and_nothing_else() {
    let ada = Ada::new().await;
    let sheet = ada.sheet().await;
    let id = ada.id;
    let again = |text: String| {
        let asked = ada.within(move |tx, _| recovery_codes::again(tx, id, &Secret::new(text)));
        async { asked.await.map(|sheet| sheet.codes.len()) }
    };
    assert_eq!(again(sheet.join(" ")).await, Some(10));
    assert_eq!(again(sheet[3].clone()).await, Some(1));
    for text in ["", "hello", "AAAA-AAAA-AAAA-AAAA", &format!("{} AAAA-AAAA-AAAA-AAAA", sheet[0])] {
        assert_eq!(again(text.to_owned()).await, None, "{text}");
    }
    assert_eq!(again(format!("{0} {0}", sheet.join(" "))).await, None, "more than a sheet");
    assert!(ada.recovers(&sheet[0]).await);
    assert_eq!(again(sheet.join(" ")).await, None, "one of them was used");
}
