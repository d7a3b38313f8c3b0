//! People: made, changed, suspended, deleted.

use super::{Made, Work, shrinks, suspends, touches};
use crate::flows::passwords::{NewPassword, PasswordReason, store};
use crate::flows::provision::declaration::User as Declared;
use crate::flows::provision::delete_user;
use crate::flows::provision::difference::{Action, Change, PasswordStep, Step};
use crate::flows::session;
use crate::model::audit::{Actor, Event, EventKind};
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::profile::Profile;
use crate::model::secret::Secret;
use crate::model::tenant::PLATFORM_SLUG;
use crate::model::user::User;
use crate::storage::TenantScope;
use crate::storage::records::{groups, users, workspaces};
use crate::storage::tx::Transaction as _;

impl Work<'_, '_> {
    /// Holds everybody whom the changes are about, in the order of all: a browser in which several of them are signed in may
    /// be signing them out.
    pub(super) fn hold_people(&mut self, changes: &[Change]) -> Result<(), Failure> {
        let mut people = Vec::new();
        for change in changes {
            let slug = change.tenant.as_deref().unwrap_or(PLATFORM_SLUG);
            let canonical = if let Step::User(user, _) = &change.step {
                user.email.value.canonical()
            } else if let Step::RemoveUser(canonical) = &change.step {
                canonical
            } else {
                continue;
            };
            let users = self.state.inside(slug)?.map(|inside| &inside.users);
            if let Some(have) = users.and_then(|users| users.get(canonical)) {
                people.push((self.scope(slug)?, have.user.id));
            }
        }
        session::hold_people(&mut self.tx.directory(), people)
    }

    pub(super) fn put_user(
        &mut self,
        change: &Change,
        slug: &str,
        wanted: &Declared,
        password: &PasswordStep,
    ) -> Result<(), Failure> {
        let scope = self.scope(slug)?;
        let canonical = wanted.email.value.canonical().to_owned();
        let have = self.state.inside(slug)?.and_then(|inside| inside.users.get(&canonical));
        let have = have.map(|state| state.user.clone());
        let user = User {
            tenant_id: scope.id(),
            id: have.as_ref().map_or_else(|| self.call.id(), |have| have.id),
            email: wanted.email.value.spelling().to_owned(),
            email_canonical: canonical,
            email_verified: wanted.email_verified,
            profile: self.profile(have.as_ref(), &wanted.profile),
            roles: wanted.roles.clone(),
            status: self.status(have.as_ref().map(|have| have.status), wanted.status),
            created_at: have.as_ref().map_or(self.call.now, |have| have.created_at),
            proofs_since: have.as_ref().and_then(|have| have.proofs_since),
            break_glass: wanted.break_glass,
            home_tenant_id: None,
        };
        let names = self.names(slug)?;
        let (member_of, access) = (names.groups(&wanted.groups)?, names.access(&wanted.workspaces)?);
        let mut tenant = self.tx.enter(&scope)?;
        if change.action == Action::Create {
            users::insert(&mut tenant, &user)?;
        } else {
            users::update(&mut tenant, &user)?;
        }
        if touches(change, &["groups"]) {
            groups::set_of_user(&mut tenant, user.id, &member_of)?;
        }
        if touches(change, &["workspaces"]) {
            workspaces::set_of_user(&mut tenant, user.id, &access)?;
        }
        if suspends(change) {
            session::end_all_of_user(&mut tenant, self.call, user.id, &Actor::Operator)?;
        }
        if suspends(change) || shrinks(change, &["roles", "groups", "workspaces"]) {
            self.falling.person(scope.id(), user.id);
        }
        self.set_password(&scope, &user, password)?;
        let event = self.user_event(change, user.id, &user.email);
        self.record(scope.id(), event);
        Ok(())
    }

    /// The claims, with the time of their last change.
    fn profile(&self, have: Option<&User>, wanted: &Profile) -> Profile {
        let unchanged = have.filter(|have| Profile { updated_at: None, ..have.profile.clone() } == *wanted);
        match unchanged {
            Some(have) => have.profile.clone(),
            None => Profile { updated_at: Some(self.call.now.unix()), ..wanted.clone() },
        }
    }

    fn set_password(&mut self, scope: &TenantScope, user: &User, step: &PasswordStep) -> Result<(), Failure> {
        if matches!(step, PasswordStep::Leave) {
            return Ok(());
        }
        let key = (scope.slug().to_string(), user.email_canonical.clone());
        let hash = self.passwords.get(&key);
        let hash = hash.ok_or_else(|| Failure::unavailable("the data changed meanwhile; run again"))?;
        let (reason, actor) = (PasswordReason::Declared, &Actor::Operator);
        let new = NewPassword { user, hash, reason, actor, keep: None };
        store(&mut self.tx.enter(scope)?, self.call, new, 0)
    }

    fn user_event(&self, change: &Change, id: UserId, email: &str) -> Event {
        self.event(EventKind::UserChanged, change).on("user", id).with_personal("email", email)
    }

    /// Deletes an account. Its address is free again, and a new account with it is a new person.
    pub(super) fn remove_user(
        &mut self,
        change: &Change,
        slug: &str,
        canonical: &str,
    ) -> Result<(), Failure> {
        let scope = self.scope(slug)?;
        let have = self.state.inside(slug)?.and_then(|inside| inside.users.get(canonical));
        let have = have.ok_or_else(|| Failure::internal("a user of the changes is missing"))?;
        let id = have.user.id;
        delete_user::strip(&mut self.tx.enter(&scope)?, self.call, &Actor::Operator, &have.user)?;
        self.falling.person(scope.id(), id);
        let event = self.user_event(change, id, &have.user.email);
        self.record(scope.id(), event);
        Ok(())
    }

    /// Keeps a secret that was made here until it is shown.
    pub(super) fn keep_made(&mut self, kind: &'static str, slug: &str, name: &str, secret: Secret<String>) {
        self.made.push(Made { kind, tenant: slug.to_owned(), name: name.to_owned(), secret });
    }
}
