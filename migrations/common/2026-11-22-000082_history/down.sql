DROP INDEX audit_events_by_user;
ALTER TABLE audit_events DROP COLUMN user_id;
