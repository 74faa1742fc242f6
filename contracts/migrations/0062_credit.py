"""Credit: what customers owe, how far they are trusted, what rules may ask of it."""

from importlib import import_module

import contracts.models.credit
import contracts.models.four_eyes
import crm.fields
import crm.models.dictionaries
import crm.queries.search
import crm.validators
import datetime
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

FUNCTIONS = """
CREATE SEQUENCE contracts_assessment_number;
CREATE FUNCTION contracts_next_assessment() RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    n text := nextval('contracts_assessment_number')::text;
BEGIN
    RETURN 'XY' || lpad(n, greatest(6, length(n)), '0');
END $$;

-- What a customer owes and is to owe, but for a contract: what is unpaid of contracts
-- in force or completed, what waits to be approved; what is overdue, of all contracts,
-- and for how many days the payment that is due longest.
CREATE FUNCTION contracts_credit(
    whose bigint, without bigint,
    OUT unpaid numeric, OUT pending numeric,
    OUT overdue numeric, OUT overdue_days int
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
WITH today AS (SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date AS day),
own AS (
    SELECT c.id, c.status, c.amount, c.unpaid, c.next_due_on
    FROM contracts_contract c
    WHERE c.customer_id = whose AND c.deleted_at IS NULL
),
late AS (
    SELECT sum(i.amount - i.paid) AS owed, max(today.day - i.due_on) AS days
    FROM own CROSS JOIN today
    JOIN contracts_instalment i ON i.contract_id = own.id
    WHERE own.next_due_on < today.day AND i.due_on < today.day AND i.paid < i.amount
)
SELECT
    coalesce((
        SELECT sum(own.unpaid) FROM own WHERE own.id IS DISTINCT FROM without
    ), 0),
    coalesce((
        SELECT sum(own.amount) FROM own
        WHERE own.status = 'pending' AND own.id IS DISTINCT FROM without
    ), 0) + coalesce((
        SELECT sum(CASE WHEN c.customer_id = whose THEN greatest(a.amount - c.amount, 0)
            ELSE a.amount - c.received END)
        FROM contracts_amendment a JOIN contracts_contract c ON c.id = a.contract_id
        WHERE a.customer_id = whose AND a.state = 'pending' AND c.deleted_at IS NULL
            AND c.id IS DISTINCT FROM without
    ), 0),
    coalesce(late.owed, 0), coalesce(late.days, 0)
FROM late
$$;

-- What the customer of a contract, or of a change to it, owes beside that; of a
-- contract alone, the change that waits to be approved.
CREATE FUNCTION contracts_credit_beside(contract bigint, change bigint) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
SELECT jsonb_build_object(
    'unpaid', k.unpaid, 'pending', k.pending, 'overdue', k.overdue,
    'overdue_days', k.overdue_days, 'limit', u.credit_limit
)
FROM contracts_contract c
LEFT JOIN contracts_amendment a ON a.contract_id = c.id
    AND (a.id = change OR change IS NULL AND a.state = 'pending')
JOIN customers_customer u ON u.id = coalesce(a.customer_id, c.customer_id)
CROSS JOIN contracts_credit(u.id, c.id) AS k
WHERE c.id = contract
$$;
"""
GONE = """
DROP FUNCTION contracts_credit_beside(bigint, bigint);
DROP FUNCTION contracts_credit(bigint, bigint);
DROP FUNCTION contracts_next_assessment();
DROP SEQUENCE contracts_assessment_number;
"""
BEFORE = import_module("contracts.migrations.0031_conditions_of_rules").FUNCTIONS
FACTS = BEFORE[: BEFORE.index("$$;") + 3]
BEFORE = FACTS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
#: What a contract says gets beside it what its customer would owe with it.
FACTS = BEFORE.replace(
    """
FROM jsonb_populate_record(NULL::contracts_contract, said) AS c
""",
    """ || (
    SELECT jsonb_build_object(
        'credit.exposure', k.exposure,
        'credit.over', CASE WHEN u.credit_limit IS NOT NULL
            THEN greatest(k.exposure - u.credit_limit, 0) END,
        'credit.overdue', k.overdue,
        'credit.overdue_days', k.overdue_days
    )
    FROM (
        SELECT owed.unpaid + owed.pending
            + coalesce(c.amount, 0) - coalesce(c.received, 0) AS exposure,
            owed.overdue, owed.overdue_days
        FROM contracts_credit(c.customer_id, c.id) AS owed
    ) AS k
)
FROM jsonb_populate_record(NULL::contracts_contract, said) AS c
""",
)


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0061_one_file_trigger'),
        ('crm', '0031_department_stays'),
        ('customers', '0035_credit_left'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, GONE),
        migrations.RunSQL(FACTS, BEFORE),
        migrations.CreateModel(
            name='CreditAssessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted at')),
                ('registration', models.CharField(choices=[('reported', 'reported'), ('registered', 'registered'), ('returned', 'returned')], default='reported', editable=False, max_length=10, verbose_name='registration')),
                ('registered_at', models.DateTimeField(editable=False, null=True, verbose_name='registered at')),
                ('return_reason', models.CharField(blank=True, editable=False, max_length=500, verbose_name='reason of return')),
                ('number', models.CharField(db_default=models.Func(function='contracts_next_assessment'), editable=False, max_length=20, unique=True, verbose_name='assessment number')),
                ('limit', models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1000000000000000)], verbose_name='credit limit (CNY)')),
                ('assessed_on', models.DateField(default=django.utils.timezone.localdate, editable=False, validators=[crm.validators.validate_day_of_deed], verbose_name='assessed on')),
                ('valid_until', models.DateField(default=contracts.models.credit.holds_until, validators=[crm.validators.validate_business_date], verbose_name='holds until')),
                ('reason', models.TextField(max_length=5000, verbose_name='reasons')),
                ('basis', models.JSONField(default=dict, editable=False, verbose_name='basis')),
                ('status', models.CharField(choices=[('proposed', 'awaiting confirmation'), ('confirmed', 'confirmed'), ('rejected', 'rejected')], default='proposed', editable=False, max_length=10, verbose_name='assessment status')),
                ('rejection', models.CharField(blank=True, editable=False, max_length=500, verbose_name='reason of rejection')),
                ('decided_at', models.DateTimeField(editable=False, null=True, verbose_name='decided at')),
                ('search_text', crm.fields.DerivedTextField(default='', editable=False, method='text_to_search')),
                ('search_pinyin', crm.fields.DerivedTextField(default='', editable=False, method='pinyin_to_search')),
            ],
            options={
                'verbose_name': 'credit assessment',
                'verbose_name_plural': 'credit assessments',
                'ordering': ('-created_at', '-pk'),
                'abstract': False,
                'default_permissions': (),
                'base_manager_name': 'everything',
            },
            bases=(contracts.models.four_eyes.FourEyes, models.Model),
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='CreditAssessmentAttachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='file name')),
                ('sha256', models.CharField(editable=False, max_length=64)),
                ('size', models.PositiveBigIntegerField(editable=False, verbose_name='size')),
                ('content_type', models.CharField(editable=False, max_length=100, verbose_name='file type')),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='uploaded at')),
            ],
            options={
                'verbose_name': 'attachment',
                'verbose_name_plural': 'attachments',
                'ordering': ('pk',),
                'abstract': False,
                'default_permissions': (),
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='instalment',
            name='frozen',
        ),
        migrations.AddField(
            model_name='round',
            name='credit',
            field=models.JSONField(editable=False, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='instalment',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE actor bigint := nullif(current_setting('crm.actor', true), ''); stands record;", func="\n            IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - '{paid}'::text[]\n    = to_jsonb(NEW) - '{paid}'::text[] THEN\n                RETURN NEW;\n            END IF;\n            IF TG_OP = 'UPDATE' AND NEW.contract_id <> OLD.contract_id THEN\n                PERFORM contracts_refuse('instalment_frozen', 'it never moves');\n            END IF;\n            SELECT status, amendment_state INTO stands FROM contracts_contract\n            WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.contract_id\n                ELSE NEW.contract_id END\n            FOR NO KEY UPDATE;\n            IF stands.status NOT IN ('draft', 'reported', 'rejected', 'recalled') AND (\n                stands.status <> 'registered'\n                OR stands.amendment_state IN ('reported', 'pending')\n            ) THEN\n                PERFORM contracts_refuse('instalment_frozen', 'the plan is frozen');\n            END IF;\n            IF TG_OP <> 'INSERT' AND stands.status = 'registered'\n                AND OLD.paid < OLD.amount AND OLD.due_on\n                    < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date\n                AND actor IS NOT NULL\n                AND NOT crm_holds(actor, 'contracts.approve_contract') THEN\n                IF TG_OP = 'DELETE' OR NEW.due_on > OLD.due_on\n                    OR NEW.amount < OLD.amount THEN\n                    PERFORM contracts_refuse('instalment_overdue', 'it is overdue');\n                END IF;\n            END IF;\n            IF TG_OP = 'DELETE' THEN\n                RETURN OLD;\n            END IF;\n            RETURN NEW;\n        ", hash='d3b5e712a8e67f3730e5d5b7c743744e5ceea1d4', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_frozen_04fdc', table='contracts_instalment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='round',
            trigger=pgtrigger.compiler.Trigger(name='credit_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n        NEW.credit := contracts_credit_beside(NEW.contract_id, NEW.amendment_id);\n        RETURN NEW;\n        ', hash='b0e5788701222084f90a60fd1e3a35fa769bdcac', operation='INSERT', pgid='pgtrigger_credit_kept_c590b', table='contracts_round', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='creditassessment',
            name='changed_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by'),
        ),
        migrations.AddField(
            model_name='creditassessment',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credit_assessments', to='customers.customer', verbose_name='customer'),
        ),
        migrations.AddField(
            model_name='creditassessment',
            name='customer_owner',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner of the customer'),
        ),
        migrations.AddField(
            model_name='creditassessment',
            name='decided_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='creditassessment',
            name='deleted_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deleted by'),
        ),
        migrations.AddField(
            model_name='creditassessment',
            name='edited_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='content last edited by'),
        ),
        migrations.AddField(
            model_name='creditassessment',
            name='entered_by',
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by'),
        ),
        migrations.AddField(
            model_name='creditassessment',
            name='grade',
            field=crm.models.dictionaries.DictionaryField(blank=True, kind='credit_grade', limit_choices_to=models.Q(('kind', 'credit_grade')), null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.dictionaryitem', verbose_name='credit grade'),
        ),
        migrations.AddField(
            model_name='creditassessment',
            name='owner',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner'),
        ),
        migrations.AddField(
            model_name='creditassessment',
            name='registered_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='registered by'),
        ),
        migrations.AddField(
            model_name='creditassessment',
            name='reporter',
            field=models.ForeignKey(blank=True, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reporter'),
        ),
        migrations.AddField(
            model_name='creditassessmentattachment',
            name='record',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='contracts.creditassessment'),
        ),
        migrations.AddField(
            model_name='creditassessmentattachment',
            name='uploaded_by',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by'),
        ),
        migrations.AddIndex(
            model_name='creditassessment',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['created_at', 'id'], include=('owner', 'customer_owner', 'registration'), name='credit_created'),
        ),
        migrations.AddIndex(
            model_name='creditassessment',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['changed_at', 'id'], include=('owner', 'customer_owner', 'registration'), name='credit_changed'),
        ),
        migrations.AddIndex(
            model_name='creditassessment',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['limit', 'id'], include=('owner', 'customer_owner', 'registration'), name='credit_limit'),
        ),
        migrations.AddIndex(
            model_name='creditassessment',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['valid_until', 'id'], include=('owner', 'customer_owner', 'registration'), name='credit_until'),
        ),
        migrations.AddIndex(
            model_name='creditassessment',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['number', 'id'], include=('owner', 'customer_owner', 'registration'), name='credit_no'),
        ),
        migrations.AddIndex(
            model_name='creditassessment',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['status', 'created_at', 'id'], include=('owner', 'customer_owner', 'registration'), name='credit_status'),
        ),
        migrations.AddIndex(
            model_name='creditassessment',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['owner', 'created_at', 'id'], include=('customer_owner', 'registration'), name='credit_owner'),
        ),
        migrations.AddIndex(
            model_name='creditassessment',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['customer_owner', 'created_at', 'id'], include=('owner', 'registration'), name='credit_customer_owner'),
        ),
        migrations.AddIndex(
            model_name='creditassessment',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['customer', 'created_at', 'id'], include=('owner', 'customer_owner', 'registration'), name='credit_customer'),
        ),
        migrations.AddIndex(
            model_name='creditassessment',
            index=models.Index(condition=models.Q(('deleted_at', None), models.Q(('owner', models.F('customer_owner')), _negated=True)), fields=['owner'], include=('customer',), name='credit_elsewhere'),
        ),
        migrations.AddIndex(
            model_name='creditassessment',
            index=models.Index(condition=models.Q(('registration', 'registered'), _negated=True), fields=['reporter'], name='credit_reported'),
        ),
        migrations.AddIndex(
            model_name='creditassessment',
            index=models.Index(condition=models.Q(('registration', 'registered'), _negated=True), fields=['entered_by'], name='credit_typed'),
        ),
        migrations.AddIndex(
            model_name='creditassessment',
            index=models.Index(condition=models.Q(('deleted_at', None), ('registration', 'reported')), fields=['created_at', 'id'], include=('owner', 'customer_owner'), name='credit_awaited'),
        ),
        migrations.AddIndex(
            model_name='creditassessment',
            index=models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at', 'id'], include=('owner', 'customer_owner', 'registration'), name='credit_deleted'),
        ),
        migrations.AddIndex(
            model_name='creditassessment',
            index=django.contrib.postgres.indexes.GinIndex(crm.queries.search.Grams('search_text'), name='credit_text'),
        ),
        migrations.AddIndex(
            model_name='creditassessment',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_pinyin', name='gin_trgm_ops'), name='credit_pinyin'),
        ),
        migrations.AddIndex(
            model_name='creditassessment',
            index=django.contrib.postgres.indexes.GinIndex(crm.queries.search.Grams(crm.queries.search.Part('search_pinyin', 1)), name='credit_pairs'),
        ),
        migrations.AddConstraint(
            model_name='creditassessment',
            constraint=models.CheckConstraint(condition=models.Q(('registration__in', ['reported', 'registered', 'returned'])), name='creditassessment_registration_known'),
        ),
        migrations.AddConstraint(
            model_name='creditassessment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('registration', 'returned'), _negated=True), models.Q(('return_reason', ''), _negated=True), _connector='OR'), name='creditassessment_return_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='creditassessment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('registration', 'registered'), _negated=True), models.Q(('registered_at__isnull', False), ('registered_by__isnull', False)), _connector='OR'), name='creditassessment_registration_signed'),
        ),
        migrations.AddConstraint(
            model_name='creditassessment',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ('proposed', 'confirmed', 'rejected'))), name='assessment_status_known'),
        ),
        migrations.AddConstraint(
            model_name='creditassessment',
            constraint=models.CheckConstraint(condition=models.Q(('limit', None), models.Q(('limit__gte', 0), ('limit__lte', 1000000000000000)), _connector='OR'), name='assessment_limit_in_bounds'),
        ),
        migrations.AddConstraint(
            model_name='creditassessment',
            constraint=models.CheckConstraint(condition=models.Q(('assessed_on__range', (datetime.date(1990, 1, 1), datetime.date(2100, 12, 31))), ('valid_until__range', (datetime.date(1990, 1, 1), datetime.date(2100, 12, 31)))), name='assessment_days_in_bounds'),
        ),
        migrations.AddConstraint(
            model_name='creditassessment',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('assessed_on'))), name='assessment_ends_after_it_began', violation_error_message='It holds until the day of the assessment on.'),
        ),
        migrations.AddConstraint(
            model_name='creditassessment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'rejected'), _negated=True), models.Q(('rejection', ''), _negated=True), _connector='OR'), name='assessment_rejection_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='creditassessment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', False), ('status', 'confirmed'), ('decided_at__isnull', False), ('deleted_at', None)), models.Q(('status', 'confirmed'), _negated=True), _connector='OR'), name='assessment_confirmed_stays'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditassessment',
            trigger=pgtrigger.compiler.Trigger(name='stamped', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE old_row jsonb := to_jsonb(OLD); new_row jsonb;', func="\nnew_row := to_jsonb(NEW);\nIF (old_row -> 'id', old_row -> 'number', old_row -> 'created_at', old_row -> 'entered_by_id') IS DISTINCT FROM (new_row -> 'id', new_row -> 'number', new_row -> 'created_at', new_row -> 'entered_by_id') THEN\n    RAISE EXCEPTION 'where a row comes from never changes'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'origin_kept';\nEND IF;\nIF new_row - '{version,changed_at,changed_by_id,customer_owner_id,edited_by_id,basis,search_text,search_pinyin}'::text[] IS DISTINCT FROM\n    old_row - '{version,changed_at,changed_by_id,customer_owner_id,edited_by_id,basis,search_text,search_pinyin}'::text[] THEN\n    NEW.version := OLD.version + 1;\n    NEW.changed_at := clock_timestamp();\n    NEW.changed_by_id := coalesce(\n        nullif(current_setting('crm.actor', true), '')::bigint, NEW.changed_by_id\n    );\nELSIF pg_trigger_depth() = 1 THEN\n    NEW.version := OLD.version;\n    NEW.changed_at := OLD.changed_at;\n    NEW.changed_by_id := OLD.changed_by_id;\nEND IF;\nRETURN NEW;\n", hash='4f5598be7cef0c6e64487915d219db10e6b350be', operation='UPDATE', pgid='pgtrigger_stamped_c492a', table='contracts_creditassessment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditassessment',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'contracts.creditassessment', 'number', '{version,changed_at,changed_by_id,customer_owner_id,edited_by_id,basis,search_text,search_pinyin}', 'contracts.creditassessment', 'id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='45b293829552065ecfaa03c4f36b8c805c6b2597', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_03b2c', table='contracts_creditassessment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditassessment',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF OLD.deleted_at < now() - interval '30 days' AND current_setting('crm.verb', true) = 'purged' THEN RETURN OLD; END IF; RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='fb73f966e9ce6bc0ff9849fec36387b0b7e192e7', operation='DELETE', pgid='pgtrigger_never_deleted_0fed7', table='contracts_creditassessment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditassessment',
            trigger=pgtrigger.compiler.Trigger(name='unused', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE child regclass; link name; is_used boolean;', func="\nIF OLD.deleted_at IS NOT NULL OR NEW.deleted_at IS NULL THEN\n    RETURN NEW;\nEND IF;\nEXECUTE format('SELECT FROM %s WHERE id = $1 FOR UPDATE', TG_RELID::regclass)\nUSING NEW.id;\nFOR child, link IN\n    SELECT conrelid::regclass, attname\n    FROM pg_constraint JOIN pg_attribute\n        ON attrelid = conrelid AND attnum = conkey[1]\n    WHERE contype = 'f' AND confrelid = TG_RELID AND EXISTS (\n        SELECT FROM pg_attribute AS gone\n        WHERE gone.attrelid = conrelid AND gone.attname = 'deleted_at'\n    )\nLOOP\n    EXECUTE format(\n        'SELECT EXISTS (SELECT FROM %s WHERE %I = $1 AND deleted_at IS NULL)',\n        child, link\n    ) INTO is_used USING NEW.id;\n    IF is_used THEN\n        RAISE EXCEPTION 'rows of % refer to this one', child\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'in_use';\n    END IF;\nEND LOOP;\nRETURN NEW;\n", hash='d26b3c3c64381a1d1746acf2df456eac3f9bb647', operation='UPDATE OF "deleted_at"', pgid='pgtrigger_unused_a46c3', table='contracts_creditassessment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditassessment',
            trigger=pgtrigger.compiler.Trigger(name='receiver', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF NEW.owner_id IS NOT NULL AND pg_trigger_depth() = 1 AND (true)\n    AND (TG_OP = 'INSERT' OR NEW.owner_id IS DISTINCT FROM OLD.owner_id) THEN\n    PERFORM FROM crm_user WHERE id = NEW.owner_id AND is_active AND (\n        left_on IS NULL OR left_on >= (now() AT TIME ZONE 'Asia/Shanghai')::date\n    ) FOR KEY SHARE;\n    IF NOT FOUND THEN\n        RAISE EXCEPTION 'owner_id is nobody who works here'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'receiver_works_here';\n    END IF;\nEND IF;\n\nIF NEW.reporter_id IS NOT NULL AND pg_trigger_depth() = 1 AND (NEW.registration <> 'registered')\n    AND (TG_OP = 'INSERT' OR NEW.reporter_id IS DISTINCT FROM OLD.reporter_id) THEN\n    PERFORM FROM crm_user WHERE id = NEW.reporter_id AND is_active AND (\n        left_on IS NULL OR left_on >= (now() AT TIME ZONE 'Asia/Shanghai')::date\n    ) FOR KEY SHARE;\n    IF NOT FOUND THEN\n        RAISE EXCEPTION 'reporter_id is nobody who works here'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'receiver_works_here';\n    END IF;\nEND IF;\nRETURN NEW;", hash='f9488d5db77945843a0b0346126cccad2049dc2e', operation='INSERT OR UPDATE OF "owner_id", "reporter_id"', pgid='pgtrigger_receiver_7a0bd', table='contracts_creditassessment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditassessment',
            trigger=pgtrigger.compiler.Trigger(name='number_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF split_part(NEW.search_pinyin, E'\\t', 2) = '' THEN NEW.search_pinyin := regexp_replace(NEW.search_pinyin, E'^([^\\t]*)\\t', E'\\\\1\\t' || lower(regexp_replace(NEW.number, '[^[:alnum:]]', '', 'g'))); END IF; RETURN NEW;", hash='baf39595039549246808948e1aaf171caf6f7340', operation='INSERT', pgid='pgtrigger_number_kept_68795', table='contracts_creditassessment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditassessment',
            trigger=pgtrigger.compiler.Trigger(name='owner_asked', sql=pgtrigger.compiler.UpsertTriggerSql(func='\nSELECT owner_id INTO NEW.customer_owner_id FROM customers_customer\nWHERE id = NEW.customer_id FOR NO KEY UPDATE;\nRETURN NEW;\n', hash='1d1e8e2a2a8c09bee56c604ff44469422368d898', operation='INSERT OR UPDATE OF "customer_id", "customer_owner_id"', pgid='pgtrigger_owner_asked_125c1', table='contracts_creditassessment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditassessment',
            trigger=pgtrigger.compiler.Trigger(name='parents_live', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NEW.deleted_at IS NULL THEN\n    IF NEW.customer_id IS NOT NULL AND (\n        TG_OP = 'INSERT' OR NEW.customer_id IS DISTINCT FROM OLD.customer_id\n        OR OLD.deleted_at IS NOT NULL\n    ) THEN\n        PERFORM FROM customers_customer\n        WHERE id = NEW.customer_id AND deleted_at IS NULL FOR KEY SHARE;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'customer_id leads to a row in the recycle bin'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_lives';\n        END IF;\n    END IF;\nEND IF;\nRETURN NEW;\n", hash='946d3fc0ef63e7297cc434c26c61c227fa87a8aa', operation='INSERT OR UPDATE', pgid='pgtrigger_parents_live_984fa', table='contracts_creditassessment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditassessment',
            trigger=pgtrigger.compiler.Trigger(name='options_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE chosen bigint[]; still bigint;', func="\nSELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (\n    SELECT option.after FROM new_rows AS after\n    CROSS JOIN LATERAL (VALUES (NULL::bigint, after.grade_id)) AS option (before, after)\n    WHERE option.after IS DISTINCT FROM option.before\n);\nIF chosen IS NULL THEN\n    RETURN NULL;\nEND IF;\nSELECT count(*) INTO still FROM (\n    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active\n    ORDER BY id FOR KEY SHARE\n) AS held;\nIF still < cardinality(chosen) THEN\n    RAISE EXCEPTION 'an option was replaced meanwhile'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';\nEND IF;\nRETURN NULL;\n", hash='890325096e3f313596f4d47a6befcb1598f380a7', level='STATEMENT', operation='INSERT', pgid='pgtrigger_options_new_df16f', referencing='REFERENCING NEW TABLE AS new_rows ', table='contracts_creditassessment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditassessment',
            trigger=pgtrigger.compiler.Trigger(name='options_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE chosen bigint[]; still bigint;', func="\nSELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (\n    SELECT option.after FROM new_rows AS after JOIN old_rows AS before ON before.id = after.id\n    CROSS JOIN LATERAL (VALUES (before.grade_id, after.grade_id)) AS option (before, after)\n    WHERE option.after IS DISTINCT FROM option.before\n);\nIF chosen IS NULL THEN\n    RETURN NULL;\nEND IF;\nSELECT count(*) INTO still FROM (\n    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active\n    ORDER BY id FOR KEY SHARE\n) AS held;\nIF still < cardinality(chosen) THEN\n    RAISE EXCEPTION 'an option was replaced meanwhile'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';\nEND IF;\nRETURN NULL;\n", hash='7b11627061aa35c040782b9e2d9b8502771bae45', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_options_changed_21edd', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='contracts_creditassessment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditassessment',
            trigger=pgtrigger.compiler.Trigger(name='tally_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'contracts.creditassessment', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', status , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('contracts.creditassessment', owners);\nEND IF;\nRETURN NULL;\n", hash='a700eea8692bca73ca746ffb87d679d2f63a6ebe', level='STATEMENT', operation='INSERT', pgid='pgtrigger_tally_new_5ffb1', referencing='REFERENCING NEW TABLE AS new_rows ', table='contracts_creditassessment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditassessment',
            trigger=pgtrigger.compiler.Trigger(name='tally_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE owners bigint[];', func="\nWITH news AS (\n    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)\n    SELECT 'contracts.creditassessment', owner, other, registered, state, sum(n), sum(amount)\n    FROM (SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', status , 1 AS n, (0) AS amount FROM new_rows WHERE deleted_at IS NULL UNION ALL SELECT owner_id, coalesce(customer_owner_id, 0)::bigint, registration = 'registered', status , -1 AS n, -(0) AS amount FROM old_rows WHERE deleted_at IS NULL) AS change (owner, other, registered, state, n, amount)\n    GROUP BY owner, other, registered, state\n    HAVING sum(n) <> 0 OR sum(amount) <> 0\n    RETURNING owner_id\n)\nSELECT array_agg(DISTINCT owner_id) INTO owners FROM news;\nIF owners IS NOT NULL THEN\n    PERFORM crm_fold_tally('contracts.creditassessment', owners);\nEND IF;\nRETURN NULL;\n", hash='745e6931d9439ca8138c0d17128b467fccc66490', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_tally_changed_a3650', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='contracts_creditassessment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditassessment',
            trigger=pgtrigger.compiler.Trigger(name='begins', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE actor bigint := nullif(current_setting('crm.actor', true), '');", func="\n        IF NEW.status <> 'proposed' THEN\n            PERFORM contracts_refuse('assessment_edge', 'not confirmed yet');\n        END IF;\n        NEW.edited_by_id := coalesce(actor, NEW.entered_by_id);\n        RETURN NEW;\n        ", hash='ba56a304aba71405eac8f23f611df614b3d758d1', operation='INSERT', pgid='pgtrigger_begins_70b20', table='contracts_creditassessment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditassessment',
            trigger=pgtrigger.compiler.Trigger(name='moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE actor bigint := nullif(current_setting('crm.actor', true), ''); free text[] := '{version,changed_at,changed_by_id,owner_id,customer_owner_id,status,rejection,decided_by_id,decided_at,registration,registered_by_id,registered_at,return_reason,deleted_at,deleted_by_id,search_text,search_pinyin}';", func="\n        IF duplicates_moves(\n            'customers.customer', OLD.customer_id, NEW.customer_id\n        ) THEN\n            free := free || '{customer_id}'::text[];\n        END IF;\n        IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free THEN\n            IF OLD.status = 'confirmed'\n                OR NEW.status NOT IN (OLD.status, 'proposed') THEN\n                PERFORM contracts_refuse('assessment_frozen', 'content is frozen');\n            END IF;\n            NEW.edited_by_id := coalesce(actor, OLD.edited_by_id);\n            NEW.status := 'proposed';\n            NEW.rejection := '';\n        ELSIF (OLD.status, NEW.status) = ('rejected', 'proposed')\n            AND NEW.decided_by_id IS NULL AND NEW.decided_at IS NULL THEN\n            NEW.rejection := '';\n        ELSIF NEW.status = OLD.status AND (\n            NEW.decided_by_id, NEW.decided_at, NEW.rejection\n        ) IS DISTINCT FROM (OLD.decided_by_id, OLD.decided_at, OLD.rejection) THEN\n            PERFORM contracts_refuse('assessment_frozen', 'nothing was decided');\n        ELSIF NEW.status <> OLD.status THEN\n            IF OLD.status <> 'proposed' THEN\n                PERFORM contracts_refuse('assessment_edge', 'no such change of status');\n            END IF;\n            IF NOT crm_holds(actor, 'contracts.confirm_creditassessment') THEN\n            PERFORM contracts_refuse('assessment_right', 'no right to confirm');\n        END IF;\n        IF actor IN (OLD.entered_by_id, OLD.reporter_id, OLD.edited_by_id)\n            OR EXISTS (\n                SELECT FROM crm_historyentry\n                WHERE subject_label = 'contracts.creditassessment' AND subject_id = OLD.id\n                    AND label = 'contracts.creditassessment' AND actor_id = actor\n                    AND verb <> ALL ('{signed_in,signed_out,sign_in_failed,session_ended,password_set,unlocked,second_factor_added,second_factor_removed,exported,downloaded,refused,told_of_customer,asked_owner,entered_all_the_same,brought_back}')\n                    AND changes - '{version,changed_at,changed_by_id,owner_id,customer_owner_id,status,rejection,decided_by_id,decided_at,registration,registered_by_id,registered_at,return_reason,deleted_at,deleted_by_id,search_text,search_pinyin}'::text[]\n                        - CASE WHEN verb IN ('merged', 'unmerged')\n                            THEN 'customer_id' ELSE '' END <> '{}'\n            ) THEN\n            PERFORM contracts_refuse('assessment_four_eyes', 'their own');\n        END IF;\n        IF NEW.status = 'confirmed' THEN\n            IF NEW.registration <> 'registered' THEN\n                PERFORM contracts_refuse('assessment_in_books', 'reported');\n            END IF;\n            NEW.decided_by_id := actor;\n            NEW.decided_at := clock_timestamp();\n        END IF;\n        END IF;\n        RETURN NEW;\n        ", hash='5e923bd3642c293ea28929f879654e16cced4f1b', operation='UPDATE', pgid='pgtrigger_moves_c05d5', table='contracts_creditassessment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditassessmentattachment',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'contracts.creditassessmentattachment', 'name', '{version,changed_at,changed_by_id}', 'contracts.creditassessment', 'record_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='4af327d599e481ff97730f955bcab5d5e86b24ba', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_21fe4', table='contracts_creditassessmentattachment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditassessmentattachment',
            trigger=pgtrigger.compiler.Trigger(name='parents_live', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NEW.record_id IS NOT NULL AND (\n        TG_OP = 'INSERT' OR NEW.record_id IS DISTINCT FROM OLD.record_id\n    ) THEN\n        PERFORM FROM contracts_creditassessment\n        WHERE id = NEW.record_id AND deleted_at IS NULL FOR KEY SHARE;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'record_id leads to a row in the recycle bin'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_lives';\n        END IF;\n    END IF;\nRETURN NEW;\n", hash='fe28b9ac73109391905b92b7f776896cf3c39ec7', operation='INSERT OR UPDATE', pgid='pgtrigger_parents_live_14d04', table='contracts_creditassessmentattachment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditassessmentattachment',
            trigger=pgtrigger.compiler.Trigger(name='files_stay', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE actor bigint := nullif(current_setting('crm.actor', true), '')::bigint;", func="\nIF actor <> OLD.uploaded_by_id AND EXISTS (\n    SELECT FROM contracts_creditassessment\n    WHERE id = OLD.record_id AND status NOT IN ('proposed', 'rejected') FOR NO KEY UPDATE\n) THEN\n    RAISE EXCEPTION 'it was decided with it'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'file_stays';\nEND IF;\nRETURN OLD;\n", hash='3fac5b1f9bcf66e2be9a3b8dfc1532d972c729b1', operation='DELETE', pgid='pgtrigger_files_stay_954a3', table='contracts_creditassessmentattachment', when='BEFORE')),
        ),
    ]
