-- Links and codes that were mailed to people, by the hash of each: used once, the newest of a purpose only. `account` is the
-- address that the account had when it was made; a link outlives no change of it. `address` is where it was mailed to.
CREATE TABLE links (
    tenant_id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    purpose TEXT NOT NULL,
    user_id TEXT NOT NULL,
    account TEXT NOT NULL,
    address TEXT NOT NULL,
    interaction TEXT,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    consumed_at TIMESTAMP,
    PRIMARY KEY (tenant_id, token_hash),
    UNIQUE (tenant_id, user_id, purpose),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX links_by_expiry ON links (expires_at);
