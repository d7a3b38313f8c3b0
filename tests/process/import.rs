//! `users import`: a file whole or not at all, every fault named, and people who sign in with the passwords they had.

use serde_json::{Value, json};

use super::Home;
use super::hashing::{before_the_password, home as hashing_home, metric};
use crate::harness::program::Ended;

/// What passlib made of [`PASSWORD`]: bcrypt of cost 6.
const BCRYPT: &str = "$2b$06$.qh0zQE7rkGHcZliQ6r0qO6RAIGC.SsjzErRIifQJSgdy5cFiiM5S";
/// What Django made of it.
const PBKDF2: &str = "pbkdf2_sha256$2600$TUqZ5qWCX6t2sb6C3atanF$CnOfsYlPkzW+WQN5Rr/rJ9sED1Q1VGg1FcS6BLo8PYA=";
const PASSWORD: &str = "violet tram forgets spoons";

/// What our own hashes begin with.
const OURS: &str = "phc LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'";

impl Home {
    fn import(&self, file: &str, more: &[&str]) -> Ended {
        let arguments: Vec<&str> =
            ["users", "import", "--tenant", "acme", file].iter().chain(more).copied().collect();
        self.program.run(&arguments)
    }

    /// What the file is refused for, as (line, field, reason).
    fn faults(&self, file: &str) -> Vec<(u64, String, String)> {
        let ended = self.import(file, &["--yes", "--json"]);
        assert_eq!(ended.code, Some(65), "{ended:?}");
        let answer: Value = serde_json::from_str(&ended.out).expect("JSON");
        assert_eq!(answer["written"], false);
        let fault = |it: &Value| {
            let text = |name: &str| it[name].as_str().expect("text").to_owned();
            (it["line"].as_u64().expect("a line"), text("field"), text("reason"))
        };
        answer["refused"].as_array().expect("a list").iter().map(fault).collect()
    }

    fn people(&self) -> i64 {
        self.count("users")
    }
}

#[tokio::test]
async fn people_come_with_their_passwords_which_are_made_anew_at_the_first_sign_in() {
    let home = hashing_home();
    let ours = home.count(&format!("passwords WHERE {OURS}"));
    home.program.write(
        "people.csv",
        &format!(
            "\u{feff}email,given_name,family_name,password_hash,created_at\r\n\
             Dora@Acme.Example,Dora,\"Maar, of Paris\",{BCRYPT},2019-05-01T12:00:00Z\r\n\
             eve@acme.example,,,{PBKDF2},\r\n"
        ),
    );
    let before = home.people();
    let dry = home.import("people.csv", &[]);
    assert_eq!(dry.code, Some(0), "{dry:?}");
    assert!(dry.out.contains("2 people can be brought in to acme"), "{}", dry.out);
    assert_eq!(home.people(), before, "without --yes nothing is written");
    let done = home.import("people.csv", &["--yes", "--json"]);
    assert_eq!(
        serde_json::from_str::<Value>(&done.out).expect("JSON"),
        json!({"written": true, "people": 2, "passwords": {"bcrypt": 1, "pbkdf2-sha256": 1},
            "without_password": 0, "suspended": 0, "owners": 0, "refused": []})
    );
    assert_eq!(home.people(), before + 2);
    assert_eq!(
        home.count("users WHERE email = 'Dora@Acme.Example' AND email_canonical = 'dora@acme.example'"),
        1
    );
    assert_eq!(home.count("users WHERE created_at < '2020-01-01'"), 1);
    home.program.ok(&["audit", "verify"]);

    let serving = home.program.serve();
    for email in ["dora@acme.example", "eve@acme.example"] {
        let (jar, page) = before_the_password(&serving, (email, "acme")).await;
        let wrong = jar.submit(&page, &[("password", "violet tram forgets spoon")]).await;
        assert!(wrong.has("password-problem"), "{wrong:?}");
        let answer = jar.submit(&wrong, &[("password", PASSWORD)]).await;
        assert!(answer.has("page-home"), "{answer:?}");
        // And again, with the hash that is ours now.
        let (jar, page) = before_the_password(&serving, (email, "acme")).await;
        let answer = jar.submit(&page, &[("password", PASSWORD)]).await;
        assert!(answer.has("page-home"), "{answer:?}");
    }
    assert_eq!(home.count(&format!("passwords WHERE {OURS}")), ours + 2);
    serving.kill();
}

/// P036, P038, D31: counted and not timed. A deployment that holds a hash of another system does the work of it for
/// everybody, whoever is named and whatever is typed.
#[tokio::test]
async fn p036_every_sign_in_costs_the_work_of_the_imported_hashes_too() {
    let home = hashing_home();
    home.program.write(
        "people.csv",
        &format!("email,password_hash\ndora@acme.example,{BCRYPT}\neve@acme.example,{PBKDF2}\n"),
    );
    assert_eq!(home.import("people.csv", &["--yes"]).code, Some(0));
    let serving = home.program.serve();
    for (account, password) in [
        (("dora@acme.example", "acme"), "wrong password"),
        (("dora@acme.example", "acme"), &"x".repeat(80)[..]),
        (("eve@acme.example", "acme"), "wrong password"),
        (("ada@acme.example", "acme"), "wrong password"),
        (("bob@acme.example", "acme"), "wrong password"),
        (("cat@acme.example", "acme"), "wrong password"),
        (("nobody@acme.example", "acme"), "wrong password"),
        (("ada@acme.example", "nowhere"), "wrong password"),
        (("ada@acme.example", "platform"), "wrong password"),
    ] {
        let (jar, page) = before_the_password(&serving, account).await;
        let work = async || {
            let mut all = Vec::new();
            for family in ["argon2", "bcrypt", "pbkdf2-sha256"] {
                let name = format!("symbolon_password_hash_work_total{{family=\"{family}\"}}");
                all.push(metric(&serving, &name).await);
            }
            all
        };
        let before = work().await;
        let answer = jar.submit(&page, &[("password", password)]).await;
        assert!(answer.has("password-problem"), "{account:?}: {answer:?}");
        let cost: Vec<u64> = work().await.iter().zip(before).map(|(after, before)| after - before).collect();
        assert_eq!(cost, [2 * 19_456, 64, 2600], "{account:?}");
    }
    serving.kill();
}

#[test]
fn every_fault_of_a_file_is_named_with_its_line_and_nothing_is_changed() {
    let home = hashing_home();
    let before = home.people();
    home.program.write(
        "people.csv",
        "email,email_verified,birthdate,zoneinfo,locale,picture,phone_number,phone_number_verified,roles,groups,status,password_hash,created_at\n\
         one@acme.example,true,,,,,,,,,,,\n\
         not an address,,,,,,,,,,,,\n\
         ,,,,,,,,,,,,\n\
         two@acme.example,maybe,31.12.1999,somewhere far away,English,javascript:alert(1),0301234,true,,,,,\n\
         three@acme.example,,,,,,,,menber;owner,sales,dead,$2x$06$hidden,2099-01-01T00:00:00Z\n\
         ada@ACME.example,,,,,,,,,,,,\n\
         four@acme.example\n\
         ＯＮＥ@acme.example,,,,,,,,,,,,\n\
         five@acme.example,,,,,,,,,,,plain text password,\n",
    );
    let faults = home.faults("people.csv");
    let named: Vec<(u64, &str)> = faults.iter().map(|(line, field, _)| (*line, field.as_str())).collect();
    assert_eq!(
        named,
        [
            (3, "email"),
            (4, "email"),
            (5, "birthdate"),
            (5, "email_verified"),
            (5, "locale"),
            (5, "phone_number"),
            (5, "phone_number_verified"),
            (5, "picture"),
            (5, "zoneinfo"),
            (6, "created_at"),
            (6, "password_hash"),
            (6, "status"),
            (7, "email"),
            (8, ""),
            (9, "email"),
            (10, "password_hash"),
        ]
    );
    let prose = home.import("people.csv", &["--yes"]);
    assert_eq!(prose.code, Some(65));
    assert!(prose.err.contains("people.csv:5: birthdate: must be a date"), "{}", prose.err);
    for secret in ["hidden", "plain text password", "javascript:alert"] {
        assert!(!prose.err.contains(secret) && !prose.out.contains(secret), "{secret}");
        assert!(!faults.iter().any(|(_, _, reason)| reason.contains(secret)), "{secret}");
    }
    assert_eq!(home.people(), before);
}

#[test]
fn roles_and_groups_must_exist_and_owners_are_made_by_order_only() {
    let home = hashing_home();
    home.program.write(
        "groups.yaml",
        "apiVersion: symbolon/v1\nplans: [{key: none, name: None, entitlements: {}}]\ntenants:\n  - slug: acme\n    name: Acme\n    \
         plan: none\n    groups: [{name: Sales}, {name: Bosses, roles: [owner]}]\n",
    );
    home.program.ok(&["apply", "groups.yaml"]);
    home.program.write(
        "people.csv",
        "email,roles,groups\none@acme.example,menber,\ntwo@acme.example,,Sale\nthree@acme.example,owner;admin,Sales\n\
         four@acme.example,,Bosses\n",
    );
    let faults = home.faults("people.csv");
    let reasons: Vec<&str> = faults.iter().map(|(_, _, reason)| reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "there is no role `menber`; did you mean `member`?",
            "the tenant has no group `Sale`; did you mean `Sales`?",
            "makes an owner, which needs --allow-owners",
            "group `Bosses` makes owners, which needs --allow-owners",
        ]
    );
    home.program.write(
        "people.csv",
        "email,roles,groups\nthree@acme.example,owner;admin,Sales\nfour@acme.example,,Bosses;Sales\n",
    );
    let done = home.import("people.csv", &["--yes", "--json", "--allow-owners"]);
    let done: Value = serde_json::from_str(&done.out).expect("JSON");
    assert_eq!((&done["people"], &done["owners"]), (&json!(2), &json!(2)));
    assert_eq!(home.count("group_members"), 3);
}

/// P062: one person in six spellings, inside a file and against who is there.
#[test]
fn p062_an_import_knows_one_person_in_every_spelling() {
    let home = hashing_home();
    let spellings = [
        "jürgen@bücher.example",
        "JÜRGEN@BÜCHER.EXAMPLE",
        "Ju\u{308}rgen@xn--bcher-kva.example",
        "ｊürgen@bücher.example",
        "jürgen＠bücher.example",
        "jürgen@BU\u{308}CHER。example",
    ];
    home.program.write("six.csv", &format!("email\n{}\n", spellings.join("\n")));
    let faults = home.faults("six.csv");
    let lines: Vec<u64> = faults.iter().map(|(line, _, _)| *line).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7]);
    home.program.write("one.csv", &format!("email\n{}\n", spellings[0]));
    assert_eq!(home.import("one.csv", &["--yes"]).code, Some(0));
    let faults = home.faults("six.csv");
    assert_eq!(faults.len(), 6 + 5, "each is there already, and five stand in the file twice");
}

#[test]
fn the_domain_of_another_tenant_is_vouched_for_by_nobody_else() {
    let home = hashing_home();
    home.program.write(
        "globex.yaml",
        "apiVersion: symbolon/v1\nplans: [{key: none, name: None, entitlements: {}}]\ntenants:\n  \
         - {slug: globex, name: Globex, plan: none, domains: [globex.example]}\n  \
         - {slug: acme, name: Acme, plan: none, domains: [acme.example]}\n",
    );
    home.program.ok(&["apply", "globex.yaml"]);
    home.program.write("people.csv", "email,email_verified\nhank@globex.example,true\n");
    let faults = home.faults("people.csv");
    assert_eq!((faults[0].0, faults[0].1.as_str()), (2, "email_verified"));
    home.program.write("people.csv", "email\nhank@globex.example\nivy@acme.example\n");
    assert_eq!(home.import("people.csv", &["--yes"]).code, Some(0));
    // PostgreSQL and SQLite both take these for truth values.
    assert_eq!(home.count("users WHERE email = 'hank@globex.example' AND NOT email_verified"), 1);
    assert_eq!(home.count("users WHERE email = 'ivy@acme.example' AND email_verified"), 1);
}

#[test]
fn json_lines_say_the_same_as_csv_and_every_odd_line_is_refused() {
    let home = hashing_home();
    home.program.write(
        "people.jsonl",
        "{\"email\": \"dora@acme.example\", \"roles\": [\"member\"], \"status\": \"suspended\", \"address\": {\"country\": \"France\", \
         \"street_address\": \"6 rue\\nde Savoie\"}, \"nickname\": null}\n\n{\"email\": \"eve@acme.example\", \"email_verified\": true}\n",
    );
    let done = home.import("people.jsonl", &["--yes", "--json"]);
    let done: Value = serde_json::from_str(&done.out).expect("JSON");
    assert_eq!((&done["people"], &done["suspended"]), (&json!(2), &json!(1)));
    home.program.write(
        "odd.jsonl",
        "[]\nnot JSON\n{\"email\": \"a@acme.example\", \"email\": \"b@acme.example\"}\n{\"email\": 7}\n\
         {\"email\": [\"c@acme.example\"]}\n{\"email\": \"d@acme.example\", \"emial\": \"x\"}\n\
         {\"email\": \"e@acme.example\", \"roles\": \"admin\"}\n{\"email\": \"f@acme.example\", \"is_admin\": true}\n\
         {\"email\": \"g@acme.example\", \"address\": \"Paris\"}\n{\"email\": \"h@acme.example\", \"email_verified\": \"true\"}\n",
    );
    let lines: Vec<u64> = home.faults("odd.jsonl").iter().map(|(line, _, _)| *line).collect();
    assert_eq!(lines, (1..=10).collect::<Vec<u64>>());
}

#[test]
fn files_that_are_none_are_refused_whole() {
    let home = hashing_home();
    for (text, reason) in [
        ("", "the header names no such column"),
        ("email\n", "the file names nobody"),
        ("mail\na@acme.example\n", "there is no field `mail`; did you mean `email`?"),
        ("email,email\na@acme.example,a@acme.example\n", "the column stands in the header twice"),
        ("name\nAda\n", "the header names no such column"),
    ] {
        home.program.write("people.csv", text);
        let faults = home.faults("people.csv");
        assert!(faults.iter().any(|(_, _, why)| why == reason), "{text:?}: {faults:?}");
    }
    assert_eq!(home.import("nowhere.csv", &[]).code, Some(65));
    home.program.write("people.txt", "email\na@acme.example\n");
    assert_eq!(home.import("people.txt", &[]).code, Some(64), "nothing says what it is");
    assert_eq!(home.import("people.txt", &["--format", "csv"]).code, Some(0));
    assert_eq!(home.import("people.txt", &["--format", "csv", "--yes", "--dry-run"]).code, Some(64));
    let elsewhere =
        home.program.run(&["users", "import", "--tenant", "nowhere", "people.txt", "--format", "csv"]);
    assert_eq!(elsewhere.code, Some(1));
}

/// Ten thousand people at once, and not one where the last is refused.
#[test]
fn a_large_file_is_taken_whole_or_not_at_all() {
    let home = hashing_home();
    let before = (home.people(), home.count("audit_events"));
    let mut lines = vec!["email,given_name,password_hash".to_owned()];
    lines.extend((0..10_000).map(|n| format!("person{n}@acme.example,Person {n},{BCRYPT}")));
    let text = lines.join("\n") + "\n";
    home.program.write("people.csv", &format!("{text}person7@acme.example,,\n"));
    let faults = home.faults("people.csv");
    assert_eq!((faults.len(), faults[0].0), (1, 10_002));
    assert_eq!((home.people(), home.count("audit_events")), before);
    home.program.write("people.csv", &text);
    assert_eq!(home.import("people.csv", &["--yes"]).code, Some(0));
    assert_eq!(home.people(), before.0 + 10_000);
    assert_eq!(home.count("audit_events"), before.1 + 10_001, "one for each person and one for the whole");
    home.program.ok(&["audit", "verify", "--tenant", "acme"]);
    assert_eq!(home.faults("people.csv").len(), 10_000, "a second time everybody is there already");
}
