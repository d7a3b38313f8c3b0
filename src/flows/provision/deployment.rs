//! A declaration against a deployment: what would change, and making it so. Passwords are hashed between the read that
//! finds what is new and the one transaction that writes.

use std::sync::Arc;
use std::time::Duration;

use super::apply::{self, Made, Passwords};
use super::declaration::{self, Declaration, Fault, Faults, Sources};
use super::difference::{self, Change, PasswordStep, Step};
use super::state::{Depth, State};
use super::yaml;
use crate::crypto::password::{Password, PasswordHash, PasswordPool};
use crate::effects::Clock;
use crate::flows::call::Call;
use crate::model::failure::Failure;
use crate::model::secret::Secret;
use crate::model::tenant::PLATFORM_SLUG;
use crate::model::time::Timestamp;
use crate::storage::records::tenants;
use crate::storage::{Database, PlatformScope};

/// How long one transaction over a whole deployment may take.
const PATIENCE: Duration = Duration::from_mins(10);

/// Hashes in hand at once; the pool does two at a time, and refuses more than it can queue.
const TOGETHER: usize = 8;

/// A declaration that someone wants to hold.
pub struct Request<'a> {
    /// The file's name, for messages.
    pub file: &'a str,
    /// What it says.
    pub text: &'a str,
    /// Where its secrets and files come from.
    pub sources: &'a dyn Sources,
    /// Whether what it does not name is to go.
    pub prune: bool,
}

/// What would change.
#[derive(Debug)]
pub struct Planned {
    /// The changes, in the order in which they would be made.
    pub changes: Vec<Change>,
    /// What to look at in the file, though nothing is wrong.
    pub warnings: Vec<Fault>,
    declaration: Declaration,
}

/// What was changed.
#[derive(Debug)]
pub struct Applied {
    /// The changes, in the order in which they were made.
    pub changes: Vec<Change>,
    /// What to look at in the file, though nothing is wrong.
    pub warnings: Vec<Fault>,
    /// Secrets that were made: nobody can read them again.
    pub made: Vec<Made>,
}

/// Works out what would change; writes nothing.
///
/// # Errors
/// The inner error is every fault of the file, also in the light of the database; the outer is ours.
pub async fn plan(
    database: &Database,
    right: &PlatformScope,
    request: &Request<'_>,
    now: Timestamp,
) -> Result<Result<Planned, Faults>, Failure> {
    let depth = Depth::Mentioned(request.text.to_owned());
    let patient = database.with_patience(PATIENCE);
    let state = patient.read_platform(right, move |tx| State::read(tx, &depth, now)).await?;
    let read = declaration::read((request.file, request.text), state.index(), request.prune, request.sources);
    let mut declaration = match read {
        Ok(declaration) => declaration,
        Err(faults) => return Ok(Err(faults)),
    };
    let warnings = std::mem::take(&mut declaration.warnings);
    Ok(match difference::between(&declaration, &state, request.prune)? {
        Ok(changes) => Ok(Planned { changes, warnings, declaration }),
        Err(faults) => Err(Faults::of(request.file, faults)),
    })
}

/// Makes the deployment hold what the file says, in one transaction. Done twice, the second time changes nothing.
///
/// What is written bears the time at which the writing began, not that of the call: passwords are hashed before. What is
/// revoked bears the time at which the writing ended, since others go on by the old state until then (D14).
///
/// # Errors
/// As in [`plan`]; passwords that are too weak are faults of the file too.
pub async fn apply(
    database: &Database,
    right: &PlatformScope,
    pool: &PasswordPool,
    clock: &Arc<dyn Clock>,
    (call, request): (&Call, &Request<'_>),
) -> Result<Result<Applied, Faults>, Failure> {
    let planned = match plan(database, right, request, call.now).await? {
        Ok(planned) => planned,
        Err(faults) => return Ok(Err(faults)),
    };
    let Planned { changes, warnings, declaration } = planned;
    if changes.is_empty() {
        return Ok(Ok(Applied { changes, warnings, made: Vec::new() }));
    }
    let (passwords, mut made) = match hash_passwords(pool, call, request.file, &changes).await? {
        Ok(hashed) => hashed,
        Err(faults) => return Ok(Err(faults)),
    };
    let (clock, call, prune) = (Arc::clone(clock), call.clone(), request.prune);
    let depth = Depth::Mentioned(request.text.to_owned());
    let patient = database.with_patience(PATIENCE);
    let written = patient
        .write_platform(right, move |tx| {
            tenants::hold(tx)?;
            let call = Call { now: clock.now(), ..call };
            let state = State::read(tx, &depth, call.now)?;
            let changes = match difference::between(&declaration, &state, prune)? {
                Ok(changes) => changes,
                Err(faults) => return Ok(Err(faults)),
            };
            let secrets = apply::execute(tx, (&call, &*clock), (&state, &changes), &passwords)?;
            Ok(Ok((changes, secrets)))
        })
        .await?;
    Ok(match written {
        Ok((changes, secrets)) => {
            // Another apply may have been faster since the plan: then its passwords are in force, and not these.
            let in_force = people(&changes);
            made.retain(|made| {
                in_force.iter().any(|(tenant, user, step)| {
                    matches!(step, PasswordStep::Generate)
                        && *tenant == made.tenant
                        && user.email.value.spelling() == made.name
                })
            });
            made.extend(secrets);
            Ok(Applied { changes, warnings, made })
        }
        Err(faults) => Err(Faults::of(request.file, faults)),
    })
}

/// Writes the whole deployment as a declaration, which [`plan`] calls no change.
///
/// # Errors
/// The database fails.
pub async fn export(database: &Database, right: &PlatformScope, now: Timestamp) -> Result<String, Failure> {
    let patient = database.with_patience(PATIENCE);
    let read = patient.read_platform(right, move |tx| {
        let state = State::read(tx, &Depth::Everything, now)?;
        yaml::write(&state)
    });
    read.await
}

/// The people whom these changes write, each with the tenant.
fn people(changes: &[Change]) -> Vec<(String, &declaration::User, &PasswordStep)> {
    let people = changes.iter().filter_map(|change| {
        let Step::User(user, step) = &change.step else { return None };
        Some((change.tenant.clone().unwrap_or_default(), &**user, step))
    });
    people.collect()
}

/// Judges the given passwords, makes the others, and hashes all.
async fn hash_passwords(
    pool: &PasswordPool,
    call: &Call,
    file: &str,
    changes: &[Change],
) -> Result<Result<(Passwords, Vec<Made>), Faults>, Failure> {
    let (mut passwords, mut made, mut faults) = (Passwords::new(), Vec::new(), Vec::new());
    for group in people(changes).chunks(TOGETHER) {
        for (tenant, user, step) in group {
            let hash = match step {
                PasswordStep::Leave => continue,
                PasswordStep::Set(given) => match accept(pool, given, tenant, user).await? {
                    Ok(hash) => hash,
                    Err(fault) => {
                        faults.push(fault);
                        continue;
                    }
                },
                PasswordStep::Generate => {
                    let secret = random_password(call);
                    let hash = hash(pool, &secret).await?;
                    let name = user.email.value.spelling().to_owned();
                    made.push(Made { kind: "password", tenant: tenant.clone(), name, secret });
                    hash
                }
            };
            passwords.insert((tenant.clone(), user.email.value.canonical().to_owned()), hash);
        }
    }
    Ok(if faults.is_empty() { Ok((passwords, made)) } else { Err(Faults::of(file, faults)) })
}

/// Judges a given password in the light of whose it will be (P040).
async fn accept(
    pool: &PasswordPool,
    given: &Secret<String>,
    tenant: &str,
    user: &declaration::User,
) -> Result<Result<PasswordHash, Fault>, Failure> {
    let profile = &user.profile;
    let names = [&profile.name, &profile.given_name, &profile.family_name, &profile.nickname];
    let mut context: Vec<String> = names.into_iter().flatten().cloned().collect();
    context.extend([user.email.value.spelling().to_owned(), tenant.to_owned()]);
    let judged = match Password::new(given) {
        Ok(password) => pool.accept(password, context).await?,
        Err(weakness) => Err(weakness),
    };
    let place = user.password.as_ref().map_or(user.email.place, |password| password.place);
    let whose = if tenant == PLATFORM_SLUG { "platform".to_owned() } else { format!("tenants[{tenant}]") };
    let path = format!("{whose}.users[{}].password", user.email.value);
    Ok(judged.map_err(|weakness| Fault { place, path, message: weakness.to_string() }))
}

async fn hash(pool: &PasswordPool, secret: &Secret<String>) -> Result<PasswordHash, Failure> {
    let password = Password::new(secret).map_err(|_| Failure::internal("making a password"))?;
    Ok(pool.hash(password).await?)
}

/// Twenty letters and digits in groups of five, 99 bits, without those that look alike.
fn random_password(call: &Call) -> Secret<String> {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789-";
    let mut text = String::with_capacity(23);
    let mut letters = 0;
    while letters < 20 {
        // Rejection keeps the choice even over 31 symbols.
        for byte in call.secret_bytes::<32>().expose() {
            let Some(symbol) = ALPHABET.get(usize::from(byte & 31)).filter(|symbol| **symbol != b'-') else {
                continue;
            };
            if letters == 20 {
                break;
            }
            if letters > 0 && letters % 5 == 0 {
                text.push('-');
            }
            text.push(char::from(*symbol));
            letters += 1;
        }
    }
    Secret::new(text)
}
