ALTER TABLE sessions DROP COLUMN remembered_at;
DROP TABLE remembered_devices;
