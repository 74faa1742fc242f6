-- What the planner has to know when it checks the foreign keys.
DO $$
DECLARE
    place text;
BEGIN
    FOR place IN SELECT DISTINCT dropped.place FROM dropped LOOP
        EXECUTE format('ANALYZE %%s', place);
    END LOOP;
END $$;
