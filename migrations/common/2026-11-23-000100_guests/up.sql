-- Guests (D4): an account of another tenant that was let in here. Its row has the id of the account at home, and nothing of what
-- the home keeps: address, claims and state are read there each time.
ALTER TABLE users ADD COLUMN home_tenant_id TEXT;

-- Where an account is a guest: the one bridge between tenants, from the home's side.
CREATE TABLE memberships (
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    home_tenant_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (home_tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX memberships_by_home ON memberships (home_tenant_id, user_id);
