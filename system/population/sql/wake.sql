-- Let the triggers of a table work again.
DO $$
DECLARE
    place text;
BEGIN
    FOR place IN SELECT DISTINCT dropped.place FROM dropped LOOP
        EXECUTE format('ALTER TABLE %%s ENABLE TRIGGER USER', place);
    END LOOP;
END $$;
