//! The sample API against tokens of a played issuer: the token decides whose notes one sees.

use actix_web::dev::ServiceResponse;
use actix_web::http::{Method, StatusCode};
use actix_web::{App, test};
use serde_json::{Value, json};
use symbolon::demo::api::{self, Notes};

use crate::verify::issuer::{KEY, Rig, TENANT, claims_with, good_token, header, sign};

const OTHER: &str = "0191c7b2-7a00-7000-8000-0000000000ff";

struct Api {
    rig: Rig,
    notes: Notes,
}

impl Api {
    async fn start() -> Self {
        Self { rig: Rig::start().await, notes: Notes::default() }
    }

    async fn ask(
        &self,
        token: &str,
        tenant: &str,
        (method, path): (Method, &str),
        body: &Value,
    ) -> (StatusCode, Value) {
        let app = App::new().configure(api::routes(self.rig.verifier.clone(), self.notes.clone()));
        let app = test::init_service(app).await;
        let mut request = test::TestRequest::with_uri(path)
            .method(method)
            .insert_header(("Authorization", format!("Bearer {token}")));
        if !tenant.is_empty() {
            request = request.insert_header(("X-Tenant-ID", tenant));
        }
        if !body.is_null() {
            request = request.set_json(body);
        }
        let answer: ServiceResponse = test::call_service(&app, request.to_request()).await;
        (answer.status(), test::read_body_json(answer).await)
    }

    async fn get(&self, token: &str, tenant: &str, path: &str) -> (StatusCode, Value) {
        self.ask(token, tenant, (Method::GET, path), &Value::Null).await
    }
}

#[actix_web::test]
async fn a_tenant_reads_and_writes_its_own_notes() {
    let api = Api::start().await;
    let (status, body) = api.get(&good_token(), TENANT, "/notes").await;
    assert_eq!((status, &body["tenant"]), (StatusCode::OK, &json!("acme")));
    let written = api.ask(&good_token(), TENANT, (Method::POST, "/notes"), &json!({"text": "milk"})).await;
    assert_eq!(written.0, StatusCode::OK);
    let (_, body) = api.get(&good_token(), TENANT, &format!("/tenants/{TENANT}/notes")).await;
    assert_eq!(body["notes"][1], "milk");
    let (_, you) = api.get(&good_token(), TENANT, "/").await;
    assert_eq!(you["plan"], "pro");
}

#[actix_web::test]
async fn p024_the_other_tenant_is_refused_by_header_and_by_path() {
    let api = Api::start().await;
    assert_eq!(api.get(&good_token(), OTHER, "/notes").await.0, StatusCode::FORBIDDEN);
    let by_path = format!("/tenants/{OTHER}/notes");
    assert_eq!(api.get(&good_token(), TENANT, &by_path).await.0, StatusCode::FORBIDDEN);
    assert_eq!(api.get(&good_token(), OTHER, &by_path).await.0, StatusCode::FORBIDDEN);
    assert_eq!(api.get(&good_token(), "", "/notes").await.0, StatusCode::BAD_REQUEST);
    let of_other = claims_with(&json!({"tenant_id": OTHER, "tenant": "globex", "workspaces": {}}));
    let (_, body) = api.get(&sign(&header(), &of_other, &KEY), OTHER, "/notes").await;
    assert_eq!(body["tenant"], "globex");
}

#[actix_web::test]
async fn what_the_plan_or_the_scope_lacks_is_refused() {
    let api = Api::start().await;
    let free = sign(&header(), &claims_with(&json!({"entitlements": {"notes": ["read"]}})), &KEY);
    let written = api.ask(&free, TENANT, (Method::POST, "/notes"), &json!({"text": "milk"})).await;
    assert_eq!((written.0, &written.1["error"]), (StatusCode::FORBIDDEN, &json!("insufficient_scope")));
    let narrow = sign(&header(), &claims_with(&json!({"scope": "openid"})), &KEY);
    assert_eq!(api.get(&narrow, TENANT, "/notes").await.0, StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn bad_bodies_are_answered_without_an_echo() {
    let api = Api::start().await;
    for body in
        [json!({}), json!([]), json!({"text": 7}), json!({"text": ""}), json!({"text": "x".repeat(5000)})]
    {
        let (status, answer) = api.ask(&good_token(), TENANT, (Method::POST, "/notes"), &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer["error"], "send JSON like {\"text\": \"...\"}, 1000 bytes at most");
    }
    assert_eq!(api.get(&good_token(), TENANT, "/nowhere").await.0, StatusCode::NOT_FOUND);
}
