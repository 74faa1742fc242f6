"""What stands at the head of a customer's page: the customer at a glance."""

from django.db.models import Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.display import label_of, moment_text
from crm.rights.permissions import permission
from customers.models import Contact, Counterpart, Customer, FileEntry
from customers.models.completeness import CONTACTS, completeness
from customers.models.counterparts import RUNNING
from customers.models.rhythm import days_without_contact, rhythm_of

#: What is missing of contacts, as a reader is told it.
OF_CONTACTS = {
    "contact_role": gettext_lazy("a contact whose part in decisions is known"),
    "contact_phone": gettext_lazy("a contact who can be called"),
}


def contact_facts(customer, agreed=None):
    """Return [{key, label, value, tone, title}]: when we talked, and when we will.

    Args:
        customer: whose page it is.
        agreed: the shortest rhythm of its counterparts: it takes the level's place.
    """
    days, rhythm = days_without_contact(customer), agreed or rhythm_of(customer)
    last = customer.last_contact_at
    if last is None:
        value = ngettext("not yet, for %d day", "not yet, for %d days", days) % days
    elif days == 0:
        value = _("today")
    else:
        value = ngettext("%d day ago", "%d days ago", days) % days
    title = moment_text(last) if last else ""
    if rhythm is not None:
        words = ngettext("at least every %d day", "at least every %d days", rhythm)
        title = " · ".join(filter(None, (title, words % rhythm)))
    return [
        {
            "key": "last_contact_at",
            "label": label_of(Customer, "last_contact_at"),
            "value": value,
            "tone": "bad" if rhythm is not None and days > rhythm else "",
            "title": title,
        },
        _next_contact(customer),
    ]


def agreed_days(customer, user):
    """Return the shortest rhythm of its counterparts, as a column, as one sees them."""
    rows = Counterpart.objects.none()
    if user.has_perm(permission("view", Counterpart)):
        rows = customer.filed(Counterpart, "customer", user).registered()
    shortest = rows.filter(RUNNING).order_by("rhythm_days").values("rhythm_days")
    return Subquery(shortest[:1])


def _next_contact(customer):
    at = customer.next_contact_at
    return {
        "key": "next_contact_at",
        "label": label_of(Customer, "next_contact_at"),
        "value": moment_text(at) if at else _("not planned"),
        "tone": "bad" if at and at < timezone.now() else "" if at else "warn",
        "title": "",
    }


def file_complete(customer, read, user):
    """Return {percent, next, url}: how complete it is, and what to write next.

    That is the weightiest of what the reader may write.

    `url` leads to the form at that field, for whoever may change it.
    """
    found = completeness(customer, read)
    withheld = customer.left_to_others(user)
    missing = [name for name in found.missing if name not in withheld]
    if not missing:
        return {"percent": found.percent, "next": "", "url": ""}
    name = missing[0]
    if name in CONTACTS:
        words, url = OF_CONTACTS[name], _contact_form(customer, read, user)
    elif name in FileEntry.Subject.values:
        words = FileEntry.Subject(name).label
        url = reverse("customer_file_entry", args=[customer.pk, name])
    else:
        words = label_of(Customer, name)
        url = f"{reverse('customer_update', args=[customer.pk])}#id_{name}"
    if name not in CONTACTS and not customer.allowed(user, "change"):
        url = ""
    return {"percent": found.percent, "next": words, "url": url}


def _contact_form(customer, read, user):
    """Return where the contact is added that is missing, or one is completed."""
    if any(read[name] for name in CONTACTS):
        return f"{customer.get_absolute_url()}?tab=contact"
    may_add = user.has_perm(permission("add", Contact))
    if not may_add or not customer.allowed(user, "file"):
        return ""
    query = {"customer": customer.pk, "next": customer.get_absolute_url()}
    return f"{Contact.page('create')}?{urlencode(query)}"
