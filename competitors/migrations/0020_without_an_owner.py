# An index says `is not the same` where one of the two may be nobody: it is made anew.

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0024_without_an_owner'),
        ('competitors', '0019_feeds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='encounter',
            name='tally_new',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='encounter',
            name='tally_changed',
        ),
        migrations.AlterField(
            model_name='encounter',
            name='customer_owner',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner of the customer'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='encounter',
            trigger=pgtrigger.compiler.Trigger(name='tally_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'competitors.encounter', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', outcome , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('competitors.encounter', owners);\nEND IF;\nRETURN NULL;\n", hash='887749cdfcdb010e2c961f0a59c99d2b40966a5a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_tally_new_0e02d', referencing='REFERENCING NEW TABLE AS new_rows ', table='competitors_encounter', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='encounter',
            trigger=pgtrigger.compiler.Trigger(name='tally_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'competitors.encounter', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', outcome , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', outcome , -1 AS n, -(0) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('competitors.encounter', owners);\nEND IF;\nRETURN NULL;\n", hash='40dc80c507c3292527dd19f54254d9e1397a0b95', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_tally_changed_fa395', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='competitors_encounter', when='AFTER')),
        ),
        migrations.RemoveIndex(
            model_name='encounter',
            name='encounter_elsewhere',
        ),
        migrations.AddIndex(
            model_name='encounter',
            index=models.Index(condition=models.Q(('deleted_at', None), models.Q(('owner', models.F('customer_owner')), _negated=True)), fields=['owner'], include=('customer',), name='encounter_elsewhere'),
        ),
    ]
