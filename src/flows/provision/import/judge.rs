//! A file in the light of the tenant: who is there already, which roles and groups there are, whose domain an address is in.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::file::{self, Format};
use super::{Accepted, ImportRules, ImportSummary, Judged, Newcomer, RefusedLine, person};
use crate::flows::call::Call;
use crate::model::failure::Failure;
use crate::model::ids::TenantId;
use crate::model::nearest::did_you_mean;
use crate::model::profile::Profile;
use crate::model::role::Role;
use crate::model::status::Status;
use crate::model::time::Timestamp;
use crate::model::workspace::Group;
use crate::storage::records::{groups, tenants, users};
use crate::storage::{PlatformTx, TenantScope};

/// Addresses that one question names.
const AT_ONCE: usize = 500;

/// What is known of the tenant.
struct Known {
    id: TenantId,
    groups: BTreeMap<String, Group>,
    domains: HashMap<String, TenantId>,
}

/// Reads a file and judges every line; writes nothing. The people come back only where every one of them can be taken.
///
/// # Errors
/// The inner error is every refused line, in their order; the outer is ours.
pub fn judge(
    tx: &mut PlatformTx<'_>,
    call: &Call,
    scope: &TenantScope,
    (text, format): (&str, Format),
    rules: ImportRules,
) -> Result<Result<Judged, Vec<RefusedLine>>, Failure> {
    let mut refused = Vec::new();
    let records = file::read(text, format, &mut refused);
    let newcomers: Vec<Newcomer> =
        records.into_iter().filter_map(|record| person::read(record, call.now, &mut refused)).collect();
    refuse_repeats(&newcomers, &mut refused);
    refuse_known(tx, scope, &newcomers, &mut refused)?;
    let known = Known {
        id: scope.id(),
        domains: tenants::all_domains(tx)?.into_iter().collect(),
        groups: groups::all(&mut tx.enter(scope)?)?
            .into_iter()
            .map(|group| (group.name.clone(), group))
            .collect(),
    };
    let mut people = Vec::with_capacity(newcomers.len());
    for newcomer in newcomers {
        people.extend(known.accept(newcomer, rules, call.now, &mut refused));
    }
    if !refused.is_empty() {
        refused.sort_by(|one, other| (one.line, &one.field).cmp(&(other.line, &other.field)));
        return Ok(Err(refused));
    }
    let summary = known.summary(&people);
    Ok(Ok(Judged { people, summary }))
}

/// Two lines with one address, by the one rule of equality (D3, P062).
fn refuse_repeats(newcomers: &[Newcomer], refused: &mut Vec<RefusedLine>) {
    let mut first = HashMap::<&str, u64>::new();
    for newcomer in newcomers {
        if let Some(line) = first.get(newcomer.email.canonical()) {
            let reason = format!("is the address of line {line}, perhaps in another spelling");
            refused.push(RefusedLine { line: newcomer.line, field: "email".to_owned(), reason });
        } else {
            first.insert(newcomer.email.canonical(), newcomer.line);
        }
    }
}

/// Somebody with this address is there already, suspended or not: an import changes nobody.
fn refuse_known(
    tx: &mut PlatformTx<'_>,
    scope: &TenantScope,
    newcomers: &[Newcomer],
    refused: &mut Vec<RefusedLine>,
) -> Result<(), Failure> {
    let mut tenant = tx.enter(scope)?;
    for some in newcomers.chunks(AT_ONCE) {
        let addresses: Vec<&str> = some.iter().map(|newcomer| newcomer.email.canonical()).collect();
        let taken = users::taken(&mut tenant, &addresses)?;
        for newcomer in some.iter().filter(|newcomer| taken.contains(newcomer.email.canonical())) {
            let reason = "an account of the tenant has this address already".to_owned();
            refused.push(RefusedLine { line: newcomer.line, field: "email".to_owned(), reason });
        }
    }
    Ok(())
}

impl Known {
    fn accept(
        &self,
        newcomer: Newcomer,
        allowed: ImportRules,
        now: Timestamp,
        refused: &mut Vec<RefusedLine>,
    ) -> Option<Accepted> {
        let before = refused.len();
        let mut refuse = |field: &str, reason: String| {
            refused.push(RefusedLine { line: newcomer.line, field: field.to_owned(), reason });
        };
        let mut roles = BTreeSet::new();
        for word in &newcomer.roles {
            match Role::parse(word) {
                Some(Role::Owner) if !allowed.owners => {
                    refuse("roles", "makes an owner, which needs --allow-owners".to_owned());
                }
                Some(role) => {
                    roles.insert(role);
                }
                None => {
                    let hint = did_you_mean(word, Role::ALL.map(Role::as_str));
                    refuse("roles", format!("there is no role `{}`{hint}", short(word)));
                }
            }
        }
        let mut member_of = BTreeSet::new();
        for name in &newcomer.groups {
            match self.groups.get(name) {
                Some(group) if group.roles.contains(&Role::Owner) && !allowed.owners => {
                    let reason = format!("group `{name}` makes owners, which needs --allow-owners");
                    refuse("groups", reason);
                }
                Some(group) => {
                    member_of.insert(group.id);
                }
                None => {
                    let hint = did_you_mean(name, self.groups.keys().map(String::as_str));
                    refuse("groups", format!("the tenant has no group `{}`{hint}", short(name)));
                }
            }
        }
        let owner = self.domains.get(newcomer.email.domain());
        if newcomer.email_verified == Some(true) && owner.is_some_and(|owner| *owner != self.id) {
            let reason = "the domain is another tenant's, which alone can vouch for the address";
            refuse("email_verified", reason.to_owned());
        }
        if refused.len() > before {
            return None;
        }
        Some(Accepted {
            line: newcomer.line,
            // Who proved that the domain is theirs vouches for the addresses in it, as in a declaration.
            email_verified: newcomer.email_verified.unwrap_or(owner == Some(&self.id)),
            email: newcomer.email,
            profile: Profile { updated_at: Some(now.unix()), ..newcomer.profile },
            roles,
            groups: member_of,
            status: if newcomer.suspended { Status::Suspended { since: now } } else { Status::Active },
            password: newcomer.password,
            created_at: newcomer.created_at.unwrap_or(now),
        })
    }

    fn summary(&self, people: &[Accepted]) -> ImportSummary {
        let owning: BTreeSet<_> = self
            .groups
            .values()
            .filter(|group| group.roles.contains(&Role::Owner))
            .map(|group| group.id)
            .collect();
        let mut summary = ImportSummary { people: people.len(), ..ImportSummary::default() };
        for person in people {
            match person.password.as_ref().and_then(|hash| hash.cost().ok()) {
                Some((family, _)) => *summary.passwords.entry(family.as_str()).or_default() += 1,
                None => summary.without_password += 1,
            }
            summary.suspended += usize::from(!person.status.is_active());
            let owner = person.roles.contains(&Role::Owner) || !person.groups.is_disjoint(&owning);
            summary.owners += usize::from(owner);
        }
        summary
    }
}

/// A name of the file, cut where it is long.
fn short(name: &str) -> String {
    name.chars().take(60).collect()
}
