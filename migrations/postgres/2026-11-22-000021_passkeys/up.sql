DO $$
DECLARE
    it record;
BEGIN
    FOR it IN SELECT table_name, column_name FROM information_schema.columns
              WHERE table_schema = 'public' AND data_type = 'text'
                AND table_name IN ('passkeys', 'passkey_index', 'spent_challenges')
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE text COLLATE "C"', it.table_name, it.column_name);
    END LOOP;
END $$;

ALTER TABLE passkeys ENABLE ROW LEVEL SECURITY;
ALTER TABLE passkeys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON passkeys
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
