//! First passwords of a declaration: judging the given ones, making the others, and hashing all before anything is written.

use super::apply::{Made, Passwords};
use super::declaration::{Declaration, DeclarationFault, User};
use super::difference::{Change, PasswordStep, Step};
use super::state::State;
use crate::crypto::password::{Password, PasswordPool};
use crate::flows::call::Call;
use crate::flows::passwords::{context, judge, rules_of};
use crate::model::failure::Failure;
use crate::model::issuer::Issuer;
use crate::model::policy::Policy;
use crate::model::secret::Secret;
use crate::model::tenant::PLATFORM_SLUG;

/// A given password that is too weak is a fault of the file, judged in the light of whose it will be and by the policy that
/// the tenant will have (P040). Takes milliseconds each, and runs where nobody else waits: beside the servers, or before the
/// demo's listens.
///
/// # Errors
/// A tenant of the changes was not read, which is a defect.
pub(super) fn weak(
    changes: &[Change],
    (declared, state): (&Declaration, &State),
    issuer: &Issuer,
) -> Result<Vec<DeclarationFault>, Failure> {
    let platform = state.inside(PLATFORM_SLUG)?.map(|inside| inside.policy.clone()).unwrap_or_default();
    let judged = people(changes).filter_map(|(tenant, user, step)| match step {
        PasswordStep::Set(given) => {
            let named = declared.tenants.iter().flatten().find(|it| it.slug.value.as_str() == tenant);
            let organisation = [tenant, named.map_or("", |tenant| &tenant.name), issuer.authority()];
            let context = context(user.email.value.spelling(), &user.profile, &organisation);
            // What is no customer's stands under the platform.
            let policy: &Policy = named.map_or(&platform, |tenant| &tenant.policy);
            judge(given, rules_of(policy), &context).err().map(|weakness| (tenant, user, weakness))
        }
        PasswordStep::Leave | PasswordStep::Generate => None,
    });
    let faults = judged.map(|(tenant, user, weakness)| {
        let place = user.password.as_ref().map_or(user.email.place, |password| password.place);
        let whose =
            if tenant == PLATFORM_SLUG { "platform".to_owned() } else { format!("tenants[{tenant}]") };
        let path = format!("{whose}.users[{}].password", user.email.value);
        DeclarationFault { place, path, message: weakness.to_string() }
    });
    Ok(faults.collect())
}

/// Hashes the given passwords, which were judged, and makes the others.
pub(super) async fn hash(
    pool: &PasswordPool,
    call: &Call,
    changes: &[Change],
) -> Result<(Passwords, Vec<Made>), Failure> {
    let (mut passwords, mut made) = (Passwords::new(), Vec::new());
    for (tenant, user, step) in people(changes) {
        let secret = match step {
            PasswordStep::Leave => continue,
            PasswordStep::Set(given) => given.clone(),
            PasswordStep::Generate => {
                let secret = random_password(call);
                let name = user.email.value.spelling().to_owned();
                made.push(Made { kind: "password", tenant: tenant.to_owned(), name, secret: secret.clone() });
                secret
            }
        };
        let password = Password::new(&secret).map_err(|_| Failure::internal("making a password"))?;
        let whose = (tenant.to_owned(), user.email.value.canonical().to_owned());
        passwords.insert(whose, pool.hash(password).await?);
    }
    Ok((passwords, made))
}

/// Whether these changes, which were made, set this password.
pub(super) fn is_in_force(made: &Made, changes: &[Change]) -> bool {
    people(changes).any(|(tenant, user, step)| {
        matches!(step, PasswordStep::Generate)
            && tenant == made.tenant
            && user.email.value.spelling() == made.name
    })
}

fn people(changes: &[Change]) -> impl Iterator<Item = (&str, &User, &PasswordStep)> {
    changes.iter().filter_map(|change| {
        let Step::User(user, step) = &change.step else { return None };
        Some((change.tenant.as_deref().unwrap_or_default(), &**user, step))
    })
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
