-- Text is compared by its bytes, and a transaction sees only the tenant it named (D24), as in the first migration.
DO $$
DECLARE
    it record;
BEGIN
    FOR it IN SELECT table_name, column_name FROM information_schema.columns
              WHERE table_schema = 'public' AND data_type = 'text' AND table_name = 'invitations'
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE text COLLATE "C"', it.table_name, it.column_name);
    END LOOP;
END $$;
ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invitations USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
