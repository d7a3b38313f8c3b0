//! The sign-in policy of a tenant. Every key has a default; a rule that
//! this release would not enforce is refused (D27).

use std::time::Duration;

use super::Reader;
use super::spot::Spot;
use crate::model::policy::{Policy, Registration, SessionLimits};

/// Rules that the policy will know, and that would be ignored today.
const NOT_YET: [&str; 7] =
    ["mfa", "methods", "networks", "password", "guests", "connections", "remembered_devices"];

const DAY: Duration = Duration::from_hours(24);

impl Reader<'_> {
    pub(super) fn policy(spot: &Spot<'_>) -> Option<Policy> {
        let mut keys = vec!["registration", "session"];
        keys.extend(NOT_YET);
        let fields = spot.fields(&keys)?;
        fields.refuse(
            &NOT_YET,
            "this release does not enforce this rule yet, and a rule that is not enforced is refused; leave it out",
        );
        let default = Policy::default();
        let registration = fields.read("registration", Self::registration).unwrap_or(default.registration);
        let session = fields.read("session", Self::session).unwrap_or(default.session);
        Some(Policy { registration, session })
    }

    fn registration(spot: &Spot<'_>) -> Option<Registration> {
        if matches!(spot.node.text(), Some("open" | "domains")) {
            spot.fault("this release has no sign-up yet; use `invite_only` or `closed`");
            return None;
        }
        let words = [("invite_only", Registration::InviteOnly), ("closed", Registration::Closed)];
        Some(spot.word("kind of registration", &words)?.value)
    }

    fn session(spot: &Spot<'_>) -> Option<SessionLimits> {
        let fields = spot.fields(&["idle", "absolute"])?;
        let mut limits = SessionLimits::default();
        if let Some(idle) = fields.read("idle", |spot| spot.duration(Duration::from_secs(1), DAY * 90)) {
            limits.idle_seconds = idle.value.as_secs();
        }
        if let Some(absolute) =
            fields.read("absolute", |spot| spot.duration(Duration::from_secs(1), DAY * 365))
        {
            limits.absolute_seconds = absolute.value.as_secs();
        }
        if limits.idle_seconds > limits.absolute_seconds {
            spot.fault("`idle` must not be longer than `absolute`");
        }
        Some(limits)
    }
}
