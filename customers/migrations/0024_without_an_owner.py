
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0029_what_ships_of_pipelines'),
        ('customers', '0023_receivers_work_here'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Pool',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(error_messages={'unique': 'There is a pool of this name already.'}, max_length=60, unique=True, verbose_name='pool name')),
            ],
            options={
                'verbose_name': 'pool',
                'verbose_name_plural': 'pools',
                'ordering': ('name',),
                'default_permissions': (),
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contact',
            name='tally_new',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contact',
            name='tally_changed',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='customer',
            name='tally_new',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='customer',
            name='tally_changed',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='customer',
            name='milestones_new',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='customer',
            name='milestones_changed',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='customer',
            name='owner_told',
        ),
        migrations.AlterField(
            model_name='contact',
            name='customer_owner',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner of the customer'),
        ),
        migrations.AlterField(
            model_name='customer',
            name='owner',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='tally_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'customers.contact', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT coalesce(customer_owner_id, 0), NULL::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('customers.contact', owners);\nEND IF;\nRETURN NULL;\n", hash='016cee3c6e98c1996c9a3eaca2d7020a706b31fc', level='STATEMENT', operation='INSERT', pgid='pgtrigger_tally_new_72a5d', referencing='REFERENCING NEW TABLE AS new_rows ', table='customers_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='tally_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'customers.contact', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT coalesce(customer_owner_id, 0), NULL::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT coalesce(customer_owner_id, 0), NULL::bigint, registration = 'registered', '' , -1 AS n, -(0) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('customers.contact', owners);\nEND IF;\nRETURN NULL;\n", hash='46b05f2f1011f2b079c910b49a01873b038e142e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_tally_changed_01dff', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='customers_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='tally_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'customers.customer', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT coalesce(owner_id, 0), NULL::bigint, registration = 'registered', status , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('customers.customer', owners);\nEND IF;\nRETURN NULL;\n", hash='5c97b25a295243ce13762723605890d9561b699b', level='STATEMENT', operation='INSERT', pgid='pgtrigger_tally_new_07efe', referencing='REFERENCING NEW TABLE AS new_rows ', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='tally_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'customers.customer', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT coalesce(owner_id, 0), NULL::bigint, registration = 'registered', status , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT coalesce(owner_id, 0), NULL::bigint, registration = 'registered', status , -1 AS n, -(0) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('customers.customer', owners);\nEND IF;\nRETURN NULL;\n", hash='2ef2a24befbdeff24aa3df357e1012f72c778770', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_tally_changed_cc01e', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='milestones_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE news record;', func='\nFOR news IN\n    WITH moved (sign, id, owner_id, registration, deleted_at, created_at, sort_name, annual_revenue) AS (SELECT 1, after.id, after.owner_id, after.registration, after.deleted_at, after.created_at, after.sort_name, after.annual_revenue FROM new_rows AS after), added AS (\n        INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)\n        SELECT label, owner, registered, stretch, n, 0\n        FROM (\nSELECT \'customers.customer/created_at\', coalesce(owner_id, 0), registration = \'registered\', CASE WHEN created_at IS NULL THEN \'-\' || coalesce(width_bucket(id, (SELECT ids FROM crm_milestones WHERE label = \'customers.customer\' AND path = \'created_at\')), 0)::text ELSE coalesce(width_bucket(created_at, (SELECT "values"::timestamptz[] FROM crm_milestones WHERE label = \'customers.customer\' AND path = \'created_at\')), 0)::text END, sum(sign)\nFROM moved WHERE deleted_at IS NULL GROUP BY 2, 3, 4 HAVING sum(sign) <> 0\n UNION ALL \nSELECT \'customers.customer/sort_name\', coalesce(owner_id, 0), registration = \'registered\', CASE WHEN sort_name IS NULL THEN \'-\' || coalesce(width_bucket(id, (SELECT ids FROM crm_milestones WHERE label = \'customers.customer\' AND path = \'sort_name\')), 0)::text ELSE coalesce(width_bucket(sort_name, (SELECT "values"::text[] FROM crm_milestones WHERE label = \'customers.customer\' AND path = \'sort_name\')), 0)::text END, sum(sign)\nFROM moved WHERE deleted_at IS NULL GROUP BY 2, 3, 4 HAVING sum(sign) <> 0\n UNION ALL \nSELECT \'customers.customer/annual_revenue\', coalesce(owner_id, 0), registration = \'registered\', CASE WHEN annual_revenue IS NULL THEN \'-\' || coalesce(width_bucket(id, (SELECT ids FROM crm_milestones WHERE label = \'customers.customer\' AND path = \'annual_revenue\')), 0)::text ELSE coalesce(width_bucket(annual_revenue, (SELECT "values"::numeric[] FROM crm_milestones WHERE label = \'customers.customer\' AND path = \'annual_revenue\')), 0)::text END, sum(sign)\nFROM moved WHERE deleted_at IS NULL GROUP BY 2, 3, 4 HAVING sum(sign) <> 0\n) AS change (label, owner, registered, stretch, n)\n        RETURNING label, owner_id\n    )\n    SELECT label, array_agg(DISTINCT owner_id) AS owners FROM added GROUP BY label\nLOOP\n    PERFORM crm_fold_tally(news.label, news.owners);\nEND LOOP;\nRETURN NULL;\n', hash='e61dca842813d52a97c1e011c809032b7b29ab53', level='STATEMENT', operation='INSERT', pgid='pgtrigger_milestones_new_c3607', referencing='REFERENCING NEW TABLE AS new_rows ', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='milestones_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE news record;', func='\nFOR news IN\n    WITH moved (sign, id, owner_id, registration, deleted_at, created_at, sort_name, annual_revenue) AS (\nSELECT 1, after.id, after.owner_id, after.registration, after.deleted_at, after.created_at, after.sort_name, after.annual_revenue\nFROM old_rows AS before JOIN new_rows AS after ON after.id = before.id\nWHERE (before.id, before.owner_id, before.registration, before.deleted_at, before.created_at, before.sort_name, before.annual_revenue) IS DISTINCT FROM (after.id, after.owner_id, after.registration, after.deleted_at, after.created_at, after.sort_name, after.annual_revenue)\nUNION ALL\nSELECT -1, before.id, before.owner_id, before.registration, before.deleted_at, before.created_at, before.sort_name, before.annual_revenue\nFROM old_rows AS before JOIN new_rows AS after ON after.id = before.id\nWHERE (before.id, before.owner_id, before.registration, before.deleted_at, before.created_at, before.sort_name, before.annual_revenue) IS DISTINCT FROM (after.id, after.owner_id, after.registration, after.deleted_at, after.created_at, after.sort_name, after.annual_revenue)\n), added AS (\n        INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)\n        SELECT label, owner, registered, stretch, n, 0\n        FROM (\nSELECT \'customers.customer/created_at\', coalesce(owner_id, 0), registration = \'registered\', CASE WHEN created_at IS NULL THEN \'-\' || coalesce(width_bucket(id, (SELECT ids FROM crm_milestones WHERE label = \'customers.customer\' AND path = \'created_at\')), 0)::text ELSE coalesce(width_bucket(created_at, (SELECT "values"::timestamptz[] FROM crm_milestones WHERE label = \'customers.customer\' AND path = \'created_at\')), 0)::text END, sum(sign)\nFROM moved WHERE deleted_at IS NULL GROUP BY 2, 3, 4 HAVING sum(sign) <> 0\n UNION ALL \nSELECT \'customers.customer/sort_name\', coalesce(owner_id, 0), registration = \'registered\', CASE WHEN sort_name IS NULL THEN \'-\' || coalesce(width_bucket(id, (SELECT ids FROM crm_milestones WHERE label = \'customers.customer\' AND path = \'sort_name\')), 0)::text ELSE coalesce(width_bucket(sort_name, (SELECT "values"::text[] FROM crm_milestones WHERE label = \'customers.customer\' AND path = \'sort_name\')), 0)::text END, sum(sign)\nFROM moved WHERE deleted_at IS NULL GROUP BY 2, 3, 4 HAVING sum(sign) <> 0\n UNION ALL \nSELECT \'customers.customer/annual_revenue\', coalesce(owner_id, 0), registration = \'registered\', CASE WHEN annual_revenue IS NULL THEN \'-\' || coalesce(width_bucket(id, (SELECT ids FROM crm_milestones WHERE label = \'customers.customer\' AND path = \'annual_revenue\')), 0)::text ELSE coalesce(width_bucket(annual_revenue, (SELECT "values"::numeric[] FROM crm_milestones WHERE label = \'customers.customer\' AND path = \'annual_revenue\')), 0)::text END, sum(sign)\nFROM moved WHERE deleted_at IS NULL GROUP BY 2, 3, 4 HAVING sum(sign) <> 0\n) AS change (label, owner, registered, stretch, n)\n        RETURNING label, owner_id\n    )\n    SELECT label, array_agg(DISTINCT owner_id) AS owners FROM added GROUP BY label\nLOOP\n    PERFORM crm_fold_tally(news.label, news.owners);\nEND LOOP;\nRETURN NULL;\n', hash='e14f714127dfe18c7ffecbfd1900706d4e289b8c', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_milestones_changed_ef800', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='owner_told', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE part regclass;', func="\nIF NEW.owner_id IS NOT DISTINCT FROM OLD.owner_id THEN\n    RETURN NULL;\nEND IF;\nFOR part IN\n    SELECT attrelid FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid\n    WHERE attname = 'customer_owner_id' AND NOT attisdropped AND relkind = 'r'\n        AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = TG_RELID)\nLOOP\n    EXECUTE format(\n        'UPDATE %s SET customer_owner_id = $1 WHERE customer_id = $2', part\n    ) USING NEW.owner_id, NEW.id;\nEND LOOP;\nRETURN NULL;\n", hash='232a587cda52dfd3d05a5dc18a3d07685fb2ae59', operation='UPDATE OF "owner_id"', pgid='pgtrigger_owner_told_5fd86', table='customers_customer', when='AFTER')),
        ),
        migrations.AddField(
            model_name='pool',
            name='changed_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by'),
        ),
        migrations.AddField(
            model_name='customer',
            name='pool',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='customers', to='customers.pool', verbose_name='pool'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['pool', 'created_at', 'id'], include=('owner', 'registration'), name='customer_pool'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('owner__isnull', False), ('pool', None)), models.Q(('owner', None), ('pool__isnull', False)), _connector='OR'), name='customer_owned_or_in_pool'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pool',
            trigger=pgtrigger.compiler.Trigger(name='stamped', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE old_row jsonb := to_jsonb(OLD); new_row jsonb;', func="\nnew_row := to_jsonb(NEW);\nIF (old_row -> 'id', old_row -> 'number', old_row -> 'created_at', old_row -> 'entered_by_id') IS DISTINCT FROM (new_row -> 'id', new_row -> 'number', new_row -> 'created_at', new_row -> 'entered_by_id') THEN\n    RAISE EXCEPTION 'where a row comes from never changes'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'origin_kept';\nEND IF;\nIF new_row - '{version,changed_at,changed_by_id}'::text[] IS DISTINCT FROM\n    old_row - '{version,changed_at,changed_by_id}'::text[] THEN\n    NEW.version := OLD.version + 1;\n    NEW.changed_at := clock_timestamp();\n    NEW.changed_by_id := coalesce(\n        nullif(current_setting('crm.actor', true), '')::bigint, NEW.changed_by_id\n    );\nELSIF pg_trigger_depth() = 1 THEN\n    NEW.version := OLD.version;\n    NEW.changed_at := OLD.changed_at;\n    NEW.changed_by_id := OLD.changed_by_id;\nEND IF;\nRETURN NEW;\n", hash='92bae57d7cede855f498a897fbe7e71e751236e5', operation='UPDATE', pgid='pgtrigger_stamped_21c76', table='customers_pool', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pool',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'customers.pool', 'name', '{version,changed_at,changed_by_id}', 'customers.pool', 'id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='cd9abaab968305daee7c37ac6c39cb77efe4c591', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_c8692', table='customers_pool', when='AFTER')),
        ),
    ]
