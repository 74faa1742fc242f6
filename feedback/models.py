"""交往反馈: every call, visit and message, and what the customer said."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracts.models import Contract
from crm.fields import DerivedTextField
from crm.guards.ledger import tallied
from crm.guards.options import options_kept
from crm.guards.parents import parents_live
from crm.models import Attachment, DictionaryField, Record
from crm.models.attachment import file_triggers
from crm.models.day_facts import DayFact
from crm.models.filed_figures import FiledFigure
from crm.models.groups import RESPONSIBLE
from crm.models.indexes import bin_index, elsewhere_index, list_index, report_indexes
from crm.models.measures import Measure
from crm.models.moments import Moment
from crm.models.record_guards import record_constraints, record_triggers
from crm.queries.search import Grams
from crm.text import single_line
from crm.validators import EARLIEST, LATEST, validate_business_date
from customers.models import Contact, Customer
from customers.triggers import owner_asked, owner_of_customer, same_customer
from feedback.triggers import contact_dates, counterparts_meet, told_at_kept
from sales.dictionaries import INTERACTION_METHOD
from sales.models import Opportunity

#: How long a subject is that is made of the content.
SUBJECT = 50
#: What validate_business_date lets through, as moments.
SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = datetime.combine(EARLIEST, time(), SHANGHAI)
TOO_LATE = datetime.combine(LATEST + timedelta(days=1), time(), SHANGHAI)


def validate_not_ahead(moment):
    """Refuse what has not happened yet; a day is left for clocks and time zones."""
    if moment > timezone.now() + timedelta(days=1):
        raise ValidationError(
            _("This lies in the future. Note planned contacts as the next contact."),
            code="ahead",
        )


class Interaction(Record):
    """One contact with a customer, and what came of it."""

    segment = "interactions"
    charts = "feedback.charts.OF_INTERACTIONS"
    is_follow_up = True
    actions = (*Record.actions, "import")
    groups = (
        (
            _("With whom and when"),
            (
                "customer",
                "contact",
                "opportunity",
                "contract",
                "method",
                "occurred_at",
            ),
        ),
        (_("What it was about"), ("subject", "content", "customer_feedback", "result")),
        (_("What comes next"), ("next_contact_at",)),
        RESPONSIBLE,
    )
    owner_paths = ("owner", "customer_owner")
    team_path = "customer"
    names_along = ("customer",)
    tab_under = ("customer", "contact", "opportunity", "contract")
    moments = (
        Moment(
            key="interaction",
            label=_("interactions"),
            at="occurred_at",
            under=("customer", "contact", "opportunity", "contract"),
            title="subject",
            note=("result", "customer_feedback", "content"),
            state="method",
            who="owner__name",
        ),
    )
    figures = (
        FiledFigure(
            key="interactions",
            label=_("interactions in 90 days"),
            under=("customer",),
            since=("occurred_at", 90),
        ),
    )
    day_facts = (
        DayFact(
            key="interactions",
            label=_("interactions"),
            at="occurred_at",
            place=10,
            listed="owner",
        ),
        DayFact(
            key="visits",
            label=_("visits among them"),
            at="occurred_at",
            place=12,
            where=Q(method__code="visit"),
            listed="owner",
            options={"method": "visit"},
        ),
        DayFact(
            key="customers_touched",
            label=_("customers contacted"),
            at="occurred_at",
            place=14,
            under="customer",
            once=True,
        ),
    )
    measures = (
        Measure(
            key="visits",
            label=pgettext_lazy("measure", "visits"),
            days=("occurred_at",),
            options={"method": "visit"},
        ),
    )
    title_extras = ("customer__name", "occurred_at")
    sort_field = "subject"
    found_through = ("customer",)
    worded = ("subject", "content", "customer_feedback", "result")

    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name=_("customer"),
        related_name="interactions",
    )
    customer_owner = owner_of_customer()
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("contact"),
        related_name="interactions",
    )
    opportunity = models.ForeignKey(
        Opportunity,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("opportunity"),
        related_name="interactions",
    )
    contract = models.ForeignKey(
        Contract,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("contract"),
        related_name="interactions",
    )
    method = DictionaryField(
        INTERACTION_METHOD, _("interaction method"), null=False, blank=False
    )
    occurred_at = models.DateTimeField(
        _("occurred at"), validators=[validate_business_date, validate_not_ahead]
    )
    subject = models.CharField(_("interaction subject"), max_length=200)
    content = models.TextField(_("content"), max_length=20000, blank=True)
    customer_feedback = models.TextField(
        _("customer feedback"), max_length=20000, blank=True
    )
    result = models.TextField(_("result"), max_length=5000, blank=True)
    next_contact_at = models.DateTimeField(
        _("next contact"), null=True, blank=True, validators=[validate_business_date]
    )
    #: When it came into the books that contacts are as this row says.
    told_at = models.DateTimeField(null=True, editable=False)
    search_text = DerivedTextField("text_to_search")

    class Meta(Record.Meta):
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        constraints = (
            *record_constraints("interaction"),
            models.CheckConstraint(
                condition=Q(occurred_at__gte=FIRST, occurred_at__lt=TOO_LATE),
                name="interaction_occurred_sensible",
            ),
            models.CheckConstraint(
                condition=Q(next_contact_at=None)
                | Q(
                    next_contact_at__gte=F("occurred_at"), next_contact_at__lt=TOO_LATE
                ),
                name="interaction_next_after_this",
                violation_error_message=_(
                    "The next contact cannot lie before this one."
                ),
            ),
        )
        indexes = (
            *(
                list_index(name, *columns, people=("owner", "customer_owner"))
                for name, columns in (
                    ("interaction_occurred", ("occurred_at",)),
                    ("interaction_created", ("created_at",)),
                    ("interaction_changed", ("changed_at",)),
                    ("interaction_next", ("next_contact_at",)),
                    ("interaction_owner", ("owner", "occurred_at")),
                    ("interaction_customer_owner", ("customer_owner", "occurred_at")),
                    ("interaction_customer", ("customer", "occurred_at")),
                    ("interaction_reporter", ("reporter", "occurred_at")),
                    ("interaction_method", ("method", "occurred_at")),
                )
            ),
            elsewhere_index("interaction_elsewhere"),
            *report_indexes("interaction", ("owner", "customer_owner")),
            bin_index("interaction", ("owner", "customer_owner")),
            GinIndex(Grams("search_text"), name="interaction_text"),
        )
        triggers = (
            *record_triggers(
                "feedback.interaction",
                title="subject",
                kept=("customer_owner_id", "told_at", "search_text"),
            ),
            owner_asked(),
            parents_live(),
            *options_kept(),
            *tallied("feedback.interaction", other="customer_owner_id", summed=True),
            same_customer(
                "interaction",
                contact="customers_contact",
                opportunity="sales_opportunity",
                contract="contracts_contract",
            ),
            told_at_kept(),
            contact_dates(),
            counterparts_meet(),
        )

    def __str__(self):
        return self.subject

    @classmethod
    def of_text(cls, text, **fields):
        """Return one of which only a text is known, not saved yet: it is the content.

        It is called as the text begins.
        """
        first = single_line(text.strip().partition("\n")[0])
        return cls(subject=first[:SUBJECT], content=text, **fields)


class InteractionAttachment(Attachment):
    """A file kept with an interaction."""

    record = models.ForeignKey(Interaction, models.CASCADE, related_name="attachments")

    class Meta(Attachment.Meta):
        triggers = file_triggers(
            "feedback.interactionattachment", "feedback.interaction"
        )
