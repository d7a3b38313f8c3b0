//! The table of roles in the documents is the one of the code (D6).

use std::fmt::Write as _;

use symbolon::model::role::{Permission, Role};

const HEAD: &str = "\
# Roles and permissions

<!-- Written by a test from `src/model/role.rs`; change the table there. -->

A role says what a person may do in their tenant; an entitlement says what the tenant has bought. A token carries both, as
`roles` and `entitlements`, and the service combines them. Roles are ordered by nothing but this table, and a person may have
several, their groups' included. A role that is unknown, or cannot be read, is `readonly`.

The JSON API asks here and nowhere else, at each request, by the roles that the database holds then; services may ask the same.
Beside the table: nobody gives a role that may do more than their own do together, nobody changes their own roles, and none but
owners act upon an owner.

";

fn words(permission: Permission) -> &'static str {
    match permission {
        Permission::ReadPeople => "see people, groups and their roles",
        Permission::ManagePeople => "create, change and suspend people who are no owners",
        Permission::ManageOwners => "give and take roles; act upon owners; invite; make API keys",
        Permission::ReadClients => "see clients and resource servers",
        Permission::ManageClients => "change clients and their secrets",
        Permission::ReadPolicy => "see the sign-in policy",
        Permission::ManagePolicy => "change the sign-in policy",
        Permission::ManageSessions => "end sessions, unlock accounts, reset factors",
        Permission::ReadAudit => "read the audit trail",
        Permission::UseProducts => "use the products",
    }
}

fn table() -> String {
    let mut text = HEAD.to_owned();
    let names = Role::ALL.map(|role| format!(" `{}` |", role.as_str())).concat();
    writeln!(text, "| permission |{names}\n|---|{}", "---|".repeat(Role::ALL.len())).expect("text");
    for permission in Permission::ALL {
        let cells = Role::ALL.map(|role| if role.allows(permission) { " yes |" } else { " |" }).concat();
        writeln!(text, "| {} |{cells}", words(permission)).expect("text");
    }
    text
}

#[test]
fn the_table_of_roles_in_the_docs_is_the_one_of_the_code() {
    let generated = table();
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/roles.md"), &generated).expect("a file");
    let written =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/roles.md")).unwrap_or_default();
    assert!(written == generated, "out of date; run: cp target/tmp/roles.md docs/roles.md");
}

/// A role must be worth something, and nobody but an owner makes owners.
#[test]
fn every_permission_has_a_role_and_owners_are_made_by_owners_alone() {
    for permission in Permission::ALL {
        assert!(!permission.roles().is_empty(), "{permission:?}");
    }
    assert_eq!(Permission::ManageOwners.roles(), [Role::Owner]);
    for role in Role::ALL {
        assert!(Permission::ALL.into_iter().any(|permission| role.allows(permission)), "{role:?}");
    }
    let changes = [Permission::ManagePeople, Permission::ManageClients, Permission::ManagePolicy];
    for role in [Role::Auditor, Role::Member, Role::ReadOnly] {
        assert!(changes.into_iter().all(|permission| !role.allows(permission)), "{role:?}");
    }
}
