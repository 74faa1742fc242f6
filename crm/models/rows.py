"""Rows of business records, and which of them a person sees."""

from datetime import timedelta
from decimal import Decimal
from functools import cache, reduce
from operator import or_

from django.db import models
from django.db.models import Count, ExpressionWrapper, F, Q, Sum, Value
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from crm.kinds import business
from crm.models.searching import SearchingQuerySet
from crm.models.tally import Tally, kept_by_owners
from crm.queries.figures import first_of
from crm.queries.prepared import Prepared, PreparedFor
from crm.queries.search import any_of
from crm.rights.permissions import permission
from crm.rights.roles import Reach

#: What a list names one by one beside a person's reach; more is told as a condition.
MOST_NAMED = 5000
#: Rows that are gathered and sorted; of more, the order's own index is walked.
MOST_GATHERED = 10_000
#: Of so many rows one in five would have to hold a word for a list to be very long.
MOST_SEEN_BY_FEW = 50_000


class Registration(models.TextChoices):
    """How far a record is on its way into the books."""

    REPORTED = "reported", _("reported")
    REGISTERED = "registered", _("registered")
    RETURNED = "returned", _("returned")


BOOKS = Q(registration=Registration.REGISTERED)
#: No condition on whose the rows are.
UNBOUND = Q()


@cache
def _reports_of(model):
    """Return the query of somebody's own reports of a kind: every list asks it."""
    return Prepared(
        lambda user: (
            model.objects.order_by()
            .filter(~BOOKS & (Q(reporter=user) | Q(entered_by=user)))
            .values_list("pk")[: MOST_NAMED + 1]
        ),
        -1,
    )


@cache
def _beside_of(model, action):
    """Return the query of what a person sees of a kind beside the reach, by id."""

    def beside(user):
        rows = model.objects.order_by()
        parts = [
            rows.filter(part).values_list("pk") for part in rows._apart(user, action)
        ]
        first, *more = parts
        return (first.union(*more) if more else first)[: MOST_NAMED + 1]

    return PreparedFor(beside)


@cache
def _kept_of(model, action):
    """Return the query of the kept numbers of a kind by state: all, or within reach."""

    def numbers(user):
        reach, registrar = model.objects.all()._reaches(user, action)
        parts = [Tally.objects.of(model)]
        if not reach == registrar == Reach.ALL:
            parts = model.objects.all()._kept_within(user, reach)
        first, *more = [
            part.values("state").annotate(total=Sum("n")).values_list("state", "total")
            for part in parts
        ]
        return first.union(*more, all=True) if more else first

    return PreparedFor(numbers)


def _numbers_within(user):
    """Return (kind, number) of what is in the books within a person's reach."""
    parts = []
    for model in filter(lambda kind: kind.is_tallied(), business()):
        reach = user.rights.reach(permission("view", model))
        if reach is not None:
            kept = Tally.objects.of(model).in_books().within(user, reach, model)
            of_kind = kept.values(kind=Value(model._meta.label_lower))
            parts.append(of_kind.annotate(total=Sum("n")).values_list("kind", "total"))
    first, *others = parts
    return first.union(*others, all=True) if others else first


_within = PreparedFor(_numbers_within)


class RecordQuerySet(SearchingQuerySet):
    """Rows of a business record; every list, count and choice starts here."""

    def visible_to(self, user, action="view"):
        """Return the rows on which the person may do `action`.

        A registered row is within the reach of the permission, or belongs to a
        team the person is in. One that is not yet registered is seen by those
        who brought it and by those who may register what its owner enters.
        """
        condition = self.visible(user, action)
        if condition is None:
            return self.none()
        return self.filter(condition) if condition else self

    def visible(self, user, action="view"):
        """Return the condition of `visible_to`: empty for all rows, None for none."""
        reach, registrar = self._reaches(user, action)
        if reach is None:
            return None
        if reach == registrar == Reach.ALL:
            return Q()
        rows = BOOKS & self.model.rows_within(user, reach, action)
        return rows | self._reports(user, registrar)

    def sees_all(self, user, action="view"):
        """Say whether `visible_to` leaves no row out."""
        return self.visible(user, action) == Q()

    def sought_by(self, user, action="view"):
        """Same rows as `visible_to`; SQL shaped for a text that few rows hold.

        Each part of the condition has an index, as the text has: PostgreSQL joins
        what these find, and does not try row after row.
        """
        reach, registrar = self._reaches(user, action)
        if reach is None:
            return self.none()
        if reach == registrar == Reach.ALL:
            return self
        within = self.model.owned_within(user, reach, action)
        rows = BOOKS & within
        if within:
            if self.model.rows_beside(user, action):  # dear: they are asked for once
                return self.listed_for(user, action)
            if team := self.model.team_rows(user, action, named=True):
                rows |= BOOKS & team
        return self.filter(rows | self._reports(user, registrar))

    def own_of(self, user):
        """Return those rows of `visible_to` that belong to the person.

        Every reach covers oneself: nobody's department need be asked for.
        """
        within = self._own(user)
        return self.none() if within is None else self.filter(reduce(or_, within))

    def own_parts(self, user):
        """Return `own_of` in two parts: what is in the books, and what is not yet."""
        within = self._own(user)
        if within is None:
            return [self.none(), self.none()]
        books, reports = map(self.filter, within)
        if user.rights.registers(self.model) is None:
            # They are few, and have an index: PostgreSQL would take reading that of
            # all the person's rows beside it to be cheap, without this.
            reports = self.filter(self._reports(user, None))
            reports = reports.filter(Exact(F("owner") + 0, user.pk))
        return [books, reports]

    def _own(self, user):
        """Return the conditions of `own_parts`, or None."""
        reach, registrar = self._reaches(user, "view")
        if reach is None:
            return None
        reports = ~BOOKS if registrar is not None else self._reports(user, None)
        return BOOKS & Q(owner=user), reports & Q(owner=user)

    def beneath(self, user, **known):
        """Return those rows of `visible_to` that have known values in some columns.

        Where these alone bring them within the person's reach, as the customer does,
        no row need be asked whose it is.
        """
        rows, any_row = self.filter(**known), self.model(**known)
        reach, registrar = self._reaches(user, "view")
        if reach is None or not any_row.belongs_to(user, reach):
            return rows.visible_to(user)
        if registrar == Reach.ALL:
            return rows
        return rows.filter(BOOKS | self._reports(user, registrar))

    def listed_for(self, user, action="view"):
        """Same rows as `visible_to`; SQL shaped for a list that is walked in order.

        What a person sees beyond the reach – own reports, contracts to decide on –
        is named by id, so that PostgreSQL needs no more than an index to tell
        whether a row is on the list, and walks that index in the list's order.
        """
        reach, registrar = self._reaches(user, action)
        if reach is None:
            return self.none()
        if reach == registrar == Reach.ALL:
            return self
        within, beside = self.conditions_for(user, action)
        return self.filter(within | beside if beside else within)

    def within_reach(self, user, action="view"):
        """Return the rows of `listed_for` without those that one sees beside."""
        reach, registrar = self._reaches(user, action)
        if reach is None:
            return self.none()
        if reach == registrar == Reach.ALL:
            return self
        return self.filter(BOOKS & self.model.owned_within(user, reach, action))

    def sees_beside(self, user, action="view"):
        """Say whether `listed_for` has other rows than `within_reach`."""
        reach, registrar = self._reaches(user, action)
        if reach is None or reach == registrar == Reach.ALL:
            return False
        return self.conditions_for(user, action)[1] is not None

    def beside_reach(self, user, action="view"):
        """Return the rows of `listed_for` that one sees beside one's reach."""
        return self.filter(self.conditions_for(user, action)[1])

    def conditions_for(self, user, action="view"):
        """Return two conditions: rows within reach, and what one sees beside them.

        Of whoever sees some rows and not all. The second one, None if there is
        nothing, holds for the moment of a request.
        """
        known, key = user.rights.known, (self.model, action)
        if key not in known:
            reach, registrar = self._reaches(user, action)
            within = self.model.owned_within(user, reach, action)
            beside = self._beside(user, action, registrar, within)
            known[key] = BOOKS & within, beside
        return known[key]

    def _beside(self, user, action, registrar, within):
        """Return the condition of what one sees beside one's reach, or None."""
        if registrar is None and not (within and self.model.rows_beside(user, action)):
            named = self._own_reports(user)
        else:
            named = self._named_beside(user, action)
        team = self.model.team_rows(user, action, named=True) if within else None
        if team is None:
            return named
        return BOOKS & team | named if named else BOOKS & team

    def total_for(self, user, action="view", states=None):
        """Return how many rows `visible_to` has, without counting them one by one.

        The kept numbers of the people within reach, and a count of what one sees
        beside that.

        Args:
            user: who looks.
            action: what the person may do to them.
            states: count those alone whose `tally_state` is one of these.
        """
        reach, registrar = self._reaches(user, action)
        if reach is None:
            return 0
        kept = kept_by_owners(self.model, user.rights.people(reach), registrar)
        if kept is None:
            kept = _kept_of(self.model, action)(user)
        total = sum(int(n) for state, n in kept if states is None or state in states)
        if reach == registrar == Reach.ALL:
            return total
        within, beside = self.conditions_for(user, action)
        if beside:
            others = self.model.objects.filter(beside).exclude(within)
            if states is not None:
                others = others.filter(**{f"{self.model.tally_state}__in": states})
            total += others.order_by().count()
        return total

    def parts_for(self, user, action="view", *, apart=True):
        """Return the rows of `visible_to` in parts, each row in one of them.

        Args:
            user: who looks.
            action: what the person may do to them.
            apart: let each part say in one column whose rows it has. An index that
                begins with that column finds what a further condition selects,
                however wide the reach.
        """
        reach, registrar = self._reaches(user, action)
        if reach is None:
            return [self.none()]
        if reach == registrar == Reach.ALL:
            return [self]
        within = self.model.owned_within(user, reach, action)
        parts = self.model.owned_apart(user, reach, action) if apart else [within]
        return [
            *(self.filter(BOOKS & rows) for rows in parts),
            self._seen_beside(user, action, reach, registrar),
        ]

    def newest_for(self, user, size, action="view"):
        """Return the newest rows of `visible_to`, at most so many: a field's choices.

        Who sees few rows has them gathered and sorted: among very many rows the walk
        along the order would pass all the others. Who sees many meets some at once.
        """
        reach, registrar = self._reaches(user, action)
        sees_all = reach == registrar == Reach.ALL
        rows = self.listed_for(user, action)
        is_told = reach and self.model.is_tallied() and not sees_all
        if is_told and self._known_within(user) <= MOST_GATHERED:
            # No index has this order: PostgreSQL gathers and sorts, whatever it thinks.
            age = ExpressionWrapper(
                F("created_at") + timedelta(0), models.DateTimeField()
            )
            parts = [self.within_reach(user, action)]
            if self.sees_beside(user, action):
                parts.append(self.beside_reach(user, action))
            rows = self.filter(pk__in=first_of(parts, (age.desc(), "-pk"), size))
        return rows[:size]

    def are_few_for(self, user, action="view"):
        """Say whether a person sees so few rows that only common words find very many.

        Args:
            user: who looks.
            action: what the person may do to them.
        """
        reach, _registrar = self._reaches(user, action)
        is_told = reach not in (None, Reach.ALL) and self.model.is_tallied()
        return is_told and self._known_within(user) <= MOST_SEEN_BY_FEW

    def _known_within(self, user):
        """Return the kept number of rows in the books within the person's reach.

        Those of all kinds are asked for at once, once in a request.
        """
        known = user.rights.known
        if "within" not in known:
            known["within"] = dict(_within(user))
        return known["within"].get(self.model._meta.label_lower) or 0

    def sums_for(self, user, state, amount=None, *, owner=None):
        """Return the numbers of the rows of `visible_to` as a query; most are kept.

        Its rows are (owner id, state, number, amount), to be added up: many may tell
        of the same owner and state.

        Args:
            user: who looks.
            state: the column of the status whose numbers are kept.
            amount: the column whose sum is kept.
            owner: the same person, if other people's rows are left out.
        """
        reach, registrar = self._reaches(user, "view")
        kept, others = [Tally.objects.of(self.model)], None
        if reach is None:
            kept = [kept[0].none()]
        elif not reach == registrar == Reach.ALL:
            kept = self._kept_within(user, reach)
            others = self._seen_beside(user, "view", reach, registrar)
        if owner is not None:
            kept = [part.filter(owner_id=owner.pk) for part in kept[:1]]
            others = None if others is None else self.own_parts(owner)[1]
        parts = [part.values_list("owner_id", "state", "n", "amount") for part in kept]
        if others is not None:
            added = Sum(amount) if amount else Value(Decimal(0))
            counts = others.order_by().values_list("owner_id", state)
            parts.append(counts.annotate(Count("pk"), added=added))
        first, *more = parts
        return first.union(*more, all=True) if more else first

    def _kept_within(self, user, reach):
        """Return the kept numbers of what is in the books within a reach, in parts."""
        kept = Tally.objects.of(self.model).in_books()
        if user.rights.people(reach) is None:
            return [kept]
        return kept.within_apart(user, reach, self.model)

    def _seen_beside(self, user, action, reach, registrar):
        """Return the rows that one sees beside the reach, found by their ids."""
        reports, rows = self._reports(user, registrar), self.model.objects.order_by()
        ids = [rows.filter(reports).values("pk")]
        if not self.model.owned_within(user, reach, action):  # it has no end
            return self.filter(reports, pk__in=ids[0])
        outside = self.model.owned_outside(user, reach)
        ids += self.model.rows_beside(user, action, outside)
        if team := self.model.team_rows(user, action, named=True):
            ids.append(rows.filter(team).values("pk"))
        found = ids[0].union(*ids[1:]) if ids[1:] else ids[0]
        return self.filter(BOOKS & outside | reports, pk__in=found)

    def _reaches(self, user, action):
        """Return how far the person's rights to do this and to register go."""
        registrar = user.rights.registers(self.model)
        if action == "register":
            return registrar, registrar
        asked = "view" if action == "file" else action
        return user.rights.reach(permission(asked, self.model)), registrar

    def _reports(self, user, registrar):
        """Return the condition "not registered, and the person may see it"."""
        rows = ~BOOKS & (Q(reporter=user) | Q(entered_by=user))
        if registrar is not None:
            rows |= ~BOOKS & user.rights.owned_by(registrar, "owner")
        return rows

    def _own_reports(self, user):
        """Return the condition that names one's own reports, None without any.

        They are read once in a request, whatever is to be done to them.
        """
        known, key = user.rights.known, (self.model, "reports")
        if key not in known:
            known[key] = [pk for (pk,) in _reports_of(self.model)(user.pk)]
        ids = known[key]
        if len(ids) > MOST_NAMED:
            return self._reports(user, None)
        return any_of("pk", ids) if ids else None

    def _named_beside(self, user, action):
        """Return the condition that names what one sees beside one's reach, or None.

        Very many rows are not named: then it says what they are.
        """
        ids = [pk for (pk,) in _beside_of(self.model, action)(user)]
        if len(ids) > MOST_NAMED:
            return reduce(or_, self._apart(user, action))
        return any_of("pk", ids) if ids else None

    def _apart(self, user, action):
        """Return conditions of what one sees beside one's reach and one's teams."""
        reach, registrar = self._reaches(user, action)
        reports = self._reports(user, registrar)
        if not self.model.owned_within(user, reach, action):  # it has no end
            return [reports]
        outside = self.model.owned_outside(user, reach)
        ids = self.model.rows_beside(user, action, outside)
        return [reports, *(BOOKS & outside & Q(pk__in=part) for part in ids)]

    def reported_by(self, user):
        """Return those rows of `visible_to` that the person brought to no books yet.

        One's own reports are seen by whoever sees any of the kind: no more is asked.
        """
        if self._reaches(user, "view")[0] is None:
            return self.none()
        return self.filter(~BOOKS, reporter=user)

    def registered(self):
        """Return the rows that stand in the books."""
        return self.filter(registration=Registration.REGISTERED)

    def awaiting(self, user):
        """Return the reported rows that the person may register, oldest first.

        What is filed under a record that was returned waits with it, for its reporter.
        """
        rows = self.visible_to(user, "register")
        for path in self.model.names_along:
            rows = rows.exclude(**{f"{path}__registration": Registration.RETURNED})
        return rows.filter(registration=Registration.REPORTED).order_by(
            "created_at", "pk"
        )


class LiveManager(models.Manager.from_queryset(RecordQuerySet)):
    """The rows that are not in the recycle bin."""

    def get_queryset(self):
        """Leave the recycle bin out."""
        return super().get_queryset().filter(deleted_at=None)
