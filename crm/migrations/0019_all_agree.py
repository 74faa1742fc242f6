"""What guards of approval ask where everybody has to agree (`crm.approval.guards`)."""

from django.db import migrations

MISSES = """
-- Whether somebody who works here, holds a role and may decide is none of some people.
CREATE FUNCTION crm_misses(role bigint, held text, people bigint[]) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
SELECT EXISTS (
    SELECT FROM crm_user u JOIN crm_roleassignment a ON a.user_id = u.id
    WHERE a.role_id = role AND crm_holds(u.id, held)
        AND u.id <> ALL (array_remove(people, NULL))
        AND (u.left_on IS NULL OR u.left_on
            >= (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date)
)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0018_approval")]

    operations = [
        migrations.RunSQL(MISSES, "DROP FUNCTION crm_misses(bigint, text, bigint[])")
    ]
