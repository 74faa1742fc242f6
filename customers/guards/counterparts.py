"""What PostgreSQL keeps of counterparts: whose department it is, when they last met."""

import pgtrigger
from django.db import models
from django.db.models import F

#: What no form may carry: it follows from interactions, and from the days.
KEPT = ("last_met_on", "taken_over_on", "due_on")


class DueOn(models.Func):
    """The day by which the next contact is due; none that lies after the end."""

    template = (
        "CASE WHEN until < greatest(last_met_on, taken_over_on, %(expressions)s)"
        " + rhythm_days THEN NULL"
        " ELSE greatest(last_met_on, taken_over_on, %(expressions)s) + rhythm_days END"
    )
    output_field = models.DateField()

    def __init__(self, *expressions, **options):
        """Take the column of the first day: nobody is late before they began."""
        super().__init__(*(expressions or (F("since"),)), **options)


#: The department follows the person, unless somebody has written another one; how
#: often follows from the customer's level, unless somebody says it. Who takes over
#: what they look after themselves already has it once: the other one ended the day
#: before. Nobody is late on the day on which they take over.
FOLLOWS = """
IF TG_OP = 'UPDATE' AND NEW.owner_id <> OLD.owner_id THEN
    NEW.taken_over_on := (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date;
END IF;
IF NEW.our_department_id IS NULL OR TG_OP = 'UPDATE'
    AND NEW.owner_id <> OLD.owner_id
    AND NEW.our_department_id = OLD.our_department_id
    AND NEW.our_department_id
        = (SELECT department_id FROM crm_user WHERE id = OLD.owner_id) THEN
    NEW.our_department_id := coalesce(
        (SELECT department_id FROM crm_user WHERE id = NEW.owner_id),
        NEW.our_department_id
    );
END IF;
IF NEW.rhythm_days IS NULL THEN
    NEW.rhythm_days := coalesce((
        SELECT CASE code {by_level} END
        FROM crm_dictionaryitem AS level JOIN customers_customer AS c
            ON c.level_id = level.id
        WHERE c.id = NEW.customer_id
    ), {usual});
END IF;
IF TG_OP = 'UPDATE' AND NEW.owner_id <> OLD.owner_id AND NEW.until IS NULL AND EXISTS (
    SELECT FROM customers_counterpart AS own
    WHERE own.customer_id = NEW.customer_id AND own.subject = NEW.subject
        AND own.owner_id = NEW.owner_id AND own.id <> NEW.id
        AND own.contact_id IS NOT DISTINCT FROM NEW.contact_id
        AND own.deleted_at IS NULL AND own.until IS NULL
) THEN
    NEW.until := greatest(
        NEW.since, (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date - 1
    );
END IF;
RETURN NEW;
"""
#: The customer is locked first, as by an interaction: of two the second sees the other.
MEETS = """
IF TG_OP = 'UPDATE' AND (NEW.customer_id, NEW.contact_id, NEW.owner_id)
    IS NOT DISTINCT FROM (OLD.customer_id, OLD.contact_id, OLD.owner_id) THEN
    RETURN NEW;
END IF;
PERFORM FROM customers_customer WHERE id = NEW.customer_id FOR NO KEY UPDATE;
NEW.last_met_on := customers_met_on(NEW.customer_id, NEW.contact_id, NEW.owner_id);
RETURN NEW;
"""


def counterpart_triggers(by_level, usual):
    """Return the triggers that fill what follows from the person and the customer.

    Args:
        by_level: {code of a level: days that may pass without a contact}.
        usual: the same, where the level says nothing.
    """
    levels = " ".join(f"WHEN '{code}' THEN {n}" for code, n in by_level.items())
    return (
        pgtrigger.Trigger(
            name="places",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert
            | pgtrigger.UpdateOf("owner_id", "our_department_id", "rhythm_days"),
            func=FOLLOWS.format(by_level=levels, usual=usual),
        ),
        # After what asks for the customer: all lock in one order.
        pgtrigger.Trigger(
            name="reckons",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert
            | pgtrigger.UpdateOf("customer_id", "contact_id", "owner_id"),
            func=MEETS,
        ),
    )
