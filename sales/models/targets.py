"""Targets (目标): what a person, a department or the company is to reach in a year."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm.fields import LARGEST_AMOUNT, DerivedTextField, YearField
from crm.models import Department, Record
from crm.models.indexes import (
    bin_index,
    list_index,
    report_indexes,
    search_indexes,
)
from crm.models.ownership import is_owned
from crm.models.record import UNBOUND
from crm.models.record_guards import record_constraints, record_triggers
from crm.models.registration import Registration
from crm.models.versions import person as somebody
from crm.models.versions import signature
from crm.rights.permissions import permission
from crm.rights.roles import Reach
from sales.guards import targets as guards
from sales.models.target_months import MonthlyValues
from sales.models.target_rules import TargetRule

FIRST_YEAR, LAST_YEAR = 2000, 2100
#: What the company is called in the names of its targets, as rules are: in Chinese.
COMPANY = "全公司"
STAYS = gettext_noop("A locked target stays: a change to it is asked for instead.")
FROZEN = gettext_noop(
    "It is locked. Ask for a change, with a reason: somebody above grants it."
)


def this_year():
    """Return the year of today in Shanghai."""
    return timezone.localdate().year


class Target(MonthlyValues, Record):
    """Twelve values of a year, by one rule, for one subject.

    That is a person, a department with all below, or – where neither is named – the
    company. It is written until somebody above locks it: `sales.targets.targeting`
    has its verbs, what PostgreSQL refuses says `sales.guards.targets`. What was
    reached is never stored: `sales.targets.attainment` reckons it from the books.
    """

    segment = "targets"
    rank = 3
    actions = (*Record.actions, "import", "decide")
    stays_with_name = True

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("target", "draft")
        LOCKED = "locked", pgettext_lazy("target", "locked")

    class Subject(models.TextChoices):
        COMPANY = "company", pgettext_lazy("target", "company")
        DEPARTMENT = "department", pgettext_lazy("target", "department")
        PERSON = "person", pgettext_lazy("target", "person")

    groups = (
        (_("Basics"), ("rule", "year", "department", "person", "note")),
        (_("Values of the months"), guards.VALUES),
    )
    #: Whose a department's target is, who heads it now says (`ids_beyond_reach`).
    owner_paths = ("person",)
    asked_once = ("rule", "year", "department", "person")
    each_its_own = guards.VALUES
    title_extras = ("total", "status")
    refused = guards.REFUSED
    worded = ("title", "note")
    named = ("title",)
    depends_on = ("rule", "year", "department", "person")
    sort_field = "title"
    given_on_entry = ("subject", "total", "owner")
    acts = Record.acts | guards.ACTS

    rule = models.ForeignKey(
        TargetRule, models.PROTECT, verbose_name=_("target rule"), related_name="+"
    )
    year = YearField(
        pgettext_lazy("target", "year"),
        default=this_year,
        validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)],
    )
    subject = models.CharField(
        pgettext_lazy("target", "for"),
        max_length=10,
        choices=Subject.choices,
        default=Subject.COMPANY,
        editable=False,
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("department"),
        related_name="+",
    )
    person = somebody(pgettext_lazy("target", "person"), null=True, blank=True)
    total = models.DecimalField(
        _("target of the year"),
        max_digits=20,
        decimal_places=2,
        default=Decimal(0),
        editable=False,
    )
    note = models.TextField(_("note"), max_length=2000, blank=True)
    status = models.CharField(
        _("target status"),
        max_length=10,
        choices=Status.choices,
        default=Status.DRAFT,
        editable=False,
    )
    locked_by = signature(_("locked by"), null=True, editable=False)
    locked_at = models.DateTimeField(_("locked at"), null=True, editable=False)
    title = DerivedTextField("made_title", verbose_name=_("target"))
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")

    class Meta(Record.Meta):
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = (
            *record_constraints("target"),
            models.CheckConstraint(
                condition=Q(department=None) | Q(person=None),
                name="target_of_one",
                violation_error_message=_(
                    "A target is a department's or a person's, not both."
                ),
            ),
            models.CheckConstraint(
                condition=Q(status__in=("draft", "locked")), name="target_status_known"
            ),
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR),
                name="target_year_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(
                    **{f"{name}__range": (0, LARGEST_AMOUNT) for name in guards.VALUES}
                ),
                name="target_values_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(status="draft", locked_by=None, locked_at=None)
                | Q(status="locked", locked_by__isnull=False, locked_at__isnull=False),
                name="target_locked_by_somebody",
            ),
            models.UniqueConstraint(
                fields=("rule", "year", "department", "person"),
                condition=Q(deleted_at=None),
                nulls_distinct=False,
                name="target_once",
                violation_error_message=_(
                    "There is such a target already: by this rule, for this year and"
                    " for the same."
                ),
            ),
        )
        indexes = (
            list_index("target_created", "created_at"),
            list_index("target_changed", "changed_at"),
            list_index("target_title", "title"),
            list_index("target_year", "year", "rule"),
            list_index("target_owner", "owner", "created_at"),
            list_index("target_total", "total"),
            *report_indexes("target"),
            bin_index("target"),
            *search_indexes("target"),
        )
        triggers = (
            *record_triggers(
                "sales.target",
                title="title",
                kept=("subject", "total", "title", "search_text", "search_pinyin"),
            ),
            *guards.target_triggers(),
        )

    def __str__(self):
        return str(self.title)

    def made_title(self):
        """Return what it is called: the year, what counts, and for whom."""
        row = self.person if self.person_id else self.department
        return f"{self.year} {self.rule.name} {row.name if row else COMPANY}"

    @property
    def whose(self):
        """For whom it is, in a word."""
        row = self.person if self.person_id else self.department
        return str(row or gettext("whole company"))

    @property
    def responsible_id(self):
        """The id of whose it is now: the person, the head, or who entered it."""
        if self.person_id:
            return self.person_id
        return self.department.head_id if self.department_id else self.owner_id

    @classmethod
    def ids_beyond_reach(cls, user, action, outside=UNBOUND):
        """Add the targets of departments: whoever heads these now, as far as one may.

        Whose a department's target is, as the row has it, is who was responsible then.
        """
        reach = user.rights.reach(permission(action, cls))
        if reach is None or reach == Reach.ALL:
            return ()
        rows = cls.objects.order_by().filter(outside, department__isnull=False)
        return [rows.filter(department__in=departments_of(user, reach)).values("pk")]

    @classmethod
    def open_to(cls, act):
        """Only what is written is edited; whose a target is, its subject says."""
        return Q(status="draft") if act == "edit" else Q(pk__in=())

    @property
    def is_writable(self):
        """Whether it is not locked yet."""
        return self.status == self.Status.DRAFT

    def sign(self, by):
        """Note whose it is, and who entered it.

        Who may enter targets at all, and register them, enters everybody's within the
        reach of the former into the books at once: there is nobody to ask.
        """
        head = self.department.head_id if self.department_id else None
        self.owner_id = self.person_id or head or self.owner_id or by.pk
        super().sign(by)
        registers = by.rights.reach(permission("register", type(self))) is not None
        if registers and not self.is_registered and self.is_set_by(by):
            self.registration = Registration.REGISTERED
            self.registered_by, self.registered_at = by, timezone.now()

    def is_set_by(self, user):
        """Say whether somebody's right to enter targets covers whose it is."""
        reach = user.rights.reach(permission("add", type(self)))
        if reach is None or reach == Reach.ALL:
            return reach is not None
        if self.person_id:
            return is_owned(self, user, reach)
        covered = departments_of(user, reach).filter(pk=self.department_id)
        return self.department_id is not None and covered.exists()

    def discard(self, by):
        """Put it into the recycle bin, unless it is locked.

        Raises:
            ValidationError: it is, or it is referred to.
        """
        if not self.is_writable:
            raise ValidationError(gettext(STAYS), code="conflict")
        super().discard(by)

    def page_of(self, name):
        """Return the address of one of its pages: lock, request."""
        return reverse(f"target_{name}", args=[self.pk])


def departments_of(user, reach):
    """Return the departments whose targets a reach covers: all, or those one heads.

    With a reach over departments, those at or below one's own and headed ones.
    """
    departments = Department.objects.order_by()
    if reach == Reach.ALL:
        return departments
    if reach == Reach.DEPARTMENT_TREE:
        return user.rights.departments.order_by()
    own = Q(head=user.pk)
    if reach == Reach.DEPARTMENT:
        own |= Q(pk=user.department_id)
    return departments.filter(own)
