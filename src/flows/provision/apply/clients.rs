//! Clients and their secrets.

use super::{Work, shrinks, suspends};
use crate::flows::provision::declaration::Client as Declared;
use crate::flows::provision::difference::{Action, Change, SecretStep};
use crate::flows::provision::rotate_secret::stored_secret;
use crate::model::audit::EventKind;
use crate::model::client::{Client, ClientMetadata};
use crate::model::failure::Failure;
use crate::model::ids::ClientId;
use crate::model::status::Status;
use crate::protocol::grant_type::GrantType;
use crate::protocol::opaque::{self, PlainKind};
use crate::storage::TenantScope;
use crate::storage::records::{authorization_codes, clients, consents, refresh_families};

impl Work<'_, '_> {
    pub(super) fn put_client(
        &mut self,
        change: &Change,
        slug: &str,
        wanted: &Declared,
        secret: &SecretStep,
    ) -> Result<(), Failure> {
        let scope = self.scope(slug)?;
        let id = &wanted.client_id.value;
        let stored = self.state.inside(slug)?.and_then(|inside| inside.clients.get(id.as_str()));
        let client = Client {
            tenant_id: scope.id(),
            client_id: id.clone(),
            name: wanted.name.clone(),
            kind: wanted.kind,
            status: self.status(stored.map(|stored| stored.client.status), wanted.status),
            metadata: ClientMetadata {
                tenants: self.open_to(&wanted.tenants)?,
                workspaces: self.names(slug)?.service_access(&wanted.workspaces)?,
                ..wanted.metadata.clone()
            },
        };
        let mut tenant = self.tx.enter(&scope)?;
        if stored.is_some() {
            clients::update(&mut tenant, &client)?;
        } else {
            clients::insert(&mut tenant, &client)?;
        }
        if change.action == Action::Create && stored.is_some() {
            // It was deleted: what it had then must not come back with it.
            clients::end_secrets(&mut tenant, id, None, self.call.now)?;
            self.withdraw_consents(id)?;
        }
        let kept = &client.metadata.grant_types;
        let had = stored.iter().flat_map(|stored| &stored.client.metadata.grant_types);
        let lost: Vec<&String> = had.filter(|grant| !kept.contains(grant)).collect();
        let refreshes = |client: &Client| {
            client.metadata.grant_types.iter().any(|grant| grant == GrantType::RefreshToken.as_str())
        };
        let bare = !client.is_confidential() && stored.is_some_and(|stored| stored.client.is_confidential());
        if bare {
            // What was protected by the client's proof is not to be worth the same without one.
            self.end_codes(id)?;
        }
        if bare || stored.is_some_and(|stored| refreshes(&stored.client) != refreshes(&client)) {
            self.end_refresh_families(id)?;
        }
        if !lost.is_empty()
            || suspends(change)
            || shrinks(change, &["tenants", "scopes", "resources", "workspaces"])
        {
            self.falling.client(&scope, id);
        }
        let event = self.event(EventKind::ClientChanged, change).by_client(id);
        self.record(scope.id(), event);
        self.set_secret(&scope, id, secret)
    }

    /// Withdraws what anybody allowed the client.
    fn withdraw_consents(&mut self, id: &ClientId) -> Result<(), Failure> {
        for served in self.tx.tenants()? {
            consents::remove_of_client(&mut self.tx.enter(&served)?, id)?;
        }
        Ok(())
    }

    /// Ends the codes that the client has not used. Before its families: an exchange that holds a code is waited for, and
    /// then its family is there to be ended.
    fn end_codes(&mut self, id: &ClientId) -> Result<(), Failure> {
        for served in self.tx.tenants()? {
            authorization_codes::end_of_client(&mut self.tx.enter(&served)?, id, self.call.now)?;
        }
        Ok(())
    }

    /// Ends what the client would refresh, so that it does not come back with the grant: when the grant is taken away, and also
    /// when it is given back. A code that was being exchanged when it was taken may have left a refresh token behind.
    fn end_refresh_families(&mut self, id: &ClientId) -> Result<(), Failure> {
        for served in self.tx.tenants()? {
            refresh_families::end_of_client(&mut self.tx.enter(&served)?, id, self.call.now)?;
        }
        Ok(())
    }

    fn set_secret(&mut self, scope: &TenantScope, id: &ClientId, step: &SecretStep) -> Result<(), Failure> {
        let secret = match step {
            SecretStep::Leave => return Ok(()),
            SecretStep::Set(secret) => Some(secret.clone()),
            SecretStep::Generate => {
                let secret =
                    opaque::issue_plain(PlainKind::ClientSecret, self.call.secret_bytes::<32>().expose());
                self.keep_made("client_secret", scope.slug().as_str(), id.as_str(), secret.clone());
                Some(secret)
            }
            SecretStep::End => None,
        };
        let mut tenant = self.tx.enter(scope)?;
        clients::end_secrets(&mut tenant, id, None, self.call.now)?;
        if let Some(secret) = &secret {
            let stored = stored_secret(self.call.id(), id, secret, self.call.now);
            clients::insert_secret(&mut tenant, &stored)?;
        }
        let action = if secret.is_some() { "set" } else { "end" };
        let event = self
            .call
            .event(
                EventKind::ClientSecretChanged,
                crate::model::audit::EventResult::Success,
                crate::model::audit::Actor::Operator,
            )
            .by_client(id)
            .with("action", action);
        self.record(scope.id(), event);
        Ok(())
    }

    /// Deletes a client: its secrets and everything that was given through it end, and nothing of it comes back when the
    /// client is declared again.
    pub(super) fn remove_client(
        &mut self,
        change: &Change,
        slug: &str,
        id: &ClientId,
    ) -> Result<(), Failure> {
        let scope = self.scope(slug)?;
        let stored = self.state.inside(slug)?.and_then(|inside| inside.clients.get(id.as_str()));
        let stored = stored.ok_or_else(|| Failure::internal("a client of the changes is missing"))?;
        let mut gone = stored.client.clone();
        gone.status = Status::Deleted { since: self.call.now };
        let mut tenant = self.tx.enter(&scope)?;
        clients::end_secrets(&mut tenant, id, None, self.call.now)?;
        clients::update(&mut tenant, &gone)?;
        self.end_codes(id)?;
        self.end_refresh_families(id)?;
        self.withdraw_consents(id)?;
        self.falling.client(&scope, id);
        let event = self.event(EventKind::ClientChanged, change).by_client(id);
        self.record(scope.id(), event);
        Ok(())
    }
}
