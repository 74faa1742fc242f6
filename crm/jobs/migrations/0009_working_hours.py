from django.db import migrations


HOURS_AGO = """
-- The last moment since which so many hours were worked until another one: nothing is
-- looked for longer than 60 days ago.
CREATE FUNCTION jobs_working_hours_ago(hours numeric, moment timestamptz)
    RETURNS timestamptz LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    until timestamp := moment AT TIME ZONE 'Asia/Shanghai';
    wanted interval := hours * interval '1 hour';
    begins timestamp;
    ends timestamp;
    here date;
BEGIN
    FOR back IN 0..60 LOOP
        here := until::date - back;
        CONTINUE WHEN NOT coalesce(
            (SELECT kind = 'make_up' FROM jobs_holiday WHERE day = here),
            extract(isodow FROM here) < 6
        );
        FOR begins, ends IN VALUES
            (here + time '13:30', here + time '18:00'),
            (here + time '09:00', here + time '12:00')
        LOOP
            ends := least(ends, until);
            CONTINUE WHEN ends <= begins;
            IF ends - begins >= wanted THEN
                RETURN (ends - wanted) AT TIME ZONE 'Asia/Shanghai';
            END IF;
            wanted := wanted - (ends - begins);
        END LOOP;
    END LOOP;
    RETURN moment - interval '60 days';
END $$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0008_reminders_of_apps'),
    ]

    operations = [
        migrations.RunSQL(
            HOURS_AGO, "DROP FUNCTION jobs_working_hours_ago(numeric, timestamptz)"
        ),
    ]
