"""Rounds of approval of quotations, their steps and the verdicts."""

from django.db import models

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
from sales.guards.quotation_rounds import TABLES
from sales.models.moments import OF_VERDICTS, OF_VERDICTS_TAKEN_BACK
from sales.models.quotations import Quotation

QUOTATION = ("sales.quotation", "quotation_id")


class QuotationRound(approval.Round):
    """One submission of a quotation."""

    quotation = models.ForeignKey(Quotation, models.RESTRICT, related_name="rounds")

    class Meta(approval.Round.Meta):
        constraints = approval.round_constraints("quotation_round", "quotation")
        triggers = round_triggers(TABLES)


class QuotationRoundStep(approval.Step):
    """A step of a round."""

    round = models.ForeignKey(QuotationRound, models.RESTRICT, related_name="steps")

    class Meta(approval.Step.Meta):
        constraints = approval.step_constraints("quotation_step")
        indexes = approval.step_indexes("quotation_step")
        triggers = (append_only(), *step_triggers())


class QuotationDecision(approval.Decision):
    """The verdict on a step; whoever gives it sees the quotation from then on."""

    acts = DECISION_ACTS
    moments = OF_VERDICTS

    quotation = models.ForeignKey(Quotation, models.RESTRICT, related_name="decisions")
    step = models.ForeignKey(
        QuotationRoundStep, models.RESTRICT, related_name="decisions"
    )

    class Meta(approval.Decision.Meta):
        constraints = approval.decision_constraints("quotation_decision")
        triggers = (
            append_only(),
            noted("sales.quotationdecision", title="opinion", subject=QUOTATION),
            *decision_triggers(TABLES),
        )


class QuotationRetraction(approval.Retraction):
    """That who approved a quotation took it back."""

    acts = RETRACTION_ACTS
    moments = OF_VERDICTS_TAKEN_BACK

    quotation = models.ForeignKey(
        Quotation, models.RESTRICT, related_name="+", db_index=False
    )
    decision = models.OneToOneField(
        QuotationDecision, models.RESTRICT, related_name="retraction"
    )

    class Meta(approval.Retraction.Meta):
        triggers = (
            append_only(),
            noted("sales.quotationretraction", subject=QUOTATION),
            *retraction_triggers(TABLES),
        )
