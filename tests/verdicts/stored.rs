//! Verdicts of what is declared: names at their limits, equal and not, and the order in which they come back.

use symbolon::flows::provision::{DeclaredFile, apply, export};
use symbolon::storage::PlatformScope;
use symbolon::storage::records::{groups, users, workspaces};

use super::Record;
use crate::harness::TestServer;
use crate::provision::sources::TestSources;

struct Office {
    server: TestServer,
    sources: TestSources,
}

impl Office {
    /// Applies the file: how many changes there were, or how many faults and the first of them.
    async fn apply(&self, text: &str) -> String {
        let (edge, right) = (&self.server.edge, PlatformScope::operator());
        let request = DeclaredFile { file: "f", text, sources: &self.sources, prune: false };
        match apply(&edge.database, &right, &edge.passwords, &edge.clock, (&self.server.operator(), &request))
            .await
        {
            Err(failure) => format!("failed: {}", failure.context),
            Ok(Ok(applied)) => format!("{} changes", applied.changes.len()),
            Ok(Err(faults)) => {
                let faults = faults.to_string();
                let (first, count) = (faults.lines().next().unwrap_or_default(), faults.lines().count());
                let said = first.splitn(4, ": ").last().unwrap_or_default();
                format!("{count} faults: {}", said.chars().take(70).collect::<String>().escape_debug())
            }
        }
    }

    async fn acme(&self, inside: &str) -> String {
        self.apply(&format!(
            "apiVersion: symbolon/v1\nplans: [{{key: free, name: Free}}]\n\
             tenants: [{{slug: acme, name: Acme, plan: free, {inside}}}]\n"
        ))
        .await
    }
}

pub(super) async fn judge(record: &mut Record) {
    let office = Office { server: TestServer::start().await, sources: TestSources::default() };
    declared(record, &office).await;
    ordered(record, &office).await;
}

async fn declared(record: &mut Record, office: &Office) {
    record.section("what may be declared");
    let long = "n".repeat(9000);
    for (kind, template) in [
        ("the name of a group", "groups: [{name: \"§\"}]"),
        ("the name of a workspace", "workspaces: [{slug: ww, name: \"§\"}]"),
        ("the slug of a workspace", "workspaces: [{slug: \"§\", name: W}]"),
        (
            "the name of a client",
            "clients: [{client_id: acme.x, name: \"§\", kind: native, redirect_uris: [\"x.y:/z\"]}]",
        ),
        (
            "the id of a client",
            "clients: [{client_id: \"acme.§\", name: N, kind: native, redirect_uris: [\"x.y:/z\"]}]",
        ),
        ("the name of a person", "users: [{email: a@acme.example, name: {full: \"§\"}}]"),
        ("the address of a person", "users: [{email: \"§b@acme.example\"}]"),
        ("a resource server", "resources: [{identifier: \"https://§.acme.example\", name: R}]"),
        (
            "a scope",
            "resources: [{identifier: \"https://r.example\", name: R, scopes: [{name: \"§\", description: D}]}]",
        ),
        ("a domain", "domains: [\"§.example\"]"),
    ] {
        for (what, text) in [
            ("NUL", "a\\0b"),
            ("a line end", "a\\nb"),
            ("a quote", "a'b"),
            ("an astral letter", "\u{1f600}"),
            ("U+FFFF", "\\uFFFF"),
            ("nothing", ""),
            ("spaces", "  "),
            ("9000 letters", &long),
            ("case", "Ab"),
            ("case again", "aB"),
            ("a space behind", "ab "),
            ("a mark of direction", "a\u{202e}b"),
            ("a space without width", "\u{200b}"),
            ("a joiner alone", "\u{200d}"),
            ("a joiner inside", "\u{645}\u{6cc}\u{200c}\u{62e}"),
        ] {
            let verdict = office.acme(&template.replace('§', text)).await;
            record.note(&format!("{kind}: {what}"), verdict);
        }
    }
}

/// Mixed case, marks, signs and scripts: every rule of collation would order them otherwise.
const NAMES: [&str; 14] =
    ["b", "B", "a", "A", "a-b", "a_b", "ab", "a b", "\u{e4}", "z", "_", "-1", "\u{df}", "\u{1f600}"];

async fn ordered(record: &mut Record, office: &Office) {
    record.section("in which order things are listed");
    let list = |make: &dyn Fn(&str) -> String| NAMES.map(make).join(", ");
    let inside = format!(
        "groups: [{}], workspaces: [{}], users: [{}]",
        list(&|name| format!("{{name: \"o {name}\"}}")),
        list(&|name| format!(
            "{{slug: w{}, name: \"{name}\"}}",
            name.escape_unicode().filter(char::is_ascii_alphanumeric).collect::<String>()
        )),
        ["bb", "B-a", "a-b", "a.b", "a_b", "ab", "z", "\u{e4}", "a+b", "0"]
            .map(|name| format!("{{email: \"{name}@acme.example\"}}"))
            .join(", "),
    );
    record.note("names", office.acme(&inside).await);
    let scope = office.server.scope_of("acme").await.scope;
    let (people, groups, places) = office
        .server
        .database()
        .read(&scope, |tx| Ok((users::all(tx)?, groups::all(tx)?, workspaces::all(tx)?)))
        .await
        .expect("the lists");
    let line = |names: Vec<String>| names.join(" | ").escape_debug().to_string();
    record.note("people", line(people.into_iter().map(|user| user.email_canonical).collect()));
    record.note("groups", line(groups.into_iter().map(|group| group.name).collect()));
    record.note("workspaces", line(places.into_iter().map(|place| place.slug.to_string()).collect()));
    let right = PlatformScope::operator();
    let text =
        export(&office.server.edge.database, &right, &office.server.operator()).await.expect("an export");
    let digest = symbolon::model::digest::sha256_hex(text.as_bytes());
    record.note("the export", format!("{} lines, {}", text.lines().count(), &digest[..16]));
    record.note("the export applied again", office.apply(&text).await);
}
