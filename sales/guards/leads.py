"""What PostgreSQL refuses and keeps of leads, however it came."""

import pgtrigger
from django.utils.translation import gettext_lazy as _

from crm.guards.acts import becomes, either

#: What is said of what is refused here, by the name that PostgreSQL gives.
REFUSED = {
    "lead_contact": _("The contact belongs to another customer."),
    "lead_opportunity": _("The opportunity belongs to another customer."),
    "lead_moves": _("How a lead stands changes by its own verbs alone."),
}
#: What a lead is called that such a verb was done to, and what the row shows then.
ACTS = {
    "assigned": either(
        becomes("status", "pending"),
        "op = 'UPDATE' AND old ->> 'owner_id' <> new ->> 'owner_id'",
    ),
    "assigned_by_rule": either(
        becomes("status", "pending"),
        "op = 'UPDATE' AND old ->> 'owner_id' <> new ->> 'owner_id'",
    ),
    "returned_by_time": becomes("status", "unassigned"),
    "touched": becomes("status", "working"),
    "invalidated": becomes("status", "invalid"),
    "reopened": becomes("status", "unassigned"),
    "converted": becomes("status", "converted"),
}
#: (verb, status before, status after) of what a lead can go through.
MOVES = (
    ("assigned", "unassigned", "pending"),
    ("assigned_by_rule", "unassigned", "pending"),
    ("returned_by_time", "pending", "unassigned"),
    ("touched", "unassigned", "working"),
    ("touched", "pending", "working"),
    *(
        ("invalidated", open_, "invalid")
        for open_ in ("unassigned", "pending", "working")
    ),
    ("reopened", "invalid", "unassigned"),
    *(
        ("converted", open_, "converted")
        for open_ in ("unassigned", "pending", "working")
    ),
)

#: What `led` does; `moves` are those of `MOVES`.
LED = """
IF TG_OP = 'INSERT' THEN
    NEW.status := CASE WHEN NEW.owner_id IN (NEW.entered_by_id, NEW.reporter_id)
        THEN 'unassigned' ELSE 'pending' END;
    NEW.status_since := NEW.created_at;
    NEW.assigned_at := CASE NEW.status WHEN 'pending' THEN NEW.created_at END;
    RETURN NEW;
END IF;
IF NEW.owner_id <> OLD.owner_id AND NEW.status IN ('unassigned', 'pending', 'working')
THEN
    NEW.assigned_at := clock_timestamp();
    IF NEW.status = 'unassigned' AND OLD.status = 'unassigned' THEN
        NEW.status := 'pending';
    ELSIF NEW.status = 'pending' AND OLD.status = 'pending' AND verb <> 'assigned'
        AND NEW.owner_id IN (NEW.entered_by_id, NEW.reporter_id)
    THEN
        NEW.status := 'unassigned';
        NEW.assigned_at := NULL;
    END IF;
END IF;
IF NEW.status <> OLD.status THEN
    IF (verb, OLD.status, NEW.status) NOT IN ({moves}) AND NOT (
        (OLD.status, NEW.status) IN (
            ('unassigned', 'pending'), ('pending', 'unassigned')
        ) AND NEW.owner_id <> OLD.owner_id
    ) THEN
        RAISE EXCEPTION 'the status of a lead changes only by a named verb'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lead_moves';
    END IF;
    NEW.status_since := clock_timestamp();
ELSE
    NEW.status_since := OLD.status_since;
END IF;
IF verb <> 'touched' AND (NEW.first_touched_at, NEW.touched_by_id, NEW.touch_text)
        IS DISTINCT FROM (OLD.first_touched_at, OLD.touched_by_id, OLD.touch_text)
    OR verb <> 'converted' AND (
        (NEW.converted_at, NEW.opportunity_id)
            IS DISTINCT FROM (OLD.converted_at, OLD.opportunity_id)
        OR NEW.customer_id IS DISTINCT FROM OLD.customer_id AND NOT
            duplicates_moves('customers.customer', OLD.customer_id, NEW.customer_id)
        OR NEW.contact_id IS DISTINCT FROM OLD.contact_id AND NOT
            duplicates_moves('customers.contact', OLD.contact_id, NEW.contact_id)
    )
THEN
    RAISE EXCEPTION 'what became of a lead changes only by a named verb'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'lead_moves';
END IF;
RETURN NEW;
"""


def led():
    """Let a lead's status change by a named verb alone; keep what follows from it.

    A new one is unassigned, unless it is entered for somebody else. Whoever else gets
    an unassigned one is to work on it, however it came to them; one that goes back to
    who entered it, untouched, is unassigned again, unless it is assigned to them. What
    was noted of the first contact, and what it was converted to, changes with these
    verbs only.
    """
    return pgtrigger.Trigger(
        name="progressed",  # after `parents_live`, before `stamped` sees what is new
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("verb", "text := coalesce(current_setting('crm.verb', true), '')")],
        func=LED.format(moves=", ".join(map(str, MOVES))),
    )
