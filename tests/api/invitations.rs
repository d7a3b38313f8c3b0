//! Inviting by the API: who may offer what (P101, R39), one and many, and what goes on the chain.

use reqwest::Method;
use serde_json::{Value, json};
use symbolon::model::role::Role;
use symbolon::model::workspace::Group;
use symbolon::storage::records::groups;

use super::world::{World, assert_problem};
use crate::harness::jar::{self, Page};

impl World {
    async fn invite(&self, token: &str, email: &str, roles: &[&str]) -> Page {
        let body = json!({"email": email, "roles": roles});
        self.call("POST", "/api/v1/invitations", token, Some(&body)).await
    }

    async fn csv(&self, token: &str, text: &str) -> Page {
        let request = jar::client()
            .request(Method::POST, self.server.url("/api/v1/invitations/batch"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "text/csv; charset=utf-8")
            .body(text.to_owned());
        let response = request.send().await.expect("the server answers");
        Page {
            status: response.status(),
            path: "/api/v1/invitations/batch".to_owned(),
            headers: response.headers().clone(),
            body: response.text().await.expect("a body"),
        }
    }

    /// The addresses to which mail went.
    async fn mailed(&self) -> Vec<String> {
        self.server.mails().await.into_iter().map(|mail| mail.to).collect()
    }
}

fn pointers(page: &Page) -> Vec<String> {
    let errors = page.json()["errors"].clone();
    let errors = errors.as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| error["pointer"].as_str().expect("a pointer").to_owned()).collect()
}

#[tokio::test]
async fn p101_nobody_invites_to_more_than_they_could_give() {
    let world = World::new().await;
    for maker in [Role::Owner, Role::Admin] {
        let token = world.of_role(maker).await;
        for given in Role::ALL {
            let email = format!("{}-{}@new.example", maker.as_str(), given.as_str());
            let before = world.rows(world.acme);
            let page = world.invite(&token, &email, &[given.as_str()]).await;
            if maker == Role::Owner || matches!(given, Role::Member | Role::ReadOnly) {
                assert_eq!(page.status, 201, "{maker:?} {given:?}: {page:?}");
                assert_eq!(page.json()["roles"], json!([given.as_str()]));
                assert!(!page.body.contains("syi_"), "the link is in the mail alone: {page:?}");
            } else {
                assert_problem(&page, 403, "above-your-role");
                assert_eq!(world.rows(world.acme), before, "{maker:?} {given:?}");
            }
        }
    }
    let (call, scope) = (world.server.operator(), world.acme);
    let board = Group { id: call.id(), name: "board".to_owned(), roles: [Role::Owner].into() };
    let put = board.clone();
    world
        .server
        .as_operator(move |tx| {
            let scope = tx.tenant(scope)?.expect("acme");
            groups::put(&mut tx.enter(&scope)?, &put)
        })
        .await;
    let admin = world.of_role(Role::Admin).await;
    for name in ["board".to_owned(), board.id.to_string()] {
        let body = json!({"email": "eve@new.example", "roles": [], "groups": [name]});
        let page = world.call("POST", "/api/v1/invitations", &admin, Some(&body)).await;
        assert_problem(&page, 403, "above-your-role");
        let many = json!({"invitations": [{"email": "ok@new.example"}, body]});
        let page = world.call("POST", "/api/v1/invitations/batch", &admin, Some(&many)).await;
        assert_problem(&page, 403, "above-your-role");
    }
    assert!(!world.mailed().await.iter().any(|to| to == "eve@new.example" || to == "ok@new.example"));
}

/// What an owner offered is neither sent again nor withdrawn by somebody who could not offer it.
#[tokio::test]
async fn p101_nobody_handles_an_invitation_above_their_own_roles() {
    let world = World::new().await;
    let owner = world.of_role(Role::Owner).await;
    let id = world.invite(&owner, "eve@new.example", &["owner"]).await.json()["id"].clone();
    let path = format!("/api/v1/invitations/{}", id.as_str().expect("an id"));
    let admin = world.of_role(Role::Admin).await;
    for action in ["resend", "withdraw"] {
        let page = world.call("POST", &format!("{path}/{action}"), &admin, None).await;
        assert_problem(&page, 403, "above-your-role");
    }
    assert_eq!(world.get(&path, &admin).await.json()["status"], "open");
    let sent = world.call("POST", &format!("{path}/resend"), &owner, None).await;
    assert_eq!((sent.status.as_u16(), &sent.json()["sent"]), (200, &json!(2)));
    let done = world.call("POST", &format!("{path}/withdraw"), &owner, None).await;
    assert_eq!(done.json()["status"], "withdrawn", "{done:?}");
    for action in ["resend", "withdraw"] {
        let page = world.call("POST", &format!("{path}/{action}"), &owner, None).await;
        assert_problem(&page, 409, "wrong-status");
    }
}

/// P062: who has an account is not invited again, in whichever spelling.
#[tokio::test]
async fn p062_an_address_that_has_an_account_is_not_invited() {
    let world = World::new().await;
    let token = world.of_role(Role::Owner).await;
    for spelling in
        ["member@acme.example", "MEMBER@acme.example", " member@ACME.example", "member@acme.EXAMPLE"]
    {
        let page = world.invite(&token, spelling, &["member"]).await;
        assert_problem(&page, 409, "address-taken");
    }
    assert!(!world.mailed().await.iter().any(|to| to.to_lowercase().contains("member@")));
    // The same person of another tenant is another account, of which nothing is told.
    assert_eq!(world.invite(&token, "hank@globex.example", &["member"]).await.status, 201);
}

#[tokio::test]
async fn many_are_invited_or_nobody_and_every_fault_is_named() {
    let world = World::new().await;
    let token = world.of_role(Role::Owner).await;
    let faulty = json!({"invitations": [
        {"email": "one@new.example"},
        {"email": "nobody"},
        {"email": "ONE@new.example"},
        {"email": "member@acme.example"},
        {"email": "two@new.example", "groups": ["nowhere"]},
        {"email": "three@new.example", "locale": "\u{202e}"},
    ]});
    let before = world.rows(world.acme);
    let page = world.call("POST", "/api/v1/invitations/batch", &token, Some(&faulty)).await;
    assert_problem(&page, 400, "invalid-request");
    let wanted = [
        "/invitations/1/email",
        "/invitations/2/email",
        "/invitations/3/email",
        "/invitations/4/groups",
        "/invitations/5/locale",
    ];
    assert_eq!(pointers(&page), wanted, "{page:?}");
    assert!(!page.body.contains("nowhere") && !page.body.contains("new.example"), "{page:?}");
    for many in [json!([]), json!(vec![json!({"email": "a@new.example"}); 501])] {
        let page = world
            .call("POST", "/api/v1/invitations/batch", &token, Some(&json!({"invitations": many})))
            .await;
        assert_eq!(pointers(&page), ["/invitations"], "{page:?}");
    }
    let csv = world
        .csv(&token, "email,roles\none@new.example,member;readonly\nnobody,\ntwo@new.example,emperor\n")
        .await;
    assert_eq!(pointers(&csv), ["/3/email", "/4/roles"], "{csv:?}");
    for text in
        ["", "name\nx\n", "email,<script>\na@new.example,b\n", "email\na@new.example,more\n", "email\n"]
    {
        let page = world.csv(&token, text).await;
        assert_problem(&page, 400, "invalid-request");
        assert!(!page.body.contains("script"), "{page:?}");
    }
    assert_eq!(world.rows(world.acme), before);
    let good = world
        .csv(
            &token,
            "\u{feff}email,roles,locale\r\none@new.example,security;member,de\r\ntwo@new.example,,\r\n",
        )
        .await;
    assert_eq!(good.status, 201, "{good:?}");
    let items = good.json()["items"].as_array().cloned().expect("a list");
    let roles: Vec<&Value> = items.iter().map(|item| &item["roles"]).collect();
    assert_eq!(roles, [&json!(["security", "member"]), &json!(["member"])]);
    let mut mails = world.server.mails().await;
    mails.retain(|mail| mail.to.ends_with("new.example"));
    assert_eq!(mails.len(), 2);
    assert!(mails[0].subject.contains("Einladung"), "{}", mails[0].subject);
}

#[tokio::test]
async fn the_list_tells_how_each_invitation_stands_and_goes_on_by_its_cursor() {
    let world = World::new().await;
    let token = world.of_role(Role::Owner).await;
    for n in 0..3 {
        let page = world.invite(&token, &format!("n{n}@new.example"), &["member"]).await;
        assert_eq!(page.status, 201, "{page:?}");
    }
    world.invite(&token, "N0@new.example", &["member"]).await;
    let count = async |query: &str| {
        let page = world.get(&format!("/api/v1/invitations?{query}"), &token).await.json();
        (page["items"].as_array().map(Vec::len), page["next"].as_str().map(str::to_owned))
    };
    assert_eq!(count("status=open").await.0, Some(3));
    assert_eq!(count("status=withdrawn").await.0, Some(1), "another took its place");
    assert_eq!(count("email=n0@NEW.example").await.0, Some(2));
    assert_eq!(count("status=expired").await.0, Some(0));
    let (first, next) = count("limit=3").await;
    let next = next.expect("there is more");
    assert_eq!((first, count(&format!("limit=3&cursor={next}")).await), (Some(3), (Some(1), None)));
    let auditor = world.of_role(Role::Auditor).await;
    assert_eq!(world.get("/api/v1/invitations", &auditor).await.status, 200);
    assert_problem(&world.invite(&auditor, "x@new.example", &["member"]).await, 403, "forbidden");
    world.server.advance(std::time::Duration::from_hours(24 * 8)).await;
    let token = world.of_role(Role::Owner).await;
    let page = world.get("/api/v1/invitations?status=expired", &token).await.json();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(3), "{page}");
}

/// P068: however often it is asked for, no more than the limit reaches one mailbox.
#[tokio::test]
async fn p068_an_address_is_not_bombed_with_invitations() {
    let world = World::new().await;
    let token = world.of_role(Role::Owner).await;
    let id = world.invite(&token, "eve@new.example", &["member"]).await.json()["id"].clone();
    let path = format!("/api/v1/invitations/{}/resend", id.as_str().expect("an id"));
    for n in 0..50 {
        let page = if n % 2 == 0 {
            world.call("POST", &path, &token, None).await
        } else {
            world.invite(&token, ["eve@new.example", "EVE@new.example"][n % 3 % 2], &["member"]).await
        };
        assert!(matches!(page.status.as_u16(), 200 | 201 | 409), "{page:?}");
    }
    assert_eq!(
        world.mailed().await.iter().filter(|to| to.eq_ignore_ascii_case("eve@new.example")).count(),
        5
    );
}
