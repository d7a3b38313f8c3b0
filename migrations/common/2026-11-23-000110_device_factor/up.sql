-- A device stands in for one factor, and counts only while that one does. Those remembered before do not say which: they are
-- forgotten, and their people are asked once more.
DROP TABLE remembered_devices;
CREATE TABLE remembered_devices (
    tenant_id TEXT NOT NULL,
    device_hash TEXT NOT NULL,
    user_id TEXT NOT NULL,
    factor TEXT NOT NULL,
    proved_at TIMESTAMP NOT NULL,
    PRIMARY KEY (tenant_id, device_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX remembered_devices_by_user ON remembered_devices (tenant_id, user_id);

-- A session names the device of its browser, so that what becomes of the device becomes of the session.
ALTER TABLE sessions DROP COLUMN remembered_at;
ALTER TABLE sessions ADD COLUMN device_hash TEXT;
