"""The guards of contracts, changes, rounds and verdicts, which trust nobody's word."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

FUNCTIONS = """
-- What a contract, or the change to it, says: as it is written in the tables.
CREATE FUNCTION contracts_said(contract bigint, change bigint) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
WITH said AS (
    SELECT to_jsonb(c) || CASE WHEN a.id IS NULL THEN '{}' ELSE
        (to_jsonb(a) - 'owner_id')
        || jsonb_build_object('owner_id', coalesce(a.owner_id, c.owner_id)) END AS r
    FROM contracts_contract c LEFT JOIN contracts_amendment a ON a.id = change
    WHERE c.id = contract
), line AS (
    SELECT id, product_id, quantity, unit_price, discount, amount
    FROM contracts_contractline WHERE change IS NULL AND contract_id = contract
    UNION ALL
    SELECT id, product_id, quantity, unit_price, discount, amount
    FROM contracts_amendmentline WHERE amendment_id = change
), file AS (
    SELECT id, name, sha256, size
    FROM contracts_contractattachment WHERE change IS NULL AND contract_id = contract
    UNION ALL
    SELECT id, name, sha256, size
    FROM contracts_amendmentattachment WHERE amendment_id = change
)
SELECT jsonb_build_object(
    'number', r -> 'number', 'edition', r -> 'edition',
    'title', r -> 'title', 'terms', r -> 'terms',
    'amount', r ->> 'amount', 'tax_rate', coalesce(r ->> 'tax_rate', ''),
    'signed_on', coalesce(r ->> 'signed_on', ''),
    'starts_on', coalesce(r ->> 'starts_on', ''),
    'ends_on', coalesce(r ->> 'ends_on', ''),
    'customer', r -> 'customer_id', 'kind', r -> 'kind_id',
    'signatory', r -> 'signatory_id', 'contact', r -> 'contact_id',
    'owner', r -> 'owner_id',
    'lines', (
        SELECT coalesce(jsonb_agg(jsonb_build_array(product_id, quantity::text,
            unit_price::text, discount::text, amount::text) ORDER BY id), '[]')
        FROM line
    ),
    'files', (
        SELECT coalesce(jsonb_agg(jsonb_build_array(name, sha256, size) ORDER BY id),
            '[]')
        FROM file
    )
) FROM said
$$;

-- The same of a snapshot.
CREATE FUNCTION contracts_told(snapshot jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
SELECT jsonb_build_object(
    'number', snapshot -> 'number', 'edition', snapshot -> 'edition',
    'title', snapshot -> 'title', 'terms', snapshot -> 'terms',
    'amount', snapshot -> 'amount', 'tax_rate', snapshot -> 'tax_rate',
    'signed_on', snapshot -> 'signed_on', 'starts_on', snapshot -> 'starts_on',
    'ends_on', snapshot -> 'ends_on',
    'customer', snapshot #> '{customer,id}', 'kind', snapshot #> '{kind,id}',
    'signatory', snapshot #> '{signatory,id}', 'contact', snapshot #> '{contact,id}',
    'owner', snapshot #> '{owner,id}',
    'lines', (
        SELECT coalesce(jsonb_agg(jsonb_build_array(one #> '{product,id}',
            one -> 'quantity', one -> 'unit_price', one -> 'discount',
            one -> 'amount') ORDER BY place), '[]')
        FROM jsonb_array_elements(snapshot -> 'lines')
            WITH ORDINALITY AS line (one, place)
    ),
    'files', (
        SELECT coalesce(jsonb_agg(jsonb_build_array(one -> 'name', one -> 'sha256',
            one -> 'size') ORDER BY place), '[]')
        FROM jsonb_array_elements(snapshot -> 'attachments')
            WITH ORDINALITY AS file (one, place)
    )
)
$$;

-- The first rule in force that a content meets, or null.
CREATE FUNCTION contracts_rule(contract bigint, change bigint) RETURNS bigint
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
SELECT r.id
FROM (
    SELECT kind_id, amount, customer_id, (
        SELECT max(discount) FROM contracts_contractline WHERE contract_id = contract
    ) AS discount
    FROM contracts_contract WHERE change IS NULL AND id = contract
    UNION ALL
    SELECT kind_id, amount, customer_id, (
        SELECT max(discount) FROM contracts_amendmentline WHERE amendment_id = change
    )
    FROM contracts_amendment WHERE id = change
) AS said
JOIN customers_customer u ON u.id = said.customer_id
JOIN contracts_approvalrule r ON r.active AND r.amount_from <= said.amount
    AND (r.kind_id IS NULL OR r.kind_id = said.kind_id)
    AND (r.credit_grade_id IS NULL OR r.credit_grade_id = u.credit_grade_id)
    AND (r.discount_over IS NULL OR r.discount_over < coalesce(said.discount, 0))
ORDER BY r."order", r.id LIMIT 1
$$;

-- Whether somebody works here and holds a right by a role.
CREATE FUNCTION contracts_holds(person bigint, held text) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
SELECT EXISTS (
    SELECT FROM crm_user u
    JOIN crm_roleassignment a ON a.user_id = u.id
    JOIN crm_role r ON r.id = a.role_id
    WHERE u.id = person AND u.is_active AND r.grants ? held
)
$$;

-- Whether a step can ask somebody: whom it names, a head above the owner, the last
-- resort, or a deputy of one of them today. Which of them comes first says the program.
CREATE FUNCTION contracts_asks(asked bigint, person bigint, behalf bigint)
    RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
WITH step AS (
    SELECT s.*, d.path FROM contracts_roundstep s
    JOIN contracts_round r ON r.id = s.round_id
    JOIN contracts_contract c ON c.id = r.contract_id
    JOIN crm_user u ON u.id = c.owner_id
    LEFT JOIN crm_department d ON d.id = u.department_id
    WHERE s.id = asked
), able AS (
    SELECT person_id AS id FROM step
    UNION SELECT last_resort_id FROM step
    UNION SELECT a.user_id FROM step JOIN crm_roleassignment a ON a.role_id = step.role_id
    UNION SELECT d.head_id FROM step
        JOIN crm_department d ON starts_with(step.path, d.path)
)
SELECT CASE WHEN behalf IS NULL THEN person IN (SELECT id FROM able WHERE id IS NOT NULL)
    ELSE behalf IN (SELECT id FROM able WHERE id IS NOT NULL) AND EXISTS (
        SELECT FROM crm_deputy p
        WHERE p.person_id = behalf AND p.deputy_id = person
            AND (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date
                BETWEEN p.starts_on AND p.ends_on
    ) END
$$;
"""
GONE = """
DROP FUNCTION contracts_asks(bigint, bigint, bigint);
DROP FUNCTION contracts_holds(bigint, text);
DROP FUNCTION contracts_rule(bigint, bigint);
DROP FUNCTION contracts_told(jsonb);
DROP FUNCTION contracts_said(bigint, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0011_amendments_beside")]

    operations = [
        migrations.RunSQL(FUNCTIONS, GONE),
        pgtrigger.migrations.RemoveTrigger(model_name="contract", name="stamped"),
        pgtrigger.migrations.RemoveTrigger(model_name="contract", name="noted"),
        pgtrigger.migrations.AddTrigger(
            model_name='contract',
            trigger=pgtrigger.compiler.Trigger(name='stamped', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF to_jsonb(NEW) - '{version,changed_at,changed_by_id,customer_owner_id,edited_by_id,amendment_state,search_text,search_pinyin}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{version,changed_at,changed_by_id,customer_owner_id,edited_by_id,amendment_state,search_text,search_pinyin}'::text[] THEN NEW.version := OLD.version + 1; NEW.changed_at := clock_timestamp(); NEW.changed_by_id := coalesce(nullif(current_setting('crm.actor', true), '')::bigint, NEW.changed_by_id); END IF; RETURN NEW;", hash='467854adf2dc081b91ef77ac2360012fd007432c', operation='UPDATE', pgid='pgtrigger_stamped_fa868', table='contracts_contract', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contract',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'contracts.contract', 'number', '{version,changed_at,changed_by_id,customer_owner_id,edited_by_id,amendment_state,search_text,search_pinyin}', 'contracts.contract', 'id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='701695ce1abd5e7951f9bec99e973af9d0c7d9c8', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_e0f33', table='contracts_contract', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contract',
            trigger=pgtrigger.compiler.Trigger(name='begins', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NEW.status <> 'draft' OR NEW.edition <> 1\n                OR NEW.amendment_state <> '' THEN\n                PERFORM contracts_refuse('contract_begins_as_draft', 'not a draft');\n            END IF;\n            NEW.edited_by_id := coalesce(NEW.edited_by_id, NEW.entered_by_id);\n            RETURN NEW;\n        ", hash='d9a7145231e39503cb6af85fd2a6d6cfefd33426', operation='INSERT', pgid='pgtrigger_begins_7721a', table='contracts_contract', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contract',
            trigger=pgtrigger.compiler.Trigger(name='moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE last contracts_round; total numeric;', func="    IF NEW.status = OLD.status THEN\n        RETURN NEW;\n    END IF;\n    IF (OLD.status, NEW.status) NOT IN (\n        ('draft', 'pending'), ('draft', 'reported'), ('draft', 'registered'),\n        ('rejected', 'pending'), ('rejected', 'reported'), ('rejected', 'registered'),\n        ('recalled', 'pending'), ('recalled', 'reported'), ('recalled', 'registered'),\n        ('reported', 'registered'), ('reported', 'draft'),\n        ('reported', 'recalled'), ('reported', 'rejected'),\n        ('pending', 'registered'), ('pending', 'rejected'), ('pending', 'recalled'),\n        ('registered', 'completed'), ('registered', 'terminated')\n    ) OR NEW.deleted_at IS NOT NULL THEN\n        PERFORM contracts_refuse('contract_edge', 'no such change of status');\n    END IF;\n    SELECT * INTO last FROM contracts_round\n    WHERE contract_id = NEW.id ORDER BY id DESC LIMIT 1;\n    IF NEW.status = 'pending' AND (\n        last.id IS NULL OR last.state <> 'open' OR last.amendment_id IS NOT NULL\n    ) THEN\n        PERFORM contracts_refuse('contract_needs_round', 'no open round');\n    END IF;\n    IF NEW.status = 'registered' AND (\n        last.id IS NULL OR last.state <> 'approved' OR last.amendment_id IS NOT NULL\n        OR last.unruled <> (OLD.status <> 'pending')\n    ) THEN\n        PERFORM contracts_refuse('contract_needs_approval', 'not approved');\n    END IF;\n    IF OLD.status = 'pending' AND NEW.status <> 'registered'\n        AND last.state <> NEW.status THEN\n        PERFORM contracts_refuse('contract_needs_verdict', 'no verdict');\n    END IF;\n    IF NEW.status IN ('pending', 'registered') AND NOT EXISTS (\n        SELECT FROM customers_customer\n        WHERE id = NEW.customer_id AND registration = 'registered'\n    ) THEN\n        PERFORM contracts_refuse('contract_customer_in_books', 'customer reported');\n    END IF;\n    IF OLD.status IN ('draft', 'reported', 'rejected', 'recalled') THEN\n        SELECT sum(amount) INTO total FROM contracts_contractline\n        WHERE contract_id = NEW.id;\n        IF total <> NEW.amount THEN\n            PERFORM contracts_refuse('contract_amount_is_sum', 'not the sum');\n        END IF;\n    END IF;\n    IF NEW.status IN ('completed', 'terminated') AND EXISTS (\n        SELECT FROM contracts_amendment\n        WHERE contract_id = NEW.id AND state NOT IN ('applied', 'withdrawn')\n    ) THEN\n        PERFORM contracts_refuse('contract_change_open', 'a change is under way');\n    END IF;\n    RETURN NEW;\n", hash='05ad660a95e13b193a5514158948f38ad6120369', operation='UPDATE', pgid='pgtrigger_moves_5b873', table='contracts_contract', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contract',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE change contracts_amendment; applied text[] := '{owner_id,title,customer_id,kind_id,amount,tax_rate,signed_on,starts_on,ends_on,signatory_id,contact_id,terms}'; free text[] := '{version,changed_at,changed_by_id,edited_by_id,status,edition,amendment_state,completed_on,terminated_on,termination_reason_id,registration,registered_by_id,registered_at,return_reason,deleted_at,deleted_by_id,search_text,search_pinyin,customer_owner_id}';", func="    IF NEW.number <> OLD.number\n        OR NEW.entered_by_id <> OLD.entered_by_id THEN\n        PERFORM contracts_refuse('contract_frozen', 'origin never changes');\n    END IF;\n    NEW.amendment_state := coalesce((\n        SELECT state FROM contracts_amendment\n        WHERE contract_id = NEW.id AND state NOT IN ('applied', 'withdrawn')\n    ), '');\n    IF NEW.status = OLD.status AND (\n        NEW.completed_on IS DISTINCT FROM OLD.completed_on\n        OR NEW.terminated_on IS DISTINCT FROM OLD.terminated_on\n        OR NEW.termination_reason_id IS DISTINCT FROM OLD.termination_reason_id\n    ) THEN\n        PERFORM contracts_refuse('contract_frozen', 'the end never changes');\n    END IF;\n    IF NEW.edition <> OLD.edition THEN\n        SELECT * INTO change FROM contracts_amendment\n        WHERE contract_id = NEW.id AND state = 'applied' AND edition = NEW.edition;\n        IF change.id IS NULL OR OLD.status <> 'registered'\n            OR NEW.status <> 'registered' OR NEW.edition <> OLD.edition + 1\n            OR NEW.owner_id <> coalesce(change.owner_id, OLD.owner_id)\n            OR (NEW.title, NEW.customer_id, NEW.kind_id, NEW.amount, NEW.tax_rate, NEW.signed_on, NEW.starts_on, NEW.ends_on, NEW.signatory_id, NEW.contact_id, NEW.terms)\n                IS DISTINCT FROM (change.title, change.customer_id, change.kind_id, change.amount, change.tax_rate, change.signed_on, change.starts_on, change.ends_on, change.signatory_id, change.contact_id, change.terms)\n            OR to_jsonb(OLD) - free - applied\n                IS DISTINCT FROM to_jsonb(NEW) - free - applied THEN\n            PERFORM contracts_refuse('contract_frozen', 'not what was approved');\n        END IF;\n        NEW.edited_by_id := change.edited_by_id;\n        RETURN NEW;\n    END IF;\n    IF OLD.status NOT IN ('draft', 'reported', 'rejected', 'recalled') AND OLD.status <> 'pending' THEN\n        free := free || '{owner_id,reporter_id}'::text[];\n        IF current_setting('crm.verb', true) = 'merged' THEN\n            free := free || '{customer_id,contact_id}'::text[];\n        END IF;\n    END IF;\n    IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free THEN\n        IF OLD.status NOT IN ('draft', 'reported', 'rejected', 'recalled') OR NEW.status <> OLD.status THEN\n            PERFORM contracts_refuse('contract_frozen', 'content is frozen');\n        END IF;\n        NEW.edited_by_id := coalesce(\n            nullif(current_setting('crm.actor', true), '')::bigint,\n            NEW.edited_by_id\n        );\n    END IF;\n    RETURN NEW;\n", hash='559f989570df4c9bda1feb8fae0030d8668dda93', operation='UPDATE', pgid='pgtrigger_frozen_5acc3', table='contracts_contract', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contractattachment',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE stands record;', func="\n            IF TG_OP = 'UPDATE' AND NEW.contract_id <> OLD.contract_id THEN\n                PERFORM contracts_refuse('contract_frozen', 'a part never moves');\n            END IF;\n            SELECT status, edition, id INTO stands FROM contracts_contract\n            WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.contract_id\n                ELSE NEW.contract_id END\n            FOR NO KEY UPDATE;\n            IF stands.status NOT IN ('draft', 'reported', 'rejected', 'recalled') AND NOT EXISTS (\n                SELECT FROM contracts_amendment\n                WHERE contract_id = stands.id AND state = 'applied'\n                    AND edition = stands.edition + 1\n            ) THEN\n                PERFORM contracts_refuse('contract_frozen', 'content is frozen');\n            END IF;\n            IF TG_OP = 'DELETE' THEN\n                RETURN OLD;\n            END IF;\n            RETURN NEW;\n        ", hash='81bbfd705c5f28f248e05eeec401b9208802b20c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_frozen_9b655', table='contracts_contractattachment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contractline',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE stands record;', func="\n            IF TG_OP = 'UPDATE' AND NEW.contract_id <> OLD.contract_id THEN\n                PERFORM contracts_refuse('contract_frozen', 'a part never moves');\n            END IF;\n            SELECT status, edition, id INTO stands FROM contracts_contract\n            WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.contract_id\n                ELSE NEW.contract_id END\n            FOR NO KEY UPDATE;\n            IF stands.status NOT IN ('draft', 'reported', 'rejected', 'recalled') AND NOT EXISTS (\n                SELECT FROM contracts_amendment\n                WHERE contract_id = stands.id AND state = 'applied'\n                    AND edition = stands.edition + 1\n            ) THEN\n                PERFORM contracts_refuse('contract_frozen', 'content is frozen');\n            END IF;\n            IF TG_OP = 'DELETE' THEN\n                RETURN OLD;\n            END IF;\n            RETURN NEW;\n        ", hash='6f63ac2ac7e2d7ce732803ba8d79a1dd6d577afc', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_frozen_b6dc3', table='contracts_contractline', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='four_eyes', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE asked record;', func="\n                SELECT r.state, r.submitted_by_id, r.contract_id, c.owner_id,\n                    c.entered_by_id, s.round_id, s.position,\n                    coalesce(a.edited_by_id, c.edited_by_id) AS edited_by_id,\n                    a.entered_by_id AS opened_by_id, a.owner_id AS heir_id\n                INTO asked\n                FROM contracts_roundstep s\n                JOIN contracts_round r ON r.id = s.round_id\n                JOIN contracts_contract c ON c.id = r.contract_id\n                LEFT JOIN contracts_amendment a ON a.id = r.amendment_id\n                WHERE s.id = NEW.step_id\n                FOR NO KEY UPDATE OF c;\n                IF NEW.by_id IN (asked.submitted_by_id, asked.owner_id,\n                    asked.entered_by_id, asked.edited_by_id)\n                    OR NEW.by_id = asked.opened_by_id OR NEW.by_id = asked.heir_id THEN\n                    PERFORM contracts_refuse('decision_four_eyes', 'one''s own');\n                END IF;\n                IF asked.state <> 'open' OR EXISTS (\n                    SELECT 1 FROM contracts_roundstep s\n                    LEFT JOIN contracts_decision d ON d.step_id = s.id\n                    WHERE s.round_id = asked.round_id\n                        AND s.position < asked.position\n                        AND d.approved IS NOT TRUE\n                ) THEN\n                    PERFORM contracts_refuse('decision_in_turn', 'not its turn');\n                END IF;\n                IF NOT contracts_holds(NEW.by_id, 'contracts.approve_contract')\n                    OR NOT contracts_asks(\n                        NEW.step_id, NEW.by_id, NEW.on_behalf_of_id) THEN\n                    PERFORM contracts_refuse('decision_right', 'not whom it asks');\n                END IF;\n                NEW.contract_id := asked.contract_id;\n                RETURN NEW;\n            ", hash='5c5d9f9cf3c5fa73c78666425fd57a25b975d831', operation='INSERT', pgid='pgtrigger_four_eyes_c5d28', table='contracts_decision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='round',
            trigger=pgtrigger.compiler.Trigger(name='begins', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE rule contracts_approvalrule;', func="\n            IF NEW.sha256\n                <> encode(sha256(convert_to(NEW.snapshot, 'UTF8')), 'hex') THEN\n                PERFORM contracts_refuse('round_hash', 'not the hash of the snapshot');\n            END IF;\n            IF (NEW.state = 'open') = NEW.unruled THEN\n                PERFORM contracts_refuse('round_begins_open', 'not open');\n            END IF;\n            IF contracts_told(NEW.snapshot::jsonb) IS DISTINCT FROM\n                contracts_said(NEW.contract_id, NEW.amendment_id) THEN\n                PERFORM contracts_refuse('round_snapshot', 'not what is written');\n            END IF;\n            SELECT * INTO rule FROM contracts_approvalrule\n            WHERE id = contracts_rule(NEW.contract_id, NEW.amendment_id);\n            IF NEW.unruled <> (rule.id IS NULL) THEN\n                PERFORM contracts_refuse('round_rule', 'the rules say otherwise');\n            END IF;\n            IF NOT contracts_holds(NEW.submitted_by_id, CASE WHEN NEW.unruled\n                THEN 'contracts.register_contract'\n                ELSE 'contracts.submit_contract' END) THEN\n                PERFORM contracts_refuse('round_right', 'no right to hand it in');\n            END IF;\n            NEW.rule_name := coalesce(rule.name, '');\n            RETURN NEW;\n        ", hash='fe3c23a5832f071208a2780854bb90ea93ca1160', operation='INSERT', pgid='pgtrigger_begins_fd602', table='contracts_round', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='round',
            trigger=pgtrigger.compiler.Trigger(name='asks', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n            INSERT INTO contracts_roundstep\n                (round_id, position, asks, role_id, person_id, last_resort_id)\n            SELECT NEW.id, row_number() OVER (ORDER BY s.position), s.asks, s.role_id,\n                s.person_id, r.last_resort_id\n            FROM contracts_approvalrule r\n            JOIN contracts_approvalstep s ON s.rule_id = r.id\n            WHERE r.id = contracts_rule(NEW.contract_id, NEW.amendment_id);\n            RETURN NULL;\n        ', hash='3b544bfb9b2106bcd9d27ef1efc48aefec4a244b', operation='INSERT', pgid='pgtrigger_asks_0e937', table='contracts_round', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roundstep',
            trigger=pgtrigger.compiler.Trigger(name='comes_with_round', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF pg_trigger_depth() < 2 THEN\n                    PERFORM contracts_refuse('round_frozen', 'a step comes too late');\n                END IF;\n                RETURN NEW;\n            ", hash='1b9a8aec2fcc58365270e002fcb4517dd6540ba0', operation='INSERT', pgid='pgtrigger_comes_with_round_68850', table='contracts_roundstep', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='amendment',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'contracts.amendment', 'title', '{version,changed_at,changed_by_id,edited_by_id}', 'contracts.contract', 'contract_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='120dcd5acfb47f5c5f27d39e2dcbea120b694591', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_65060', table='contracts_amendment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='amendment',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='5b4827ce5de8448b1f88e95dc4e0de39c6f43d6f', operation='DELETE', pgid='pgtrigger_never_deleted_b4537', table='contracts_amendment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='amendment',
            trigger=pgtrigger.compiler.Trigger(name='begins', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE stands record;', func="\n            SELECT status, edition INTO stands FROM contracts_contract\n            WHERE id = NEW.contract_id FOR NO KEY UPDATE;\n            IF stands.status <> 'registered' OR NEW.state <> 'writing'\n                OR NEW.edition <> stands.edition + 1 THEN\n                PERFORM contracts_refuse('amendment_edge', 'not a new change');\n            END IF;\n            RETURN NEW;\n        ", hash='50f4765ad721f45c125bd9206a5e1d9c4f56abd8', operation='INSERT', pgid='pgtrigger_begins_ab721', table='contracts_amendment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='amendment',
            trigger=pgtrigger.compiler.Trigger(name='moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE last contracts_round; total numeric; stands text; free text[] := '{state,edited_by_id,return_reason,changed_at}';", func="    IF (NEW.contract_id, NEW.edition, NEW.entered_by_id)\n        <> (OLD.contract_id, OLD.edition, OLD.entered_by_id) THEN\n        PERFORM contracts_refuse('amendment_frozen', 'origin never changes');\n    END IF;\n    IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free THEN\n        IF OLD.state NOT IN ('writing', 'rejected', 'recalled') OR NEW.state <> OLD.state THEN\n            PERFORM contracts_refuse('amendment_frozen', 'content is frozen');\n        END IF;\n        NEW.edited_by_id := coalesce(\n            nullif(current_setting('crm.actor', true), '')::bigint,\n            NEW.edited_by_id\n        );\n        NEW.changed_at := clock_timestamp();\n    END IF;\n    IF NEW.state = OLD.state THEN\n        RETURN NEW;\n    END IF;\n    IF OLD.state IN ('applied', 'withdrawn') OR NEW.state = 'writing'\n        OR (OLD.state, NEW.state) IN (\n            ('writing', 'rejected'), ('writing', 'recalled'),\n            ('rejected', 'recalled'), ('recalled', 'rejected'),\n            ('pending', 'reported')\n        ) THEN\n        PERFORM contracts_refuse('amendment_edge', 'no such change of state');\n    END IF;\n    SELECT status INTO stands FROM contracts_contract\n    WHERE id = NEW.contract_id FOR NO KEY UPDATE;\n    IF stands <> 'registered' THEN\n        PERFORM contracts_refuse('amendment_edge', 'the contract is not in force');\n    END IF;\n    SELECT * INTO last FROM contracts_round\n    WHERE amendment_id = NEW.id ORDER BY id DESC LIMIT 1;\n    IF NEW.state = 'pending' AND last.state IS DISTINCT FROM 'open'\n        OR NEW.state <> 'pending' AND last.state = 'open' THEN\n        PERFORM contracts_refuse('amendment_needs_round', 'no open round');\n    END IF;\n    IF NEW.state = 'applied' AND (\n        last.state IS DISTINCT FROM 'approved'\n        OR last.unruled <> (OLD.state <> 'pending')\n    ) THEN\n        PERFORM contracts_refuse('amendment_needs_approval', 'not approved');\n    END IF;\n    IF OLD.state = 'pending' AND NEW.state IN ('rejected', 'recalled')\n        AND last.state <> NEW.state THEN\n        PERFORM contracts_refuse('amendment_needs_verdict', 'no verdict');\n    END IF;\n    IF NEW.state IN ('pending', 'applied') AND NOT EXISTS (\n        SELECT FROM customers_customer\n        WHERE id = NEW.customer_id AND registration = 'registered'\n    ) THEN\n        PERFORM contracts_refuse('contract_customer_in_books', 'customer reported');\n    END IF;\n    SELECT sum(amount) INTO total FROM contracts_amendmentline\n    WHERE amendment_id = NEW.id;\n    IF NEW.state IN ('pending', 'reported', 'applied') AND total <> NEW.amount THEN\n        PERFORM contracts_refuse('contract_amount_is_sum', 'not the sum');\n    END IF;\n    RETURN NEW;\n", hash='f3af5323a3929aa1fc35403e8ce370a8a31b2d3d', operation='UPDATE', pgid='pgtrigger_moves_59fba', table='contracts_amendment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='amendment',
            trigger=pgtrigger.compiler.Trigger(name='applies', sql=pgtrigger.compiler.UpsertTriggerSql(func="    IF NEW.state <> 'applied' OR OLD.state = 'applied' THEN\n        RETURN NULL;\n    END IF;\n    IF EXISTS (\n        (SELECT product_id, quantity, unit_price, discount FROM contracts_contractline WHERE contract_id = NEW.contract_id EXCEPT ALL SELECT product_id, quantity, unit_price, discount FROM contracts_amendmentline WHERE amendment_id = NEW.id) UNION ALL (SELECT product_id, quantity, unit_price, discount FROM contracts_amendmentline WHERE amendment_id = NEW.id EXCEPT ALL SELECT product_id, quantity, unit_price, discount FROM contracts_contractline WHERE contract_id = NEW.contract_id)\n    ) THEN\n        DELETE FROM contracts_contractline WHERE contract_id = NEW.contract_id;\n        INSERT INTO contracts_contractline (contract_id, product_id, quantity, unit_price, discount)\n        SELECT NEW.contract_id, product_id, quantity, unit_price, discount FROM contracts_amendmentline\n        WHERE amendment_id = NEW.id ORDER BY id;\n    END IF;\n    IF EXISTS (\n        (SELECT name, sha256, size, content_type, uploaded_by_id, uploaded_at FROM contracts_contractattachment WHERE contract_id = NEW.contract_id EXCEPT ALL SELECT name, sha256, size, content_type, uploaded_by_id, uploaded_at FROM contracts_amendmentattachment WHERE amendment_id = NEW.id) UNION ALL (SELECT name, sha256, size, content_type, uploaded_by_id, uploaded_at FROM contracts_amendmentattachment WHERE amendment_id = NEW.id EXCEPT ALL SELECT name, sha256, size, content_type, uploaded_by_id, uploaded_at FROM contracts_contractattachment WHERE contract_id = NEW.contract_id)\n    ) THEN\n        DELETE FROM contracts_contractattachment WHERE contract_id = NEW.contract_id;\n        INSERT INTO contracts_contractattachment (contract_id, name, sha256, size, content_type, uploaded_by_id, uploaded_at)\n        SELECT NEW.contract_id, name, sha256, size, content_type, uploaded_by_id, uploaded_at FROM contracts_amendmentattachment\n        WHERE amendment_id = NEW.id ORDER BY id;\n    END IF;\n    UPDATE contracts_contract SET\n        edition = NEW.edition,\n        owner_id = coalesce(NEW.owner_id, owner_id),\n        title = NEW.title,\n        customer_id = NEW.customer_id,\n        kind_id = NEW.kind_id,\n        amount = NEW.amount,\n        tax_rate = NEW.tax_rate,\n        signed_on = NEW.signed_on,\n        starts_on = NEW.starts_on,\n        ends_on = NEW.ends_on,\n        signatory_id = NEW.signatory_id,\n        contact_id = NEW.contact_id,\n        terms = NEW.terms\n    WHERE id = NEW.contract_id;\n    RETURN NULL;\n", hash='409380e1040d2049892a03c33b20f121ef48d9fa', operation='UPDATE', pgid='pgtrigger_applies_ca952', table='contracts_amendment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='amendment',
            trigger=pgtrigger.compiler.Trigger(name='marks', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n            UPDATE contracts_contract SET\n                version = version + 1, amendment_state = NEW.state\n            WHERE id = NEW.contract_id;\n            RETURN NULL;\n        ', hash='a10f7af81efc84a6270a5688dc2d875f1d52c8e4', operation='INSERT OR UPDATE', pgid='pgtrigger_marks_21a1f', table='contracts_amendment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='amendmentattachment',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'contracts.amendmentattachment', 'name', '{version,changed_at,changed_by_id}', 'contracts.contract', 'contract_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='8aaa1067e3ee78aed81661b819e0a93c1d200259', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_8decf', table='contracts_amendmentattachment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='amendmentattachment',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change record;', func="\n            IF TG_OP = 'UPDATE' AND NEW.amendment_id <> OLD.amendment_id THEN\n                PERFORM contracts_refuse('amendment_frozen', 'a part never moves');\n            END IF;\n            SELECT state, contract_id INTO change FROM contracts_amendment\n            WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.amendment_id\n                ELSE NEW.amendment_id END\n            FOR NO KEY UPDATE;\n            IF change.state NOT IN ('writing', 'rejected', 'recalled') THEN\n                PERFORM contracts_refuse('amendment_frozen', 'content is frozen');\n            END IF;\n            IF TG_OP = 'DELETE' THEN\n                RETURN OLD;\n            END IF;\n            NEW.contract_id := change.contract_id;\n            RETURN NEW;\n        ", hash='723b5570451920ab4e3c9779e0ad4fb559531c58', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_frozen_17652', table='contracts_amendmentattachment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='amendmentattachment',
            trigger=pgtrigger.compiler.Trigger(name='touches', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE actor bigint := nullif(current_setting('crm.actor', true), '');", func="\n            UPDATE contracts_amendment SET\n                changed_at = clock_timestamp(),\n                edited_by_id = coalesce(actor, edited_by_id)\n            WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.amendment_id\n                ELSE NEW.amendment_id END;\n            RETURN NULL;\n        ", hash='bd612f4ba66f158c3a8492c07b8b81f2838d008f', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_touches_44e50', table='contracts_amendmentattachment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='amendmentline',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'contracts.amendmentline', 'product_id', '{version,changed_at,changed_by_id}', 'contracts.contract', 'contract_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='39d76efadcb52d3e3a4b89bf9a647f7e01797772', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_4b8ff', table='contracts_amendmentline', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='amendmentline',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change record;', func="\n            IF TG_OP = 'UPDATE' AND NEW.amendment_id <> OLD.amendment_id THEN\n                PERFORM contracts_refuse('amendment_frozen', 'a part never moves');\n            END IF;\n            SELECT state, contract_id INTO change FROM contracts_amendment\n            WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.amendment_id\n                ELSE NEW.amendment_id END\n            FOR NO KEY UPDATE;\n            IF change.state NOT IN ('writing', 'rejected', 'recalled') THEN\n                PERFORM contracts_refuse('amendment_frozen', 'content is frozen');\n            END IF;\n            IF TG_OP = 'DELETE' THEN\n                RETURN OLD;\n            END IF;\n            NEW.contract_id := change.contract_id;\n            RETURN NEW;\n        ", hash='c68f9b5ca28ea508e71a53fb340a01401a19c360', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_frozen_e3164', table='contracts_amendmentline', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='amendmentline',
            trigger=pgtrigger.compiler.Trigger(name='touches', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE actor bigint := nullif(current_setting('crm.actor', true), '');", func="\n            UPDATE contracts_amendment SET\n                changed_at = clock_timestamp(),\n                edited_by_id = coalesce(actor, edited_by_id)\n            WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.amendment_id\n                ELSE NEW.amendment_id END;\n            RETURN NULL;\n        ", hash='49e4adb3bcd648ddf2ef2b539944ca7250d80de8', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_touches_508f1', table='contracts_amendmentline', when='AFTER')),
        ),
    ]
