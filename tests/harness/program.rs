//! The built program, run as an operator runs it: in a folder of its own, and with no environment but what is set here.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use symbolon::model::secret::Secret;
use symbolon::storage::DatabaseUrl;
use tempfile::TempDir;

use super::TestServer;
use super::server::master_key;

/// How long a server may take to start on a busy machine.
const START: Duration = Duration::from_secs(30);

/// The program with its settings.
pub(crate) struct Program {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its exit code.
    pub(crate) code: Option<i32>,
    /// Its standard output.
    pub(crate) out: String,
    /// Its standard error.
    pub(crate) err: String,
}

/// A running `serve`; killed when it goes out of scope.
pub(crate) struct Serving {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    child: Child,
    log: Receiver<String>,
    said: Vec<String>,
}

impl Program {
    /// With an empty folder, where its data directory will be, and the default settings.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder"), variables: Vec::new() }
    }

    /// On the data and under the keys of a running server.
    pub(crate) fn beside(server: &TestServer) -> Self {
        Self::new()
            .set("server.issuer", server.issuer())
            .set("database.url", server.config.database.url.expose())
            .set("keys.master_key", master_key().to_text().expose().trim())
    }

    /// On this database.
    pub(crate) fn on(self, database: &DatabaseUrl) -> Self {
        let url = match database {
            DatabaseUrl::Postgres(url) => url.clone(),
            DatabaseUrl::Sqlite(path) => Secret::new(format!("sqlite:{path}")),
        };
        self.set("database.url", url.expose())
    }

    /// Sets a key of the configuration, in the environment.
    pub(crate) fn set(self, key: &str, value: impl Into<String>) -> Self {
        self.variable(&variable_of(key), value)
    }

    /// Takes a key of the configuration back.
    pub(crate) fn unset(mut self, key: &str) -> Self {
        let name = variable_of(key);
        self.variables.retain(|(known, _)| *known != name);
        self
    }

    /// Sets an environment variable; the later one counts.
    pub(crate) fn variable(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Its working directory.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into its working directory.
    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder().join(name), text).expect("the file is written");
    }

    /// The command, not started yet.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_symbolon"));
        command.args(arguments).current_dir(self.folder()).env_clear();
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command(arguments).output().expect("the program runs"))
    }

    /// Runs a command with this on its standard input.
    pub(crate) fn feed(&self, arguments: &[&str], input: &str) -> Ended {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("it reads");
        Ended::of(child.wait_with_output().expect("the program ends"))
    }

    /// Runs a command that must succeed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> Ended {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?}: {ended:#?}");
        ended
    }

    /// Runs a command that must succeed, and reads what it prints.
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let ended = self.ok(arguments);
        serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("no JSON: {ended:#?}"))
    }

    /// Starts `serve` on a free port and waits until it is ready.
    pub(crate) fn serve(&self) -> Serving {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.env("SYMBOLON_LOG__FORMAT", "json");
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
        let err = child.stderr.take().expect("its log");
        let (send, log) = mpsc::channel();
        // The pipe must be read, or the server would stand still when it is full.
        std::thread::spawn(move || {
            for line in BufReader::new(err).lines().map_while(Result::ok) {
                let _nobody_reads = send.send(line);
            }
        });
        let mut serving =
            Serving { address: SocketAddr::from(([127, 0, 0, 1], 0)), child, log, said: Vec::new() };
        let ready = serving.said("\"message\":\"ready\"");
        let ready: serde_json::Value = serde_json::from_str(&ready).expect("a log of JSON");
        serving.address = ready["address"].as_str().and_then(|at| at.parse().ok()).expect("an address");
        serving
    }
}

impl Serving {
    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line of the log with this in it.
    pub(crate) fn said(&mut self, words: &str) -> String {
        while let Ok(line) = self.log.recv_timeout(START) {
            self.said.push(line.clone());
            if line.contains(words) {
                return line;
            }
        }
        panic!("no {words} in the log: {:#?}", self.said)
    }

    /// The line of the log so far with this in it.
    pub(crate) fn logged(&self, words: &str) -> String {
        let line = self.said.iter().find(|line| line.contains(words));
        line.unwrap_or_else(|| panic!("no {words} in the log: {:#?}", self.said)).clone()
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Waits for its end; the exit code, and all that it logged.
    pub(crate) fn wait(mut self) -> (Option<i32>, String) {
        let status = self.child.wait().expect("it ends");
        self.said.extend(self.log.iter());
        (status.code(), self.said.join("\n"))
    }

    /// Kills it, as a lost machine would.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _gone_already = self.child.wait();
    }
}

fn variable_of(key: &str) -> String {
    format!("SYMBOLON_{}", key.replace('.', "__").to_ascii_uppercase())
}

impl Ended {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("text"),
            err: String::from_utf8(output.stderr).expect("text"),
        }
    }
}
