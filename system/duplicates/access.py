"""Who opens the pages of duplicates: whoever may change and delete rows of a kind."""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from crm.duplicates.models import mergeable
from crm.lists.mixed import read_mixed
from crm.queries.ids import any_of
from crm.rights.permissions import permission
from crm.rights.roles import Reach
from crm.views import PageMixin


class MergersMixin(PageMixin):
    """Open to whoever may merge rows of some kind."""

    @cached_property
    def kinds(self):
        """The kinds whose rows the person may merge."""
        return mergeable_by(self.request.user)

    def has_permission(self):
        """Say whether there is any such kind."""
        return bool(self.kinds)

    @property
    def may_scan(self):
        """Whether the person looks after more than what is their own."""
        rights = self.request.user.rights
        reaches = {rights.reach(permission("delete", model)) for model in self.kinds}
        return Reach.ALL in reaches


def mergeable_by(user):
    """Return the kinds whose rows a person may merge, as far as they reach."""
    return [
        model
        for model in mergeable()
        if all(user.has_perm(permission(a, model)) for a in ("change", "delete"))
    ]


def named(wanted):
    """Return {(label, id): record} of rows of several kinds, in few queries.

    Args:
        wanted: {model: ids}; rows in the recycle bin are found, too.
    """
    return read_mixed(
        [
            model.everything.order_by().filter(any_of("pk", sorted(ids)))
            for model, ids in wanted.items()
            if ids
        ]
    )


def undo_button(name, record, token):
    """Return the HTML of the button of a row that takes back what was decided on it.

    Args:
        name: of the address.
        record: the row; its version goes along, where it has any.
        token: against forged requests.
    """
    action = {
        "label": _("Take back"),
        "url": reverse(name, args=[record.pk]),
        "method": "post",
        "style": "sm",
        "version": getattr(record, "version", None),
    }
    context = {"action": action, "csrf_token": token}
    return render_to_string("parts/action.html", context)
