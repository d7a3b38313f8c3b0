-- The accent colour of a tenant's brand, as `#rrggbb`.
ALTER TABLE tenants ADD COLUMN accent TEXT;
