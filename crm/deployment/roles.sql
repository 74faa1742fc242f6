-- Once, as the superuser of the primary: psql -f roles.sql
CREATE ROLE crm_owner LOGIN PASSWORD 'owner-password';
CREATE ROLE crm_app LOGIN PASSWORD 'app-password';
CREATE ROLE crm_replication LOGIN REPLICATION PASSWORD 'replication-password';
CREATE DATABASE crm OWNER crm_owner TEMPLATE template0 ENCODING 'UTF8'
    LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';
-- Who serves pages makes no temporary tables: they would stand before the real ones.
REVOKE TEMPORARY ON DATABASE crm FROM PUBLIC;

-- Pages get little time. PgBouncer refuses the start-up options by which the program
-- says so without it; what a role is set to holds in every connection, on the replica
-- too.
ALTER ROLE crm_app SET statement_timeout = '5s';
ALTER ROLE crm_app SET lock_timeout = '3s';
ALTER ROLE crm_app SET idle_in_transaction_session_timeout = '30s';

-- The log is kept until the replica has it.
SELECT pg_create_physical_replication_slot('crm_replica');
