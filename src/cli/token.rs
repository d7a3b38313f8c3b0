//! `symbolon token`: look at a token the way a service does, with the verifier library over HTTP.

use std::io::Read as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::outcome::{Outcome, Stop, say};
use super::settings::SettingsArgs;
use crate::config::fault::in_words;
use crate::verify::{InvalidSettings, MAX_TOKEN, Refusal, RevocationPolicy, Verifier};

/// The commands below `token`.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Check an access token as a service does, and print its claims
    #[command(after_help = VERIFY)]
    Verify(VerifyArgs),
}

const VERIFY: &str = "\
The token is read from standard input unless it is given; given ones stay in the history of your shell. Keys and \
revocations are fetched from the issuer.

Examples:
  echo \"$TOKEN\" | symbolon token verify --audience https://notes.example.com
  echo \"$TOKEN\" | symbolon token verify --issuer https://id.example.com

Exit codes: 0 the token is good, 1 it is not, 64 wrong usage, 69 the issuer's keys or revocations cannot be had.";

/// The arguments of `token verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Who must have issued it [default: `server.issuer`]
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// A service that it may be for; may be repeated [default: the issuer, which is the audience of tokens for no API]
    #[arg(long, value_name = "IDENTIFIER")]
    audience: Vec<String>,
    /// Do not ask whether it was revoked
    #[arg(long)]
    ignore_revocations: bool,
    /// The token
    #[arg(value_name = "TOKEN")]
    token: Option<String>,
}

impl TokenCommand {
    /// Runs the command.
    pub fn run(self, settings: &SettingsArgs) -> Outcome {
        match self {
            Self::Verify(arguments) => verify(arguments, settings),
        }
    }
}

fn verify(arguments: VerifyArgs, settings: &SettingsArgs) -> Outcome {
    let issuer = match arguments.issuer {
        Some(issuer) => issuer,
        None => settings.load()?.server.issuer.to_string(),
    };
    let audiences = if arguments.audience.is_empty() { vec![issuer.clone()] } else { arguments.audience };
    let mut builder = Verifier::builder(&issuer);
    for audience in audiences {
        builder = builder.audience(audience);
    }
    if arguments.ignore_revocations {
        builder = builder.revocations(RevocationPolicy::Ignore);
    }
    let verifier = builder.build().map_err(|error| match error {
        InvalidSettings::Issuer(_) | InvalidSettings::Audience => Stop::usage(error),
        InvalidSettings::Leeway | InvalidSettings::Url | InvalidSettings::Tls => Stop::failed(error),
    })?;
    let token = match arguments.token {
        Some(token) => token,
        None => read_token()?,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Stop::failed)?;
    let judged = runtime.block_on(async {
        verifier.refresh().await;
        verifier.verify(token.trim()).await
    });
    match judged {
        Ok(good) => {
            say(serde_json::to_string_pretty(good.claims()).map_err(Stop::failed)?)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(refusal @ Refusal::Unavailable(_)) => Err(Stop::unavailable(refusal)),
        Err(refusal) => Err(Stop::failed(format_args!("refused: {refusal}"))),
    }
}

fn read_token() -> Result<String, Stop> {
    let mut text = String::new();
    let most = u64::try_from(MAX_TOKEN).unwrap_or(u64::MAX).saturating_add(2);
    std::io::stdin()
        .lock()
        .take(most)
        .read_to_string(&mut text)
        .map_err(|error| Stop::usage(format_args!("cannot read the token: {}", in_words(&error))))?;
    if text.trim().is_empty() {
        return Err(Stop::usage("no token was given: pipe it in, as `symbolon token verify --help` shows"));
    }
    Ok(text)
}
