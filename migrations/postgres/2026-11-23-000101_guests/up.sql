-- Text is compared by its bytes, as in the first migration. The bridge is reached before a tenant is: it has no policy (D5, D24).
ALTER TABLE users ALTER COLUMN home_tenant_id TYPE text COLLATE "C";
ALTER TABLE memberships
    ALTER COLUMN tenant_id TYPE text COLLATE "C",
    ALTER COLUMN user_id TYPE text COLLATE "C",
    ALTER COLUMN home_tenant_id TYPE text COLLATE "C";
