//! What stands around every mail: the language, the tenant whose mail it is, its colour, and what led to the mail.

use std::net::IpAddr;

use super::plain::plain_name;
use crate::model::accent::{Accent, ON_DARK, ON_LIGHT};
use crate::model::device;
use crate::model::mail::MailBody;
use crate::model::tenant::Tenant;
use crate::model::time::Timestamp;
use crate::views::text::{Catalogue, Locale, Text};

/// The accent of a tenant without a colour of its own, in both schemes, as in `static/style.css`.
const OWN_ACCENT: [&str; 2] = ["#1b5fa8", "#8abdf2"];

/// What led to a mail.
#[derive(Debug, Clone)]
pub struct Occasion {
    /// When it happened, or was asked for.
    pub at: Timestamp,
    /// From where.
    pub address: Option<IpAddr>,
    /// With what, in words of ours.
    pub device: Option<String>,
}

/// The frame of a mail.
#[derive(Debug, Clone)]
pub struct MailFrame {
    text: Text,
    /// The name of the tenant, as plain words.
    pub tenant: String,
    /// What the operator calls this deployment.
    pub deployment: String,
    accent: Option<Accent>,
    occasion: Occasion,
}

impl MailFrame {
    /// The frame of this tenant's mails.
    pub fn new(text: Text, deployment: &str, tenant: &Tenant, occasion: Occasion) -> Self {
        Self {
            text,
            tenant: plain_name(&tenant.name),
            deployment: deployment.to_owned(),
            accent: tenant.accent,
            occasion,
        }
    }

    /// A frame for tests and for the gallery.
    pub fn sample(catalogue: &Catalogue, locale: Locale) -> Self {
        Self {
            text: catalogue.text(locale),
            tenant: "Acme Corp".to_owned(),
            deployment: "Symbolon".to_owned(),
            accent: None,
            occasion: Occasion {
                at: Timestamp::from_unix(1_800_000_000),
                address: Some(IpAddr::from([203, 0, 113, 9])),
                device: Some("Firefox, Linux".to_owned()),
            },
        }
    }

    /// The value of the `lang` attribute.
    pub fn lang(&self) -> &'static str {
        self.text.lang()
    }

    /// The value of the `dir` attribute.
    pub fn dir(&self) -> &'static str {
        self.text.dir()
    }

    /// The message with this id; every message may name the tenant and the deployment.
    pub fn say(&self, id: &str) -> String {
        self.fill(id, &[], None)
    }

    /// The message with one more text in it.
    pub fn say_with(&self, id: &str, name: &str, value: &str) -> String {
        self.fill(id, &[(name, value)], None)
    }

    /// The message with a number in it, which it calls `count`.
    pub fn count(&self, id: &str, value: u32) -> String {
        self.fill(id, &[], Some(("count", value)))
    }

    /// How long a link works, in the largest unit that says it exactly.
    pub fn life(&self, minutes: u32) -> String {
        const HOUR: u32 = 60;
        const DAY: u32 = 24 * HOUR;
        match minutes {
            whole if whole > 0 && whole.is_multiple_of(DAY) => self.count("mail-life-days", whole / DAY),
            whole if whole > 0 && whole.is_multiple_of(HOUR) => self.count("mail-life-hours", whole / HOUR),
            minutes => self.count("mail-life-minutes", minutes),
        }
    }

    /// What led to the mail, as far as it is known: each fact under its name.
    pub fn facts(&self) -> Vec<(String, String)> {
        let at = self.occasion.at.to_naive().format("%Y-%m-%d %H:%M UTC").to_string();
        let mut facts = vec![(self.say("mail-when"), at)];
        if let Some(address) = self.occasion.address {
            facts.push((self.say("mail-address"), address.to_canonical().to_string()));
        }
        if let Some(device) = &self.occasion.device {
            facts.push((self.say("mail-device"), device.clone()));
        }
        facts
    }

    /// The colour of buttons, and of the letters on them, in the light scheme.
    pub fn light(&self) -> (String, String) {
        let [own, _] = OWN_ACCENT;
        (self.accent.map_or(own.to_owned(), |accent| accent.light().to_string()), ON_LIGHT.to_string())
    }

    /// The same in the dark scheme.
    pub fn dark(&self) -> (String, String) {
        let [_, own] = OWN_ACCENT;
        (self.accent.map_or(own.to_owned(), |accent| accent.dark().to_string()), ON_DARK.to_string())
    }

    fn fill(&self, id: &str, texts: &[(&str, &str)], number: Option<(&str, u32)>) -> String {
        let mut all = vec![("tenant", self.tenant.as_str()), ("deployment", self.deployment.as_str())];
        all.extend(texts);
        self.text.filled(id, &all, number)
    }
}

impl From<&MailBody> for Occasion {
    fn from(body: &MailBody) -> Self {
        let device = body.user_agent.as_deref().and_then(device::describe);
        Self { at: body.at, address: body.address, device }
    }
}
