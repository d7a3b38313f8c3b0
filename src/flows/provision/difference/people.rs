//! People: what differs in an account, and its first password.

use serde_json::{Value, json};

use super::inside::Owned;
use super::{Action, Differ, Field, PasswordStep, Step, differing, written};
use crate::flows::provision::declaration::{SecretSource, User};
use crate::flows::provision::state::{Inside, UserState};
use crate::model::failure::Failure;

impl Differ<'_> {
    pub(super) fn users(&mut self, owned: &Owned<'_>, inside: &Inside) -> Result<(), Failure> {
        let Some(wanted) = owned.users else { return Ok(()) };
        let prune = self.prune;
        let tenant = Some(owned.slug);
        for user in wanted {
            let have = inside.users.get(user.email.value.canonical());
            let password = self.password(owned, user, have);
            let before = have.map(|have| inside.declared_user(have)).transpose()?;
            let mut fields = differing(before.as_ref().map(written::user), written::user(user));
            fields.extend(password_field(&password));
            let action = if have.is_some() { Action::Change } else { Action::Create };
            if action == Action::Create || !fields.is_empty() {
                let step = Step::User(Box::new(user.clone()), password);
                self.note((action, "user"), (tenant, user.email.value.spelling()), fields, step);
            }
        }
        for (canonical, have) in inside.users.iter().filter(move |_| prune) {
            if wanted.iter().all(|user| user.email.value.canonical() != canonical) {
                let step = Step::RemoveUser(canonical.clone());
                self.note((Action::Remove, "user"), (tenant, &have.user.email), Vec::new(), step);
            }
        }
        Ok(())
    }

    /// A password is set where there is none, and never looked at again (D27).
    fn password(&mut self, owned: &Owned<'_>, user: &User, have: Option<&UserState>) -> PasswordStep {
        let Some(source) = &user.password else { return PasswordStep::Leave };
        if have.is_some_and(|have| have.has_password) {
            return PasswordStep::Leave;
        }
        let path = owned.path(&format!("users[{}].password", user.email.value));
        match &source.value {
            SecretSource::Given(password) => PasswordStep::Set(password.clone()),
            SecretSource::Generate => PasswordStep::Generate,
            SecretSource::Missing(why) => {
                self.fault(source.place, path, why);
                PasswordStep::Leave
            }
            SecretSource::Keep => {
                if have.is_none() {
                    self.fault(
                        source.place,
                        path,
                        "`{keep: true}` is for people who exist; this one would be new",
                    );
                }
                PasswordStep::Leave
            }
        }
    }
}

fn password_field(step: &PasswordStep) -> Option<Field> {
    let after = match step {
        PasswordStep::Leave => return None,
        PasswordStep::Set(_) => "as given",
        PasswordStep::Generate => "generated",
    };
    Some(Field { name: "password", before: Value::Null, after: json!(after) })
}
