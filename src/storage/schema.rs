//! The tables. Named only in `records/`, where a tenant's table is reached through its scope, and in `pending.rs`,
//! which writes the events of each tenant under its own name.

mod people;

pub(super) use people::{
    consents, invitations, links, mail_queue, mails, memberships, passkey_index, passkeys, passwords,
    personal_access_tokens, recovery_codes, remembered_devices, setup_links, spent_challenges, totp_factors,
    users,
};

diesel::table! {
    tenants (id) {
        id -> Text,
        slug -> Text,
        name -> Text,
        plan -> Nullable<Text>,
        region -> Nullable<Text>,
        accent -> Nullable<Text>,
        status -> Text,
        status_since -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    products (key) {
        key -> Text,
        name -> Text,
        grants -> Text,
    }
}

diesel::table! {
    plans (key) {
        key -> Text,
        name -> Text,
        entitlements -> Text,
    }
}

diesel::table! {
    resource_servers (id) {
        id -> Text,
        owner_tenant_id -> Text,
        identifier -> Text,
        name -> Text,
        product -> Nullable<Text>,
        open_to -> Text,
        scopes -> Text,
        status -> Text,
        status_since -> Nullable<Timestamp>,
    }
}

diesel::table! {
    client_directory (client_id) {
        client_id -> Text,
        tenant_id -> Text,
        allowed_origins -> Text,
        logo_due_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    domain_index (domain) {
        domain -> Text,
        tenant_id -> Text,
    }
}

diesel::table! {
    browser_sessions (id) {
        id -> Text,
        cookie_hash -> Text,
        created_at -> Timestamp,
        last_seen_at -> Timestamp,
    }
}

diesel::table! {
    browser_session_accounts (browser_session_id, sid) {
        browser_session_id -> Text,
        tenant_id -> Text,
        sid -> Text,
        added_at -> Timestamp,
    }
}

diesel::table! {
    signing_keys (kid) {
        kid -> Text,
        purpose -> Text,
        state -> Text,
        sealed_private -> Text,
        public_jwk -> Text,
        created_at -> Timestamp,
        activated_at -> Nullable<Timestamp>,
        retired_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    revocations (seq) {
        seq -> BigInt,
        subject_hash -> Text,
        within_subject -> Nullable<Text>,
        within_tenant -> Nullable<Text>,
        dates -> Bool,
        cut_off -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    counters (key) {
        key -> Text,
        kind -> Text,
        count -> BigInt,
        window_started_at -> Timestamp,
        locked_until -> Nullable<Timestamp>,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        holder -> Text,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    password_floor (family) {
        family -> Text,
        work -> BigInt,
        memory -> BigInt,
        raised_at -> Timestamp,
    }
}

diesel::table! {
    change_number (id) {
        id -> BigInt,
        value -> BigInt,
    }
}

diesel::table! {
    policies (tenant_id) {
        tenant_id -> Text,
        version -> BigInt,
        document -> Text,
        changed_at -> Timestamp,
    }
}

diesel::table! {
    tenant_entitlements (tenant_id, product, grant_name) {
        tenant_id -> Text,
        product -> Text,
        grant_name -> Text,
        expires_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    workspaces (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        slug -> Text,
        name -> Text,
    }
}

diesel::table! {
    contexts (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        workspace_id -> Text,
        slug -> Text,
        name -> Text,
    }
}

diesel::table! {
    groups (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        name -> Text,
        roles -> Text,
    }
}

diesel::table! {
    group_members (tenant_id, group_id, user_id) {
        tenant_id -> Text,
        group_id -> Text,
        user_id -> Text,
    }
}

diesel::table! {
    user_workspaces (tenant_id, user_id, workspace_id, context_id) {
        tenant_id -> Text,
        user_id -> Text,
        workspace_id -> Text,
        context_id -> Text,
    }
}

diesel::table! {
    group_workspaces (tenant_id, group_id, workspace_id, context_id) {
        tenant_id -> Text,
        group_id -> Text,
        workspace_id -> Text,
        context_id -> Text,
    }
}

diesel::table! {
    clients (tenant_id, client_id) {
        tenant_id -> Text,
        client_id -> Text,
        name -> Text,
        kind -> Text,
        metadata -> Text,
        status -> Text,
        status_since -> Nullable<Timestamp>,
    }
}

diesel::table! {
    client_secrets (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        client_id -> Text,
        hash -> Text,
        created_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    client_logos (tenant_id, client_id) {
        tenant_id -> Text,
        client_id -> Text,
        id -> Text,
        bytes -> Binary,
        fetched_at -> Timestamp,
    }
}

diesel::table! {
    client_assertions (tenant_id, client_id, jti_hash) {
        tenant_id -> Text,
        client_id -> Text,
        jti_hash -> Text,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    interactions (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        client_id -> Nullable<Text>,
        browser_hash -> Text,
        request -> Text,
        progress -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    sessions (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        browser_session_id -> Text,
        user_id -> Text,
        proofs -> Text,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        created_at -> Timestamp,
        last_seen_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        device_hash -> Nullable<Text>,
    }
}

diesel::table! {
    authorization_codes (tenant_id, code_hash) {
        tenant_id -> Text,
        code_hash -> Text,
        client_id -> Text,
        user_id -> Text,
        sid -> Text,
        authorization_data -> Text,
        issued_at -> Timestamp,
        expires_at -> Timestamp,
        consumed_at -> Nullable<Timestamp>,
        issued_jti -> Nullable<Text>,
        family_id -> Nullable<Text>,
    }
}

diesel::table! {
    refresh_families (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        client_id -> Text,
        user_id -> Text,
        sid -> Text,
        offline -> Bool,
        authorization_data -> Text,
        created_at -> Timestamp,
        last_used_at -> Timestamp,
        expires_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    refresh_tokens (tenant_id, token_hash) {
        tenant_id -> Text,
        token_hash -> Text,
        family_id -> Text,
        generation -> BigInt,
        issued_at -> Timestamp,
        consumed_at -> Nullable<Timestamp>,
        sealed_successor -> Nullable<Text>,
        access_jti -> Text,
    }
}

diesel::table! {
    audit_heads (tenant_id) {
        tenant_id -> Text,
        seq -> BigInt,
        hash -> Text,
    }
}

diesel::table! {
    audit_events (tenant_id, seq) {
        tenant_id -> Text,
        seq -> BigInt,
        at -> Timestamp,
        kind -> Text,
        body -> Text,
        hash -> Text,
        user_id -> Nullable<Text>,
    }
}

diesel::table! {
    audit_personal (tenant_id, seq) {
        tenant_id -> Text,
        seq -> BigInt,
        salt -> Text,
        facts -> Text,
    }
}

diesel::table! {
    audit_checkpoints (tenant_id, seq) {
        tenant_id -> Text,
        seq -> BigInt,
        at -> Timestamp,
        statement -> Text,
    }
}

macro_rules! tenant_tables {
    ($($table:ident),+ $(,)?) => {$(
        impl super::rows::TenantTable for $table::table {
            type Scoped = diesel::dsl::Filter<Self, diesel::dsl::Eq<$table::tenant_id, String>>;

            fn of(tenant: String) -> Self::Scoped {
                use diesel::{ExpressionMethods, QueryDsl};
                $table::table.filter($table::tenant_id.eq(tenant))
            }
        }
    )+};
}

tenant_tables! {
    policies,
    tenant_entitlements,
    workspaces,
    contexts,
    users,
    invitations,
    passkeys,
    passwords,
    totp_factors,
    recovery_codes,
    remembered_devices,
    groups,
    group_members,
    user_workspaces,
    group_workspaces,
    clients,
    client_secrets,
    client_logos,
    client_assertions,
    interactions,
    sessions,
    consents,
    authorization_codes,
    refresh_families,
    refresh_tokens,
    personal_access_tokens,
    links,
    audit_heads,
    audit_events,
    audit_personal,
    audit_checkpoints,
    mails,
}

diesel::allow_tables_to_appear_in_same_query!(
    tenants,
    products,
    plans,
    resource_servers,
    client_directory,
    domain_index,
    passkey_index,
    memberships,
    browser_sessions,
    browser_session_accounts,
    signing_keys,
    revocations,
    counters,
    leases,
    password_floor,
    setup_links,
    spent_challenges,
    change_number,
    policies,
    tenant_entitlements,
    workspaces,
    contexts,
    users,
    invitations,
    passkeys,
    passwords,
    totp_factors,
    recovery_codes,
    remembered_devices,
    groups,
    group_members,
    user_workspaces,
    group_workspaces,
    clients,
    client_secrets,
    client_logos,
    client_assertions,
    interactions,
    sessions,
    consents,
    authorization_codes,
    refresh_families,
    refresh_tokens,
    personal_access_tokens,
    audit_heads,
    audit_events,
    audit_personal,
    audit_checkpoints,
    mails,
    mail_queue,
);
