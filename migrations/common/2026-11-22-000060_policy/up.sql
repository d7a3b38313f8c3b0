-- Nothing that a person proved before this counts for anything: their password was changed, or somebody took their ways in away.
ALTER TABLE users ADD COLUMN proofs_since TIMESTAMP;
-- The owner who may sign in by a password although the tenant's policy leaves only an upstream provider.
ALTER TABLE users ADD COLUMN break_glass BOOLEAN NOT NULL DEFAULT FALSE;
