"""Customers as rows: how they are found, and what one asks of them."""

from datetime import timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat, Lower
from django.utils import timezone

from crm.models import RecordQuerySet
from crm.models.found import FEW, Found
from crm.text import digits, has_ideograph

#: Letters without which a part of a code is a part of very many.
SHORTEST_CODE = 3
#: What the list finds customers by, as the indexes have it.
CODES = Lower(Concat("number", Value(" "), "credit_code"))
WORDS = Lower(
    Concat(
        "address",
        Value("\n"),
        "email",
        Value("\n"),
        "website",
        Value("\n"),
        "remarks",
        output_field=models.TextField(),
    )
)


def telephone(text):
    """Return the digits of what may be a part of a telephone number, or nothing."""
    number = digits(text)
    worded = any(letter.isalpha() for letter in text)
    return number if len(number) >= 3 and not worded else ""


class CustomerQuerySet(RecordQuerySet):
    """Customers, and what one asks of them."""

    def search(self, text, known=None):
        """Find by any part of a name, pinyin, initials, codes or telephone."""
        if known is None:
            return self._search(text, Found.at)
        found = self.found(text, known)
        if found.are_few:
            return self.filter(found.at("pk"))
        return self._search(text, Found.beside)

    def found(self, text, known=None):
        """Return the customers that `search` finds, asked for once."""
        known = {} if known is None else known
        if self.model not in known:
            rows, places = self.model.objects.order_by(), None
            if contacts := self._contacts(text):
                own = rows.alias(codes=CODES).filter(self._own(text)).values_list("pk")
                others = contacts.rows.values_list("customer")
                places = own[: FEW + 1].union(others[: FEW + 1], all=True)
            found = rows._search(text, Found.beside)
            known[self.model] = Found(found, places=places)
        return known[self.model]

    def _search(self, text, of_contacts):
        """Search; `of_contacts` asks for the customers of `Found` contacts."""
        found, contacts = self._own(text), self._contacts(text)
        if contacts is not None:
            found |= of_contacts(contacts, "pk")
        return self.alias(codes=CODES).filter(found)

    @staticmethod
    def _own(text):
        """Return the condition that a customer's own columns hold the text.

        The kind of the input decides where to look: a short word in a column
        without an index for it would cost a scan of everything.
        """
        text = text.strip().lower()
        if has_ideograph(text):
            return Q(search_text__has_part=text)
        word = "".join(text.split())
        found = Q(search_pinyin__contains=word)
        if not word.isalnum():  # signs have no reading
            found |= Q(search_text__has_part=text)
        if len(word) >= SHORTEST_CODE:
            found |= Q(codes__contains=word)
        if number := telephone(text):
            found |= Q(search_digits__contains=number)
        return found

    def _contacts(self, text):
        """Return the `Found` contacts whose telephone number has the text, or None."""
        if not (number := telephone(text)):
            return None
        contacts = self.model._meta.get_field("contacts").related_model.objects
        return Found(contacts.filter(search_digits__contains=number), "customer")

    def dormant(self, days, now=None):
        """Return the customers whom nobody has contacted for so many days."""
        return self.filter(self.idle(days, now))

    @staticmethod
    def idle(days, now=None):
        """Return the condition "nobody has contacted them for so many days"."""
        since = (now or timezone.now()) - timedelta(days=days)
        never, not_since = CustomerQuerySet.ways_to_be_idle(since)
        return never | not_since

    @staticmethod
    def ways_to_be_idle(since):
        """Return two conditions: never contacted, and not since a moment."""
        never = Q(last_contact_at=None, created_at__lt=since)
        return never, Q(last_contact_at__lt=since)

    def naming_parents_for(self, user):
        """Read the parents along, and whether the person may know which."""
        seen = self.model.objects.visible_to(user).filter(pk=OuterRef("parent"))
        return self.select_related("parent").annotate(names_parent=Exists(seen))

    def due(self, until):
        """Return the customers who were promised a contact before a moment."""
        return self.filter(next_contact_at__lt=until)
