//! The sign-in policy of a tenant. Every key has a default; a rule that
//! this release would not enforce is refused (D27).

use std::collections::BTreeSet;
use std::time::Duration;

use ipnet::IpNet;

use super::Reader;
use super::fault::At;
use super::spot::Spot;
use crate::model::email::canonical_domain;
use crate::model::policy::{
    Guests, Mfa, Networks, PasswordRules, Policy, Registration, RememberedDevices, SessionLimits, TokenLimits,
};
use crate::model::session::Factor;

/// Rules that the policy will know, and that would be ignored today.
const NOT_YET: [&str; 1] = ["connections"];

const DAY: Duration = Duration::from_hours(24);

impl Reader<'_> {
    pub(super) fn policy(spot: &Spot<'_>) -> Option<Policy> {
        let mut keys = vec![
            "registration",
            "email_domains",
            "methods",
            "mfa",
            "networks",
            "password",
            "session",
            "tokens",
            "remembered_devices",
            "guests",
        ];
        keys.extend(NOT_YET);
        let fields = spot.fields(&keys)?;
        fields.refuse(
            &NOT_YET,
            "this release does not enforce this rule yet, and a rule that is not enforced is refused; leave it out",
        );
        let default = Policy::default();
        let registration = fields.read("registration", Self::registration).unwrap_or(default.registration);
        let email_domains: BTreeSet<String> =
            fields.read("email_domains", Self::email_domains).unwrap_or_default();
        if registration == Registration::Domain && email_domains.is_empty() {
            spot.fault("nobody could sign up: `registration: domain` needs `email_domains`");
        }
        Some(Policy {
            registration,
            email_domains,
            methods: fields.read("methods", Self::methods).unwrap_or(default.methods),
            mfa: fields.read("mfa", Self::mfa).unwrap_or_default(),
            networks: fields.read("networks", Self::networks).unwrap_or_default(),
            password: fields.read("password", Self::password_rules).unwrap_or_default(),
            session: fields.read("session", Self::session).unwrap_or_default(),
            tokens: fields.read("tokens", Self::tokens).unwrap_or_default(),
            remembered_devices: fields.read("remembered_devices", Self::remembered).unwrap_or_default(),
            guests: fields.read("guests", Self::guests).unwrap_or_default(),
        })
    }

    fn registration(spot: &Spot<'_>) -> Option<Registration> {
        if matches!(spot.node.text(), Some("open" | "domains")) {
            spot.fault(
                "nobody signs up but by the domain of their address; use `domain` with `email_domains`",
            );
            return None;
        }
        let words = [
            ("invite_only", Registration::InviteOnly),
            ("domain", Registration::Domain),
            ("closed", Registration::Closed),
        ];
        Some(spot.word("kind of registration", &words)?.value)
    }

    /// Domains in any form, kept in their ASCII form.
    fn email_domains(spot: &Spot<'_>) -> Option<BTreeSet<String>> {
        let domains = spot.set(|item| {
            let text = item.text()?;
            let Some(domain) = canonical_domain(&text.value) else {
                item.fault("must be a domain such as `acme.example`");
                return None;
            };
            Some(At { value: domain, place: text.place })
        })?;
        Some(domains.into_iter().map(|domain| domain.value).collect())
    }

    /// The ways to prove oneself. One of them must be able to begin a sign-in.
    fn methods(spot: &Spot<'_>) -> Option<BTreeSet<Factor>> {
        let words = Policy::METHODS.map(|factor| (factor.as_str(), factor));
        let methods = spot.set(|method| method.word("method", &words))?;
        let methods: BTreeSet<Factor> = methods.into_iter().map(|method| method.value).collect();
        let first = [Factor::Password, Factor::Passkey, Factor::MagicLink];
        if !first.iter().any(|factor| methods.contains(factor)) {
            spot.fault("nobody could sign in: one of `password`, `passkey` and `magic_link` must stand here");
            return None;
        }
        Some(methods)
    }

    fn mfa(spot: &Spot<'_>) -> Option<Mfa> {
        let fields = spot.fields(&["required", "roles", "outside_trusted", "grace_until"])?;
        let words = [("none", false), ("everybody", true)];
        let required = fields.read("required", |spot| spot.word("answer", &words));
        Some(Mfa {
            everybody: required.is_some_and(|required| required.value),
            roles: fields.read("roles", Self::roles).unwrap_or_default(),
            outside_trusted: fields.read("outside_trusted", Spot::flag).is_some_and(|flag| flag.value),
            grace_until: fields.read("grace_until", Spot::time).map(|time| time.value),
        })
    }

    fn networks(spot: &Spot<'_>) -> Option<Networks> {
        let fields = spot.fields(&["sign_in", "administration", "trusted"])?;
        let list = |key: &str| fields.read(key, Self::cidrs).unwrap_or_default();
        Some(Networks {
            sign_in: list("sign_in"),
            administration: list("administration"),
            trusted: list("trusted"),
        })
    }

    /// Networks in CIDR notation, without bits behind the prefix.
    fn cidrs(spot: &Spot<'_>) -> Option<Vec<IpNet>> {
        let networks = spot.set(|item| {
            let network = item.parsed::<IpNet>()?;
            if network.value != network.value.trunc() {
                item.fault(format!("has bits behind its prefix; write `{}`", network.value.trunc()));
                return None;
            }
            Some(network)
        })?;
        Some(networks.into_iter().map(|network| network.value).collect())
    }

    fn password_rules(spot: &Spot<'_>) -> Option<PasswordRules> {
        let fields = spot.fields(&["min_length"])?;
        let least = fields.read("min_length", |spot| spot.count(12, 64));
        Some(least.map_or_else(PasswordRules::default, |least| PasswordRules { min_length: least.value }))
    }

    fn tokens(spot: &Spot<'_>) -> Option<TokenLimits> {
        let fields = spot.fields(&["access"])?;
        let life =
            fields.read("access", |spot| spot.duration(Duration::from_mins(1), Duration::from_hours(1)));
        Some(TokenLimits { access_seconds: life.map(|life| life.value.as_secs()) })
    }

    fn remembered(spot: &Spot<'_>) -> Option<RememberedDevices> {
        let fields = spot.fields(&["days"])?;
        let days = fields.read("days", |spot| spot.count(1, RememberedDevices::MOST_DAYS));
        Some(RememberedDevices { days: days.map_or(0, |days| days.value) })
    }

    fn guests(spot: &Spot<'_>) -> Option<Guests> {
        let fields = spot.fields(&["allowed", "home_factors"])?;
        let default = Guests::default();
        let flag = |key: &str, default| fields.read(key, Spot::flag).map_or(default, |flag| flag.value);
        Some(Guests {
            allowed: flag("allowed", default.allowed),
            home_factors: flag("home_factors", default.home_factors),
        })
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
