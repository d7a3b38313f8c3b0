//! `symbolon init`: data directory, master key, schema, platform tenant, first signing keys, and a link for the first
//! owner. There is no default password anywhere.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::outcome::{Outcome, Stop, say};
use super::settings::SettingsArgs;
use super::system_user;
use crate::config::Config;
use crate::config::fault::in_words;
use crate::config::keys::MasterKeySource;
use crate::crypto::master_key::MasterKey;
use crate::crypto::seal::Sealer;
use crate::effects::{Random, SystemClock, SystemRandom};
use crate::flows::setup;
use crate::model::secret::Secret;
use crate::server::build::open_database;
use crate::server::initialise::{initialise, operator_call};
use crate::server::master_key;

/// The arguments of `init`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Init {
    /// The folder of the database and the master key
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Makes what is missing and leaves what is there. The link it prints lives an hour, works once, and makes the first owner of \
the deployment; while there is no owner, running `init` again prints a new link and ends the old one. On PostgreSQL run \
`symbolon migrate` as the owner of the tables first.

Examples:
  symbolon init
  symbolon init --data-dir /var/lib/symbolon
  SYMBOLON_SERVER__ISSUER=https://id.example.com symbolon init

Exit codes: 0 done, 69 the database does not answer, 78 the configuration is wrong.";

impl Init {
    /// Runs the command.
    pub fn run(&self, arguments: &SettingsArgs) -> Outcome {
        let mut settings = arguments.collect()?;
        if let Some(folder) = &self.data_dir {
            settings.flag("--data-dir", "server.data_dir", folder);
        }
        let config = Config::read(&settings)?;
        make_folder(&config.server.data_dir)?;
        let key = master_key(&config)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(Stop::failed)?;
        let link = runtime.block_on(prepare(&config, key))?;
        self.report(&config, link)?;
        Ok(ExitCode::SUCCESS)
    }

    fn report(&self, config: &Config, link: Option<Secret<String>>) -> Result<(), Stop> {
        let url = link.map(|token| config.server.issuer.url(&format!("/setup?token={}", token.expose())));
        if self.json {
            return say(
                json!({"data_dir": config.server.data_dir, "issuer": config.server.issuer, "setup_url": url}),
            );
        }
        say(format_args!("{} is ready in {}.", config.server.issuer, config.server.data_dir.display()))?;
        match url {
            Some(url) => {
                say("Start the server with `symbolon serve` and open this link within an hour, once:")?;
                say(format_args!("\n  {url}"))
            }
            None => say("It has an owner already, so there is nothing to set up."),
        }
    }
}

/// Makes the data directory for its owner alone. One that is there stays as it is.
fn make_folder(path: &Path) -> Result<(), Stop> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| Stop::failed(format_args!("cannot make {}: {}", path.display(), in_words(&error))))
}

fn master_key(config: &Config) -> Result<MasterKey, Stop> {
    if let MasterKeySource::File(path) = &config.keys.master_key
        && !path.exists()
    {
        return MasterKey::create(path, &SystemRandom)
            .map_err(|error| Stop::failed(master_key::advice(&error)));
    }
    master_key::load(config).map_err(Stop::configuration)
}

/// Fills the database; answers with the token of the link, or nothing where an owner exists.
async fn prepare(config: &Config, key: MasterKey) -> Result<Option<Secret<String>>, Stop> {
    let database = open_database(config).await?;
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let mut call = operator_call(&SystemClock, random, &config.server.issuer);
    call.system_user = Some(system_user::name());
    initialise(&database, &Sealer::new(key, Vec::new()), &call).await?;
    let issued = database.write_directory(move |directory| setup::issue_link(directory, &call)).await?;
    Ok(issued.ok())
}
