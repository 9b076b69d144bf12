#!/bin/sh
# Run once by the container of PostgreSQL, as the superuser: the database, the role that owns it and the one that serves.
set -eu
psql --set ON_ERROR_STOP=1 --set owner="$OWNER_PASSWORD" --set application="$APPLICATION_PASSWORD" \
    --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-postgres}" <<'SQL'
CREATE ROLE register LOGIN PASSWORD :'owner';
CREATE ROLE register_app LOGIN PASSWORD :'application';
CREATE DATABASE register OWNER register;
\connect register
SET ROLE register;
GRANT USAGE ON SCHEMA public TO register_app;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO register_app;
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO register_app;
ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO register_app;
SQL
