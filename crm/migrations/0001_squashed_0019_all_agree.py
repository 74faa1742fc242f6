"""All that the migrations named in `replaces` made, at once: for new installations."""

import crm.fields
import django.contrib.auth.validators
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.operations
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('crm', '0001_initial'), ('crm', '0002_lists'), ('crm', '0003_shipments'), ('crm', '0004_access_by_named_verbs'), ('crm', '0005_seen_versions'), ('crm', '0006_signed_history'), ('crm', '0007_accounts_that_end'), ('crm', '0008_folded'), ('crm', '0009_intake_of_a_day'), ('crm', '0010_list_settings'), ('crm', '0011_second_factor'), ('crm', '0012_told_by_functions'), ('crm', '0013_no_circles'), ('crm', '0014_tally_by_either'), ('crm', '0015_milestones'), ('crm', '0016_dear_grams'), ('crm', '0017_watermarks'), ('crm', '0018_approval'), ('crm', '0019_all_agree')]

    initial = True

    dependencies = [
    ]

    operations = [
        django.contrib.postgres.operations.TrigramExtension(
        ),
        migrations.RunSQL(
            sql="""
-- Neighbouring characters of lower-cased text two by two, and Chinese ones (and
-- whatever else lies beyond the alphabets) by themselves.
CREATE FUNCTION crm_grams(t text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    letter text;
    previous text;
    grams text[] := '{}';
BEGIN
    FOREACH letter IN ARRAY string_to_array(lower(t), NULL) LOOP
        IF previous IS NOT NULL THEN
            grams := grams || (previous || letter);
        END IF;
        IF ascii(letter) >= 11904 THEN
            grams := grams || letter;
        END IF;
        previous := letter;
    END LOOP;
    RETURN grams;
END $$;
""",
        ),
        migrations.CreateModel(
            name='HistorySeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.BigIntegerField(unique=True)),
                ('entries', models.IntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'ordering': ('pk',),
                'default_permissions': (),
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='dcd886f635eddebde5b90f366ddc8ea348cdcdaf', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b158f', table='crm_historyseal', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Milestones',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=60)),
                ('path', models.CharField(max_length=60)),
                ('values', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('label', 'path'), name='milestones_once')],
            },
        ),
        migrations.CreateModel(
            name='Region',
            fields=[
                ('code', models.CharField(max_length=6, primary_key=True, serialize=False, verbose_name='code')),
                ('name', models.CharField(max_length=50, verbose_name='name')),
                ('full_name', models.CharField(max_length=120, verbose_name='full name')),
                ('level', models.PositiveSmallIntegerField()),
                ('search_text', crm.fields.DerivedTextField(default='', editable=False, method='text_to_search')),
                ('search_pinyin', crm.fields.DerivedTextField(default='', editable=False, method='pinyin_to_search')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='crm.region')),
            ],
            options={
                'verbose_name': 'region',
                'verbose_name_plural': 'regions',
                'ordering': ('code',),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Shipment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('role', 'role'), ('dictionary', 'dictionary'), ('approval_rule', 'approval rule')], max_length=20)),
                ('place', models.CharField(blank=True, max_length=60)),
                ('name', models.CharField(blank=True, max_length=100)),
                ('value', models.CharField(blank=True, max_length=20)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name': 'shipment',
                'verbose_name_plural': 'shipments',
                'ordering': ('pk',),
                'default_permissions': (),
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='703152fe916386c26299a419376be4cbcdff9df2', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2b63f', table='crm_shipment', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=60)),
                ('owner_id', models.BigIntegerField()),
                ('other_id', models.BigIntegerField(null=True)),
                ('registered', models.BooleanField()),
                ('state', models.CharField(max_length=20)),
                ('n', models.BigIntegerField()),
                ('amount', models.DecimalField(decimal_places=2, default=0, max_digits=24)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['label', 'owner_id'], include=('other_id', 'registered', 'state', 'n', 'amount'), name='tally_owner'), models.Index(fields=['label', 'other_id'], include=('owner_id', 'registered', 'state', 'n', 'amount'), name='tally_other')],
            },
        ),
        migrations.CreateModel(
            name='Watermark',
            fields=[
                ('mark', models.UUIDField(db_default=models.Func(function='gen_random_uuid'), primary_key=True, serialize=False)),
                ('topic', models.CharField(max_length=20)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='FailedSignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='at')),
                ('name', models.CharField(max_length=150, verbose_name='username')),
                ('known', models.BooleanField()),
                ('device', models.CharField(blank=True, max_length=32)),
                ('address', models.CharField(max_length=45, verbose_name='address')),
            ],
            options={
                'verbose_name': 'failed sign-in',
                'default_permissions': (),
                'indexes': [models.Index(fields=['name', '-at'], name='failed_sign_in_name'), models.Index(fields=['address', '-at'], name='failed_sign_in_address'), models.Index(fields=['at'], name='failed_sign_in_at')],
            },
        ),
        migrations.CreateModel(
            name='HistoryEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='at')),
                ('actor_id', models.BigIntegerField(null=True, verbose_name='actor')),
                ('actor_name', models.CharField(blank=True, max_length=150, verbose_name='actor')),
                ('verb', models.CharField(max_length=40, verbose_name='action')),
                ('label', models.CharField(blank=True, max_length=60, verbose_name='kind')),
                ('object_id', models.BigIntegerField(null=True)),
                ('subject_label', models.CharField(blank=True, max_length=60)),
                ('subject_id', models.BigIntegerField(null=True)),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='record')),
                ('changes', models.JSONField(default=dict, verbose_name='changes')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='address')),
                ('request_id', models.CharField(blank=True, max_length=40)),
            ],
            options={
                'verbose_name': 'history entry',
                'verbose_name_plural': 'operation log',
                'ordering': ('-id',),
                'default_permissions': (),
                'indexes': [models.Index(fields=['subject_label', 'subject_id', '-id'], name='history_subject'), models.Index(fields=['actor_id', '-id'], name='history_actor'), models.Index(fields=['verb', '-id'], name='history_verb'), models.Index(fields=['-at'], name='history_at')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8999b746903deabc2d8657fa0c898871c8413a5e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7e5eb', table='crm_historyentry', when='BEFORE')), pgtrigger.compiler.Trigger(name='signed', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nNEW.at := clock_timestamp();\nNEW.actor_id := nullif(current_setting('crm.actor', true), '')::bigint;\nNEW.actor_name := coalesce((SELECT name FROM crm_user WHERE id = NEW.actor_id), '');\nRETURN NEW;\n", hash='966ac86ade3d76ece78ff629b05afeb08947368b', operation='INSERT', pgid='pgtrigger_signed_ed115', table='crm_historyentry', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('username', models.CharField(error_messages={'unique': 'This username is taken.'}, max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('name', models.CharField(max_length=50, verbose_name='full name')),
                ('employee_number', models.CharField(blank=True, max_length=30, null=True, unique=True, verbose_name='employee number')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('joined_on', models.DateField(blank=True, null=True, verbose_name='joined on')),
                ('left_on', models.DateField(blank=True, null=True, verbose_name='left on')),
                ('is_active', models.BooleanField(default=True, verbose_name='may sign in')),
                ('password_until', models.DateTimeField(editable=False, null=True, verbose_name='temporary password until')),
                ('search_text', crm.fields.DerivedTextField(default='', editable=False, method='text_to_search')),
                ('search_pinyin', crm.fields.DerivedTextField(default='', editable=False, method='pinyin_to_search')),
                ('changed_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                ('superior', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to=settings.AUTH_USER_MODEL, verbose_name='direct superior')),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
                'ordering': ('name', 'pk'),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Intake',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('size', models.PositiveBigIntegerField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['user', '-at'], name='intake_of_user')],
            },
        ),
        migrations.CreateModel(
            name='ListSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('listing', models.CharField(max_length=60)),
                ('columns', models.JSONField(default=list)),
                ('per_page', models.PositiveSmallIntegerField(null=True)),
                ('is_unfolded', models.BooleanField(default=False)),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('person', 'listing'), name='list_settings_once_each'), models.CheckConstraint(condition=models.Q(('per_page', None), ('per_page__in', (10, 25, 50, 100, 200)), _connector='OR'), name='list_settings_page_size_known')],
            },
        ),
        migrations.CreateModel(
            name='OpenSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session_key', models.CharField(max_length=40, unique=True)),
                ('device', models.CharField(blank=True, max_length=300, verbose_name='device')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='address')),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='signed in at')),
                ('seen_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='last seen')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='open_sessions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'ordering': ('-seen_at', '-pk'),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Role',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('code', models.SlugField(unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=50, unique=True, verbose_name='name')),
                ('grants', models.JSONField(blank=True, default=dict, verbose_name='permissions')),
                ('requires_second_factor', models.BooleanField(default=False, help_text='Whoever holds it sets up an authenticator app before going on.', verbose_name='asks for a second factor')),
                ('changed_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
            ],
            options={
                'verbose_name': 'role',
                'verbose_name_plural': 'roles',
                'ordering': ('pk',),
                'default_permissions': (),
                'triggers': [pgtrigger.compiler.Trigger(name='stamped', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE old_row jsonb := to_jsonb(OLD); new_row jsonb;', func="\nnew_row := to_jsonb(NEW);\nIF (old_row -> 'id', old_row -> 'number', old_row -> 'created_at', old_row -> 'entered_by_id') IS DISTINCT FROM (new_row -> 'id', new_row -> 'number', new_row -> 'created_at', new_row -> 'entered_by_id') THEN\n    RAISE EXCEPTION 'where a row comes from never changes'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'origin_kept';\nEND IF;\nIF new_row - '{version,changed_at,changed_by_id}'::text[] IS DISTINCT FROM\n    old_row - '{version,changed_at,changed_by_id}'::text[] THEN\n    NEW.version := OLD.version + 1;\n    NEW.changed_at := clock_timestamp();\n    NEW.changed_by_id := coalesce(\n        nullif(current_setting('crm.actor', true), '')::bigint, NEW.changed_by_id\n    );\nELSIF pg_trigger_depth() = 1 THEN\n    NEW.version := OLD.version;\n    NEW.changed_at := OLD.changed_at;\n    NEW.changed_by_id := OLD.changed_by_id;\nEND IF;\nRETURN NEW;\n", hash='4bac36a75f730da87a87bb14126bd1ac934370f4', operation='UPDATE', pgid='pgtrigger_stamped_0dbd3', table='crm_role', when='BEFORE')), pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'crm.role', 'name', '{version,changed_at,changed_by_id}', 'crm.role', 'id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='558b4a2f8ff59a402fd53645c80e7834d47ef8fc', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_5a377', table='crm_role', when='AFTER')), pgtrigger.compiler.Trigger(name='watermarked', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_leave_watermark('people'); RETURN NULL;", hash='bba17ba4498797650a9c55a45177493ef10b161b', level='STATEMENT', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_watermarked_fbbb9', table='crm_role', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='RoleAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='crm.role')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='role_assignments', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'role assignment',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(models.F('user'), models.F('role'), name='role_held_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'crm.roleassignment', 'role_id', '{version,changed_at,changed_by_id}', 'crm.user', 'user_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='6dd8822a51aa9fc8a793d572648384e89fa7d1eb', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_931a2', table='crm_roleassignment', when='AFTER')), pgtrigger.compiler.Trigger(name='touches', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE part jsonb := to_jsonb(coalesce(NEW, OLD)); actor bigint := nullif(current_setting('crm.actor', true), '');", func="\nUPDATE crm_user SET\n    version = version + 1,\n    changed_at = clock_timestamp(),\n    changed_by_id = coalesce(actor, changed_by_id)\nWHERE id = (part ->> 'user_id')::bigint;\nRETURN NULL;\n", hash='339dd6f320af66857db542997aa70b1676d79177', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_touches_01411', table='crm_roleassignment', when='AFTER')), pgtrigger.compiler.Trigger(name='watermarked', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_leave_watermark('people'); RETURN NULL;", hash='0ed28e66a9123c499f584fb3f6c6dc1f9b51d4d4', level='STATEMENT', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_watermarked_9373d', table='crm_roleassignment', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('key', models.UUIDField(primary_key=True, serialize=False)),
                ('url', models.CharField(blank=True, max_length=500)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Department',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('path', models.CharField(default='/', editable=False, max_length=500)),
                ('changed_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                ('head', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='headed_departments', to=settings.AUTH_USER_MODEL, verbose_name='head')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='crm.department', verbose_name='parent department')),
            ],
            options={
                'verbose_name': 'department',
                'verbose_name_plural': 'departments',
                'ordering': ('path',),
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(models.F('parent'), models.F('name'), name='department_name_once_per_parent', nulls_distinct=False, violation_error_message='This department exists already.')],
                'triggers': [pgtrigger.compiler.Trigger(name='path', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE above text;', func="PERFORM pg_advisory_xact_lock(hashtext('crm_department')); SELECT path INTO above FROM crm_department WHERE id = NEW.parent_id; above := coalesce(above, '/'); IF position('/' || NEW.id || '/' IN above) > 0 THEN RAISE EXCEPTION 'a department cannot lie below itself' USING ERRCODE = 'check_violation', CONSTRAINT = 'department_circle'; END IF; NEW.path := above || NEW.id || '/'; RETURN NEW;", hash='d044564dfb8548667462988094dbb059fbe60fd1', operation='INSERT OR UPDATE OF "parent_id"', pgid='pgtrigger_path_37d4a', table='crm_department', when='BEFORE')), pgtrigger.compiler.Trigger(name='path_below', sql=pgtrigger.compiler.UpsertTriggerSql(func='UPDATE crm_department SET path = NEW.path || substr(path, length(OLD.path) + 1) WHERE starts_with(path, OLD.path) AND id <> NEW.id; RETURN NULL;', hash='2bfaae921588b04799e39807e96ac5ff031b047a', operation='UPDATE OF "parent_id"', pgid='pgtrigger_path_below_bcc48', table='crm_department', when='AFTER')), pgtrigger.compiler.Trigger(name='stamped', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE old_row jsonb := to_jsonb(OLD); new_row jsonb;', func="\nnew_row := to_jsonb(NEW);\nIF (old_row -> 'id', old_row -> 'number', old_row -> 'created_at', old_row -> 'entered_by_id') IS DISTINCT FROM (new_row -> 'id', new_row -> 'number', new_row -> 'created_at', new_row -> 'entered_by_id') THEN\n    RAISE EXCEPTION 'where a row comes from never changes'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'origin_kept';\nEND IF;\nIF new_row - '{version,changed_at,changed_by_id,path}'::text[] IS DISTINCT FROM\n    old_row - '{version,changed_at,changed_by_id,path}'::text[] THEN\n    NEW.version := OLD.version + 1;\n    NEW.changed_at := clock_timestamp();\n    NEW.changed_by_id := coalesce(\n        nullif(current_setting('crm.actor', true), '')::bigint, NEW.changed_by_id\n    );\nELSIF pg_trigger_depth() = 1 THEN\n    NEW.version := OLD.version;\n    NEW.changed_at := OLD.changed_at;\n    NEW.changed_by_id := OLD.changed_by_id;\nEND IF;\nRETURN NEW;\n", hash='62bdfa68d026c89badfedb0c5166d3d1c30368c0', operation='UPDATE', pgid='pgtrigger_stamped_2387a', table='crm_department', when='BEFORE')), pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'crm.department', 'name', '{version,changed_at,changed_by_id,path}', 'crm.department', 'id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='31ba12abd093d63c0e7639815457591aca1ee757', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_aa301', table='crm_department', when='AFTER')), pgtrigger.compiler.Trigger(name='watermarked', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_leave_watermark('people'); RETURN NULL;", hash='3d13f00d3f458f6517b80e6d527fe4c431a73b7c', level='STATEMENT', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_watermarked_c3e95', table='crm_department', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Deputy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('starts_on', models.DateField(verbose_name='from day')),
                ('ends_on', models.DateField(verbose_name='to day')),
                ('changed_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                ('deputy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deputyships', to=settings.AUTH_USER_MODEL, verbose_name='deputy')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to=settings.AUTH_USER_MODEL, verbose_name='absent')),
            ],
            options={
                'verbose_name': 'deputy',
                'verbose_name_plural': 'deputies',
                'ordering': ('-starts_on', '-pk'),
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='deputy_days_in_order', violation_error_message='The last day is before the first day.'), models.CheckConstraint(condition=models.Q(('person', models.F('deputy')), _negated=True), name='nobody_deputises_for_themselves', violation_error_message='Nobody is their own deputy.'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=((models.Func(models.F('person'), models.F('person'), django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='int8range', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(django.db.models.functions.comparison.Least('starts_on', 'ends_on'), django.db.models.functions.comparison.Greatest('starts_on', 'ends_on'), django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')), name='one_deputy_a_day', violation_error_message='This person has a deputy on some of these days already.')],
                'triggers': [pgtrigger.compiler.Trigger(name='stamped', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE old_row jsonb := to_jsonb(OLD); new_row jsonb;', func="\nnew_row := to_jsonb(NEW);\nIF (old_row -> 'id', old_row -> 'number', old_row -> 'created_at', old_row -> 'entered_by_id') IS DISTINCT FROM (new_row -> 'id', new_row -> 'number', new_row -> 'created_at', new_row -> 'entered_by_id') THEN\n    RAISE EXCEPTION 'where a row comes from never changes'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'origin_kept';\nEND IF;\nIF new_row - '{version,changed_at,changed_by_id}'::text[] IS DISTINCT FROM\n    old_row - '{version,changed_at,changed_by_id}'::text[] THEN\n    NEW.version := OLD.version + 1;\n    NEW.changed_at := clock_timestamp();\n    NEW.changed_by_id := coalesce(\n        nullif(current_setting('crm.actor', true), '')::bigint, NEW.changed_by_id\n    );\nELSIF pg_trigger_depth() = 1 THEN\n    NEW.version := OLD.version;\n    NEW.changed_at := OLD.changed_at;\n    NEW.changed_by_id := OLD.changed_by_id;\nEND IF;\nRETURN NEW;\n", hash='ee877af93c990ddc986a7658f5da028aff23255d', operation='UPDATE', pgid='pgtrigger_stamped_e216a', table='crm_deputy', when='BEFORE')), pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'crm.deputy', 'id', '{version,changed_at,changed_by_id}', 'crm.user', 'person_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='8e1b6b5da505653922bc1d4518affa4ac2e4cb7e', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_4d674', table='crm_deputy', when='AFTER')), pgtrigger.compiler.Trigger(name='watermarked', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_leave_watermark('people'); RETURN NULL;", hash='964f142bb3ee73cc579547aef54efcb45c620157', level='STATEMENT', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_watermarked_8e0b5', table='crm_deputy', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='DictionaryItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('kind', models.CharField(choices=[('industry', 'Industry'), ('customer_source', 'Customer source'), ('customer_level', 'Customer level'), ('ownership', 'Ownership form'), ('credit_grade', 'Credit grade'), ('contact_role', 'Decision role'), ('interaction_method', 'Interaction method'), ('contract_kind', 'Contract type'), ('termination_reason', 'Termination reason'), ('product_category', 'Product category'), ('product_unit', 'Product unit'), ('competitor_size', 'Competitor size'), ('news_category', 'News category'), ('encounter_reason', 'Reason of winning or losing')], max_length=30, verbose_name='dictionary')),
                ('code', models.SlugField(verbose_name='code')),
                ('label', models.CharField(max_length=100, verbose_name='label')),
                ('label_en', models.CharField(blank=True, max_length=100, verbose_name='English label')),
                ('order', models.PositiveIntegerField(default=0, verbose_name='order')),
                ('active', models.BooleanField(default=True, verbose_name='in use')),
                ('changed_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
            ],
            options={
                'verbose_name': 'dictionary item',
                'verbose_name_plural': 'dictionary items',
                'ordering': ('kind', 'order', 'pk'),
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(models.F('kind'), models.F('code'), name='dictionary_code_once', violation_error_message='This code exists already.'), models.UniqueConstraint(models.F('kind'), models.F('label'), name='dictionary_label_once', violation_error_message='This label exists already.')],
                'triggers': [pgtrigger.compiler.Trigger(name='stamped', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE old_row jsonb := to_jsonb(OLD); new_row jsonb;', func="\nnew_row := to_jsonb(NEW);\nIF (old_row -> 'id', old_row -> 'number', old_row -> 'created_at', old_row -> 'entered_by_id') IS DISTINCT FROM (new_row -> 'id', new_row -> 'number', new_row -> 'created_at', new_row -> 'entered_by_id') THEN\n    RAISE EXCEPTION 'where a row comes from never changes'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'origin_kept';\nEND IF;\nIF new_row - '{version,changed_at,changed_by_id}'::text[] IS DISTINCT FROM\n    old_row - '{version,changed_at,changed_by_id}'::text[] THEN\n    NEW.version := OLD.version + 1;\n    NEW.changed_at := clock_timestamp();\n    NEW.changed_by_id := coalesce(\n        nullif(current_setting('crm.actor', true), '')::bigint, NEW.changed_by_id\n    );\nELSIF pg_trigger_depth() = 1 THEN\n    NEW.version := OLD.version;\n    NEW.changed_at := OLD.changed_at;\n    NEW.changed_by_id := OLD.changed_by_id;\nEND IF;\nRETURN NEW;\n", hash='efef2a226ad9884fad7d77dae51cb130edf3cd82', operation='UPDATE', pgid='pgtrigger_stamped_47dcf', table='crm_dictionaryitem', when='BEFORE')), pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'crm.dictionaryitem', 'label', '{version,changed_at,changed_by_id}', 'crm.dictionaryitem', 'id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='3c3880938bd3f1b37e4ceb59ff06935943853fe3', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_444e9', table='crm_dictionaryitem', when='AFTER'))],
            },
        ),
        migrations.AddField(
            model_name='user',
            name='roles',
            field=models.ManyToManyField(blank=True, related_name='users', through='crm.RoleAssignment', to='crm.role', verbose_name='roles'),
        ),
        migrations.AddField(
            model_name='user',
            name='department',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='crm.department', verbose_name='department'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('superior', None), models.Q(('superior', models.F('pk')), _negated=True), _connector='OR'), name='nobody_is_their_own_superior', violation_error_message='Nobody is their own superior.'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('username'), name='username_once_in_any_letters', violation_error_message='This username is taken.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='stamped', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE old_row jsonb := to_jsonb(OLD); new_row jsonb;', func="\nnew_row := to_jsonb(NEW);\nIF (old_row -> 'id', old_row -> 'number', old_row -> 'created_at', old_row -> 'entered_by_id') IS DISTINCT FROM (new_row -> 'id', new_row -> 'number', new_row -> 'created_at', new_row -> 'entered_by_id') THEN\n    RAISE EXCEPTION 'where a row comes from never changes'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'origin_kept';\nEND IF;\nIF new_row - '{version,changed_at,changed_by_id,password,last_login,search_text,search_pinyin}'::text[] IS DISTINCT FROM\n    old_row - '{version,changed_at,changed_by_id,password,last_login,search_text,search_pinyin}'::text[] THEN\n    NEW.version := OLD.version + 1;\n    NEW.changed_at := clock_timestamp();\n    NEW.changed_by_id := coalesce(\n        nullif(current_setting('crm.actor', true), '')::bigint, NEW.changed_by_id\n    );\nELSIF pg_trigger_depth() = 1 THEN\n    NEW.version := OLD.version;\n    NEW.changed_at := OLD.changed_at;\n    NEW.changed_by_id := OLD.changed_by_id;\nEND IF;\nRETURN NEW;\n", hash='6035ed71664d74ead98facd8cd625e52c348619e', operation='UPDATE', pgid='pgtrigger_stamped_b63b8', table='crm_user', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'crm.user', 'name', '{version,changed_at,changed_by_id,password,password_until,last_login,search_text,search_pinyin}', 'crm.user', 'id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='0318fd6d28c9f324f0b3c6f691d20a4604296724', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_87f30', table='crm_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='71bce1de2702011ea04f9d314ded7ab7d9cf121d', operation='DELETE', pgid='pgtrigger_never_deleted_931a9', table='crm_user', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='no_circle', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF NEW.superior_id IS NULL OR NOT (true) OR (\n    TG_OP = 'UPDATE' AND NEW.superior_id = OLD.superior_id AND NEW.id = OLD.id\n    AND true\n) THEN\n    RETURN NEW;\nEND IF;\nPERFORM pg_advisory_xact_lock(hashtext('superior_circle'));\nIF EXISTS (\n    WITH RECURSIVE edge (id, above) AS NOT MATERIALIZED (SELECT id, superior_id FROM crm_user WHERE superior_id IS NOT NULL), up (id) AS (\n        SELECT NEW.superior_id\n        UNION SELECT edge.above FROM edge JOIN up USING (id)\n    )\n    SELECT FROM up WHERE id = NEW.id\n) THEN\n    RAISE EXCEPTION 'a row cannot lie above itself'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'superior_circle';\nEND IF;\nRETURN NEW;\n", hash='a56c4a84bd0fa20056652e36aa9f7aaa5a7d971f', operation='UPDATE OF "superior_id"', pgid='pgtrigger_no_circle_55cb9', table='crm_user', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='guarded_is_active', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."is_active" IS DISTINCT FROM NEW."is_active")', func="IF coalesce(current_setting('crm.verb', true), '') NOT IN ('deactivated', 'reactivated') THEN RAISE EXCEPTION 'is_active changes only by a named verb' USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='44d200b1438f9f10a28158e0855a59d8944272db', operation='UPDATE', pgid='pgtrigger_guarded_is_active_61d75', table='crm_user', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='guarded_password', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."password" IS DISTINCT FROM NEW."password")', func="IF coalesce(current_setting('crm.verb', true), '') NOT IN ('password_set', 'password_rehashed') THEN RAISE EXCEPTION 'password changes only by a named verb' USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='8d2e2e7e39abe108932b6c3d8fd245af9b084620', operation='UPDATE', pgid='pgtrigger_guarded_password_2edc5', table='crm_user', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='guarded_password_until', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."password_until" IS DISTINCT FROM NEW."password_until")', func="IF coalesce(current_setting('crm.verb', true), '') NOT IN ('password_set') THEN RAISE EXCEPTION 'password_until changes only by a named verb' USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='5aa1f9fc986b3378d32fcd402d5c9cc16564b2f3', operation='UPDATE', pgid='pgtrigger_guarded_password_until_5ac61', table='crm_user', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='guarded_left_on', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."left_on" IS DISTINCT FROM NEW."left_on")', func="IF coalesce(current_setting('crm.verb', true), '') NOT IN ('left', 'rejoined') THEN RAISE EXCEPTION 'left_on changes only by a named verb' USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='aa9dfcb9c26c476153b1c1e4c5d765895b13f0c4', operation='UPDATE', pgid='pgtrigger_guarded_left_on_b9313', table='crm_user', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='watermarked', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (ROW(OLD."is_active", OLD."left_on", OLD."department_id") IS DISTINCT FROM ROW(NEW."is_active", NEW."left_on", NEW."department_id") AND (true))', func="PERFORM crm_leave_watermark('people'); RETURN NULL;", hash='61ffb9f14258d339c46590ded1af507c35416d39', operation='UPDATE', pgid='pgtrigger_watermarked_53eeb', table='crm_user', when='AFTER')),
        ),
        migrations.RunSQL(
            sql="""
-- Called by the trigger `noted` of each table (crm.guards.triggers.noted). The actor comes
-- from settings that crm.guards.actor.acting makes for one transaction.
CREATE FUNCTION crm_note_history(op text, label text, title text, ignored text[], subject_label text, subject_column text, before jsonb, after jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    now_row jsonb := coalesce(after, before);
    act text := nullif(current_setting('crm.verb', true), '');
    news jsonb;
BEGIN
    IF pg_trigger_depth() = 0 THEN
        RAISE EXCEPTION 'history is written by triggers only'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT jsonb_object_agg(k, jsonb_build_array(before -> k, after -> k))
    INTO news
    FROM jsonb_object_keys(now_row) AS k
    WHERE k <> ALL (ignored)
        AND coalesce(before -> k, 'null') IS DISTINCT FROM coalesce(after -> k, 'null')
        AND NOT (op = 'INSERT' AND after ->> k = '');
    IF news IS NULL THEN
        RETURN;
    END IF;
    IF NOT crm_is_borne_out(label, act, op, before, after) THEN
        act := NULL;
    END IF;
    INSERT INTO crm_historyentry (
        at, actor_id, actor_name, verb, label, object_id,
        subject_label, subject_id, title, changes, address, request_id
    ) VALUES (
        clock_timestamp(),
        nullif(current_setting('crm.actor', true), '')::bigint,
        coalesce(current_setting('crm.actor_name', true), ''),
        coalesce(
            act,
            CASE op WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'changed'
                ELSE 'removed' END
        ),
        label, (now_row ->> 'id')::bigint,
        subject_label, (now_row ->> subject_column)::bigint,
        left(coalesce(now_row ->> title, ''), 200), news,
        coalesce(current_setting('crm.address', true), ''),
        coalesce(current_setting('crm.request', true), '')
    );
END $$;

-- Called by the triggers `tally_…` of each kind of record (crm.guards.triggers.tallied).
-- Rows that another transaction adds up just now are left to it.
CREATE FUNCTION crm_fold_tally(kind text, owners bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF (
        SELECT count(*) < 16 + 2 * count(DISTINCT (owner_id, other_id, registered, state))
        FROM crm_tally WHERE label = kind AND owner_id = ANY (owners)
    ) THEN
        RETURN;
    END IF;
    WITH many AS (
        SELECT id FROM crm_tally WHERE label = kind AND owner_id = ANY (owners)
        FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM crm_tally USING many WHERE crm_tally.id = many.id
        RETURNING crm_tally.*
    )
    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)
    SELECT kind, owner_id, other_id, registered, state, sum(n), sum(amount)
    FROM gone GROUP BY owner_id, other_id, registered, state
    HAVING sum(n) <> 0 OR sum(amount) <> 0;
END $$;

CREATE FUNCTION crm_is_borne_out(kind text, verb text, op text, old jsonb, new jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    RETURN coalesce(CASE verb WHEN 'imported' THEN op <> 'DELETE'
WHEN 'replaced' THEN op = 'UPDATE'
WHEN 'shipped' THEN pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = 'crm_historyentry'::regclass), 'MEMBER') ELSE
        CASE kind WHEN 'competitors.competitor' THEN CASE verb WHEN 'registered' THEN (new ->> 'registration' IN ('registered') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'returned' THEN (new ->> 'registration' IN ('returned') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'reported' THEN (new ->> 'registration' IN ('reported') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'deleted' THEN old ->> 'deleted_at' IS NULL AND new ->> 'deleted_at' IS NOT NULL
WHEN 'restored' THEN old ->> 'deleted_at' IS NOT NULL AND new ->> 'deleted_at' IS NULL ELSE false END
WHEN 'competitors.encounter' THEN CASE verb WHEN 'registered' THEN (new ->> 'registration' IN ('registered') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'returned' THEN (new ->> 'registration' IN ('returned') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'reported' THEN (new ->> 'registration' IN ('reported') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'deleted' THEN old ->> 'deleted_at' IS NULL AND new ->> 'deleted_at' IS NOT NULL
WHEN 'restored' THEN old ->> 'deleted_at' IS NOT NULL AND new ->> 'deleted_at' IS NULL ELSE false END
WHEN 'competitors.newsitem' THEN CASE verb WHEN 'registered' THEN (new ->> 'registration' IN ('registered') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'returned' THEN (new ->> 'registration' IN ('returned') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'reported' THEN (new ->> 'registration' IN ('reported') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'deleted' THEN old ->> 'deleted_at' IS NULL AND new ->> 'deleted_at' IS NOT NULL
WHEN 'restored' THEN old ->> 'deleted_at' IS NOT NULL AND new ->> 'deleted_at' IS NULL ELSE false END
WHEN 'contracts.amendment' THEN CASE verb WHEN 'submitted' THEN (new ->> 'state' IN ('pending', 'reported', 'applied') AND old ->> 'state' IS DISTINCT FROM new ->> 'state')
WHEN 'registered' THEN (new ->> 'state' IN ('applied') AND old ->> 'state' IS DISTINCT FROM new ->> 'state')
WHEN 'approved' THEN (new ->> 'state' IN ('applied') AND old ->> 'state' IS DISTINCT FROM new ->> 'state')
WHEN 'returned' THEN (new ->> 'state' IN ('rejected') AND old ->> 'state' IS DISTINCT FROM new ->> 'state')
WHEN 'rejected' THEN (new ->> 'state' IN ('rejected') AND old ->> 'state' IS DISTINCT FROM new ->> 'state')
WHEN 'recalled' THEN (new ->> 'state' IN ('recalled') AND old ->> 'state' IS DISTINCT FROM new ->> 'state')
WHEN 'amended' THEN op = 'INSERT'
WHEN 'withdrawn' THEN (new ->> 'state' IN ('withdrawn') AND old ->> 'state' IS DISTINCT FROM new ->> 'state') ELSE false END
WHEN 'contracts.contract' THEN CASE verb WHEN 'registered' THEN ((new ->> 'status' IN ('registered') AND old ->> 'status' IS DISTINCT FROM new ->> 'status') OR (new ->> 'amendment_state' IN ('') AND old ->> 'amendment_state' IS DISTINCT FROM new ->> 'amendment_state'))
WHEN 'returned' THEN ((new ->> 'registration' IN ('returned') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration') OR (new ->> 'status' IN ('rejected') AND old ->> 'status' IS DISTINCT FROM new ->> 'status') OR (new ->> 'amendment_state' IN ('rejected') AND old ->> 'amendment_state' IS DISTINCT FROM new ->> 'amendment_state'))
WHEN 'reported' THEN (new ->> 'registration' IN ('reported') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'deleted' THEN old ->> 'deleted_at' IS NULL AND new ->> 'deleted_at' IS NOT NULL
WHEN 'restored' THEN old ->> 'deleted_at' IS NOT NULL AND new ->> 'deleted_at' IS NULL
WHEN 'submitted' THEN ((new ->> 'status' IN ('pending', 'reported') AND old ->> 'status' IS DISTINCT FROM new ->> 'status') OR (new ->> 'amendment_state' IN ('pending', 'reported') AND old ->> 'amendment_state' IS DISTINCT FROM new ->> 'amendment_state') OR ((new ->> 'status' IN ('registered') AND old ->> 'status' IS DISTINCT FROM new ->> 'status') OR (new ->> 'amendment_state' IN ('') AND old ->> 'amendment_state' IS DISTINCT FROM new ->> 'amendment_state')))
WHEN 'approved' THEN ((new ->> 'status' IN ('registered') AND old ->> 'status' IS DISTINCT FROM new ->> 'status') OR (new ->> 'amendment_state' IN ('') AND old ->> 'amendment_state' IS DISTINCT FROM new ->> 'amendment_state'))
WHEN 'rejected' THEN ((new ->> 'status' IN ('rejected') AND old ->> 'status' IS DISTINCT FROM new ->> 'status') OR (new ->> 'amendment_state' IN ('rejected') AND old ->> 'amendment_state' IS DISTINCT FROM new ->> 'amendment_state'))
WHEN 'recalled' THEN ((new ->> 'status' IN ('recalled') AND old ->> 'status' IS DISTINCT FROM new ->> 'status') OR (new ->> 'amendment_state' IN ('recalled') AND old ->> 'amendment_state' IS DISTINCT FROM new ->> 'amendment_state'))
WHEN 'amended' THEN (new ->> 'amendment_state' IN ('writing') AND old ->> 'amendment_state' IS DISTINCT FROM new ->> 'amendment_state')
WHEN 'withdrawn' THEN (new ->> 'amendment_state' IN ('') AND old ->> 'amendment_state' IS DISTINCT FROM new ->> 'amendment_state')
WHEN 'completed' THEN (new ->> 'status' IN ('completed') AND old ->> 'status' IS DISTINCT FROM new ->> 'status')
WHEN 'terminated' THEN (new ->> 'status' IN ('terminated') AND old ->> 'status' IS DISTINCT FROM new ->> 'status') ELSE false END
WHEN 'contracts.decision' THEN CASE verb WHEN 'approved' THEN op = 'INSERT' AND (new ->> 'approved')::boolean
WHEN 'rejected' THEN op = 'INSERT' AND NOT (new ->> 'approved')::boolean ELSE false END
WHEN 'contracts.product' THEN CASE verb WHEN 'registered' THEN (new ->> 'registration' IN ('registered') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'returned' THEN (new ->> 'registration' IN ('returned') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'reported' THEN (new ->> 'registration' IN ('reported') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'deleted' THEN old ->> 'deleted_at' IS NULL AND new ->> 'deleted_at' IS NOT NULL
WHEN 'restored' THEN old ->> 'deleted_at' IS NOT NULL AND new ->> 'deleted_at' IS NULL ELSE false END
WHEN 'crm.user' THEN CASE verb WHEN 'deactivated' THEN (new ->> 'is_active' IN ('false') AND old ->> 'is_active' IS DISTINCT FROM new ->> 'is_active')
WHEN 'reactivated' THEN (new ->> 'is_active' IN ('true') AND old ->> 'is_active' IS DISTINCT FROM new ->> 'is_active')
WHEN 'left' THEN op = 'UPDATE' AND new ->> 'left_on' IS NOT NULL
WHEN 'rejoined' THEN old ->> 'left_on' IS NOT NULL AND new ->> 'left_on' IS NULL ELSE false END
WHEN 'customers.contact' THEN CASE verb WHEN 'registered' THEN (new ->> 'registration' IN ('registered') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'returned' THEN (new ->> 'registration' IN ('returned') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'reported' THEN (new ->> 'registration' IN ('reported') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'deleted' THEN old ->> 'deleted_at' IS NULL AND new ->> 'deleted_at' IS NOT NULL
WHEN 'restored' THEN old ->> 'deleted_at' IS NOT NULL AND new ->> 'deleted_at' IS NULL ELSE false END
WHEN 'customers.customer' THEN CASE verb WHEN 'registered' THEN (new ->> 'registration' IN ('registered') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'returned' THEN (new ->> 'registration' IN ('returned') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'reported' THEN (new ->> 'registration' IN ('reported') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'deleted' THEN old ->> 'deleted_at' IS NULL AND new ->> 'deleted_at' IS NOT NULL
WHEN 'restored' THEN old ->> 'deleted_at' IS NOT NULL AND new ->> 'deleted_at' IS NULL ELSE false END
WHEN 'feedback.interaction' THEN CASE verb WHEN 'registered' THEN (new ->> 'registration' IN ('registered') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'returned' THEN (new ->> 'registration' IN ('returned') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'reported' THEN (new ->> 'registration' IN ('reported') AND old ->> 'registration' IS DISTINCT FROM new ->> 'registration')
WHEN 'deleted' THEN old ->> 'deleted_at' IS NULL AND new ->> 'deleted_at' IS NOT NULL
WHEN 'restored' THEN old ->> 'deleted_at' IS NOT NULL AND new ->> 'deleted_at' IS NULL ELSE false END ELSE false END
    END, false);
END $$;

CREATE FUNCTION crm_is_said(verb text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    SELECT verb = ANY (ARRAY['signed_in','signed_out','sign_in_failed','session_ended','password_set','unlocked','second_factor_added','second_factor_removed','exported','downloaded','refused','told_of_customer','entered_all_the_same']::text[])
$$;

-- What the program itself has to say (`HistoryEntry.record`).
CREATE FUNCTION crm_tell(verb text, label text, object_id bigint, title text, changes jsonb, address text, request_id text) RETURNS SETOF public.crm_historyentry
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF NOT crm_is_said(crm_tell.verb) THEN
        RAISE EXCEPTION 'only a trigger tells of this'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY INSERT INTO crm_historyentry AS entry (
        verb, label, object_id, subject_label, subject_id, title, changes,
        address, request_id, actor_name
    ) VALUES (
        crm_tell.verb, crm_tell.label, crm_tell.object_id, crm_tell.label,
        crm_tell.object_id, crm_tell.title, crm_tell.changes, crm_tell.address,
        crm_tell.request_id, ''
    ) RETURNING entry.*;
END $$;

-- The hash of some entries and of the seal before them.
CREATE FUNCTION crm_seal_of(behind bigint, until bigint, before text, OUT entries integer, OUT sha256 text) RETURNS record
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    SELECT count(*)::int, encode(pg_catalog.sha256(convert_to(
        before || E'
' || coalesce(string_agg(jsonb_build_array(
            id, extract(epoch FROM at), actor_id, actor_name, verb, label, object_id,
            subject_label, subject_id, title, changes, address, request_id
        )::text, E'
' ORDER BY id), ''), 'UTF8')), 'hex')
    FROM crm_historyentry WHERE id > behind AND id <= until
$$;

-- Seal up to 10,000 entries and return how many; NULL while somebody is always writing.
-- Nobody may still be adding an entry before the last one sealed. For that, nobody must
-- be writing at the moment that the last one is looked for; the lock is let go of at
-- once, and never waited for, or all writers would queue behind it.
CREATE FUNCTION crm_seal() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    last crm_historyseal;
    newest bigint;
    number int;
    hash text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('crm_seal'));
    SELECT * INTO last FROM crm_historyseal ORDER BY id DESC LIMIT 1;
    FOR turn IN 1 .. 50 LOOP
        BEGIN
            LOCK TABLE crm_historyentry IN SHARE MODE NOWAIT;
            SELECT coalesce(max(id), 0) INTO newest FROM crm_historyentry;
            RAISE EXCEPTION USING ERRCODE = 'CR001';
        EXCEPTION
            WHEN SQLSTATE 'CR001' THEN EXIT;
            WHEN lock_not_available THEN PERFORM pg_sleep(0.05);
        END;
    END LOOP;
    IF newest IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT max(id) INTO newest FROM (
        SELECT id FROM crm_historyentry
        WHERE id > coalesce(last.until, 0) AND id <= newest ORDER BY id LIMIT 10000
    ) AS behind;
    IF newest IS NULL THEN
        RETURN 0;
    END IF;
    SELECT entries, sha256 INTO number, hash
    FROM crm_seal_of(coalesce(last.until, 0), newest, coalesce(last.sha256, ''));
    INSERT INTO crm_historyseal (until, entries, sha256, at)
    VALUES (newest, number, hash, clock_timestamp());
    RETURN number;
END $$;

-- Called by the triggers `watermarked…` (crm.guards.watermarks). What another transaction
-- sweeps away just now is left to it.
CREATE FUNCTION crm_leave_watermark(about text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    latest uuid := gen_random_uuid();
BEGIN
    INSERT INTO crm_watermark (mark, topic) VALUES (latest, about);
    IF (SELECT count(*) FROM crm_watermark WHERE topic = about) > 40 THEN
        DELETE FROM crm_watermark WHERE mark IN (
            SELECT mark FROM crm_watermark WHERE topic = about AND mark <> latest
            FOR UPDATE SKIP LOCKED
        );
    END IF;
END $$;

-- Refuses like a check, under a constraint's name that the program has words for.
CREATE FUNCTION crm_refuse(name text, message text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION '%: %', name, message
        USING ERRCODE = 'check_violation', CONSTRAINT = name;
END $$;

-- Whether somebody works here and holds a right by a role.
CREATE FUNCTION crm_holds(person bigint, held text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
SELECT EXISTS (
    SELECT FROM crm_user u
    JOIN crm_roleassignment a ON a.user_id = u.id
    JOIN crm_role r ON r.id = a.role_id
    WHERE u.id = person AND u.is_active AND r.grants ? held
)
$$;

-- Whether a step can ask somebody: whom it names, a head above the owner (whose
-- department has this path), the last resort, or a deputy of one of them today. Which
-- of them comes first says the program.
CREATE FUNCTION crm_asks(role bigint, named bigint, resort bigint, path text, person bigint, behalf bigint) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
WITH able AS (
    SELECT named AS id
    UNION SELECT resort
    UNION SELECT a.user_id FROM crm_roleassignment a WHERE a.role_id = role
    UNION SELECT d.head_id FROM crm_department d
        WHERE starts_with(crm_asks.path, d.path)
)
SELECT CASE WHEN behalf IS NULL THEN person IN (SELECT id FROM able WHERE id IS NOT NULL)
    ELSE behalf IN (SELECT id FROM able WHERE id IS NOT NULL) AND EXISTS (
        SELECT FROM crm_deputy p
        WHERE p.person_id = behalf AND p.deputy_id = person
            AND (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date
                BETWEEN p.starts_on AND p.ends_on
    ) END
$$;

-- Whether somebody who works here, holds a role and may decide is none of some people.
CREATE FUNCTION crm_misses(role bigint, held text, people bigint[]) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
SELECT EXISTS (
    SELECT FROM crm_user u JOIN crm_roleassignment a ON a.user_id = u.id
    WHERE a.role_id = role AND crm_holds(u.id, held)
        AND u.id <> ALL (array_remove(people, NULL))
        AND (u.left_on IS NULL OR u.left_on
            >= (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date)
)
$$;
""",
        ),
    ]
