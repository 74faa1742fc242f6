"""What owners of encounters are told: that a deal took theirs along (`settling`)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.notices.declared import Occasion

OCCASIONS = (
    Occasion(
        "settled",
        pgettext_lazy("notice", "ended with its opportunity"),
        _("An encounter of mine ended with its opportunity"),
        "info",
        (("owner", "me"),),
    ),
    Occasion(
        "unsettled",
        pgettext_lazy("notice", "open again with its opportunity"),
        _("An encounter of mine is open again with its opportunity"),
        "warn",
        (("owner", "me"), ("outcome", "open")),
    ),
)
