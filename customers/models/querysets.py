"""Customers as rows: how they are found, and what one asks of them."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from crm.models import RecordQuerySet
from crm.models.matches import FEW, Matches
from crm.queries.search import InSample
from crm.queries.unions import together
from customers.models.named import FEW_PEOPLE, with_rows_for

#: Contacts whose customers are named by id, beside what is found in these themselves.
FEW_CONTACTS = 1000


class CustomerQuerySet(RecordQuerySet):
    """Customers, and what one asks of them."""

    def _led_by(self, word, user, memo, others=()):
        """Find by what is written in the customer or, of a contact, by who it is."""
        contacts = self._contacts(word, user, memo, others)
        if contacts is None or not contacts.ids:
            return []  # alone, the index answers and no row takes grams again
        return [("pk", contacts)]

    def matches(self, word, user, memo=None, *, filed=None, others=()):
        """Return the customers by which a search finds what is filed under them.

        Those that the person sees by what tells them from each other and by their
        contacts; others by name and number. A contact is not found by the others.
        """
        memo = {} if memo is None else memo
        by_contacts = filed is not self._kind_found_in
        key = self.model, word, by_contacts
        if key not in memo:
            contacts = None
            if by_contacts:
                contacts = self._contacts(word, user, memo, others)
            if contacts is not None and not contacts.ids:
                # Nobody is called so: these are the customers that contacts have.
                memo[key] = self.matches(word, user, memo, filed=self._kind_found_in)
                return memo[key]
            rows, seen = self.model.objects.order_by(), self.visibility(user).condition
            own, named = self.model.identified(word), None
            found = own
            if contacts is not None:
                by_id = contacts.at if contacts.are_few else contacts.row_by_row
                found = own | by_id("pk")
            if seen != Q():
                named = self.model.names_hold(word)
                found = named if seen is None else seen & found | named
            parts = [rows.visibility(user).by_index().filter(own).values_list("pk")]
            if contacts is not None:
                parts.append(contacts.rows.values_list("customer"))
            if named is not None:
                anywhere = with_rows_for(user, self.model)
                of_mine = named if anywhere is None else named & anywhere
                parts.append(rows.filter(of_mine).values_list("pk"))
            memo[key] = Matches(
                rows.filter(found),
                places=together(part[: FEW + 1] for part in parts),
                sample=rows._sample(user, own),
                alone=contacts is None,
            )
        return memo[key]

    def _sample(self, user, condition):
        """Return the rows of a sample that the person sees; None if these are few."""
        visibility = self.visibility(user)
        if visibility.is_nothing:
            return None
        people = user.rights.people(visibility.reach)
        if people is not None and len(people) <= FEW_PEOPLE:
            return None
        return visibility.by_index().filter(condition, Q(InSample("id")))

    def _contacts(self, word, user, memo, others):
        """Return the `Matches` contacts who are called so or reached so, or None.

        Only contacts that the person sees: other ones would be read digit by digit.
        """
        memo = {} if memo is None else memo
        model, key = self._kind_found_in, ("contacts", word)
        if key not in memo:
            contacts = model.objects.order_by().visibility(user)
            condition = model.identified(word, others)
            if condition is None or contacts.is_nothing:
                memo[key] = None
            else:
                rows = contacts.by_index().filter(condition)
                memo[key] = Matches(rows, "customer")
        return memo[key]

    @property
    def _kind_found_in(self):
        return self.model._meta.get_field(self.model.found_in).related_model

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
