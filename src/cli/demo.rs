//! `symbolon demo`: the provider, a sample application, the same as a third party's, and a sample API on throw-away data.

mod announcement;
mod inbox;
mod seed;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::ServiceConfig;
use clap::Args;
use tempfile::TempDir;
use url::Url;

use self::announcement::Announcement;
use self::inbox::Inbox;
use self::seed::{Addresses, OWN_PARTY, Seeded, THIRD_PARTY};
use super::outcome::{Outcome, Stop, say};
use crate::config::Config;
use crate::config::fault::in_words;
use crate::config::sources::Settings;
use crate::crypto::master_key::MasterKey;
use crate::crypto::seal::Sealer;
use crate::demo::relying_party::{Registration, RelyingParty};
use crate::demo::{Sample, api};
use crate::effects::mail::MailBox;
use crate::effects::{Random, SystemClock, SystemRandom};
use crate::server::initialise::{initialise, operator_call};
use crate::server::{Parts, Server, build, run, telemetry};
use crate::verify::{SystemTime, Verifier};

/// The arguments of `demo`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Demo {
    /// The port of the provider; sample application, sample API and third-party application take the next three
    #[arg(long, default_value_t = 9000, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..=65532))]
    port: u16,

    /// Print addresses, people and clients as one JSON object, in one line, and nothing else
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Everything lives in a temporary folder and is gone after Ctrl-C. Configuration file, environment and DATABASE_URL are not \
looked at. Two tenants on different plans are made, with passwords and secrets that are printed once. Signing in at the sample \
application takes a password; the same application as another company's asks for consent, too.

Examples:
  symbolon demo
  symbolon demo --port 7000 --json

Exit codes: 0 stopped when asked to, 1 it could not start.";

impl Demo {
    /// Runs until Ctrl-C or SIGTERM.
    pub fn run(&self) -> Outcome {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(Stop::failed)?;
        let folder = tempfile::Builder::new().prefix("symbolon-demo-").tempdir().map_err(|error| {
            Stop::failed(format_args!("cannot make a temporary folder: {}", in_words(&error)))
        })?;
        let outcome = runtime.block_on(self.serve(&folder));
        drop(runtime);
        folder.close().map_err(|error| {
            Stop::failed(format_args!("cannot remove the temporary folder: {}", in_words(&error)))
        })?;
        outcome
    }

    async fn serve(&self, folder: &TempDir) -> Outcome {
        // Before there is anything to remove.
        let signals = run::Signals::listen().map_err(Stop::failed)?;
        let addresses = Addresses::from_port(self.port);
        // All of them first: a taken port is better known before anything is printed.
        let provider = listen(self.port)?;
        let party = listen(self.port.saturating_add(1))?;
        let notes = listen(self.port.saturating_add(2))?;
        let third_party = listen(self.port.saturating_add(3))?;

        let config = config(folder, self.port)?;
        telemetry::init(&config.log);
        let mail_box = MailBox::default();
        let (server, seeded) = start_provider(config, provider, &addresses, mail_box.clone()).await?;
        let notes = start_api(notes, &addresses).await?;
        let own = Party { client_id: OWN_PARTY, name: "Sample Notes", origin: &addresses.relying_party };
        let other = Party { client_id: THIRD_PARTY, name: "Pocket Notes", origin: &addresses.third_party };
        let inbox = Inbox {
            kept: mail_box,
            authority: addresses.relying_party.trim_start_matches("http://").to_owned(),
            issuer: addresses.issuer.clone(),
        };
        let parties = [
            start_party(party, &own, (&addresses, &seeded), Some(inbox))?,
            start_party(third_party, &other, (&addresses, &seeded), None)?,
        ];

        let announcement = Announcement::new(&addresses, &seeded);
        say(if self.json { announcement.to_json()? } else { announcement.to_text(&seeded) })?;
        let ended = run::until_stopped(server, signals, Duration::ZERO).await;
        for party in parties {
            party.stop().await;
        }
        notes.stop().await;
        ended.map_err(Stop::failed)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn listen(port: u16) -> Result<TcpListener, Stop> {
    run::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).map_err(|error| {
        let is_taken = error.kind() == io::ErrorKind::AddrInUse;
        let advice = if is_taken { "; choose another with --port, it takes four in a row" } else { "" };
        Stop::failed(format_args!("cannot listen on port {port}: {}{advice}", in_words(&error)))
    })
}

/// The settings of the demo: nothing from outside, everything in the folder (D29).
fn config(folder: &TempDir, port: u16) -> Result<Config, Stop> {
    let settings = Settings::none()
        .with("server.issuer", format!("http://localhost:{port}"))
        .with("server.name", "Symbolon demo")
        .with("server.listen", format!("127.0.0.1:{port}"))
        .with("server.data_dir", folder.path().display().to_string())
        .with("server.workers", "2")
        .with("server.drain", "2s")
        .with("log.level", "warn");
    Ok(Config::read(&settings)?)
}

async fn start_provider(
    config: Config,
    listener: TcpListener,
    addresses: &Addresses,
    inbox: MailBox,
) -> Result<(Server, Seeded), Stop> {
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let master_key = MasterKey::generate(&*random);
    let call = operator_call(&SystemClock, Arc::clone(&random), &config.server.issuer);
    let sealer = Sealer::new(master_key.clone(), Vec::new());
    let database = seed::database(&config).await?;
    initialise(&database, &sealer, &call).await?;
    let seeded = seed::seed(&database, &call, addresses).await?;
    drop(database);
    let parts = Parts {
        config,
        listener,
        master_key,
        clock: Arc::new(SystemClock),
        random,
        jobs: true,
        http: None,
        mailer: Some(Arc::new(inbox)),
    };
    Ok((build(parts).await?, seeded))
}

async fn start_api(listener: TcpListener, addresses: &Addresses) -> Result<Sample, Stop> {
    let verifier = Verifier::builder(&addresses.issuer).audience(&addresses.api).start().await;
    let verifier = verifier.map_err(Stop::failed)?;
    let notes = api::Notes::default();
    Sample::start(listener, move |config| api::routes(verifier.clone(), notes.clone())(config))
        .map_err(Stop::failed)
}

/// The sample application, as one of its two instances.
struct Party<'a> {
    client_id: &'static str,
    name: &'static str,
    origin: &'a str,
}

fn start_party(
    listener: TcpListener,
    party: &Party<'_>,
    (addresses, seeded): (&Addresses, &Seeded),
    inbox: Option<Inbox>,
) -> Result<Sample, Stop> {
    let secret = seeded.party_secrets.get(party.client_id);
    let secret = secret.ok_or_else(|| Stop::failed("a sample application has no secret"))?;
    let registration = Registration {
        name: party.name,
        issuer: addresses.issuer.clone(),
        client_id: party.client_id.to_owned(),
        client_secret: secret.expose().clone(),
        origin: Url::parse(party.origin).map_err(Stop::failed)?,
        api: Url::parse(&addresses.api).map_err(Stop::failed)?,
        resource: addresses.api.clone(),
        tenants: seeded.tenants.values().cloned().collect(),
    };
    let party = RelyingParty::new(registration, Arc::new(SystemTime)).map_err(Stop::failed)?;
    let routes = move |config: &mut ServiceConfig| {
        if let Some(inbox) = &inbox {
            inbox.routes(config);
        }
        party.clone().routes()(config);
    };
    Sample::start(listener, routes).map_err(Stop::failed)
}
