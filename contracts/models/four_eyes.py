"""What somebody else than its writers decides upon: money, and invoices."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext


class FourEyes:
    """A record that finance decides upon; left of `Record`.

    A rejected one is corrected and waits again; what is decided upon stays.
    """

    #: So it stands while its content is being written; the first is how it waits.
    WRITABLE: ClassVar[tuple]
    #: Columns of the people who have to do with its content.
    writers: ClassVar[tuple] = ("entered_by_id", "reporter_id", "edited_by_id")
    #: Returns the SQL "this person ever wrote the content", of the SQL of two ids.
    wrote: ClassVar[Any]
    #: Why what is decided upon is not deleted.
    stays: ClassVar[str]

    @property
    def attachments_stay(self):
        """What was decided on keeps the files that others brought."""
        return not self.is_writable

    @property
    def is_writable(self):
        """Whether its content may change."""
        return self.status in self.WRITABLE

    def may_decide(self, user):
        """Say whether somebody with the right decides on it: not what they wrote."""
        if user.pk in {getattr(self, column) for column in self.writers}:
            return False
        wrote = self.wrote(f"{self._meta.db_table}.id", "%s")
        written = RawSQL(wrote, (user.pk,), models.BooleanField())  # noqa: S611 - ours
        return not type(self).everything.filter(written, pk=self.pk).exists()

    def hand_in_again(self):
        """Let a rejected one wait again, corrected or not."""
        if self.status == self.Status.REJECTED:
            self.status, self.rejection = self.WRITABLE[0], ""

    def discard(self, by):
        """Put what is not decided upon into the recycle bin.

        Raises:
            ValidationError: it is decided upon, or it is referred to.
        """
        if not self.is_writable:
            raise ValidationError(gettext(self.stays), code="conflict")
        super().discard(by)
