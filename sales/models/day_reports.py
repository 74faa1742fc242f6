"""Day reports (日报): what somebody did, what is in the way, what comes next."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.fields import DerivedTextField
from crm.models import Record
from crm.models.groups import RESPONSIBLE
from crm.models.indexes import bin_index, list_index, report_indexes, search_indexes
from crm.models.record_guards import record_constraints, record_triggers
from crm.validators import validate_day_of_deed
from sales.guards import day_reports as guards

NEVER = Q(pk__in=())


class DayReport(Record):
    """One person's report of one day.

    The numbers of the day stand beside the texts: nobody types what the program knows
    (`sales.day_facts`). They are kept as they were when the report was handed in, or
    last changed by who wrote it; read by somebody above, it stays as it is.
    """

    segment = "day-reports"
    rank = 3
    actions = (*Record.actions, "import")
    personal = True
    passes_on = None
    groups = (
        (_("Basics"), ("day",)),
        (_("What was done, and what comes next"), ("done", "problems", "tomorrow")),
        RESPONSIBLE,
    )
    asked_once = ("day",)
    each_its_own = ("day",)
    own_doing = True
    sort_field = "day"
    title_extras = ("owner__name",)
    worded = ("title", "done", "problems", "tomorrow")
    named = ("title",)
    depends_on = ("owner", "day")
    refused = guards.REFUSED
    given_on_entry = ("submitted_at", "late")

    day = models.DateField(
        _("day of the report"),
        default=timezone.localdate,
        validators=[validate_day_of_deed],
    )
    title = DerivedTextField("day_and_name", verbose_name=_("day report"))
    done = models.TextField(
        pgettext_lazy("day report", "done"), max_length=5000, blank=True
    )
    problems = models.TextField(_("problems"), max_length=5000, blank=True)
    tomorrow = models.TextField(_("tomorrow"), max_length=5000, blank=True)
    facts = models.JSONField(null=True, editable=False)
    submitted_at = models.DateTimeField(
        _("handed in at"), default=timezone.now, editable=False
    )
    late = models.GeneratedField(
        expression=guards.is_late(),
        output_field=models.BooleanField(),
        db_persist=True,
        verbose_name=_("late"),
    )
    read_at = models.DateTimeField(_("read at"), null=True, editable=False)
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")

    class Meta(Record.Meta):
        verbose_name = _("day report")
        verbose_name_plural = _("day reports")
        constraints = (*record_constraints("dayreport"), *guards.report_checks())
        indexes = (
            list_index("dayreport_created", "created_at"),
            list_index("dayreport_changed", "changed_at"),
            list_index("dayreport_day", "day"),
            list_index("dayreport_owner", "owner", "day"),
            list_index("dayreport_submitted", "submitted_at"),
            models.Index(
                fields=("owner", "day"),
                name="dayreport_unread",
                condition=Q(read_at=None, deleted_at=None),
            ),
            *report_indexes("dayreport"),
            bin_index("dayreport"),
            *search_indexes("dayreport"),
        )
        triggers = (
            *record_triggers(
                "sales.dayreport",
                title="title",
                kept=("title", "read_at", "search_text", "search_pinyin"),
            ),
            *guards.report_triggers(),
        )

    def __str__(self):
        return self.title or self.day_and_name()

    def day_and_name(self):
        """Return of which day it is, and whose."""
        return f"{self.day:%Y-%m-%d} {self.owner.name if self.owner_id else ''}".strip()

    @classmethod
    def open_to(cls, act):
        """It never changes hands; once it was read, nobody changes it."""
        return NEVER if act == "transfer" else Q(read_at=None)

    @property
    def status(self):
        """How it stands, for scripts: `read`, or `unread`."""
        return "read" if self.read_at else "unread"

    @property
    def is_writable(self):
        """Whether nobody above has read it yet."""
        return self.read_at is None
