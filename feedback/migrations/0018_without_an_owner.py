# An index says `is not the same` where one of the two may be nobody: it is made anew.

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0024_without_an_owner'),
        ('feedback', '0017_same_customer_once'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
        migrations.AlterField(
            model_name='interaction',
            name='customer_owner',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner of the customer'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='interaction',
            trigger=pgtrigger.compiler.Trigger(name='tally_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)\n    SELECT 'feedback.interaction/owner', owner, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, registered, state HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('feedback.interaction/owner', owners);\nEND IF;\n\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'feedback.interaction', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('feedback.interaction', owners);\nEND IF;\nRETURN NULL;\n", hash='c9c7002fe5ff75bac6ec44d4cb759f6af67561aa', level='STATEMENT', operation='INSERT', pgid='pgtrigger_tally_new_da879', referencing='REFERENCING NEW TABLE AS new_rows ', table='feedback_interaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='interaction',
            trigger=pgtrigger.compiler.Trigger(name='tally_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)\n    SELECT 'feedback.interaction/owner', owner, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', '' , -1 AS n, -(0) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, registered, state HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('feedback.interaction/owner', owners);\nEND IF;\n\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'feedback.interaction', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', '' , -1 AS n, -(0) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('feedback.interaction', owners);\nEND IF;\nRETURN NULL;\n", hash='26a700428fb7c8e2a3c36ef03a91750b0701d48f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_tally_changed_ff049', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='feedback_interaction', when='AFTER')),
        ),
        migrations.RemoveIndex(
            model_name='interaction',
            name='interaction_elsewhere',
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(condition=models.Q(('deleted_at', None), models.Q(('owner', models.F('customer_owner')), _negated=True)), fields=['owner'], include=('customer',), name='interaction_elsewhere'),
        ),
    ]
