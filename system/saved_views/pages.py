"""The pages of saved views: all that one has, one's own changed, marks of one's own."""

from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from crm.models import ListSettings, Pin, SavedView
from crm.views import RecordVerb
from crm.views.list_settings import list_view_of, title_of
from crm.views.personal import EVERYTHING, asked_for
from system.pages import ModelCreate, ModelDelete, ModelUpdate, RowsMixin
from system.saved_views.forms import MOST_PINNED, SavedViewForm


class SavedViews(TemplateView):
    """All views of a person, and those shared with them."""

    template_name = "saved_views/list.html"

    def get_context_data(self, **context):
        """Add both, each with what the person has marked of it."""
        user = self.request.user
        rows = SavedView.objects.visible_to(user).select_related(
            "owner", "role", "department"
        )
        places = dict(Pin.objects.filter(person=user).values_list("view", "place"))
        firsts = ListSettings.objects.filter(person=user, first_view__isnull=False)
        firsts = set(firsts.values_list("first_view", flat=True))
        found = [
            {
                "view": view,
                "list": _list_title(view.listing),
                "place": places.get(view.pk),
                "is_pinned": view.pk in places,
                "is_first": view.pk in firsts,
                "is_own": view.owner_id == user.pk,
            }
            for view in rows
        ]
        return super().get_context_data(
            own=[one for one in found if one["is_own"]],
            shared=[one for one in found if not one["is_own"]],
            pinned=sorted(
                (one for one in found if one["is_pinned"]),
                key=lambda one: (one["place"], one["view"].pk),
            ),
            **context,
        )


def _list_title(listing):
    """Return what a list is called; its address's name where there is none any more."""
    try:
        view_class = resolve(reverse(listing)).func.view_class
    except NoReverseMatch:
        return listing
    return title_of(view_class)


class ListViews(TemplateView):
    """The views of one list, to choose from: a panel of its page."""

    template_name = "saved_views/of_list.html"

    def get_context_data(self, listing, **context):
        """Add the views, and where what is asked for now is kept."""
        view_class = list_view_of(listing)
        user = self.request.user
        rows = SavedView.objects.visible_to(user).filter(listing=listing)
        query = asked_for(QueryDict(self.request.GET.get("query", ""))).urlencode()
        said = urlencode({"listing": listing, "query": query})
        return super().get_context_data(
            list_title=title_of(view_class),
            views=rows.select_related("owner"),
            all_url=f"{reverse(listing)}?view={EVERYTHING}",
            add_url=f"{reverse('savedview_create')}?{said}",
            **context,
        )


class OwnMixin(RowsMixin):
    """Offer one's own views: no permission opens them, they are everybody's."""

    model = SavedView
    action = None

    def has_permission(self):
        """Say yes: everybody keeps views."""
        return True

    def rows(self):
        """Return what is the person's own."""
        return SavedView.objects.filter(owner=self.request.user)


class SavedViewCreate(OwnMixin, ModelCreate):
    """Keep a list as it was asked for under a name."""

    form_class = SavedViewForm

    def get_context_data(self, **context):
        """Offer no second one: it would be of the same list."""
        return super().get_context_data(**context) | {"can_add_another": False}

    def next_url(self):
        """Return to the list as the view shows it."""
        made = getattr(self, "object", None)
        return made.get_absolute_url() if made else reverse("savedview_list")


class SavedViewUpdate(OwnMixin, ModelUpdate):
    """Rename a view, or share it."""

    form_class = SavedViewForm


class SavedViewDelete(OwnMixin, ModelDelete):
    """Take a view away for good, from whoever had it in the menu too."""

    def used_by(self):
        """Return nothing: marks of it go with it."""
        return []


class SavedViewQuery(OwnMixin, RecordVerb, View):
    """Keep what a list shows now as what the view asks for."""

    done = gettext_lazy("The view asks for this from now on.")

    def act(self, view):
        """Keep it."""
        sent = QueryDict(self.request.POST.get("query", "")[:4000])
        view.query = asked_for(sent).urlencode()
        view.save(update_fields=["query"])


class Mark(RecordVerb, View):
    """A mark of one's own on a view that one sees; nothing of the view changes."""

    model = SavedView
    action = None
    asks_version = False

    def has_permission(self):
        """Say yes: which views there are says `visible_to`."""
        return True

    def get_object(self):
        """Return the view; one that is not shared with the person is not there."""
        rows = SavedView.objects.visible_to(self.request.user)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def next_url(self, _view):
        """Return to one's views."""
        return reverse("savedview_list")


class SavedViewPin(Mark):
    """Put a view into the menu, or take it out."""

    done = gettext_lazy("The menu has changed.")

    def act(self, view):
        """Do as `pinned` says."""
        pins = Pin.objects.filter(person=self.request.user)
        if self.request.POST.get("pinned") != "1":
            pins.filter(view=view).delete()
            return
        if pins.count() >= MOST_PINNED:
            from_menu = _("The menu has room for %s views: take one out first.")
            raise ValidationError(from_menu % MOST_PINNED)
        last = pins.aggregate(last=Max("place"))["last"] or 0
        pins.get_or_create(
            person=self.request.user, view=view, defaults={"place": last + 1}
        )


class SavedViewMove(Mark):
    """Move a view of the menu up or down."""

    done = gettext_lazy("The menu has changed.")

    def act(self, view):
        """Change places with the one beside it, as `to` says."""
        pins = list(
            Pin.objects.filter(person=self.request.user).order_by("place", "view")
        )
        place = next((n for n, pin in enumerate(pins) if pin.view_id == view.pk), None)
        if place is None:
            return
        to = place + (1 if self.request.POST.get("to") == "down" else -1)
        pins.insert(max(0, to), pins.pop(place))
        for number, pin in enumerate(pins, 1):
            pin.place = number
        Pin.objects.bulk_update(pins, ["place"])


class SavedViewFirst(Mark):
    """Let a list begin with a view, or with all rows again."""

    done = gettext_lazy("The list begins with what you have chosen.")

    def act(self, view):
        """Do as `first` says."""
        is_first = self.request.POST.get("first") == "1"
        ListSettings.objects.update_or_create(
            person=self.request.user,
            listing=view.listing,
            defaults={"first_view": view if is_first else None},
        )
