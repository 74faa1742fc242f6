"""Nobody has two voices in a step, and whoever is stood in for sees what was decided.

What somebody decided once more before that was refused stays, and is marked so.
"""


import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


ONCE_MORE = """
ALTER TABLE contracts_decision DISABLE TRIGGER USER;
UPDATE contracts_decision d SET again = true
WHERE EXISTS (
    SELECT FROM contracts_decision e
    WHERE (e.step_id, e.by_id) = (d.step_id, d.by_id) AND e.id < d.id
);
ALTER TABLE contracts_decision ENABLE TRIGGER USER;
INSERT INTO contracts_insight (person_id, contract_id, owner_id, other_id)
SELECT DISTINCT d.on_behalf_of_id, c.id, c.owner_id, c.customer_owner_id
FROM contracts_decision d JOIN contracts_contract c ON c.id = d.contract_id
WHERE d.on_behalf_of_id IS NOT NULL
ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0028_how_many_decide'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='decision',
            name='insight_gained',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='decision',
            name='four_eyes',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='round',
            name='closes',
        ),
        migrations.AddField(
            model_name='decision',
            name='again',
            field=models.BooleanField(editable=False, null=True, verbose_name='decided once more'),
        ),
        migrations.AlterField(
            model_name='approvalstep',
            name='asks',
            field=models.CharField(choices=[('head', "head of the owner's department"), ('head_above', 'head of the department above'), ('role', 'who holds a role'), ('person', 'a named person')], default='head', max_length=10, verbose_name='who decides'),
        ),
        migrations.AlterField(
            model_name='roundstep',
            name='asks',
            field=models.CharField(choices=[('head', "head of the owner's department"), ('head_above', 'head of the department above'), ('role', 'who holds a role'), ('person', 'a named person')], default='head', max_length=10, verbose_name='who decides'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='four_eyes', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE asked record; barred bigint[];', func="\n                SELECT r.state, r.contract_id AS record_id, s.round_id, s.position,\n                    s.mode, s.role_id, s.person_id, s.last_resort_id,\n                    ARRAY[r.submitted_by_id, contract.owner_id, contract.entered_by_id, coalesce(a.edited_by_id, contract.edited_by_id), a.entered_by_id, a.owner_id] AS barred, (\n                        SELECT d.path FROM crm_user u\n                        JOIN crm_department d ON d.id = u.department_id\n                        WHERE u.id = contract.owner_id\n                    ) AS path\n                INTO asked\n                FROM contracts_roundstep s\n                JOIN contracts_round r ON r.id = s.round_id\n                JOIN contracts_contract contract ON contract.id = r.contract_id\n                LEFT JOIN contracts_amendment a ON a.id = r.amendment_id\n                WHERE s.id = NEW.step_id\n                FOR NO KEY UPDATE OF contract;\n                barred := asked.barred;\n                IF NEW.by_id = ANY (barred) THEN\n                    PERFORM crm_refuse('decision_four_eyes', 'one''s own');\n                END IF;\n                IF asked.mode = 'all' AND NEW.on_behalf_of_id IS NOT NULL AND EXISTS (\n                    SELECT FROM crm_roleassignment a\n                    WHERE a.user_id = NEW.by_id AND a.role_id = asked.role_id\n                ) THEN\n                    PERFORM crm_refuse('decision_one_voice', 'asked themselves');\n                END IF;\n                IF asked.state <> 'open' OR EXISTS (\n                    SELECT FROM contracts_roundstep s\n                    WHERE s.round_id = asked.round_id\n                        AND s.position < asked.position AND (\n                NOT EXISTS (\n                    SELECT FROM contracts_decision d WHERE d.step_id = s.id\n                ) OR EXISTS (\n                    SELECT FROM contracts_decision d\n                    WHERE d.step_id = s.id AND NOT d.approved\n                ) OR s.mode = 'all' AND crm_misses(s.role_id, 'contracts.approve_contract',\n                    barred || ARRAY(\n                        SELECT unnest(ARRAY[d.by_id, d.on_behalf_of_id])\n                        FROM contracts_decision d WHERE d.step_id = s.id\n                    ))\n                )\n                ) OR EXISTS (\n                    SELECT FROM contracts_decision d WHERE d.step_id = NEW.step_id\n                        AND (asked.mode <> 'all' OR NOT d.approved)\n                ) THEN\n                    PERFORM crm_refuse('decision_in_turn', 'not its turn');\n                END IF;\n                IF NOT crm_holds(NEW.by_id, 'contracts.approve_contract') OR NOT crm_asks(\n                    asked.role_id, asked.person_id, asked.last_resort_id, asked.path,\n                    NEW.by_id, NEW.on_behalf_of_id) THEN\n                    PERFORM crm_refuse('decision_right', 'not whom it asks');\n                END IF;\n                NEW.contract_id := asked.record_id;\n                NEW.at := clock_timestamp();\n                NEW.again := NULL;\n                RETURN NEW;\n            ", hash='a0ba5c06a3876b0e66a822143d794fe6579514d9', operation='INSERT', pgid='pgtrigger_four_eyes_c5d28', table='contracts_decision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='insight_gained', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n            INSERT INTO contracts_insight\n                (person_id, contract_id, owner_id, other_id)\n            SELECT person, id, owner_id, customer_owner_id\n            FROM contracts_contract,\n                unnest(ARRAY[NEW.by_id, NEW.on_behalf_of_id]) AS person\n            WHERE id = NEW.contract_id AND person IS NOT NULL\n            ON CONFLICT DO NOTHING;\n            RETURN NULL;\n        ', hash='b3912633f6332db423665decc9c482f6b1da7a58', operation='INSERT', pgid='pgtrigger_insight_gained_ec7d1', table='contracts_decision', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='round',
            trigger=pgtrigger.compiler.Trigger(name='closes', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE barred bigint[]; open int; no int;', func="\n            IF OLD.state <> 'open' OR to_jsonb(NEW) - '{state,closed_at}'::text[]\n                <> to_jsonb(OLD) - '{state,closed_at}'::text[] THEN\n                PERFORM crm_refuse('round_frozen', 'a round never changes');\n            END IF;\n            SELECT ARRAY[r.submitted_by_id, contract.owner_id, contract.entered_by_id, coalesce(a.edited_by_id, contract.edited_by_id), a.entered_by_id, a.owner_id] INTO barred\n            FROM contracts_round r\n            JOIN contracts_contract contract ON contract.id = r.contract_id\n            LEFT JOIN contracts_amendment a ON a.id = r.amendment_id\n            WHERE r.id = NEW.id;\n            SELECT count(*) INTO no FROM contracts_roundstep s\n            JOIN contracts_decision d ON d.step_id = s.id AND NOT d.approved\n            WHERE s.round_id = NEW.id;\n            SELECT coalesce(sum((\n                NOT EXISTS (\n                    SELECT FROM contracts_decision d WHERE d.step_id = s.id\n                ) OR EXISTS (\n                    SELECT FROM contracts_decision d\n                    WHERE d.step_id = s.id AND NOT d.approved\n                ) OR s.mode = 'all' AND crm_misses(s.role_id, 'contracts.approve_contract',\n                    barred || ARRAY(\n                        SELECT unnest(ARRAY[d.by_id, d.on_behalf_of_id])\n                        FROM contracts_decision d WHERE d.step_id = s.id\n                    ))\n                )::int), 1) INTO open\n            FROM contracts_roundstep s WHERE s.round_id = NEW.id;\n            IF (NEW.state = 'approved' AND open > 0)\n                OR (NEW.state = 'rejected' AND no = 0)\n                OR (NEW.state = 'recalled' AND no > 0) THEN\n                PERFORM crm_refuse('round_verdict', 'its verdicts differ');\n            END IF;\n            IF NEW.state <> 'open' THEN\n                NEW.closed_at := clock_timestamp();\n            END IF;\n            RETURN NEW;\n        ", hash='323e2d9308fc9b17cee20cf0e73a76819576ec3c', operation='UPDATE', pgid='pgtrigger_closes_35edc', table='contracts_round', when='BEFORE')),
        ),
        migrations.RunSQL(ONCE_MORE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.UniqueConstraint(condition=models.Q(('again', None)), fields=('step', 'by'), name='decision_by_once'),
        ),
    ]
