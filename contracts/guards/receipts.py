"""Guards of receipts: who confirms money, and what of it is left.

Rows are locked in one order: the customer, its receipts, its contracts. What a receipt
has left is written anew with each change of it, from all rows there are; a check keeps
it from going below nothing. What an instalment and a contract are paid is kept in the
same way (`contracts.guards.owing`).
"""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.guards.allocations import money_stays
from contracts.guards.content import ACTOR
from contracts.guards.four_eyes import ever_wrote
from crm.validators import EARLIEST, LATEST

STATES = ("entered", "confirmed", "rejected")
#: What may change at any time: who touched it, whose it is, what is derived. Not who
#: wrote it last: whoever says that by hand has written it.
FREE = (
    "'{version,changed_at,changed_by_id,owner_id,customer_owner_id,status,rejection,"
    "confirmed_by_id,confirmed_at,prepaid,registration,registered_by_id,registered_at,"
    "return_reason,deleted_at,deleted_by_id,search_text,search_pinyin}'"
)
#: What is left of confirmed money: less what went back and what it pays for.
LEFT = """CASE WHEN NEW.status = 'confirmed' AND NEW.amount > 0 THEN NEW.amount
            + coalesce((SELECT sum(amount) FROM contracts_receipt
                WHERE refund_of_id = NEW.id AND status = 'confirmed'), 0)
            - coalesce((SELECT sum(amount) FROM contracts_allocation
                WHERE receipt_id = NEW.id), 0)
        ELSE 0 END"""
#: Money goes back of a receipt of the same customer that was confirmed.
OF_FIRST = """IF NEW.refund_of_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM contracts_receipt
            WHERE id = NEW.refund_of_id AND id <> NEW.id AND status = 'confirmed'
                AND amount > 0 AND customer_id = NEW.customer_id
        ) THEN
            PERFORM contracts_refuse('receipt_refund_of', 'no such money');
        END IF;"""


def wrote(receipt, person):
    """Return the SQL "this person ever wrote the content".

    Args:
        receipt, person: the SQL of their ids.
    """
    return ever_wrote("contracts.receipt", FREE, receipt, person)


#: Nobody confirms what they entered, brought or ever wrote.
CONFIRMS = f"""IF NOT crm_holds(actor, 'contracts.confirm_receipt') THEN
            PERFORM contracts_refuse('receipt_right', 'no right to confirm');
        END IF;
        IF NEW.status = 'confirmed' THEN
            IF actor IN (OLD.entered_by_id, OLD.reporter_id, OLD.edited_by_id)
                OR {wrote("OLD.id", "actor")} THEN
                PERFORM contracts_refuse('receipt_four_eyes', 'their own');
            END IF;
            IF NEW.registration <> 'registered' THEN
                PERFORM contracts_refuse('receipt_in_books', 'reported');
            END IF;
            {OF_FIRST}
            NEW.confirmed_by_id := actor;
            NEW.confirmed_at := clock_timestamp();
        END IF;"""


def receipt_checks(largest):
    """Return the checks of one receipt; no amount is above `largest`."""
    return (
        models.CheckConstraint(
            condition=Q(status__in=STATES), name="receipt_status_known"
        ),
        models.CheckConstraint(
            condition=~Q(amount=0) & Q(amount__gte=-largest, amount__lte=largest),
            name="receipt_amount_in_bounds",
            violation_error_message=_("The amount is not nothing."),
        ),
        models.CheckConstraint(
            condition=~Q(status="confirmed")
            | Q(amount__gt=0, refund_of=None)
            | Q(amount__lt=0, refund_of__isnull=False),
            name="receipt_refund_is_negative",
        ),
        models.CheckConstraint(
            condition=Q(prepaid__gte=0), name="receipt_not_overdrawn"
        ),
        models.CheckConstraint(
            condition=Q(received_on__range=(EARLIEST, LATEST)),
            name="receipt_received_in_bounds",
        ),
        models.CheckConstraint(
            condition=~Q(status="rejected") | ~Q(rejection=""),
            name="receipt_rejection_has_reason",
        ),
        models.CheckConstraint(
            condition=~Q(status="confirmed")
            | Q(
                deleted_at=None,
                confirmed_by__isnull=False,
                confirmed_at__isnull=False,
            ),
            name="receipt_confirmed_stays",
        ),
    )


def receipt_triggers():
    """Return the triggers that keep a receipt to its edges and freeze its content."""
    return (_begins(), _moves(), _tells_first(), money_stays("receipt"))


def _begins():
    """A receipt begins unconfirmed, written by who entered it."""
    return pgtrigger.Trigger(
        name="begins",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[ACTOR],
        func="""
        IF NEW.status <> 'entered' THEN
            PERFORM contracts_refuse('receipt_edge', 'not confirmed yet');
        END IF;
        NEW.prepaid := 0;
        NEW.edited_by_id := coalesce(actor, NEW.entered_by_id);
        RETURN NEW;
        """,
    )


def _moves():
    """It is confirmed or rejected by who may; confirmed, it never changes again.

    Whoever saves a rejected one, corrected or not, hands it in again. Of a merge of
    two customers the money is the other one's from then on.
    """
    return pgtrigger.Trigger(
        name="moves",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        declare=[
            ACTOR,
            ("free", f"text[] := {FREE}"),
        ],
        func=f"""
        IF duplicates_moves(
            'customers.customer', OLD.customer_id, NEW.customer_id
        ) THEN
            free := free || '{{customer_id}}'::text[];
        END IF;
        IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free THEN
            IF OLD.status = 'confirmed'
                OR NEW.status NOT IN (OLD.status, 'entered') THEN
                PERFORM contracts_refuse('receipt_frozen', 'content is frozen');
            END IF;
            NEW.edited_by_id := coalesce(actor, OLD.edited_by_id);
            NEW.status := 'entered';
            NEW.rejection := '';
        ELSIF (OLD.status, NEW.status) = ('rejected', 'entered')
            AND NEW.confirmed_by_id IS NULL AND NEW.confirmed_at IS NULL THEN
            NEW.rejection := '';
        ELSIF NEW.status = OLD.status AND (
            NEW.confirmed_by_id, NEW.confirmed_at, NEW.rejection
        ) IS DISTINCT FROM (OLD.confirmed_by_id, OLD.confirmed_at, OLD.rejection) THEN
            PERFORM contracts_refuse('receipt_frozen', 'nothing was decided');
        ELSIF NEW.status <> OLD.status THEN
            IF OLD.status <> 'entered' THEN
                PERFORM contracts_refuse('receipt_edge', 'no such change of status');
            END IF;
            {CONFIRMS}
        END IF;
        NEW.prepaid := {LEFT};
        RETURN NEW;
        """,
    )


def _tells_first():
    """What goes back is taken off what is left of the first receipt."""
    return pgtrigger.Trigger(
        name="tells_first",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("status"),
        func="""
        IF NEW.refund_of_id IS NOT NULL AND NEW.status <> OLD.status THEN
            UPDATE contracts_receipt SET version = version + 1,
                changed_at = clock_timestamp(), changed_by_id = NEW.changed_by_id
            WHERE id = NEW.refund_of_id;
        END IF;
        RETURN NULL;
        """,
    )
