"""Rows that count their changes: nobody decides over what they have not seen."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def person(label, **options):
    """Return a foreign key to a person that nothing is reached back through."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=label,
        related_name="+",
        **options,
    )


def signature(label, **options):
    """Return the key of a person that no index of its own is needed for.

    People are never deleted; lists look for owners and reporters by the indexes of
    `crm.models.indexes`.
    """
    return person(label, db_index=False, **options)


class Versioned(models.Model):
    """A row whose `version` the trigger `stamped` raises with every change.

    `history_part_of` names the relation to the row whose history tells of this one.
    """

    history_part_of: str | None = None
    #: Days that nobody plans by: lists ask for bounds, and stay light without spans.
    bounded_days: tuple[str, ...] = ("changed_at",)

    changed_at = models.DateTimeField(
        _("changed at"), default=timezone.now, editable=False
    )
    changed_by = signature(_("changed by"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    @property
    def shown_version(self):
        """The version that a form shows; 0 while nothing is stored."""
        return 0 if self._state.adding else self.version
