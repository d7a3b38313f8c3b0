-- The secret that a person's authenticator shares with us: one for each person, sealed. It counts from its confirmation on;
-- last_step is the step of the last code that was accepted, below which nothing is (RFC 6238 §5.2).
CREATE TABLE totp_factors (
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    sealed_secret TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    confirmed_at TIMESTAMP,
    last_step BIGINT,
    last_used_at TIMESTAMP,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX totp_factors_unconfirmed ON totp_factors (created_at) WHERE confirmed_at IS NULL;

-- The codes of a person's sheet, by their hashes. A new sheet takes the place of the old one.
CREATE TABLE recovery_codes (
    tenant_id TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    user_id TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP,
    PRIMARY KEY (tenant_id, code_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX recovery_codes_by_user ON recovery_codes (tenant_id, user_id);
