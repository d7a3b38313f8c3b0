-- Copies of the sample tenant's rows; the sample tenant gets as many people as the others.
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
BEGIN;
CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n;
INSERT INTO tenants (id, slug, name, plan, region, accent, status, status_since, created_at)
    SELECT printf('0191c000-0000-7000-8000-%012x', i), 'filler-' || i, 'Filler', plan, region, accent, status, status_since, created_at
    FROM tenants, n WHERE slug = 'bench';
INSERT INTO users (tenant_id, id, email, email_canonical, email_verified, profile, roles, status, status_since, created_at)
    SELECT t.id, printf('0191c001-0000-7000-8000-%012x', i), 'u' || i || '@filler.example', 'u' || i || '@filler.example',
           u.email_verified, u.profile, u.roles, u.status, u.status_since, u.created_at
    FROM tenants t, n, users u
    WHERE (t.slug LIKE 'filler-%' OR t.slug = 'bench') AND u.email_canonical = 'ada@bench.example';
INSERT INTO passwords (tenant_id, user_id, phc, changed_at)
    SELECT u.tenant_id, u.id, p.phc, p.changed_at
    FROM users u, passwords p
    WHERE u.email LIKE 'u%@filler.example'
      AND p.user_id = (SELECT id FROM users WHERE email_canonical = 'ada@bench.example');
COMMIT;
ANALYZE;
PRAGMA wal_checkpoint(TRUNCATE);
