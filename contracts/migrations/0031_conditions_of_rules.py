"""Approval rules look on any field of a contract, and of its customer."""

from importlib import import_module

import contracts.models.facts
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


FUNCTIONS = """
-- What conditions of rules may ask of what a contract, or a change to it, says: its
-- columns, what its people are called, and its customer. What is not said is empty.
CREATE FUNCTION contracts_facts(said jsonb) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
SELECT to_jsonb(c) || jsonb_build_object(
    'signatory', (SELECT name FROM crm_user WHERE id = c.signatory_id),
    'contact', (SELECT name FROM customers_contact WHERE id = c.contact_id),
    'owner', (SELECT name FROM crm_user WHERE id = c.owner_id),
    'owner.department', (
        SELECT d.path FROM crm_user o JOIN crm_department d ON d.id = o.department_id
        WHERE o.id = c.owner_id
    )
) || (
    SELECT jsonb_object_agg('customer.' || key, value)
    FROM jsonb_each(
        coalesce(
            to_jsonb(u), to_jsonb(jsonb_populate_record(NULL::customers_customer, '{}'))
        ) || jsonb_build_object(
            'region', (SELECT full_name FROM crm_region WHERE code = u.region_id),
            'parent', (SELECT name FROM customers_customer WHERE id = u.parent_id),
            'owner', (SELECT name FROM crm_user WHERE id = u.owner_id)
        )
    )
)
FROM jsonb_populate_record(NULL::contracts_contract, said) AS c
LEFT JOIN customers_customer u ON u.id = c.customer_id
$$;

-- The rules in force that a content meets but for its amount.
CREATE FUNCTION contracts_fitting(said jsonb, discount numeric) RETURNS bigint[]
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
SELECT coalesce(array_agg(r.id), '{}')
FROM contracts_approvalrule r CROSS JOIN contracts_facts(said) AS facts
WHERE r.active
    AND (r.kind_id IS NULL OR r.kind_id = (facts ->> 'kind_id')::bigint)
    AND (r.credit_grade_id IS NULL
        OR r.credit_grade_id = (facts ->> 'customer.credit_grade_id')::bigint)
    AND (r.discount_over IS NULL OR r.discount_over < coalesce(discount, 0))
    AND NOT EXISTS (
        SELECT FROM contracts_approvalcondition k WHERE k.rule_id = r.id
        GROUP BY k.place
        HAVING NOT bool_or(
            crm_meets(facts, k.field, k.operator,
                coalesce(k.department_id::text, k.value), k.option_id)
        )
    )
$$;

-- The first rule in force that a content meets, or null.
CREATE OR REPLACE FUNCTION contracts_rule(contract bigint, change bigint) RETURNS bigint
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
WITH said AS (
    SELECT to_jsonb(c) || CASE WHEN a.id IS NULL THEN '{}' ELSE
        (to_jsonb(a) - 'owner_id' - 'id')
        || jsonb_build_object('owner_id', coalesce(a.owner_id, c.owner_id)) END AS r,
        CASE WHEN a.id IS NULL THEN (
            SELECT max(discount) FROM contracts_contractline
            WHERE contract_id = c.id
        ) ELSE (
            SELECT max(discount) FROM contracts_amendmentline
            WHERE amendment_id = a.id
        ) END AS discount
    FROM contracts_contract c LEFT JOIN contracts_amendment a ON a.id = change
    WHERE c.id = contract
)
SELECT rule.id
FROM said JOIN contracts_approvalrule rule
    ON rule.id = ANY (contracts_fitting(said.r, said.discount))
    AND rule.amount_from <= (said.r ->> 'amount')::numeric
ORDER BY rule."order", rule.id LIMIT 1
$$;
"""
BEFORE = import_module("contracts.migrations.0012_amendment_guards").FUNCTIONS
RULE = BEFORE[BEFORE.index("-- The first rule in force") :]
RULE = RULE[: RULE.index("$$;") + 3].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
GONE = f"""
{RULE}
DROP FUNCTION contracts_fitting(jsonb, numeric);
DROP FUNCTION contracts_facts(jsonb);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0030_merged_customers'),
        ('crm', '0020_conditions_of_rules'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApprovalCondition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField(default=1, verbose_name='place')),
                ('operator', models.CharField(choices=[('is', 'is'), ('contains', 'contains'), ('one_of', 'is one of'), ('within', 'is or lies below'), ('equals', '='), ('at_least', '≥'), ('at_most', '≤'), ('over', '>'), ('under', '<'), ('yes', 'is yes'), ('no', 'is no'), ('empty', 'is empty'), ('filled', 'is not empty')], max_length=10, verbose_name='comparison')),
                ('value', models.CharField(blank=True, max_length=200, verbose_name='compared with')),
                ('field', models.CharField(choices=contracts.models.facts.choices, max_length=60, verbose_name='field')),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.department', verbose_name='department')),
                ('option', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.dictionaryitem', verbose_name='option')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conditions', to='contracts.approvalrule')),
            ],
            options={
                'verbose_name': 'condition',
                'verbose_name_plural': 'conditions',
                'ordering': ('place', 'pk'),
                'abstract': False,
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('rule', 'place', 'field', 'operator', 'value', 'option', 'department'), name='rule_condition_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('operator__in', ['is', 'contains', 'one_of', 'within', 'equals', 'at_least', 'at_most', 'over', 'under', 'yes', 'no', 'empty', 'filled'])), name='rule_condition_operator_known'), models.CheckConstraint(condition=models.Q(models.Q(('value', ''), ('option', None), ('department', None), ('operator__in', ('yes', 'no', 'empty', 'filled'))), models.Q(models.Q(('operator__in', ('yes', 'no', 'empty', 'filled')), _negated=True), models.Q(models.Q(models.Q(('value', ''), _negated=True), ('option', None), ('department', None)), models.Q(models.Q(('option', None), _negated=True), ('value', ''), ('department', None)), models.Q(models.Q(('department', None), _negated=True), ('value', ''), ('option', None)), _connector='OR')), _connector='OR'), name='rule_condition_compares_with_one'), models.CheckConstraint(condition=models.Q(models.Q(('operator__in', ('at_least', 'at_most', 'over', 'under', 'equals')), _negated=True), ('value__regex', '^(-?\\d+(\\.\\d+)?|\\d{4}-\\d\\d-\\d\\d)$'), _connector='OR'), name='rule_condition_bound_is_one')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='approvalcondition',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'contracts.approvalcondition', 'field', '{version,changed_at,changed_by_id}', 'contracts.approvalrule', 'rule_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='fa622287a8f0214328bcca49daa4eb6dbad31b49', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_03807', table='contracts_approvalcondition', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='approvalcondition',
            trigger=pgtrigger.compiler.Trigger(name='touches', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE part jsonb := to_jsonb(coalesce(NEW, OLD)); actor bigint := nullif(current_setting('crm.actor', true), '');", func="\nUPDATE contracts_approvalrule SET\n    version = version + 1,\n    changed_at = clock_timestamp(),\n    changed_by_id = coalesce(actor, changed_by_id)\nWHERE id = (part ->> 'rule_id')::bigint;\nRETURN NULL;\n", hash='57d6985f25fc4ed983a22b843ca5142c07dc3186', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_touches_50171', table='contracts_approvalcondition', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='approvalcondition',
            trigger=pgtrigger.compiler.Trigger(name='options_new', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE chosen bigint[]; still bigint;', func="\nSELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (\n    SELECT option.after FROM new_rows AS after\n    CROSS JOIN LATERAL (VALUES (NULL::bigint, after.option_id)) AS option (before, after)\n    WHERE option.after IS DISTINCT FROM option.before\n);\nIF chosen IS NULL THEN\n    RETURN NULL;\nEND IF;\nSELECT count(*) INTO still FROM (\n    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active\n    ORDER BY id FOR KEY SHARE\n) AS held;\nIF still < cardinality(chosen) THEN\n    RAISE EXCEPTION 'an option was replaced meanwhile'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';\nEND IF;\nRETURN NULL;\n", hash='afc4eeab04a9687f4e6045def068e37b52b3190d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_options_new_7a0b0', referencing='REFERENCING NEW TABLE AS new_rows ', table='contracts_approvalcondition', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='approvalcondition',
            trigger=pgtrigger.compiler.Trigger(name='options_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE chosen bigint[]; still bigint;', func="\nSELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (\n    SELECT option.after FROM new_rows AS after JOIN old_rows AS before ON before.id = after.id\n    CROSS JOIN LATERAL (VALUES (before.option_id, after.option_id)) AS option (before, after)\n    WHERE option.after IS DISTINCT FROM option.before\n);\nIF chosen IS NULL THEN\n    RETURN NULL;\nEND IF;\nSELECT count(*) INTO still FROM (\n    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active\n    ORDER BY id FOR KEY SHARE\n) AS held;\nIF still < cardinality(chosen) THEN\n    RAISE EXCEPTION 'an option was replaced meanwhile'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';\nEND IF;\nRETURN NULL;\n", hash='ef1ff09995def9200f005023adbf6863e8f96e09', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_options_changed_edc2c', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='contracts_approvalcondition', when='AFTER')),
        ),
        migrations.RunSQL(FUNCTIONS, GONE),
    ]
