//! The actix extractor: what a handler sees and what a refused caller reads.

use actix_web::http::header;
use actix_web::{App, HttpResponse, test, web};
use symbolon::verify::{Refusal, Verified};

use super::issuer::{Rig, TENANT, good_token};

async fn handler(caller: Verified) -> Result<HttpResponse, Refusal> {
    caller.require_scope("notes")?;
    Ok(HttpResponse::Ok().body(caller.claims().tenant.to_string()))
}

async fn handler_with_more(caller: Verified) -> Result<HttpResponse, Refusal> {
    caller.require_scope("graph")?;
    Ok(HttpResponse::Ok().finish())
}

#[actix_web::test]
async fn a_handler_runs_only_for_a_good_token() {
    let rig = Rig::start().await;
    let app = test::init_service(
        App::new()
            .app_data(web::Data::new(rig.verifier.clone()))
            .route("/notes", web::get().to(handler))
            .route("/graph", web::get().to(handler_with_more)),
    )
    .await;
    let ask = |path: &str, token: &str| {
        test::TestRequest::get()
            .uri(path)
            .insert_header(("Authorization", format!("Bearer {token}")))
            .insert_header(("X-Tenant-ID", TENANT))
            .to_request()
    };
    let good = test::call_service(&app, ask("/notes", &good_token())).await;
    assert_eq!(good.status(), 200);
    assert_eq!(test::read_body(good).await, "acme");

    for (request, status, code) in [
        (ask("/notes", "a.b.c"), 401, "invalid_token"),
        (ask("/graph", &good_token()), 403, "insufficient_scope"),
        (ask("/notes", ""), 400, "invalid_request"),
    ] {
        let answer = test::call_service(&app, request).await;
        assert_eq!(answer.status(), status);
        let challenge = answer.headers().get(header::WWW_AUTHENTICATE).unwrap().to_str().unwrap();
        assert!(challenge.starts_with("Bearer ") && challenge.contains(code), "{challenge}");
        assert_eq!(answer.headers().get(header::CACHE_CONTROL).unwrap(), "no-store");
    }
    let bare = test::call_service(&app, test::TestRequest::get().uri("/notes").to_request()).await;
    assert_eq!(bare.status(), 401);
    let by_query =
        test::TestRequest::get().uri(&format!("/notes?access_token={}", good_token())).to_request();
    assert_eq!(test::call_service(&app, by_query).await.status(), 401, "P020: never from the query");
}

#[actix_web::test]
async fn an_application_without_a_verifier_refuses_everyone() {
    let app = test::init_service(App::new().route("/notes", web::get().to(handler))).await;
    let request = test::TestRequest::get()
        .uri("/notes")
        .insert_header(("Authorization", format!("Bearer {}", good_token())))
        .to_request();
    assert_eq!(test::call_service(&app, request).await.status(), 503);
}
