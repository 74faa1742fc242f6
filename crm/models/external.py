"""The number that another system gives a record, by which both mean the same."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.chinese.folding import code
from crm.fields import DerivedTextField
from crm.models.once import Single

EXTERNAL_TAKEN = _("A record with this external number exists already.")


class External(Single):
    """A record that may carry another system's number, once among those of its kind.

    It declares the number itself, in its place: `external_number = number_elsewhere()`.
    """

    once = {"external_number": "external_key"}

    external_number: str
    external_key = DerivedTextField("key_of_external_number")

    class Meta:
        abstract = True

    def key_of_external_number(self):
        """Return the number as two writings of it are compared."""
        return code(self.external_number)


def number_elsewhere():
    """Return the column of the number that another system gives a record."""
    return models.CharField(_("external number"), max_length=60, blank=True)


def external_once(name):
    """Return the constraint that a number stands once among the records of a kind."""
    return models.UniqueConstraint(
        "external_key",
        name=f"{name}_external_once",
        condition=Q(deleted_at=None) & ~Q(external_key=""),
        violation_error_message=EXTERNAL_TAKEN,
    )
