"""The external number of contracts and of changes to them, which is approved too."""

import crm.fields
import crm.queries.search
import django.contrib.postgres.indexes
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

#: The line that the functions have more than before; an older snapshot says nothing.
WRITTEN = """    'external_number', r -> 'external_number',
"""
SEEN = """    'external_number', coalesce(snapshot -> 'external_number', '""'),
"""
SAID = """
-- What a contract, or the change to it, says: as it is written in the tables.
CREATE OR REPLACE FUNCTION contracts_said(contract bigint, change bigint) RETURNS jsonb
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
    'external_number', r -> 'external_number',
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
CREATE OR REPLACE FUNCTION contracts_told(snapshot jsonb) RETURNS jsonb
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
    'external_number', coalesce(snapshot -> 'external_number', '""'),
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
"""
#: As they were before.
SAID_BEFORE = SAID.replace(WRITTEN, "").replace(SEEN, "")
#: What is found by letters stands field by field: readings, number, and now the
#: external number, before the letters of the texts.
ROOM = """
ALTER TABLE contracts_contract DISABLE TRIGGER USER;
UPDATE contracts_contract SET search_pinyin =
    regexp_replace(search_pinyin, E'^([^\\t]*\\t[^\\t]*)\\t', E'\\\\1\\t\\t');
ALTER TABLE contracts_contract ENABLE TRIGGER USER;
"""
NO_ROOM = """
ALTER TABLE contracts_contract DISABLE TRIGGER USER;
UPDATE contracts_contract SET search_pinyin =
    regexp_replace(search_pinyin, E'^([^\\t]*\\t[^\\t]*)\\t[^\\t]*\\t', E'\\\\1\\t');
ALTER TABLE contracts_contract ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0014_lock_contract_first'),
        ('crm', '0011_second_factor'),
        ('customers', '0012_folded'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(SAID, SAID_BEFORE),
        pgtrigger.migrations.RemoveTrigger(
            model_name='amendment',
            name='noted',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='amendment',
            name='moves',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='amendment',
            name='applies',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contract',
            name='stamped',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contract',
            name='noted',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contract',
            name='frozen',
        ),
        migrations.AddField(
            model_name='amendment',
            name='external_key',
            field=crm.fields.DerivedTextField(default='', editable=False, method='key_of_external_number'),
        ),
        migrations.AddField(
            model_name='amendment',
            name='external_number',
            field=models.CharField(blank=True, max_length=60, verbose_name='external number'),
        ),
        migrations.AddField(
            model_name='contract',
            name='external_key',
            field=crm.fields.DerivedTextField(default='', editable=False, method='key_of_external_number'),
        ),
        migrations.AddField(
            model_name='contract',
            name='external_number',
            field=models.CharField(blank=True, max_length=60, verbose_name='external number'),
        ),
        migrations.RemoveIndex(model_name='contract', name='contract_text'),
        migrations.RemoveIndex(model_name='contract', name='contract_pinyin'),
        migrations.RemoveIndex(model_name='contract', name='contract_pairs'),
        migrations.RunSQL(ROOM, NO_ROOM),
        migrations.AddIndex(
            model_name='contract',
            index=django.contrib.postgres.indexes.GinIndex(crm.queries.search.Grams('search_text'), name='contract_text'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_pinyin', name='gin_trgm_ops'), name='contract_pinyin'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=django.contrib.postgres.indexes.GinIndex(crm.queries.search.Grams(crm.queries.search.Part('search_pinyin', 1)), name='contract_pairs'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='amendment',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'contracts.amendment', 'title', '{version,changed_at,changed_by_id,edited_by_id,external_key}', 'contracts.contract', 'contract_id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='886cdccd9d282fe0a56af92b7d9e8b205a3e4047', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_65060', table='contracts_amendment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='amendment',
            trigger=pgtrigger.compiler.Trigger(name='moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE last contracts_round; total numeric; stands text; free text[] := '{state,edited_by_id,return_reason,changed_at,external_key}';", func="    IF (NEW.contract_id, NEW.edition, NEW.entered_by_id)\n        <> (OLD.contract_id, OLD.edition, OLD.entered_by_id) THEN\n        PERFORM contracts_refuse('amendment_frozen', 'origin never changes');\n    END IF;\n    IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free THEN\n        IF OLD.state NOT IN ('writing', 'rejected', 'recalled') OR NEW.state <> OLD.state THEN\n            PERFORM contracts_refuse('amendment_frozen', 'content is frozen');\n        END IF;\n        NEW.edited_by_id := coalesce(\n            nullif(current_setting('crm.actor', true), '')::bigint,\n            NEW.edited_by_id\n        );\n        NEW.changed_at := clock_timestamp();\n    END IF;\n    IF NEW.state = OLD.state THEN\n        RETURN NEW;\n    END IF;\n    IF OLD.state IN ('applied', 'withdrawn') OR NEW.state = 'writing'\n        OR (OLD.state, NEW.state) IN (\n            ('writing', 'rejected'), ('writing', 'recalled'),\n            ('rejected', 'recalled'), ('recalled', 'rejected'),\n            ('pending', 'reported')\n        ) THEN\n        PERFORM contracts_refuse('amendment_edge', 'no such change of state');\n    END IF;\n    SELECT status INTO stands FROM contracts_contract\n    WHERE id = NEW.contract_id FOR NO KEY UPDATE;\n    IF stands <> 'registered' THEN\n        PERFORM contracts_refuse('amendment_edge', 'the contract is not in force');\n    END IF;\n    SELECT * INTO last FROM contracts_round\n    WHERE amendment_id = NEW.id ORDER BY id DESC LIMIT 1;\n    IF NEW.state = 'pending' AND last.state IS DISTINCT FROM 'open'\n        OR NEW.state <> 'pending' AND last.state = 'open' THEN\n        PERFORM contracts_refuse('amendment_needs_round', 'no open round');\n    END IF;\n    IF NEW.state = 'applied' AND (\n        last.state IS DISTINCT FROM 'approved'\n        OR last.unruled <> (OLD.state <> 'pending')\n    ) THEN\n        PERFORM contracts_refuse('amendment_needs_approval', 'not approved');\n    END IF;\n    IF OLD.state = 'pending' AND NEW.state IN ('rejected', 'recalled')\n        AND last.state <> NEW.state THEN\n        PERFORM contracts_refuse('amendment_needs_verdict', 'no verdict');\n    END IF;\n    IF NEW.state IN ('pending', 'applied') AND NOT EXISTS (\n        SELECT FROM customers_customer\n        WHERE id = NEW.customer_id AND registration = 'registered'\n    ) THEN\n        PERFORM contracts_refuse('contract_customer_in_books', 'customer reported');\n    END IF;\n    SELECT sum(amount) INTO total FROM contracts_amendmentline\n    WHERE amendment_id = NEW.id;\n    IF NEW.state IN ('pending', 'reported', 'applied') AND total <> NEW.amount THEN\n        PERFORM contracts_refuse('contract_amount_is_sum', 'not the sum');\n    END IF;\n    RETURN NEW;\n", hash='9f157b3c133eb1e9dad83a995b740da360d26ca3', operation='UPDATE', pgid='pgtrigger_moves_59fba', table='contracts_amendment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='amendment',
            trigger=pgtrigger.compiler.Trigger(name='applies', sql=pgtrigger.compiler.UpsertTriggerSql(func="    IF NEW.state <> 'applied' OR OLD.state = 'applied' THEN\n        RETURN NULL;\n    END IF;\n    IF EXISTS (\n        (SELECT product_id, quantity, unit_price, discount FROM contracts_contractline WHERE contract_id = NEW.contract_id EXCEPT ALL SELECT product_id, quantity, unit_price, discount FROM contracts_amendmentline WHERE amendment_id = NEW.id) UNION ALL (SELECT product_id, quantity, unit_price, discount FROM contracts_amendmentline WHERE amendment_id = NEW.id EXCEPT ALL SELECT product_id, quantity, unit_price, discount FROM contracts_contractline WHERE contract_id = NEW.contract_id)\n    ) THEN\n        DELETE FROM contracts_contractline WHERE contract_id = NEW.contract_id;\n        INSERT INTO contracts_contractline (contract_id, product_id, quantity, unit_price, discount)\n        SELECT NEW.contract_id, product_id, quantity, unit_price, discount FROM contracts_amendmentline\n        WHERE amendment_id = NEW.id ORDER BY id;\n    END IF;\n    IF EXISTS (\n        (SELECT name, sha256, size, content_type, uploaded_by_id, uploaded_at FROM contracts_contractattachment WHERE contract_id = NEW.contract_id EXCEPT ALL SELECT name, sha256, size, content_type, uploaded_by_id, uploaded_at FROM contracts_amendmentattachment WHERE amendment_id = NEW.id) UNION ALL (SELECT name, sha256, size, content_type, uploaded_by_id, uploaded_at FROM contracts_amendmentattachment WHERE amendment_id = NEW.id EXCEPT ALL SELECT name, sha256, size, content_type, uploaded_by_id, uploaded_at FROM contracts_contractattachment WHERE contract_id = NEW.contract_id)\n    ) THEN\n        DELETE FROM contracts_contractattachment WHERE contract_id = NEW.contract_id;\n        INSERT INTO contracts_contractattachment (contract_id, name, sha256, size, content_type, uploaded_by_id, uploaded_at)\n        SELECT NEW.contract_id, name, sha256, size, content_type, uploaded_by_id, uploaded_at FROM contracts_amendmentattachment\n        WHERE amendment_id = NEW.id ORDER BY id;\n    END IF;\n    UPDATE contracts_contract SET\n        edition = NEW.edition,\n        owner_id = coalesce(NEW.owner_id, owner_id),\n        title = NEW.title,\n        customer_id = NEW.customer_id,\n        kind_id = NEW.kind_id,\n        amount = NEW.amount,\n        tax_rate = NEW.tax_rate,\n        signed_on = NEW.signed_on,\n        starts_on = NEW.starts_on,\n        ends_on = NEW.ends_on,\n        signatory_id = NEW.signatory_id,\n        contact_id = NEW.contact_id,\n        terms = NEW.terms,\n        external_number = NEW.external_number,\n        external_key = NEW.external_key\n    WHERE id = NEW.contract_id;\n    RETURN NULL;\n", hash='e47986b32a3d7ee6c1eb92590067b8b137166b56', operation='UPDATE', pgid='pgtrigger_applies_ca952', table='contracts_amendment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contract',
            trigger=pgtrigger.compiler.Trigger(name='stamped', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF to_jsonb(NEW) - '{version,changed_at,changed_by_id,customer_owner_id,edited_by_id,amendment_state,search_text,search_pinyin,external_key}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{version,changed_at,changed_by_id,customer_owner_id,edited_by_id,amendment_state,search_text,search_pinyin,external_key}'::text[] THEN NEW.version := OLD.version + 1; NEW.changed_at := clock_timestamp(); NEW.changed_by_id := coalesce(nullif(current_setting('crm.actor', true), '')::bigint, NEW.changed_by_id); END IF; RETURN NEW;", hash='8f728b6504eb6251c26769afced5e801af155274', operation='UPDATE', pgid='pgtrigger_stamped_fa868', table='contracts_contract', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contract',
            trigger=pgtrigger.compiler.Trigger(name='noted', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM crm_note_history(TG_OP, 'contracts.contract', 'number', '{version,changed_at,changed_by_id,customer_owner_id,edited_by_id,amendment_state,search_text,search_pinyin,external_key}', 'contracts.contract', 'id', CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='eb26a6e85e87773bba9be1dccf6726eb774fd780', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_noted_e0f33', table='contracts_contract', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contract',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE change contracts_amendment; applied text[] := '{owner_id,title,customer_id,kind_id,amount,tax_rate,signed_on,starts_on,ends_on,signatory_id,contact_id,terms,external_number,external_key}'; free text[] := '{version,changed_at,changed_by_id,edited_by_id,status,edition,amendment_state,completed_on,terminated_on,termination_reason_id,registration,registered_by_id,registered_at,return_reason,deleted_at,deleted_by_id,search_text,search_pinyin,customer_owner_id,external_key}';", func="    IF NEW.number <> OLD.number\n        OR NEW.entered_by_id <> OLD.entered_by_id THEN\n        PERFORM contracts_refuse('contract_frozen', 'origin never changes');\n    END IF;\n    NEW.amendment_state := coalesce((\n        SELECT state FROM contracts_amendment\n        WHERE contract_id = NEW.id AND state NOT IN ('applied', 'withdrawn')\n    ), '');\n    IF NEW.status = OLD.status AND (\n        NEW.completed_on IS DISTINCT FROM OLD.completed_on\n        OR NEW.terminated_on IS DISTINCT FROM OLD.terminated_on\n        OR NEW.termination_reason_id IS DISTINCT FROM OLD.termination_reason_id\n    ) THEN\n        PERFORM contracts_refuse('contract_frozen', 'the end never changes');\n    END IF;\n    IF NEW.edition <> OLD.edition THEN\n        SELECT * INTO change FROM contracts_amendment\n        WHERE contract_id = NEW.id AND state = 'applied' AND edition = NEW.edition;\n        IF change.id IS NULL OR OLD.status <> 'registered'\n            OR NEW.status <> 'registered' OR NEW.edition <> OLD.edition + 1\n            OR NEW.owner_id <> coalesce(change.owner_id, OLD.owner_id)\n            OR (NEW.title, NEW.customer_id, NEW.kind_id, NEW.amount, NEW.tax_rate, NEW.signed_on, NEW.starts_on, NEW.ends_on, NEW.signatory_id, NEW.contact_id, NEW.terms, NEW.external_number, NEW.external_key)\n                IS DISTINCT FROM (change.title, change.customer_id, change.kind_id, change.amount, change.tax_rate, change.signed_on, change.starts_on, change.ends_on, change.signatory_id, change.contact_id, change.terms, change.external_number, change.external_key)\n            OR to_jsonb(OLD) - free - applied\n                IS DISTINCT FROM to_jsonb(NEW) - free - applied THEN\n            PERFORM contracts_refuse('contract_frozen', 'not what was approved');\n        END IF;\n        NEW.edited_by_id := change.edited_by_id;\n        RETURN NEW;\n    END IF;\n    IF OLD.status NOT IN ('draft', 'reported', 'rejected', 'recalled') AND OLD.status <> 'pending' THEN\n        free := free || '{owner_id,reporter_id}'::text[];\n        IF current_setting('crm.verb', true) = 'merged' THEN\n            free := free || '{customer_id,contact_id}'::text[];\n        END IF;\n    END IF;\n    IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free THEN\n        IF OLD.status NOT IN ('draft', 'reported', 'rejected', 'recalled') OR NEW.status <> OLD.status THEN\n            PERFORM contracts_refuse('contract_frozen', 'content is frozen');\n        END IF;\n        NEW.edited_by_id := coalesce(\n            nullif(current_setting('crm.actor', true), '')::bigint,\n            NEW.edited_by_id\n        );\n    END IF;\n    RETURN NEW;\n", hash='aba782145a5e2c524413b6ddebbacabd993af52c', operation='UPDATE', pgid='pgtrigger_frozen_5acc3', table='contracts_contract', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.UniqueConstraint(models.F('external_key'), condition=models.Q(('deleted_at', None), models.Q(('external_key', ''), _negated=True)), name='contract_external_once', violation_error_message='A record with this external number exists already.'),
        ),
    ]
