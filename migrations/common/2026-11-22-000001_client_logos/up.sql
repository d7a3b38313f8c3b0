-- Logos of clients (D30): the image as redrawn, and in the directory when one is to be fetched next.

CREATE TABLE client_logos (
    tenant_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    id TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    fetched_at TIMESTAMP NOT NULL,
    PRIMARY KEY (tenant_id, client_id),
    FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, client_id) ON DELETE CASCADE
);

ALTER TABLE client_directory ADD COLUMN logo_due_at TIMESTAMP;
CREATE INDEX client_directory_by_logo_due ON client_directory (logo_due_at);

-- Whoever has registered no logo is taken off the list at the first look.
UPDATE client_directory SET logo_due_at = '1970-01-01 00:00:00';
