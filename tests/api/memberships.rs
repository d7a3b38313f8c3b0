//! The guests of a tenant (D4), as those who administer people see them and show them out.

use symbolon::model::role::Role;
use symbolon::storage::records::{memberships, users};

use super::world::{World, assert_problem};

impl World {
    /// Lets the owner of globex in as a guest of acme.
    async fn let_hank_in(&self) {
        let (acme, globex, hank, now) = (self.acme, self.globex, self.hank, self.server.now());
        self.server
            .as_operator(move |tx| {
                let scope = tx.tenant(acme)?.expect("acme");
                let mut tx = tx.enter(&scope)?;
                users::let_in(&mut tx, (hank, globex), &[Role::Member].into(), now)?;
                memberships::insert(&mut tx, hank, globex)
            })
            .await;
    }
}

#[tokio::test]
async fn d4_guests_are_listed_with_their_home_and_shown_out() {
    let world = World::new().await;
    world.let_hank_in().await;
    let admin = world.of_role(Role::Admin).await;
    let list = world.get("/api/v1/memberships", &admin).await.json();
    let items = list["items"].as_array().expect("a list");
    assert_eq!(items.len(), 1, "{list}");
    assert_eq!(items[0]["user"], world.hank.to_string());
    assert_eq!(items[0]["home"]["slug"], "globex");
    assert_eq!(items[0]["status"], "active");
    let path = format!("/api/v1/memberships/{}", world.hank);
    assert_eq!(world.get(&path, &admin).await.json()["home"]["id"], world.globex.to_string());
    let member = world.of_role(Role::Member).await;
    assert_eq!(world.get("/api/v1/memberships", &member).await.status, 403);
    let auditor = world.of_role(Role::Auditor).await;
    assert_eq!(world.get(&path, &auditor).await.status, 200);
    assert_eq!(world.call("DELETE", &path, &auditor, None).await.status, 403);
    assert_eq!(world.call("DELETE", &path, &admin, None).await.status, 204);
    assert_problem(&world.get(&path, &member).await, 403, "forbidden");
    let list = world.get("/api/v1/memberships", &admin).await.json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(0), "{list}");
}
