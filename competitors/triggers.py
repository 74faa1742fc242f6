"""What PostgreSQL refuses and keeps up to date here, by whatever way it came."""

import pgtrigger


def same_customer():
    """Refuse what is sold to another customer, where a row names a new one.

    A customer that is merged with another one has its opportunities and contracts
    there, too.
    """
    return pgtrigger.Trigger(
        name="same_customer",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf("customer_id", "opportunity_id", "contract_id"),
        func="""
IF TG_OP = 'UPDATE' AND (NEW.customer_id, NEW.opportunity_id, NEW.contract_id)
    IS NOT DISTINCT FROM (OLD.customer_id, OLD.opportunity_id, OLD.contract_id)
THEN
    RETURN NEW;
END IF;
IF TG_OP = 'UPDATE' AND (NEW.opportunity_id, NEW.contract_id)
    IS NOT DISTINCT FROM (OLD.opportunity_id, OLD.contract_id)
    AND duplicates_moves('customers.customer', OLD.customer_id, NEW.customer_id)
THEN
    RETURN NEW;
END IF;
IF NEW.opportunity_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM sales_opportunity
    WHERE id = NEW.opportunity_id AND customer_id = NEW.customer_id
) THEN
    RAISE EXCEPTION 'the opportunity belongs to another customer'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'encounter_opportunity';
END IF;
IF NEW.contract_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM contracts_contract
    WHERE id = NEW.contract_id AND customer_id = NEW.customer_id
) THEN
    RAISE EXCEPTION 'the contract belongs to another customer'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'encounter_contract';
END IF;
RETURN NEW;
""",
    )


def touches_competitor():
    """Make a changed product a change of its competitor: open forms go stale."""
    return _touches("""
UPDATE competitors_competitor SET
    version = version + 1,
    changed_at = clock_timestamp(),
    changed_by_id = coalesce(actor, changed_by_id)
WHERE id = (part ->> 'competitor_id')::bigint;
RETURN NULL;
""")


def touches_news():
    """Make a changed link a change of the news item: open forms go stale."""
    return _touches("""
UPDATE competitors_newsitem SET
    version = version + 1,
    changed_at = clock_timestamp(),
    changed_by_id = coalesce(actor, changed_by_id)
WHERE id = (part ->> 'news_id')::bigint;
RETURN NULL;
""")


def _touches(statement):
    return pgtrigger.Trigger(
        name="touches",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[
            ("part", "jsonb := to_jsonb(coalesce(NEW, OLD))"),
            ("actor", "bigint := nullif(current_setting('crm.actor', true), '')"),
        ],
        func=statement,
    )
