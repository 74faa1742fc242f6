"""How the approval of contracts and of changes to them is called in PostgreSQL.

A round is of a contract, and of the change to it if it has one; the change's own
content is read where there is one (`contracts_said`), and the rule that it meets
(`contracts_rule`). These functions and `contracts_told` are made by a migration.
"""

import pgtrigger

from crm.approval.guards import Tables, turns_of_record

_OF_ROUND = "NEW.contract_id, NEW.amendment_id"
TABLES = Tables(
    prefix="contracts_",
    record="contract",
    table="contracts_contract",
    joins="LEFT JOIN contracts_amendment a ON a.id = r.amendment_id",
    owner="contract.owner_id",
    doers=(
        "contract.owner_id",
        "contract.entered_by_id",
        "coalesce(a.edited_by_id, contract.edited_by_id)",
        "a.entered_by_id",
        "a.owner_id",
    ),
    rule=f"contracts_rule({_OF_ROUND})",
    written=f"contracts_said({_OF_ROUND})",
    claimed="contracts_told(NEW.snapshot::jsonb)",
    submit="contracts.submit_contract",
    register="contracts.register_contract",
    approve="contracts.approve_contract",
    topic="rounds",
)
#: Columns of a contract, and of a change, whose people do not decide on it.
DOERS = ("owner_id", "entered_by_id", "edited_by_id")


def turns_of_contracts():
    """Return the trigger of contracts: another's it is while it is decided upon."""
    pending = '\'pending\' IN (NEW."status", NEW."amendment_state")'
    return turns_of_record(TABLES.topic, DOERS, pending)


def turns_of_changes():
    """Return the trigger of changes to contracts, as of contracts."""
    return turns_of_record(TABLES.topic, DOERS, "NEW.\"state\" = 'pending'")


def edition_triggers():
    """Return the triggers of editions: each is what got into the books just now."""
    return (
        pgtrigger.Trigger(
            name="of_round",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func="""
                IF NOT EXISTS (
                    SELECT FROM contracts_round r
                    JOIN contracts_contract c ON c.id = r.contract_id
                    WHERE r.id = NEW.round_id AND c.id = NEW.contract_id
                        AND r.state = 'approved' AND c.status = 'registered'
                        AND (r.edition, c.edition) = (NEW.number, NEW.number)
                ) THEN
                    PERFORM contracts_refuse('edition_of_round', 'not approved');
                END IF;
                RETURN NEW;
            """,
        ),
    )
