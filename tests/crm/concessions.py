"""A further kind that needs approval, made as an app of its own would make it: 让利.

It stands in no app, so that the program knows nothing of it: what it has of approval,
it has of the ground floor.
"""

from contextlib import contextmanager

from django.db import connection, models

from crm import approval
from crm.approval.fitting import Fitting
from crm.approval.flow import Flow, move
from crm.approval.guards import (
    DECISION_ACTS,
    RETRACTION_ACTS,
    Tables,
    decision_triggers,
    governed,
    retraction_triggers,
    round_triggers,
    step_triggers,
    turns_of_record,
)
from crm.approval.refusals import Words
from crm.approval.turns import Turns
from crm.fields import DerivedTextField
from crm.guards.options import options_kept
from crm.guards.triggers import NEVER_IGNORED, append_only, noted, stamped, touches
from crm.models import Record
from crm.models.groups import RESPONSIBLE
from crm.models.record_guards import record_constraints, record_triggers

FITTING = Fitting(
    prefix="trial_concession",
    table="trial_concession",
    own="r.discount_from <= said.discount",
)
TABLES = Tables(
    prefix="trial_concession",
    record="concession",
    table="trial_concession",
    owner="concession.owner_id",
    doers=("concession.owner_id", "concession.entered_by_id"),
    rule=FITTING.of_row("NEW.concession_id"),
    written="""(
        SELECT jsonb_build_object('title', title, 'discount', discount::text)
        FROM trial_concession WHERE id = NEW.concession_id
    )""",
    submit="trial.submit_concession",
    register="trial.submit_concession",
    approve="trial.approve_concession",
    topic="concessions",
)


class Concession(Record):
    """What we offer a customer, with a discount that somebody has to approve."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        PENDING = "pending"
        REJECTED = "rejected"
        RECALLED = "recalled"
        APPROVED = "approved"

    segment = "concessions"
    actions = (*Record.actions, "submit", "approve")
    flow = "tests.crm.concessions.FLOW"
    groups = (("内容", ("title", "discount")), RESPONSIBLE)
    named = worded = ("title",)
    sort_field = "search_pinyin"

    title = models.CharField("标题", max_length=100)
    discount = models.DecimalField("折扣", max_digits=5, decimal_places=2, default=0)
    status = models.CharField(max_length=10, default=Status.DRAFT, editable=False)
    search_text = DerivedTextField("text_to_search")
    search_pinyin = DerivedTextField("pinyin_to_search")

    class Meta(Record.Meta):
        app_label = "trial"
        verbose_name = verbose_name_plural = "让利"
        constraints = record_constraints("concession")
        triggers = (
            *record_triggers(
                "trial.concession",
                title="title",
                kept=("search_text", "search_pinyin"),
            ),
            governed(TABLES, content=("title", "discount", "owner_id")),
            turns_of_record(
                TABLES.topic, ("owner_id", "entered_by_id"), "NEW.status = 'pending'"
            ),
        )

    def __str__(self):
        return self.title

    @property
    def is_writable(self):
        """Whether nobody has yet to decide on it, or has."""
        return self.status not in (self.Status.PENDING, self.Status.APPROVED)


class Rule(approval.Rule):
    """Concessions with a discount from so much on go through its steps."""

    discount_from = models.DecimalField(
        "折扣不低于", max_digits=5, decimal_places=2, default=0
    )

    class Meta(approval.Rule.Meta):
        app_label = "trial"
        db_table = "trial_concessionapprovalrule"
        triggers = (stamped(),)


class RuleStep(approval.RuleStep):
    """A step of a rule."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="steps")

    class Meta(approval.RuleStep.Meta):
        app_label = "trial"
        db_table = "trial_concessionapprovalstep"
        constraints = approval.rule_step_constraints("concession_rule_step")
        triggers = (touches("trial_concessionapprovalrule", "rule_id"),)


class Condition(approval.Condition):
    """A value that a rule compares any field of a concession with."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="conditions")

    class Meta(approval.Condition.Meta):
        app_label = "trial"
        db_table = "trial_concessionapprovalcondition"
        constraints = approval.condition_constraints("concession_condition")
        triggers = (touches("trial_concessionapprovalrule", "rule_id"), *options_kept())


class Round(approval.Round):
    """One submission of a concession."""

    concession = models.ForeignKey(Concession, models.RESTRICT, related_name="rounds")

    class Meta(approval.Round.Meta):
        app_label = "trial"
        db_table = "trial_concessionround"
        constraints = approval.round_constraints("concession_round", "concession")
        triggers = round_triggers(TABLES)


class Step(approval.Step):
    """A step of a round."""

    round = models.ForeignKey(Round, models.RESTRICT, related_name="steps")

    class Meta(approval.Step.Meta):
        app_label = "trial"
        db_table = "trial_concessionroundstep"
        constraints = approval.step_constraints("concession_step")
        indexes = approval.step_indexes("concession_step")
        triggers = (append_only(), *step_triggers())


class Decision(approval.Decision):
    """The verdict on a step."""

    acts = DECISION_ACTS

    concession = models.ForeignKey(
        Concession, models.RESTRICT, related_name="decisions"
    )
    step = models.ForeignKey(Step, models.RESTRICT, related_name="decisions")

    class Meta(approval.Decision.Meta):
        app_label = "trial"
        db_table = "trial_concessiondecision"
        constraints = approval.decision_constraints("concession_decision")
        triggers = (
            append_only(),
            noted(
                "trial.decision",
                title="opinion",
                subject=("trial.concession", "concession_id"),
            ),
            *decision_triggers(TABLES),
        )


class Retraction(approval.Retraction):
    """That a verdict was taken back."""

    acts = RETRACTION_ACTS

    concession = models.ForeignKey(Concession, models.RESTRICT, related_name="+")
    decision = models.OneToOneField(
        Decision, models.RESTRICT, related_name="retraction"
    )

    class Meta(approval.Retraction.Meta):
        app_label = "trial"
        db_table = "trial_concessionretraction"
        triggers = (
            append_only(),
            noted("trial.retraction", subject=("trial.concession", "concession_id")),
            *retraction_triggers(TABLES),
        )


TURNS = Turns(
    topic=TABLES.topic,
    right=TABLES.approve,
    decisions=Decision,
    steps=lambda: Step.objects.filter(round__state=Round.State.OPEN),
    columns={
        "record": "round__concession",
        "submitted_by": "round__submitted_by",
        "owner": "round__concession__owner",
        "entered_by": "round__concession__entered_by",
        "path": "round__concession__owner__department__path",
    },
    barred=lambda row: {row["owner"], row["entered_by"], row["submitted_by"]},
)


class ConcessionFlow(Flow):
    """How concessions are asked about and decided upon."""

    rounds, decisions, rules, fitting = Round, Decision, Rule, FITTING
    record, turns = "concession", TURNS
    own_conditions, tells = ("discount_from",), ("discount",)
    words = Words()
    refusals = words.refusals("concession_round", "concession_decision")

    def content_of(self, subject):
        """Return what a concession says."""
        return {"title": subject.title, "discount": str(subject.discount)}

    def pend(self, subject, by):
        """Let it wait."""
        self._move(subject, subject.Status.PENDING)

    def hold(self, subject, round_, by):
        """Let it be sent."""
        self._move(subject, subject.Status.APPROVED)

    def come_back(self, subject, state):
        """Let it be written again."""
        self._move(subject, state)

    def _move(self, subject, status):
        if not move(subject, status):
            raise self.words.late()


FLOW = ConcessionFlow()
MODELS = (Concession, Rule, RuleStep, Condition, Round, Step, Decision, Retraction)


def make_tables():
    """Make the tables of concessions."""
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
        editor.execute(NEVER_IGNORED)  # making triggers has made it anew


@contextmanager
def tables():
    """Have the tables of concessions; they go with the transaction, or afterwards."""
    make_tables()
    yield
    if not connection.in_atomic_block:
        with connection.schema_editor() as editor:
            for model in reversed(MODELS):
                editor.delete_model(model)
                for trigger in model._meta.triggers:  # their functions stay behind
                    editor.execute(f"DROP FUNCTION {trigger.get_pgid(model)}()")
