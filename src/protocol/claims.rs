//! The standard claims about a person and the scopes that ask for them (OIDC Core §5.1, §5.4).

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::model::profile::Profile;

use super::claims_request::Ask;
use super::scope::{self, ScopeSet};

/// What can be told of a person besides `sub`.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// The profile.
    pub profile: &'a Profile,
    /// The e-mail address in its original spelling (D3).
    pub email: &'a str,
    /// Whether somebody we trust vouched for the address.
    pub email_verified: bool,
}

/// The claims that a scope asks for (OIDC Core §5.4); none for a scope that is not one of the standard four.
pub fn of_scope(scope: &str) -> &'static [&'static str] {
    match scope {
        scope::PROFILE => &[
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
        scope::EMAIL => &["email", "email_verified"],
        scope::ADDRESS => &["address"],
        scope::PHONE => &["phone_number", "phone_number_verified"],
        _ => &[],
    }
}

/// The standard scope that gives a claim; none for claims that are not about a person. Whoever may not ask for the
/// scope may not ask for its claims one by one either, and consent to a claim is consent to its scope (P008).
pub fn scope_of(claim: &str) -> Option<&'static str> {
    scope::STANDARD.into_iter().find(|scope| of_scope(scope).contains(&claim))
}

/// Every claim that can be asked for, for `claims_supported` (OIDC Discovery §3).
pub fn supported() -> Vec<&'static str> {
    let mut all =
        vec!["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"];
    all.extend(["tenant_id", "tenant", "plan"]);
    for scope in scope::STANDARD {
        all.extend(of_scope(scope));
    }
    all
}

/// The names of claims wanted by scope and one by one (OIDC Core §5.4, §5.5). A name that we don't know yields nothing.
pub fn wanted<'a>(
    scopes: &ScopeSet,
    asked: impl IntoIterator<Item = (&'a String, &'a Ask)>,
) -> BTreeSet<String> {
    let by_scope = scopes.iter().flat_map(|scope| of_scope(scope.as_str())).map(|claim| (*claim).to_owned());
    by_scope.chain(asked.into_iter().map(|(claim, _)| claim.clone())).collect()
}

impl Person<'_> {
    /// The claims of this person that are wanted and known, ready to be merged into an answer.
    pub fn select(&self, wanted: &BTreeSet<String>) -> Map<String, Value> {
        let mut claims = match serde_json::to_value(self.profile) {
            Ok(Value::Object(all)) => all,
            Ok(_) | Err(_) => Map::new(),
        };
        if let Some(name) = self.profile.display_name() {
            claims.insert("name".to_owned(), Value::from(name));
        }
        claims.insert("email".to_owned(), Value::from(self.email));
        claims.insert("email_verified".to_owned(), Value::from(self.email_verified));
        claims.retain(|claim, _| wanted.contains(claim));
        claims
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada(profile: &Profile) -> Person<'_> {
        Person { profile, email: "ada@acme.example", email_verified: true }
    }

    fn profile() -> Profile {
        Profile {
            name: Some("Ada Lovelace".into()),
            phone_number_verified: Some(false),
            ..Profile::default()
        }
    }

    #[test]
    fn a_scope_gives_its_claims_and_no_others() {
        let wanted = wanted(&"openid email".parse().unwrap(), []);
        assert_eq!(ada(&profile()).select(&wanted).keys().collect::<Vec<_>>(), ["email", "email_verified"]);
    }

    #[test]
    fn a_single_claim_can_be_asked_for_and_unknown_ones_give_nothing() {
        let asked = [("name".to_owned(), Ask::default()), ("password_hash".to_owned(), Ask::default())];
        let wanted = wanted(&"openid".parse().unwrap(), asked.iter().map(|(name, ask)| (name, ask)));
        assert_eq!(ada(&profile()).select(&wanted).keys().collect::<Vec<_>>(), ["name"]);
    }

    #[test]
    fn the_name_is_put_together_from_its_parts_where_nobody_gave_the_whole() {
        let text = |text: &str| Some(text.to_owned());
        let told = |profile: Profile| {
            let wanted = wanted(&"openid profile".parse().unwrap(), []);
            ada(&profile).select(&wanted).get("name").and_then(Value::as_str).map(str::to_owned)
        };
        let parts = Profile {
            given_name: text("Ada"),
            middle_name: text("Augusta"),
            family_name: text("Lovelace"),
            ..Profile::default()
        };
        assert_eq!(told(parts.clone()), text("Ada Augusta Lovelace"));
        assert_eq!(told(Profile { middle_name: None, ..parts.clone() }), text("Ada Lovelace"));
        assert_eq!(told(Profile { given_name: None, middle_name: None, ..parts.clone() }), text("Lovelace"));
        assert_eq!(
            told(Profile { name: text("Countess of Lovelace"), ..parts }),
            text("Countess of Lovelace")
        );
        assert_eq!(told(Profile::default()), None);
    }

    #[test]
    fn the_standard_scopes_name_every_standard_claim() {
        let wanted = wanted(&scope::STANDARD.join(" ").parse().unwrap(), []);
        assert_eq!(wanted.len(), 19);
        assert_eq!(ada(&profile()).select(&wanted).len(), 4);
    }
}
