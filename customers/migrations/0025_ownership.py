
import crm.models.dictionaries
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


#: Whose a customer is now is theirs since the last change that the history tells of.
SINCE = """
INSERT INTO customers_ownership (customer_id, holder_id, pool_id, from_at, how, note)
SELECT customer.id, owner_id, pool_id, coalesce(changed.at, created_at),
    CASE WHEN changed.at IS NULL THEN 'created' ELSE 'transferred' END, ''
FROM customers_customer AS customer LEFT JOIN (
    SELECT object_id, max(at) AS at FROM crm_historyentry
    WHERE label = 'customers.customer' AND changes ? 'owner_id'
        AND changes #>> '{owner_id,0}' IS NOT NULL
    GROUP BY object_id
) AS changed ON changed.object_id = customer.id;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0029_what_ships_of_pipelines'),
        ('customers', '0024_without_an_owner'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Ownership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_at', models.DateTimeField(verbose_name='from')),
                ('to_at', models.DateTimeField(null=True, verbose_name='to')),
                ('how', models.CharField(choices=[('created', 'created'), ('claimed', 'claimed'), ('assigned', 'assigned'), ('transferred', 'transferred'), ('released', 'released'), ('recycled', 'recycled'), ('given_back', 'given back'), ('merged', 'merged'), ('handed_over', 'handed over')], max_length=12, verbose_name='how')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
            ],
            options={
                'verbose_name': 'ownership',
                'verbose_name_plural': 'ownerships',
                'ordering': ('-from_at', '-pk'),
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='ownership',
            name='by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='ownership',
            name='customer',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='ownerships', to='customers.customer', verbose_name='customer'),
        ),
        migrations.AddField(
            model_name='ownership',
            name='holder',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner'),
        ),
        migrations.AddField(
            model_name='ownership',
            name='pool',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ownerships', to='customers.pool', verbose_name='pool'),
        ),
        migrations.AddField(
            model_name='ownership',
            name='reason',
            field=crm.models.dictionaries.DictionaryField(blank=True, kind='release_reason', limit_choices_to=models.Q(('kind', 'release_reason')), null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.dictionaryitem', verbose_name='reason of the return'),
        ),
        migrations.RunSQL(SINCE, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='ownership',
            index=models.Index(condition=models.Q(('holder__isnull', False), ('to_at', None)), fields=['holder', 'pool'], include=('customer',), name='ownership_held'),
        ),
        migrations.AddIndex(
            model_name='ownership',
            index=models.Index(condition=models.Q(('how', 'claimed')), fields=['holder', 'from_at'], name='ownership_claims'),
        ),
        migrations.AddConstraint(
            model_name='ownership',
            constraint=models.UniqueConstraint(models.F('customer'), condition=models.Q(('to_at', None)), name='ownership_one_present'),
        ),
        migrations.AddConstraint(
            model_name='ownership',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=((models.Func(models.F('customer'), models.F('customer'), django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True), function='int8range', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func('from_at', 'to_at', function='tstzrange', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&')), name='ownership_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='ownership',
            constraint=models.CheckConstraint(condition=models.Q(('holder__isnull', False), ('pool__isnull', False), _connector='OR'), name='ownership_of_somebody'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ownership',
            trigger=pgtrigger.compiler.Trigger(name='kept_by_changes', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF pg_trigger_depth() < 2 AND (\n    TG_OP <> 'UPDATE' OR coalesce(current_setting('crm.verb', true), '') <> 'replaced'\n) THEN\n    RAISE EXCEPTION 'whose a customer was is written by changes of owner alone'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'ownership_kept';\nEND IF;\nRETURN coalesce(NEW, OLD);\n", hash='a75cea0dadce17db18c7350612c2a2a4546c5f54', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_kept_by_changes_a690d', table='customers_ownership', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ownership',
            trigger=pgtrigger.compiler.Trigger(name='options_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE chosen bigint[]; still bigint;', func="\nSELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (\n    SELECT option.after FROM new_rows AS after\n    CROSS JOIN LATERAL (VALUES (NULL::bigint, after.reason_id)) AS option (before, after)\n    WHERE option.after IS DISTINCT FROM option.before\n);\nIF chosen IS NULL THEN\n    RETURN NULL;\nEND IF;\nSELECT count(*) INTO still FROM (\n    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active\n    ORDER BY id FOR KEY SHARE\n) AS held;\nIF still < cardinality(chosen) THEN\n    RAISE EXCEPTION 'an option was replaced meanwhile'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';\nEND IF;\nRETURN NULL;\n", hash='fde26c7ee2ea8133b6f38dc239f8347a175c0c83', level='STATEMENT', operation='INSERT', pgid='pgtrigger_options_new_cc7ad', referencing='REFERENCING NEW TABLE AS new_rows ', table='customers_ownership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ownership',
            trigger=pgtrigger.compiler.Trigger(name='options_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE chosen bigint[]; still bigint;', func="\nSELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (\n    SELECT option.after FROM new_rows AS after JOIN old_rows AS before ON before.id = after.id\n    CROSS JOIN LATERAL (VALUES (before.reason_id, after.reason_id)) AS option (before, after)\n    WHERE option.after IS DISTINCT FROM option.before\n);\nIF chosen IS NULL THEN\n    RETURN NULL;\nEND IF;\nSELECT count(*) INTO still FROM (\n    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active\n    ORDER BY id FOR KEY SHARE\n) AS held;\nIF still < cardinality(chosen) THEN\n    RAISE EXCEPTION 'an option was replaced meanwhile'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';\nEND IF;\nRETURN NULL;\n", hash='d039b0608e47aa54ecbc88857436167b6b375425', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_options_changed_b985e', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='customers_ownership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='out_of_pool', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF NEW.owner_id IS NOT NULL AND OLD.owner_id IS NULL THEN\n    NEW.pool_id := NULL;\nELSIF NEW.owner_id IS NULL AND NEW.pool_id IS DISTINCT FROM OLD.pool_id AND (\n    NEW.registration <> 'registered'\n    OR coalesce(current_setting('crm.verb', true), '') NOT IN ('released', 'recycled')\n) THEN\n    RAISE EXCEPTION 'into a pool leads a named verb, of what is in the books'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'into_pool';\nEND IF;\nRETURN NEW;\n", hash='330983e1b604a7307fda4f2e6322b72ca3bc540f', operation='UPDATE OF "owner_id", "pool_id"', pgid='pgtrigger_out_of_pool_2325d', table='customers_customer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='owned_new', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nINSERT INTO customers_ownership (\n    customer_id, holder_id, pool_id, from_at, how, by_id, note\n)\nSELECT id, owner_id, pool_id, least(created_at, clock_timestamp()), 'created',\n    nullif(current_setting('crm.actor', true), '')::bigint, ''\nFROM new_rows;\nRETURN NULL;\n", hash='4ff24882ac930110108f780f6493d9e4e5779c5c', level='STATEMENT', operation='INSERT', pgid='pgtrigger_owned_new_20c2e', referencing='REFERENCING NEW TABLE AS new_rows ', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='owned_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (ROW(OLD."owner_id", OLD."pool_id") IS DISTINCT FROM ROW(NEW."owner_id", NEW."pool_id") AND (true))', declare="DECLARE verb text := coalesce(current_setting('crm.verb', true), ''); why jsonb := coalesce(nullif(current_setting('crm.because', true), ''), '{}')::jsonb; since timestamptz := clock_timestamp(); home bigint;", func="\nUPDATE customers_ownership SET to_at = greatest(since, from_at)\nWHERE customer_id = NEW.id AND to_at IS NULL RETURNING to_at, pool_id INTO since, home;\nINSERT INTO customers_ownership (\n    customer_id, holder_id, pool_id, from_at, how, by_id, reason_id, note\n) VALUES (\n    NEW.id, NEW.owner_id, coalesce(NEW.pool_id, home),\n    coalesce(since, clock_timestamp()),\n    CASE\n        WHEN NEW.owner_id IS NULL THEN verb\n        WHEN OLD.owner_id IS NULL\n            THEN CASE WHEN verb IN ('claimed', 'given_back') THEN verb ELSE 'assigned' END\n        WHEN verb IN ('merged', 'unmerged') THEN 'merged'\n        WHEN starts_with(\n            coalesce(current_setting('crm.request', true), ''), 'handover-'\n        ) THEN 'handed_over'\n        ELSE 'transferred'\n    END,\n    nullif(current_setting('crm.actor', true), '')::bigint,\n    (why ->> 'reason')::bigint, coalesce(why ->> 'note', '')\n);\nRETURN NULL;\n", hash='39eae1720d5f3b2f64f2bf627657b1919bfac05b', operation='UPDATE', pgid='pgtrigger_owned_changed_af058', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='owned_gone', sql=pgtrigger.compiler.UpsertTriggerSql(func='DELETE FROM customers_ownership WHERE customer_id = OLD.id; RETURN NULL;', hash='cf789cd3830ce23d756d803c7f43f669cf0569f1', operation='DELETE', pgid='pgtrigger_owned_gone_470c6', table='customers_customer', when='AFTER')),
        ),
    ]
