-- Text is compared by its bytes, as in the first migration.
ALTER TABLE audit_events ALTER COLUMN user_id TYPE text COLLATE "C";
