-- The table goes with its own migration.
SELECT 1;
