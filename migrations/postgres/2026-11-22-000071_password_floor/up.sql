ALTER TABLE password_floor ALTER COLUMN family TYPE text COLLATE "C";
