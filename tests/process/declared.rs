//! `plan`, `apply` and `export`: what an operator keeps in a file (D27).

use serde_json::Value;

use super::{Home, report_token, with_example};
use crate::harness::wait::{EVERYWHERE, until};

#[test]
fn the_example_is_planned_applied_once_and_exported_without_a_difference() {
    let mut home = Home::new();
    home.program = with_example(home.program);
    let program = &home.program;
    let planned = program.run(&["plan", "acme.yaml"]);
    assert_eq!(planned.code, Some(2), "{planned:?}");
    assert!(planned.out.contains("to create, 0 to change, 0 to remove"), "{planned:?}");
    assert_eq!(program.run(&["plan", "acme.yaml"]).out, planned.out, "a plan changes nothing");

    let applied = program.ok(&["apply", "acme.yaml"]);
    assert!(applied.out.contains("password of grace@acme.example in acme: "), "{applied:?}");
    assert!(applied.out.contains("shown this once"), "{applied:?}");
    let again = program.ok(&["apply", "acme.yaml"]);
    assert_eq!(again.out, "no changes\n");
    assert_eq!(program.run(&["plan", "acme.yaml"]).code, Some(0));

    let exported = program.ok(&["export"]).out;
    program.write("exported.yaml", &exported);
    let planned = program.run(&["plan", "exported.yaml", "--prune"]);
    assert_eq!(
        (planned.code, planned.out.as_str()),
        (Some(0), "no changes\n"),
        "{exported}\n{}",
        planned.err
    );
    program.ok(&["apply", "exported.yaml", "--prune"]);
    assert_eq!(program.ok(&["export"]).out, exported);
    for tenant in ["acme", "globex", "platform"] {
        let trail = program.ok(&["audit", "export", "--tenant", tenant]).out;
        assert_eq!(trail.matches("configuration.exported").count(), 2, "P139, {tenant}: {trail}");
    }
    let sound = program.ok(&["audit", "verify"]).out;
    assert!(sound.lines().count() == 3 && sound.lines().all(|line| line.contains("sound")), "{sound}");
}

#[test]
fn a_bad_file_is_refused_whole_with_every_fault_and_its_line() {
    let home = Home::new();
    let text = "apiVersion: symbolon/v1
plans:
  - {key: free, name: Free, entitlements: {nothing: [read]}}
tenants:
  - slug: Acme
    name: Acme
  - slug: globex
    name: Globex
    plan: golden
    users:
      - {email: hank, roles: [emperor]}
    clients:
      - {client_id: report, kind: service}
";
    home.program.write("bad.yaml", text);
    let before = home.program.ok(&["export"]).out;
    for command in ["plan", "apply"] {
        let refused = home.program.run(&[command, "bad.yaml"]);
        assert_eq!(refused.code, Some(65), "{refused:?}");
        assert!(refused.out.is_empty() && refused.err.contains("nothing was changed"), "{refused:?}");
        for line in [3, 5, 9, 11, 13] {
            assert!(
                refused.err.contains(&format!("bad.yaml:{line}:")),
                "{command}, line {line}: {}",
                refused.err
            );
        }
    }
    assert_eq!(home.program.ok(&["export"]).out, before);
    let prose = home.program.run(&["plan", "bad.yaml"]).err;
    for command in ["plan", "apply"] {
        let refused = home.program.run(&[command, "bad.yaml", "--json"]);
        assert_eq!((refused.code, &refused.err), (Some(65), &prose));
        let said: Value = serde_json::from_str(&refused.out).expect("one JSON object");
        let faults = said["faults"].as_array().expect("a list");
        let lines = faults.iter().map(|fault| {
            let [path, message] = ["path", "message"].map(|key| fault[key].as_str().expect(key));
            format!("bad.yaml:{}:{}: {path}: {message}", fault["line"], fault["column"])
        });
        assert_eq!(lines.collect::<Vec<_>>(), prose.lines().skip(1).collect::<Vec<_>>());
    }
    for (name, text) in [("empty.yaml", ""), ("text.yaml", "only text"), ("open.yaml", "tenants: [")] {
        home.program.write(name, text);
        let refused = home.program.run(&["apply", name]);
        assert_eq!(refused.code, Some(65), "{name}: {refused:?}");
    }
    let missing = home.program.run(&["apply", "missing.yaml", "--json"]);
    assert_eq!(missing.code, Some(65));
    let said: Value = serde_json::from_str(&missing.out).expect("one JSON object");
    assert_eq!(said["faults"][0]["path"], "(file)", "{said}");
}

/// D25, P149: a running server follows within five seconds, without a restart.
#[tokio::test]
async fn what_is_applied_is_in_force_on_a_running_server_within_five_seconds() {
    let home = Home::with_acme();
    let serving = home.program.serve();
    assert_eq!(report_token(&serving).await.0, 200);

    let file = home.program.folder().join("acme.yaml");
    let text = std::fs::read_to_string(&file).expect("the file");
    let suspended = text.replace("name: Report job\n", "name: Report job\n        status: suspended\n");
    assert_ne!(suspended, text);
    home.program.write("suspended.yaml", &suspended);
    home.program.ok(&["apply", "suspended.yaml"]);
    until(EVERYWHERE, "the client is suspended", async || {
        let (status, body) = report_token(&serving).await;
        status == 401 && body["error"] == "invalid_client"
    })
    .await;

    home.program.write("active.yaml", &suspended.replace("status: suspended", "status: active"));
    home.program.ok(&["apply", "active.yaml"]);
    until(EVERYWHERE, "the client is active", async || report_token(&serving).await.0 == 200).await;
    serving.kill();
}
