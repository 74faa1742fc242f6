
import crm.models.dictionaries
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0030_what_ships_of_pools'),
        ('customers', '0026_pools'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateField(verbose_name='until')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='extensions', to='customers.customer', verbose_name='customer')),
            ],
            options={
                'verbose_name': 'extension',
                'verbose_name_plural': 'extensions',
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Lock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateField(verbose_name='until')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='locks', to='customers.customer', verbose_name='customer')),
            ],
            options={
                'verbose_name': 'lock',
                'verbose_name_plural': 'locks',
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='RecycleRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('reason', models.CharField(choices=[('no_contact', 'not contacted'), ('no_opportunity', 'no opportunity'), ('not_won', 'has not bought')], max_length=20, verbose_name='rule')),
                ('days', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3660)], verbose_name='after days')),
                ('grace_days', models.PositiveSmallIntegerField(default=7, help_text='Once it is switched on, nothing is recycled for so long.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='days of grace')),
                ('active', models.BooleanField(default=True, verbose_name='in use')),
                ('active_since', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='in use since')),
                ('changed_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                ('level', crm.models.dictionaries.DictionaryField(blank=True, kind='customer_level', limit_choices_to=models.Q(('kind', 'customer_level')), null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.dictionaryitem', verbose_name='customer level')),
                ('pool', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='customers.pool', verbose_name='pool')),
            ],
            options={
                'verbose_name': 'recycling rule',
                'verbose_name_plural': 'recycling rules',
                'ordering': ('pool', 'reason', 'level__order', 'pk'),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='RecycleRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
                ('status', models.CharField(choices=[('running', 'running'), ('done', 'done'), ('stopped', 'stopped'), ('undone', 'taken back')], default='running', max_length=10, verbose_name='status')),
                ('why', models.CharField(blank=True, max_length=500, verbose_name='why it stopped')),
                ('undone_at', models.DateTimeField(null=True, verbose_name='taken back at')),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('undone_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken back by')),
            ],
            options={
                'verbose_name': 'recycling run',
                'verbose_name_plural': 'recycling runs',
                'ordering': ('-at', '-pk'),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Recycled',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('rule', models.CharField(max_length=200, verbose_name='rule')),
                ('is_undone', models.BooleanField(default=False)),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='customers.customer')),
                ('holder', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='former owner')),
                ('pool', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.pool')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='customers.recyclerun')),
            ],
            options={
                'verbose_name': 'recycled customer',
                'verbose_name_plural': 'recycled customers',
                'ordering': ('run', 'pk'),
                'default_permissions': (),
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='extension',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'customers.extension', 'until', '{version,changed_at,changed_by_id}', 'customers.customer', 'customer_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='cb76b0c1637a5746abafe85e8c6ca883d600fd5c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_8287a', table='customers_extension', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='extension',
            trigger=pgtrigger.compiler.Trigger(name='parents_live', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NEW.customer_id IS NOT NULL AND (\n        TG_OP = 'INSERT' OR NEW.customer_id IS DISTINCT FROM OLD.customer_id\n    ) THEN\n        PERFORM FROM customers_customer\n        WHERE id = NEW.customer_id AND deleted_at IS NULL FOR KEY SHARE;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'customer_id leads to a row in the recycle bin'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_lives';\n        END IF;\n    END IF;\nRETURN NEW;\n", hash='9ef0397bf6682021d22ae750894ee43fb4ea26ca', operation='INSERT OR UPDATE', pgid='pgtrigger_parents_live_0231f', table='customers_extension', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='lock',
            index=models.Index(fields=['by', 'until'], name='lock_by'),
        ),
        migrations.AddConstraint(
            model_name='lock',
            constraint=models.UniqueConstraint(models.F('customer'), name='lock_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lock',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'customers.lock', 'until', '{version,changed_at,changed_by_id}', 'customers.customer', 'customer_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='e5cf07fbdf672997420633bef08229192edfaf80', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_1d9aa', table='customers_lock', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lock',
            trigger=pgtrigger.compiler.Trigger(name='parents_live', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NEW.customer_id IS NOT NULL AND (\n        TG_OP = 'INSERT' OR NEW.customer_id IS DISTINCT FROM OLD.customer_id\n    ) THEN\n        PERFORM FROM customers_customer\n        WHERE id = NEW.customer_id AND deleted_at IS NULL FOR KEY SHARE;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'customer_id leads to a row in the recycle bin'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_lives';\n        END IF;\n    END IF;\nRETURN NEW;\n", hash='b5b664ee53d1134af5c6328ceb2140448dbf3eb4', operation='INSERT OR UPDATE', pgid='pgtrigger_parents_live_95fe7', table='customers_lock', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='recyclerule',
            constraint=models.UniqueConstraint(models.F('pool'), models.F('reason'), models.F('level'), name='recycle_rule_once', nulls_distinct=False, violation_error_message='There is such a rule already.'),
        ),
        migrations.AddConstraint(
            model_name='recyclerule',
            constraint=models.CheckConstraint(condition=models.Q(('days__gte', 1), ('grace_days__gte', 1)), name='recycle_rule_days_positive'),
        ),
        migrations.AddConstraint(
            model_name='recyclerule',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ('no_contact', 'no_opportunity', 'not_won'))), name='recycle_rule_reason_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recyclerule',
            trigger=pgtrigger.compiler.Trigger(name='active_since', sql=pgtrigger.compiler.UpsertTriggerSql(func='\nNEW.active_since := CASE WHEN NEW.active AND NOT OLD.active\n    THEN clock_timestamp() ELSE OLD.active_since END;\nRETURN NEW;\n', hash='881c2007d23b044ce10b1d7b1b75747ffdd46159', operation='UPDATE OF "active", "active_since"', pgid='pgtrigger_active_since_fd872', table='customers_recyclerule', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recyclerule',
            trigger=pgtrigger.compiler.Trigger(name='stamped', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE old_row jsonb := to_jsonb(OLD); new_row jsonb;', func="\nnew_row := to_jsonb(NEW);\nIF (old_row -> 'id', old_row -> 'number', old_row -> 'created_at', old_row -> 'entered_by_id') IS DISTINCT FROM (new_row -> 'id', new_row -> 'number', new_row -> 'created_at', new_row -> 'entered_by_id') THEN\n    RAISE EXCEPTION 'where a row comes from never changes'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'origin_kept';\nEND IF;\nIF new_row - '{version,changed_at,changed_by_id}'::text[] IS DISTINCT FROM\n    old_row - '{version,changed_at,changed_by_id}'::text[] THEN\n    NEW.version := OLD.version + 1;\n    NEW.changed_at := clock_timestamp();\n    NEW.changed_by_id := coalesce(\n        nullif(current_setting('crm.actor', true), '')::bigint, NEW.changed_by_id\n    );\nELSIF pg_trigger_depth() = 1 THEN\n    NEW.version := OLD.version;\n    NEW.changed_at := OLD.changed_at;\n    NEW.changed_by_id := OLD.changed_by_id;\nEND IF;\nRETURN NEW;\n", hash='691a2f15d7464e873274e3dff62ef674e1237895', operation='UPDATE', pgid='pgtrigger_stamped_46efd', table='customers_recyclerule', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recyclerule',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'customers.recyclerule', 'reason', '{version,changed_at,changed_by_id}', 'customers.recyclerule', 'id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='41e678d90b720bc4fa3dee73b2471adb21e1f06d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_1586e', table='customers_recyclerule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recyclerule',
            trigger=pgtrigger.compiler.Trigger(name='options_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE chosen bigint[]; still bigint;', func="\nSELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (\n    SELECT option.after FROM new_rows AS after\n    CROSS JOIN LATERAL (VALUES (NULL::bigint, after.level_id)) AS option (before, after)\n    WHERE option.after IS DISTINCT FROM option.before\n);\nIF chosen IS NULL THEN\n    RETURN NULL;\nEND IF;\nSELECT count(*) INTO still FROM (\n    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active\n    ORDER BY id FOR KEY SHARE\n) AS held;\nIF still < cardinality(chosen) THEN\n    RAISE EXCEPTION 'an option was replaced meanwhile'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';\nEND IF;\nRETURN NULL;\n", hash='420a0b3bd05403831d3ddef017d5b9135875d8f1', level='STATEMENT', operation='INSERT', pgid='pgtrigger_options_new_f51e6', referencing='REFERENCING NEW TABLE AS new_rows ', table='customers_recyclerule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recyclerule',
            trigger=pgtrigger.compiler.Trigger(name='options_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE chosen bigint[]; still bigint;', func="\nSELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (\n    SELECT option.after FROM new_rows AS after JOIN old_rows AS before ON before.id = after.id\n    CROSS JOIN LATERAL (VALUES (before.level_id, after.level_id)) AS option (before, after)\n    WHERE option.after IS DISTINCT FROM option.before\n);\nIF chosen IS NULL THEN\n    RETURN NULL;\nEND IF;\nSELECT count(*) INTO still FROM (\n    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active\n    ORDER BY id FOR KEY SHARE\n) AS held;\nIF still < cardinality(chosen) THEN\n    RAISE EXCEPTION 'an option was replaced meanwhile'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';\nEND IF;\nRETURN NULL;\n", hash='b031adc5c786cc1d1acc13a9c6d2f0b54f448535', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_options_changed_1495f', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='customers_recyclerule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recyclerun',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'customers.recyclerun', 'day', '{version,changed_at,changed_by_id}', 'customers.recyclerun', 'id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='9ea69e7929c4adcdad5440687e7bb0ddb48dc26e', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_bf0f8', table='customers_recyclerun', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='recycled',
            constraint=models.UniqueConstraint(models.F('run'), models.F('customer'), name='recycled_once_in_run'),
        ),
    ]
