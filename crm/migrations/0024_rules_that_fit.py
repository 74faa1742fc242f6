"""Which rules of any kind a row meets by their conditions."""

from django.db import migrations

FITTING = """
-- The rules in force of a kind that a row meets by their conditions on any field.
-- A kind's tables begin with its prefix; a kind without conditions has no such table.
CREATE FUNCTION crm_fitting(prefix text, facts jsonb) RETURNS bigint[]
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    unmet text := '';
    found bigint[];
BEGIN
    IF to_regclass(quote_ident(prefix || 'approvalcondition')) IS NOT NULL THEN
        unmet := format(
            'AND NOT EXISTS (
                SELECT FROM %I k WHERE k.rule_id = r.id GROUP BY k.place
                HAVING NOT bool_or(
                    crm_meets($1, k.field, k.operator,
                        coalesce(k.department_id::text, k.value), k.option_id)
                )
            )', prefix || 'approvalcondition'
        );
    END IF;
    EXECUTE format(
        'SELECT coalesce(array_agg(r.id), ''{}'') FROM %I r WHERE r.active %s',
        prefix || 'approvalrule', unmet
    ) INTO found USING facts;
    RETURN found;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0023_dictionaries_of_apps")]

    operations = [
        migrations.RunSQL(FITTING, "DROP FUNCTION crm_fitting(text, jsonb)"),
    ]
