"""Guards of payment plans: when one may change, and what it adds up to.

A plan that is handed in or in force is the contract's amount, to the cent. That no
contract is handed in beside another sum is refused where it and its changes move
(`contracts.guards.content`, `contracts.guards.amendments`); here, that no plan of one
in force comes to differ. All of them lock the contract's row first.
"""

import pgtrigger
from django.db import models
from django.db.models import Q

from contracts.guards.content import ACTOR, WRITABLE, stands_locked
from contracts.guards.owing import OF_INSTALMENT, instalment_owing_checks
from crm.guards.triggers import only_kept, touches
from crm.validators import EARLIEST, LATEST

#: Whoever plans a contract that is still written has written what is decided on.
WRITTEN = f"""edited_by_id = CASE WHEN status IN {WRITABLE}
                THEN coalesce(actor, edited_by_id) ELSE edited_by_id END"""


#: What is overdue of a contract in force is put off by whoever may approve it.
PUT_OFF = """IF TG_OP <> 'INSERT' AND stands.status = 'registered'
                AND OLD.paid < OLD.amount AND OLD.due_on
                    < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date
                AND actor IS NOT NULL
                AND NOT crm_holds(actor, 'contracts.approve_contract') THEN
                IF TG_OP = 'DELETE' OR NEW.due_on > OLD.due_on
                    OR NEW.amount < OLD.amount THEN
                    PERFORM contracts_refuse('instalment_overdue', 'it is overdue');
                END IF;
            END IF;"""


def instalment_checks(largest):
    """Return the checks of one instalment; no amount is above `largest`."""
    return (
        models.CheckConstraint(
            condition=Q(amount__gt=0, amount__lte=largest),
            name="instalment_amount_in_bounds",
        ),
        models.CheckConstraint(
            condition=Q(due_on__range=(EARLIEST, LATEST)),
            name="instalment_due_in_bounds",
        ),
        *instalment_owing_checks(),
    )


def instalment_triggers():
    """Return the triggers of the instalments of a contract."""
    return (_frozen(), _sums_up(), _touches())


def _frozen():
    """A plan changes while its contract is written, and while it is in force.

    Not beside a decision: neither on the contract nor on a change to it. What pays for
    it is no plan.
    """
    return pgtrigger.Trigger(
        name="frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[ACTOR, ("stands", "record")],
        func=f"""
            IF {only_kept(OF_INSTALMENT)} THEN
                RETURN NEW;
            END IF;
            {stands_locked("status, amendment_state", "instalment_frozen", "it")}
            IF stands.status NOT IN {WRITABLE} AND (
                stands.status <> 'registered'
                OR stands.amendment_state IN ('reported', 'pending')
            ) THEN
                PERFORM contracts_refuse('instalment_frozen', 'the plan is frozen');
            END IF;
            {PUT_OFF}
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            RETURN NEW;
        """,
    )


def _sums_up():
    """The plan of what is in force adds up when the transaction ends, or is gone.

    Its contract's row has been locked since the first change: it is as it was.
    """
    return pgtrigger.Trigger(
        name="sums_up",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        timing=pgtrigger.Deferred,
        func=f"""
            IF EXISTS (
                SELECT FROM contracts_contract c
                WHERE c.id = CASE TG_OP WHEN 'DELETE' THEN OLD.contract_id
                        ELSE NEW.contract_id END
                    AND c.status NOT IN {WRITABLE} AND c.amount <> (
                        SELECT sum(amount) FROM contracts_instalment
                        WHERE contract_id = c.id
                    )
            ) THEN
                PERFORM contracts_refuse('contract_plan_is_sum', 'not the amount');
            END IF;
            RETURN NULL;
        """,  # noqa: S608 - our own names
    )


def _touches():
    """A changed instalment is a change of the contract."""
    return touches("contracts_contract", "contract_id", WRITTEN, kept=OF_INSTALMENT)
