"""Conditions of rules are compared by the ground floor, for any kind."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("contracts.migrations.0031_conditions_of_rules").FUNCTIONS
BEFORE = BEFORE[BEFORE.index("-- The rules in force") :]
BEFORE = BEFORE[: BEFORE.index("$$;") + 3].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
FITTING = """
-- The rules in force that a content meets but for its amount.
CREATE OR REPLACE FUNCTION contracts_fitting(said jsonb, discount numeric)
    RETURNS bigint[]
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
SELECT coalesce(array_agg(r.id), '{}')
FROM contracts_facts(said) AS facts
JOIN contracts_approvalrule r ON r.id = ANY (crm_fitting('contracts_', facts))
WHERE (r.kind_id IS NULL OR r.kind_id = (facts ->> 'kind_id')::bigint)
    AND (r.credit_grade_id IS NULL
        OR r.credit_grade_id = (facts ->> 'customer.credit_grade_id')::bigint)
    AND (r.discount_over IS NULL OR r.discount_over < coalesce(discount, 0))
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0036_prices_of_four_places"),
        ("crm", "0024_rules_that_fit"),
    ]

    operations = [migrations.RunSQL(FITTING, BEFORE)]
