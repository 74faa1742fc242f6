"""Work plans (工作计划): what somebody means to do in a week or a month."""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.fields import LARGEST_AMOUNT, DerivedTextField
from crm.guards.parents import parents_live
from crm.guards.triggers import noted
from crm.models import Record
from crm.models.groups import RESPONSIBLE
from crm.models.indexes import bin_index, list_index, report_indexes, search_indexes
from crm.models.record_guards import record_constraints, record_triggers
from crm.models.versions import signature
from crm.rights.permissions import TODAY
from crm.validators import validate_business_date
from customers.models import Customer
from sales.guards import plans as guards
from sales.models.day_facts import OF_PLAN_LINES

#: Its days are not over, and nobody has ended it.
UNDER_WAY = Q(ends_on__gte=TODAY, ended_on=None)


def this_monday():
    """Return the Monday of this week."""
    today = timezone.localdate()
    return today - timedelta(days=today.weekday())


class WorkPlan(Record):
    """What somebody means to do in a week or a month.

    `planner` made it, and has one of these days; `owner` carries it out: somebody else
    who took it over has their own beside it. What its lines come to is kept by
    PostgreSQL (`sales.guards.plans`).
    """

    segment = "plans"
    rank = 2
    actions = (*Record.actions, "import")
    personal = True
    passes_on = UNDER_WAY

    class Period(models.TextChoices):
        WEEK = "week", _("week")
        MONTH = "month", _("month")

    groups = (
        (_("Basics"), ("period", "starts_on", "goal")),
        RESPONSIBLE,
    )
    asked_once = ("period", "starts_on")
    each_its_own = ("period", "starts_on")
    own_doing = True
    tab_under = ("customers",)
    sort_field = "starts_on"
    title_extras = ("goal",)
    worded = ("title", "goal", "subjects")
    named = ("title",)
    depends_on = ("owner", "period", "starts_on")
    refused = guards.REFUSED
    given_on_entry = ("planner", "ends_on")
    acts = Record.acts | {
        "ended": "old ->> 'ended_on' IS NULL AND new ->> 'ended_on' IS NOT NULL"
    }

    period = models.CharField(
        _("period"), max_length=5, choices=Period.choices, default=Period.WEEK
    )
    starts_on = models.DateField(
        _("first day"),
        default=this_monday,
        validators=[validate_business_date],
        help_text=_("A Monday; of a month its first day."),
    )
    ends_on = models.GeneratedField(
        expression=guards.LastDay(),
        output_field=models.DateField(),
        db_persist=True,
        verbose_name=_("last day"),
    )
    goal = models.TextField(_("goal"), max_length=2000, blank=True)
    title = DerivedTextField("days_and_name", verbose_name=_("work plan"))
    subjects = models.TextField(editable=False, default="", blank=True)
    planner = signature(_("planned by"), null=True, editable=False)
    amount = models.DecimalField(
        _("planned amount (CNY)"),
        max_digits=20,
        decimal_places=2,
        default=0,
        editable=False,
    )
    line_count = models.PositiveIntegerField(_("lines"), default=0, editable=False)
    done_count = models.PositiveIntegerField(_("lines done"), default=0, editable=False)
    ended_on = models.DateField(_("ended on"), null=True, editable=False)
    read_at = models.DateTimeField(_("read at"), null=True, editable=False)
    customers = models.ManyToManyField(
        Customer,
        through="sales.WorkPlanLine",
        verbose_name=_("customers in it"),
        related_name="work_plans",
        editable=False,
    )
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")

    class Meta(Record.Meta):
        verbose_name = _("work plan")
        verbose_name_plural = _("work plans")
        constraints = (*record_constraints("plan"), *guards.plan_checks())
        indexes = (
            list_index("plan_created", "created_at"),
            list_index("plan_changed", "changed_at"),
            list_index("plan_starts", "starts_on"),
            list_index("plan_ends", "ends_on"),
            list_index("plan_amount", "amount"),
            list_index("plan_owner", "owner", "starts_on"),
            *report_indexes("plan"),
            bin_index("plan"),
            *search_indexes("plan"),
        )
        triggers = (
            *record_triggers(
                "sales.workplan",
                title="title",
                kept=(
                    *guards.KEPT,
                    "title",
                    "subjects",
                    "read_at",
                    "search_text",
                    "search_pinyin",
                ),
            ),
            *guards.plan_triggers(),
        )

    def __str__(self):
        return self.title or self.days_and_name()

    def days_and_name(self):
        """Return of which days it is, and whose."""
        day = self.starts_on
        if self.period == self.Period.MONTH:
            days = f"{day:%Y-%m}"
        else:
            days = f"{day:%Y-%m-%d} – {day + timedelta(days=6):%m-%d}"
        return f"{days} {self.owner.name if self.owner_id else ''}".strip()

    @classmethod
    def open_to(cls, act):
        """It changes hands while its days last, and is written a month longer."""
        if act == "transfer":
            return UNDER_WAY
        return Q(ended_on=None, ends_on__gte=first_open_day())

    @property
    def is_writable(self):
        """Whether it is written still: not ended, nor over for long."""
        return self.ended_on is None and self.ends_on >= first_open_day()

    @property
    def status(self):
        """How it stands, for scripts: open, over, or ended."""
        if self.ended_on is not None:
            return "ended"
        return "open" if self.ends_on >= timezone.localdate() else "over"


def first_open_day():
    """Return the earliest last day of plans that are written still."""
    return timezone.localdate() - timedelta(days=guards.DAYS_OPEN)


class WorkPlanLine(models.Model):
    """One thing that is planned: about whom, what, until when; and what came of it."""

    day_facts = OF_PLAN_LINES

    plan = models.ForeignKey(WorkPlan, models.CASCADE, related_name="lines")
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("customer"),
        related_name="plan_lines",
    )
    subject = models.CharField(pgettext_lazy("work plan", "subject"), max_length=200)
    amount = models.DecimalField(
        _("planned amount (CNY)"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_AMOUNT)],
    )
    due_on = models.DateField(
        pgettext_lazy("work plan", "due on"),
        blank=True,
        validators=[validate_business_date],
    )
    done = models.BooleanField(pgettext_lazy("work plan", "done"), default=False)
    done_at = models.DateTimeField(_("done at"), null=True, editable=False)
    result = models.CharField(
        pgettext_lazy("work plan", "what came of it"), max_length=500, blank=True
    )

    class Meta:
        verbose_name = _("line of a work plan")
        verbose_name_plural = _("lines of work plans")
        default_permissions = ()
        ordering = ("pk",)
        constraints = guards.line_checks()
        indexes = (
            models.Index(
                fields=("done_at",),
                name="plan_line_done",
                condition=Q(done_at__isnull=False),
            ),
        )
        triggers = (
            noted(
                "sales.workplanline",
                title="subject",
                ignored=("done_at",),
                subject=("sales.workplan", "plan_id"),
            ),
            parents_live(),
            *guards.line_triggers(),
        )

    def __str__(self):
        return self.subject

    @property
    def is_overdue(self):
        """Whether it should have been done by now."""
        return not self.done and self.due_on < timezone.localdate()
