-- The tables go with their own migration.
SELECT 1;
