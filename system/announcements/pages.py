"""The pages of announcements: what is meant for a reader, all for publishers."""

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, View

from crm.display import label_of, moment_text, reader
from crm.lists.filters import ModelFilter
from crm.lists.tables import RecordTable
from crm.views import ModelList, PageMixin, RecordVerb
from system.announcements.forms import AnnouncementForm
from system.announcements.models import Announcement, Reading
from system.pages import ModelCreate, ModelDelete, ModelUpdate, RowsMixin

#: Readers, and those who have not read, that a page names.
NAMED = 500


class AnnouncementTable(RecordTable):
    """Columns of the list of announcements."""

    default_sort = "-starts_on"
    usual = ("title", "starts_on", "ends_on", "pinned", "published_by")

    class Meta:
        model = Announcement
        fields = ("title", "starts_on", "ends_on", "pinned", "published_by")


class AnnouncementFilter(ModelFilter):
    """Conditions on announcements."""

    conditions = ("starts_on", "ends_on", "pinned", "published_by")
    usual = ("starts_on_after", "starts_on_before", "pinned")
    searched = ("title", "text")

    class Meta:
        model = Announcement
        fields = ()


class OpenMixin:
    """Open to everybody: what is meant for somebody is theirs to read."""

    def has_permission(self):
        """Say yes; which rows there are says `visible_to`."""
        return True


class AnnouncementList(OpenMixin, ModelList):
    """What one is told, was told, or tells others."""

    model = Announcement
    queryset = Announcement.objects.select_related("published_by")
    table_class = AnnouncementTable
    filterset_class = AnnouncementFilter
    empty_hint = gettext_lazy("What is announced to you stands here, also afterwards.")

    def rows(self):
        """Return what the person sees."""
        return super().rows().visible_to(self.request.user)


class AnnouncementDetail(OpenMixin, PageMixin, DetailView):
    """One announcement; for whoever may change it also who has read it."""

    model = Announcement
    template_name = "announcements/detail.html"

    def get_queryset(self):
        """Return what the person sees, with whether they have read it."""
        user = self.request.user
        rows = Announcement.objects.visible_to(user).marked_for(user)
        return rows.select_related("published_by")

    def get_context_data(self, **context):
        """Add facts, buttons and readers."""
        announcement, user = self.object, self.request.user
        may_change = user.has_perm("announcements.change_announcement", announcement)
        tabs = [self._history_tab()] if may_change else []
        return super().get_context_data(
            title=announcement.title,
            kind=Announcement._meta.verbose_name,
            list_url=reverse("announcement_list"),
            status=self._status(),
            groups=[(_("Basics"), self._facts())],
            actions=self._actions(may_change),
            tabs=tabs,
            open_tab=tabs[0] if tabs else None,
            is_addressed=Announcement.objects.addressed_to(user)
            .filter(pk=announcement.pk)
            .exists(),
            **(self._readers() if may_change else {}),
            **context,
        )

    def _status(self):
        today = timezone.localdate()
        if self.object.starts_on > today:
            return "planned"
        return "over" if self.object.ends_on < today else "current"

    def _facts(self):
        names = ("starts_on", "ends_on", "pinned", "published_by")
        facts = [
            {
                "name": name,
                "label": label_of(Announcement, name),
                "value": reader(Announcement, name)(self.object),
            }
            for name in names
        ]
        return [*facts, {"name": "for", "label": _("for"), "value": self._for()}]

    def _for(self):
        """Return for whom it is, in words."""
        names = [str(role) for role in self.object.roles.all()]
        names += [str(department) for department in self.object.departments.all()]
        return "、".join(names) or _("everybody")

    def _actions(self, may_change):
        may_delete = self.request.user.has_perm(
            "announcements.delete_announcement", self.object
        )
        buttons = (
            (may_change, "update", _("Edit"), "primary"),
            (may_delete, "delete", _("Delete"), "danger"),
        )
        return [
            {
                "label": label,
                "url": reverse(f"announcement_{name}", args=[self.object.pk]),
                "style": style,
            }
            for is_offered, name, label, style in buttons
            if is_offered
        ]

    def _history_tab(self):
        """Return the tab of those who may change it."""
        args = [Announcement._meta.label_lower, self.object.pk]
        url, label = reverse("history", args=args), _("Change history")
        return {"key": "history", "label": label, "url": url, "count": None}

    def _readers(self):
        """Return who has read it and who has not, of those whom it is for."""
        readings = self.object.readings.select_related("person__department")
        read = Reading.objects.filter(announcement=self.object, person=OuterRef("pk"))
        unread = self.object.audience().filter(~Exists(read))
        return {
            "readings": [
                {"person": r.person, "when": moment_text(r.at)}
                for r in readings.order_by("-at", "-pk")[:NAMED]
            ],
            "unread": unread.select_related("department")[:NAMED],
            "n_read": readings.count(),
            "n_unread": unread.count(),
        }


class AnnouncementReading(OpenMixin, RecordVerb, View):
    """Note that the person has read an announcement that is meant for them."""

    model = Announcement
    asks_version = False  # a mark of one's own: it decides nothing over the row
    done = gettext_lazy("Marked as read.")

    def get_object(self):
        """Return it; what is not meant for the person is not there."""
        rows = Announcement.objects.addressed_to(self.request.user)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def act(self, announcement):
        """Note it."""
        announcement.mark_read(self.request.user)


class AnnouncementsMixin(RowsMixin):
    """Offer the announcements that this person looks after."""

    model = Announcement

    def rows(self):
        """Return those within reach."""
        return Announcement.objects.visible_to(self.request.user, self.action)


class AnnouncementCreate(AnnouncementsMixin, ModelCreate):
    """Publish an announcement."""

    form_class = AnnouncementForm


class AnnouncementUpdate(AnnouncementsMixin, ModelUpdate):
    """Change an announcement."""

    form_class = AnnouncementForm


class AnnouncementDelete(AnnouncementsMixin, ModelDelete):
    """Take an announcement back for good; the log keeps what it said."""

    def used_by(self):
        """Return nothing: its readers and its audience go with it."""
        return []
