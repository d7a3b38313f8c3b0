//! Rows of globex that the walk over the records attacks.

use std::collections::BTreeSet;
use std::time::Duration;

use symbolon::model::ids::{InvitationId, LogoId, MailId, PasskeyId, PersonalTokenId, UserId};
use symbolon::model::invitation::{Invitation, InvitationState, Origin};
use symbolon::model::link::{Link, LinkPurpose};
use symbolon::model::logo::Logo;
use symbolon::model::mail::MailState;
use symbolon::model::passkey::{CredentialId, Passkey};
use symbolon::model::personal_token::PersonalToken;
use symbolon::model::time::Timestamp;
use symbolon::storage::records::mails;

/// The hash of the secret of a device of theirs.
pub(super) const DEVICE: &str = "the hash of their device";

/// The hash of a link that was mailed to them.
pub(super) const LINK: &str = "the hash of their link";

pub(super) fn link(user: UserId, now: Timestamp) -> Link {
    Link {
        purpose: LinkPurpose::MagicLink,
        user_id: user,
        account: "hank@globex.example".into(),
        address: "hank@globex.example".into(),
        interaction: None,
        created_at: now,
        expires_at: now + Duration::from_mins(15),
        consumed_at: None,
    }
}

pub(super) fn logo() -> Logo {
    Logo { id: LogoId::from_bytes([7; 16]), bytes: b"a picture".to_vec() }
}

/// A mail that waits to be sent.
pub(super) fn mail(user: UserId, now: Timestamp) -> mails::StoredMail {
    mails::StoredMail {
        id: MailId::from_bytes([7; 16]),
        user_id: Some(user),
        recipient: "hank@globex.example".into(),
        language: "en".into(),
        kind: "new_device".into(),
        sealed_variables: Some("sealed".into()),
        state: MailState::Queued,
        attempts: 0,
        last_error: None,
        created_at: now,
        ended_at: None,
    }
}

/// A passkey of this person.
pub(super) fn passkey(user: UserId, now: Timestamp) -> Passkey {
    Passkey {
        id: PasskeyId::from_bytes([7; 16]),
        user_id: user,
        credential_id: CredentialId::from_bytes(&[7; 16]).expect("a credential id"),
        name: "Phone".parse().expect("a name"),
        credential: "{}".into(),
        created_at: now,
        last_used_at: None,
    }
}

/// An open invitation.
pub(super) fn invited(now: Timestamp) -> Invitation {
    Invitation {
        id: InvitationId::from_bytes([7; 16]),
        origin: Origin::Invited,
        email: "ida@globex.example".into(),
        email_canonical: "ida@globex.example".into(),
        roles: BTreeSet::new(),
        groups: BTreeSet::new(),
        language: "en".into(),
        invited_by: None,
        state: InvitationState::Open,
        sent: 1,
        created_at: now,
        expires_at: now + Duration::from_hours(1),
    }
}

pub(super) fn personal_token(user: UserId, now: Timestamp) -> PersonalToken {
    PersonalToken {
        id: PersonalTokenId::from_bytes(*user.as_bytes()),
        user_id: user,
        name: "backup".into(),
        scopes: BTreeSet::new(),
        resources: BTreeSet::new(),
        proofs: Vec::new(),
        created_at: now,
        expires_at: now + Duration::from_hours(1),
        last_used_at: None,
    }
}
