-- The whole schema, for SQLite and PostgreSQL alike: ids and JSON as TEXT, times as UTC TIMESTAMP in microseconds.
-- A tenant's table begins with tenant_id, has the composite key (tenant_id, id) and composite foreign keys.

-- ---------------------------------------------------------------- deployment level: no tenant_id scope

CREATE TABLE tenants (
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    plan TEXT,
    region TEXT,
    accent TEXT,
    status TEXT NOT NULL,
    status_since TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE products (
    key TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    grants TEXT NOT NULL
);

CREATE TABLE plans (
    key TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    entitlements TEXT NOT NULL
);

CREATE TABLE resource_servers (
    id TEXT NOT NULL PRIMARY KEY,
    owner_tenant_id TEXT NOT NULL REFERENCES tenants (id),
    identifier TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    product TEXT REFERENCES products (key),
    open_to TEXT NOT NULL,
    scopes TEXT NOT NULL,
    status TEXT NOT NULL,
    status_since TIMESTAMP
);

CREATE TABLE client_directory (
    client_id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    allowed_origins TEXT NOT NULL,
    logo_due_at TIMESTAMP
);
CREATE INDEX client_directory_by_logo_due ON client_directory (logo_due_at);

CREATE TABLE domain_index (
    domain TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id)
);

CREATE TABLE browser_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    cookie_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    last_seen_at TIMESTAMP NOT NULL
);

CREATE TABLE browser_session_accounts (
    browser_session_id TEXT NOT NULL REFERENCES browser_sessions (id) ON DELETE CASCADE,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    sid TEXT NOT NULL,
    added_at TIMESTAMP NOT NULL,
    PRIMARY KEY (browser_session_id, sid)
);
CREATE INDEX browser_session_accounts_by_session ON browser_session_accounts (sid);

CREATE TABLE signing_keys (
    kid TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    state TEXT NOT NULL,
    sealed_private TEXT NOT NULL,
    public_jwk TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    activated_at TIMESTAMP,
    retired_at TIMESTAMP,
    revoked_at TIMESTAMP
);
CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (purpose) WHERE state = 'active';
CREATE UNIQUE INDEX signing_keys_one_next ON signing_keys (purpose) WHERE state = 'next';

CREATE TABLE revocations (
    seq BIGINT NOT NULL PRIMARY KEY,
    subject_hash TEXT NOT NULL,
    within_subject TEXT,
    within_tenant TEXT,
    dates BOOLEAN NOT NULL,
    cut_off TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX revocations_by_subject ON revocations (subject_hash);
CREATE INDEX revocations_by_person ON revocations (within_subject);
CREATE INDEX revocations_by_tenant ON revocations (within_tenant);
CREATE INDEX revocations_by_expiry ON revocations (expires_at);

CREATE TABLE counters (
    key TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    count BIGINT NOT NULL,
    window_started_at TIMESTAMP NOT NULL,
    locked_until TIMESTAMP,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX counters_by_expiry ON counters (expires_at);

CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
INSERT INTO leases (name, holder, expires_at) VALUES ('jobs', '', '1970-01-01 00:00:00');

CREATE TABLE setup_links (
    token_hash TEXT NOT NULL PRIMARY KEY,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    consumed_at TIMESTAMP
);

CREATE TABLE change_number (
    id BIGINT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO change_number (id, value) VALUES (1, 1);

-- ---------------------------------------------------------------- tenants' tables

CREATE TABLE policies (
    tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id),
    version BIGINT NOT NULL,
    document TEXT NOT NULL,
    changed_at TIMESTAMP NOT NULL
);

CREATE TABLE tenant_entitlements (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    product TEXT NOT NULL REFERENCES products (key),
    grant_name TEXT NOT NULL,
    expires_at TIMESTAMP,
    PRIMARY KEY (tenant_id, product, grant_name)
);

CREATE TABLE workspaces (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, slug)
);

CREATE TABLE contexts (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, workspace_id, slug),
    UNIQUE (tenant_id, workspace_id, id),
    FOREIGN KEY (tenant_id, workspace_id) REFERENCES workspaces (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE users (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    email TEXT NOT NULL,
    email_canonical TEXT NOT NULL,
    email_verified BOOLEAN NOT NULL,
    profile TEXT NOT NULL,
    roles TEXT NOT NULL,
    status TEXT NOT NULL,
    status_since TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, email_canonical)
);

CREATE TABLE passwords (
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    phc TEXT NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE groups (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);

CREATE TABLE group_members (
    tenant_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, group_id, user_id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES groups (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX group_members_by_user ON group_members (tenant_id, user_id);

-- A row without a context gives the whole workspace, contexts made later included.
CREATE TABLE user_workspaces (
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    context_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, user_id, workspace_id, context_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, workspace_id) REFERENCES workspaces (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE group_workspaces (
    tenant_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    context_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, group_id, workspace_id, context_id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES groups (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, workspace_id) REFERENCES workspaces (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE clients (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    client_id TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    metadata TEXT NOT NULL,
    status TEXT NOT NULL,
    status_since TIMESTAMP,
    PRIMARY KEY (tenant_id, client_id)
);

CREATE TABLE client_secrets (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, client_id) ON DELETE CASCADE
);
CREATE INDEX client_secrets_by_client ON client_secrets (tenant_id, client_id);

-- The image as redrawn (D30).
CREATE TABLE client_logos (
    tenant_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    id TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    fetched_at TIMESTAMP NOT NULL,
    PRIMARY KEY (tenant_id, client_id),
    FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, client_id) ON DELETE CASCADE
);

CREATE TABLE client_assertions (
    tenant_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    jti_hash TEXT NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    PRIMARY KEY (tenant_id, client_id, jti_hash),
    FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, client_id) ON DELETE CASCADE
);
CREATE INDEX client_assertions_by_expiry ON client_assertions (expires_at);

-- An authorization request that waits for a person; it belongs to the client's tenant.
CREATE TABLE interactions (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    client_id TEXT,
    browser_hash TEXT NOT NULL,
    request TEXT NOT NULL,
    progress TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX interactions_by_expiry ON interactions (expires_at);
CREATE INDEX interactions_by_browser ON interactions (tenant_id, browser_hash);

CREATE TABLE sessions (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    browser_session_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    proofs TEXT NOT NULL,
    address TEXT,
    user_agent TEXT,
    created_at TIMESTAMP NOT NULL,
    last_seen_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX sessions_open_by_user ON sessions (tenant_id, user_id, created_at) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_last_seen ON sessions (last_seen_at);

CREATE TABLE consents (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    allowed TEXT NOT NULL,
    granted_at TIMESTAMP NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, user_id, client_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE authorization_codes (
    tenant_id TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    client_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    sid TEXT NOT NULL,
    authorization_data TEXT NOT NULL,
    issued_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    consumed_at TIMESTAMP,
    issued_jti TEXT,
    family_id TEXT,
    PRIMARY KEY (tenant_id, code_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX authorization_codes_by_expiry ON authorization_codes (expires_at);

CREATE TABLE refresh_families (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    sid TEXT NOT NULL,
    offline BOOLEAN NOT NULL,
    authorization_data TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    end_reason TEXT,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX refresh_families_by_user ON refresh_families (tenant_id, user_id);
CREATE INDEX refresh_families_by_session ON refresh_families (tenant_id, sid);
CREATE INDEX refresh_families_by_expiry ON refresh_families (expires_at);

CREATE TABLE refresh_tokens (
    tenant_id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    family_id TEXT NOT NULL,
    generation BIGINT NOT NULL,
    issued_at TIMESTAMP NOT NULL,
    consumed_at TIMESTAMP,
    sealed_successor TEXT,
    access_jti TEXT NOT NULL,
    PRIMARY KEY (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, family_id) REFERENCES refresh_families (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (tenant_id, family_id);

CREATE TABLE audit_heads (
    tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);

CREATE TABLE audit_events (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    seq BIGINT NOT NULL,
    at TIMESTAMP NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);

CREATE TABLE audit_personal (
    tenant_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    salt TEXT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (tenant_id, seq),
    FOREIGN KEY (tenant_id, seq) REFERENCES audit_events (tenant_id, seq)
);

CREATE TABLE audit_checkpoints (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    seq BIGINT NOT NULL,
    at TIMESTAMP NOT NULL,
    statement TEXT NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
