-- Whose own history an event belongs to, for the events of accounts: the column by which people find theirs. Like the other
-- columns beside the body it repeats what stands there, and no hash covers it.
ALTER TABLE audit_events ADD COLUMN user_id TEXT;
CREATE INDEX audit_events_by_user ON audit_events (tenant_id, user_id, seq) WHERE user_id IS NOT NULL;
