"""A list as a person has set it up: columns, widths, density, the view they keep."""

from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm.lists.list_query import OF_A_PAGE
from crm.models import ListSettings
from crm.models.saved_views import SavedView

#: Keys of an address that say nothing of what is asked for.
NOT_ASKED = ("view", "base", "per_page", *OF_A_PAGE)
#: The value of `view` that asks for all rows, whatever view a person starts with.
EVERYTHING = "all"


def asked_for(given):
    """Return a query string without what only a page of it, or a view, says."""
    kept = given.copy()
    for key in NOT_ASKED:
        kept.pop(key, None)
    return kept


class PersonalMixin:
    """What a person keeps of a list, and the view that its address names.

    `?view=5` shows the list as a view has it; what else the address says goes before
    it. All addresses within the page then say everything themselves, and with
    `base=5` which view they started from.
    """

    #: Whether the person's own settings hold; an export takes all columns.
    is_personal = True

    def setup(self, request, *args, **kwargs):
        """Put what a view asks for in the place of its number."""
        super().setup(request, *args, **kwargs)
        self.view_errors = []
        if "view" not in request.GET and (request.GET or not self.is_personal):
            return
        named = request.GET.get("view", "")
        given = request.GET.copy()
        given.pop("view", None)
        if named != EVERYTHING:
            self._show_view(named, given)
        request.GET = given

    def _show_view(self, named, given):
        """Add to what is given all that the view says, or say that there is none."""
        view = self._view(named) if named else self._first_view()
        if view is not None:
            self.__dict__["saved_view"] = view
            for key, values in view.asked.lists():
                if key not in given:
                    given.setlist(key, values)
            given["base"] = str(view.pk)
        elif named:
            self.view_errors.append(
                _("There is no such view, or it is no longer shared with you.")
            )

    @property
    def _listing(self):
        """The name of the list's address."""
        match = self.request.resolver_match
        return match.url_name if match else ""

    def _view(self, named):
        """Return a view of this list that the person sees, or None."""
        if not (named.isascii() and named.isdigit() and len(named) < 18):
            return None
        rows = SavedView.objects.visible_to(self.request.user)
        own = Q(listing=self._listing)
        if not self.is_personal:
            own = Q()
        return rows.filter(own, pk=int(named)).first()

    def _first_view(self):
        """Return the view a person starts with, if there is one they still see."""
        if self.request.method != "GET" or self.kept.first_view_id is None:
            return None
        return self._view(str(self.kept.first_view_id))

    @cached_property
    def saved_view(self):
        """The view that the list shows or started from, None without one."""
        return self._view(self.request.GET.get("base", ""))

    @cached_property
    def kept(self):
        """How the person has set up this list; nothing kept where only rows count."""
        if not self.is_personal:
            return ListSettings()
        rows = ListSettings.objects.filter(
            person=self.request.user.pk, listing=self._listing
        )
        return rows.first() or ListSettings()

    def shown_view(self):
        """Return what the page says of its view; None without one.

        As {name, url, all_url, is_changed, save_url, save_as_url, query, version};
        `save_url` for whose it is.
        """
        view = self.saved_view
        if view is None:
            return None
        asked = asked_for(self.request.GET)
        is_own = view.owner_id == self.request.user.pk
        return {
            "name": view.name,
            "url": view.get_absolute_url(),
            "all_url": f"{self.request.path}?view={EVERYTHING}",
            "is_changed": _said(asked) != _said(view.asked),
            "save_url": reverse("savedview_query", args=[view.pk]) if is_own else None,
            "save_as_url": self._address_of_new(asked),
            "query": asked.urlencode(),
            "version": view.version,
        }

    def _address_of_new(self, asked):
        """Return where what is asked for is kept as a new view."""
        said = {"listing": self._listing, "query": asked.urlencode()}
        return f"{reverse('savedview_create')}?{urlencode(said)}"

    def personal(self):
        """Return what the page says of what a person keeps of the list."""
        here = urlencode({"next": self.request.get_full_path()})
        query = urlencode({"query": asked_for(self.request.GET).urlencode()})
        listing = [self._listing]
        return {
            "settings_url": f"{reverse('list_settings', args=listing)}?{here}",
            "saved_view": self.shown_view(),
            "is_compact": self.kept.is_compact,
            "widths": self.widths(),
            "views_url": f"{reverse('list_views', args=listing)}?{query}",
        }

    def widths(self):
        """Return the widths in pixels of the columns drawn, "" each for its own.

        Nothing where the person has set none.
        """
        kept = self.kept.widths
        found = [kept.get(column.name, "") for column in self.table.shown]
        return found if any(found) else ()


def _said(given):
    """Return what a query string asks for, whatever the order of its conditions."""
    sayings = ((key, values) for key, values in QueryDict.lists(given) if any(values))
    return sorted(
        (key, values if key == "column" else sorted(values)) for key, values in sayings
    )
