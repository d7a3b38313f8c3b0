//! People, with the standard claims of OIDC Core §5.1.

use super::Reader;
use super::document::User;
use super::fault::At;
use super::index::TenantIndex;
use super::spot::{Fields, Spot};
use crate::model::email::Email;
use crate::model::profile::{Address, Profile};
use crate::model::profile_rules::{self as rules, Rule};
use crate::model::role::Role;

const KEYS: [&str; 21] = [
    "email",
    "email_verified",
    "name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address",
    "status",
    "roles",
    "groups",
    "workspaces",
    "break_glass",
    "password",
];

impl Reader<'_> {
    /// A person of the tenant with this slug. The operator vouches for addresses in the tenant's domains.
    pub(super) fn user(&self, spot: &Spot<'_>, tenant: &str, domains: &[At<String>]) -> Option<User> {
        let fields = spot.fields(&KEYS)?;
        let nothing = TenantIndex::default();
        let inside = self.index.tenants.get(tenant).unwrap_or(&nothing);
        let email = fields.need("email").and_then(|spot| spot.parsed::<Email>());
        let verified = fields.read("email_verified", Spot::flag).map(|flag| flag.value);
        let profile = profile(&fields);
        let status = fields.read("status", Self::standing);
        let roles = fields.read("roles", Self::roles).unwrap_or_default();
        let groups = fields.read("groups", |spot| Self::groups_of(spot, inside)).unwrap_or_default();
        let workspaces = fields.read("workspaces", |spot| Self::access(spot, inside)).unwrap_or_default();
        let password = fields.read("password", |spot| self.secret_source(spot));
        let break_glass = fields.read("break_glass", Spot::flag).is_some_and(|flag| flag.value);
        if break_glass
            && !roles.contains(&Role::Owner)
            && let Some(spot) = fields.get("break_glass")
        {
            spot.fault("only an owner can be the one for emergencies; give the role `owner` as well");
        }
        let email = email?;
        self.once(
            spot,
            &format!("user of `{tenant}`"),
            &At { value: email.value.canonical(), place: email.place },
        );
        let vouched = domains.iter().any(|domain| domain.value == email.value.domain());
        Some(User {
            email_verified: verified.unwrap_or(vouched),
            email,
            profile,
            status,
            roles,
            groups,
            workspaces,
            break_glass,
            password,
        })
    }
}

/// The standard claims. `updated_at` is ours to set.
fn profile(fields: &Fields<'_>) -> Profile {
    let label = |key: &str| fields.read(key, Spot::label).map(|at| at.value);
    let link = |key: &str| fields.read(key, |spot| by(spot, rules::LINK));
    let name = fields.read("name", |spot| spot.fields(&["full", "given", "family", "middle"]));
    let part = |key: &str| name.as_ref()?.read(key, Spot::label).map(|at| at.value);
    Profile {
        name: part("full"),
        given_name: part("given"),
        family_name: part("family"),
        middle_name: part("middle"),
        nickname: label("nickname"),
        preferred_username: label("preferred_username"),
        profile: link("profile"),
        picture: link("picture"),
        website: link("website"),
        gender: label("gender"),
        birthdate: fields.read("birthdate", |spot| by(spot, rules::BIRTHDATE)),
        zoneinfo: fields.read("zoneinfo", |spot| by(spot, rules::ZONEINFO)),
        locale: fields.read("locale", |spot| by(spot, rules::LOCALE)),
        phone_number: fields.read("phone_number", |spot| by(spot, rules::PHONE)),
        phone_number_verified: phone_verified(fields),
        address: fields.read("address", address),
        updated_at: None,
    }
}

fn phone_verified(fields: &Fields<'_>) -> Option<bool> {
    let spot = fields.get("phone_number_verified")?;
    if fields.get("phone_number").is_none() {
        spot.fault("there is no `phone_number` to verify");
    }
    Some(spot.flag()?.value)
}

fn address(spot: &Spot<'_>) -> Option<Address> {
    let fields =
        spot.fields(&["formatted", "street_address", "locality", "region", "postal_code", "country"])?;
    let line = |key: &str| fields.read(key, Spot::label).map(|at| at.value);
    Some(Address {
        formatted: fields.read("formatted", lines),
        street_address: fields.read("street_address", lines),
        locality: line("locality"),
        region: line("region"),
        postal_code: line("postal_code"),
        country: line("country"),
    })
}

/// Text that may have several lines; one that ends in a line break has one line less.
fn lines(spot: &Spot<'_>) -> Option<String> {
    let text = spot.text()?.value;
    ruled(spot, text.trim_end_matches('\n').to_owned(), rules::LINES)
}

/// Text by a rule of the claims.
fn by(spot: &Spot<'_>, rule: Rule) -> Option<String> {
    ruled(spot, spot.text()?.value, rule)
}

fn ruled(spot: &Spot<'_>, text: String, rule: Rule) -> Option<String> {
    if !(rule.holds)(&text) {
        spot.fault(rule.words);
        return None;
    }
    Some(text)
}
