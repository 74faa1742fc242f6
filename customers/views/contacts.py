"""The pages of contacts."""

from django.utils.translation import gettext_lazy as _

from crm.views import (
    RecordCreate,
    RecordDetail,
    RecordList,
    RecordUpdate,
)
from crm.views.pasting import PasteMixin
from customers.filters import ContactFilter
from customers.models import Contact, Customer
from customers.similar import same_mobile
from customers.tables import ContactTable
from customers.views.reasons import Reasoned

#: Registered names have wide brackets, typed ones narrow ones.
NARROW, WIDE = str.maketrans("（）", "()"), str.maketrans("()", "（）")


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

    asked, refused_field = ("customer", "mobile"), "mobile"

    def likely(self, record):
        """Return the contacts of the customer that have it."""
        return same_mobile(record, self.request.user)


class Pasted(PasteMixin):
    """A form into which a card, a signature or a message can be pasted."""

    takes = {
        "name": ("person",),
        "title": ("title",),
        "department": ("department",),
        "mobile": ("mobile",),
        "phone": ("phone",),
        "email": ("email",),
        "wechat": ("wechat",),
    }

    def companies(self):
        """Find the customer among those under whom one may file."""
        return {"customer": self._customer}

    def _customer(self, name):
        """Return the key of the only customer of this name, or None."""
        user = self.request.user
        customers = Customer.objects.visible_to(user, "file")
        written = {name, name.translate(NARROW), name.translate(WIDE)}
        found = customers.filter(name__in=written).order_by("pk")[:2]
        found = found or customers.search(name, user).order_by("pk")[:2]
        return found[0].pk if len(found) == 1 else None


class ContactCreate(Pasted, MobileAsked, RecordCreate):
    """Add a contact."""


class ContactUpdate(Pasted, MobileAsked, RecordUpdate):
    """Edit a contact."""
