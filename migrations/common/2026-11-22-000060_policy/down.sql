ALTER TABLE users DROP COLUMN break_glass;
ALTER TABLE users DROP COLUMN proofs_since;
