"""What an open change names, and what is sold, stays out of the recycle bin."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

#: The kinds below know nothing of changes and lines, which have no recycle bin of their
#: own: `unused` passes them over. Who adds one holds what it names (`parents_live`), so
#: this waits for them.
HELD = """
CREATE FUNCTION contracts_held() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE is_held boolean;
BEGIN
    IF OLD.deleted_at IS NOT NULL OR NEW.deleted_at IS NULL THEN
        RETURN NEW;
    END IF;
    EXECUTE format('SELECT FROM %s WHERE id = $1 FOR UPDATE', TG_RELID::regclass)
    USING NEW.id;
    EXECUTE TG_ARGV[0] INTO is_held USING NEW.id;
    IF is_held THEN
        RAISE EXCEPTION 'a contract or a change names this one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'in_use';
    END IF;
    RETURN NEW;
END $$;
"""
GONE = "DROP FUNCTION contracts_held();"
OPEN = "state NOT IN (''applied'', ''withdrawn'')"
NAMED = f"SELECT EXISTS (SELECT FROM contracts_amendment WHERE {{}} = $1 AND {OPEN})"
SOLD = f"""SELECT EXISTS (SELECT FROM contracts_contractline WHERE product_id = $1)
    OR EXISTS (
        SELECT FROM contracts_amendmentline
        WHERE product_id = $1 AND amendment_id IN (
            SELECT id FROM contracts_amendment WHERE {OPEN}
        )
    )"""
BY_CHANGE = {
    "customers_customer": NAMED.format("customer_id"),
    "customers_contact": NAMED.format("contact_id"),
    "contracts_product": SOLD,
}
HOLD = """
CREATE TRIGGER contracts_held BEFORE UPDATE OF deleted_at ON {table}
FOR EACH ROW EXECUTE FUNCTION contracts_held('{query}');
"""
LET_GO = "DROP TRIGGER contracts_held ON {table};"


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0018_rows_elsewhere"),
        ("customers", "0013_traits"),
    ]

    operations = [
        migrations.RunSQL(HELD, GONE),
        *(
            migrations.RunSQL(
                HOLD.format(table=table, query=query), LET_GO.format(table=table)
            )
            for table, query in BY_CHANGE.items()
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="amendment",
            trigger=pgtrigger.compiler.Trigger(
                name="parents_live",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NEW.customer_id IS NOT NULL AND (\n        TG_OP = 'INSERT' OR NEW.customer_id IS DISTINCT FROM OLD.customer_id\n    ) THEN\n        PERFORM FROM customers_customer\n        WHERE id = NEW.customer_id AND deleted_at IS NULL FOR KEY SHARE;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'customer_id leads to a row in the recycle bin'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_lives';\n        END IF;\n    END IF;\n\n    IF NEW.contact_id IS NOT NULL AND (\n        TG_OP = 'INSERT' OR NEW.contact_id IS DISTINCT FROM OLD.contact_id\n    ) THEN\n        PERFORM FROM customers_contact\n        WHERE id = NEW.contact_id AND deleted_at IS NULL FOR KEY SHARE;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'contact_id leads to a row in the recycle bin'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_lives';\n        END IF;\n    END IF;\n\n    IF NEW.contract_id IS NOT NULL AND (\n        TG_OP = 'INSERT' OR NEW.contract_id IS DISTINCT FROM OLD.contract_id\n    ) THEN\n        PERFORM FROM contracts_contract\n        WHERE id = NEW.contract_id AND deleted_at IS NULL FOR KEY SHARE;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'contract_id leads to a row in the recycle bin'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_lives';\n        END IF;\n    END IF;\nRETURN NEW;\n",
                    hash="1eaa620279796d7f46b6e20917a4a1015664d91f",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_parents_live_5739f",
                    table="contracts_amendment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="amendmentline",
            trigger=pgtrigger.compiler.Trigger(
                name="parents_live",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NEW.product_id IS NOT NULL AND (\n        TG_OP = 'INSERT' OR NEW.product_id IS DISTINCT FROM OLD.product_id\n    ) THEN\n        PERFORM FROM contracts_product\n        WHERE id = NEW.product_id AND deleted_at IS NULL FOR KEY SHARE;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'product_id leads to a row in the recycle bin'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_lives';\n        END IF;\n    END IF;\n\n    IF NEW.contract_id IS NOT NULL AND (\n        TG_OP = 'INSERT' OR NEW.contract_id IS DISTINCT FROM OLD.contract_id\n    ) THEN\n        PERFORM FROM contracts_contract\n        WHERE id = NEW.contract_id AND deleted_at IS NULL FOR KEY SHARE;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'contract_id leads to a row in the recycle bin'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_lives';\n        END IF;\n    END IF;\nRETURN NEW;\n",
                    hash="920e0e24ac3b2df73bc02efff35b52a4b9241fd5",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_parents_live_094bf",
                    table="contracts_amendmentline",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contractline",
            trigger=pgtrigger.compiler.Trigger(
                name="parents_live",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NEW.product_id IS NOT NULL AND (\n        TG_OP = 'INSERT' OR NEW.product_id IS DISTINCT FROM OLD.product_id\n    ) THEN\n        PERFORM FROM contracts_product\n        WHERE id = NEW.product_id AND deleted_at IS NULL FOR KEY SHARE;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'product_id leads to a row in the recycle bin'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_lives';\n        END IF;\n    END IF;\n\n    IF NEW.contract_id IS NOT NULL AND (\n        TG_OP = 'INSERT' OR NEW.contract_id IS DISTINCT FROM OLD.contract_id\n    ) THEN\n        PERFORM FROM contracts_contract\n        WHERE id = NEW.contract_id AND deleted_at IS NULL FOR KEY SHARE;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'contract_id leads to a row in the recycle bin'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_lives';\n        END IF;\n    END IF;\nRETURN NEW;\n",
                    hash="da3f73ef2c2e9b2a7eb3f1ff850815cab0ac0b43",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_parents_live_2b3e3",
                    table="contracts_contractline",
                    when="BEFORE",
                ),
            ),
        ),
    ]
