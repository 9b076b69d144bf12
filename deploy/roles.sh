#!/bin/sh
# Run once by the container of PostgreSQL, as the owner: the role under which the register serves.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$APPLICATION_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE register_app LOGIN PASSWORD :'password';
GRANT USAGE ON SCHEMA public TO register_app;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO register_app;
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO register_app;
ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO register_app;
SQL
