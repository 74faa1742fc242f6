"""What a person sees of a kind of record: one question, asked in several ways.

`rows` is the rule. Every other way has the same rows, or says which of them; it has a
name of its own because its SQL is shaped for one use (tests/crm/test_tallies.py proves
them equal):

    rows            any use; what `visible_to` of a query set returns
    includes        a row that was read already
    in_order        a list that is walked along an index
    by_index        beside a condition that few rows meet
    parts           numbers: each row is in one of the parts
    own, own_parts  those that belong to the person
    having          those that hang on one record
    newest          the first choices of a field
    total, sums     how many there are, out of what the ledger keeps

What a person sees is within the reach of the permission – the rows of some people –
or beyond it: own reports, those of a team, contracts to decide on.
"""

from datetime import timedelta
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.db.models.lookups import Exact

from crm.models import beyond_reach, kept_numbers, ownership
from crm.models.registration import BOOKS, Registration, reported_by
from crm.queries.figures import first_of
from crm.rights.permissions import permission
from crm.rights.roles import Reach

#: Rows that are gathered and sorted; of more, the order's own index is walked.
MOST_GATHERED = 10_000
#: Of so many rows one in five would have to hold a word for a list to be very long.
MOST_SEEN_BY_FEW = 50_000


class Visibility:
    """What a person may do an action to, of some rows.

    Args:
        queryset: rows of one kind; of them, and in their order, is what is returned.
        user: who looks.
        action: what the person may do to them.

    Attributes:
        reach: how far the permission goes, None if it is not held.
        registrar: how far the right to register others' reports goes, or None.
    """

    def __init__(self, queryset, user, action="view"):
        self.queryset, self.model = queryset, queryset.model
        self.user, self.action = user, action
        self.registrar = self.reach = user.rights.registers(self.model)
        if action != "register":
            asked = "view" if action == "file" else action
            self.reach = user.rights.reach(permission(asked, self.model))

    @property
    def is_nothing(self):
        """Whether the person sees none of any rows."""
        return self.reach is None

    @property
    def is_everything(self):
        """Whether no row is left out."""
        return self.reach == self.registrar == Reach.ALL

    @property
    def condition(self):
        """The condition of `rows`: empty for all of them, None for none.

        A registered row is within the reach of the permission, or belongs to a team
        the person is in. One that is not yet registered is seen by those who brought
        it and by those who may register what its owner enters.
        """
        if self.is_nothing:
            return None
        if self.is_everything:
            return Q()
        rows = BOOKS & ownership.within_or_beyond(*self._whose)
        return rows | self.reports

    @property
    def reports(self):
        """The condition "not registered, and the person may see it"."""
        rows = reported_by(self.user)
        if self.registrar is not None:
            rows |= ~BOOKS & self.user.rights.owned_by(self.registrar, "owner")
        return rows

    @property
    def _whose(self):
        return self.model, self.user, self.reach, self.action

    def includes(self, row):
        """Say of a row as it was read whether it is one of `rows`."""
        if self.is_nothing or row.deleted_at is not None:
            return False
        if row.registration == Registration.REGISTERED:
            return ownership.is_seen(row, self.user, self.reach, self.action)
        if self.user.pk in (row.reporter_id, row.entered_by_id):
            return True
        registrar = self.registrar
        return registrar is not None and ownership.is_owned(row, self.user, registrar)

    def rows(self):
        """Return the rows."""
        condition = self.condition
        if condition is None:
            return self.queryset.none()
        return self.queryset.filter(condition) if condition else self.queryset

    def in_order(self):
        """Same rows; SQL shaped for a list that is walked in order.

        What a person sees beyond the reach is named by id, so that PostgreSQL needs no
        more than an index to tell whether a row is on the list, and walks that index
        in the list's order.
        """
        if self.is_nothing or self.is_everything:
            return self.rows()
        within, beyond = self.conditions
        return self.queryset.filter(within | beyond if beyond else within)

    def by_index(self):
        """Same rows; SQL shaped for a condition that few rows meet, as of a text.

        Each part of it has an index, as the text has: PostgreSQL joins what these
        find, and does not try row after row.
        """
        if self.is_nothing or self.is_everything:
            return self.rows()
        rows = BOOKS & self.within
        if self.within:
            if self.model.ids_beyond_reach(self.user, self.action):
                return self.in_order()  # dear: they are asked for once
            if team := ownership.of_team(
                self.model, self.user, self.action, named=True
            ):
                rows |= BOOKS & team
        return self.queryset.filter(rows | self.reports)

    def within_reach(self):
        """Return the rows without those that one sees beyond one's reach."""
        if self.is_nothing or self.is_everything:
            return self.rows()
        return self.queryset.filter(BOOKS & self.within)

    @property
    def sees_beyond_reach(self):
        """Whether there are other rows than those of `within_reach`."""
        if self.is_nothing or self.is_everything:
            return False
        return self.conditions[1] is not None

    def beyond_reach(self):
        """Return the rows that one sees beyond one's reach, if there are any.

        A row of somebody within reach is among them where the person is in its team.
        """
        return self.queryset.filter(self.conditions[1])

    @property
    def within(self):
        """The condition "it is the row of somebody within reach"; empty: of anybody."""
        return ownership.within(*self._whose)

    @property
    def conditions(self):
        """Two conditions: rows within reach, and what one sees beyond it.

        Of whoever sees some rows and not all. The second one, None if there is
        nothing, holds for the moment of a request.
        """
        answers, key = self.user.rights.answers, (self.model, self.action)
        if key not in answers:
            answers[key] = BOOKS & self.within, beyond_reach.condition(self)
        return answers[key]

    def parts(self, *, apart=True):
        """Return the rows in parts, each row in one of them.

        Args:
            apart: let each part say in one column whose rows it has. An index that
                begins with that column finds what a further condition selects,
                however wide the reach.
        """
        if self.is_nothing or self.is_everything:
            return [self.rows()]
        parts = [self.within]
        if apart:
            parts = ownership.apart(*self._whose)
        return [
            *(self.queryset.filter(BOOKS & rows) for rows in parts),
            beyond_reach.queryset(self),
        ]

    def own(self):
        """Return those rows that belong to the person.

        Every reach covers oneself: nobody's department need be asked for.
        """
        own = self._own_conditions()
        return self.queryset.filter(reduce(or_, own)) if own else self.queryset.none()

    def own_parts(self):
        """Return `own` in two parts: what is in the books, and what is not yet."""
        own = self._own_conditions()
        if own is None:
            return [self.queryset.none(), self.queryset.none()]
        books, reports = map(self.queryset.filter, own)
        if self.registrar is None:
            # They are few, and have an index: PostgreSQL would take reading that of
            # all the person's rows beside it to be cheap, without this.
            reports = self.queryset.filter(reported_by(self.user))
            reports = reports.filter(Exact(F("owner") + 0, self.user.pk))
        return [books, reports]

    def _own_conditions(self):
        if self.is_nothing:
            return None
        reports = ~BOOKS if self.registrar is not None else reported_by(self.user)
        return BOOKS & Q(owner=self.user), reports & Q(owner=self.user)

    def having(self, **values):
        """Return those rows that have some values in some columns.

        Where these alone bring them within the person's reach, as the customer does,
        no row need be asked whose it is.
        """
        rows, any_row = self.queryset.filter(**values), self.model(**values)
        if self.is_nothing or not ownership.belongs_to(
            any_row, self.user, self.reach, self.action
        ):
            return rows.visible_to(self.user, self.action)
        if self.registrar == Reach.ALL:
            return rows
        return rows.filter(BOOKS | self.reports)

    def newest(self, size):
        """Return the newest rows, at most so many: a field's choices.

        Who sees few rows has them gathered and sorted: among very many rows the walk
        along the order would pass all the others. Who sees many meets some at once.
        """
        rows = self.in_order()
        if self.are_gathered:
            # No index has this order: PostgreSQL gathers and sorts, whatever it thinks.
            age = ExpressionWrapper(
                F("created_at") + timedelta(0), models.DateTimeField()
            )
            parts = [self.within_reach()]
            if self.sees_beyond_reach:
                parts.append(self.beyond_reach())
            rows = self.queryset.filter(
                pk__in=first_of(parts, (age.desc(), "-pk"), size)
            )
        return rows[:size]

    @property
    def are_gathered(self):
        """Whether they are so few that they are found first, and sorted then."""
        is_kept = self.reach and self.model.is_tallied() and not self.is_everything
        return is_kept and kept_numbers.within_reach(self) <= MOST_GATHERED

    @property
    def are_few(self):
        """Whether they are so few that only common words find very many of them."""
        is_kept = self.reach not in (None, Reach.ALL) and self.model.is_tallied()
        return is_kept and kept_numbers.within_reach_alone(self) <= MOST_SEEN_BY_FEW

    def total(self, states=None):
        """Return how many rows there are of all, without counting them one by one.

        The kept numbers of the people within reach, and a count of what one sees
        beyond that.

        Args:
            states: count those alone whose `tally_state` is one of these.
        """
        return 0 if self.is_nothing else kept_numbers.total(self, states)

    def sums(self, state, amount=None, *, owner=None):
        """Return the numbers of the rows as a query; most are kept.

        Its rows are (owner id, state, number, amount), to be added up: many may tell
        of the same owner and state.

        Args:
            state: the column of the status whose numbers are kept.
            amount: the column whose sum is kept.
            owner: the same person, if other people's rows are left out.
        """
        return kept_numbers.sums(self, state, amount, owner)
