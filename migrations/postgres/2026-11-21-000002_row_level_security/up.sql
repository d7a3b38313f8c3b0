-- Text is compared and sorted by its bytes, as SQLite does, whatever the collation of the database: both databases list
-- in one order, and no update of a collation's rules can spoil an index.
DO $$
DECLARE
    it record;
BEGIN
    FOR it IN SELECT table_name, column_name FROM information_schema.columns
              WHERE table_schema = 'public' AND data_type = 'text' AND table_name NOT LIKE '\_\_%'
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE text COLLATE "C"', it.table_name, it.column_name);
    END LOOP;
END $$;

-- One more lock on every tenant's table (D24): a transaction sees only the tenant it named.
-- FORCE applies it to the owner too; `serve` refuses a role that bypasses it.
ALTER TABLE policies ENABLE ROW LEVEL SECURITY;
ALTER TABLE policies FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON policies
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE tenant_entitlements ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_entitlements FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON tenant_entitlements
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY;
ALTER TABLE workspaces FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON workspaces
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE contexts ENABLE ROW LEVEL SECURITY;
ALTER TABLE contexts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON contexts
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON users
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE passwords ENABLE ROW LEVEL SECURITY;
ALTER TABLE passwords FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON passwords
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE groups ENABLE ROW LEVEL SECURITY;
ALTER TABLE groups FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON groups
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE group_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE group_members FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON group_members
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE user_workspaces ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_workspaces FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON user_workspaces
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE group_workspaces ENABLE ROW LEVEL SECURITY;
ALTER TABLE group_workspaces FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON group_workspaces
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE clients ENABLE ROW LEVEL SECURITY;
ALTER TABLE clients FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON clients
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE client_secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE client_secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON client_secrets
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE client_assertions ENABLE ROW LEVEL SECURITY;
ALTER TABLE client_assertions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON client_assertions
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE interactions ENABLE ROW LEVEL SECURITY;
ALTER TABLE interactions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON interactions
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sessions
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE consents ENABLE ROW LEVEL SECURITY;
ALTER TABLE consents FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON consents
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE authorization_codes ENABLE ROW LEVEL SECURITY;
ALTER TABLE authorization_codes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON authorization_codes
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE refresh_families ENABLE ROW LEVEL SECURITY;
ALTER TABLE refresh_families FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON refresh_families
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE refresh_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON refresh_tokens
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE audit_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_heads FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON audit_heads
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON audit_events
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE audit_personal ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_personal FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON audit_personal
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
ALTER TABLE audit_checkpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_checkpoints FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON audit_checkpoints
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
