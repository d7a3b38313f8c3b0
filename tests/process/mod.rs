//! The built program as a process: the commands of an operator, `serve` in production, signals, crashes, outages.

mod access_log;
mod audit;
mod commands;
mod crash;
mod declared;
mod evidence;
mod hashing;
mod import;
mod listeners;
mod outage;
mod privacy;
mod refusals;
mod start;
mod strangers;
mod wrong_input;

use serde_json::Value;

use crate::harness::database::TestDatabase;
use crate::harness::jar::client;
use crate::harness::program::{Program, Serving};
use crate::harness::rows::Everything;

/// Certificates of the tests.
const TLS_FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/effects/tls");

/// A deployment as `init` leaves it, on a database of the run.
struct Home {
    program: Program,
    database: TestDatabase,
}

impl Home {
    fn new() -> Self {
        let home = Self::empty();
        home.program.ok(&["init"]);
        home
    }

    /// Before `init`, with the schema in place.
    fn empty() -> Self {
        let database = TestDatabase::new();
        let program = Program::new().on(&database.url).set("limits.token_address", "100000 per 1m");
        Self { program, database }
    }

    /// The same with a certificate of its own, for `keys.example`.
    fn with_tls() -> Self {
        let mut home = Self::new();
        home.program = home
            .program
            .set("server.tls_certificate", format!("{TLS_FILES}/server.pem"))
            .set("server.tls_key", format!("{TLS_FILES}/server.key"));
        home
    }

    /// The same with `docs/examples/acme.yaml` applied, and the variables that it names.
    fn with_acme() -> Self {
        let mut home = Self::new();
        home.program = with_example(home.program);
        home.program.ok(&["apply", "acme.yaml"]);
        home
    }

    /// Does to the data what somebody with all rights could do.
    fn tamper(&self, statements: &str) {
        Everything::open(&self.database).tamper(statements);
    }

    /// How many rows there are in this table, or part of it.
    fn count(&self, rows: &str) -> i64 {
        Everything::open(&self.database).count(rows)
    }
}

/// The secret of the client `globex.report` in the example.
const REPORT_SECRET: &str = "GLOBEX_REPORT_SECRET-9f8Q2xLm7Rk4Zt1Wc6Vb3Nd5Hs0Jp";

/// Puts the example beside the program, with the variables that it names.
fn with_example(program: Program) -> Program {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/examples");
    for name in ["acme.yaml", "nightly-export.jwks.json"] {
        let text = std::fs::read_to_string(format!("{examples}/{name}")).expect("the example");
        program.write(name, &text);
    }
    program
        .variable("NOTES_SECRET", "NOTES_SECRET-9f8Q2xLm7Rk4Zt1Wc6Vb3Nd5Hs0Jp")
        .variable("ACME_WIKI_SECRET", "ACME_WIKI_SECRET-9f8Q2xLm7Rk4Zt1Wc6Vb3Nd5Hs0Jp")
        .variable("GLOBEX_REPORT_SECRET", REPORT_SECRET)
        .variable("ACME_ADA_PASSWORD", "ACME_ADA_PASSWORD stands on a hill")
        .variable("GLOBEX_HANK_PASSWORD", "GLOBEX_HANK_PASSWORD stands on a hill")
}

/// Asks for a token as `globex.report`: the status, and the body.
async fn report_token(serving: &Serving) -> (u16, Value) {
    let form = [("grant_type", "client_credentials"), ("scope", "notes")];
    let request =
        client().post(serving.url("/oauth2/token")).basic_auth("globex.report", Some(REPORT_SECRET));
    let answer = request.form(&form).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}
