//! The tables of people: their accounts, the factors they prove, and what is mailed to them.

diesel::table! {
    setup_links (token_hash) {
        token_hash -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        consumed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    users (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        email -> Text,
        email_canonical -> Text,
        email_verified -> Bool,
        profile -> Text,
        roles -> Text,
        status -> Text,
        status_since -> Nullable<Timestamp>,
        created_at -> Timestamp,
        proofs_since -> Nullable<Timestamp>,
        break_glass -> Bool,
        home_tenant_id -> Nullable<Text>,
    }
}

diesel::table! {
    memberships (tenant_id, user_id) {
        tenant_id -> Text,
        user_id -> Text,
        home_tenant_id -> Text,
    }
}

diesel::table! {
    remembered_devices (tenant_id, device_hash) {
        tenant_id -> Text,
        device_hash -> Text,
        user_id -> Text,
        factor -> Text,
        proved_at -> Timestamp,
    }
}

diesel::table! {
    invitations (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        token_hash -> Text,
        origin -> Text,
        email -> Text,
        email_canonical -> Text,
        roles -> Text,
        group_ids -> Text,
        language -> Text,
        invited_by -> Nullable<Text>,
        state -> Text,
        sent -> BigInt,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    passkeys (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        user_id -> Text,
        credential_id -> Text,
        name -> Text,
        credential -> Text,
        created_at -> Timestamp,
        last_used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    passkey_index (credential_id) {
        credential_id -> Text,
        tenant_id -> Text,
    }
}

diesel::table! {
    spent_challenges (challenge_hash) {
        challenge_hash -> Text,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    passwords (tenant_id, user_id) {
        tenant_id -> Text,
        user_id -> Text,
        phc -> Text,
        changed_at -> Timestamp,
    }
}

diesel::table! {
    consents (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        user_id -> Text,
        client_id -> Text,
        allowed -> Text,
        granted_at -> Timestamp,
    }
}

diesel::table! {
    mails (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        user_id -> Nullable<Text>,
        recipient -> Text,
        language -> Text,
        kind -> Text,
        sealed_variables -> Nullable<Text>,
        state -> Text,
        attempts -> BigInt,
        last_error -> Nullable<Text>,
        created_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    mail_queue (mail_id) {
        mail_id -> Text,
        tenant_id -> Text,
        due_at -> Timestamp,
    }
}

diesel::table! {
    totp_factors (tenant_id, user_id) {
        tenant_id -> Text,
        user_id -> Text,
        sealed_secret -> Text,
        created_at -> Timestamp,
        confirmed_at -> Nullable<Timestamp>,
        last_step -> Nullable<BigInt>,
        last_used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    recovery_codes (tenant_id, code_hash) {
        tenant_id -> Text,
        code_hash -> Text,
        user_id -> Text,
        created_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    personal_access_tokens (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        user_id -> Text,
        token_hash -> Text,
        name -> Text,
        scopes -> Text,
        resources -> Text,
        proofs -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        last_used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    links (tenant_id, token_hash) {
        tenant_id -> Text,
        token_hash -> Text,
        purpose -> Text,
        user_id -> Text,
        account -> Text,
        address -> Text,
        interaction -> Nullable<Text>,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        consumed_at -> Nullable<Timestamp>,
    }
}
