//! The person that a command is about: named by tenant, and by address or id.

use std::time::Duration;

use clap::Args;

use super::deployment::Deployment;
use super::outcome::Stop;
use crate::flows::provision;
use crate::model::failure::Failure;
use crate::model::ids::Slug;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::users;

/// How long a command waits for whoever changes the same things, such as a long file that is being applied.
const PATIENCE: Duration = Duration::from_mins(1);

/// The arguments that name a person.
#[derive(Debug, Args)]
pub(super) struct PersonArgs {
    /// The tenant's slug
    #[arg(long, value_name = "SLUG")]
    tenant: Slug,
    /// The person's e-mail address or id
    #[arg(value_name = "USER")]
    user: String,
}

impl PersonArgs {
    /// As [`PersonArgs::change`], also of an account that is deleted, which is named by its id.
    pub(super) fn change_any<T, F>(&self, deployment: &Deployment, work: F) -> Result<(User, T), Stop>
    where
        T: Send + 'static,
        F: FnOnce(&mut TenantTx<'_>, &User) -> Result<T, Failure> + Send + 'static,
    {
        self.within(
            deployment,
            |tx, name| match name.parse() {
                Ok(id) => users::find(tx, id),
                Err(_) => provision::named_user(tx, name),
            },
            work,
        )
    }

    /// Does something to the account in one transaction; answers with the account as it was before.
    ///
    /// # Errors
    /// There is no such tenant or account (exit 1), or the database fails.
    pub(super) fn change<T, F>(&self, deployment: &Deployment, work: F) -> Result<(User, T), Stop>
    where
        T: Send + 'static,
        F: FnOnce(&mut TenantTx<'_>, &User) -> Result<T, Failure> + Send + 'static,
    {
        self.within(deployment, provision::named_user, work)
    }

    fn within<T, F>(
        &self,
        deployment: &Deployment,
        find: fn(&mut TenantTx<'_>, &str) -> Result<Option<User>, Failure>,
        work: F,
    ) -> Result<(User, T), Stop>
    where
        T: Send + 'static,
        F: FnOnce(&mut TenantTx<'_>, &User) -> Result<T, Failure> + Send + 'static,
    {
        let scope = deployment.tenant(&self.tenant)?;
        let name = self.user.clone();
        let patient = deployment.database.with_patience(PATIENCE);
        let done = patient.write_platform(&deployment.right, move |tx| {
            let mut tx = tx.enter(&scope)?;
            let Some(user) = find(&mut tx, &name)? else { return Ok(None) };
            work(&mut tx, &user).map(|done| Some((user, done)))
        });
        // Nobody like them is named: what is copied from a hint would shut out somebody else.
        deployment.wait(done)?.ok_or_else(|| {
            Stop::failed(format_args!("there is no user `{}` in tenant `{}`", self.user, self.tenant))
        })
    }
}
