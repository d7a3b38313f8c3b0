//! What is kept outside of the database is looked at whatever the database says of names, tenants and keys (P137); and what
//! stands in it beside the chains is looked at too (P136).

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use super::Home;

/// Two tenants; [`APPLIED`] without the second, `--prune` deletes it.
const APPLIED: &str = "apiVersion: symbolon/v1
products: [{key: mail, name: Mail, grants: [read]}]
plans: [{key: basic, name: Basic, entitlements: {mail: [read]}}]
tenants:
  - {slug: acme, name: Acme, plan: basic, workspaces: [{slug: hq, name: HQ}, {slug: lab, name: Lab}]}
";
const SECOND: &str = "  - {slug: globex, name: Globex, plan: basic}\n";

/// The tables of which somebody with all rights leaves what he likes.
const TABLES: [&str; 6] =
    ["tenants", "signing_keys", "audit_heads", "audit_events", "audit_personal", "audit_checkpoints"];

/// The chain of acme, in SQL.
const ACME: &str = "tenant_id = (SELECT id FROM tenants WHERE slug = 'acme')";

impl Home {
    /// With the two tenants, and a checkpoint of each chain in `audit.checkpoint_dir`, under names of somebody's own.
    fn with_evidence() -> Self {
        let mut home = Self::new();
        home.program.write("two.yaml", &format!("{APPLIED}{SECOND}"));
        home.program.ok(&["apply", "two.yaml"]);
        fs::create_dir(home.kept("")).expect("a folder");
        home.program = home.program.set("audit.checkpoint_dir", "kept");
        for (slug, name) in
            [("platform", "one"), ("acme", "globex-000000000003.jws"), ("globex", "three.txt")]
        {
            home.checkpoint(slug, name);
        }
        home.save();
        home
    }

    /// What [`Home::mend`] brings back.
    fn save(&self) {
        for table in TABLES {
            self.tamper(&format!(
                "DROP TABLE IF EXISTS saved_{table}; CREATE TABLE saved_{table} AS SELECT * FROM {table}"
            ));
        }
    }

    fn checkpoint(&self, slug: &str, name: &str) {
        self.program.ok(&["audit", "checkpoint", "--tenant", slug, "--output", &format!("kept/{name}")]);
    }

    fn kept(&self, name: &str) -> PathBuf {
        self.program.folder().join("kept").join(name)
    }

    /// Everything again as it was.
    fn mend(&self) {
        for table in TABLES.iter().rev() {
            self.tamper(&format!("DELETE FROM {table}"));
        }
        for table in TABLES {
            self.tamper(&format!("INSERT INTO {table} SELECT * FROM saved_{table}"));
        }
    }

    /// Verifies every chain; whatever is wrong, it is said and the exit code is 1.
    fn assert_found(&self, what: &str, finding: &str) {
        let found = self.program.run(&["audit", "verify"]);
        assert_eq!(found.code, Some(1), "{what}: {found:#?}");
        assert!(found.out.contains(finding), "{what}, {finding}: {found:#?}");
    }

    fn assert_all_sound(&self, chains: usize) -> String {
        let found = self.program.ok(&["audit", "verify"]);
        assert_eq!(found.out.matches(" events, sound; ").count(), chains, "{found:#?}");
        assert_eq!(found.out.lines().count(), chains, "{found:#?}");
        found.err
    }
}

/// The chain cut back to its first event, with all that could tell of it in the database.
fn cut(chain: &str) -> String {
    let head = format!("(SELECT hash FROM audit_events WHERE {chain} AND seq = 1)");
    format!(
        "DELETE FROM audit_checkpoints; DELETE FROM audit_personal WHERE {chain} AND seq > 1;
         UPDATE audit_heads SET seq = 1, hash = {head} WHERE {chain}; DELETE FROM audit_events WHERE {chain} AND seq > 1;"
    )
}

/// The same of every table of the record.
fn of_record(statement: &str) -> String {
    TABLES
        .iter()
        .filter(|table| table.starts_with("audit"))
        .map(|table| statement.replace("{}", table))
        .collect()
}

#[test]
fn p137_nothing_in_the_database_decides_which_checkpoints_are_looked_at() {
    let home = Home::with_evidence();
    home.assert_all_sound(3);
    let gone = "whose events it states";
    let other = "'0191e7a0-0000-7000-8000-000000000001'";
    for (what, statements, finding) in [
        ("cut", String::new(), "acme: TAMPERED WITH: the chain was cut"),
        ("renamed", "UPDATE tenants SET slug = 'acme9' WHERE slug = 'acme'".into(), "acme9: TAMPERED WITH: the chain was cut"),
        ("called deleted", "UPDATE tenants SET status = 'deleted' WHERE slug = 'acme'".into(), "acme: TAMPERED WITH: the chain was cut"),
        (
            "renamed as another",
            "UPDATE tenants SET slug = 'x' WHERE slug = 'acme'; UPDATE tenants SET slug = 'acme' WHERE slug = 'globex';
             UPDATE tenants SET slug = 'globex' WHERE slug = 'x'".into(),
            "globex: TAMPERED WITH: the chain was cut",
        ),
        ("without its row", "DELETE FROM tenants WHERE slug = 'acme'".into(), gone),
        (
            "without a trace",
            of_record(&format!("DELETE FROM {{}} WHERE {ACME};")) + "DELETE FROM tenants WHERE slug = 'acme'",
            gone,
        ),
        (
            "under another id",
            of_record(&format!("UPDATE {{}} SET tenant_id = {other} WHERE {ACME};"))
                + "UPDATE tenants SET id = '0191e7a0-0000-7000-8000-000000000001' WHERE slug = 'acme'",
            gone,
        ),
    ] {
        home.tamper(&format!("{} {statements}", cut(ACME)));
        home.assert_found(what, finding);
        home.mend();
    }
    home.assert_all_sound(3);

    // Whichever chain is asked for, and by whatever name.
    home.tamper(
        &(of_record(&format!("DELETE FROM {{}} WHERE {ACME};")) + "DELETE FROM tenants WHERE slug = 'acme'"),
    );
    let one = home.program.run(&["audit", "verify", "--tenant", "globex"]);
    assert!(one.code == Some(1) && one.out.contains(gone) && one.out.contains("globex: "), "{one:#?}");
    let stated = home.program.run(&["audit", "checkpoint", "--tenant", "globex"]);
    assert!(stated.code == Some(1) && stated.out.is_empty() && stated.err.contains(gone), "{stated:#?}");
}

/// A chain that is whole says whose it is: under another tenant's name it does not pass for that one's.
#[test]
fn p136_a_tenant_that_was_renamed_is_found_without_any_checkpoint() {
    let mut home = Home::with_evidence();
    home.program = home.program.unset("audit.checkpoint_dir");
    home.tamper("UPDATE tenants SET slug = 'x' WHERE slug = 'acme'; UPDATE tenants SET slug = 'acme' WHERE slug = 'globex'");
    let one = home.program.run(&["audit", "verify", "--tenant", "acme"]);
    assert!(
        one.code == Some(1) && one.out.contains("acme: TAMPERED WITH: the tenant was renamed"),
        "{one:#?}"
    );
    assert!(one.out.contains("the slug globex"), "{one:#?}");
}

/// The platform's chain states which tenants were made: one that is taken away with its whole record leaves that.
#[test]
fn p136_a_tenant_that_is_gone_with_its_whole_record_is_found_without_any_checkpoint() {
    let mut home = Home::with_evidence();
    home.program = home.program.unset("audit.checkpoint_dir");
    home.assert_all_sound(3);
    for what in [of_record(&format!("DELETE FROM {{}} WHERE {ACME};")), String::new()] {
        home.tamper(&format!("{what} DELETE FROM tenants WHERE slug = 'acme'"));
        home.assert_found(&what, "the database has no such tenant");
        home.mend();
    }
    home.program.write("one.yaml", APPLIED);
    home.program.ok(&["apply", "one.yaml", "--prune"]);
    home.assert_all_sound(3);
}

/// A signature that cannot be checked any more is no reason to look away.
#[test]
fn p137_a_checkpoint_whose_key_was_taken_out_of_the_database_is_a_finding() {
    let home = Home::with_evidence();
    home.program.ok(&["keys", "rotate"]);
    home.save();
    let of_tokens = "state = 'retired' AND purpose = 'tokens'";
    for what in [
        format!("UPDATE signing_keys SET purpose = 'revocations' WHERE {of_tokens}"),
        format!(
            "UPDATE signing_keys SET public_jwk = (SELECT public_jwk FROM signing_keys WHERE state = 'next' AND purpose = 'tokens')
             WHERE {of_tokens}"
        ),
        "DELETE FROM signing_keys WHERE state = 'retired'".to_owned(),
    ] {
        home.tamper(&format!("{} {what}", cut(ACME)));
        home.assert_found(&what, "it is no checkpoint that a key of this deployment signed");
        home.mend();
        home.assert_all_sound(3);
    }
}

/// No row of a tenant is ever deleted by the product, so its chain and its checkpoints go on being verified.
#[test]
fn p137_a_tenant_that_a_declaration_deleted_is_no_finding() {
    let home = Home::with_evidence();
    home.program.write("one.yaml", APPLIED);
    home.program.ok(&["apply", "one.yaml", "--prune"]);
    assert_eq!(home.count("tenants WHERE status = 'deleted'"), 1);
    home.assert_all_sound(3);
}

#[test]
fn p137_every_file_of_the_folder_is_judged_by_what_is_signed_in_it() {
    let home = Home::with_evidence();
    // Somebody put an older one in the place of the newest; the newest stands under another name, behind a link.
    fs::rename(home.kept("globex-000000000003.jws"), home.program.folder().join("newest")).expect("moved");
    symlink(home.program.folder().join("newest"), home.kept("linked")).expect("a link");
    home.tamper(&cut(ACME));
    home.program.ok(&["audit", "verify", "--tenant", "globex"]);
    fs::remove_file(home.kept("linked")).expect("removed");
    home.checkpoint("acme", "globex-000000000003.jws");
    home.mend();
    home.assert_all_sound(3);
    home.tamper(&cut(ACME));
    home.assert_all_sound(3);
    symlink(home.program.folder().join("newest"), home.kept("linked")).expect("a link");
    home.assert_found("a link", "acme: TAMPERED WITH: the chain was cut");
    home.mend();

    // What is a folder, or hidden because it is being written, is passed over, with a word.
    fs::create_dir(home.kept("lost+found")).expect("a folder");
    fs::write(home.kept(".tmpAbCdEf"), "eyJ").expect("a file");
    let warned = home.assert_all_sound(3);
    for name in ["kept/lost+found", "kept/.tmpAbCdEf"] {
        assert!(warned.contains(&format!("warning: {name} is not read")), "{warned}");
    }

    // Everything else has to be a checkpoint.
    let unknown = "it is no checkpoint that a key of this deployment signed";
    let text = fs::read_to_string(home.kept("one")).expect("a checkpoint");
    for (name, bytes, finding) in [
        ("empty.jws", Vec::new(), unknown),
        ("README", b"checkpoints of our provider".to_vec(), unknown),
        ("binary", vec![0xff; 100], unknown),
        ("forged.jws", text.replacen("ey", "eY", 1).into_bytes(), unknown),
        ("endless", vec![b'a'; (1 << 20) + 1], "it is larger than 1 MiB"),
    ] {
        fs::write(home.kept(name), bytes).expect("a file");
        home.assert_found(name, &format!("kept/{name}: {finding}"));
        fs::remove_file(home.kept(name)).expect("removed");
    }
    symlink("nowhere", home.kept("broken")).expect("a link");
    home.assert_found("a broken link", "UNREADABLE: kept/broken: there is no such file");
    fs::remove_file(home.kept("broken")).expect("removed");
    assert!(Command::new("mkfifo").arg(home.kept("pipe")).status().expect("mkfifo runs").success());
    home.assert_found("a pipe", "UNREADABLE: kept/pipe: it is no regular file");
    fs::remove_file(home.kept("pipe")).expect("removed");
    home.assert_all_sound(3);
}

/// D22: facts about people can be erased, and the chain stays whole; but nothing erases them without a record.
#[test]
fn p136_personal_facts_that_are_gone_without_a_recorded_erasure_are_a_finding() {
    let home = Home::with_evidence();
    let events = home.count(&format!("audit_personal WHERE {ACME}"));
    assert!(events > 1, "there are facts to take away");
    for (what, count) in [("AND seq = 2", 1), ("", events)] {
        home.tamper(&format!("DELETE FROM audit_personal WHERE {ACME} {what}"));
        home.assert_found(
            what,
            &format!("acme: TAMPERED WITH: the personal facts beside {count} events are gone"),
        );
        // The chain is whole: it goes on being stated, and exported.
        let stated = home.program.ok(&["audit", "checkpoint", "--tenant", "acme", "--output", "acme.jws"]);
        assert!(stated.err.contains("warning: acme: TAMPERED WITH: the personal facts"), "{stated:?}");
        home.program.ok(&["audit", "export", "--tenant", "acme", "--output", "acme.jsonl"]);
        home.program.ok(&["audit", "verify", "--tenant", "acme", "--file", "acme.jsonl"]);
        home.mend();
    }
    home.tamper(&format!("DELETE FROM audit_personal WHERE {ACME}; {}", cut(ACME)));
    home.assert_found("a cut hides behind them", "acme: TAMPERED WITH: the chain was cut");
}
