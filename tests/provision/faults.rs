//! A file that is refused: all its faults at once, each with its place.

use super::deployment::Deployment;

#[actix_web::test]
async fn what_only_the_database_can_tell_is_named_at_once_with_its_place() {
    let mut deployment = Deployment::with_acme().await;
    deployment.sources.variables.insert("WEAK".to_owned(), "acme eve".to_owned());
    let found = deployment
        .try_apply(
            "apiVersion: symbolon/v1
platform:
  resources: [{identifier: \"https://api.example\", name: A}]
tenants:
  - slug: initech
    name: Initech
    plan: free
    domains: [acme.example]
    resources: [{identifier: \"https://notes.example\", name: Mine}]
    users:
      - {email: a@initech.example, password: {keep: true}}
      - {email: b@initech.example, password: {env: NOT_SET}}
    clients:
      - {client_id: initech.app, name: A, kind: service, secret: {keep: true}}
",
            false,
        )
        .await
        .expect_err("faults");
    let found = found.to_string();
    for (place, words) in [
        ("8:15:", "leads to the tenant `acme` already"),
        ("9:30:", "belongs to `platform` already"),
        ("11:46:", "this one would be new"),
        ("12:46:", "`NOT_SET` is not set"),
        ("14:66:", "this one has none"),
    ] {
        let line =
            found.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("{words}: {found}"));
        assert!(line.starts_with(&format!("test.yaml:{place}")), "{line}");
    }
    assert_eq!(found.lines().count(), 5, "{found}");
    let weak = "apiVersion: symbolon/v1
tenants: [{slug: initech, name: I, plan: free, users: [{email: eve@acme.example, password: {env: WEAK}}]}]
";
    let found = deployment.try_apply(weak, false).await.expect_err("a weak password").to_string();
    let path = "test.yaml:2:92: tenants[initech].users[eve@acme.example].password:";
    assert!(found.starts_with(&format!("{path} the password is too short")), "{found}");
    assert!(!found.contains("acme eve"), "{found}");
}

/// What is wrong in the file, what only the database can tell, and what is weak: nobody has to mend and try three times.
#[actix_web::test]
async fn every_fault_is_named_at_once_whoever_finds_it() {
    let mut deployment = Deployment::with_acme().await;
    deployment.sources.variables.insert("WEAK".to_owned(), "acme eve acme eve".to_owned());
    let file = "apiVersion: symbolon/v1
tenants:
  - slug: initech
    name: Initech
    plan: free
    resources: [{identifier: \"https://notes.example\", name: Mine}]
    users:
      - {email: a@initech.example, password: {env: NOT_SET}, roles: [ownr]}
      - {email: eve@acme.example, password: {env: WEAK}}
      - {email: b@initech.example, password: {keep: true}}
    clients:
      - {client_id: initech.app, name: A, kind: service, secret: {env: NOT_SET_EITHER}}
  - slug: acme
    name: Acme Corp
    plan: free
    users: [{email: ada@acme.example, roles: [ownr]}]
";
    for prune in [false, true] {
        let found = deployment.try_apply(file, prune).await.expect_err("faults").to_string();
        for (place, words) in [
            ("6:30:", "belongs to `platform` already"),
            ("8:46:", "`NOT_SET` is not set"),
            ("8:70:", "did you mean `owner`?"),
            ("9:45:", "made of names"),
            ("10:46:", "this one would be new"),
            ("12:66:", "`NOT_SET_EITHER` is not set"),
            ("16:47:", "did you mean `owner`?"),
        ] {
            let named = |line: &&str| line.starts_with(&format!("test.yaml:{place}")) && line.contains(words);
            assert!(found.lines().any(|line| named(&line)), "{place} {words}: {found}");
        }
        // Ada stays an owner once the word is mended: what was read of her so far says nothing of that.
        assert!(!found.contains("without an active owner"), "{found}");
    }
}
