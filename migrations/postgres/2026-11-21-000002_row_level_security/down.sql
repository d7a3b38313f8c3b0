-- The initial schema is not taken back: restore a backup, or delete the database.
SELECT 1;
