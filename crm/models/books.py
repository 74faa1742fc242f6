"""A record's way into the books: reported, registered, or returned with a reason."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext

from crm.guards import actor
from crm.models.registration import Registration
from crm.notices.sending import notify
from crm.text import clean


class InBooks(models.Model):
    """What is reported and then stands in the books; its columns are the record's."""

    class Meta:
        abstract = True

    @property
    def is_registered(self):
        """Whether the record stands in the books."""
        return self.registration == Registration.REGISTERED

    @property
    def is_reported(self):
        """Whether the record waits to be registered."""
        return self.registration == Registration.REPORTED

    @property
    def reports_change(self):
        """Whether it stands in the books, and a change to it waits to be registered.

        A kind that has such changes returns (the change, [{name, label, old, new}] of
        what differs) from `reported_change` of its `inbox_verbs`.
        """
        return False

    def register(self, by):
        """Put a reported record into the books.

        Raises:
            ValidationError: somebody else was quicker.
        """
        now = timezone.now()
        with actor.acting(by, verb="registered"):
            self._move(
                (Registration.REPORTED,),
                registration=Registration.REGISTERED,
                registered_by=by,
                registered_at=now,
                return_reason="",
            )
            self._tell("registered", by)

    def send_back(self, by, reason):
        """Return a reported record to its reporter, with the reason.

        Raises:
            ValidationError: there is no reason or a very long one, or somebody
                else was quicker.
        """
        text = self.reason_to_return(reason)
        with actor.acting(by, verb="returned"):
            self._move(
                (Registration.REPORTED,),
                registration=Registration.RETURNED,
                return_reason=text,
            )
            self._tell("returned", by, text)

    def report_again(self, by):
        """Hand a returned record in again.

        Raises:
            ValidationError: it is not returned any more.
        """
        with actor.acting(by, verb="reported"):
            self._move((Registration.RETURNED,), registration=Registration.REPORTED)

    def _tell(self, verb, by, reason=""):
        """Tell those who brought the record what became of it, and who sees it now."""
        people = {self.reporter_id, self.entered_by_id}
        for person in sorted(people):
            notify(person, verb, self, by=by, reason=reason)
        if self.is_registered and self.owner_id not in people:
            notify(self.owner_id, "registered_for", self, by=by)

    def _move(self, before, **after):
        """Change the registration if it still is as thought: two cannot both win."""
        rows = type(self).objects.filter(pk=self.pk, registration__in=before)
        if not rows.update(**after):
            raise ValidationError(
                gettext("Somebody else has dealt with this in the meantime."),
                code="conflict",
            )
        self.refresh_from_db()

    @classmethod
    def reason_to_return(cls, text):
        """Return why a report is returned, as it is kept.

        Raises:
            ValidationError: there is no reason, or a very long one.
        """
        reason = cls._meta.get_field("return_reason").clean(clean(text), None)
        if not reason:
            raise ValidationError({"reason": gettext("Say why it is returned.")})
        return reason
