-- A person's passkeys; the credential holds the public key, the counter and the backup flags.
CREATE TABLE passkeys (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    credential_id TEXT NOT NULL,
    name TEXT NOT NULL,
    credential TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, credential_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX passkeys_by_user ON passkeys (tenant_id, user_id);

-- Which tenant a passkey is of: at a sign-in without a name nothing else tells. A credential id is one person's in the deployment.
CREATE TABLE passkey_index (
    credential_id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    FOREIGN KEY (tenant_id, credential_id) REFERENCES passkeys (tenant_id, credential_id) ON DELETE CASCADE
);

-- Questions to passkeys that were answered: none counts twice.
CREATE TABLE spent_challenges (
    challenge_hash TEXT NOT NULL PRIMARY KEY,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX spent_challenges_by_expiry ON spent_challenges (expires_at);
