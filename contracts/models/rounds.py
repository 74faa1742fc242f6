"""Rounds of approval of contracts, and the editions that got into the books."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts import guards
from contracts.models.amendments import Amendment
from contracts.models.contracts import Contract
from contracts.models.day_facts import OF_EDITIONS, OF_ROUNDS
from contracts.models.moments import OF_DECISIONS, OF_RETRACTIONS
from crm import approval
from crm.approval.guards import (
    DECISION_ACTS,
    RETRACTION_ACTS,
    decision_triggers,
    retraction_triggers,
    round_triggers,
    step_triggers,
)
from crm.guards.triggers import append_only, noted


class Round(approval.Round):
    """One submission of a contract's content, or of a change to it."""

    day_facts = OF_ROUNDS

    contract = models.ForeignKey(Contract, models.RESTRICT, related_name="rounds")
    #: The change whose content this is; None if it is the contract's first.
    amendment = models.ForeignKey(
        Amendment, models.RESTRICT, null=True, related_name="rounds"
    )
    edition = models.PositiveIntegerField(_("edition"))
    #: What the customer owed by then, without this contract (`contracts.credit`).
    credit = models.JSONField(null=True, editable=False)

    class Meta(approval.Round.Meta):
        constraints = approval.round_constraints("round", "contract")
        triggers = (*round_triggers(guards.TABLES), guards.credit_kept())

    def __str__(self):
        return f"{self.contract} #{self.edition}"


class RoundStep(approval.Step):
    """A step of a round."""

    round = models.ForeignKey(Round, models.RESTRICT, related_name="steps")

    class Meta(approval.Step.Meta):
        constraints = approval.step_constraints("round_step")
        indexes = approval.step_indexes("round_step")
        triggers = (append_only(), *step_triggers())


class Decision(approval.Decision):
    """The verdict on a step; whoever gives it sees the contract from then on."""

    acts = DECISION_ACTS
    moments = OF_DECISIONS

    contract = models.ForeignKey(Contract, models.RESTRICT, related_name="decisions")
    step = models.ForeignKey(RoundStep, models.RESTRICT, related_name="decisions")

    class Meta(approval.Decision.Meta):
        constraints = approval.decision_constraints("decision")
        triggers = (
            append_only(),
            noted(
                "contracts.decision",
                title="opinion",
                subject=("contracts.contract", "contract_id"),
            ),
            *decision_triggers(guards.TABLES),
            guards.insight_gained(),
        )


class Retraction(approval.Retraction):
    """That who approved a contract took it back."""

    acts = RETRACTION_ACTS
    moments = OF_RETRACTIONS

    contract = models.ForeignKey(
        Contract, models.RESTRICT, related_name="+", db_index=False
    )
    decision = models.OneToOneField(
        Decision, models.RESTRICT, related_name="retraction"
    )

    class Meta(approval.Retraction.Meta):
        triggers = (
            append_only(),
            noted(
                "contracts.retraction", subject=("contracts.contract", "contract_id")
            ),
            *retraction_triggers(guards.TABLES),
        )


class Edition(models.Model):
    """A content of a contract as it got into the books."""

    append_only = True
    day_facts = OF_EDITIONS

    contract = models.ForeignKey(Contract, models.RESTRICT, related_name="editions")
    number = models.PositiveIntegerField(_("edition"))
    round = models.OneToOneField(Round, models.RESTRICT, related_name="registered_as")
    registered_at = models.DateTimeField(_("registered at"), default=timezone.now)

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        default_permissions = ()
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint("contract", "number", name="edition_number_once"),
        )
        triggers = (append_only(), *guards.edition_triggers())

    def __str__(self):
        return f"{self.contract} #{self.number}"
