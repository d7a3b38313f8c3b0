//! The `OpenAPI` document: of the code, checked in, and whole.

use std::collections::BTreeSet;

use serde_json::Value;
use symbolon::server::{openapi, routes};

use crate::harness::TestServer;

fn document() -> (String, Value) {
    let text = openapi::text(&routes::table()).expect("a document");
    let parsed = serde_json::from_str(&text).expect("JSON");
    (text, parsed)
}

#[test]
fn r77_the_document_that_is_checked_in_is_the_one_of_the_code() {
    let (text, _) = document();
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/openapi.json"), &text).expect("a file");
    let written = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json"));
    assert!(
        written.unwrap_or_default() == text,
        "out of date; run: cp target/tmp/openapi.json docs/openapi.json"
    );
}

/// Each route of the API is in the document with each of its methods, and nothing else is.
#[test]
fn r77_the_document_and_the_url_map_hold_the_same_operations() {
    let (_, document) = document();
    let mut mounted = BTreeSet::new();
    for route in routes::table() {
        for method in route.gate().methods.iter().filter(|_| !route.operations().is_empty()) {
            if method.as_str() != "HEAD" {
                mounted.insert((route.path().to_owned(), method.as_str().to_ascii_lowercase()));
            }
        }
        mounted.extend(route.services().iter().map(|_| (route.path().to_owned(), "post".to_owned())));
    }
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let methods = item.as_object().expect("an item").keys().filter(|key| *key != "parameters");
        described.extend(methods.map(|method| (path.clone(), method.clone())));
    }
    assert_eq!(mounted, described);
}

#[test]
fn r77_operations_have_names_of_their_own_and_every_reference_leads_somewhere() {
    let (text, document) = document();
    let mut names = BTreeSet::new();
    for item in document["paths"].as_object().expect("paths").values() {
        for (method, operation) in
            item.as_object().expect("an item").iter().filter(|(key, _)| *key != "parameters")
        {
            let name = operation["operationId"].as_str().expect("a name").to_owned();
            assert!(names.insert(name.clone()), "{name} stands twice");
            assert!(operation["summary"].as_str().is_some_and(|words| words.ends_with('.')), "{name}");
            let scopes = operation["security"][0]["oauth2"].as_array().map(Vec::len);
            let of_a_client = operation["security"] == serde_json::json!([{"client": []}]);
            assert!(scopes == Some(1) || of_a_client, "{method} {name}");
        }
    }
    for part in text.split("\"$ref\": \"#").skip(1) {
        let pointer = part.split('"').next().expect("a reference");
        assert!(document.pointer(pointer).is_some(), "{pointer} leads nowhere");
    }
}

#[tokio::test]
async fn r77_the_document_is_served_to_everybody() {
    let server = TestServer::start().await;
    let page = server.browser().get("/api/v1/openapi.json").await;
    assert_eq!((page.status.as_u16(), page.body), (200, document().0));
}
