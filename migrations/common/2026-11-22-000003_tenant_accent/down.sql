ALTER TABLE tenants DROP COLUMN accent;
