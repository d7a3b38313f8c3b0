-- Tokens that people make for their programs, by their hashes. A revoked one is gone; proofs are the factors of the session in
-- which it was made, by which the policy goes on judging it.
CREATE TABLE personal_access_tokens (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    resources TEXT NOT NULL,
    proofs TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX personal_access_tokens_by_user ON personal_access_tokens (tenant_id, user_id);
CREATE INDEX personal_access_tokens_by_expiry ON personal_access_tokens (expires_at);
