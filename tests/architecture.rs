//! The architecture as data: which layer may import which, and the forms that every source file keeps.
//! Each rule lists all its breaches at once, as `file:line: what`.

use std::fmt::Write as _;
use std::fs;

use crate::harness::sources::{root, rust_files};

/// A layer and what it may import: the names of other layers, separated as in the table of `src/lib.rs`.
const LAYERS: &[(&str, &str)] = &[
    ("model", "nothing"),
    ("effects", "model"),
    ("protocol", "model"),
    ("crypto", "model, effects"),
    ("storage", "model"),
    ("flows", "model, protocol, crypto, effects, storage"),
    ("jobs", "flows, storage, effects, views, model"),
    ("views", "model, protocol"),
    ("verify", "model, protocol"),
    ("demo", "verify, config"),
    ("web", "flows, views, protocol, model, effects, crypto, storage"),
    ("config", "model"),
    ("server", "everything"),
    ("cli", "everything"),
];

/// What the HTTP edge may name of the two layers below the flows: it neither signs, seals nor asks the tables.
const EDGE: &[(&str, &str)] = &[
    ("crypto", "hmac, jwk, jwt, master_key, password"),
    ("storage", "Cached, Changes, Database, Directory, TenantScope, TenantTx"),
];

/// Longest source file, in lines.
const LONGEST_FILE: usize = 600;

/// Names that say nothing about what a module is for.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc", "prelude"];

/// A rule on text: these words may stand only in files whose path begins with one of the places.
struct Confined {
    words: &'static [&'static str],
    places: &'static [&'static str],
    why: &'static str,
}

const CONFINED: &[Confined] = &[
    Confined { words: &["schema::"], places: &["src/storage/"], why: "only storage names tables" },
    Confined { words: &["diesel::"], places: &["src/storage/"], why: "only storage writes queries" },
    Confined {
        words: &["storage::schema", "storage::records"],
        places: &["src/storage/", "src/flows/", "src/jobs/", "src/cli/", "src/server/"],
        why: "the HTTP edge reaches rows through flows",
    },
    Confined {
        words: &["PlatformScope::operator"],
        places: &["src/storage/", "src/cli/", "src/jobs/", "src/server/"],
        why: "nobody who answers a request may act as the operator",
    },
    Confined {
        words: &["env::var", "env::vars", "env::set_var", "env::remove_var"],
        places: &["src/config/"],
        why: "only config reads the environment",
    },
    Confined {
        words: &["LOCATION"],
        places: &["src/web/pages/visitor.rs", "src/demo/"],
        why: "a browser is sent to a path of ours or to a verified redirect, which one file knows",
    },
    Confined {
        words: &["actix_web::"],
        places: &["src/web/", "src/server/", "src/demo/", "src/verify/", "src/cli/"],
        why: "flows, storage and the rules of the protocol know no HTTP server",
    },
    Confined {
        words: &["josekit::", "aws_lc_rs::", "openssl::", "argon2::", "totp_rs::"],
        places: &[
            "src/crypto/",
            "src/effects/",
            "src/verify/",
            "src/model/",
            "src/protocol/",
            "src/server/",
            "src/cli/",
            "src/main.rs",
        ],
        why: "cryptography has one home",
    },
];

/// A source file: its path from the repository's root, its text, and the text with comments, strings and inline test
/// modules blanked out (line breaks kept).
struct Source {
    path: String,
    text: String,
    code: String,
}

impl Source {
    /// The layer that the file belongs to; `None` for `lib.rs` and `main.rs`.
    fn layer(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        let first = inside.split('/').next()?;
        Some(first.strip_suffix(".rs").unwrap_or(first)).filter(|name| !matches!(*name, "lib" | "main"))
    }

    /// How many module names lead to this file: 1 for `src/model/mod.rs`, 2 for `src/model/ids.rs`.
    fn depth(&self) -> usize {
        let inside = self.path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
        inside.split('/').count()
    }

    fn line_of(&self, position: usize) -> usize {
        self.code[..position].matches('\n').count() + 1
    }

    fn found(&self, word: &str) -> Vec<usize> {
        self.code.match_indices(word).map(|(position, _)| position).collect()
    }
}

fn sources(folder: &str) -> Vec<Source> {
    rust_files(folder)
        .into_iter()
        .map(|file| {
            let text = fs::read_to_string(&file).expect("a readable file");
            let path = file.strip_prefix(root()).expect("a path inside").to_string_lossy().into_owned();
            let code = without_test_modules(without_comments_and_strings(&text));
            Source { path, text, code }
        })
        .collect()
}

/// Blanks out comments, strings and character literals, byte for byte, so that positions and lines stay.
fn without_comments_and_strings(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => line_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => block_comment_end(bytes, at),
            b'r' if !at.checked_sub(1).is_some_and(|before| is_word(bytes[before])) => {
                raw_string_end(bytes, at)
            }
            b'"' => string_end(bytes, at),
            b'\'' => character_end(bytes, at),
            _ => at,
        };
        for byte in &mut out[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end.max(at + 1);
    }
    String::from_utf8(out).expect("only whole characters were blanked")
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| from + length)
}

fn block_comment_end(bytes: &[u8], from: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = from;
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

/// The end of a raw string that begins at `from`, or `from` when none begins there.
fn raw_string_end(bytes: &[u8], from: usize) -> usize {
    let hashes = bytes[from + 1..].iter().take_while(|byte| **byte == b'#').count();
    if bytes.get(from + 1 + hashes) != Some(&b'"') {
        return from;
    }
    let closing = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
    let body = from + 2 + hashes;
    bytes[body..]
        .windows(closing.len())
        .position(|window| window == closing)
        .map_or(bytes.len(), |length| body + length + closing.len())
}

fn string_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The end of a character literal, or `from` when the quote begins a lifetime.
fn character_end(bytes: &[u8], from: usize) -> usize {
    if bytes.get(from + 1) == Some(&b'\\') {
        return bytes[from + 3..]
            .iter()
            .position(|byte| *byte == b'\'')
            .map_or(bytes.len(), |length| from + 4 + length);
    }
    // One character of up to four bytes, then the closing quote.
    (from + 2..(from + 6).min(bytes.len()))
        .find(|end| bytes[*end] == b'\'')
        .filter(|end| {
            std::str::from_utf8(&bytes[from + 1..*end]).is_ok_and(|inside| inside.chars().count() == 1)
        })
        .map_or(from, |end| end + 1)
}

/// Blanks out `#[cfg(test)] mod name { ... }`: tests may look anywhere.
fn without_test_modules(code: String) -> String {
    let mut code = code;
    while let Some(start) = code.find("#[cfg(test)]\nmod ").or_else(|| code.find("#[cfg(test)]\n    mod ")) {
        let Some(open) = code[start..].find(['{', ';']).map(|offset| start + offset) else { break };
        let end = if code.as_bytes()[open] == b';' { open + 1 } else { closing_brace(code.as_bytes(), open) };
        let blank: String =
            code[start..end].chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }).collect();
        code.replace_range(start..end, &blank);
    }
    code
}

fn closing_brace(bytes: &[u8], open: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, byte) in bytes[open..].iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return open + offset + 1;
        }
    }
    bytes.len()
}

/// The first names after `path` at `position`: one, or all of a braced group.
fn names_after(path: &str, code: &str, position: usize) -> Vec<String> {
    let rest = code[position + path.len()..].trim_start();
    if !rest.starts_with('{') {
        return vec![rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()];
    }
    let group = &rest[1..closing_brace(rest.as_bytes(), 0) - 1];
    let (mut depth, mut names, mut current) = (0_usize, Vec::new(), String::new());
    for letter in group.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(std::mem::take(&mut current)),
            _ => {}
        }
        if depth == 0 && letter != ',' {
            current.push(letter);
        }
    }
    names.push(current);
    let first = |name: &String| name.trim().split("::").next().unwrap_or_default().trim().to_owned();
    names.iter().map(first).filter(|name| !name.is_empty()).collect()
}

fn refuse(breaches: &[String]) {
    let mut list = String::new();
    for breach in breaches {
        writeln!(list, "  {breach}").expect("writing to a string");
    }
    assert!(breaches.is_empty(), "{} breaches:\n{list}", breaches.len());
}

#[test]
fn each_layer_imports_only_what_the_table_allows() {
    let mut breaches = Vec::new();
    for source in sources("src") {
        let Some(layer) = source.layer() else { continue };
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
            breaches.push(format!("{}: `{layer}` is not in the table of layers", source.path));
            continue;
        };
        for position in source.found("crate::") {
            for name in names_after("crate::", &source.code, position) {
                let fine = name == layer
                    || *allowed == "everything"
                    || allowed.split(", ").any(|other| other == name);
                if !fine {
                    let line = source.line_of(position);
                    breaches.push(format!("{}:{line}: `{layer}` imports `{name}`", source.path));
                }
            }
        }
    }
    refuse(&breaches);
}

#[test]
fn the_edge_names_only_its_part_of_crypto_and_storage() {
    let mut breaches = Vec::new();
    for source in sources("src").iter().filter(|source| source.layer() == Some("web")) {
        for position in source.found("crate::{") {
            breaches.push(format!("{}:{}: one line a layer", source.path, source.line_of(position)));
        }
        for (layer, allowed) in EDGE {
            let path = format!("crate::{layer}::");
            for position in source.found(&path) {
                let names = names_after(&path, &source.code, position);
                for name in names.iter().filter(|name| !allowed.split(", ").any(|other| other == *name)) {
                    let line = source.line_of(position);
                    breaches.push(format!("{}:{line}: `web` imports `{layer}::{name}`", source.path));
                }
            }
        }
    }
    refuse(&breaches);
}

/// A test that is not run says why in its report, and there is one reason only (CONTRIBUTING.md).
#[test]
fn no_test_is_ignored_but_those_that_only_postgresql_can_answer() {
    let reason = "#[ignore = \"PostgreSQL only\"]";
    let mut breaches = Vec::new();
    for source in sources("src").into_iter().chain(sources("tests")) {
        for (number, line) in source.text.lines().enumerate() {
            if line.trim_start().starts_with("#[ignore") && line.trim() != reason {
                breaches.push(format!("{}:{}: not {reason}", source.path, number + 1));
            }
        }
    }
    refuse(&breaches);
}

#[test]
fn no_file_climbs_out_of_its_layer_with_super() {
    let mut breaches = Vec::new();
    for source in sources("src").iter().filter(|source| source.layer().is_some()) {
        let chain = "super::".repeat(source.depth());
        for position in source.found(&chain) {
            breaches.push(format!(
                "{}:{}: `{chain}` leaves the layer",
                source.path,
                source.line_of(position)
            ));
        }
    }
    refuse(&breaches);
}

#[test]
fn the_table_in_lib_rs_is_this_one() {
    let library = fs::read_to_string(root().join("src/lib.rs")).expect("src/lib.rs");
    let rows: Vec<(String, String)> = library
        .lines()
        .filter_map(|line| line.strip_prefix("//! | `"))
        .map(|row| {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            (cells[0].trim_end_matches('`').to_owned(), cells[2].to_owned())
        })
        .collect();
    let expected: Vec<(String, String)> =
        LAYERS.iter().map(|(name, may)| ((*name).to_owned(), (*may).to_owned())).collect();
    assert_eq!(rows, expected);
}

#[test]
fn certain_words_stand_only_in_their_place() {
    let mut breaches = Vec::new();
    for source in sources("src") {
        for rule in
            CONFINED.iter().filter(|rule| !rule.places.iter().any(|place| source.path.starts_with(place)))
        {
            for word in rule.words {
                for position in source.found(word) {
                    let before = source.code[..position].chars().next_back();
                    if !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
                        breaches.push(format!(
                            "{}:{}: `{word}`: {}",
                            source.path,
                            source.line_of(position),
                            rule.why
                        ));
                    }
                }
            }
        }
    }
    refuse(&breaches);
}

#[test]
fn no_file_is_longer_than_six_hundred_lines() {
    let long = |source: &Source| {
        let lines = source.text.lines().count();
        (lines > LONGEST_FILE).then(|| format!("{}: {lines} lines", source.path))
    };
    let breaches: Vec<String> = sources("src").iter().chain(&sources("tests")).filter_map(long).collect();
    refuse(&breaches);
}

#[test]
fn no_module_has_a_name_that_says_nothing() {
    let mut breaches = Vec::new();
    for source in sources("src") {
        let empty = |part: &str| EMPTY_NAMES.contains(&part.trim_end_matches(".rs"));
        if source.path.split('/').any(empty) {
            breaches.push(source.path);
        }
    }
    refuse(&breaches);
}

#[test]
fn nothing_is_imported_by_glob() {
    let mut breaches = Vec::new();
    for source in sources("src") {
        for position in source.found("::*") {
            breaches.push(format!("{}:{}: glob import", source.path, source.line_of(position)));
        }
    }
    refuse(&breaches);
}

#[test]
fn every_file_begins_with_a_header() {
    let mut breaches = Vec::new();
    for source in sources("src").iter().chain(&sources("tests")) {
        if !source.text.starts_with("//!") && !source.path.starts_with("tests/compile_fail/") {
            breaches.push(format!("{}: no `//!` header", source.path));
        }
    }
    refuse(&breaches);
}

mod reading {
    //! The small reader above, on its hard cases.

    use super::{names_after, without_comments_and_strings, without_test_modules};

    #[test]
    fn comments_strings_and_characters_are_blanked_and_lines_kept() {
        let text = "let a = \"crate::x\"; // crate::y\nlet b = r#\"\"crate::z\"#; /* crate::w */ let c = '\"';\nfn d<'a>() {}";
        let code = without_comments_and_strings(text);
        assert!(!code.contains("crate::"), "{code}");
        assert_eq!(code.lines().count(), 3);
        assert!(code.ends_with("fn d<'a>() {}"));
    }

    #[test]
    fn inline_test_modules_are_blanked() {
        let code = without_test_modules(
            "fn a() {}\n#[cfg(test)]\nmod tests {\n    use crate::x;\n}\nfn b() {}".to_owned(),
        );
        assert!(!code.contains("crate::") && code.contains("fn b()"), "{code}");
    }

    #[test]
    fn groups_give_each_first_name() {
        assert_eq!(
            names_after("crate::", "use crate::{model::{ids, time}, storage::Database};", 4),
            ["model", "storage"]
        );
        assert_eq!(names_after("crate::", "crate::flows::token::issue()", 0), ["flows"]);
    }
}
