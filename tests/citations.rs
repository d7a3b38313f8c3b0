//! What code and tests cite is in the repository: each page, each decision (`D`), requirement (`R`), attack (`P`) and
//! invariant; and the table of addresses is the URL map.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use symbolon::server::routes::{self, Route};

/// Where citations stand: whatever people write that is no document.
const PLACES: [&str; 10] = [
    "src",
    "tests",
    "benches",
    "migrations",
    "locales",
    "templates",
    "static",
    "docker",
    "deploy",
    "scripts",
];

/// Folders of foreign libraries that tests install.
const FOREIGN: [&str; 4] = ["node_modules", ".installed", "target", ".venv"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect(path)
}

/// What people wrote in each file: of Rust the comments, since a curve may be
/// named like an attack; of all else the whole.
fn writings() -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut waiting: Vec<PathBuf> = PLACES.iter().map(|place| root().join(place)).collect();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                waiting.extend((!FOREIGN.contains(&name.as_str())).then_some(path));
                continue;
            }
            // Pictures and the like are no text.
            let Ok(text) = fs::read_to_string(&path) else { continue };
            let is_rust = path.extension().is_some_and(|extension| extension == "rs");
            let comment = |line: &str| line.split_once("//").map(|(_, comment)| format!("{comment}\n"));
            let text = if is_rust { text.lines().filter_map(comment).collect() } else { text };
            found.insert(path, text);
        }
    }
    assert!(found.len() > 300, "the files were not found");
    found
}

/// The words of a text that are this letter and this many digits.
fn numbers(text: &str, letter: char, digits: std::ops::RangeInclusive<usize>) -> BTreeSet<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| {
            word.strip_prefix(letter).is_some_and(|rest| {
                digits.contains(&rest.len()) && rest.bytes().all(|digit| digit.is_ascii_digit())
            })
        })
        .map(str::to_owned)
        .collect()
}

/// What stands at the beginning of lines of a page, between these two texts.
fn listed(page: &str, before: &str, after: &str) -> BTreeSet<String> {
    read(page)
        .lines()
        .filter_map(|line| line.strip_prefix(before)?.split(after).next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_number_that_is_cited_is_explained_in_the_documents() {
    let decisions = listed("docs/decisions/README.md", "- **", " ");
    let requirements = listed("docs/requirements.md", "| ", " ");
    let attacks = listed("docs/attacks.md", "| ", " ");
    let mut unknown = Vec::new();
    let mut seen = 0;
    for (path, text) in writings() {
        for (letter, digits, known) in
            [('D', 1..=2, &decisions), ('R', 2..=2, &requirements), ('P', 3..=3, &attacks)]
        {
            let cited = numbers(&text, letter, digits);
            seen += cited.len();
            let missing = cited.iter().filter(|number| !known.contains(number.trim_end_matches(':')));
            unknown.extend(missing.map(|number| format!("{}: {number}", path.display())));
        }
    }
    assert!(seen > 300, "only {seen} citations were found");
    assert!(unknown.is_empty(), "{unknown:#?}");
}

#[test]
fn every_page_that_is_cited_exists_and_nothing_cites_what_is_not_here() {
    let invariants = listed("docs/architecture.md", "", ". **");
    let mut faults = Vec::new();
    for (path, text) in writings() {
        let here = |what: &str| format!("{}: {what}", path.display());
        for word in text.split(|c: char| c.is_whitespace() || "`\"'()[]<>,;:".contains(c)) {
            let page = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            let is_page = page.starts_with("docs/") && page.split('.').nth(1) == Some("md");
            if is_page && !root().join(page).is_file() {
                faults.push(here(page));
            }
        }
        // Put together, so that this line is no citation.
        for absent in [["design", " §"], ["design", ".md"], ["decisions", ".md"], ["design ", "invariant"]] {
            if text.contains(&absent.concat()) {
                faults.push(here(&absent.concat()));
            }
        }
        for number in text.split("invariant ").skip(1).map(|rest| rest.chars().next().unwrap_or(' ')) {
            if number.is_ascii_digit() && !invariants.contains(&number.to_string()) {
                faults.push(here(&format!("invariant {number}")));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_table_of_addresses_is_the_url_map() {
    let text = read("docs/architecture.md");
    let section = text.split("## Addresses").nth(1).and_then(|rest| rest.split("\n## ").next());
    let rows = section.expect("the section").lines().filter(|line| line.starts_with("| `"));
    let cells = rows.filter_map(|row| row.split('|').nth(1)).flat_map(|cell| cell.split(", "));
    let written: BTreeSet<String> = cells.map(|path| path.trim().trim_matches('`').to_owned()).collect();
    let served: BTreeSet<String> = routes::table().iter().map(Route::path).map(str::to_owned).collect();
    assert_eq!(written, served);
}
