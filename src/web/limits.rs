//! Rate limits in memory (D31, R71): which doors have one, and whose share of it a request uses up.

use std::sync::Arc;

use crate::model::ids::ClientId;
use crate::model::rate::Rate;
use crate::model::time::Timestamp;
use crate::web::knocker::{Knocker, Who};
use crate::web::meter::{Leave, Meter, TooMany};

/// The rates of the deployment, from its configuration.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Failed sign-ins.
    pub sign_in_address: Rate,
    /// Authorization requests without a session.
    pub authorize_address: Rate,
    /// Authorization requests of somebody who is signed in.
    pub authorize_person: Rate,
    /// Refused token requests.
    pub token_address: Rate,
    /// Requests of a client.
    pub token_client: Rate,
    /// Invalid bearer tokens.
    pub bearer_address: Rate,
    /// Wrong set-up links.
    pub setup_address: Rate,
    /// Mails that strangers ask for.
    pub mail_address: Rate,
    /// Requests to sign out where nobody has signed in.
    pub logout_address: Rate,
    /// Requests to sign out, and forged ones, where somebody has.
    pub logout_browser: Rate,
}

/// All meters of a server.
#[derive(Debug)]
pub struct Limits {
    addresses: [(Door, Arc<Meter<Knocker>>); 8],
    signed_in: [(Door, Arc<Meter<Knocker>>); 2],
    clients: Meter<ClientId>,
    public_clients: Meter<(ClientId, Knocker)>,
}

/// A door whose use is limited by address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Sign-in pages: failures count.
    SignIn,
    /// Signing in with a passkey: failures count, apart from those of other proofs, and shut nobody out who has the passkey.
    Passkey,
    /// The authorization endpoint: requests count, against whoever is signed in, or else the address; and there sign-ins
    /// that begin without a request. Each is stored, or issues a code and leaves a record for good.
    Authorize,
    /// Token, introspection, revocation: refusals count, but for those of a confidential client that proved itself.
    Token,
    /// Resources behind a bearer token: refusals count, and shut nobody out who has a good token.
    Bearer,
    /// The set-up page: refusals count.
    Setup,
    /// Pages on which anybody asks for a mail: asks count.
    Mail,
    /// Signing out: requests count, against a browser in which somebody has signed in, or else the address; and there
    /// what no page of ours made such a browser send, to whichever page. Each is looked up.
    Logout,
}

impl Limits {
    /// Fresh meters with these rates.
    pub fn new(rates: &Rates) -> Self {
        Self {
            addresses: [
                (Door::SignIn, Arc::new(Meter::new(rates.sign_in_address))),
                (Door::Passkey, Arc::new(Meter::new(rates.sign_in_address))),
                (Door::Authorize, Arc::new(Meter::new(rates.authorize_address))),
                (Door::Token, Arc::new(Meter::new(rates.token_address))),
                (Door::Bearer, Arc::new(Meter::new(rates.bearer_address))),
                (Door::Setup, Arc::new(Meter::new(rates.setup_address))),
                (Door::Mail, Arc::new(Meter::new(rates.mail_address))),
                (Door::Logout, Arc::new(Meter::new(rates.logout_address))),
            ],
            signed_in: [
                (Door::Authorize, Arc::new(Meter::new(rates.authorize_person))),
                (Door::Logout, Arc::new(Meter::new(rates.logout_browser))),
            ],
            clients: Meter::new(rates.token_client),
            public_clients: Meter::new(rates.token_client),
        }
    }

    /// Whether whoever knocks at this door may.
    ///
    /// # Errors
    /// [`TooMany`] where they failed there too often.
    pub fn peek(&self, door: Door, knocker: &Knocker, now: Timestamp) -> Result<(), TooMany> {
        self.meter(door, knocker).map_or(Ok(()), |meter| meter.peek(knocker, now))
    }

    /// Leave to try once at this door; what comes of it tells whether it counts.
    ///
    /// # Errors
    /// [`TooMany`] where they failed there too often, or are about to.
    pub async fn enter(
        &self,
        door: Door,
        knocker: Knocker,
        now: Timestamp,
    ) -> Result<Option<Leave<Knocker>>, TooMany> {
        match self.meter(door, &knocker) {
            Some(meter) => meter.enter(knocker, now).await.map(Some),
            None => Ok(None),
        }
    }

    /// Counts a failure.
    pub fn charge(&self, door: Door, knocker: &Knocker, now: Timestamp) {
        if let Some(meter) = self.meter(door, knocker) {
            meter.charge(knocker, now);
        }
    }

    /// Counts one where it is let through.
    ///
    /// # Errors
    /// [`TooMany`] where it is not; then nothing is counted.
    pub fn take(&self, door: Door, knocker: &Knocker, now: Timestamp) -> Result<(), TooMany> {
        self.meter(door, knocker).map_or(Ok(()), |meter| meter.take(knocker, now))
    }

    /// Counts a request of a client. Called once the client has authenticated, so that nobody can use up the share of
    /// another. A public client only says its name, which anybody can: whoever does has a share of their own.
    ///
    /// # Errors
    /// [`TooMany`] where the client asks too often.
    pub fn client(
        &self,
        client: &ClientId,
        public_from: Option<Knocker>,
        now: Timestamp,
    ) -> Result<(), TooMany> {
        match public_from {
            None => self.clients.take(client, now),
            Some(knocker) => self.public_clients.take(&(client.clone(), knocker), now),
        }
    }

    fn meter(&self, door: Door, knocker: &Knocker) -> Option<&Arc<Meter<Knocker>>> {
        let meters = match knocker.who() {
            Who::Address(_) => &self.addresses[..],
            Who::Browser(_) | Who::Person(_) => &self.signed_in,
        };
        meters.iter().find(|(own, _)| *own == door).map(|(_, meter)| meter)
    }
}
