"""The pages of contacts."""

from django.utils.translation import gettext_lazy as _

from crm.views import (
    RecordCreate,
    RecordDetail,
    RecordList,
    RecordUpdate,
)
from customers.filters import ContactFilter
from customers.models import Contact
from customers.similar import same_mobile
from customers.tables import ContactTable
from customers.views.reasons import Reasoned


class ContactList(RecordList):
    """The contacts of the customers one may see."""

    model = Contact
    table_class = ContactTable
    filterset_class = ContactFilter
    empty_hint = _("Add the people you speak with at your customers.")


class ContactDetail(RecordDetail):
    """A contact."""

    model = Contact
    groups = Contact.groups


class MobileAsked(Reasoned):
    """A form that asks why one goes on where the customer has the mobile already."""

    asked, beside = ("customer", "mobile"), "mobile"

    def likely(self, record):
        """Return the contacts of the customer that have it."""
        return same_mobile(record, self.request.user)


class ContactCreate(MobileAsked, RecordCreate):
    """Add a contact."""


class ContactUpdate(MobileAsked, RecordUpdate):
    """Edit a contact."""
