//! Fetches the logos that clients have registered (D30), a few at a time and all at once, so that a server that hangs
//! holds up nobody for longer than one request may take.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::{Job, JobContext};
use crate::effects::http::HttpClient;
use crate::flows::client_logo::{self, Unusable, Wanted};
use crate::model::failure::Failure;
use crate::storage::PlatformScope;

/// The job.
pub(super) const JOB: Job =
    Job { name: "fetch_logos", every: Duration::from_secs(10), run: |context| Box::pin(fetch_all(context)) };

async fn fetch_all(context: &JobContext) -> Result<u64, Failure> {
    let (right, call) = (PlatformScope::operator(), context.call());
    let wanted = context.database.write_platform(&right, move |tx| client_logo::take(tx, &call)).await?;
    let mut fetching = JoinSet::new();
    for wanted in wanted {
        let http = Arc::clone(&context.http);
        fetching.spawn(async move {
            let image = fetch(&*http, wanted.source()).await;
            (wanted, image)
        });
    }
    let mut kept = 0;
    while let Some(fetched) = fetching.join_next().await {
        let (wanted, image) = fetched.map_err(|join| Failure::internal("fetching a logo").because(join))?;
        kept += u64::from(keep(context, wanted, image).await?);
    }
    Ok(kept)
}

async fn fetch(http: &dyn HttpClient, source: &str) -> Result<Vec<u8>, Unusable> {
    // Judged when it was registered; the rules may have been others then.
    let target = http.judge(source).map_err(|_| Unusable::Address)?;
    let response = http.send(client_logo::request(target)).await?;
    tokio::task::spawn_blocking(move || client_logo::read(&response)).await.unwrap_or(Err(Unusable::Format))
}

async fn keep(
    context: &JobContext,
    wanted: Wanted,
    image: Result<Vec<u8>, Unusable>,
) -> Result<bool, Failure> {
    match image {
        Ok(image) => {
            let call = context.call();
            context
                .database
                .write_platform(&PlatformScope::operator(), move |tx| {
                    client_logo::keep(tx, &call, &wanted, image)
                })
                .await
        }
        Err(reason) => {
            tracing::warn!(client = %wanted.client(), %reason, "the logo of a client cannot be shown");
            Ok(false)
        }
    }
}
