//! The standard claims in requests: a merge patch (RFC 7396) in which `null` takes a claim away.

use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::flows::access::{Fault, Refused};
use crate::model::profile::{Address, Profile};
use crate::model::profile_rules::{self as rules, Rule};

/// What is to change of the standard claims (OIDC Core §5.1). What is left out stays; `null` takes away.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfilePatch {
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    given_name: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    family_name: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    middle_name: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    nickname: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    preferred_username: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    profile: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    picture: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    website: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    gender: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    birthdate: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    zoneinfo: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    locale: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    phone_number: Given<String>,
    /// The whole address: it takes the place of the one before.
    #[serde(default)]
    #[schema(value_type = Option<Address>)]
    address: Given<Address>,
}

/// A member of a patch (RFC 7396 §2).
#[derive(Debug, Clone, Default)]
enum Given<T> {
    /// It is left out: what was there stays.
    #[default]
    LeftOut,
    /// It is `null`: what was there goes.
    Null,
    /// It takes the place of what was there.
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(input)?.map_or(Self::Null, Self::Value))
    }
}

impl ProfilePatch {
    /// The claims after this change. A new telephone number is one that nobody has verified.
    ///
    /// # Errors
    /// Every value that breaks its rule, by its place below `at`.
    pub(super) fn apply(self, to: Profile, at: &str) -> Result<Profile, Refused> {
        let mut patch = Patch { at, faults: Vec::new() };
        let phone = patch.text("phone_number", self.phone_number, to.phone_number.clone(), rules::PHONE);
        let verified = to.phone_number_verified.filter(|_| phone == to.phone_number);
        let changed = Profile {
            name: patch.text("name", self.name, to.name, rules::LABEL),
            given_name: patch.text("given_name", self.given_name, to.given_name, rules::LABEL),
            family_name: patch.text("family_name", self.family_name, to.family_name, rules::LABEL),
            middle_name: patch.text("middle_name", self.middle_name, to.middle_name, rules::LABEL),
            nickname: patch.text("nickname", self.nickname, to.nickname, rules::LABEL),
            preferred_username: patch.text(
                "preferred_username",
                self.preferred_username,
                to.preferred_username,
                rules::LABEL,
            ),
            profile: patch.text("profile", self.profile, to.profile, rules::LINK),
            picture: patch.text("picture", self.picture, to.picture, rules::LINK),
            website: patch.text("website", self.website, to.website, rules::LINK),
            gender: patch.text("gender", self.gender, to.gender, rules::LABEL),
            birthdate: patch.text("birthdate", self.birthdate, to.birthdate, rules::BIRTHDATE),
            zoneinfo: patch.text("zoneinfo", self.zoneinfo, to.zoneinfo, rules::ZONEINFO),
            locale: patch.text("locale", self.locale, to.locale, rules::LOCALE),
            phone_number: phone,
            phone_number_verified: verified,
            address: match self.address {
                Given::LeftOut => to.address,
                Given::Null => None,
                Given::Value(address) => Some(patch.address(address)),
            },
            updated_at: to.updated_at,
        };
        if patch.faults.is_empty() { Ok(changed) } else { Err(Refused::Invalid(patch.faults)) }
    }
}

/// The faults of a change while it is made.
struct Patch<'a> {
    at: &'a str,
    faults: Vec<Fault>,
}

impl Patch<'_> {
    fn text(
        &mut self,
        name: &str,
        given: Given<String>,
        before: Option<String>,
        rule: Rule,
    ) -> Option<String> {
        match given {
            Given::LeftOut => before,
            Given::Null => None,
            Given::Value(text) => {
                if !(rule.holds)(&text) {
                    self.faults.push(Fault::at(format!("{}/{name}", self.at), format!("It {}.", rule.words)));
                }
                Some(text)
            }
        }
    }

    fn address(&mut self, address: Address) -> Address {
        let mut line = |name: &str, text: Option<String>, rule| {
            let given = text.map_or(Given::Null, Given::Value);
            self.text(&format!("address/{name}"), given, None, rule)
        };
        Address {
            formatted: line("formatted", address.formatted, rules::LINES),
            street_address: line("street_address", address.street_address, rules::LINES),
            locality: line("locality", address.locality, rules::LABEL),
            region: line("region", address.region, rules::LABEL),
            postal_code: line("postal_code", address.postal_code, rules::LABEL),
            country: line("country", address.country, rules::LABEL),
        }
    }
}
