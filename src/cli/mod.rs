//! The command line: one command per file. Exit codes: 0 done, 1 failed, 2 drift, 64 usage, 65 a bad file, 69
//! unavailable, 78 configuration.

pub mod apply;
pub mod audit;
pub mod clients;
pub mod config;
mod declared;
pub mod demo;
mod deployment;
pub mod export;
mod import;
pub mod init;
pub mod invitations;
pub mod keys;
pub mod mail;
pub mod migrate;
mod outcome;
mod person;
pub mod plan;
pub mod policy;
mod privacy;
pub mod serve;
pub mod sessions;
mod settings;
mod system_user;
pub mod token;
pub mod users;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser, Subcommand};

pub use outcome::{Outcome, Stop, say};
pub use settings::{SettingsArgs, check_boot};

/// A standalone, multi-tenant OpenID Connect identity provider.
#[derive(Debug, Parser)]
#[command(name = "symbolon", version, about, propagate_version = true, after_help = EXAMPLES)]
struct Arguments {
    #[command(flatten)]
    settings: SettingsArgs,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  symbolon init                         make a new deployment in ./data
  symbolon demo                         try it, on throw-away data
  symbolon config check                 show what is in force, and where it came from
  symbolon serve                        run the server
  symbolon --config id.toml config check
  symbolon token verify --help          check a token as a service does

Exit codes: 0 done, 1 failed, 2 differences found, 64 wrong usage, 65 a file that is not what it should be, \
69 something needed is unavailable, 78 wrong configuration.

Settings are described in docs/configuration.md, commands in docs/cli.md.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a new deployment: folder, keys, database, and a link for its first owner.
    Init(init::Init),
    /// Run the server.
    Serve(serve::Serve),
    /// Start the provider, a sample application and a sample API on throw-away data.
    Demo(demo::Demo),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Verify and export the audit trail.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// List, rotate and revoke the signing keys.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Suspend and resume people's accounts.
    #[command(subcommand)]
    Users(users::UsersCommand),
    /// Invite people by mail.
    #[command(subcommand)]
    Invitations(invitations::InvitationsCommand),
    /// End people's sessions.
    #[command(subcommand)]
    Sessions(sessions::SessionsCommand),
    /// Give clients new secrets.
    #[command(subcommand)]
    Clients(clients::ClientsCommand),
    /// Explain a tenant's sign-in policy, and try a draft of one.
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Look at the mails that wait, and try the way out.
    #[command(subcommand)]
    Mail(mail::MailCommand),
    /// Look at tokens.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Bring the database schema up to date.
    Migrate(migrate::Migrate),
    /// Say what a declaration would change; exit 2 where it would change anything.
    Plan(plan::Plan),
    /// Make the deployment hold what a declaration says.
    Apply(apply::Apply),
    /// Print the deployment as a declaration.
    Export(export::Export),
}

/// Every command with its arguments and help: what a reference or a manual page is made from.
pub fn definition() -> clap::Command {
    Arguments::command()
}

/// Runs the command that these arguments ask for; the first is the name of the program.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let Arguments { settings, command } = arguments;
    let outcome = match command {
        Command::Init(command) => command.run(&settings),
        Command::Demo(command) => command.run(),
        Command::Config(command) => command.run(&settings),
        Command::Audit(command) => command.run(&settings),
        Command::Keys(command) => command.run(&settings),
        Command::Users(command) => command.run(&settings),
        Command::Invitations(command) => command.run(&settings),
        Command::Sessions(command) => command.run(&settings),
        Command::Clients(command) => command.run(&settings),
        Command::Policy(command) => command.run(&settings),
        Command::Mail(command) => command.run(&settings),
        Command::Token(command) => command.run(&settings),
        Command::Migrate(command) => command.run(&settings),
        Command::Plan(command) => command.run(&settings),
        Command::Apply(command) => command.run(&settings),
        Command::Export(command) => command.run(&settings),
        Command::Serve(command) => command.run(&settings),
    };
    outcome.unwrap_or_else(|stop| stop.report())
}

/// Help and version are answers; everything else that clap says is a usage error, which exits 64 (D28), and repeats what was
/// written.
fn usage(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _broken_pipe = error.print();
        return ExitCode::SUCCESS;
    }
    outcome::warn(error.render().to_string().trim_end());
    ExitCode::from(outcome::USAGE)
}
