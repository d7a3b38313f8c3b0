-- The columns go with their own migration.
SELECT 1;
