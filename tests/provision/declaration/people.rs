//! People: their claims and passwords.

use symbolon::flows::provision::declaration::{DeclaredStatus, SecretSource};

use super::{only_fault, parse, tenant_faults, with_tenant};

#[test]
fn people_have_every_standard_claim() {
    let declared = parse(&with_tenant(
        "    users:
      - email: Ada@Acme.example
        email_verified: true
        name: {full: Ada Lovelace, given: Ada, middle: King, family: Lovelace}
        nickname: ada
        preferred_username: ada
        profile: https://people.example/ada
        picture: https://people.example/ada.png
        website: https://ada.example
        gender: female
        birthdate: 1815-12-10
        zoneinfo: Europe/London
        locale: en-GB
        phone_number: \"+44 20 7946 0000\"
        phone_number_verified: true
        address:
          formatted: |
            12 St James's Square
            London
          street_address: 12 St James's Square
          locality: London
          region: England
          postal_code: SW1Y 4LB
          country: UK
        status: suspended
",
    ))
    .unwrap();
    let ada = declared.tenants.unwrap().remove(0).users.unwrap().remove(0);
    let claims = serde_json::to_value(&ada.profile).unwrap();
    assert_eq!(claims.as_object().unwrap().len(), 16, "all but updated_at: {claims}");
    assert_eq!(claims["address"]["formatted"], "12 St James's Square\nLondon");
    assert_eq!(
        (ada.email.value.spelling(), ada.email.value.canonical()),
        ("Ada@Acme.example", "ada@acme.example")
    );
    assert_eq!(ada.status, Some(DeclaredStatus::Suspended));
}

#[test]
fn standard_claims_are_checked() {
    for (more, words) in [
        ("phone_number: +4420", "put it in quotes"),
        ("phone_number: \"020 7946\"", "country code"),
        ("birthdate: 1815-13-10", "must be a date"),
        ("locale: English", "language tag"),
        ("zoneinfo: \"Europe London\"", "time zone"),
        ("picture: ada.png", "web address"),
        ("name: Ada", "must have keys"),
        ("phone_number_verified: true", "no `phone_number`"),
        ("status: gone", "unknown status"),
        ("address: {city: London}", "unknown key `city`"),
    ] {
        only_fault(
            &tenant_faults(&format!("    users: [{{email: ada@acme.example, {more}}}]\n")),
            "12:",
            words,
        );
    }
}

#[test]
fn a_missing_password_is_no_fault_yet() {
    let declared =
        parse(&with_tenant("    users: [{email: ada@acme.example, password: {env: NOT_SET}}]\n")).unwrap();
    let ada = declared.tenants.unwrap().remove(0).users.unwrap().remove(0);
    assert!(matches!(ada.password.unwrap().value, SecretSource::Missing(why) if why.contains("NOT_SET")));
}
