DROP TABLE memberships;
ALTER TABLE users DROP COLUMN home_tenant_id;
