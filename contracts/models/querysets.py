"""Rows of contracts: what is decided upon, whom that may ask, what waits."""

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q

from crm.approval.asking import may_be_asked
from crm.models import RecordQuerySet
from crm.models.record import UNBOUND
from crm.models.registration import BOOKS, Registration

PENDING, CHANGE_PENDING = Q(status="pending"), Q(amendment_state="pending")
UNDER_DECISION = PENDING | CHANGE_PENDING
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

        Whose turn it is just now says `contracts.approvers`.
        """
        return may_be_asked(self, user, (PENDING, CHANGE_PENDING), outside)

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
