"""What guards of approval ask, whatever is approved (`crm.approval.guards`)."""

from django.db import migrations

FUNCTIONS = """
-- Refuses like a check, under a constraint's name that the program has words for.
CREATE FUNCTION crm_refuse(name text, message text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%: %', name, message
        USING ERRCODE = 'check_violation', CONSTRAINT = name;
END $$;

-- Whether somebody works here and holds a right by a role.
CREATE FUNCTION crm_holds(person bigint, held text) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
SELECT EXISTS (
    SELECT FROM crm_user u
    JOIN crm_roleassignment a ON a.user_id = u.id
    JOIN crm_role r ON r.id = a.role_id
    WHERE u.id = person AND u.is_active AND r.grants ? held
)
$$;

-- Whether a step can ask somebody: whom it names, a head above the owner (whose
-- department has this path), the last resort, or a deputy of one of them today. Which
-- of them comes first says the program.
CREATE FUNCTION crm_asks(
    role bigint, named bigint, resort bigint, path text, person bigint, behalf bigint
) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
WITH able AS (
    SELECT named AS id
    UNION SELECT resort
    UNION SELECT a.user_id FROM crm_roleassignment a WHERE a.role_id = role
    UNION SELECT d.head_id FROM crm_department d
        WHERE starts_with(crm_asks.path, d.path)
)
SELECT CASE WHEN behalf IS NULL THEN person IN (SELECT id FROM able WHERE id IS NOT NULL)
    ELSE behalf IN (SELECT id FROM able WHERE id IS NOT NULL) AND EXISTS (
        SELECT FROM crm_deputy p
        WHERE p.person_id = behalf AND p.deputy_id = person
            AND (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date
                BETWEEN p.starts_on AND p.ends_on
    ) END
$$;
"""
GONE = """
DROP FUNCTION crm_asks(bigint, bigint, bigint, text, bigint, bigint);
DROP FUNCTION crm_holds(bigint, text);
DROP FUNCTION crm_refuse(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0017_watermarks")]

    operations = [migrations.RunSQL(FUNCTIONS, GONE)]
