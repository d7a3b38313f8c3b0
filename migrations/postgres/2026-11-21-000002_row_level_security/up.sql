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
DO $$
DECLARE
    it text;
BEGIN
    FOREACH it IN ARRAY ARRAY[
        'policies', 'tenant_entitlements', 'workspaces', 'contexts', 'users', 'passwords', 'groups',
        'group_members', 'user_workspaces', 'group_workspaces', 'clients', 'client_secrets', 'client_logos',
        'client_assertions', 'interactions', 'sessions', 'consents', 'authorization_codes', 'refresh_families',
        'refresh_tokens', 'audit_heads', 'audit_events', 'audit_personal', 'audit_checkpoints'
    ]
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', it);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', it);
        EXECUTE format(
            'CREATE POLICY tenant ON %I USING (tenant_id = current_setting(''symbolon.tenant'', true)) '
            'WITH CHECK (tenant_id = current_setting(''symbolon.tenant'', true))', it);
    END LOOP;
END $$;
