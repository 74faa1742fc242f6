"""Counterparts (对口联系): who speaks with whom at a customer, how often."""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.fields import DerivedTextField
from crm.guards.ledger import tallied
from crm.guards.parents import parents_live
from crm.models import Department, Record
from crm.models.dated import Dated
from crm.models.groups import RESPONSIBLE
from crm.models.indexes import (
    bin_index,
    elsewhere_index,
    list_index,
    report_indexes,
    search_indexes,
)
from crm.models.moments import Moment
from crm.models.record_guards import (
    days_in_bounds,
    record_constraints,
    record_triggers,
)
from crm.models.versions import signature
from crm.rights.permissions import TODAY
from crm.validators import validate_business_date
from customers.guards.counterparts import KEPT, DueOn, counterpart_triggers
from customers.models.contacts import Contact
from customers.models.customers import Customer
from customers.models.rhythm import BY_LEVEL, USUAL
from customers.triggers import owner_asked, owner_of_customer, same_customer

#: The longest rhythm: at least once a year.
LONGEST = 366
YESTERDAY = Cast(TODAY - timedelta(days=1), models.DateField())
#: It has not ended.
RUNNING = Q(until=None) | Q(until__gte=TODAY)


class Counterpart(Record):
    """Who of ours looks after a matter at a customer, whom they speak with, how often.

    `owner` is our responsible person. `last_met_on` is the day of the latest
    interaction in the books, at this customer, that the person had or that was with
    this contact: PostgreSQL keeps it (`customers.guards.counterparts`,
    `feedback.triggers`). The next contact is due `rhythm_days` after that, or after
    the first day, or the day on which the person took over, if that is later: whoever
    has just come is not late.
    """

    segment = "counterparts"
    actions = (*Record.actions, "import")
    rank = 3
    kept_sums = "customers.meetings"

    groups = (
        (_("At the customer"), ("customer", "subject", "their_department", "contact")),
        (
            _("On our side"),
            ("our_department", "rhythm_days", "since", "until", "remarks"),
        ),
        RESPONSIBLE,
    )
    owner_paths = ("owner", "customer_owner")
    team_path = "customer"
    names_along = ("customer",)
    tab_under = ("customer", "contact")
    goes_along = {"customer": RUNNING}
    passes_on = RUNNING
    each_its_own = ("customer", "contact")
    #: Of two customers that become one, what both say ended once the day before.
    moved_with = {"until": Greatest(F("since"), YESTERDAY)}
    follows_owner = ("our_department_id", "until", "taken_over_on")
    moments = (
        Moment(
            key="counterpart",
            label=_("counterparts"),
            act=_("counterpart named"),
            at="created_at",
            under=("customer", "contact"),
            title="subject",
            note=("their_department", "remarks"),
            who="owner__name",
        ),
    )
    dated = (
        Dated(
            "contact",
            pgettext_lazy("counterpart", "contact due"),
            "due_on",
            tone="warn",
            condition=RUNNING,
            is_due=True,
        ),
    )
    title_extras = ("customer__name", "their_department")
    sort_field = "subject"
    given_on_entry = ("our_department", "rhythm_days", *KEPT)
    found_through = ("customer",)
    worded = ("subject", "their_department", "remarks")
    named = ("subject",)
    refused = {
        "counterpart_contact": _("This contact belongs to another customer."),
    }

    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name=_("customer"),
        related_name="counterparts",
    )
    customer_owner = owner_of_customer()
    subject = models.CharField(
        pgettext_lazy("counterpart", "matter"),
        max_length=100,
        help_text=_("What they speak about: purchasing, finance, technology."),
    )
    their_department = models.CharField(
        pgettext_lazy("counterpart", "their department"), max_length=100, blank=True
    )
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("contact"),
        related_name="counterparts",
    )
    our_department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=pgettext_lazy("counterpart", "our department"),
        related_name="+",
        help_text=_("Left empty: the department of our person."),
    )
    owner = signature(pgettext_lazy("counterpart", "our person"))
    rhythm_days = models.PositiveSmallIntegerField(
        pgettext_lazy("counterpart", "contact every … days"),
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST)],
        help_text=_("Left empty: as the level of the customer wants it."),
    )
    since = models.DateField(
        pgettext_lazy("counterpart", "since"),
        default=timezone.localdate,
        validators=[validate_business_date],
    )
    until = models.DateField(
        pgettext_lazy("counterpart", "until"),
        null=True,
        blank=True,
        validators=[validate_business_date],
    )
    remarks = models.TextField(_("remarks"), max_length=5000, blank=True)
    last_met_on = models.DateField(
        pgettext_lazy("counterpart", "last contact on"), null=True, editable=False
    )
    taken_over_on = models.DateField(
        pgettext_lazy("counterpart", "taken over on"), null=True, editable=False
    )
    due_on = models.GeneratedField(
        expression=DueOn(),
        output_field=models.DateField(),
        db_persist=True,
        verbose_name=pgettext_lazy("counterpart", "next contact due on"),
    )
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")

    class Meta(Record.Meta):
        verbose_name = _("counterpart")
        verbose_name_plural = _("counterparts")
        constraints = (
            *record_constraints("counterpart"),
            days_in_bounds("counterpart", "since", "until", "last_met_on"),
            models.CheckConstraint(
                condition=Q(rhythm_days__range=(1, LONGEST)),
                name="counterpart_rhythm_in_bounds",
                violation_error_message=_("The rhythm is 1 to 366 days."),
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="counterpart_ends_after_begin",
                violation_error_message=_("It cannot end before it begins."),
            ),
            models.UniqueConstraint(
                fields=("customer", "subject", "owner", "contact"),
                condition=Q(deleted_at=None, until=None),
                nulls_distinct=False,
                name="counterpart_once",
                violation_error_message=_(
                    "This person looks after this matter there already, with the same"
                    " contact."
                ),
            ),
        )
        indexes = (
            *(
                list_index(name, *columns, people=("owner", "customer_owner"))
                for name, columns in (
                    ("counterpart_created", ("created_at",)),
                    ("counterpart_changed", ("changed_at",)),
                    ("counterpart_due", ("due_on",)),
                    ("counterpart_met", ("last_met_on",)),
                    ("counterpart_since", ("since",)),
                    ("counterpart_subject", ("subject",)),
                    ("counterpart_owner", ("owner", "due_on")),
                    ("counterpart_customer_owner", ("customer_owner", "due_on")),
                    ("counterpart_customer", ("customer", "due_on")),
                    ("counterpart_department", ("our_department", "due_on")),
                )
            ),
            elsewhere_index("counterpart_elsewhere"),
            *report_indexes("counterpart", ("owner", "customer_owner")),
            bin_index("counterpart", ("owner", "customer_owner")),
            *search_indexes("counterpart"),
        )
        triggers = (
            *record_triggers(
                "customers.counterpart",
                title="subject",
                kept=("customer_owner_id", *KEPT, "search_text", "search_pinyin"),
            ),
            owner_asked(),
            parents_live(),
            *tallied("customers.counterpart", other="customer_owner_id"),
            same_customer("counterpart", contact="customers_contact"),
            *counterpart_triggers(BY_LEVEL, USUAL),
        )

    def __str__(self):
        return self.subject

    @property
    def is_ended(self):
        """Whether its last day is over."""
        return self.until is not None and self.until < timezone.localdate()

    @property
    def days_overdue(self):
        """For how many days the next contact has been overdue; 0 if it is not."""
        if self.due_on is None or self.is_ended or not self.is_registered:
            return 0
        return max((timezone.localdate() - self.due_on).days, 0)
