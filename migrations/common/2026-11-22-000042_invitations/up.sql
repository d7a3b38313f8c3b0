-- Offers of an account, by the hash of the link that was mailed. What the account will be stands here and nowhere else:
-- nothing that a browser brings decides it. It gets the id of its invitation.
CREATE TABLE invitations (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    origin TEXT NOT NULL,
    email TEXT NOT NULL,
    email_canonical TEXT NOT NULL,
    roles TEXT NOT NULL,
    group_ids TEXT NOT NULL,
    language TEXT NOT NULL,
    invited_by TEXT,
    state TEXT NOT NULL,
    sent BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, invited_by) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX invitations_open ON invitations (tenant_id, email_canonical, origin) WHERE state = 'open';
CREATE INDEX invitations_by_inviter ON invitations (tenant_id, invited_by);
CREATE INDEX invitations_by_expiry ON invitations (expires_at);
