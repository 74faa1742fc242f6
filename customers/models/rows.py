"""Customers as rows: how they are found, and what one asks of them."""

from datetime import timedelta

from django.db import models
from django.db.models import Q, Value
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

    def search(self, text, user, known=None):
        """Find by any part of a name, pinyin, initials, codes or telephone."""
        if known is None:
            return self._search(text, user, Found.at)
        found = self.found(text, user, known)
        if found.are_few:
            return self.filter(found.at("pk"))
        return self._search(text, user, Found.beside)

    def found(self, text, user, known=None):
        """Return the customers by which a search finds what is filed under them.

        Those that the person sees by whatever finds them, others by name and number.
        """
        known = {} if known is None else known
        if self.model not in known:
            rows, seen = self.model.objects.order_by(), self.visible(user)
            found, named = self._condition(text, user, Found.beside), None
            if seen != Q():
                named = self.model.names_hold(text)
                found = named if seen is None else seen & found | named
            places = self._places(text, user, named)
            known[self.model] = Found(
                rows.alias(codes=CODES).filter(found), places=places
            )
        return known[self.model]

    def _places(self, text, user, named):
        """Return the ids of `found` as a query each of whose parts has an index.

        Args:
            text: what is looked for.
            user: who looks.
            named: the condition on the customers that the person does not see, or
                None if there are none.
        """
        rows = self.model.objects.order_by().alias(codes=CODES)
        parts = [rows.sought_by(user).filter(self._own(text)).values_list("pk")]
        if contacts := self._contacts(text, user):
            parts.append(contacts.rows.values_list("customer"))
        if named is not None:
            parts.append(rows.filter(named).values_list("pk"))
        first, *others = [
            p[: FEW + 1] for p in parts if not p.query.is_empty()
        ] or parts
        return first.union(*others, all=True) if others else first

    def _search(self, text, user, of_contacts):
        """Search; `of_contacts` asks for the customers of `Found` contacts."""
        condition = self._condition(text, user, of_contacts)
        return self.alias(codes=CODES).filter(condition)

    def _condition(self, text, user, of_contacts):
        found, contacts = self._own(text), self._contacts(text, user)
        if contacts is not None:
            found |= of_contacts(contacts, "pk")
        return found

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

    def _contacts(self, text, user):
        """Return the `Found` contacts whose telephone number has the text, or None.

        Only contacts that the person sees: other ones would be read digit by digit.
        """
        contacts = self.model._meta.get_field("contacts").related_model.objects
        if not (number := telephone(text)) or contacts.visible(user) is None:
            return None
        seen = contacts.sought_by(user).filter(search_digits__contains=number)
        return Found(seen, "customer")

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

    def due(self, until):
        """Return the customers who were promised a contact before a moment."""
        return self.filter(next_contact_at__lt=until)
