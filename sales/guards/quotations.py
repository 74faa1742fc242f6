"""What PostgreSQL refuses and keeps of quotations, however they came.

A quotation is written until it is handed in; what was approved is what a customer gets
to see, and never changes: what is offered anew is the next version of it. What its
lines come to is kept with it, from all lines there are, whenever one of them changes.
"""

import pgtrigger
from django.utils.translation import gettext_lazy as _

from crm.approval.guards import governed, turns_of_record
from crm.guards.acts import becomes
from crm.guards.triggers import ACTOR
from customers.triggers import stays
from sales.guards.quotation_rounds import TABLES

#: While it stands so, it is written; the last round of it is over, or there was none.
WRITABLE = ("draft", "rejected", "recalled")
#: It was approved, and a customer may take it.
OFFERED = ("approved", "sent")
#: Of one series, one version alone is offered or accepted.
LIVE = (*OFFERED, "accepted")
#: Of those the next version is made.
REPLACEABLE = (*OFFERED, "declined", "expired")
#: (status before, status after) of what a quotation can go through.
EDGES = (
    *((before, after) for before in WRITABLE for after in ("pending", "approved")),
    *(("pending", after) for after in ("approved", "rejected", "recalled")),
    ("approved", "sent"),
    *(
        (before, after)
        for before in OFFERED
        for after in ("accepted", "declined", "expired", "superseded")
    ),
    ("accepted", "sent"),
    ("declined", "sent"),
)
ACTS = {
    "submitted": becomes("status", "pending", "approved"),
    "approved": becomes("status", "approved"),
    "rejected": becomes("status", "rejected"),
    "recalled": becomes("status", "recalled"),
    "sent": becomes("status", "sent"),
    "accepted": becomes("status", "accepted"),
    "declined": becomes("status", "declined"),
    "expired": becomes("status", "expired"),
    "superseded": becomes("status", "superseded"),
    "reopened": becomes("status", "sent"),
    "contracted": (
        "op = 'UPDATE' AND old ->> 'contract_id' IS DISTINCT FROM new ->> 'contract_id'"
    ),
}
#: What is said of what is refused here, by the name that PostgreSQL gives.
REFUSED = {
    "quotation_contact": _("The contact belongs to another customer."),
    "quotation_opportunity": _("The opportunity belongs to another customer."),
    "quotation_contract": _("The contract belongs to another customer."),
    "quotation_edge": _(
        "The quotation has moved on since you opened it. Look at it again."
    ),
    "quotation_frozen": _(
        "What was handed in or approved does not change: make a new version of it."
    ),
    "quotation_replaces": _(
        "A new version is made of the newest one, once that is approved, and as long as"
        " nobody has accepted it."
    ),
    "quotation_stays": _(
        "What was handed in stays with its opportunity: it is not won without it."
    ),
    "quotation_in_books": _("Quotation and customer must be in the books first."),
    "quotation_has_lines": _("Say what is offered: a quotation needs a line."),
}
#: What may change at any time: who touched it, where it stands, what is derived.
FREE = (
    "version,changed_at,changed_by_id,status,sent_on,answered_on,decline_reason_id,"
    "answer_note,contract_id,registration,registered_by_id,registered_at,return_reason,"
    "deleted_at,deleted_by_id,search_text,search_pinyin,customer_owner_id"
)
#: What its lines come to.
KEPT = ("amount", "list_amount", "discount_most", "below_floor")
SUMS = """SELECT coalesce(sum(amount), 0),
        coalesce(sum(round(quantity * coalesce(list_price, unit_price), 2)), 0),
        coalesce(max(off_list), 0), coalesce(bool_or(is_below_floor), false)
    INTO NEW.amount, NEW.list_amount, NEW.discount_most, NEW.below_floor
    FROM sales_quotationline WHERE quotation_id = NEW.id;"""


def refuse(name, message):
    """Return the statement that refuses a row by a name of `REFUSED`."""
    return f"PERFORM crm_refuse('{name}', '{message}');"


def in_sql(statuses):
    """Return statuses as a list of SQL."""
    return ", ".join(f"'{status}'" for status in statuses)


BEGINS = f"""
IF NEW.status <> 'draft' OR NEW.contract_id IS NOT NULL THEN
    {refuse("quotation_edge", "a quotation begins as a draft")}
END IF;
IF NEW.replaces_id IS NULL THEN
    NEW.series := sales_next_number('BJ');
    NEW.edition := 1;
ELSE
    SELECT series, status, edition INTO before FROM sales_quotation
    WHERE id = NEW.replaces_id FOR NO KEY UPDATE;
    IF before.status NOT IN ({in_sql(REPLACEABLE)}) OR EXISTS (
        SELECT FROM sales_quotation WHERE series = before.series
            AND edition > before.edition AND deleted_at IS NULL
            AND status NOT IN ({in_sql(WRITABLE)}) AND status <> 'pending'
    ) THEN
        {refuse("quotation_replaces", "it is not there to be replaced")}
    END IF;
    NEW.series := before.series;
    SELECT max(edition) + 1 INTO NEW.edition FROM sales_quotation
    WHERE series = before.series;
END IF;
NEW.number := NEW.series || '-v' || NEW.edition;
NEW.edited_by_id := coalesce(actor, NEW.entered_by_id);
NEW.amount := 0;
NEW.list_amount := 0;
NEW.discount_most := 0;
NEW.below_floor := false;
RETURN NEW;
"""  # noqa: S608 - our own names

MOVES = f"""
IF (NEW.series, NEW.edition, NEW.replaces_id)
    IS DISTINCT FROM (OLD.series, OLD.edition, OLD.replaces_id) THEN
    {refuse("quotation_frozen", "origin never changes")}
END IF;
{SUMS}
IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
    {", ".join(map(str, EDGES))}
) OR NEW.deleted_at IS NOT NULL AND NEW.status NOT IN ({in_sql(WRITABLE)}) THEN
    {refuse("quotation_edge", "no such change of status")}
END IF;
IF NEW.status = OLD.status AND (
    NEW.sent_on, NEW.answered_on, NEW.decline_reason_id, NEW.answer_note
) IS DISTINCT FROM (
    OLD.sent_on, OLD.answered_on, OLD.decline_reason_id, OLD.answer_note
) AND verb <> 'replaced' THEN
    {refuse("quotation_frozen", "what became of it never changes")}
END IF;
IF NEW.opportunity_id IS DISTINCT FROM OLD.opportunity_id AND EXISTS (
    SELECT FROM sales_quotationround WHERE quotation_id = NEW.id
) THEN
    {refuse("quotation_stays", "it was handed in with its opportunity")}
END IF;
IF NEW.contract_id IS DISTINCT FROM OLD.contract_id AND NOT (
    OLD.contract_id IS NULL AND OLD.status = 'accepted'
    OR NEW.contract_id IS NULL AND NEW.status = 'sent' AND EXISTS (
        SELECT FROM contracts_contract WHERE id = OLD.contract_id
            AND status IN ({in_sql(WRITABLE)})
    )
) THEN
    {refuse("quotation_edge", "not there to become a contract")}
END IF;
IF OLD.status IN ({in_sql(WRITABLE)}) AND NEW.status IN ('pending', 'approved') THEN
    IF NEW.registration <> 'registered' OR NOT EXISTS (
        SELECT FROM customers_customer
        WHERE id = NEW.customer_id AND registration = 'registered'
    ) THEN
        {refuse("quotation_in_books", "reported")}
    END IF;
    IF NOT EXISTS (
        SELECT FROM sales_quotationline WHERE quotation_id = NEW.id
    ) THEN
        {refuse("quotation_has_lines", "no line")}
    END IF;
END IF;
IF OLD.status NOT IN ({in_sql(WRITABLE)}) AND OLD.status <> 'pending' THEN
    free := free || '{{owner_id,reporter_id}}'::text[];
END IF;
IF pg_trigger_depth() > 1 THEN
    free := free || '{{edited_by_id}}'::text[];
END IF;
IF OLD.status <> 'pending' THEN
    IF {stays("customer")} THEN
        free := free || '{{customer_id}}'::text[];
    END IF;
    IF {stays("contact")} THEN
        free := free || '{{contact_id}}'::text[];
    END IF;
END IF;
IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free THEN
    IF OLD.status NOT IN ({in_sql(WRITABLE)}) OR NEW.status <> OLD.status THEN
        {refuse("quotation_frozen", "content is frozen")}
    END IF;
    NEW.edited_by_id := coalesce(actor, OLD.edited_by_id);
END IF;
RETURN NEW;
"""  # noqa: S608 - our own names


def quotation_triggers():
    """Return the triggers that keep a quotation to its edges and freeze its content."""
    doers = ("owner_id", "entered_by_id", "edited_by_id")
    return (
        pgtrigger.Trigger(
            name="begins",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            declare=[ACTOR, ("before", "record")],
            func=BEGINS,
        ),
        pgtrigger.Trigger(
            name="progressed",  # after `parents_live`, before `stamped`
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            declare=[
                ACTOR,
                ("verb", "text := coalesce(current_setting('crm.verb', true), '')"),
                ("free", f"text[] := '{{{FREE},{','.join(KEPT)}}}'"),
            ],
            func=MOVES,
        ),
        pgtrigger.Trigger(
            name="spreads",
            when=pgtrigger.After,
            operation=pgtrigger.UpdateOf("discount"),
            condition=pgtrigger.Condition('OLD."discount" <> NEW."discount"'),
            func="""
UPDATE sales_quotationline SET order_discount = NEW.discount
WHERE quotation_id = NEW.id;
RETURN NULL;
""",
        ),
        governed(TABLES, content=("number",)),
        turns_of_record(TABLES.topic, doers, "NEW.\"status\" = 'pending'"),
    )
