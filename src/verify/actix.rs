//! The verifier as an actix-web extractor: a handler that takes [`Verified`] runs only for a request that passes.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError, web};

use super::refusal::{Outage, Refusal};
use super::request_headers::RequestHeaders;
use super::verified::Verified;
use super::verifier::Verifier;

impl FromRequest for Verified {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    /// Checks the request with the [`Verifier`] in the application's data. Without one there every request is
    /// refused with 503.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Some(verifier) = request.app_data::<web::Data<Verifier>>() else {
                tracing::error!("no verifier in the application's data; every request is refused");
                return Err(Refusal::Unavailable(Outage::Keys));
            };
            let headers = request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
            verifier.verify_request(&RequestHeaders::from_headers(headers)).await
        })
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponseBuilder::new(self.status_code());
        answer.insert_header((header::CACHE_CONTROL, "no-store"));
        answer.insert_header((header::CONTENT_TYPE, "application/json"));
        if let Some(challenge) = self.challenge() {
            answer.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
        if let Some(seconds) = self.retry_after() {
            answer.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        answer.body(self.body())
    }
}
