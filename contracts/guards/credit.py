"""Guards of credit: what a customer owes, who assesses it, who lets that hold.

`contracts_credit(customer, without)` is made by a migration. A contract is counted by
what is unpaid of it while it is in force or completed, by its amount while anybody
decides on it; a change by what it adds.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts.guards.content import ACTOR
from contracts.guards.four_eyes import ever_wrote
from crm.validators import EARLIEST, LATEST

#: What forms say of what is refused here.
REFUSED = {
    "assessment_frozen": _("A confirmed assessment does not change any more."),
    "assessment_in_books": _("The assessment must be in the books first."),
}
STATES = ("proposed", "confirmed", "rejected")
#: What may change at any time: who touched it, whose it is, what is derived.
FREE = (
    "'{version,changed_at,changed_by_id,owner_id,customer_owner_id,status,rejection,"
    "decided_by_id,decided_at,registration,registered_by_id,registered_at,"
    "return_reason,deleted_at,deleted_by_id,search_text,search_pinyin}'"
)


def wrote_assessment(assessment, person):
    """Return the SQL "this person ever wrote the content".

    Args:
        assessment, person: the SQL of their ids.
    """
    return ever_wrote("contracts.creditassessment", FREE, assessment, person)


def assessment_checks(largest):
    """Return the checks of one assessment; no limit is above `largest`."""
    return (
        models.CheckConstraint(
            condition=Q(status__in=STATES), name="assessment_status_known"
        ),
        models.CheckConstraint(
            condition=Q(limit=None) | Q(limit__gte=0, limit__lte=largest),
            name="assessment_limit_in_bounds",
        ),
        models.CheckConstraint(
            condition=Q(assessed_on__range=(EARLIEST, LATEST))
            & Q(valid_until__range=(EARLIEST, LATEST)),
            name="assessment_days_in_bounds",
        ),
        models.CheckConstraint(
            condition=Q(valid_until__gte=F("assessed_on")),
            name="assessment_ends_after_it_began",
            violation_error_message=_("It holds until the day of the assessment on."),
        ),
        models.CheckConstraint(
            condition=~Q(status="rejected") | ~Q(rejection=""),
            name="assessment_rejection_has_reason",
        ),
        models.CheckConstraint(
            condition=Q(status="confirmed", decided_by__isnull=False)
            & Q(decided_at__isnull=False, deleted_at=None)
            | ~Q(status="confirmed"),
            name="assessment_confirmed_stays",
        ),
    )


def assessment_triggers():
    """Return the triggers that keep an assessment to its edges, and freeze it."""
    return (_begins(), _moves())


def credit_kept():
    """Return the trigger by which a round keeps what the customer owed by then."""
    return pgtrigger.Trigger(
        name="credit_kept",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
        NEW.credit := contracts_credit_beside(NEW.contract_id, NEW.amendment_id);
        RETURN NEW;
        """,
    )


def _begins():
    """An assessment begins undecided, written by who entered it."""
    return pgtrigger.Trigger(
        name="begins",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[ACTOR],
        func="""
        IF NEW.status <> 'proposed' THEN
            PERFORM contracts_refuse('assessment_edge', 'not confirmed yet');
        END IF;
        NEW.edited_by_id := coalesce(actor, NEW.entered_by_id);
        RETURN NEW;
        """,
    )


#: Nobody decides on what they wrote, brought or ever changed.
DECIDES = f"""IF NOT crm_holds(actor, 'contracts.confirm_creditassessment') THEN
            PERFORM contracts_refuse('assessment_right', 'no right to confirm');
        END IF;
        IF actor IN (OLD.entered_by_id, OLD.reporter_id, OLD.edited_by_id)
            OR {wrote_assessment("OLD.id", "actor")} THEN
            PERFORM contracts_refuse('assessment_four_eyes', 'their own');
        END IF;
        IF NEW.status = 'confirmed' THEN
            IF NEW.registration <> 'registered' THEN
                PERFORM contracts_refuse('assessment_in_books', 'reported');
            END IF;
            NEW.decided_by_id := actor;
            NEW.decided_at := clock_timestamp();
        END IF;"""


def _moves():
    """It is confirmed or rejected by who may; confirmed, it never changes again.

    Whoever saves a rejected one, corrected or not, hands it in again. Of a merge of
    two customers it is the other one's from then on.
    """
    return pgtrigger.Trigger(
        name="moves",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        declare=[ACTOR, ("free", f"text[] := {FREE}")],
        func=f"""
        IF duplicates_moves(
            'customers.customer', OLD.customer_id, NEW.customer_id
        ) THEN
            free := free || '{{customer_id}}'::text[];
        END IF;
        IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free THEN
            IF OLD.status = 'confirmed'
                OR NEW.status NOT IN (OLD.status, 'proposed') THEN
                PERFORM contracts_refuse('assessment_frozen', 'content is frozen');
            END IF;
            NEW.edited_by_id := coalesce(actor, OLD.edited_by_id);
            NEW.status := 'proposed';
            NEW.rejection := '';
        ELSIF (OLD.status, NEW.status) = ('rejected', 'proposed')
            AND NEW.decided_by_id IS NULL AND NEW.decided_at IS NULL THEN
            NEW.rejection := '';
        ELSIF NEW.status = OLD.status AND (
            NEW.decided_by_id, NEW.decided_at, NEW.rejection
        ) IS DISTINCT FROM (OLD.decided_by_id, OLD.decided_at, OLD.rejection) THEN
            PERFORM contracts_refuse('assessment_frozen', 'nothing was decided');
        ELSIF NEW.status <> OLD.status THEN
            IF OLD.status <> 'proposed' THEN
                PERFORM contracts_refuse('assessment_edge', 'no such change of status');
            END IF;
            {DECIDES}
        END IF;
        RETURN NEW;
        """,
    )
