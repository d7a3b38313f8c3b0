//! The HTTP client of the relying party: reqwest, and the adapter by which the `openidconnect` crate uses it.

use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse};

/// A client that follows no redirect (a token endpoint never answers with one) and gives up after five seconds.
///
/// # Errors
/// When TLS cannot be set up.
#[expect(
    clippy::disallowed_methods,
    reason = "the sample speaks to the issuer and the API on this machine, as a customer's application would"
)]
pub(super) fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(5))
        .build()
}

/// Sends a request of the `openidconnect` crate, which by itself would bring a second reqwest.
///
/// # Errors
/// When there is no answer.
pub(super) async fn send(
    client: &reqwest::Client,
    request: HttpRequest,
) -> Result<HttpResponse, reqwest::Error> {
    let answer = client.execute(request.try_into()?).await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = HttpResponse::new(answer.bytes().await?.to_vec());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}
