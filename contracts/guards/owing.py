"""Triggers that keep what was received, what was invoiced and what is owed still.

An instalment knows what pays for it, a contract what its instalments say. Nobody else
writes these columns: whatever a statement says, they are taken from the rows below.
The row of the contract has been locked by whoever changes one of these.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q

#: What PostgreSQL keeps of an instalment, and of a contract.
OF_INSTALMENT = ("paid",)
OF_CONTRACT = ("received", "unpaid", "next_due_on", "invoiced", "invoiced_unpaid")
#: A contract that holds or was fulfilled is to be paid; one that ended early is not.
OWING = ("registered", "completed")


def instalment_owing_checks():
    """Return the check that no instalment is paid more than its amount."""
    return (
        models.CheckConstraint(
            condition=Q(paid__gte=0, paid__lte=F("amount")),
            name="instalment_paid_within",
        ),
    )


def contract_owing_checks():
    """Return the checks that no contract is paid or invoiced more than its amount."""
    return (
        models.CheckConstraint(
            condition=Q(invoiced__gte=0, invoiced__lte=F("amount")),
            name="contract_invoiced_within",
        ),
        models.CheckConstraint(
            condition=Q(received__gte=0, received__lte=F("amount")),
            name="contract_received_within",
        ),
    )


def instalment_paid():
    """Return the trigger of what was received for an instalment.

    It never becomes less than that, and none goes for which money was received.
    """
    return pgtrigger.Trigger(
        name="paid",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
        IF TG_OP <> 'INSERT' AND OLD.paid > 0
            AND (TG_OP = 'DELETE' OR NEW.amount < OLD.paid) THEN
            PERFORM contracts_refuse('instalment_has_money', 'money was received');
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        NEW.paid := coalesce((
            SELECT sum(amount) FROM contracts_allocation WHERE instalment_id = NEW.id
        ), 0);
        RETURN NEW;
        """,
    )


def allocation_counts():
    """Return the trigger by which an allocation counts at its instalment."""
    return pgtrigger.Trigger(
        name="counts",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
        UPDATE contracts_instalment SET paid = paid
        WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.instalment_id
            ELSE NEW.instalment_id END;
        RETURN NULL;
        """,
    )


def contract_owing():
    """Return the trigger of what was received for a contract, invoiced, and neither."""
    return pgtrigger.Trigger(
        name="owing",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
        NEW.received := 0;
        NEW.unpaid := 0;
        NEW.next_due_on := NULL;
        NEW.invoiced := 0;
        IF TG_OP = 'UPDATE' THEN
            NEW.received := coalesce((
                SELECT sum(paid) FROM contracts_instalment WHERE contract_id = NEW.id
            ), 0);
            NEW.invoiced := coalesce((
                SELECT sum(amount) FROM contracts_invoice
                WHERE contract_id = NEW.id AND status = 'issued'
            ), 0);
        END IF;
        NEW.invoiced_unpaid := greatest(NEW.invoiced - NEW.received, 0);
        IF NEW.status IN {OWING} THEN
            NEW.unpaid := NEW.amount - NEW.received;
            NEW.next_due_on := (
                SELECT min(due_on) FROM contracts_instalment
                WHERE contract_id = NEW.id AND paid < amount
            );
        END IF;
        RETURN NEW;
        """,  # noqa: S608 - our own names
    )
