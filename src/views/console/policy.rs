//! The sign-in policy of the tenant as one form, which can be tried before it is saved.

use std::collections::BTreeSet;

use askama::Template;

use super::frame::{ConsoleFrame, ConsoleSection};
use super::people::role_message;
use crate::model::policy::{Guests, Policy, Registration};
use crate::model::role::Role;
use crate::model::session::Factor;
use crate::views::frame::Frame;

/// Shows the policy, takes another one, and shows what a draft would have made of the sign-ins of late.
#[derive(Debug, Template)]
#[template(path = "pages/console/policy.html")]
pub struct ConsolePolicyPage {
    /// The frame.
    pub frame: Frame,
    /// Who administers.
    pub account: ConsoleFrame,
    /// Whether the policy was saved a moment ago.
    pub saved: bool,
    /// Why it was not.
    pub problem: Option<PolicyProblem>,
    /// The fields that cannot be taken.
    pub faults: BTreeSet<PolicyField>,
    /// What stands in the fields.
    pub form: PolicyForm,
    /// The version that the form began with.
    pub version: String,
    /// Whether whoever looks at it may save it.
    pub may_save: bool,
    /// What the draft was found to come to.
    pub tried: Option<Tried>,
}

/// What stands in the fields, as it is typed. Lists have one item on a line.
#[derive(Debug, Clone)]
pub struct PolicyForm {
    /// Who may get an account.
    pub registration: Registration,
    /// The domains whose people may sign up.
    pub email_domains: String,
    /// The ways to prove oneself.
    pub methods: BTreeSet<Factor>,
    /// Whether everybody must prove two.
    pub everybody: bool,
    /// Whoever has one of these roles must.
    pub roles: BTreeSet<Role>,
    /// Whoever is outside the trusted networks must.
    pub outside_trusted: bool,
    /// Until when whoever has no second factor gets in without one.
    pub grace_until: String,
    /// Where people may sign in.
    pub sign_in: String,
    /// Where people may administer.
    pub administration: String,
    /// Where one factor may be enough.
    pub trusted: String,
    /// The fewest characters of a new password.
    pub min_length: String,
    /// How long a session lives without a request.
    pub idle: String,
    /// How long it lives in any case.
    pub absolute: String,
    /// How long an access token lives at most.
    pub access: String,
    /// For how many days a device may be remembered.
    pub remember_days: String,
    /// Whether guests come in, and whether what they proved at home counts.
    pub guests: Guests,
}

/// A field that can hold what cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicyField {
    /// `registration`, which needs domains.
    Registration,
    /// `email_domains`
    EmailDomains,
    /// `methods`
    Methods,
    /// `mfa.grace_until`
    GraceUntil,
    /// `networks.sign_in`
    SignIn,
    /// `networks.administration`
    Administration,
    /// `networks.trusted`
    Trusted,
    /// `password.min_length`
    MinLength,
    /// `session.idle` and `session.absolute`
    Session,
    /// `tokens.access`
    Access,
    /// `remembered_devices.days`
    RememberedDevices,
}

impl PolicyField {
    /// Every field.
    pub const ALL: [Self; 11] = [
        Self::Registration,
        Self::EmailDomains,
        Self::Methods,
        Self::GraceUntil,
        Self::SignIn,
        Self::Administration,
        Self::Trusted,
        Self::MinLength,
        Self::Session,
        Self::Access,
        Self::RememberedDevices,
    ];

    const fn message(self) -> &'static str {
        match self {
            Self::Registration => "policy-fault-registration",
            Self::EmailDomains => "policy-fault-domains",
            Self::Methods => "policy-fault-methods",
            Self::GraceUntil => "policy-fault-grace",
            Self::SignIn => "policy-fault-sign-in",
            Self::Administration => "policy-fault-administration",
            Self::Trusted => "policy-fault-trusted",
            Self::MinLength => "policy-fault-length",
            Self::Session => "policy-fault-session",
            Self::Access => "policy-fault-access",
            Self::RememberedDevices => "policy-fault-devices",
        }
    }
}

/// Why a policy was not saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyProblem {
    /// Values that cannot be taken.
    Faults,
    /// Somebody changed it meanwhile.
    Changed,
    /// No owner could sign in any more.
    LocksOutOwners,
    /// Whoever saves it could not go on.
    LocksOutCaller,
}

impl PolicyProblem {
    /// Every problem.
    pub const ALL: [Self; 4] = [Self::Faults, Self::Changed, Self::LocksOutOwners, Self::LocksOutCaller];

    const fn message(self) -> &'static str {
        match self {
            Self::Faults => "policy-faults",
            Self::Changed => "policy-changed",
            Self::LocksOutOwners => "policy-locks-out-owners",
            Self::LocksOutCaller => "policy-locks-out-caller",
        }
    }
}

/// What a draft would have made of the sign-ins of the last 30 days.
#[derive(Debug, Clone)]
pub struct Tried {
    /// Sign-ins that were looked at.
    pub sign_ins: usize,
    /// Whoever would not have come in as they did.
    pub affected: Vec<AffectedRow>,
}

/// Somebody who would not have.
#[derive(Debug, Clone)]
pub struct AffectedRow {
    /// Their address.
    pub email: String,
    /// Whether none of their sign-ins would have led in.
    pub locked_out: bool,
    /// Sign-ins that the draft refuses.
    pub refused: usize,
    /// Sign-ins for which it asks for one factor more, which they have.
    pub stepped_up: usize,
    /// The keys of the rules that decided.
    pub rules: Vec<&'static str>,
}

/// Who may get an account, in the order of the field.
const REGISTRATIONS: [Registration; 3] =
    [Registration::InviteOnly, Registration::Domain, Registration::Closed];

impl ConsolePolicyPage {
    /// Where it stands.
    pub const PATH: &'static str = "/console/policy";
    /// The id of its `main` element.
    pub const MARKER: &'static str = "page-console-policy";

    const fn methods() -> [Factor; 5] {
        Policy::METHODS
    }

    const fn roles() -> [Role; 6] {
        Role::ALL
    }

    const fn registrations() -> [Registration; 3] {
        REGISTRATIONS
    }

    /// Whether this way is ticked.
    pub fn has_method(&self, method: &Factor) -> bool {
        self.form.methods.contains(method)
    }

    /// The name of a way.
    pub fn method_name(&self, method: &Factor) -> String {
        self.frame.say(match method {
            Factor::Password => "policy-method-password",
            Factor::Passkey => "policy-method-passkey",
            Factor::Totp => "policy-method-totp",
            Factor::MagicLink => "policy-method-magic-link",
            Factor::EmailCode
            | Factor::RecoveryCode
            | Factor::Connection
            | Factor::Home
            | Factor::HomeTwo => "policy-method-email-code",
        })
    }

    /// Whether this role is ticked.
    pub fn has_role(&self, role: &Role) -> bool {
        self.form.roles.contains(role)
    }

    /// The name of a role.
    pub fn role_name(&self, role: &Role) -> String {
        self.frame.say(role_message(*role))
    }

    /// Whether this is chosen.
    pub fn is_registration(&self, registration: &Registration) -> bool {
        self.form.registration == *registration
    }

    /// The name of a choice.
    pub fn registration_name(&self, registration: &Registration) -> String {
        self.frame.say(match registration {
            Registration::InviteOnly => "policy-registration-invite",
            Registration::Domain => "policy-registration-domain",
            Registration::Closed => "policy-registration-closed",
        })
    }

    /// What is wrong, in words; each names its field.
    fn fault_texts(&self) -> Vec<String> {
        self.faults.iter().map(|field| self.frame.say(field.message())).collect()
    }

    /// Whether it has to be said that the lock-out is meant.
    fn asks_to_accept(&self) -> bool {
        self.problem == Some(PolicyProblem::LocksOutCaller)
    }

    fn locked_out(tried: &Tried) -> usize {
        tried.affected.iter().filter(|row| row.locked_out).count()
    }

    fn tried_words(&self, tried: &Tried) -> String {
        let locked_out = u32::try_from(Self::locked_out(tried)).unwrap_or(u32::MAX);
        self.frame.text.count("policy-locked-out", "count", locked_out)
    }

    /// A page for tests and for the gallery of pages.
    pub fn sample(frame: Frame) -> Self {
        Self {
            frame,
            account: ConsoleFrame::sample(ConsoleSection::Policy),
            saved: false,
            problem: None,
            faults: BTreeSet::new(),
            form: PolicyForm {
                registration: Registration::InviteOnly,
                email_domains: String::new(),
                methods: [Factor::Password, Factor::Passkey, Factor::Totp, Factor::MagicLink].into(),
                everybody: false,
                roles: [Role::Owner, Role::Admin].into(),
                outside_trusted: false,
                grace_until: "2027-01-31T00:00:00Z".to_owned(),
                sign_in: String::new(),
                administration: "203.0.113.0/24\n2001:db8::/32".to_owned(),
                trusted: String::new(),
                min_length: "12".to_owned(),
                idle: "8h".to_owned(),
                absolute: "7d".to_owned(),
                access: String::new(),
                remember_days: "14".to_owned(),
                guests: Guests::default(),
            },
            version: "3".to_owned(),
            may_save: true,
            tried: None,
        }
    }

    /// The same, tried.
    pub fn sample_tried(frame: Frame) -> Self {
        let row = |email: &str, locked_out| AffectedRow {
            email: email.to_owned(),
            locked_out,
            refused: usize::from(locked_out) * 4,
            stepped_up: 7,
            rules: vec!["mfa.roles"],
        };
        let affected = vec![row("grace@acme.example", true), row("ada@acme.example", false)];
        Self { tried: Some(Tried { sign_ins: 128, affected }), ..Self::sample(frame) }
    }
}
