DROP INDEX client_directory_by_logo_due;
ALTER TABLE client_directory DROP COLUMN logo_due_at;
DROP TABLE client_logos;
