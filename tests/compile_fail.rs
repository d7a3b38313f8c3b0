//! Code that must not compile: each file of `tests/compile_fail/` is given
//! to the compiler against the library under test.
//!
//! A case begins with `//! error[E0277]: words`: the code and a part of the message that the compiler must give. The
//! library's own build is used, so a case costs a second and no dependency is built twice.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The crates that a case may name.
const CRATES: &[&str] = &["symbolon", "serde_json", "diesel"];

/// Where the library that these tests are linked with lies, and the others a case may name, as `name=path`. Cargo is
/// asked, because its folder holds several builds of each.
fn crates() -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["test", "--no-run", "--locked", "--test", "integration", "--message-format=json", "--quiet"])
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo could not tell where the library is");
    let text = String::from_utf8(output.stdout).expect("text");
    let artifacts: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let path = |name: &&str| {
        let built =
            |message: &&Value| message["target"]["name"] == **name && message["target"]["kind"][0] == "lib";
        let mut files = artifacts.iter().filter(built).filter_map(|message| message["filenames"][0].as_str());
        format!("{name}={}", files.next_back().expect("a crate among the artifacts"))
    };
    CRATES.iter().map(path).collect()
}

/// The errors of compiling `source`, each as `error[code]: message`.
fn errors(crates: &[String], source: &Path) -> Vec<String> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let deps = scratch.with_file_name("debug").join("deps");
    let output = Command::new(Path::new(env!("CARGO")).with_file_name("rustc"))
        .args(["--edition=2024", "--crate-type=bin", "--emit=metadata", "--error-format=json", "-o"])
        .arg(scratch.join(source.file_name().expect("a file")).with_extension("rmeta"))
        .arg(format!("-Ldependency={}", deps.display()))
        .args(crates.iter().map(|found| format!("--extern={found}")))
        .arg(source)
        .output()
        .expect("rustc runs");
    String::from_utf8(output.stderr)
        .expect("text")
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["level"] == "error")
        .map(|message| {
            let code = message["code"]["code"].as_str().unwrap_or("-");
            format!("error[{code}]: {}", message["message"].as_str().unwrap_or_default())
        })
        .collect()
}

/// The first header line of a case: which code, which words.
fn expectation(source: &Path) -> (String, String) {
    let text = fs::read_to_string(source).expect("a readable case");
    let first = text.lines().next().and_then(|line| line.strip_prefix("//! ")).expect("a header");
    let (code, words) = first.split_once(": ").expect("`error[code]: words`");
    (code.to_owned(), words.to_owned())
}

#[test]
fn what_must_not_compile_does_not() {
    let crates = crates();
    let mut cases: Vec<PathBuf> = fs::read_dir(root().join("tests/compile_fail"))
        .expect("the folder of cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    cases.sort();
    assert!(!cases.is_empty());
    let mut wrong = Vec::new();
    for case in &cases {
        let (code, words) = expectation(case);
        let errors = errors(&crates, case);
        // Aside from the error meant there may be only what follows from it, of the same code.
        let met = errors.iter().any(|error| error.starts_with(&code) && error.contains(&words));
        let alone = errors.iter().all(|error| error.starts_with(&code) || error.starts_with("error[-]"));
        if !met || !alone {
            wrong.push(format!("{}: wanted {code}: {words}, got {errors:#?}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_case_without_the_mistake_compiles() {
    let source = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fine.rs");
    fs::write(&source, "fn main() { let _ = symbolon::model::secret::Secret::new(String::new()); }")
        .expect("written");
    assert_eq!(errors(&crates(), &source), Vec::<String>::new());
}
