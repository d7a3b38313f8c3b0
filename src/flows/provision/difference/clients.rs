//! Clients: what differs, and what becomes of their secrets.

use serde_json::{Value, json};

use super::inside::{Owned, Places};
use super::{Action, Differ, Field, SecretStep, Step, differing, written};
use crate::flows::provision::declaration::{Client, Contexts, SecretSource};
use crate::flows::provision::state::{ClientState, Inside};
use crate::model::failure::Failure;
use crate::protocol::opaque;

impl Differ<'_> {
    pub(super) fn clients(&mut self, owned: &Owned<'_>, inside: &Inside) -> Result<(), Failure> {
        let Some(wanted) = owned.clients else { return Ok(()) };
        let prune = self.prune;
        let tenant = Some(owned.slug);
        let places = self.places_after(owned, inside);
        let have = self.state.clients_of(inside)?;
        for client in wanted {
            let id = &client.client_id.value;
            let before = have.iter().find(|have| have.client_id.value == *id);
            let stored = inside.clients.get(id.as_str()).filter(|_| before.is_some());
            let secret = self.secret(owned, client, stored);
            let before = before.map(|have| written::client(&whole(have.clone(), &places)));
            let action = if before.is_some() { Action::Change } else { Action::Create };
            let mut fields = differing(before, written::client(&whole(client.clone(), &places)));
            fields.extend(secret_field(&secret, stored));
            if action == Action::Create || !fields.is_empty() {
                let step = Step::Client(Box::new(client.clone()), secret);
                self.note((action, "client"), (tenant, id.as_str()), fields, step);
            }
        }
        for gone in have.iter().filter(move |_| prune) {
            let id = &gone.client_id.value;
            if wanted.iter().all(|client| client.client_id.value != *id) {
                let step = Step::RemoveClient(id.clone());
                self.note((Action::Remove, "client"), (tenant, id.as_str()), Vec::new(), step);
            }
        }
        Ok(())
    }

    fn secret(&mut self, owned: &Owned<'_>, client: &Client, stored: Option<&ClientState>) -> SecretStep {
        let live = stored.map(|stored| stored.secrets.as_slice()).unwrap_or_default();
        let Some(source) = &client.secret else {
            return if live.is_empty() { SecretStep::Leave } else { SecretStep::End };
        };
        match &source.value {
            SecretSource::Given(secret) => {
                let hash = opaque::hash(secret.expose());
                let known = live.iter().any(|known| known.hash == hash);
                if known { SecretStep::Leave } else { SecretStep::Set(secret.clone()) }
            }
            SecretSource::Generate if live.is_empty() => SecretStep::Generate,
            SecretSource::Keep if live.is_empty() => {
                let path = owned.path(&format!("clients[{}].secret", client.client_id.value));
                self.fault(
                    source.place,
                    path,
                    "`{keep: true}` is for clients that have a secret; this one has none",
                );
                SecretStep::Leave
            }
            // That a client's secret is missing was said when the file was read.
            SecretSource::Generate | SecretSource::Keep | SecretSource::Missing(_) => SecretStep::Leave,
        }
    }
}

/// Says "the whole workspace" where every context is named: a service account's are stored one by one.
pub(in crate::flows::provision) fn whole(mut client: Client, places: &Places) -> Client {
    for (workspace, contexts) in &mut client.workspaces {
        if let (Contexts::Only(only), Some(all)) = (&*contexts, places.get(workspace.as_str()))
            && only.len() == all.len()
            && only.iter().all(|context| all.contains(context.as_str()))
        {
            *contexts = Contexts::All;
        }
    }
    client
}

fn secret_field(step: &SecretStep, stored: Option<&ClientState>) -> Option<Field> {
    let after = match step {
        SecretStep::Leave => return None,
        SecretStep::Set(_) => json!("as given"),
        SecretStep::Generate => json!("generated"),
        SecretStep::End => Value::Null,
    };
    let had = stored.is_some_and(|stored| !stored.secrets.is_empty());
    let before = if had { json!("another") } else { Value::Null };
    Some(Field { name: "secret", before, after })
}
