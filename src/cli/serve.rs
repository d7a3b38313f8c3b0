//! `symbolon serve`: the server itself.

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::outcome::{Outcome, Stop};
use super::settings::{SettingsArgs, check_boot};
use crate::config::fault::in_words;
use crate::config::{Config, boot};
use crate::effects::{SystemClock, SystemRandom};
use crate::server::{Parts, build, master_key, metrics, run, telemetry};

/// The arguments of `serve`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Serve {
    /// The URL that names this deployment, like `https://id.example.com`
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,

    /// Where to listen
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,

    /// The folder of the database and the master key
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<String>,
}

const EXAMPLES: &str = "\
`symbolon init` comes first: it makes the data directory and the keys. SIGTERM, SIGHUP or Ctrl-C stops the server once \
its running requests are answered; a second one stops it at once. No signal reads the configuration or the certificate \
again: restart the server after a change.

Examples:
  symbolon serve
  symbolon serve --listen 127.0.0.1:9000 --issuer http://localhost:9000
  symbolon --config /etc/symbolon/symbolon.toml serve

Exit codes: 0 stopped when asked to, 69 the database does not answer, 78 the configuration is wrong or unsafe.";

impl Serve {
    /// Runs the server until it is asked to stop.
    pub fn run(&self, arguments: &SettingsArgs) -> Outcome {
        let mut settings = arguments.collect()?;
        let flags = [
            ("--issuer", "server.issuer", &self.issuer),
            ("--listen", "server.listen", &self.listen),
            ("--data-dir", "server.data_dir", &self.data_dir),
        ];
        for (flag, key, value) in flags {
            if let Some(value) = value {
                settings.flag(flag, key, value);
            }
        }
        let config = Config::read(&settings)?;
        check_boot(&config)?;
        telemetry::init(&config.log);
        for warning in boot::warnings(&config) {
            tracing::warn!("{warning}");
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(Stop::failed)?;
        runtime.block_on(serve(config))
    }
}

async fn serve(config: Config) -> Outcome {
    let master_key =
        master_key::load(&config).map_err(|fault| Stop::configuration(format_args!("{fault}")))?;
    let listener = run::bind(config.server.listen)
        .map_err(|error| cannot_listen("server.listen", config.server.listen, &error))?;
    if let Some(address) = config.server.metrics_listen {
        let collected = metrics::install().map_err(Stop::failed)?;
        let address = metrics::serve(address, collected)
            .map_err(|error| cannot_listen("server.metrics_listen", address, &error))?;
        tracing::info!(%address, "metrics");
    }
    let unready = config.server.unready;
    let issuer = config.server.issuer.clone();
    let server = build(Parts {
        config,
        listener,
        master_key,
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        jobs: true,
        http: None,
        mailer: None,
    })
    .await?;
    let signals = run::Signals::listen().map_err(Stop::failed)?;
    tracing::info!(%issuer, address = %server.address, "ready");
    run::until_stopped(server, signals, unready).await.map_err(Stop::failed)?;
    Ok(ExitCode::SUCCESS)
}

fn cannot_listen(key: &str, address: SocketAddr, error: &io::Error) -> Stop {
    Stop::failed(format_args!("{key}: cannot listen on {address}: {}", in_words(error)))
}
