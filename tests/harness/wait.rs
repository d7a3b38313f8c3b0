//! Waiting for something that happens on another thread or in another process: a bounded poll, never a guess.

use std::time::{Duration, Instant};

/// Within this time whatever was revoked must be known everywhere (invariant 8).
pub(crate) const EVERYWHERE: Duration = Duration::from_secs(5);

/// Asks again and again until it is so; fails after this long.
pub(crate) async fn until(limit: Duration, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < limit, "not within {limit:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
