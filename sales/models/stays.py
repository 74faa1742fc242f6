"""How long an opportunity stood in which stage, and what it was worth then."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.guards.options import options_kept
from crm.models.dictionaries import DictionaryField
from crm.models.moments import Moment
from crm.models.versions import signature
from sales.dictionaries import CLOSING_REASON
from sales.guards.opportunities import kept_by_moves
from sales.models.day_facts import OF_STAYS
from sales.models.opportunities import Opportunity
from sales.models.pipelines import Stage


class Stay(models.Model):
    """A stay of an opportunity in a stage; PostgreSQL writes it with each move."""

    day_facts = OF_STAYS
    moments = (
        Moment(
            key="stage",
            label=_("stages of opportunities"),
            act=pgettext_lazy("opportunity", "comes to a stage"),
            at="entered_at",
            under=("opportunity", "opportunity__customer"),
            title="opportunity__title",
            note=("stage__name",),
            who="by__name",
            amount="amount",
            page="{parent}_detail",
            lead="opportunity_id",
        ),
    )

    opportunity = models.ForeignKey(
        Opportunity, models.CASCADE, related_name="stays", verbose_name=_("opportunity")
    )
    stage = models.ForeignKey(
        Stage, models.PROTECT, related_name="stays", verbose_name=_("stage")
    )
    before = models.ForeignKey(
        Stage,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("stage before"),
    )
    entered_at = models.DateTimeField(_("entered at"))
    left_at = models.DateTimeField(_("left at"), null=True)
    by = signature(_("moved by"), null=True)
    amount = models.DecimalField(
        _("amount (CNY)"), max_digits=18, decimal_places=2, null=True
    )
    expected_on = models.DateField(_("expected on"), null=True)
    reason = DictionaryField(CLOSING_REASON, _("closing reason"))
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("stay in a stage")
        verbose_name_plural = _("stays in stages")
        default_permissions = ()
        ordering = ("-entered_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                "opportunity",
                condition=models.Q(left_at=None),
                name="stay_one_present",
            ),
        )
        indexes = (models.Index(fields=("stage", "entered_at"), name="stay_entered"),)
        triggers = (kept_by_moves(), *options_kept())

    def __str__(self):
        return f"{self.opportunity_id}: {self.stage_id}"

    @property
    def said(self):
        """Why it came here, as far as somebody said so."""
        return "：".join(filter(None, (self.reason_id and str(self.reason), self.note)))
