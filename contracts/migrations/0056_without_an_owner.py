# An index says `is not the same` where one of the two may be nobody: it is made anew.

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0024_without_an_owner'),
        ('contracts', '0055_asked_within'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
        pgtrigger.migrations.RemoveTrigger(
            model_name='receipt',
            name='tally_new',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='receipt',
            name='tally_changed',
        ),
        migrations.AlterField(
            model_name='contract',
            name='customer_owner',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner of the customer'),
        ),
        migrations.AlterField(
            model_name='insight',
            name='customer_owner',
            field=models.ForeignKey(db_column='other_id', db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='receipt',
            name='customer_owner',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner of the customer'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contract',
            trigger=pgtrigger.compiler.Trigger(name='tally_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)\n    SELECT 'contracts.contract/owner', owner, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', status , 1 AS n, (amount) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, registered, state HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('contracts.contract/owner', owners);\nEND IF;\n\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'contracts.contract', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', status , 1 AS n, (amount) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('contracts.contract', owners);\nEND IF;\nRETURN NULL;\n", hash='132c981feb13014a2f1fcab38dce5aaf1480143d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_tally_new_ccee5', referencing='REFERENCING NEW TABLE AS new_rows ', table='contracts_contract', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contract',
            trigger=pgtrigger.compiler.Trigger(name='tally_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)\n    SELECT 'contracts.contract/owner', owner, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', status , 1 AS n, (amount) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', status , -1 AS n, -(amount) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, registered, state HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('contracts.contract/owner', owners);\nEND IF;\n\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'contracts.contract', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', status , 1 AS n, (amount) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', status , -1 AS n, -(amount) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('contracts.contract', owners);\nEND IF;\nRETURN NULL;\n", hash='e6275fc75add8cddb4eb363629222d85321d30cb', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_tally_changed_dc623', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='contracts_contract', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='receipt',
            trigger=pgtrigger.compiler.Trigger(name='tally_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)\n    SELECT 'contracts.receipt/owner', owner, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, registered, state HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('contracts.receipt/owner', owners);\nEND IF;\n\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'contracts.receipt', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('contracts.receipt', owners);\nEND IF;\nRETURN NULL;\n", hash='8c6d111902edd91508618d06c2b2b5de931347d2', level='STATEMENT', operation='INSERT', pgid='pgtrigger_tally_new_030a9', referencing='REFERENCING NEW TABLE AS new_rows ', table='contracts_receipt', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='receipt',
            trigger=pgtrigger.compiler.Trigger(name='tally_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)\n    SELECT 'contracts.receipt/owner', owner, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', '' , -1 AS n, -(0) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, registered, state HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('contracts.receipt/owner', owners);\nEND IF;\n\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'contracts.receipt', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', '' , -1 AS n, -(0) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('contracts.receipt', owners);\nEND IF;\nRETURN NULL;\n", hash='35b1fb7d7c91dce2ad09b200c3d034c075f4034b', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_tally_changed_d901f', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='contracts_receipt', when='AFTER')),
        ),
        migrations.RemoveIndex(
            model_name='contract',
            name='contract_elsewhere',
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(condition=models.Q(('deleted_at', None), models.Q(('owner', models.F('customer_owner')), _negated=True)), fields=['owner'], include=('customer',), name='contract_elsewhere'),
        ),
        migrations.RemoveIndex(
            model_name='receipt',
            name='receipt_elsewhere',
        ),
        migrations.AddIndex(
            model_name='receipt',
            index=models.Index(condition=models.Q(('deleted_at', None), models.Q(('owner', models.F('customer_owner')), _negated=True)), fields=['owner'], include=('customer',), name='receipt_elsewhere'),
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='invoice',
            name='tally_new',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='invoice',
            name='tally_changed',
        ),
        migrations.AlterField(
            model_name='invoice',
            name='customer_owner',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner of the customer'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoice',
            trigger=pgtrigger.compiler.Trigger(name='tally_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)\n    SELECT 'contracts.invoice/owner', owner, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, registered, state HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('contracts.invoice/owner', owners);\nEND IF;\n\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'contracts.invoice', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('contracts.invoice', owners);\nEND IF;\nRETURN NULL;\n", hash='0235d20cbbc7940f941eeadc1becd86ea4427809', level='STATEMENT', operation='INSERT', pgid='pgtrigger_tally_new_f4fc9', referencing='REFERENCING NEW TABLE AS new_rows ', table='contracts_invoice', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoice',
            trigger=pgtrigger.compiler.Trigger(name='tally_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)\n    SELECT 'contracts.invoice/owner', owner, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', '' , -1 AS n, -(0) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, registered, state HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('contracts.invoice/owner', owners);\nEND IF;\n\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'contracts.invoice', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', '' , -1 AS n, -(0) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('contracts.invoice', owners);\nEND IF;\nRETURN NULL;\n", hash='f3b94e37fb66d2b3e87b952a52c4fbfda71adef8', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_tally_changed_e2e22', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='contracts_invoice', when='AFTER')),
        ),
        migrations.RemoveIndex(
            model_name='invoice',
            name='invoice_elsewhere',
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('deleted_at', None), models.Q(('owner', models.F('customer_owner')), _negated=True)), fields=['owner'], include=('customer',), name='invoice_elsewhere'),
        ),
    ]
