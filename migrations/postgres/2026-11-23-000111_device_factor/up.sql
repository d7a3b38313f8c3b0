-- Text is compared by its bytes, and a transaction sees only the tenant it named (D24), as in the first migration.
DO $$
DECLARE
    it record;
    name text;
BEGIN
    FOR it IN SELECT table_name, column_name FROM information_schema.columns
              WHERE table_schema = 'public' AND data_type = 'text'
              AND (table_name = 'remembered_devices' OR (table_name = 'sessions' AND column_name = 'device_hash'))
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE text COLLATE "C"', it.table_name, it.column_name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['remembered_devices']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY tenant ON %I USING (tenant_id = current_setting(''symbolon.tenant'', true)) '
            'WITH CHECK (tenant_id = current_setting(''symbolon.tenant'', true))', name);
    END LOOP;
END $$;
