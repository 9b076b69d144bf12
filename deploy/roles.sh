#!/bin/sh
# Run once as the superuser, by the container of PostgreSQL or by hand (docs/operations.md, Install): the database, the
# role that owns it and the one that serves.
set -eu
: "${OWNER_PASSWORD:?}" "${APPLICATION_PASSWORD:?}"
psql --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-postgres}" <<'SQL'
-- From the environment: arguments are seen by every account of the machine.
\getenv owner OWNER_PASSWORD
\getenv application APPLICATION_PASSWORD
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
