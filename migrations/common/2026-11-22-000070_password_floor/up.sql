-- What every comparison of a password costs at least: as much as the dearest hash that was imported, in each family.
-- A deployment's table. Its rows come with the schema; none is added or removed.
CREATE TABLE password_floor (
    family TEXT NOT NULL PRIMARY KEY,
    work BIGINT NOT NULL,
    memory BIGINT NOT NULL,
    raised_at TIMESTAMP NOT NULL
);
INSERT INTO password_floor (family, work, memory, raised_at) VALUES
    ('argon2', 0, 0, '1970-01-01 00:00:00'),
    ('bcrypt', 0, 0, '1970-01-01 00:00:00'),
    ('scrypt', 0, 0, '1970-01-01 00:00:00'),
    ('pbkdf2-sha1', 0, 0, '1970-01-01 00:00:00'),
    ('pbkdf2-sha256', 0, 0, '1970-01-01 00:00:00'),
    ('pbkdf2-sha512', 0, 0, '1970-01-01 00:00:00');
