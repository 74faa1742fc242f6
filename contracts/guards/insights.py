"""Who has decided on which contract, and whose that is by now (`Insight`)."""

import pgtrigger

from crm.guards.watermarks import becomes_another


def insight_gained():
    """Return the trigger of verdicts: whoever decides sees the contract from then on.

    So does whom they stood in for.
    The verdict has locked the contract: whose it is cannot change meanwhile.
    """
    return pgtrigger.Trigger(
        name="insight_gained",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func="""
            INSERT INTO contracts_insight
                (person_id, contract_id, owner_id, other_id)
            SELECT person, id, owner_id, customer_owner_id
            FROM contracts_contract,
                unnest(ARRAY[NEW.by_id, NEW.on_behalf_of_id]) AS person
            WHERE id = NEW.contract_id AND person IS NOT NULL
            ON CONFLICT DO NOTHING;
            RETURN NULL;
        """,
    )


def insight_told():
    """Return the trigger of contracts: it tells the insights whose it is now."""
    return pgtrigger.Trigger(
        name="insight_told",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=becomes_another("owner_id", "customer_owner_id"),
        func="""
            UPDATE contracts_insight
            SET owner_id = NEW.owner_id, other_id = NEW.customer_owner_id
            WHERE contract_id = NEW.id;
            RETURN NULL;
        """,
    )
