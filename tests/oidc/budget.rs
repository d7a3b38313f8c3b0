//! The size of tokens (D10): workspaces beyond the budget go behind a URL, never into a failed sign-in.

use reqwest::Method;
use symbolon::model::workspace::{Context, ContextAccess, Workspace, WorkspaceAccess};
use symbolon::storage::records::workspaces;

use super::party::{World, claims, text};

#[tokio::test]
async fn d10_many_workspaces_are_named_by_reference() {
    let world = World::new().await;
    give_workspaces(&world, 2).await;
    let small = claims(&text(&world.tokens(&world.wiki).await, "access_token"));
    assert_eq!(small["workspaces"].as_object().map(serde_json::Map::len), Some(2));
    assert!(small.get("workspaces_ref").is_none());
    give_workspaces(&world, 60).await;
    let token = text(&world.tokens(&world.wiki).await, "access_token");
    let large = claims(&token);
    assert!(large.get("workspaces").is_none() && token.len() < 4096, "{large}");
    let reference = text(&large, "workspaces_ref");
    let header = format!("Bearer {token}");
    let headers = [("authorization", &*header)];
    let page = world.server.browser().send(Method::GET, &reference, None, &headers).await;
    let named = page.json();
    let named = named["workspaces"].as_object().expect("the workspaces");
    assert_eq!((page.status.as_u16(), named.len()), (200, 62));
    assert!(named.values().all(|contexts| contexts.as_array().is_some_and(|list| list.len() == 1)));
}

/// New workspaces with one context each, which ada may enter as a whole.
async fn give_workspaces(world: &World, count: usize) {
    let (acme, ada, call) = (world.acme, world.ada, world.server.operator());
    world
        .server
        .as_operator(move |tx| {
            let scope = tx.tenant(acme)?.expect("acme");
            let mut tx = tx.enter(&scope)?;
            let mut access: WorkspaceAccess = workspaces::of_users(&mut tx)?.remove(&ada).unwrap_or_default();
            for n in 0..count {
                let slug = format!("w{count}-{n}");
                let workspace = Workspace { id: call.id(), slug: slug.parse().expect("a slug"), name: slug };
                workspaces::put(&mut tx, &workspace)?;
                let context = Context {
                    id: call.id(),
                    workspace_id: workspace.id,
                    slug: "main".parse().expect("a slug"),
                    name: "Main".to_owned(),
                };
                workspaces::put_context(&mut tx, &context)?;
                access.insert(workspace.id, ContextAccess::All);
            }
            workspaces::set_of_user(&mut tx, ada, &access)
        })
        .await;
}
