import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0010_options_kept'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='interaction',
            name='tally_new',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='interaction',
            name='tally_changed',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='interaction',
            trigger=pgtrigger.compiler.Trigger(name='tally_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)\n    SELECT 'feedback.interaction/owner', owner, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, customer_owner_id::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, registered, state HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('feedback.interaction/owner', owners);\nEND IF;\n\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'feedback.interaction', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, customer_owner_id::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('feedback.interaction', owners);\nEND IF;\nRETURN NULL;\n", hash='fa64194edd5621f0ae20442cad194a3104f0afe2', level='STATEMENT', operation='INSERT', pgid='pgtrigger_tally_new_da879', referencing='REFERENCING NEW TABLE AS new_rows ', table='feedback_interaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='interaction',
            trigger=pgtrigger.compiler.Trigger(name='tally_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)\n    SELECT 'feedback.interaction/owner', owner, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, customer_owner_id::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT owner_id, customer_owner_id::bigint, registration = 'registered', '' , -1 AS n, -(0) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, registered, state HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('feedback.interaction/owner', owners);\nEND IF;\n\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'feedback.interaction', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, customer_owner_id::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT owner_id, customer_owner_id::bigint, registration = 'registered', '' , -1 AS n, -(0) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('feedback.interaction', owners);\nEND IF;\nRETURN NULL;\n", hash='8277b152a7325ef98b2e0040ded0113b09fc7a5d', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_tally_changed_ff049', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='feedback_interaction', when='AFTER')),
        ),
    ]
