"""All that the migrations named in `replaces` made, at once: for new installations."""

import crm.fields
import crm.models.dictionaries
import crm.queries.search
import crm.validators
import datetime
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('competitors', '0001_initial'), ('competitors', '0002_lists'), ('competitors', '0003_figures'), ('competitors', '0004_parents'), ('competitors', '0005_folded'), ('competitors', '0006_folded_once'), ('competitors', '0007_stamps_of_postgresql'), ('competitors', '0008_rows_elsewhere'), ('competitors', '0009_report_indexes'), ('competitors', '0010_options_kept')]

    initial = True

    dependencies = [
        ('contracts', '0028_how_many_decide'),
        ('crm', '0019_all_agree'),
        ('customers', '0018_options_kept'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Competitor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted at')),
                ('registration', models.CharField(choices=[('reported', 'reported'), ('registered', 'registered'), ('returned', 'returned')], default='reported', editable=False, max_length=10, verbose_name='registration')),
                ('registered_at', models.DateTimeField(editable=False, null=True, verbose_name='registered at')),
                ('return_reason', models.CharField(blank=True, editable=False, max_length=500, verbose_name='reason of return')),
                ('name', models.CharField(max_length=200, verbose_name='competitor name')),
                ('short_name', models.CharField(blank=True, max_length=100, verbose_name='short name')),
                ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, default=list, size=20, verbose_name='aliases')),
                ('kind', models.CharField(choices=[('direct', 'direct competitor'), ('potential', 'potential competitor'), ('substitute', 'substitute')], default='direct', max_length=20, verbose_name='kind of competition')),
                ('threat', models.CharField(choices=[('high', 'high'), ('medium', 'medium'), ('low', 'low')], default='medium', max_length=10, verbose_name='threat level')),
                ('website', models.CharField(blank=True, max_length=300, validators=[crm.validators.validate_http_url], verbose_name='website')),
                ('strengths', models.TextField(blank=True, max_length=5000, verbose_name='strengths')),
                ('weaknesses', models.TextField(blank=True, max_length=5000, verbose_name='weaknesses')),
                ('strategy', models.TextField(blank=True, max_length=5000, verbose_name='counter-strategy')),
                ('search_text', crm.fields.DerivedTextField(default='', editable=False, method='text_to_search')),
                ('search_pinyin', crm.fields.DerivedTextField(default='', editable=False, method='pinyin_to_search')),
                ('name_key', crm.fields.DerivedTextField(default='', editable=False, method='key_of_name')),
                ('changed_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                ('deleted_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deleted by')),
                ('entered_by', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.region', verbose_name='region')),
                ('registered_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='registered by')),
                ('reporter', models.ForeignKey(blank=True, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reporter')),
                ('size', crm.models.dictionaries.DictionaryField(blank=True, kind='competitor_size', limit_choices_to=models.Q(('kind', 'competitor_size')), null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.dictionaryitem', verbose_name='competitor size')),
            ],
            options={
                'verbose_name': 'competitor',
                'verbose_name_plural': 'competitors',
                'ordering': ('-created_at', '-pk'),
                'abstract': False,
                'default_permissions': (),
                'base_manager_name': 'everything',
                'indexes': [models.Index(fields=['-created_at', '-id'], name='competitor_created'), models.Index(condition=models.Q(('registration', 'registered'), _negated=True), fields=['reporter'], name='competitor_reported'), models.Index(condition=models.Q(('registration', 'registered'), _negated=True), fields=['entered_by'], name='competitor_typed'), models.Index(condition=models.Q(('deleted_at', None), ('registration', 'reported')), fields=['created_at', 'id'], include=('owner',), name='competitor_awaited'), django.contrib.postgres.indexes.GinIndex(crm.queries.search.Grams('search_text'), name='competitor_text'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_pinyin', name='gin_trgm_ops'), name='competitor_pinyin'), django.contrib.postgres.indexes.GinIndex(crm.queries.search.Grams(crm.queries.search.Part('search_pinyin', 1)), name='competitor_pairs')],
                'constraints': [models.CheckConstraint(condition=models.Q(('registration__in', ['reported', 'registered', 'returned'])), name='competitor_registration_known'), models.CheckConstraint(condition=models.Q(models.Q(('registration', 'returned'), _negated=True), models.Q(('return_reason', ''), _negated=True), _connector='OR'), name='competitor_return_has_reason'), models.CheckConstraint(condition=models.Q(models.Q(('registration', 'registered'), _negated=True), models.Q(('registered_at__isnull', False), ('registered_by__isnull', False)), _connector='OR'), name='competitor_registration_signed'), models.UniqueConstraint(models.F('name_key'), condition=models.Q(('deleted_at', None)), name='competitor_name_once', violation_error_message='A competitor of this name exists already, or is reported and not yet registered.'), models.CheckConstraint(condition=models.Q(('kind__in', ('direct', 'potential', 'substitute'))), name='competitor_kind_known'), models.CheckConstraint(condition=models.Q(('threat__in', ('high', 'medium', 'low'))), name='competitor_threat_known'), models.CheckConstraint(condition=models.Q(('website', ''), ('website__iregex', '^https?://'), _connector='OR'), name='competitor_website_is_web_address')],
                'triggers': [pgtrigger.compiler.Trigger(name='stamped', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE old_row jsonb := to_jsonb(OLD); new_row jsonb;', func="\nnew_row := to_jsonb(NEW);\nIF (old_row -> 'id', old_row -> 'number', old_row -> 'created_at', old_row -> 'entered_by_id') IS DISTINCT FROM (new_row -> 'id', new_row -> 'number', new_row -> 'created_at', new_row -> 'entered_by_id') THEN\n    RAISE EXCEPTION 'where a row comes from never changes'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'origin_kept';\nEND IF;\nIF new_row - '{version,changed_at,changed_by_id,search_text,search_pinyin,name_key}'::text[] IS DISTINCT FROM\n    old_row - '{version,changed_at,changed_by_id,search_text,search_pinyin,name_key}'::text[] THEN\n    NEW.version := OLD.version + 1;\n    NEW.changed_at := clock_timestamp();\n    NEW.changed_by_id := coalesce(\n        nullif(current_setting('crm.actor', true), '')::bigint, NEW.changed_by_id\n    );\nELSIF pg_trigger_depth() = 1 THEN\n    NEW.version := OLD.version;\n    NEW.changed_at := OLD.changed_at;\n    NEW.changed_by_id := OLD.changed_by_id;\nEND IF;\nRETURN NEW;\n", hash='865a07cfb82766bc45e497381ef62226fe08d687', operation='UPDATE', pgid='pgtrigger_stamped_90abe', table='competitors_competitor', when='BEFORE')), pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'competitors.competitor', 'name', '{version,changed_at,changed_by_id,search_text,search_pinyin,name_key}', 'competitors.competitor', 'id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='1c65d0ea9c2b5a49aa6a86ec902ad57f0bb4f727', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_cdd84', table='competitors_competitor', when='AFTER')), pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='e11f80b2df7a5ede8cb2eecef0757dd5b67f690c', operation='DELETE', pgid='pgtrigger_never_deleted_8284c', table='competitors_competitor', when='BEFORE')), pgtrigger.compiler.Trigger(name='unused', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE child regclass; link name; is_used boolean;', func="\nIF OLD.deleted_at IS NOT NULL OR NEW.deleted_at IS NULL THEN\n    RETURN NEW;\nEND IF;\nEXECUTE format('SELECT FROM %s WHERE id = $1 FOR UPDATE', TG_RELID::regclass)\nUSING NEW.id;\nFOR child, link IN\n    SELECT conrelid::regclass, attname\n    FROM pg_constraint JOIN pg_attribute\n        ON attrelid = conrelid AND attnum = conkey[1]\n    WHERE contype = 'f' AND confrelid = TG_RELID AND EXISTS (\n        SELECT FROM pg_attribute AS gone\n        WHERE gone.attrelid = conrelid AND gone.attname = 'deleted_at'\n    )\nLOOP\n    EXECUTE format(\n        'SELECT EXISTS (SELECT FROM %s WHERE %I = $1 AND deleted_at IS NULL)',\n        child, link\n    ) INTO is_used USING NEW.id;\n    IF is_used THEN\n        RAISE EXCEPTION 'rows of % refer to this one', child\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'in_use';\n    END IF;\nEND LOOP;\nRETURN NEW;\n", hash='1cc7bb3088022ad130811c33a5e137456cdd114b', operation='UPDATE OF "deleted_at"', pgid='pgtrigger_unused_24947', table='competitors_competitor', when='BEFORE')), pgtrigger.compiler.Trigger(name='options_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE chosen bigint[]; still bigint;', func="\nSELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (\n    SELECT option.after FROM new_rows AS after\n    CROSS JOIN LATERAL (VALUES (NULL::bigint, after.size_id)) AS option (before, after)\n    WHERE option.after IS DISTINCT FROM option.before\n);\nIF chosen IS NULL THEN\n    RETURN NULL;\nEND IF;\nSELECT count(*) INTO still FROM (\n    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active\n    ORDER BY id FOR KEY SHARE\n) AS held;\nIF still < cardinality(chosen) THEN\n    RAISE EXCEPTION 'an option was replaced meanwhile'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';\nEND IF;\nRETURN NULL;\n", hash='2ce219816293608239bf15a60c10e1abdbecd2b8', level='STATEMENT', operation='INSERT', pgid='pgtrigger_options_new_9fa94', referencing='REFERENCING NEW TABLE AS new_rows ', table='competitors_competitor', when='AFTER')), pgtrigger.compiler.Trigger(name='options_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE chosen bigint[]; still bigint;', func="\nSELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (\n    SELECT option.after FROM new_rows AS after JOIN old_rows AS before ON before.id = after.id\n    CROSS JOIN LATERAL (VALUES (before.size_id, after.size_id)) AS option (before, after)\n    WHERE option.after IS DISTINCT FROM option.before\n);\nIF chosen IS NULL THEN\n    RETURN NULL;\nEND IF;\nSELECT count(*) INTO still FROM (\n    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active\n    ORDER BY id FOR KEY SHARE\n) AS held;\nIF still < cardinality(chosen) THEN\n    RAISE EXCEPTION 'an option was replaced meanwhile'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';\nEND IF;\nRETURN NULL;\n", hash='7de8f0e9eb0e8d2f8802a7246a1ac309a0414c98', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_options_changed_28565', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='competitors_competitor', when='AFTER'))],
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='CompetitorProduct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='rival product')),
                ('price_from', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='price from (CNY)')),
                ('price_to', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='price to (CNY)')),
                ('remarks', models.CharField(blank=True, max_length=300, verbose_name='remarks')),
                ('competitor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='products', to='competitors.competitor')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rivals', to='contracts.product', verbose_name='our product')),
            ],
            options={
                'verbose_name': 'rival product',
                'verbose_name_plural': 'rival products',
                'ordering': ('pk',),
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(models.F('competitor'), models.F('name'), name='rival_product_once', violation_error_message='This product is listed already.'), models.CheckConstraint(condition=models.Q(models.Q(('price_from', None), ('price_from__gte', 0), _connector='OR'), models.Q(('price_to', None), ('price_to__gte', 0), _connector='OR')), name='rival_product_price_not_negative'), models.CheckConstraint(condition=models.Q(('price_from', None), ('price_to', None), ('price_from__lte', models.F('price_to')), _connector='OR'), name='rival_product_price_band', violation_error_message='The lower end of the price lies above the upper one.')],
                'triggers': [pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'competitors.competitorproduct', 'name', '{version,changed_at,changed_by_id,competitor_id}', 'competitors.competitor', 'competitor_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='028e866a126261791e760cbc1d5445d183501e8e', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_b8e68', table='competitors_competitorproduct', when='AFTER')), pgtrigger.compiler.Trigger(name='touches', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE part jsonb := to_jsonb(coalesce(NEW, OLD)); actor bigint := nullif(current_setting('crm.actor', true), '');", func="\nUPDATE competitors_competitor SET\n    version = version + 1,\n    changed_at = clock_timestamp(),\n    changed_by_id = coalesce(actor, changed_by_id)\nWHERE id = (part ->> 'competitor_id')::bigint;\nRETURN NULL;\n", hash='6620802940c699a5e5e1c774a65a710b6e81e2ae', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_touches_f3eb7', table='competitors_competitorproduct', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Encounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted at')),
                ('registration', models.CharField(choices=[('reported', 'reported'), ('registered', 'registered'), ('returned', 'returned')], default='reported', editable=False, max_length=10, verbose_name='registration')),
                ('registered_at', models.DateTimeField(editable=False, null=True, verbose_name='registered at')),
                ('return_reason', models.CharField(blank=True, editable=False, max_length=500, verbose_name='reason of return')),
                ('offered_product', models.CharField(blank=True, max_length=200, verbose_name='offered product')),
                ('price', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='offered price (CNY)')),
                ('position', models.CharField(choices=[('ahead', 'we are ahead'), ('level', 'we are level'), ('behind', 'we are behind')], default='level', max_length=10, verbose_name='our position')),
                ('outcome', models.CharField(choices=[('we_won', 'we won'), ('they_won', 'they won'), ('both_lost', 'both lost'), ('open', 'still open')], default='open', max_length=10, verbose_name='outcome')),
                ('happened_on', models.DateField(default=django.utils.timezone.localdate, validators=[crm.validators.validate_business_date], verbose_name='happened on')),
                ('remarks', models.TextField(blank=True, max_length=5000, verbose_name='remarks')),
                ('title', crm.fields.DerivedTextField(default='', editable=False, method='names_in_title')),
                ('search_text', crm.fields.DerivedTextField(default='', editable=False, method='text_to_search')),
                ('changed_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                ('competitor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='encounters', to='competitors.competitor', verbose_name='competitor')),
                ('contract', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='encounters', to='contracts.contract', verbose_name='contract')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='encounters', to='customers.customer', verbose_name='customer')),
                ('customer_owner', models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner of the customer')),
                ('deleted_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deleted by')),
                ('entered_by', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('reason', crm.models.dictionaries.DictionaryField(blank=True, kind='encounter_reason', limit_choices_to=models.Q(('kind', 'encounter_reason')), null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.dictionaryitem', verbose_name='reason of winning or losing')),
                ('registered_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='registered by')),
                ('reporter', models.ForeignKey(blank=True, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reporter')),
            ],
            options={
                'verbose_name': 'encounter',
                'verbose_name_plural': 'encounters',
                'ordering': ('-created_at', '-pk'),
                'abstract': False,
                'default_permissions': (),
                'base_manager_name': 'everything',
                'indexes': [models.Index(condition=models.Q(('deleted_at', None)), fields=['happened_on', 'id'], include=('owner', 'customer_owner', 'registration'), name='encounter_happened'), models.Index(condition=models.Q(('deleted_at', None)), fields=['created_at', 'id'], include=('owner', 'customer_owner', 'registration'), name='encounter_created'), models.Index(condition=models.Q(('deleted_at', None)), fields=['changed_at', 'id'], include=('owner', 'customer_owner', 'registration'), name='encounter_changed'), models.Index(condition=models.Q(('deleted_at', None)), fields=['price', 'id'], include=('owner', 'customer_owner', 'registration'), name='encounter_price'), models.Index(condition=models.Q(('deleted_at', None)), fields=['owner', 'happened_on', 'id'], include=('customer_owner', 'registration'), name='encounter_owner'), models.Index(condition=models.Q(('deleted_at', None)), fields=['customer_owner', 'happened_on', 'id'], include=('owner', 'registration'), name='encounter_customer_owner'), models.Index(condition=models.Q(('deleted_at', None)), fields=['competitor', 'happened_on', 'id'], include=('owner', 'customer_owner', 'registration'), name='encounter_competitor'), models.Index(condition=models.Q(('deleted_at', None)), fields=['customer', 'happened_on', 'id'], include=('owner', 'customer_owner', 'registration'), name='encounter_customer'), models.Index(condition=models.Q(('deleted_at', None)), fields=['reporter', 'happened_on', 'id'], include=('owner', 'customer_owner', 'registration'), name='encounter_reporter'), models.Index(condition=models.Q(('deleted_at', None), models.Q(('owner', models.F('customer_owner')), _negated=True)), fields=['owner'], include=('customer',), name='encounter_elsewhere'), models.Index(condition=models.Q(('registration', 'registered'), _negated=True), fields=['reporter'], name='encounter_reported'), models.Index(condition=models.Q(('registration', 'registered'), _negated=True), fields=['entered_by'], name='encounter_typed'), models.Index(condition=models.Q(('deleted_at', None), ('registration', 'reported')), fields=['created_at', 'id'], include=('owner', 'customer_owner'), name='encounter_awaited'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at', 'id'], include=('owner', 'customer_owner', 'registration'), name='encounter_deleted'), django.contrib.postgres.indexes.GinIndex(crm.queries.search.Grams('search_text'), name='encounter_text')],
                'constraints': [models.CheckConstraint(condition=models.Q(('registration__in', ['reported', 'registered', 'returned'])), name='encounter_registration_known'), models.CheckConstraint(condition=models.Q(models.Q(('registration', 'returned'), _negated=True), models.Q(('return_reason', ''), _negated=True), _connector='OR'), name='encounter_return_has_reason'), models.CheckConstraint(condition=models.Q(models.Q(('registration', 'registered'), _negated=True), models.Q(('registered_at__isnull', False), ('registered_by__isnull', False)), _connector='OR'), name='encounter_registration_signed'), models.CheckConstraint(condition=models.Q(('price', None), ('price__gte', 0), _connector='OR'), name='encounter_price_not_negative'), models.CheckConstraint(condition=models.Q(('position__in', ('ahead', 'level', 'behind'))), name='encounter_position_known'), models.CheckConstraint(condition=models.Q(('outcome__in', ('we_won', 'they_won', 'both_lost', 'open'))), name='encounter_outcome_known'), models.CheckConstraint(condition=models.Q(('happened_on__range', (datetime.date(1990, 1, 1), datetime.date(2100, 12, 31)))), name='encounter_happened_sensible')],
                'triggers': [pgtrigger.compiler.Trigger(name='stamped', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE old_row jsonb := to_jsonb(OLD); new_row jsonb;', func="\nnew_row := to_jsonb(NEW);\nIF (old_row -> 'id', old_row -> 'number', old_row -> 'created_at', old_row -> 'entered_by_id') IS DISTINCT FROM (new_row -> 'id', new_row -> 'number', new_row -> 'created_at', new_row -> 'entered_by_id') THEN\n    RAISE EXCEPTION 'where a row comes from never changes'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'origin_kept';\nEND IF;\nIF new_row - '{version,changed_at,changed_by_id,customer_owner_id,title,search_text}'::text[] IS DISTINCT FROM\n    old_row - '{version,changed_at,changed_by_id,customer_owner_id,title,search_text}'::text[] THEN\n    NEW.version := OLD.version + 1;\n    NEW.changed_at := clock_timestamp();\n    NEW.changed_by_id := coalesce(\n        nullif(current_setting('crm.actor', true), '')::bigint, NEW.changed_by_id\n    );\nELSIF pg_trigger_depth() = 1 THEN\n    NEW.version := OLD.version;\n    NEW.changed_at := OLD.changed_at;\n    NEW.changed_by_id := OLD.changed_by_id;\nEND IF;\nRETURN NEW;\n", hash='23e1a4f585d9afd42f5f716ad8d19293a291eb9f', operation='UPDATE', pgid='pgtrigger_stamped_70b98', table='competitors_encounter', when='BEFORE')), pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'competitors.encounter', 'title', '{version,changed_at,changed_by_id,customer_owner_id,title,search_text}', 'competitors.encounter', 'id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='bfd1652a1a0a98e215622300339a370ae6e8eab2', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_b0de8', table='competitors_encounter', when='AFTER')), pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='2292beb738c63621f227c393866da1bf44ada3af', operation='DELETE', pgid='pgtrigger_never_deleted_cd012', table='competitors_encounter', when='BEFORE')), pgtrigger.compiler.Trigger(name='unused', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE child regclass; link name; is_used boolean;', func="\nIF OLD.deleted_at IS NOT NULL OR NEW.deleted_at IS NULL THEN\n    RETURN NEW;\nEND IF;\nEXECUTE format('SELECT FROM %s WHERE id = $1 FOR UPDATE', TG_RELID::regclass)\nUSING NEW.id;\nFOR child, link IN\n    SELECT conrelid::regclass, attname\n    FROM pg_constraint JOIN pg_attribute\n        ON attrelid = conrelid AND attnum = conkey[1]\n    WHERE contype = 'f' AND confrelid = TG_RELID AND EXISTS (\n        SELECT FROM pg_attribute AS gone\n        WHERE gone.attrelid = conrelid AND gone.attname = 'deleted_at'\n    )\nLOOP\n    EXECUTE format(\n        'SELECT EXISTS (SELECT FROM %s WHERE %I = $1 AND deleted_at IS NULL)',\n        child, link\n    ) INTO is_used USING NEW.id;\n    IF is_used THEN\n        RAISE EXCEPTION 'rows of % refer to this one', child\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'in_use';\n    END IF;\nEND LOOP;\nRETURN NEW;\n", hash='af7788c446a4a83736eef9e7fefcc703bc2d0e86', operation='UPDATE OF "deleted_at"', pgid='pgtrigger_unused_38802', table='competitors_encounter', when='BEFORE')), pgtrigger.compiler.Trigger(name='owner_asked', sql=pgtrigger.compiler.UpsertTriggerSql(func='\nSELECT owner_id INTO NEW.customer_owner_id FROM customers_customer\nWHERE id = NEW.customer_id FOR NO KEY UPDATE;\nRETURN NEW;\n', hash='687910c9ddc3c063d7e2e978711a9bde49bfd42d', operation='INSERT OR UPDATE OF "customer_id", "customer_owner_id"', pgid='pgtrigger_owner_asked_69e9d', table='competitors_encounter', when='BEFORE')), pgtrigger.compiler.Trigger(name='parents_live', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NEW.deleted_at IS NULL THEN\n    IF NEW.competitor_id IS NOT NULL AND (\n        TG_OP = 'INSERT' OR NEW.competitor_id IS DISTINCT FROM OLD.competitor_id\n        OR OLD.deleted_at IS NOT NULL\n    ) THEN\n        PERFORM FROM competitors_competitor\n        WHERE id = NEW.competitor_id AND deleted_at IS NULL FOR KEY SHARE;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'competitor_id leads to a row in the recycle bin'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_lives';\n        END IF;\n    END IF;\n\n    IF NEW.customer_id IS NOT NULL AND (\n        TG_OP = 'INSERT' OR NEW.customer_id IS DISTINCT FROM OLD.customer_id\n        OR OLD.deleted_at IS NOT NULL\n    ) THEN\n        PERFORM FROM customers_customer\n        WHERE id = NEW.customer_id AND deleted_at IS NULL FOR KEY SHARE;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'customer_id leads to a row in the recycle bin'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_lives';\n        END IF;\n    END IF;\n\n    IF NEW.contract_id IS NOT NULL AND (\n        TG_OP = 'INSERT' OR NEW.contract_id IS DISTINCT FROM OLD.contract_id\n        OR OLD.deleted_at IS NOT NULL\n    ) THEN\n        PERFORM FROM contracts_contract\n        WHERE id = NEW.contract_id AND deleted_at IS NULL FOR KEY SHARE;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'contract_id leads to a row in the recycle bin'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_lives';\n        END IF;\n    END IF;\nEND IF;\nRETURN NEW;\n", hash='fe2145007d44f218d08b1446b33946c1e9495f1b', operation='INSERT OR UPDATE', pgid='pgtrigger_parents_live_d1746', table='competitors_encounter', when='BEFORE')), pgtrigger.compiler.Trigger(name='options_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE chosen bigint[]; still bigint;', func="\nSELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (\n    SELECT option.after FROM new_rows AS after\n    CROSS JOIN LATERAL (VALUES (NULL::bigint, after.reason_id)) AS option (before, after)\n    WHERE option.after IS DISTINCT FROM option.before\n);\nIF chosen IS NULL THEN\n    RETURN NULL;\nEND IF;\nSELECT count(*) INTO still FROM (\n    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active\n    ORDER BY id FOR KEY SHARE\n) AS held;\nIF still < cardinality(chosen) THEN\n    RAISE EXCEPTION 'an option was replaced meanwhile'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';\nEND IF;\nRETURN NULL;\n", hash='894d0b95eacce78df1ee3bb919accdc8f9863c08', level='STATEMENT', operation='INSERT', pgid='pgtrigger_options_new_b351e', referencing='REFERENCING NEW TABLE AS new_rows ', table='competitors_encounter', when='AFTER')), pgtrigger.compiler.Trigger(name='options_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE chosen bigint[]; still bigint;', func="\nSELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (\n    SELECT option.after FROM new_rows AS after JOIN old_rows AS before ON before.id = after.id\n    CROSS JOIN LATERAL (VALUES (before.reason_id, after.reason_id)) AS option (before, after)\n    WHERE option.after IS DISTINCT FROM option.before\n);\nIF chosen IS NULL THEN\n    RETURN NULL;\nEND IF;\nSELECT count(*) INTO still FROM (\n    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active\n    ORDER BY id FOR KEY SHARE\n) AS held;\nIF still < cardinality(chosen) THEN\n    RAISE EXCEPTION 'an option was replaced meanwhile'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';\nEND IF;\nRETURN NULL;\n", hash='d3c09a6482b35dcabe448ddf476b9bb90f6034a8', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_options_changed_a30d0', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='competitors_encounter', when='AFTER')), pgtrigger.compiler.Trigger(name='tally_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'competitors.encounter', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, customer_owner_id::bigint, registration = 'registered', outcome , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('competitors.encounter', owners);\nEND IF;\nRETURN NULL;\n", hash='2cc85642fc1e9436187ca81ede266abfc81309bb', level='STATEMENT', operation='INSERT', pgid='pgtrigger_tally_new_0e02d', referencing='REFERENCING NEW TABLE AS new_rows ', table='competitors_encounter', when='AFTER')), pgtrigger.compiler.Trigger(name='tally_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'competitors.encounter', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, customer_owner_id::bigint, registration = 'registered', outcome , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT owner_id, customer_owner_id::bigint, registration = 'registered', outcome , -1 AS n, -(0) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('competitors.encounter', owners);\nEND IF;\nRETURN NULL;\n", hash='c0b9a50528f298a8b1cbe6830e88c3f38bbd73c1', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_tally_changed_fa395', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='competitors_encounter', when='AFTER')), pgtrigger.compiler.Trigger(name='same_customer', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF TG_OP = 'UPDATE' AND (NEW.customer_id, NEW.contract_id)\n    IS NOT DISTINCT FROM (OLD.customer_id, OLD.contract_id)\nTHEN\n    RETURN NEW;\nEND IF;\nIF NEW.contract_id IS NOT NULL AND NOT EXISTS (\n    SELECT FROM contracts_contract\n    WHERE id = NEW.contract_id AND customer_id = NEW.customer_id\n) THEN\n    RAISE EXCEPTION 'the contract belongs to another customer'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'encounter_contract';\nEND IF;\nRETURN NEW;\n", hash='3e9be93d787652cb94e6c952ad68f3532ac54063', operation='INSERT OR UPDATE OF "customer_id", "contract_id"', pgid='pgtrigger_same_customer_54fe3', table='competitors_encounter', when='BEFORE'))],
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='NewsItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted at')),
                ('registration', models.CharField(choices=[('reported', 'reported'), ('registered', 'registered'), ('returned', 'returned')], default='reported', editable=False, max_length=10, verbose_name='registration')),
                ('registered_at', models.DateTimeField(editable=False, null=True, verbose_name='registered at')),
                ('return_reason', models.CharField(blank=True, editable=False, max_length=500, verbose_name='reason of return')),
                ('title', models.CharField(max_length=200, verbose_name='news title')),
                ('importance', models.CharField(choices=[('high', 'high'), ('normal', 'normal'), ('low', 'low')], default='normal', max_length=10, verbose_name='importance')),
                ('source', models.CharField(blank=True, max_length=200, verbose_name='news source')),
                ('link', models.CharField(blank=True, max_length=500, validators=[crm.validators.validate_http_url], verbose_name='link')),
                ('published_on', models.DateField(default=django.utils.timezone.localdate, validators=[crm.validators.validate_business_date], verbose_name='published on')),
                ('summary', models.TextField(blank=True, max_length=2000, verbose_name='summary')),
                ('body', models.TextField(blank=True, max_length=50000, verbose_name='news text')),
                ('valid_until', models.DateField(blank=True, null=True, validators=[crm.validators.validate_business_date], verbose_name='valid until')),
                ('search_text', crm.fields.DerivedTextField(default='', editable=False, method='text_to_search')),
                ('search_pinyin', crm.fields.DerivedTextField(default='', editable=False, method='pinyin_to_search')),
                ('category', crm.models.dictionaries.DictionaryField(blank=True, kind='news_category', limit_choices_to=models.Q(('kind', 'news_category')), null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.dictionaryitem', verbose_name='news category')),
                ('changed_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                ('deleted_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deleted by')),
                ('entered_by', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.region', verbose_name='region')),
                ('registered_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='registered by')),
                ('reporter', models.ForeignKey(blank=True, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reporter')),
            ],
            options={
                'verbose_name': 'industry news item',
                'verbose_name_plural': 'industry news',
                'ordering': ('-created_at', '-pk'),
                'abstract': False,
                'default_permissions': (),
                'base_manager_name': 'everything',
                'indexes': [models.Index(fields=['-published_on', '-id'], name='news_published'), models.Index(fields=['-created_at', '-id'], name='news_created'), models.Index(condition=models.Q(('registration', 'registered'), _negated=True), fields=['reporter'], name='news_reported'), models.Index(condition=models.Q(('registration', 'registered'), _negated=True), fields=['entered_by'], name='news_typed'), models.Index(condition=models.Q(('deleted_at', None), ('registration', 'reported')), fields=['created_at', 'id'], include=('owner',), name='news_awaited'), django.contrib.postgres.indexes.GinIndex(crm.queries.search.Grams('search_text'), name='news_text'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_pinyin', name='gin_trgm_ops'), name='news_pinyin'), django.contrib.postgres.indexes.GinIndex(crm.queries.search.Grams(crm.queries.search.Part('search_pinyin', 1)), name='news_pairs')],
                'constraints': [models.CheckConstraint(condition=models.Q(('registration__in', ['reported', 'registered', 'returned'])), name='news_registration_known'), models.CheckConstraint(condition=models.Q(models.Q(('registration', 'returned'), _negated=True), models.Q(('return_reason', ''), _negated=True), _connector='OR'), name='news_return_has_reason'), models.CheckConstraint(condition=models.Q(models.Q(('registration', 'registered'), _negated=True), models.Q(('registered_at__isnull', False), ('registered_by__isnull', False)), _connector='OR'), name='news_registration_signed'), models.CheckConstraint(condition=models.Q(('importance__in', ('high', 'normal', 'low'))), name='news_importance_known'), models.CheckConstraint(condition=models.Q(('published_on__range', (datetime.date(1990, 1, 1), datetime.date(2100, 12, 31)))), name='news_published_sensible'), models.CheckConstraint(condition=models.Q(('valid_until', None), models.Q(('valid_until__gte', models.F('published_on')), ('valid_until__lte', datetime.date(2100, 12, 31))), _connector='OR'), name='news_valid_after_published', violation_error_message='It cannot lose its validity before it is published.'), models.CheckConstraint(condition=models.Q(('link', ''), ('link__iregex', '^https?://'), _connector='OR'), name='news_link_is_web_address')],
                'triggers': [pgtrigger.compiler.Trigger(name='stamped', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE old_row jsonb := to_jsonb(OLD); new_row jsonb;', func="\nnew_row := to_jsonb(NEW);\nIF (old_row -> 'id', old_row -> 'number', old_row -> 'created_at', old_row -> 'entered_by_id') IS DISTINCT FROM (new_row -> 'id', new_row -> 'number', new_row -> 'created_at', new_row -> 'entered_by_id') THEN\n    RAISE EXCEPTION 'where a row comes from never changes'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'origin_kept';\nEND IF;\nIF new_row - '{version,changed_at,changed_by_id,search_text,search_pinyin}'::text[] IS DISTINCT FROM\n    old_row - '{version,changed_at,changed_by_id,search_text,search_pinyin}'::text[] THEN\n    NEW.version := OLD.version + 1;\n    NEW.changed_at := clock_timestamp();\n    NEW.changed_by_id := coalesce(\n        nullif(current_setting('crm.actor', true), '')::bigint, NEW.changed_by_id\n    );\nELSIF pg_trigger_depth() = 1 THEN\n    NEW.version := OLD.version;\n    NEW.changed_at := OLD.changed_at;\n    NEW.changed_by_id := OLD.changed_by_id;\nEND IF;\nRETURN NEW;\n", hash='061c1db3591a4d698686b588f4f4d18281718523', operation='UPDATE', pgid='pgtrigger_stamped_c9bbe', table='competitors_newsitem', when='BEFORE')), pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'competitors.newsitem', 'title', '{version,changed_at,changed_by_id,search_text,search_pinyin}', 'competitors.newsitem', 'id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='f42ae48fb03d723c20111279cfd1b1a4f414406a', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_8a1fc', table='competitors_newsitem', when='AFTER')), pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='5e915696a9a9a1fc48c9185542d5c6f20192c0ef', operation='DELETE', pgid='pgtrigger_never_deleted_997e2', table='competitors_newsitem', when='BEFORE')), pgtrigger.compiler.Trigger(name='unused', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE child regclass; link name; is_used boolean;', func="\nIF OLD.deleted_at IS NOT NULL OR NEW.deleted_at IS NULL THEN\n    RETURN NEW;\nEND IF;\nEXECUTE format('SELECT FROM %s WHERE id = $1 FOR UPDATE', TG_RELID::regclass)\nUSING NEW.id;\nFOR child, link IN\n    SELECT conrelid::regclass, attname\n    FROM pg_constraint JOIN pg_attribute\n        ON attrelid = conrelid AND attnum = conkey[1]\n    WHERE contype = 'f' AND confrelid = TG_RELID AND EXISTS (\n        SELECT FROM pg_attribute AS gone\n        WHERE gone.attrelid = conrelid AND gone.attname = 'deleted_at'\n    )\nLOOP\n    EXECUTE format(\n        'SELECT EXISTS (SELECT FROM %s WHERE %I = $1 AND deleted_at IS NULL)',\n        child, link\n    ) INTO is_used USING NEW.id;\n    IF is_used THEN\n        RAISE EXCEPTION 'rows of % refer to this one', child\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'in_use';\n    END IF;\nEND LOOP;\nRETURN NEW;\n", hash='b1c20644b6f702fc292cd53a90b05774e9cb0407', operation='UPDATE OF "deleted_at"', pgid='pgtrigger_unused_681bb', table='competitors_newsitem', when='BEFORE')), pgtrigger.compiler.Trigger(name='options_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE chosen bigint[]; still bigint;', func="\nSELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (\n    SELECT option.after FROM new_rows AS after\n    CROSS JOIN LATERAL (VALUES (NULL::bigint, after.category_id)) AS option (before, after)\n    WHERE option.after IS DISTINCT FROM option.before\n);\nIF chosen IS NULL THEN\n    RETURN NULL;\nEND IF;\nSELECT count(*) INTO still FROM (\n    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active\n    ORDER BY id FOR KEY SHARE\n) AS held;\nIF still < cardinality(chosen) THEN\n    RAISE EXCEPTION 'an option was replaced meanwhile'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';\nEND IF;\nRETURN NULL;\n", hash='3c5493de2bde5314d1bb5d208217ead5a693d4e8', level='STATEMENT', operation='INSERT', pgid='pgtrigger_options_new_c8c87', referencing='REFERENCING NEW TABLE AS new_rows ', table='competitors_newsitem', when='AFTER')), pgtrigger.compiler.Trigger(name='options_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE chosen bigint[]; still bigint;', func="\nSELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (\n    SELECT option.after FROM new_rows AS after JOIN old_rows AS before ON before.id = after.id\n    CROSS JOIN LATERAL (VALUES (before.category_id, after.category_id)) AS option (before, after)\n    WHERE option.after IS DISTINCT FROM option.before\n);\nIF chosen IS NULL THEN\n    RETURN NULL;\nEND IF;\nSELECT count(*) INTO still FROM (\n    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active\n    ORDER BY id FOR KEY SHARE\n) AS held;\nIF still < cardinality(chosen) THEN\n    RAISE EXCEPTION 'an option was replaced meanwhile'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';\nEND IF;\nRETURN NULL;\n", hash='b5af27ab540434444ef3ee6c5c2de2be85a4dbcb', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_options_changed_0d76d', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='competitors_newsitem', when='AFTER'))],
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='NewsCompetitor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('competitor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='news_links', to='competitors.competitor', verbose_name='competitors concerned')),
                ('news', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='competitors.newsitem')),
            ],
            options={
                'verbose_name': 'industry news item',
                'verbose_name_plural': 'industry news',
                'abstract': False,
                'default_permissions': (),
                'base_manager_name': 'everything',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(models.F('news'), models.F('competitor'), name='news_competitor_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'competitors.newscompetitor', '', '{version,changed_at,changed_by_id,news_id}', 'competitors.newsitem', 'news_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='963dbe7b4260cd7a65c8f08d46e9468dc8116d22', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_855bc', table='competitors_newscompetitor', when='AFTER')), pgtrigger.compiler.Trigger(name='touches', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE part jsonb := to_jsonb(coalesce(NEW, OLD)); actor bigint := nullif(current_setting('crm.actor', true), '');", func="\nUPDATE competitors_newsitem SET\n    version = version + 1,\n    changed_at = clock_timestamp(),\n    changed_by_id = coalesce(actor, changed_by_id)\nWHERE id = (part ->> 'news_id')::bigint;\nRETURN NULL;\n", hash='46d1db6b5019fe13de973f4f9759c3f11800ed32', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_touches_10fc4', table='competitors_newscompetitor', when='AFTER'))],
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
                ('objects', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='NewsCustomer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='news_links', to='customers.customer', verbose_name='customers concerned')),
                ('news', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='competitors.newsitem')),
            ],
            options={
                'verbose_name': 'industry news item',
                'verbose_name_plural': 'industry news',
                'abstract': False,
                'default_permissions': (),
                'base_manager_name': 'everything',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(models.F('news'), models.F('customer'), name='news_customer_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'competitors.newscustomer', '', '{version,changed_at,changed_by_id,news_id}', 'competitors.newsitem', 'news_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='0252df8d92027cb1aca0aa0a55b41e253f36926d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_8fff7', table='competitors_newscustomer', when='AFTER')), pgtrigger.compiler.Trigger(name='touches', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE part jsonb := to_jsonb(coalesce(NEW, OLD)); actor bigint := nullif(current_setting('crm.actor', true), '');", func="\nUPDATE competitors_newsitem SET\n    version = version + 1,\n    changed_at = clock_timestamp(),\n    changed_by_id = coalesce(actor, changed_by_id)\nWHERE id = (part ->> 'news_id')::bigint;\nRETURN NULL;\n", hash='bd4ba43433393ab830b4d529251d1b31b36a9ea3', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_touches_3fd74', table='competitors_newscustomer', when='AFTER'))],
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
                ('objects', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='NewsIndustry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.dictionaryitem', verbose_name='industries')),
                ('news', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='competitors.newsitem')),
            ],
            options={
                'verbose_name': 'industry news item',
                'verbose_name_plural': 'industry news',
                'abstract': False,
                'default_permissions': (),
                'base_manager_name': 'everything',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(models.F('news'), models.F('item'), name='news_industry_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'competitors.newsindustry', '', '{version,changed_at,changed_by_id,news_id}', 'competitors.newsitem', 'news_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='3d9dd2278a4baf7b5a9c9c0be434180db9f5173d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_9dae7', table='competitors_newsindustry', when='AFTER')), pgtrigger.compiler.Trigger(name='touches', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE part jsonb := to_jsonb(coalesce(NEW, OLD)); actor bigint := nullif(current_setting('crm.actor', true), '');", func="\nUPDATE competitors_newsitem SET\n    version = version + 1,\n    changed_at = clock_timestamp(),\n    changed_by_id = coalesce(actor, changed_by_id)\nWHERE id = (part ->> 'news_id')::bigint;\nRETURN NULL;\n", hash='153342d5ee595ce9fc576c471654910a33a8cdee', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_touches_1e605', table='competitors_newsindustry', when='AFTER')), pgtrigger.compiler.Trigger(name='options_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE chosen bigint[]; still bigint;', func="\nSELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (\n    SELECT option.after FROM new_rows AS after\n    CROSS JOIN LATERAL (VALUES (NULL::bigint, after.item_id)) AS option (before, after)\n    WHERE option.after IS DISTINCT FROM option.before\n);\nIF chosen IS NULL THEN\n    RETURN NULL;\nEND IF;\nSELECT count(*) INTO still FROM (\n    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active\n    ORDER BY id FOR KEY SHARE\n) AS held;\nIF still < cardinality(chosen) THEN\n    RAISE EXCEPTION 'an option was replaced meanwhile'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';\nEND IF;\nRETURN NULL;\n", hash='bd8791b55e20b31e78ed5fa60bd59baaac28f640', level='STATEMENT', operation='INSERT', pgid='pgtrigger_options_new_24a2a', referencing='REFERENCING NEW TABLE AS new_rows ', table='competitors_newsindustry', when='AFTER')), pgtrigger.compiler.Trigger(name='options_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE chosen bigint[]; still bigint;', func="\nSELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (\n    SELECT option.after FROM new_rows AS after JOIN old_rows AS before ON before.id = after.id\n    CROSS JOIN LATERAL (VALUES (before.item_id, after.item_id)) AS option (before, after)\n    WHERE option.after IS DISTINCT FROM option.before\n);\nIF chosen IS NULL THEN\n    RETURN NULL;\nEND IF;\nSELECT count(*) INTO still FROM (\n    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active\n    ORDER BY id FOR KEY SHARE\n) AS held;\nIF still < cardinality(chosen) THEN\n    RAISE EXCEPTION 'an option was replaced meanwhile'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';\nEND IF;\nRETURN NULL;\n", hash='baf4df47ae20181a2a7311aaca9fe4e4fa01be98', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_options_changed_41532', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='competitors_newsindustry', when='AFTER'))],
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
                ('objects', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='NewsAttachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='file name')),
                ('sha256', models.CharField(editable=False, max_length=64)),
                ('size', models.PositiveBigIntegerField(editable=False, verbose_name='size')),
                ('content_type', models.CharField(editable=False, max_length=100, verbose_name='file type')),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='uploaded at')),
                ('uploaded_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='competitors.newsitem')),
            ],
            options={
                'verbose_name': 'attachment',
                'verbose_name_plural': 'attachments',
                'ordering': ('pk',),
                'abstract': False,
                'default_permissions': (),
                'triggers': [pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'competitors.newsattachment', 'name', '{version,changed_at,changed_by_id}', 'competitors.newsitem', 'record_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='bbd46ba32801460678fabfa4ec5afad8930bcdff', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_648f1', table='competitors_newsattachment', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='NewsProduct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('news', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='competitors.newsitem')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='news_links', to='contracts.product', verbose_name='products concerned')),
            ],
            options={
                'verbose_name': 'industry news item',
                'verbose_name_plural': 'industry news',
                'abstract': False,
                'default_permissions': (),
                'base_manager_name': 'everything',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(models.F('news'), models.F('product'), name='news_product_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'competitors.newsproduct', '', '{version,changed_at,changed_by_id,news_id}', 'competitors.newsitem', 'news_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='679ce0617a591903b932c6c285e6801731bbf59a', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_62c0e', table='competitors_newsproduct', when='AFTER')), pgtrigger.compiler.Trigger(name='touches', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE part jsonb := to_jsonb(coalesce(NEW, OLD)); actor bigint := nullif(current_setting('crm.actor', true), '');", func="\nUPDATE competitors_newsitem SET\n    version = version + 1,\n    changed_at = clock_timestamp(),\n    changed_by_id = coalesce(actor, changed_by_id)\nWHERE id = (part ->> 'news_id')::bigint;\nRETURN NULL;\n", hash='71a8591ff0020b769b97e4844462dbaa82ab098b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_touches_066df', table='competitors_newsproduct', when='AFTER'))],
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
                ('objects', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='NewsRead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('news', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='competitors.newsitem')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(models.F('user'), models.F('news'), name='news_read_once')],
            },
        ),
        migrations.AddField(
            model_name='newsitem',
            name='products',
            field=models.ManyToManyField(blank=True, related_name='news', through='competitors.NewsProduct', to='contracts.product', verbose_name='products concerned'),
        ),
        migrations.AddField(
            model_name='newsitem',
            name='competitors',
            field=models.ManyToManyField(blank=True, related_name='news', through='competitors.NewsCompetitor', to='competitors.competitor', verbose_name='competitors concerned'),
        ),
        migrations.AddField(
            model_name='newsitem',
            name='customers',
            field=models.ManyToManyField(blank=True, related_name='news', through='competitors.NewsCustomer', to='customers.customer', verbose_name='customers concerned'),
        ),
        migrations.AddField(
            model_name='newsitem',
            name='industries',
            field=models.ManyToManyField(blank=True, limit_choices_to=models.Q(('kind', 'industry')), related_name='+', through='competitors.NewsIndustry', to='crm.dictionaryitem', verbose_name='industries'),
        ),
    ]
