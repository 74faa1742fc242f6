"""Grade and limit of credit are set by those who have the right to."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

#: Whoever holds a role of the company's own keeps what it lets them do.
KEPT = """
UPDATE crm_role AS r SET grants = grants || jsonb_build_object(
    'customers.credit_customer', grants -> 'customers.change_customer'
)
WHERE grants ? 'customers.change_customer' AND NOT EXISTS (
    SELECT FROM crm_shipment s WHERE s.kind = 'role' AND s.place = r.code
)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0030_what_ships_of_pools'),
        ('customers', '0034_one_question'),
    ]

    operations = [
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='credit_left', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE actor bigint := nullif(current_setting('crm.actor', true), '')::bigint; verb text := coalesce(current_setting('crm.verb', true), ''); grade bigint; most numeric;", func="\n        IF TG_OP = 'UPDATE' THEN\n            grade := OLD.credit_grade_id;\n            most := OLD.credit_limit;\n        END IF;\n        IF actor IS NOT NULL\n            AND (NEW.credit_grade_id, NEW.credit_limit) IS DISTINCT FROM (grade, most)\n            AND verb NOT IN ('merged', 'unmerged', 'import_undone', 'replaced')\n            AND NOT crm_holds(actor, 'customers.credit_customer') THEN\n            PERFORM crm_refuse('customer_credit_right', 'no right to set credit');\n        END IF;\n        RETURN NEW;\n        ", hash='221f6ca4e8758b9afff4cabc9fc91971c6742fd7', operation='INSERT OR UPDATE OF "credit_grade_id", "credit_limit"', pgid='pgtrigger_credit_left_6a3c9', table='customers_customer', when='BEFORE')),
        ),
    ]
