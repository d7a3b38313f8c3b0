//! The same requests on SQLite and on PostgreSQL, judged alike (P153): every verdict is committed in `recorded.txt`,
//! and a run on either database must give exactly those. What differs between databases is what is asked here: case,
//! collation, spaces at the end, NUL and other odd characters, long keys, numbers at their limits, and races.

mod http;
mod stored;

use std::path::Path;

/// What was said, line by line.
#[derive(Default)]
struct Record(Vec<String>);

impl Record {
    fn section(&mut self, title: &str) {
        self.0.push(format!("\n# {title}"));
    }

    /// Notes a verdict. The case is written so that every character of it can be read.
    fn note(&mut self, case: &str, verdict: impl std::fmt::Display) {
        let case = case.escape_default().to_string();
        let short = if case.len() > 60 { format!("{}… ({} bytes)", &case[..40], case.len()) } else { case };
        self.0.push(format!("{short} => {verdict}"));
    }
}

/// P153, and P062: whoever signs in by another spelling of the same address is the same person on both.
#[tokio::test]
async fn p153_both_databases_give_the_recorded_verdicts() {
    let mut record = Record::default();
    http::judge(&mut record).await;
    stored::judge(&mut record).await;
    let said = format!("{}\n", record.0.join("\n").trim_start());
    let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verdicts.txt");
    std::fs::write(&fresh, &said).expect("a writable target folder");
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verdicts/recorded.txt");
    let recorded = std::fs::read_to_string(list).expect("the recorded verdicts");
    let differing: Vec<(&str, &str)> =
        recorded.lines().zip(said.lines()).filter(|(recorded, said)| recorded != said).collect();
    assert!(
        said == recorded,
        "these verdicts differ, first what is recorded: {differing:#?}; all of this run: {}",
        fresh.display()
    );
}
