-- Colleagues of the one person, with her password: as many as sign in at once, and more.
BEGIN;
CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n;
INSERT INTO users (tenant_id, id, email, email_canonical, email_verified, profile, roles, status, status_since, created_at)
    SELECT u.tenant_id, printf('0191c002-0000-7000-8000-%012x', i), 'p' || i || '@bench.example', 'p' || i || '@bench.example',
           u.email_verified, u.profile, u.roles, u.status, u.status_since, u.created_at
    FROM n, users u
    WHERE u.email_canonical = 'ada@bench.example';
INSERT INTO passwords (tenant_id, user_id, phc, changed_at)
    SELECT u.tenant_id, u.id, p.phc, p.changed_at
    FROM users u, passwords p
    WHERE u.email LIKE 'p%@bench.example'
      AND p.user_id = (SELECT id FROM users WHERE email_canonical = 'ada@bench.example');
COMMIT;
