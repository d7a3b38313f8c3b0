//! Requests: the one bearer token (P020) and the scope headers (R35, P099).

use serde_json::json;
use symbolon::verify::{AccessFault, Demand, Refusal, RequestFault, RequestHeaders};

use super::issuer::{CONTEXT, KEY, Rig, TENANT, WORKSPACE, claims_with, good_token, header, sign};

const OTHER: &str = "0191c7b2-7a00-7000-8000-0000000000ff";

async fn ask(rig: &Rig, token: &str, headers: &[(&str, &str)]) -> Result<(), Refusal> {
    let bearer = format!("Bearer {token}");
    let authorization = ("authorization", bearer.as_bytes());
    let all = headers.iter().map(|(name, value)| (*name, value.as_bytes())).chain([authorization]);
    rig.verifier.verify_request(&RequestHeaders::from_headers(all)).await.map(|_| ())
}

#[tokio::test]
async fn p099_scope_headers_must_fit_the_token() {
    let rig = Rig::start().await;
    let token = good_token();
    let (tenant, workspace, context) = ("X-Tenant-ID", "X-Workspace-ID", "X-Context-ID");
    let missing = || Err(Refusal::BadRequest(RequestFault::ScopeHeaderMissing));
    let malformed = || Err(Refusal::BadRequest(RequestFault::ScopeHeaderMalformed));
    let denied = || Err(Refusal::Forbidden(AccessFault::ScopeHeader));
    for (headers, expected) in [
        (vec![(tenant, TENANT)], Ok(())),
        (vec![("x-tenant-id", TENANT), (workspace, WORKSPACE)], Ok(())),
        (vec![(tenant, TENANT), (workspace, WORKSPACE), (context, CONTEXT)], Ok(())),
        (vec![], missing()),
        (vec![(workspace, WORKSPACE)], missing()),
        (vec![(tenant, TENANT), (context, CONTEXT)], missing()),
        (vec![(tenant, OTHER)], denied()),
        (vec![(tenant, "acme")], denied()),
        (vec![(tenant, "")], denied()),
        (vec![(tenant, &TENANT.to_uppercase())], denied()),
        (vec![(tenant, &TENANT.replace('-', ""))], denied()),
        (vec![(tenant, TENANT), (workspace, OTHER)], denied()),
        (vec![(tenant, TENANT), (workspace, WORKSPACE), (context, OTHER)], denied()),
        (vec![(tenant, TENANT), (workspace, OTHER), (context, CONTEXT)], denied()),
        (vec![(tenant, TENANT), (tenant, OTHER)], malformed()),
        (vec![(tenant, TENANT), (tenant, TENANT)], malformed()),
        (vec![(tenant, &format!("{TENANT}, {OTHER}"))], denied()),
    ] {
        assert_eq!(ask(&rig, &token, &headers).await, expected, "{headers:?}");
    }
}

#[tokio::test]
async fn p099_a_service_says_which_headers_must_come() {
    let tenant = ("X-Tenant-ID", TENANT);
    let workspace = ("X-Workspace-ID", WORKSPACE);
    let context = ("X-Context-ID", CONTEXT);
    for (demand, sufficient) in [
        (Demand::Nothing, vec![]),
        (Demand::Tenant, vec![tenant]),
        (Demand::Workspace, vec![tenant, workspace]),
        (Demand::Context, vec![tenant, workspace, context]),
    ] {
        let rig = Rig::with(|builder| builder.scope_headers(demand)).await;
        assert_eq!(ask(&rig, &good_token(), &sufficient).await, Ok(()), "{demand:?}");
        if let Some((_, insufficient)) = sufficient.split_last() {
            let answer = ask(&rig, &good_token(), insufficient).await;
            assert_eq!(answer, Err(Refusal::BadRequest(RequestFault::ScopeHeaderMissing)), "{demand:?}");
        }
        let foreign = ask(&rig, &good_token(), &[("X-Tenant-ID", OTHER)]).await;
        assert_eq!(foreign, Err(Refusal::Forbidden(AccessFault::ScopeHeader)), "{demand:?}");
    }
}

#[tokio::test]
async fn workspaces_by_reference_cannot_be_entered_by_header() {
    let rig = Rig::start().await;
    let mut claims = claims_with(&json!({"workspaces_ref": "https://id.example.com/api/v1/workspaces"}));
    claims.as_object_mut().unwrap().remove("workspaces");
    let token = sign(&header(), &claims, &KEY);
    assert_eq!(ask(&rig, &token, &[("X-Tenant-ID", TENANT)]).await, Ok(()));
    let answer = ask(&rig, &token, &[("X-Tenant-ID", TENANT), ("X-Workspace-ID", WORKSPACE)]).await;
    assert_eq!(answer, Err(Refusal::Forbidden(AccessFault::ScopeHeader)));
}

#[tokio::test]
async fn p020_odd_authorization_headers_are_refused() {
    let rig = Rig::start().await;
    let token = good_token();
    let answer = async |values: &[&[u8]]| {
        let tenant = ("x-tenant-id", TENANT.as_bytes());
        let headers = values.iter().map(|value| ("Authorization", *value)).chain([tenant]);
        rig.verifier.verify_request(&RequestHeaders::from_headers(headers)).await.map(|_| ())
    };
    for good in [format!("Bearer {token}"), format!("bEARER {token}"), format!("Bearer {token} ")] {
        assert_eq!(answer(&[good.as_bytes()]).await, Ok(()), "{good}");
    }
    let malformed = Err(Refusal::BadRequest(RequestFault::Authorization));
    let bearer = format!("Bearer {token}");
    assert_eq!(answer(&[bearer.as_bytes(), bearer.as_bytes()]).await, malformed);
    for bad in [
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Bearer\t{token}"),
        format!("Bearer  {token}"),
        format!("Bearer {token} {token}"),
        format!("Bearer {token},"),
        format!("Bearer ={token}"),
        format!("Bearer: {token}"),
    ] {
        assert_eq!(answer(&[bad.as_bytes()]).await, malformed, "{bad}");
    }
    assert_eq!(answer(&[b"Bearer \xff\xfe"]).await, malformed);
    for absent in ["", "Basic YTpi", "DPoP abc", &token] {
        assert_eq!(answer(&[absent.as_bytes()]).await, Err(Refusal::NoToken), "{absent}");
    }
    assert_eq!(answer(&[]).await, Err(Refusal::NoToken));
    let challenge = Refusal::NoToken.challenge().unwrap();
    assert!(!challenge.contains("error"), "RFC 6750 §3.1: no code where nothing was sent");
}
