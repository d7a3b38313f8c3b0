-- Mails that wait, that were sent, and that could not be. What they say is sealed, and gone once they are sent.
CREATE TABLE mails (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    user_id TEXT,
    recipient TEXT NOT NULL,
    language TEXT NOT NULL,
    kind TEXT NOT NULL,
    sealed_variables TEXT,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    last_error TEXT,
    created_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX mails_by_user ON mails (tenant_id, user_id);
CREATE INDEX mails_by_end ON mails (tenant_id, ended_at);

-- The mails that wait, of every tenant: when the next try is due. Whoever tries moves the time on first.
CREATE TABLE mail_queue (
    mail_id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    due_at TIMESTAMP NOT NULL,
    FOREIGN KEY (tenant_id, mail_id) REFERENCES mails (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX mail_queue_by_due ON mail_queue (due_at);
