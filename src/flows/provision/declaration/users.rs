//! People, with the standard claims of OIDC Core §5.1.

use chrono::NaiveDate;
use url::Url;

use super::Reader;
use super::document::User;
use super::fault::At;
use super::index::TenantIndex;
use super::spot::{Fields, Spot};
use crate::model::email::Email;
use crate::model::profile::{Address, Profile};

const KEYS: [&str; 20] = [
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
            password,
        })
    }
}

/// The standard claims. `updated_at` is ours to set.
fn profile(fields: &Fields<'_>) -> Profile {
    let label = |key: &str| fields.read(key, Spot::label).map(|at| at.value);
    let link = |key: &str| fields.read(key, web_link);
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
        birthdate: fields.read("birthdate", birthdate),
        zoneinfo: fields.read("zoneinfo", zoneinfo),
        locale: fields.read("locale", locale),
        phone_number: fields.read("phone_number", phone_number),
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

/// Text that may have several lines (OIDC Core §5.1.1).
fn lines(spot: &Spot<'_>) -> Option<String> {
    let text = spot.text()?.value;
    let text = text.trim_end_matches('\n').to_owned();
    if text.is_empty() || text.len() > 1000 || text.chars().any(|c| c.is_control() && c != '\n') {
        spot.fault("must be 1 to 1000 characters; line breaks are the only control characters allowed");
        return None;
    }
    Some(text)
}

fn web_link(spot: &Spot<'_>) -> Option<String> {
    let text = spot.text()?.value;
    let good = text.len() <= 2000
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
    if !good {
        spot.fault("must be a web address such as `https://people.example/ada`");
    }
    good.then_some(text)
}

/// A date, a date without a year (`0000-12-10`) or a year (OIDC Core §5.1).
fn birthdate(spot: &Spot<'_>) -> Option<String> {
    let text = spot.text()?.value;
    // A leap year stands in for the unknown one, so that 29 February passes.
    let dated = text.strip_prefix("0000-").map_or_else(|| text.clone(), |day| format!("2000-{day}"));
    let day = text.len() == 10 && NaiveDate::parse_from_str(&dated, "%Y-%m-%d").is_ok();
    let year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !day && !year {
        spot.fault("must be a date such as `1815-12-10`, `0000-12-10` without the year, or a year in quotes");
    }
    (day || year).then_some(text)
}

fn zoneinfo(spot: &Spot<'_>) -> Option<String> {
    let text = spot.text()?.value;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+');
    let good = (1..=64).contains(&text.len()) && text.chars().all(allowed);
    if !good {
        spot.fault("must be a time zone such as `Europe/Berlin`");
    }
    good.then_some(text)
}

/// A language tag in its canonical letters, as far as language and region go (BCP 47).
fn locale(spot: &Spot<'_>) -> Option<String> {
    let text = spot.text()?.value;
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default();
    let good = (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && text.len() <= 35
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
    if !good {
        spot.fault("must be a language tag such as `de` or `en-GB`");
    }
    good.then_some(text)
}

/// E.164, with an extension in the form of RFC 3966 at most (OIDC Core §5.1).
fn phone_number(spot: &Spot<'_>) -> Option<String> {
    let text = spot.text()?.value;
    let allowed = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '(' | ')' | '-' | '.');
    let (number, extension) = text.split_once(";ext=").unwrap_or((&text, "0"));
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let good = number.strip_prefix('+').is_some_and(|rest| rest.chars().all(allowed))
        && (4..=15).contains(&digits)
        && (1..=8).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_digit());
    if !good {
        spot.fault("must be a number with its country code, such as `\"+49 30 901820\"`");
    }
    good.then_some(text)
}
