//! The documents: their links lead somewhere, their commands and configurations are real, and the threat model claims
//! no more than the tests show.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use symbolon::config::Config;
use symbolon::config::sources::Settings;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every document with its text.
fn documents() -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut waiting =
        vec![root().join("docs"), root().join("docker"), root().join("benches"), root().to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && folder != root() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                let text = fs::read_to_string(&path).expect("a document");
                found.insert(path, text);
            }
        }
    }
    found
}

/// The blocks of code in this language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    text.split(fence.as_str()).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect(path)
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let mut broken = Vec::new();
    let documents = documents();
    assert!(documents.len() > 15, "the documents were not found");
    for (path, text) in &documents {
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            let is_ours = !file.is_empty() && !file.contains("://") && !file.starts_with("mailto:");
            if is_ours && !path.parent().expect("a folder").join(file).exists() {
                broken.push(format!("{}: {target}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The configurations of the guides are read as they stand there.
#[test]
fn every_configuration_in_the_guides_is_accepted() {
    let mut seen = 0;
    for (path, text) in documents() {
        for block in blocks(&text, "toml").into_iter().filter(|block| block.contains("[server]")) {
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("symbolon.toml");
            fs::write(&file, block).expect("a file");
            let read = Config::read(&Settings::collect(Some(file), Vec::new()));
            assert!(read.is_ok(), "{}: {}", path.display(), read.expect_err("faults"));
            seen += 1;
        }
    }
    assert!(seen >= 4, "only {seen} were found");
}

/// Every `symbolon …` that a guide tells people to type is a command of the reference, which is the program's own.
#[test]
fn every_command_in_the_guides_exists() {
    let reference = read("docs/cli.md");
    let known: Vec<&str> = reference.lines().filter_map(|line| line.strip_prefix("## symbolon ")).collect();
    assert!(known.len() > 15, "the reference was not read");
    let mut unknown = Vec::new();
    for (path, text) in documents() {
        let typed =
            text.split('`').flat_map(str::lines).filter_map(|code| code.trim().strip_prefix("symbolon "));
        for typed in typed {
            let words: Vec<&str> =
                typed.split_whitespace().take_while(|word| is_word(word)).take(2).collect();
            let Some(first) = words.first() else { continue };
            let both = words.join(" ");
            let is_known = known.contains(first) || known.contains(&both.as_str()) || *first == "help";
            let is_group =
                words.len() == 1 && known.iter().any(|name| name.starts_with(&format!("{first} ")));
            if !is_known && !is_group {
                unknown.push(format!("{}: symbolon {typed}", path.display()));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

/// A lower-case word: neither an option nor a value.
fn is_word(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !text.starts_with('-')
}

/// What `docs/threat-model.md` says is defended has a test in `docs/attacks.md`, which lists them by themselves.
#[test]
fn the_threat_model_cites_only_attacks_that_a_test_holds_off() {
    let list = read("docs/attacks.md");
    let tested: Vec<&str> = list
        .lines()
        .filter(|line| line.trim_end_matches([' ', '|']).ends_with('`'))
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next())
        .collect();
    assert!(tested.len() > 50, "the list was not read");
    let model = read("docs/threat-model.md");
    let untested: Vec<String> =
        cited(&model).into_iter().filter(|row| !tested.contains(&row.as_str())).collect();
    assert!(untested.is_empty(), "no test holds off {untested:?}");
}

/// The rows in a text; `P037 to P039` is three.
fn cited(text: &str) -> Vec<String> {
    let number = |word: &str| -> Option<u32> {
        let digits = word.trim_matches(|c: char| !c.is_ascii_alphanumeric()).strip_prefix('P')?;
        (digits.len() == 3).then(|| digits.parse().ok())?
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut rows = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some(first) = number(word) else { continue };
        let to = words.get(at + 1).is_some_and(|next| *next == "to");
        let last = if to { words.get(at + 2).and_then(|word| number(word)) } else { None };
        rows.extend((first..=last.unwrap_or(first)).map(|row| format!("P{row:03}")));
    }
    rows
}
