-- The same lock as on every tenant's table (D24).
ALTER TABLE client_logos ENABLE ROW LEVEL SECURITY;
ALTER TABLE client_logos FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON client_logos
    USING (tenant_id = current_setting('symbolon.tenant', true))
    WITH CHECK (tenant_id = current_setting('symbolon.tenant', true));
