//! What the OpenID Foundation's conformance suite asks of a provider, a test for each of its modules: its plans Config,
//! Basic, Form Post Basic and RP-Initiated Logout with static clients, against the deployment of `docs/conformance/`.

mod automation;
mod claims;
mod config;
mod deployment;
mod logout;
mod requests;
mod responses;
mod sessions;
mod suite;
mod tokens;

/// Makes two tests of each module: its answers in the query, as the plan Basic wants them, and by form post.
macro_rules! in_both_plans {
    ($($module:ident),+ $(,)?) => {
        mod basic {
            $(#[tokio::test]
            async fn $module() {
                super::$module(super::super::suite::Suite::in_the_query().await).await;
            })+
        }
        mod form_post {
            $(#[tokio::test]
            async fn $module() {
                super::$module(super::super::suite::Suite::by_form_post().await).await;
            })+
        }
    };
}
use in_both_plans;
