"""Rounds and verdicts ask the ground floor who holds what and whom a step asks."""

from importlib import import_module

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

GONE = """
DROP FUNCTION contracts_asks(bigint, bigint, bigint);
DROP FUNCTION contracts_holds(bigint, text);
"""
BEFORE = import_module("contracts.migrations.0012_amendment_guards").FUNCTIONS
BACK = BEFORE[BEFORE.index("-- Whether somebody works here") :]


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0025_options_kept'),
        ('crm', '0018_approval'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='decision',
            name='four_eyes',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='round',
            name='begins',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='round',
            name='closes',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='roundstep',
            name='comes_with_round',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='four_eyes', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE asked record;', func="\n                SELECT r.state, r.contract_id AS record_id, s.round_id, s.position,\n                    s.role_id, s.person_id, s.last_resort_id,\n                    ARRAY[r.submitted_by_id, contract.owner_id, contract.entered_by_id, coalesce(a.edited_by_id, contract.edited_by_id), a.entered_by_id, a.owner_id] AS barred, (\n                        SELECT d.path FROM crm_user u\n                        JOIN crm_department d ON d.id = u.department_id\n                        WHERE u.id = contract.owner_id\n                    ) AS path\n                INTO asked\n                FROM contracts_roundstep s\n                JOIN contracts_round r ON r.id = s.round_id\n                JOIN contracts_contract contract ON contract.id = r.contract_id\n                LEFT JOIN contracts_amendment a ON a.id = r.amendment_id\n                WHERE s.id = NEW.step_id\n                FOR NO KEY UPDATE OF contract;\n                IF NEW.by_id = ANY (asked.barred) THEN\n                    PERFORM crm_refuse('decision_four_eyes', 'one''s own');\n                END IF;\n                IF asked.state <> 'open' OR EXISTS (\n                    SELECT 1 FROM contracts_roundstep s\n                    LEFT JOIN contracts_decision d ON d.step_id = s.id\n                    WHERE s.round_id = asked.round_id\n                        AND s.position < asked.position\n                        AND d.approved IS NOT TRUE\n                ) THEN\n                    PERFORM crm_refuse('decision_in_turn', 'not its turn');\n                END IF;\n                IF NOT crm_holds(NEW.by_id, 'contracts.approve_contract') OR NOT crm_asks(\n                    asked.role_id, asked.person_id, asked.last_resort_id, asked.path,\n                    NEW.by_id, NEW.on_behalf_of_id) THEN\n                    PERFORM crm_refuse('decision_right', 'not whom it asks');\n                END IF;\n                NEW.contract_id := asked.record_id;\n                NEW.at := clock_timestamp();\n                RETURN NEW;\n            ", hash='4a39605d0141e0a451a4a0a2a91bcad6fa8106b4', operation='INSERT', pgid='pgtrigger_four_eyes_c5d28', table='contracts_decision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='round',
            trigger=pgtrigger.compiler.Trigger(name='begins', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE rule contracts_approvalrule;', func="\n            IF NEW.sha256\n                <> encode(sha256(convert_to(NEW.snapshot, 'UTF8')), 'hex') THEN\n                PERFORM crm_refuse('round_hash', 'not the hash of the snapshot');\n            END IF;\n            IF (NEW.state = 'open') = NEW.unruled THEN\n                PERFORM crm_refuse('round_begins_open', 'not open');\n            END IF;\n            IF contracts_told(NEW.snapshot::jsonb) IS DISTINCT FROM\n                contracts_said(NEW.contract_id, NEW.amendment_id) THEN\n                PERFORM crm_refuse('round_snapshot', 'not what is written');\n            END IF;\n            SELECT * INTO rule FROM contracts_approvalrule\n            WHERE id = contracts_rule(NEW.contract_id, NEW.amendment_id);\n            IF NEW.unruled <> (rule.id IS NULL) THEN\n                PERFORM crm_refuse('round_rule', 'the rules say otherwise');\n            END IF;\n            IF NOT crm_holds(NEW.submitted_by_id, CASE WHEN NEW.unruled\n                THEN 'contracts.register_contract' ELSE 'contracts.submit_contract' END) THEN\n                PERFORM crm_refuse('round_right', 'no right to hand it in');\n            END IF;\n            NEW.rule_name := coalesce(rule.name, '');\n            NEW.submitted_at := clock_timestamp();\n            NEW.closed_at := CASE WHEN NEW.unruled THEN NEW.submitted_at END;\n            RETURN NEW;\n        ", hash='28517e07d813d908ad22c0cad3eead363330f7f3', operation='INSERT', pgid='pgtrigger_begins_fd602', table='contracts_round', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='round',
            trigger=pgtrigger.compiler.Trigger(name='closes', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE asked int; yes int; no int;', func="\n            IF OLD.state <> 'open' OR to_jsonb(NEW) - '{state,closed_at}'::text[]\n                <> to_jsonb(OLD) - '{state,closed_at}'::text[] THEN\n                PERFORM crm_refuse('round_frozen', 'a round never changes');\n            END IF;\n            SELECT count(*), count(*) FILTER (WHERE d.approved),\n                count(*) FILTER (WHERE NOT d.approved)\n            INTO asked, yes, no\n            FROM contracts_roundstep s\n            LEFT JOIN contracts_decision d ON d.step_id = s.id\n            WHERE s.round_id = NEW.id;\n            IF (NEW.state = 'approved' AND (asked = 0 OR yes <> asked))\n                OR (NEW.state = 'rejected' AND no = 0)\n                OR (NEW.state = 'recalled' AND no > 0) THEN\n                PERFORM crm_refuse('round_verdict', 'its verdicts differ');\n            END IF;\n            IF NEW.state <> 'open' THEN\n                NEW.closed_at := clock_timestamp();\n            END IF;\n            RETURN NEW;\n        ", hash='ad4bfa23d781ef7eeec7993b4ed7b09d8819b283', operation='UPDATE', pgid='pgtrigger_closes_35edc', table='contracts_round', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roundstep',
            trigger=pgtrigger.compiler.Trigger(name='comes_with_round', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF pg_trigger_depth() < 2 THEN\n                    PERFORM crm_refuse('round_frozen', 'a step comes too late');\n                END IF;\n                RETURN NEW;\n            ", hash='7817f4d13340a0b44d79a037aabd82dfba037344', operation='INSERT', pgid='pgtrigger_comes_with_round_68850', table='contracts_roundstep', when='BEFORE')),
        ),
        migrations.RunSQL(GONE, BACK),
    ]
