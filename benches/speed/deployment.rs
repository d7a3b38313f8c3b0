//! The deployment under load: a folder of its own, the real binary bound to the first core, limits raised.

use std::error::Error;
use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::http::{Connection, get};
use crate::limits::ASKING;
use crate::postgres;

/// Where the sample client is sent back to; nothing listens there.
pub(crate) const REDIRECT: &str = "http://127.0.0.1:9099/callback";
/// The API that tokens are for.
pub(crate) const RESOURCE: &str = "https://bench.example";
/// The secret of both clients and the password of the one person.
pub(crate) const SECRET: &str = "k7Qw-mT2x_Vb93Lr-pZ8sYc1-uN5dHe4";

/// Everything that `apply` reads: one tenant, one person, one application, one machine.
const DECLARATION: &str = r#"apiVersion: symbolon/v1
products:
  - {key: notes, name: Notes, grants: [read, write, export]}
plans:
  - key: pro
    name: Pro
    entitlements: {notes: [read, write, export]}
platform:
  resources:
    - identifier: https://bench.example
      name: Notes API
      product: notes
      tenants: all
      scopes:
        - {name: notes, description: Read and change your notes}
  clients:
    - client_id: portal
      name: Portal
      kind: web
      first_party: true
      first_party_login: true
      tenants: all
      redirect_uris: ["http://127.0.0.1:9099/callback"]
      scopes: [openid, notes]
      resources: ["https://bench.example"]
      token_endpoint_auth_method: client_secret_basic
      secret: {env: BENCH_SECRET}
tenants:
  - slug: bench
    name: Bench
    plan: pro
    domains: [bench.example]
    users:
      - email: ada@bench.example
        name: {given: Ada, family: Lovelace}
        roles: [owner]
        password: {env: BENCH_SECRET}
    clients:
      - client_id: bench.job
        name: Job
        kind: service
        scopes: [notes]
        resources: ["https://bench.example"]
        token_endpoint_auth_method: client_secret_basic
        secret: {env: BENCH_SECRET}
"#;

/// A data folder with configuration and contents, and the address that its server listens on.
pub(crate) struct Deployment {
    folder: PathBuf,
    database: Option<String>,
    pub(crate) address: SocketAddr,
}

/// The server's process; stopped when dropped.
pub(crate) struct Server {
    child: Child,
    /// From the start of the process to its first answer.
    pub(crate) ready_after: Duration,
}

impl Deployment {
    /// Makes a deployment in this folder: on SQLite, or on the PostgreSQL
    /// database whose owner and serving role are given.
    pub(crate) fn create(folder: &Path, postgres: Option<(&str, &str)>) -> Result<Self, Box<dyn Error>> {
        fs::create_dir_all(folder)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let limits = ASKING.map(|key| format!("{key} = \"1000000 per 1s\"")).join("\n");
        let configuration = format!(
            "[server]\nissuer = \"http://localhost:{port}\"\nlisten = \"{address}\"\ndata_dir = \"{data}\"\n\
             [log]\nlevel = \"error\"\nrequests = false\n[limits]\n{limits}\n",
            port = address.port(),
            data = folder.join("data").display(),
        );
        fs::write(folder.join("symbolon.toml"), configuration)?;
        fs::write(folder.join("bench.yaml"), DECLARATION)?;
        let deployment = Self {
            folder: folder.to_owned(),
            database: postgres.map(|(_, serving)| serving.to_owned()),
            address,
        };
        if let Some((owner, _)) = postgres {
            deployment.run(&["migrate"], Some(owner))?;
        }
        deployment.run(&["init"], None)?;
        deployment.run(&["apply", "bench.yaml"], None)?;
        Ok(deployment)
    }

    /// The issuer.
    pub(crate) fn issuer(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    /// The SQLite file.
    pub(crate) fn database_file(&self) -> PathBuf {
        self.folder.join("data").join("symbolon.sqlite3")
    }

    fn command(&self, program: &str, database: Option<&str>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env("SYMBOLON_CONFIG", "symbolon.toml").env("BENCH_SECRET", SECRET);
        match database.or(self.database.as_deref()) {
            Some(url) => command
                .env("DATABASE_URL", url)
                .env("SYMBOLON_DATABASE__SERVING_ROLE", postgres::SERVING_ROLE),
            None => command.env_remove("DATABASE_URL"),
        };
        command
    }

    fn run(&self, arguments: &[&str], database: Option<&str>) -> Result<(), Box<dyn Error>> {
        let output = self.command(env!("CARGO_BIN_EXE_symbolon"), database).args(arguments).output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("symbolon {}: {said}", arguments.join(" ")).into());
        }
        Ok(())
    }

    /// Starts the server on the first core and waits for its first answer.
    pub(crate) async fn serve(&self) -> Result<Server, Box<dyn Error>> {
        let begun = Instant::now();
        let child = self
            .command("taskset", None)
            .args(["-c", "0", env!("CARGO_BIN_EXE_symbolon"), "serve"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        let mut server = Server { child, ready_after: Duration::ZERO };
        loop {
            if let Ok(200) = self.ask("/readyz").await {
                server.ready_after = begun.elapsed();
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("the server ended: {status}").into());
            }
            if begun.elapsed() > Duration::from_secs(20) {
                return Err("the server did not answer".into());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn ask(&self, path: &str) -> io::Result<u16> {
        Ok(Connection::open(self.address).await?.send(&get(path)).await?.status)
    }
}

impl Server {
    /// Resident memory, in bytes.
    pub(crate) fn resident(&self) -> Result<u64, Box<dyn Error>> {
        self.memory("VmRSS:")
    }

    /// The most resident memory since its start, in bytes.
    pub(crate) fn most_resident(&self) -> Result<u64, Box<dyn Error>> {
        self.memory("VmHWM:")
    }

    fn memory(&self, which: &str) -> Result<u64, Box<dyn Error>> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(which)).ok_or("no such line")?;
        Ok(line.trim().trim_end_matches(" kB").trim().parse::<u64>()? * 1024)
    }

    /// Processor time used so far.
    pub(crate) fn processor(&self) -> Result<Duration, Box<dyn Error>> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name in brackets may hold spaces; user and system time are the 12th and 13th field behind it.
        let (_, fields) = stat.rsplit_once(')').ok_or("no stat")?;
        let ticks: u64 =
            fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        Ok(Duration::from_millis(ticks * 10))
    }

    /// Stops it as an operator would.
    pub(crate) fn stop(mut self) -> io::Result<()> {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
