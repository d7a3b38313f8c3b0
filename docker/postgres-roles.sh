#!/bin/bash
# Makes the database and its two roles: the owner, who migrates, and the plain role that serves and that row-level security
# binds. Run by the PostgreSQL image on an empty data folder, or by hand as a superuser with both passwords in the
# environment.
set -eu
: "${OWNER_PASSWORD:?}" "${SERVING_PASSWORD:?}"

psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set owner_password="$OWNER_PASSWORD" --set serving_password="$SERVING_PASSWORD" <<'SQL'
CREATE ROLE symbolon_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE symbolon LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'serving_password';
CREATE DATABASE symbolon OWNER symbolon_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE symbolon FROM PUBLIC;
GRANT CONNECT ON DATABASE symbolon TO symbolon;
SQL
