-- Nothing to take back: the tables go with the migration before this one.
SELECT 1;
