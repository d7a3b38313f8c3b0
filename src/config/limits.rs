//! `[limits]`: the one table of rate limits (D31, R71).

use super::reader::Reader;
use super::registry::{Key, Kind, Section};
use crate::model::rate::Rate;

/// The keys of this section.
pub const SECTION: Section = Section {
    name: "limits",
    doc: "Limits per address count failures and requests of people who have not proved anything, so that an office behind one address works. An IPv6 address counts as its /64 network. What a page of another site makes a browser ask for is counted apart, so that it shuts no door for the people at that address. Past a limit the answer is 429 with `Retry-After`.",
    keys: &[
        Key::new(
            "limits.sign_in_address",
            Kind::Rate,
            "20 per 10m",
            "Failed sign-ins from one address, whatever the account. Wrong answers of passkeys are counted apart, and keep no right one out.",
        ),
        Key::new(
            "limits.sign_in_account",
            Kind::Rate,
            "10 per 15m",
            "Failed sign-ins in a row to one account name, known or not, from anywhere: after so many the name is locked for this time, and for twice as long each time, up to a day; after a hundred for thirty days, or until `symbolon users unlock`. A successful sign-in clears the count, and so do thirty days without failures. Counted in the database, on all nodes together.",
        ),
        Key::new(
            "limits.stuffing_password",
            Kind::Rate,
            "10 per 1h",
            "Accounts at which one password may fail, known or not, from anywhere: from then on tries of that password wait, for a sixteenth of this time at first and for twice as long each time, up to the whole of it. In the memory of each node, under a key that goes with it.",
        ),
        Key::new(
            "limits.stuffing_address",
            Kind::Rate,
            "50 per 1h",
            "Accounts at which passwords and codes from one address may fail; from then on tries from there wait in the same way. A passkey never does.",
        ),
        Key::new(
            "limits.authorize_address",
            Kind::Rate,
            "300 per 1m",
            "Authorization requests and plain sign-ins from one address by browsers that are not signed in; each is stored until it ends.",
        ),
        Key::new(
            "limits.authorize_person",
            Kind::Rate,
            "120 per 1m",
            "Authorization requests of one person who is signed in, from anywhere, and of one browser in which somebody has signed in; each that succeeds leaves a record for good.",
        ),
        Key::new(
            "limits.token_address",
            Kind::Rate,
            "60 per 1m",
            "Refused requests at the token, introspection and revocation endpoints from one address, but for those of a confidential client that has proved itself.",
        ),
        Key::new(
            "limits.token_client",
            Kind::Rate,
            "3000 per 1m",
            "Requests of one client at the token, introspection and revocation endpoints; of a public client, those from one address.",
        ),
        Key::new(
            "limits.bearer_address",
            Kind::Rate,
            "60 per 1m",
            "Requests with a token that is not valid, from one address.",
        ),
        Key::new(
            "limits.setup_address",
            Kind::Rate,
            "10 per 10m",
            "Visits of the set-up page with a wrong link, from one address.",
        ),
        Key::new(
            "limits.logout_address",
            Kind::Rate,
            "300 per 1m",
            "Requests to sign out from one address by browsers in which nobody has signed in.",
        ),
        Key::new(
            "limits.logout_browser",
            Kind::Rate,
            "60 per 1m",
            "Requests to sign out of one browser in which somebody has signed in, and forms that reach any page from it and that no page of ours sent.",
        ),
        Key::new(
            "limits.mail_recipient",
            Kind::Rate,
            "5 per 10m",
            "Mails to one address that anybody can ask for, over all kinds of them and all tenants: links to sign in or to set a new password, codes, confirmations. What is asked for where nobody has the address, what tells of a lock or of new browsers, and what the administrators of a tenant send are each counted apart, as much of each; to those who ask, the answer is the same either way.",
        ),
        Key::new(
            "limits.mail_address",
            Kind::Rate,
            "60 per 10m",
            "Mails that one address asks for by pages that anybody can open, whoever they would go to.",
        ),
        Key::new(
            "limits.hash_workers",
            Kind::Count { least: 0, most: 256 },
            "0",
            "Passwords hashed at the same time, each taking 19 MiB; 0 means one for each core. An imported hash that takes more memory takes the place of several.",
        ),
        Key::new(
            "limits.hash_queue",
            Kind::Count { least: 0, most: 10_000 },
            "64",
            "Sign-ins that may wait for a place there; the next gets 503 with `Retry-After`.",
        ),
        Key::new(
            "limits.recorded_failures",
            Kind::Rate,
            "20 per 10m",
            "Refusals of one kind that name the same account or client and come from one address, recorded one by one; those beyond become one counted event.",
        ),
        Key::new(
            "limits.platform_events",
            Kind::Rate,
            "1000 per 1h",
            "Refusals of one kind without a known tenant that are recorded in the platform's own chain.",
        ),
    ],
};

/// See [`SECTION`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitsConfig {
    /// Failed sign-ins, an address.
    pub sign_in_address: Rate,
    /// Failed sign-ins, an account name.
    pub sign_in_account: Rate,
    /// Accounts, a password.
    pub stuffing_password: Rate,
    /// Accounts, an address.
    pub stuffing_address: Rate,
    /// Authorization requests without a session, an address.
    pub authorize_address: Rate,
    /// Authorization requests with a session, a person.
    pub authorize_person: Rate,
    /// Refused token requests, an address.
    pub token_address: Rate,
    /// Token requests, a client.
    pub token_client: Rate,
    /// Invalid bearer tokens, an address.
    pub bearer_address: Rate,
    /// Wrong set-up links, an address.
    pub setup_address: Rate,
    /// Requests to sign out, an address.
    pub logout_address: Rate,
    /// Requests to sign out, a browser.
    pub logout_browser: Rate,
    /// Mails that strangers ask for, a recipient.
    pub mail_recipient: Rate,
    /// Mails that strangers ask for, an address.
    pub mail_address: Rate,
    /// Password hashes at once; `None` means one a core.
    pub hash_workers: Option<usize>,
    /// Password hashes waiting.
    pub hash_queue: usize,
    /// Failures recorded one by one.
    pub recorded_failures: Rate,
    /// Failures recorded without a tenant.
    pub platform_events: Rate,
}

impl LimitsConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let workers = reader.count("limits.hash_workers");
        Self {
            sign_in_address: reader.rate("limits.sign_in_address"),
            sign_in_account: reader.rate("limits.sign_in_account"),
            stuffing_password: reader.rate("limits.stuffing_password"),
            stuffing_address: reader.rate("limits.stuffing_address"),
            authorize_address: reader.rate("limits.authorize_address"),
            authorize_person: reader.rate("limits.authorize_person"),
            token_address: reader.rate("limits.token_address"),
            token_client: reader.rate("limits.token_client"),
            bearer_address: reader.rate("limits.bearer_address"),
            setup_address: reader.rate("limits.setup_address"),
            logout_address: reader.rate("limits.logout_address"),
            logout_browser: reader.rate("limits.logout_browser"),
            mail_recipient: reader.rate("limits.mail_recipient"),
            mail_address: reader.rate("limits.mail_address"),
            hash_workers: (workers > 0).then_some(workers),
            hash_queue: reader.count("limits.hash_queue"),
            recorded_failures: reader.rate("limits.recorded_failures"),
            platform_events: reader.rate("limits.platform_events"),
        }
    }
}
