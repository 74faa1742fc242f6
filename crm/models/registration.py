"""How far a record is on its way into the books."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Registration(models.TextChoices):
    """The states on the way."""

    REPORTED = "reported", _("reported")
    REGISTERED = "registered", _("registered")
    RETURNED = "returned", _("returned")


#: The condition of the rows that stand in the books.
BOOKS = Q(registration=Registration.REGISTERED)


def reported_by(user):
    """Return the condition "not registered, and this person brought it"."""
    return ~BOOKS & (Q(reporter=user) | Q(entered_by=user))
