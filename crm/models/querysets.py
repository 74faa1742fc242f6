"""Rows of business records: lists, counts, choices, searches, exports start here."""

from django.db import models, transaction

from crm.models.registration import BOOKS, Registration
from crm.models.search_queryset import SearchingQuerySet
from crm.models.visibility import Visibility


class RecordQuerySet(SearchingQuerySet):
    """Rows of a business record."""

    def visible_to(self, user, action="view"):
        """Return the rows on which the person may do `action`."""
        return self.visibility(user, action).rows()

    def visibility(self, user, action="view"):
        """Return the Visibility of these rows: all ways to ask which one may see."""
        return Visibility(self, user, action)

    def reported_by(self, user):
        """Return those rows of `visible_to` that the person brought to no books yet.

        One's own reports are seen by whoever sees any of the kind: no more is asked.
        """
        if self.visibility(user).is_nothing:
            return self.none()
        return self.brought_by(user)

    def brought_by(self, user):
        """Return what stands in no books and this person brought, whoever may see it.

        What has been returned, or may be, concerns them even after they have left.
        """
        return self.filter(~BOOKS, reporter=user)

    def registered(self):
        """Return the rows that stand in the books."""
        return self.filter(registration=Registration.REGISTERED)

    def give(self, to):
        """Hand the rows on to another owner; return how many they are.

        Whoever owns a report and has brought it stay one person: to nobody else it
        would be shown, and nobody else would get it back when it is returned.

        Args:
            to: the id of the new owner.
        """
        own_report = ~BOOKS & models.Q(reporter=models.F("owner"))
        reporter = models.Case(
            models.When(own_report, then=models.Value(to)),
            default=models.F("reporter"),
            output_field=models.BigIntegerField(),
        )
        return self.hand(to, reporter)

    def hand(self, owner, reporter):
        """Write whose the rows are, and who brought them; return how many they are.

        What is derived of whose they are follows, where a kind has such: the name in
        a title.

        Args:
            owner: the id of the owner.
            reporter: the id of who brought them, or an expression of it.
        """
        if "owner" not in self.model.depends_on:
            return self.update(owner=owner, reporter=reporter)
        with transaction.atomic():
            rows = self.order_by("pk").select_for_update(of=("self",), no_key=True)
            for row in rows:
                row.owner_id, row.reporter_id = owner, reporter
                row.save(update_fields=["owner", "reporter"])
        return len(rows)

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
