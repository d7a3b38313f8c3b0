//! `symbolon audit`: verifies the chains of events, exports them, and states signed checkpoints (R61, D22).

mod outside;

use std::fs;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use outside::Outside;

use super::deployment::Deployment;
use super::outcome::{Outcome, Stop, say, warn};
use super::settings::SettingsArgs;
use crate::config::bounded;
use crate::config::fault::in_words;
use crate::flows::audit::{Checkpoint, Fault, KnownCheckpoints, Summary, Verification, state_checkpoint};
use crate::flows::keys::Keys;
use crate::model::audit::{Actor, ChainedEvent, EventKind, EventResult, StoredEvent};
use crate::model::failure::Failure;
use crate::model::ids::Slug;
use crate::storage::records::audit;
use crate::storage::{TenantScope, TenantTx};

/// Events that are read in one transaction.
const PAGE: i64 = 1000;
/// Events between two words of progress.
const PROGRESS: i64 = 50_000;

/// What to do with the audit trail.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Verify chains of events; exit 1 and name the first bad event where one was tampered with
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(Verify),
    /// Write a chain as JSON Lines, one event a line
    #[command(after_help = EXPORT_EXAMPLES)]
    Export(Export),
    /// State in a signed checkpoint what a chain holds; keep it outside of the database
    #[command(after_help = CHECKPOINT_EXAMPLES)]
    Checkpoint(StateCheckpoint),
}

const VERIFY_EXAMPLES: &str = "\
Without a checkpoint a chain proves that no event was changed, removed, inserted or moved. That its end was not cut off, and \
that it was not built anew by somebody with access to the database, only a checkpoint shows that was kept elsewhere. The \
checkpoints in the database and those in the folder audit.checkpoint_dir are used always: every file there that is not hidden, whatever its \
name, and whichever tenant is asked for. A file that is no checkpoint of ours is a finding, and so is one over a tenant that the \
database does not have: no tenant's record is ever deleted.

Examples:
  symbolon audit verify                                        every tenant
  symbolon audit verify --tenant acme --checkpoint acme.jws    with a checkpoint kept elsewhere
  symbolon audit verify --tenant acme --file acme.jsonl        an exported chain

Exit codes: 0 every chain is whole, 1 a chain, a checkpoint or something beside a chain is wrong, or there is no such \
tenant or file, 69 the database does not answer.";

const EXPORT_EXAMPLES: &str = "\
Each line is an object with `seq`, `body` (canonical JSON, RFC 8785), `hash` (SHA-256 of `body`) and `personal`, the facts about \
people that can be erased. The export itself is recorded.

Examples:
  symbolon audit export --tenant acme --output acme.jsonl
  symbolon audit export --tenant acme --without-personal | gzip > acme.jsonl.gz

Exit codes: 0 done, 1 there is no such tenant or the file cannot be written, 69 the database does not answer.";

const CHECKPOINT_EXAMPLES: &str = "\
The server makes one each day for each tenant in which something happened; this one is for now. It tells nothing but how many \
events there are and their hashes.

Examples:
  symbolon audit checkpoint --tenant acme --output /mnt/other-machine/acme.jws

Exit codes: 0 done, 1 the chain does not verify, a file in audit.checkpoint_dir is a finding, or there is no such tenant, 69 the database does not answer.";

/// The arguments of `audit verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// The tenant's slug [default: every tenant]
    #[arg(long, value_name = "SLUG")]
    tenant: Option<Slug>,
    /// A signed checkpoint of this tenant; may be repeated
    #[arg(long, value_name = "FILE", requires = "tenant")]
    checkpoint: Vec<PathBuf>,
    /// Verify this export instead of the database
    #[arg(long, value_name = "FILE", requires = "tenant")]
    file: Option<PathBuf>,
}

/// The arguments of `audit export`.
#[derive(Debug, Args)]
pub struct Export {
    /// The tenant's slug
    #[arg(long, value_name = "SLUG")]
    tenant: Slug,
    /// Where to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Leave the facts about people out; the chain still verifies
    #[arg(long)]
    without_personal: bool,
}

/// The arguments of `audit checkpoint`.
#[derive(Debug, Args)]
pub struct StateCheckpoint {
    /// The tenant's slug
    #[arg(long, value_name = "SLUG")]
    tenant: Slug,
    /// Where to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl AuditCommand {
    /// Runs the command.
    pub fn run(&self, settings: &SettingsArgs) -> Outcome {
        let deployment = Deployment::open(settings)?;
        match self {
            Self::Verify(verify) => verify.run(&deployment),
            Self::Export(export) => export.run(&deployment),
            Self::Checkpoint(checkpoint) => checkpoint.run(&deployment),
        }
    }
}

impl Verify {
    fn run(&self, deployment: &Deployment) -> Outcome {
        let keys = deployment.keys()?;
        let outside = Outside::read(deployment, &keys)?;
        let scopes = match &self.tenant {
            Some(slug) => vec![deployment.tenant(slug)?],
            None => deployment.tenants()?,
        };
        for fault in &outside.faults {
            say(fault)?;
        }
        let mut given = Vec::new();
        for path in &self.checkpoint {
            let text = bounded::text(path, outside::MOST).map_err(|error| cannot("read", path, &error))?;
            given.push((path.display().to_string(), text));
        }
        let mut sound = outside.faults.is_empty();
        for scope in scopes {
            let known = known_checkpoints(deployment, &scope, &keys, &outside, given.clone())?;
            sound &= self.verify(deployment, &scope, &known)?;
        }
        Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Verifies one chain, and says what it found: whether all is well.
    fn verify(
        &self,
        deployment: &Deployment,
        scope: &TenantScope,
        known: &KnownCheckpoints,
    ) -> Result<bool, Stop> {
        let slug = scope.slug();
        let mut faults: Vec<String> =
            known.refused.iter().map(|(name, fault)| format!("{name}: {fault}")).collect();
        let verdict = match &self.file {
            Some(path) => verify_file(path, scope, known.stated())?,
            None => verify_stored(deployment, scope, known.stated())?,
        };
        match verdict {
            Ok(summary) => {
                // A file may have been made without them (`--without-personal`).
                let counts =
                    |fault: &&Fault| self.file.is_none() || !matches!(fault, Fault::PersonalGone(..));
                let beside = faults_beside(deployment, scope, &summary)?;
                faults.extend(beside.iter().filter(counts).map(Fault::to_string));
                if faults.is_empty() {
                    say_sound(slug, &summary)?;
                }
            }
            Err(fault) => faults.push(fault.to_string()),
        }
        for fault in &faults {
            say(format_args!("{slug}: TAMPERED WITH: {fault}"))?;
        }
        Ok(faults.is_empty())
    }
}

fn say_sound(slug: &Slug, Summary { head, root, bare, .. }: &Summary) -> Result<(), Stop> {
    let without = match bare.len() {
        0 => String::new(),
        events => format!(", {events} without the facts about people"),
    };
    say(format_args!("{slug}: {} events, sound; head {}, Merkle root {root}{without}", head.seq, head.hash))
}

/// What is wrong beside a chain that is whole.
fn faults_beside(
    deployment: &Deployment,
    scope: &TenantScope,
    summary: &Summary,
) -> Result<Vec<Fault>, Stop> {
    let all = if summary.tenants.is_empty() { Vec::new() } else { deployment.tenants()? };
    Ok(summary.faults_beside(scope, &all))
}

/// The checkpoints of a chain: the stored ones, those in the folder, and those given. Says which prove nothing by themselves.
fn known_checkpoints(
    deployment: &Deployment,
    scope: &TenantScope,
    keys: &Keys,
    outside: &Outside,
    given: Vec<(String, String)>,
) -> Result<KnownCheckpoints, Stop> {
    let stored = read_in(deployment, scope, audit::checkpoints)?;
    let stored = stored.into_iter().map(|(seq, text)| (format!("the stored checkpoint {seq}"), text));
    let mut known =
        KnownCheckpoints::read(stored.chain(given), &deployment.call().issuer, keys).over(scope.id());
    known.believed.extend(outside.over(scope.id()));
    for one in known.believed.iter().filter(|one| one.withdrawn) {
        warn(format_args!(
            "warning: {}: {} was signed by a key that is revoked: whoever has that key can state the same",
            scope.slug(),
            one.name,
        ));
    }
    Ok(known)
}

type Verdict = Result<Result<Summary, Fault>, Stop>;

fn verify_stored(deployment: &Deployment, scope: &TenantScope, checkpoints: Vec<Checkpoint>) -> Verdict {
    let mut verification = Verification::new(scope.id(), checkpoints);
    let head = read_in(deployment, scope, audit::head)?;
    let mut told = 0;
    while verification.position() < head.seq {
        let page = read_page(deployment, scope, verification.position(), head.seq)?;
        if page.is_empty() {
            break;
        }
        for event in &page {
            if let Err(fault) = verification.push_stored(event) {
                return Ok(Err(fault));
            }
        }
        if verification.position() - told >= PROGRESS && std::io::stderr().is_terminal() {
            told = verification.position();
            warn(format_args!("{}: {told} of {} events", scope.slug(), head.seq));
        }
    }
    if let Some(seq) = read_in(deployment, scope, audit::uncounted)? {
        return Ok(Err(Fault::Inserted(seq)));
    }
    Ok(verification.finish(Some(&head)))
}

/// The longest line of an export, in bytes.
const LONGEST_LINE: u64 = 1 << 20;

fn verify_file(path: &Path, scope: &TenantScope, checkpoints: Vec<Checkpoint>) -> Verdict {
    let file = fs::File::open(path).map_err(|error| cannot("read", path, &error))?;
    let mut verification = Verification::new(scope.id(), checkpoints);
    let mut reader = BufReader::new(file);
    for number in 0_u64.. {
        let mut line = Vec::new();
        // A device that never ends a line is no export.
        reader
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)
            .map_err(|error| cannot("read", path, &error))?;
        if line.is_empty() {
            break;
        }
        let event: ChainedEvent = serde_json::from_slice(&line)
            .map_err(|error| Stop::failed(format_args!("{}:{}: {error}", path.display(), number + 1)))?;
        if let Err(fault) = verification.push(&event) {
            return Ok(Err(fault));
        }
    }
    Ok(verification.finish(None))
}

/// Reads in the tenant, one transaction.
fn read_in<T: Send + 'static>(
    deployment: &Deployment,
    scope: &TenantScope,
    read: impl FnOnce(&mut TenantTx<'_>) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Stop> {
    let entered = scope.clone();
    deployment
        .wait(deployment.database.read_platform(&deployment.right, move |tx| read(&mut tx.enter(&entered)?)))
}

fn read_page(
    deployment: &Deployment,
    scope: &TenantScope,
    after: i64,
    last: i64,
) -> Result<Vec<StoredEvent>, Stop> {
    let limit = PAGE.min(last - after);
    read_in(deployment, scope, move |tx| audit::stored_after(tx, after, limit))
}

impl Export {
    fn run(&self, deployment: &Deployment) -> Outcome {
        let scope = deployment.tenant(&self.tenant)?;
        self.record(deployment, &scope)?;
        let head = read_in(deployment, &scope, audit::head)?;
        let mut output = open_output(self.output.as_deref())?;
        let mut at = 0;
        while at < head.seq {
            let page = read_page(deployment, &scope, at, head.seq)?;
            let Some(last) = page.last() else { break };
            at = last.event.seq;
            for StoredEvent { mut event, .. } in page {
                if self.without_personal {
                    event.personal = None;
                }
                let line = serde_json::to_string(&event).map_err(Stop::failed)?;
                writeln!(output, "{line}").map_err(Stop::failed)?;
            }
        }
        output.flush().map_err(Stop::failed)?;
        Ok(ExitCode::SUCCESS)
    }

    /// Reading the trail is itself recorded (P139).
    fn record(&self, deployment: &Deployment, scope: &TenantScope) -> Result<(), Stop> {
        let (call, entered, personal) = (deployment.call(), scope.clone(), !self.without_personal);
        deployment.wait(deployment.database.write_platform(&deployment.right, move |tx| {
            let event = call.event(EventKind::AuditRead, EventResult::Success, Actor::Operator);
            tx.enter(&entered)?.record(event.with("personal", personal));
            Ok(())
        }))
    }
}

impl StateCheckpoint {
    fn run(&self, deployment: &Deployment) -> Outcome {
        let scope = deployment.tenant(&self.tenant)?;
        let keys = deployment.keys()?;
        let outside = Outside::read(deployment, &keys)?;
        if let Some(fault) = outside.faults.first() {
            return Err(Stop::failed(fault));
        }
        let tampered = |fault: String| Stop::failed(format_args!("{}: TAMPERED WITH: {fault}", self.tenant));
        let known = known_checkpoints(deployment, &scope, &keys, &outside, Vec::new())?;
        if let Some((name, fault)) = known.refused.first() {
            return Err(tampered(format!("{name}: {fault}")));
        }
        let summary = verify_stored(deployment, &scope, known.stated())?
            .map_err(|fault| tampered(fault.to_string()))?;
        for fault in faults_beside(deployment, &scope, &summary)? {
            warn(format_args!("warning: {}: TAMPERED WITH: {fault}", self.tenant));
        }
        let statement = state_checkpoint(&deployment.call(), scope.id(), &summary, keys.tokens())?;
        let mut output = open_output(self.output.as_deref())?;
        writeln!(output, "{statement}").map_err(Stop::failed)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn open_output(path: Option<&Path>) -> Result<Box<dyn Write>, Stop> {
    match path {
        None => Ok(Box::new(std::io::stdout().lock())),
        Some(path) => {
            let file = own_file(path).map_err(|error| cannot("write", path, &error))?;
            Ok(Box::new(std::io::BufWriter::new(file)))
        }
    }
}

/// A file for the operator alone, since it holds facts about people: made anew, so that whoever may read what stood there, or
/// has it open, does not get this. A pipe or a terminal is taken as it is.
fn own_file(path: &Path) -> std::io::Result<fs::File> {
    if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        return fs::OpenOptions::new().write(true).open(path);
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Stop {
    Stop::failed(format_args!("cannot {what} {}: {}", path.display(), in_words(error)))
}
