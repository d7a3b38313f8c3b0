-- Browsers in which a person proved a second factor and asked not to be asked for it again (D33), by the hash of the secret in
-- each one's cookie. How long one counts is the tenant's policy.
CREATE TABLE remembered_devices (
    tenant_id TEXT NOT NULL,
    device_hash TEXT NOT NULL,
    user_id TEXT NOT NULL,
    proved_at TIMESTAMP NOT NULL,
    PRIMARY KEY (tenant_id, device_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX remembered_devices_by_user ON remembered_devices (tenant_id, user_id);

-- When the second factor was proved that the session stands on, though not in it: in the browser, which is remembered.
ALTER TABLE sessions ADD COLUMN remembered_at TIMESTAMP;
