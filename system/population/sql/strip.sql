-- Let triggers rest; drop secondary indexes and foreign keys, but note how to make
-- them again. What a constraint stands on (primary keys, numbers) stays.
SET CONSTRAINTS ALL IMMEDIATE;
SET LOCAL work_mem = '256MB';
SET LOCAL maintenance_work_mem = '512MB';
-- How often a place is picked is nothing the planner could know: without this it
-- takes every pick for a rare one, and looks it up row by row.
SET LOCAL enable_nestloop = off;

CREATE TEMP TABLE dropped AS
SELECT indrelid::regclass::text AS place, pg_get_indexdef(indexrelid) AS restoring,
    format('DROP INDEX %%s', indexrelid::regclass) AS dropping
FROM pg_index
WHERE indrelid = ANY (%(tables)s::regclass[]) AND NOT EXISTS (
    SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x')
)
UNION ALL
SELECT conrelid::regclass::text,
    format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s',
        conrelid::regclass, conname, pg_get_constraintdef(oid)),
    format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname)
FROM pg_constraint
WHERE conrelid = ANY (%(tables)s::regclass[]) AND contype = 'f';

DO $$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT DISTINCT format('ALTER TABLE %%s DISABLE TRIGGER USER', place) FROM dropped
    LOOP
        EXECUTE statement;
    END LOOP;
    FOR statement IN SELECT dropping FROM dropped LOOP
        EXECUTE statement;
    END LOOP;
END $$;
