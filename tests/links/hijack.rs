//! P064: somebody sets up an account with the address of somebody else, and waits. When the owner of the mailbox proves it,
//! nothing of the one before is left.

use symbolon::model::role::Role;
use symbolon::model::session::Factor;
use symbolon::model::user::User;
use symbolon::storage::records::{passwords, totp_factors};

use super::{Post, is_signed_in, sign_in, signed_in};
use crate::harness::oathtool;
use crate::harness::seed::PASSWORD;

const NEW: &str = "a green hill far away and a well";

#[tokio::test]
async fn p064_whoever_set_up_an_unverified_account_loses_it_to_the_owner_of_the_mailbox() {
    for by in ["login-link", "login-reset"] {
        let post = Post::new().await;
        let attacker = signed_in(&post).await;
        oathtool::set_up(&attacker, post.server.now()).await;
        post.change(|ada| User { email_verified: false, ..ada }).await;
        post.server.advance(std::time::Duration::from_secs(1)).await;
        let (victim, path) = post.mailed(by).await;
        let page = victim.open(&path).await;
        let page = victim.submit(&page, &[("password", NEW)]).await;
        assert!(page.status == 200, "{page:?}");
        assert!(post.ada().await.email_verified);
        assert!(!is_signed_in(&attacker).await, "{by}: the session is dead");
        let (ada, wanted) = (post.ada, by == "login-reset");
        let left = post
            .within(move |tx| {
                Ok((totp_factors::find(tx, ada)?.is_some(), passwords::find(tx, ada)?.is_some()))
            })
            .await;
        assert_eq!(left, (false, wanted), "{by}: authenticator and password");
        assert!(sign_in(&post.server.browser(), PASSWORD).await.has("password-problem"), "{by}");
        if by == "login-reset" {
            assert_eq!(sign_in(&victim, NEW).await.marker().as_deref(), Some("page-home"));
        }
        assert!(is_signed_in(&victim).await, "{by}");
    }
}

/// The other side: what a verified account has is not taken away by its mailbox, and nobody becomes an owner unvouched for.
#[tokio::test]
async fn d33_the_mailbox_takes_nothing_from_a_verified_account_or_an_owner() {
    for verified in [true, false] {
        let post = Post::new().await;
        let ada = signed_in(&post).await;
        oathtool::set_up(&ada, post.server.now()).await;
        post.change(move |ada| {
            let roles = if verified { ada.roles.clone() } else { [Role::Owner].into() };
            User { email_verified: verified, roles, ..ada }
        })
        .await;
        post.server.advance(std::time::Duration::from_secs(1)).await;
        let (jar, path) = post.mailed("login-link").await;
        let page = jar.open(&path).await;
        let page = jar.submit(&page, &[]).await;
        assert_eq!(page.marker().as_deref(), Some("page-totp"), "{verified}: {page:?}");
        let id = post.ada;
        let left = post.within(move |tx| passwords::find(tx, id)).await;
        assert!(left.is_some(), "{verified}: {:?}", Factor::Password);
    }
}
