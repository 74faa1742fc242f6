"""转客户: a lead becomes a customer, with a contact and an opportunity or without.

New rows go into the books by the rules of their kinds. What was noted of the first
contact becomes an interaction of the customer, with its own day and author; files move
along. The lead stays, and leads to what it became.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.attachments import MOST_FILES
from crm.duplicates.matching import look_at
from crm.guards.actor import acting
from crm.kinds import follow_up_of
from crm.models import User
from crm.rights.permissions import permission
from customers.models import Contact, Customer
from sales.leads import refuse_unready
from sales.models import Lead, Opportunity


@dataclass
class Outcome:
    """What a lead becomes: rows that are there, or new ones that are not saved yet."""

    customer: Customer
    contact: Contact | None = None
    opportunity: Opportunity | None = None


def convert(lead, outcome, by):
    """Convert an open lead; once, whoever else does so at the same time.

    Args:
        lead: locked by whoever converts it.
        outcome: an `Outcome`; new rows are completed and saved here.
        by: who converts it.

    Raises:
        ValidationError: it or the opportunity is closed (`conflict`), or the parts do
            not belong together.
    """
    refuse_unready(lead)
    customer = outcome.customer
    if customer.pk:  # before its rows, as whoever merges customers locks them
        rows = Customer.everything.filter(pk=customer.pk).order_by()
        list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))
    outcome.opportunity = _as_it_is(outcome.opportunity)
    _refuse_strangers(customer, outcome.contact, outcome.opportunity)
    for row in (customer, outcome.contact, outcome.opportunity):
        if row is None or row.pk:
            continue
        if row is not customer:
            row.customer = customer
        if row is outcome.opportunity:  # at once: its stage may ask for it
            row.contact = outcome.contact
        row.owner = owner_of(lead, type(row), by)
        row.enter(by)
        look_at(row)
    if outcome.opportunity and outcome.contact and not outcome.opportunity.contact:
        outcome.opportunity.contact = outcome.contact
        with acting(by):
            outcome.opportunity.save(update_fields=["contact"])
    _note_touch(lead, outcome, by)
    _move_files(lead, outcome.opportunity or customer, by)
    lead.customer, lead.contact = customer, outcome.contact
    lead.opportunity = outcome.opportunity
    lead.status, lead.converted_at = Lead.Status.CONVERTED, timezone.now()
    with acting(by, verb="converted"):
        lead.save(
            update_fields=[
                "status",
                "converted_at",
                "customer",
                "contact",
                "opportunity",
            ]
        )
    lead.refresh_from_db(fields=["status", "status_since", "version"])


def owner_of(lead, kind, by):
    """Return whose a new row of a kind is: the lead's owner's, if they may have it.

    Else it is of whoever converts the lead.
    """
    people = by.rights.people(by.rights.reach(permission("add", kind)))
    if people is not None and lead.owner_id not in people:
        return by
    return User.objects.seeing(kind).filter(pk=lead.owner_id).first() or by


def _refuse_strangers(customer, *parts):
    for part in parts:
        if part is not None and part.pk and part.customer_id != customer.pk:
            raise ValidationError(
                _("“%s” belongs to another customer.") % part, code="stranger"
            )


def _as_it_is(opportunity):
    """Return an opportunity that is there already locked, and as it is by now.

    Raises:
        ValidationError: it was closed or deleted since it was chosen (`conflict`).
    """
    if opportunity is None or not opportunity.pk:
        return opportunity
    open_ones = Opportunity.objects.filter(status=Opportunity.Status.OPEN).order_by()
    rows = open_ones.select_for_update(of=("self",), no_key=True)
    found = rows.filter(pk=opportunity.pk).first()
    if found is None:
        raise ValidationError(
            _("“%s” is closed, or gone, by now.") % opportunity, code="conflict"
        )
    return found


def _note_touch(lead, outcome, by):
    """Let the first contact stand among the interactions of the customer."""
    if lead.first_touched_at is None:
        return
    kind, _relation = follow_up_of(Customer)
    author, text = lead.touched_by, lead.touch_text
    if not User.objects.active().filter(pk=author.pk).exists():
        text = f"{text}\n{_('Written by: %s') % author}"
        author = owner_of(lead, kind, by)
    talk = kind.of_text(
        text,
        method=lead.touch_method,
        occurred_at=lead.first_touched_at,
        customer=outcome.customer,
        contact=outcome.contact,
        opportunity=outcome.opportunity,
        reporter=author,
        owner=author,
    )
    talk.enter(by)


def _move_files(lead, target, by):
    files = list(lead.attachments.all())
    if files and target.attachments.count() + len(files) > MOST_FILES:
        raise ValidationError(
            _("A record can have %s files at most.") % MOST_FILES, code="too_many"
        )
    with acting(by):
        for file in files:
            target.attachments.create(
                name=file.name,
                sha256=file.sha256,
                size=file.size,
                content_type=file.content_type,
                uploaded_by=file.uploaded_by,
                uploaded_at=file.uploaded_at,
            )
            file.delete()
