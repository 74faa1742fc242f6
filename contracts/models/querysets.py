"""Rows of contracts: what is decided upon, whom that may ask, what waits."""

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q

from crm.models import Department, Deputy, RecordQuerySet, Role, User
from crm.models.record import UNBOUND
from crm.models.registration import BOOKS, Registration

UNDER_DECISION = Q(status="pending") | Q(amendment_state="pending")
CAME_BACK = Q(status__in=("rejected", "recalled")) | Q(
    amendment_state__in=("rejected", "recalled")
)
HANDED_IN = Q(status="reported") | Q(amendment_state="reported")


class ContractQuerySet(RecordQuerySet):
    """Contracts, and what one asks of them."""

    def pending(self):
        """Return the contracts that are, or whose change is, being decided upon."""
        return self.filter(UNDER_DECISION)

    def asked(self, user):
        """Return those under decision that the person may be asked to decide on.

        Of `visible_to(user, "approve")`: whoever may be asked about what stands in the
        books sees it. What one has decided on before need not be looked at for that.
        """
        visibility = self.visibility(user, "approve")
        if visibility.is_nothing:
            return self.none()
        ids = ArraySubquery(self.model.objects.may_ask(user))  # few, to look up
        rows = self.filter(pk__any_of=ids)
        if visibility.is_everything:
            return rows
        return rows.filter(BOOKS | visibility.reports)

    def asked_of(self, user, outside):
        """Return the ids of those "one can be asked to decide on" and "one has"."""
        insights = apps.get_model("contracts.Insight").objects.order_by()
        decided = insights.filter(outside, person=user)
        return [self.may_ask(user, outside), decided.values("contract")]

    def may_ask(self, user, outside=UNBOUND):
        """Return the ids of the contracts under decision that one can be asked about.

        Generous on purpose: every head above the owner, everybody a step names, and
        their deputies. Whose turn it is just now says `contracts.approvers`. An index
        tells whose each of them is.
        """
        absent = Deputy.objects.on().filter(deputy=user).order_by()
        people = User.objects.filter(Q(pk=user.pk) | Q(pk__in=absent.values("person")))
        people = people.order_by().values("pk")
        whole = ExpressionWrapper(OuterRef("path"), models.CharField())
        above = Department.objects.filter(head__in=people).alias(whole=whole)
        above = above.filter(whole__startswith=F("path")).order_by()
        headed = Department.objects.filter(Exists(above)).order_by()
        below = User.objects.filter(department__in=headed.values("pk")).order_by()
        roles = Role.objects.filter(users__in=people).order_by()
        rounds = apps.get_model("contracts.Round").objects.filter(state="open")
        under_way = ArraySubquery(rounds.order_by().values("pk"))
        named = (
            apps.get_model("contracts.RoundStep")
            .objects.naming()
            .filter(
                Q(person__in=people)
                | Q(last_resort__in=people)
                | Q(role__in=roles.values("pk")),
                round__any_of=under_way,  # few, and not all steps there ever were
            )
        )
        rows = self.order_by().filter(outside)
        first, *others = [
            rows.filter(owner__in=below.values("pk"), status="pending"),
            rows.filter(owner__in=below.values("pk"), amendment_state="pending"),
            rows.pending().filter(pk__in=named.values("round__contract")),
        ]
        return first.values("pk").union(*(part.values("pk") for part in others))

    def brought_by(self, user):
        """Return one's own reports; what is only a draft is none yet."""
        rows = super().brought_by(user)
        return rows.exclude(status="draft", registration=Registration.REPORTED)

    def awaiting(self, user):
        """Return what was handed in without needing approval, oldest first.

        A draft waits for nobody yet, whoever wrote it.
        """
        rows = self.visible_to(user, "register").filter(HANDED_IN)
        return rows.order_by("created_at", "pk")
