ALTER TABLE sessions DROP COLUMN device_hash;
ALTER TABLE sessions ADD COLUMN remembered_at TIMESTAMP;
ALTER TABLE remembered_devices DROP COLUMN factor;
