//! Which attack of `docs/attacks.md` and which section of a specification is held by which test.
//!
//! A test belongs to an attack row when its name begins with the row's id (`p010_...`) or its doc comment names it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The file of the attack list.
const LIST: &str = "docs/attacks.md";

/// Specification sections, each with tests that would fail if the product stopped keeping it.
const SECTIONS: &[(&str, &[&str])] = &[];

/// A test function and the attack rows it belongs to.
struct Test {
    name: String,
    rows: BTreeSet<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files() -> Vec<PathBuf> {
    let mut waiting = vec![root().join("src"), root().join("tests")];
    let mut files = Vec::new();
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(&next).expect("a readable folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// The attack rows named in a text: `P010`, or `p010` where it stands at the beginning of a test's name.
fn rows_in(text: &str) -> BTreeSet<String> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| word.len() == 4 && word.starts_with(['P', 'p']))
        .filter(|word| word[1..].chars().all(|letter| letter.is_ascii_digit()))
        .map(str::to_uppercase)
        .collect()
}

/// The tests of one file: functions under an attribute that ends in `test]` or begins as `#[tokio::test(`.
fn tests_of(text: &str) -> Vec<Test> {
    let (mut tests, mut docs, mut is_test) = (Vec::new(), String::new(), false);
    for line in text.lines().map(str::trim) {
        if let Some(doc) = line.strip_prefix("///") {
            docs.push_str(doc);
        } else if line.starts_with("#[") {
            is_test |= line.ends_with("test]") || line.contains("::test(") || line.contains("test]");
        } else if let Some((before, after)) = line.split_once("fn ").filter(|_| is_test) {
            if before.is_empty() || before == "async " || before == "pub " {
                let name: String =
                    after.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
                let mut rows = rows_in(&docs);
                rows.extend(rows_in(&name));
                tests.push(Test { name, rows });
            }
            (docs, is_test) = (String::new(), false);
        } else {
            (docs, is_test) = (String::new(), false);
        }
    }
    tests
}

fn all_tests() -> Vec<Test> {
    let read = |path: PathBuf| fs::read_to_string(path).expect("a readable file");
    rust_files().into_iter().flat_map(|path| tests_of(&read(path))).collect()
}

/// The attack list with its last column written anew from the tests.
fn list_with_tests(list: &str, tests: &[Test]) -> String {
    let mut by_row: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for test in tests {
        for row in &test.rows {
            by_row.entry(row).or_default().insert(&test.name);
        }
    }
    let mut out = String::new();
    for line in list.lines() {
        let id = line
            .strip_prefix("| P")
            .and_then(|rest| rest.split(' ').next())
            .map(|digits| format!("P{digits}"));
        let cells = line.strip_suffix('|').and_then(|inner| inner.rsplit_once('|')).map(|(cells, _)| cells);
        match (id, cells) {
            (Some(id), Some(cells)) => {
                let names = by_row
                    .get(id.as_str())
                    .map(|names| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "));
                writeln!(out, "{cells}| {} |", names.unwrap_or_default()).expect("writing to a string");
            }
            _ => writeln!(out, "{line}").expect("writing to a string"),
        }
    }
    out
}

/// The names in the last column of a row.
fn named_in(line: &str) -> Vec<&str> {
    let last = line.strip_suffix('|').and_then(|inner| inner.rsplit_once('|')).map_or("", |(_, last)| last);
    last.split(',').map(|name| name.trim().trim_matches('`')).filter(|name| !name.is_empty()).collect()
}

#[test]
fn the_attack_list_names_tests_that_exist() {
    let list = fs::read_to_string(root().join(LIST)).expect("the attack list");
    let tests = all_tests();
    let known: BTreeSet<&str> = tests.iter().map(|test| test.name.as_str()).collect();
    let rows = list.lines().filter(|line| line.starts_with("| P"));
    let dangling: Vec<&str> = rows.flat_map(named_in).filter(|name| !known.contains(name)).collect();
    let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("attacks.md");
    fs::write(&fresh, list_with_tests(&list, &tests)).expect("a writable target folder");
    assert!(dangling.is_empty(), "{LIST} names {dangling:?}; the right list: cp {} {LIST}", fresh.display());
}

#[test]
fn each_listed_section_has_tests_that_exist() {
    let names: BTreeSet<String> = all_tests().into_iter().map(|test| test.name).collect();
    let dangling: Vec<String> = SECTIONS
        .iter()
        .flat_map(|(section, tests)| tests.iter().map(move |test| (section, test)))
        .filter(|(_, test)| !names.contains(**test))
        .map(|(section, test)| format!("{section}: {test}"))
        .collect();
    assert!(dangling.is_empty(), "no such test: {dangling:#?}");
    assert!(SECTIONS.iter().all(|(_, tests)| !tests.is_empty()), "a section without a test");
}

#[test]
fn a_test_belongs_to_the_rows_in_its_name_and_its_comment() {
    let text =
        "/// P013: the family dies.\n#[tokio::test]\nasync fn p010_code_twice() {\n}\nfn p011_no_test() {}";
    let tests = tests_of(text);
    assert_eq!(tests.len(), 1);
    assert_eq!(tests[0].rows, BTreeSet::from(["P010".to_owned(), "P013".to_owned()]));
}

#[test]
fn the_last_column_is_replaced_and_nothing_else() {
    let tests = tests_of("#[test]\nfn p001_exact() {\n}");
    let empty = "| P001 | a | b | c | d | e |  |\n";
    let filled = "| P001 | a | b | c | d | e | `p001_exact` |\n";
    assert_eq!(list_with_tests(empty, &tests), filled);
    assert_eq!(list_with_tests(filled, &tests), filled);
    assert_eq!(list_with_tests(filled, &[]), empty);
}
