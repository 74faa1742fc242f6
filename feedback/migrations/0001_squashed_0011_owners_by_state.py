"""All that the migrations named in `replaces` made, at once: for new installations."""

import crm.fields
import crm.models.dictionaries
import crm.queries.search
import crm.validators
import datetime
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
import feedback.models
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('feedback', '0001_initial'), ('feedback', '0002_lists'), ('feedback', '0003_figures'), ('feedback', '0004_registered_contacts'), ('feedback', '0005_parents'), ('feedback', '0006_folded'), ('feedback', '0007_stamps_of_postgresql'), ('feedback', '0008_rows_elsewhere'), ('feedback', '0009_numbers_of_owners'), ('feedback', '0010_options_kept'), ('feedback', '0011_owners_by_state')]

    initial = True

    dependencies = [
        ('contracts', '0028_how_many_decide'),
        ('crm', '0019_all_agree'),
        ('customers', '0018_options_kept'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Interaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted at')),
                ('registration', models.CharField(choices=[('reported', 'reported'), ('registered', 'registered'), ('returned', 'returned')], default='reported', editable=False, max_length=10, verbose_name='registration')),
                ('registered_at', models.DateTimeField(editable=False, null=True, verbose_name='registered at')),
                ('return_reason', models.CharField(blank=True, editable=False, max_length=500, verbose_name='reason of return')),
                ('occurred_at', models.DateTimeField(validators=[crm.validators.validate_business_date, feedback.models.validate_not_ahead], verbose_name='occurred at')),
                ('subject', models.CharField(max_length=200, verbose_name='interaction subject')),
                ('content', models.TextField(blank=True, max_length=20000, verbose_name='content')),
                ('customer_feedback', models.TextField(blank=True, max_length=20000, verbose_name='customer feedback')),
                ('result', models.TextField(blank=True, max_length=5000, verbose_name='result')),
                ('next_contact_at', models.DateTimeField(blank=True, null=True, validators=[crm.validators.validate_business_date], verbose_name='next contact')),
                ('told_at', models.DateTimeField(editable=False, null=True)),
                ('search_text', crm.fields.DerivedTextField(default='', editable=False, method='text_to_search')),
                ('changed_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='interactions', to='customers.contact', verbose_name='contact')),
                ('contract', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='interactions', to='contracts.contract', verbose_name='contract')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interactions', to='customers.customer', verbose_name='customer')),
                ('customer_owner', models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner of the customer')),
                ('deleted_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deleted by')),
                ('entered_by', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('method', crm.models.dictionaries.DictionaryField(blank=True, kind='interaction_method', limit_choices_to=models.Q(('kind', 'interaction_method')), null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.dictionaryitem', verbose_name='interaction method')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('registered_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='registered by')),
                ('reporter', models.ForeignKey(blank=True, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reporter')),
            ],
            options={
                'verbose_name': 'interaction',
                'verbose_name_plural': 'interactions',
                'ordering': ('-created_at', '-pk'),
                'abstract': False,
                'default_permissions': (),
                'base_manager_name': 'everything',
                'indexes': [models.Index(condition=models.Q(('deleted_at', None)), fields=['occurred_at', 'id'], include=('owner', 'customer_owner', 'registration'), name='interaction_occurred'), models.Index(condition=models.Q(('deleted_at', None)), fields=['created_at', 'id'], include=('owner', 'customer_owner', 'registration'), name='interaction_created'), models.Index(condition=models.Q(('deleted_at', None)), fields=['changed_at', 'id'], include=('owner', 'customer_owner', 'registration'), name='interaction_changed'), models.Index(condition=models.Q(('deleted_at', None)), fields=['next_contact_at', 'id'], include=('owner', 'customer_owner', 'registration'), name='interaction_next'), models.Index(condition=models.Q(('deleted_at', None)), fields=['owner', 'occurred_at', 'id'], include=('customer_owner', 'registration'), name='interaction_owner'), models.Index(condition=models.Q(('deleted_at', None)), fields=['customer_owner', 'occurred_at', 'id'], include=('owner', 'registration'), name='interaction_customer_owner'), models.Index(condition=models.Q(('deleted_at', None)), fields=['customer', 'occurred_at', 'id'], include=('owner', 'customer_owner', 'registration'), name='interaction_customer'), models.Index(condition=models.Q(('deleted_at', None)), fields=['reporter', 'occurred_at', 'id'], include=('owner', 'customer_owner', 'registration'), name='interaction_reporter'), models.Index(condition=models.Q(('deleted_at', None)), fields=['method', 'occurred_at', 'id'], include=('owner', 'customer_owner', 'registration'), name='interaction_method'), models.Index(condition=models.Q(('deleted_at', None), models.Q(('owner', models.F('customer_owner')), _negated=True)), fields=['owner'], include=('customer',), name='interaction_elsewhere'), models.Index(condition=models.Q(('registration', 'registered'), _negated=True), fields=['reporter'], name='interaction_reported'), models.Index(condition=models.Q(('registration', 'registered'), _negated=True), fields=['entered_by'], name='interaction_typed'), models.Index(condition=models.Q(('deleted_at', None), ('registration', 'reported')), fields=['created_at', 'id'], include=('owner', 'customer_owner'), name='interaction_awaited'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at', 'id'], include=('owner', 'customer_owner', 'registration'), name='interaction_deleted'), django.contrib.postgres.indexes.GinIndex(crm.queries.search.Grams('search_text'), name='interaction_text')],
                'constraints': [models.CheckConstraint(condition=models.Q(('registration__in', ['reported', 'registered', 'returned'])), name='interaction_registration_known'), models.CheckConstraint(condition=models.Q(models.Q(('registration', 'returned'), _negated=True), models.Q(('return_reason', ''), _negated=True), _connector='OR'), name='interaction_return_has_reason'), models.CheckConstraint(condition=models.Q(models.Q(('registration', 'registered'), _negated=True), models.Q(('registered_at__isnull', False), ('registered_by__isnull', False)), _connector='OR'), name='interaction_registration_signed'), models.CheckConstraint(condition=models.Q(('occurred_at__gte', datetime.datetime(1989, 12, 31, 16, 0, tzinfo=datetime.timezone.utc)), ('occurred_at__lt', datetime.datetime(2100, 12, 31, 16, 0, tzinfo=datetime.timezone.utc))), name='interaction_occurred_sensible'), models.CheckConstraint(condition=models.Q(('next_contact_at', None), models.Q(('next_contact_at__gte', models.F('occurred_at')), ('next_contact_at__lt', datetime.datetime(2100, 12, 31, 16, 0, tzinfo=datetime.timezone.utc))), _connector='OR'), name='interaction_next_after_this', violation_error_message='The next contact cannot lie before this one.')],
                'triggers': [pgtrigger.compiler.Trigger(name='stamped', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE old_row jsonb := to_jsonb(OLD); new_row jsonb;', func="\nnew_row := to_jsonb(NEW);\nIF (old_row -> 'id', old_row -> 'number', old_row -> 'created_at', old_row -> 'entered_by_id') IS DISTINCT FROM (new_row -> 'id', new_row -> 'number', new_row -> 'created_at', new_row -> 'entered_by_id') THEN\n    RAISE EXCEPTION 'where a row comes from never changes'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'origin_kept';\nEND IF;\nIF new_row - '{version,changed_at,changed_by_id,customer_owner_id,told_at,search_text}'::text[] IS DISTINCT FROM\n    old_row - '{version,changed_at,changed_by_id,customer_owner_id,told_at,search_text}'::text[] THEN\n    NEW.version := OLD.version + 1;\n    NEW.changed_at := clock_timestamp();\n    NEW.changed_by_id := coalesce(\n        nullif(current_setting('crm.actor', true), '')::bigint, NEW.changed_by_id\n    );\nELSIF pg_trigger_depth() = 1 THEN\n    NEW.version := OLD.version;\n    NEW.changed_at := OLD.changed_at;\n    NEW.changed_by_id := OLD.changed_by_id;\nEND IF;\nRETURN NEW;\n", hash='2a3dbb3a33eef2b3fbe4264e47fda2c897456153', operation='UPDATE', pgid='pgtrigger_stamped_35fd0', table='feedback_interaction', when='BEFORE')), pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'feedback.interaction', 'subject', '{version,changed_at,changed_by_id,customer_owner_id,told_at,search_text}', 'feedback.interaction', 'id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='7301f35323e5f4325d353c643c19c8e886518649', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_9117f', table='feedback_interaction', when='AFTER')), pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='234b67018fa31dbd563d1b85878b4720e2060515', operation='DELETE', pgid='pgtrigger_never_deleted_06223', table='feedback_interaction', when='BEFORE')), pgtrigger.compiler.Trigger(name='unused', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE child regclass; link name; is_used boolean;', func="\nIF OLD.deleted_at IS NOT NULL OR NEW.deleted_at IS NULL THEN\n    RETURN NEW;\nEND IF;\nEXECUTE format('SELECT FROM %s WHERE id = $1 FOR UPDATE', TG_RELID::regclass)\nUSING NEW.id;\nFOR child, link IN\n    SELECT conrelid::regclass, attname\n    FROM pg_constraint JOIN pg_attribute\n        ON attrelid = conrelid AND attnum = conkey[1]\n    WHERE contype = 'f' AND confrelid = TG_RELID AND EXISTS (\n        SELECT FROM pg_attribute AS gone\n        WHERE gone.attrelid = conrelid AND gone.attname = 'deleted_at'\n    )\nLOOP\n    EXECUTE format(\n        'SELECT EXISTS (SELECT FROM %s WHERE %I = $1 AND deleted_at IS NULL)',\n        child, link\n    ) INTO is_used USING NEW.id;\n    IF is_used THEN\n        RAISE EXCEPTION 'rows of % refer to this one', child\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'in_use';\n    END IF;\nEND LOOP;\nRETURN NEW;\n", hash='e734ef95443564ee570dd169b4883956a3b755cd', operation='UPDATE OF "deleted_at"', pgid='pgtrigger_unused_a18df', table='feedback_interaction', when='BEFORE')), pgtrigger.compiler.Trigger(name='owner_asked', sql=pgtrigger.compiler.UpsertTriggerSql(func='\nSELECT owner_id INTO NEW.customer_owner_id FROM customers_customer\nWHERE id = NEW.customer_id FOR NO KEY UPDATE;\nRETURN NEW;\n', hash='9eb5b36aabf500814e0bb6f7f5d2d83ead51eb8b', operation='INSERT OR UPDATE OF "customer_id", "customer_owner_id"', pgid='pgtrigger_owner_asked_33bb3', table='feedback_interaction', when='BEFORE')), pgtrigger.compiler.Trigger(name='parents_live', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NEW.deleted_at IS NULL THEN\n    IF NEW.customer_id IS NOT NULL AND (\n        TG_OP = 'INSERT' OR NEW.customer_id IS DISTINCT FROM OLD.customer_id\n        OR OLD.deleted_at IS NOT NULL\n    ) THEN\n        PERFORM FROM customers_customer\n        WHERE id = NEW.customer_id AND deleted_at IS NULL FOR KEY SHARE;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'customer_id leads to a row in the recycle bin'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_lives';\n        END IF;\n    END IF;\n\n    IF NEW.contact_id IS NOT NULL AND (\n        TG_OP = 'INSERT' OR NEW.contact_id IS DISTINCT FROM OLD.contact_id\n        OR OLD.deleted_at IS NOT NULL\n    ) THEN\n        PERFORM FROM customers_contact\n        WHERE id = NEW.contact_id AND deleted_at IS NULL FOR KEY SHARE;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'contact_id leads to a row in the recycle bin'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_lives';\n        END IF;\n    END IF;\n\n    IF NEW.contract_id IS NOT NULL AND (\n        TG_OP = 'INSERT' OR NEW.contract_id IS DISTINCT FROM OLD.contract_id\n        OR OLD.deleted_at IS NOT NULL\n    ) THEN\n        PERFORM FROM contracts_contract\n        WHERE id = NEW.contract_id AND deleted_at IS NULL FOR KEY SHARE;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'contract_id leads to a row in the recycle bin'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_lives';\n        END IF;\n    END IF;\nEND IF;\nRETURN NEW;\n", hash='46aa5cc5f920c55a1c75913392e089d2c176c437', operation='INSERT OR UPDATE', pgid='pgtrigger_parents_live_31337', table='feedback_interaction', when='BEFORE')), pgtrigger.compiler.Trigger(name='options_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE chosen bigint[]; still bigint;', func="\nSELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (\n    SELECT option.after FROM new_rows AS after\n    CROSS JOIN LATERAL (VALUES (NULL::bigint, after.method_id)) AS option (before, after)\n    WHERE option.after IS DISTINCT FROM option.before\n);\nIF chosen IS NULL THEN\n    RETURN NULL;\nEND IF;\nSELECT count(*) INTO still FROM (\n    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active\n    ORDER BY id FOR KEY SHARE\n) AS held;\nIF still < cardinality(chosen) THEN\n    RAISE EXCEPTION 'an option was replaced meanwhile'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';\nEND IF;\nRETURN NULL;\n", hash='9a751d099dffade126d8b9811bbe52a550f7b0c5', level='STATEMENT', operation='INSERT', pgid='pgtrigger_options_new_e6589', referencing='REFERENCING NEW TABLE AS new_rows ', table='feedback_interaction', when='AFTER')), pgtrigger.compiler.Trigger(name='options_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE chosen bigint[]; still bigint;', func="\nSELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (\n    SELECT option.after FROM new_rows AS after JOIN old_rows AS before ON before.id = after.id\n    CROSS JOIN LATERAL (VALUES (before.method_id, after.method_id)) AS option (before, after)\n    WHERE option.after IS DISTINCT FROM option.before\n);\nIF chosen IS NULL THEN\n    RETURN NULL;\nEND IF;\nSELECT count(*) INTO still FROM (\n    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active\n    ORDER BY id FOR KEY SHARE\n) AS held;\nIF still < cardinality(chosen) THEN\n    RAISE EXCEPTION 'an option was replaced meanwhile'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';\nEND IF;\nRETURN NULL;\n", hash='03007eb182034f18545719a9b669ef4abfb44f34', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_options_changed_486db', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='feedback_interaction', when='AFTER')), pgtrigger.compiler.Trigger(name='tally_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)\n    SELECT 'feedback.interaction/owner', owner, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, customer_owner_id::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, registered, state HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('feedback.interaction/owner', owners);\nEND IF;\n\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'feedback.interaction', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, customer_owner_id::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('feedback.interaction', owners);\nEND IF;\nRETURN NULL;\n", hash='fa64194edd5621f0ae20442cad194a3104f0afe2', level='STATEMENT', operation='INSERT', pgid='pgtrigger_tally_new_da879', referencing='REFERENCING NEW TABLE AS new_rows ', table='feedback_interaction', when='AFTER')), pgtrigger.compiler.Trigger(name='tally_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)\n    SELECT 'feedback.interaction/owner', owner, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, customer_owner_id::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT owner_id, customer_owner_id::bigint, registration = 'registered', '' , -1 AS n, -(0) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, registered, state HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('feedback.interaction/owner', owners);\nEND IF;\n\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'feedback.interaction', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, customer_owner_id::bigint, registration = 'registered', '' , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT owner_id, customer_owner_id::bigint, registration = 'registered', '' , -1 AS n, -(0) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('feedback.interaction', owners);\nEND IF;\nRETURN NULL;\n", hash='8277b152a7325ef98b2e0040ded0113b09fc7a5d', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_tally_changed_ff049', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='feedback_interaction', when='AFTER')), pgtrigger.compiler.Trigger(name='same_customer', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF TG_OP = 'UPDATE' AND (NEW.customer_id, NEW.contact_id, NEW.contract_id)\n    IS NOT DISTINCT FROM (OLD.customer_id, OLD.contact_id, OLD.contract_id)\nTHEN\n    RETURN NEW;\nEND IF;\nIF NEW.contact_id IS NOT NULL AND NOT EXISTS (\n    SELECT FROM customers_contact\n    WHERE id = NEW.contact_id AND customer_id = NEW.customer_id\n) THEN\n    RAISE EXCEPTION 'the contact belongs to another customer'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'interaction_contact';\nEND IF;\nIF NEW.contract_id IS NOT NULL AND NOT EXISTS (\n    SELECT FROM contracts_contract\n    WHERE id = NEW.contract_id AND customer_id = NEW.customer_id\n) THEN\n    RAISE EXCEPTION 'the contract belongs to another customer'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'interaction_contract';\nEND IF;\nRETURN NEW;\n", hash='6178956f6e1048ac2d066cc7a678285b411a9ffc', operation='INSERT OR UPDATE OF "customer_id", "contact_id", "contract_id"', pgid='pgtrigger_same_customer_9ecf5', table='feedback_interaction', when='BEFORE')), pgtrigger.compiler.Trigger(name='told', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF NEW.registration = 'registered' AND (\n    TG_OP = 'INSERT' OR (NEW.customer_id, NEW.next_contact_at, NEW.registration)\n    IS DISTINCT FROM (OLD.customer_id, OLD.next_contact_at, OLD.registration)\n) THEN\n    NEW.told_at := clock_timestamp();\nEND IF;\nRETURN NEW;\n", hash='075e7a3bc6835691087d62f30b174254a5edd634', operation='INSERT OR UPDATE OF "customer_id", "next_contact_at", "registration"', pgid='pgtrigger_told_7fc13', table='feedback_interaction', when='BEFORE')), pgtrigger.compiler.Trigger(name='contact_dates', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE touched bigint;', func="\nIF NEW.registration <> 'registered'\n    AND (TG_OP = 'INSERT' OR OLD.registration <> 'registered')\nTHEN\n    RETURN NULL;\nEND IF;\nIF TG_OP = 'UPDATE' AND (\n    NEW.customer_id, NEW.owner_id, NEW.occurred_at, NEW.next_contact_at,\n    NEW.deleted_at, NEW.registration\n) IS NOT DISTINCT FROM (\n    OLD.customer_id, OLD.owner_id, OLD.occurred_at, OLD.next_contact_at,\n    OLD.deleted_at, OLD.registration\n) THEN\n    RETURN NULL;\nEND IF;\nFOR touched IN\n    SELECT DISTINCT id\n    FROM unnest(ARRAY[\n        NEW.customer_id, CASE TG_OP WHEN 'UPDATE' THEN OLD.customer_id END\n    ]) AS id\n    WHERE id IS NOT NULL ORDER BY id\nLOOP\n    PERFORM FROM customers_customer WHERE id = touched FOR NO KEY UPDATE;\n    UPDATE customers_customer\n    SET last_contact_at = dates.last_at, next_contact_at = dates.next_at\n    FROM feedback_contact_dates(touched) AS dates\n    WHERE id = touched AND (last_contact_at, next_contact_at)\n        IS DISTINCT FROM (dates.last_at, dates.next_at);\nEND LOOP;\nRETURN NULL;\n", hash='145aae60351feaf9f70e0d1eeb0f35ed0f32e645', operation='INSERT OR UPDATE OF "customer_id", "owner_id", "occurred_at", "next_contact_at", "deleted_at", "registration"', pgid='pgtrigger_contact_dates_57a94', table='feedback_interaction', when='AFTER'))],
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='InteractionAttachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='file name')),
                ('sha256', models.CharField(editable=False, max_length=64)),
                ('size', models.PositiveBigIntegerField(editable=False, verbose_name='size')),
                ('content_type', models.CharField(editable=False, max_length=100, verbose_name='file type')),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='uploaded at')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='feedback.interaction')),
                ('uploaded_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
            ],
            options={
                'verbose_name': 'attachment',
                'verbose_name_plural': 'attachments',
                'ordering': ('pk',),
                'abstract': False,
                'default_permissions': (),
                'triggers': [pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'feedback.interactionattachment', 'name', '{version,changed_at,changed_by_id}', 'feedback.interaction', 'record_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='549cec747a3ea06e087f43865f9a7f6c2d072718', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_5262c', table='feedback_interactionattachment', when='AFTER'))],
            },
        ),
        migrations.RunSQL(
            sql="""
CREATE FUNCTION feedback_contact_dates(customer bigint, OUT last_at timestamp with time zone, OUT next_at timestamp with time zone) RETURNS record
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
WITH contact AS (
    SELECT id, owner_id, occurred_at, next_contact_at AS promised,
        greatest(told_at, registered_at) AS told_at
    FROM feedback_interaction
    WHERE customer_id = customer AND deleted_at IS NULL
        AND registration = 'registered'
), latest AS (
    SELECT id, occurred_at, (occurred_at AT TIME ZONE 'Asia/Shanghai')::date AS day
    FROM contact ORDER BY occurred_at DESC, id DESC LIMIT 1
), promise AS (
    SELECT DISTINCT ON (owner_id) id, promised, told_at FROM contact
    WHERE promised IS NOT NULL
    ORDER BY owner_id, occurred_at DESC, id DESC
), plan AS (
    SELECT planned_for, planned_at, owner_id FROM customers_customer
    WHERE id = customer
)
SELECT (SELECT occurred_at FROM latest), least(
    (
        SELECT min(promised) FROM promise, plan
        WHERE (planned_at IS NULL OR told_at > planned_at) AND NOT EXISTS (
            SELECT FROM latest WHERE latest.id <> promise.id
                AND day >= (promised AT TIME ZONE 'Asia/Shanghai')::date
        )
    ),
    (
        SELECT planned_for FROM plan
        WHERE NOT EXISTS (
            SELECT FROM contact WHERE told_at > planned_at AND (
                (occurred_at AT TIME ZONE 'Asia/Shanghai')::date
                    >= (planned_for AT TIME ZONE 'Asia/Shanghai')::date
                OR contact.owner_id = plan.owner_id AND promised IS NOT NULL
            )
        )
    )
)
$$;
""",
        ),
    ]
