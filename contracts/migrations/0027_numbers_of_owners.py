import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0026_approval_on_the_ground'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='contract',
            name='tally_new',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contract',
            name='tally_changed',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contract',
            trigger=pgtrigger.compiler.Trigger(name='tally_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)\n    SELECT 'contracts.contract/owner', owner, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, customer_owner_id::bigint, registration = 'registered', status , 1 AS n, (amount) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, registered, state HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('contracts.contract/owner', owners);\nEND IF;\n\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'contracts.contract', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, customer_owner_id::bigint, registration = 'registered', status , 1 AS n, (amount) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('contracts.contract', owners);\nEND IF;\nRETURN NULL;\n", hash='5fd37fafc50c6241074ce00f386bd1186e2512f3', level='STATEMENT', operation='INSERT', pgid='pgtrigger_tally_new_ccee5', referencing='REFERENCING NEW TABLE AS new_rows ', table='contracts_contract', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contract',
            trigger=pgtrigger.compiler.Trigger(name='tally_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)\n    SELECT 'contracts.contract/owner', owner, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, customer_owner_id::bigint, registration = 'registered', status , 1 AS n, (amount) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT owner_id, customer_owner_id::bigint, registration = 'registered', status , -1 AS n, -(amount) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, registered, state HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('contracts.contract/owner', owners);\nEND IF;\n\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'contracts.contract', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, customer_owner_id::bigint, registration = 'registered', status , 1 AS n, (amount) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT owner_id, customer_owner_id::bigint, registration = 'registered', status , -1 AS n, -(amount) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('contracts.contract', owners);\nEND IF;\nRETURN NULL;\n", hash='19c309e00087b7f36908dea5044f2b2d55ab71de', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_tally_changed_dc623', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='contracts_contract', when='AFTER')),
        ),
        migrations.RunSQL(
            """
INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)
SELECT 'contracts.contract/owner', owner_id, registered, state, sum(n), sum(amount)
FROM crm_tally WHERE label = 'contracts.contract'
GROUP BY owner_id, registered, state HAVING sum(n) <> 0 OR sum(amount) <> 0
""",
            "DELETE FROM crm_tally WHERE label = 'contracts.contract/owner'",
        ),
    ]
