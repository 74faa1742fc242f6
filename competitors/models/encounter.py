"""Encounters (交锋): meeting a competitor at a customer."""

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from competitors.dictionaries import ENCOUNTER_REASON
from competitors.models.competitor import Competitor
from competitors.triggers import REFUSED, decided_by_hand, undecided
from contracts.models import Contract
from crm.fields import DerivedTextField
from crm.guards.ledger import tallied
from crm.guards.options import options_kept
from crm.guards.parents import parents_live
from crm.models import DictionaryField, Record, RecordQuerySet
from crm.models.filed_figures import FiledFigure
from crm.models.groups import RESPONSIBLE
from crm.models.indexes import bin_index, elsewhere_index, list_index, report_indexes
from crm.models.moments import Moment
from crm.models.record import LiveManager
from crm.models.record_guards import record_constraints, record_triggers
from crm.queries.search import Grams
from crm.validators import EARLIEST, LATEST, validate_day_of_deed
from customers.models import Customer
from customers.triggers import owner_asked, owner_of_customer, same_customer
from sales.models import Opportunity


class EncounterQuerySet(RecordQuerySet):
    """Encounters, and what one asks of them."""

    def by_outcome(self):
        """Return {outcome: how many}, in one query."""
        each = {
            outcome: Count("pk", filter=Q(outcome=outcome))
            for outcome in Encounter.Outcome.values
        }
        return self.order_by().aggregate(**each)


class EncounterManager(LiveManager.from_queryset(EncounterQuerySet)):
    """The live encounters, with the names that make up their titles."""

    def get_queryset(self):
        """Read competitor and customer along: every list and choice names them."""
        return super().get_queryset().select_related("competitor", "customer")


class Encounter(Record):
    """One meeting with a competitor at a customer, and how it ended."""

    segment = "encounters"
    charts = "competitors.charts.OF_ENCOUNTERS"
    settling = "competitors.settling"
    actions = (*Record.actions, "import")

    class Position(models.TextChoices):
        AHEAD = "ahead", _("we are ahead")
        LEVEL = "level", _("we are level")
        BEHIND = "behind", _("we are behind")

    class Outcome(models.TextChoices):
        WE_WON = "we_won", _("we won")
        THEY_WON = "they_won", _("they won")
        BOTH_LOST = "both_lost", _("both lost")
        OPEN = "open", _("still open")

    groups = (
        (
            _("Who met whom"),
            ("competitor", "customer", "opportunity", "contract", "happened_on"),
        ),
        (_("What they offered"), ("offered_product", "price")),
        (_("How it went"), ("position", "outcome", "reason", "remarks")),
        RESPONSIBLE,
    )
    owner_paths = ("owner", "customer_owner")
    team_path = "customer"
    tally_state = "outcome"
    names_along = ("competitor", "customer")
    tab_under = ("competitor", "customer", "opportunity", "contract")
    moments = (
        Moment(
            key="encounter",
            label=_("encounters"),
            at="happened_on",
            under=("customer", "competitor", "opportunity", "contract"),
            title="title",
            note=("offered_product", "remarks"),
            state="outcome",
            who="owner__name",
            amount="price",
        ),
    )
    figures = (
        FiledFigure(
            key="encounters",
            label=_("open encounters"),
            under=("customer",),
            where=Q(outcome="open"),
            conditions={"outcome": "open"},
            tone="warn",
        ),
    )
    found_through = ("competitor", "customer")
    worded = ("offered_product", "remarks")
    depends_on = ("competitor", "customer")
    refused = REFUSED

    competitor = models.ForeignKey(
        Competitor,
        models.PROTECT,
        verbose_name=_("competitor"),
        related_name="encounters",
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name=_("customer"),
        related_name="encounters",
    )
    customer_owner = owner_of_customer()
    opportunity = models.ForeignKey(
        Opportunity,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("opportunity"),
        related_name="encounters",
    )
    contract = models.ForeignKey(
        Contract,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("contract"),
        related_name="encounters",
    )
    offered_product = models.CharField(_("offered product"), max_length=200, blank=True)
    price = models.DecimalField(
        _("offered price (CNY)"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    position = models.CharField(
        _("our position"),
        max_length=10,
        choices=Position.choices,
        default=Position.LEVEL,
    )
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.OPEN
    )
    #: Whether it ended with the opportunity, and opens again with it.
    is_settled = models.BooleanField(default=False, editable=False)
    reason = DictionaryField(ENCOUNTER_REASON, _("reason of winning or losing"))
    happened_on = models.DateField(
        _("happened on"),
        default=timezone.localdate,
        validators=[validate_day_of_deed],
    )
    remarks = models.TextField(_("remarks"), max_length=5000, blank=True)
    title = DerivedTextField("names_in_title")
    search_text = DerivedTextField("text_to_search")

    objects = EncounterManager()
    everything = EncounterQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("encounter")
        verbose_name_plural = _("encounters")
        constraints = (
            *record_constraints("encounter"),
            models.CheckConstraint(
                condition=Q(price=None) | Q(price__gte=0),
                name="encounter_price_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(position__in=("ahead", "level", "behind")),
                name="encounter_position_known",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=("we_won", "they_won", "both_lost", "open")),
                name="encounter_outcome_known",
            ),
            models.CheckConstraint(
                condition=Q(happened_on__range=(EARLIEST, LATEST)),
                name="encounter_happened_sensible",
            ),
        )
        indexes = (
            *(
                list_index(name, *columns, people=("owner", "customer_owner"))
                for name, columns in (
                    ("encounter_happened", ("happened_on",)),
                    ("encounter_created", ("created_at",)),
                    ("encounter_changed", ("changed_at",)),
                    ("encounter_price", ("price",)),
                    ("encounter_owner", ("owner", "happened_on")),
                    ("encounter_customer_owner", ("customer_owner", "happened_on")),
                    ("encounter_competitor", ("competitor", "happened_on")),
                    ("encounter_customer", ("customer", "happened_on")),
                    ("encounter_reporter", ("reporter", "happened_on")),
                )
            ),
            elsewhere_index("encounter_elsewhere"),
            *report_indexes("encounter", ("owner", "customer_owner")),
            bin_index("encounter", ("owner", "customer_owner")),
            GinIndex(Grams("search_text"), name="encounter_text"),
        )
        triggers = (
            *record_triggers(
                "competitors.encounter",
                title="title",
                kept=("customer_owner_id", "is_settled", "title", "search_text"),
            ),
            owner_asked(),
            parents_live(),
            *options_kept(),
            decided_by_hand(),
            undecided(),
            *tallied(
                "competitors.encounter", other="customer_owner_id", state="outcome"
            ),
            same_customer(
                "encounter",
                opportunity="sales_opportunity",
                contract="contracts_contract",
            ),
        )

    def __str__(self):
        named = {"competitor", "customer"} <= self._state.fields_cache.keys()
        # Read without the rows it names, it need not ask for each of them.
        return (not named and self.title) or self.names_in_title()

    def names_in_title(self):
        """Return the competitor and the customer; the row keeps it for the history."""
        return f"{self.competitor} × {self.customer}"
