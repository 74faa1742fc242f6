
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0030_what_ships_of_pools'),
        ('customers', '0025_ownership'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='pool',
            name='access',
            field=models.CharField(choices=[('claim', 'members claim'), ('assign_only', 'administrators assign')], default='claim', max_length=12, verbose_name='how one gets a customer'),
        ),
        migrations.AddField(
            model_name='pool',
            name='active',
            field=models.BooleanField(default=True, verbose_name='in use'),
        ),
        migrations.AddField(
            model_name='pool',
            name='claim_per_day',
            field=models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000)], verbose_name='claims a day'),
        ),
        migrations.AddField(
            model_name='pool',
            name='clear_team',
            field=models.BooleanField(default=True, help_text='When a customer comes into the pool.', verbose_name='empty the team'),
        ),
        migrations.AddField(
            model_name='pool',
            name='count_won',
            field=models.BooleanField(default=False, help_text='Whether won and loyal customers count among those held.', verbose_name='count customers who bought'),
        ),
        migrations.AddField(
            model_name='pool',
            name='hidden',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None, verbose_name='hidden from members'),
        ),
        migrations.AddField(
            model_name='pool',
            name='hold_limit',
            field=models.PositiveIntegerField(blank=True, default=100, help_text='Of those from this pool. Left empty: any number.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000000)], verbose_name='customers a person holds'),
        ),
        migrations.AddField(
            model_name='pool',
            name='is_default',
            field=models.BooleanField(default=False, help_text='The pool of customers that were in none yet.', verbose_name='of all others'),
        ),
        migrations.AddField(
            model_name='pool',
            name='protect_days',
            field=models.PositiveSmallIntegerField(default=7, help_text='After a claim or an assignment.', validators=[django.core.validators.MaxValueValidator(3660)], verbose_name='days in which nothing is recycled'),
        ),
        migrations.AddField(
            model_name='pool',
            name='reclaim_days',
            field=models.PositiveSmallIntegerField(default=30, help_text='For whoever had the customer last, since it came back.', validators=[django.core.validators.MaxValueValidator(3660)], verbose_name='days until one claims again'),
        ),
        migrations.CreateModel(
            name='PoolAdmin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='administrator')),
                ('pool', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='of_admins', to='customers.pool')),
            ],
            options={
                'verbose_name': 'administrator',
                'verbose_name_plural': 'administrators',
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='pool',
            name='admins',
            field=models.ManyToManyField(blank=True, related_name='+', through='customers.PoolAdmin', to=settings.AUTH_USER_MODEL, verbose_name='administrators'),
        ),
        migrations.CreateModel(
            name='PoolDepartment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.department', verbose_name='department')),
                ('pool', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='of_departments', to='customers.pool')),
            ],
            options={
                'verbose_name': "members' department",
                'verbose_name_plural': "members' departments",
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='pool',
            name='departments',
            field=models.ManyToManyField(blank=True, related_name='+', through='customers.PoolDepartment', to='crm.department', verbose_name="members' departments"),
        ),
        migrations.CreateModel(
            name='PoolMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='member')),
                ('pool', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='of_members', to='customers.pool')),
            ],
            options={
                'verbose_name': 'member',
                'verbose_name_plural': 'members',
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='pool',
            name='members',
            field=models.ManyToManyField(blank=True, related_name='+', through='customers.PoolMember', to=settings.AUTH_USER_MODEL, verbose_name='members'),
        ),
        migrations.AddConstraint(
            model_name='pool',
            constraint=models.CheckConstraint(condition=models.Q(('access__in', ('claim', 'assign_only'))), name='pool_access_known'),
        ),
        migrations.AddConstraint(
            model_name='pool',
            constraint=models.CheckConstraint(condition=models.Q(('claim_per_day__gte', 1), models.Q(('hold_limit', None), ('hold_limit__gte', 1), _connector='OR')), name='pool_limits_positive'),
        ),
        migrations.AddConstraint(
            model_name='pool',
            constraint=models.CheckConstraint(condition=models.Q(('is_default', False), ('active', True), _connector='OR'), name='pool_default_in_use', violation_error_message='The pool of all others stays in use.'),
        ),
        migrations.AddConstraint(
            model_name='pool',
            constraint=models.UniqueConstraint(models.F('is_default'), condition=models.Q(('is_default', True)), name='pool_one_default', violation_error_message='Another pool is that of all others.'),
        ),
        migrations.AddConstraint(
            model_name='pooladmin',
            constraint=models.UniqueConstraint(models.F('pool'), models.F('person'), name='pool_admin_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pooladmin',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'customers.pooladmin', 'person_id', '{version,changed_at,changed_by_id}', 'customers.pool', 'pool_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='6cfa030df3d508219e4ff6d3fca5ad337d4ec26c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_a546f', table='customers_pooladmin', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pooladmin',
            trigger=pgtrigger.compiler.Trigger(name='touches', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE part jsonb := to_jsonb(coalesce(NEW, OLD)); actor bigint := nullif(current_setting('crm.actor', true), '');", func="\nUPDATE customers_pool SET\n    version = version + 1,\n    changed_at = clock_timestamp(),\n    changed_by_id = coalesce(actor, changed_by_id)\nWHERE id = (part ->> 'pool_id')::bigint;\nRETURN NULL;\n", hash='b3485edbb8e64cb52349b11d64791fe1912a148e', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_touches_b02ca', table='customers_pooladmin', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pooladmin',
            trigger=pgtrigger.compiler.Trigger(name='receiver', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF NEW.person_id IS NOT NULL AND pg_trigger_depth() = 1 AND (true)\n    AND (TG_OP = 'INSERT' OR NEW.person_id IS DISTINCT FROM OLD.person_id) THEN\n    PERFORM FROM crm_user WHERE id = NEW.person_id AND is_active AND (\n        left_on IS NULL OR left_on >= (now() AT TIME ZONE 'Asia/Shanghai')::date\n    ) FOR KEY SHARE;\n    IF NOT FOUND THEN\n        RAISE EXCEPTION 'person_id is nobody who works here'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'receiver_works_here';\n    END IF;\nEND IF;\nRETURN NEW;", hash='609994d00d1929c35c9f529f5a040e5463a4b700', operation='INSERT OR UPDATE OF "person_id"', pgid='pgtrigger_receiver_c8a27', table='customers_pooladmin', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='pooldepartment',
            constraint=models.UniqueConstraint(models.F('pool'), models.F('department'), name='pool_department_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pooldepartment',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'customers.pooldepartment', 'department_id', '{version,changed_at,changed_by_id}', 'customers.pool', 'pool_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='996f07969ef208b0b2ce798a75bfe393885d8a37', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_b6b34', table='customers_pooldepartment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pooldepartment',
            trigger=pgtrigger.compiler.Trigger(name='touches', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE part jsonb := to_jsonb(coalesce(NEW, OLD)); actor bigint := nullif(current_setting('crm.actor', true), '');", func="\nUPDATE customers_pool SET\n    version = version + 1,\n    changed_at = clock_timestamp(),\n    changed_by_id = coalesce(actor, changed_by_id)\nWHERE id = (part ->> 'pool_id')::bigint;\nRETURN NULL;\n", hash='06071865a9cd6c1bc09f9df8d8fdad5982c7d527', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_touches_53160', table='customers_pooldepartment', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='poolmember',
            constraint=models.UniqueConstraint(models.F('pool'), models.F('person'), name='pool_member_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='poolmember',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'customers.poolmember', 'person_id', '{version,changed_at,changed_by_id}', 'customers.pool', 'pool_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='20fec35f667cafef16c269b73cd7ba7433a15509', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_d3b66', table='customers_poolmember', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='poolmember',
            trigger=pgtrigger.compiler.Trigger(name='touches', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE part jsonb := to_jsonb(coalesce(NEW, OLD)); actor bigint := nullif(current_setting('crm.actor', true), '');", func="\nUPDATE customers_pool SET\n    version = version + 1,\n    changed_at = clock_timestamp(),\n    changed_by_id = coalesce(actor, changed_by_id)\nWHERE id = (part ->> 'pool_id')::bigint;\nRETURN NULL;\n", hash='d350233d971d4afadbf939be067114572cffef86', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_touches_3f734', table='customers_poolmember', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='poolmember',
            trigger=pgtrigger.compiler.Trigger(name='receiver', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF NEW.person_id IS NOT NULL AND pg_trigger_depth() = 1 AND (true)\n    AND (TG_OP = 'INSERT' OR NEW.person_id IS DISTINCT FROM OLD.person_id) THEN\n    PERFORM FROM crm_user WHERE id = NEW.person_id AND is_active AND (\n        left_on IS NULL OR left_on >= (now() AT TIME ZONE 'Asia/Shanghai')::date\n    ) FOR KEY SHARE;\n    IF NOT FOUND THEN\n        RAISE EXCEPTION 'person_id is nobody who works here'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'receiver_works_here';\n    END IF;\nEND IF;\nRETURN NEW;", hash='18c13a2ae44aebd766bceaef9d7fdde3f37554b2', operation='INSERT OR UPDATE OF "person_id"', pgid='pgtrigger_receiver_19fa4', table='customers_poolmember', when='BEFORE')),
        ),
    ]
