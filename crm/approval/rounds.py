"""What was asked and decided: rounds of approval, their steps, the verdicts."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.approval.rules import AskedPerson, asked_constraints
from crm.models.versions import person

#: Steps that ask others than heads of departments, or may come to.
NAMES_SOMEBODY = (
    Q(person__isnull=False) | Q(role__isnull=False) | Q(last_resort__isnull=False)
)


class Round(models.Model):
    """One submission of a record's content; approved as a whole or not at all.

    `snapshot` is what the approvers see, as canonical JSON, `sha256` its hash. A
    content that no rule asks approval for gets a round that is approved from the
    start and says so by `unruled`. Only `state` ever changes, once, and `closed_at`
    with it. A kind adds the key of its record, reached back through `rounds`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("under way")
        APPROVED = "approved", pgettext_lazy("state", "approved")
        REJECTED = "rejected", pgettext_lazy("state", "rejected")
        RECALLED = "recalled", pgettext_lazy("state", "recalled")

    snapshot = models.TextField()
    sha256 = models.CharField(max_length=64)
    rule_name = models.CharField(_("approval rule"), max_length=100, blank=True)
    #: How often the rule had been changed by then; history keeps what it said.
    rule_version = models.PositiveIntegerField(_("version of the rule"), null=True)
    unruled = models.BooleanField(_("needs no approval"), default=False)
    submitted_by = person(_("submitted by"))
    submitted_at = models.DateTimeField(_("submitted at"), default=timezone.now)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.OPEN
    )
    closed_at = models.DateTimeField(_("closed at"), null=True)

    #: Of those who come back through the kind's keys.
    steps: models.Manager[Any]

    class Meta:
        abstract = True
        verbose_name = _("approval round")
        verbose_name_plural = _("approval rounds")
        default_permissions = ()
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.pk}: {self.state}"


def round_constraints(name: str, record: str) -> tuple[models.BaseConstraint, ...]:
    """Return the constraints of a kind's rounds.

    Args:
        name: starts their names.
        record: the key of the record; it has one open round at a time.
    """
    return (
        models.UniqueConstraint(
            record,
            name=f"{name}_one_open",
            condition=Q(state="open"),
        ),
        models.CheckConstraint(
            condition=Q(state__in=("open", "approved", "rejected", "recalled")),
            name=f"{name}_state_known",
        ),
        models.CheckConstraint(
            condition=Q(state="open", closed_at=None)
            | (~Q(state="open") & Q(closed_at__isnull=False)),
            name=f"{name}_closed_has_time",
        ),
        models.CheckConstraint(
            condition=Q(unruled=False) | Q(state="approved"),
            name=f"{name}_unruled_is_approved",
        ),
    )


class StepQuerySet(models.QuerySet):
    """Steps of rounds."""

    def naming(self) -> "StepQuerySet":
        """Return the steps that may ask others than heads, found by an index."""
        return self.filter(NAMES_SOMEBODY).order_by()


class Step(AskedPerson):
    """A step of a round: a copy of the rule's, which may change meanwhile.

    A kind adds `round`, the key of its round, named `steps`.
    """

    append_only = True

    last_resort = person(_("last resort"), null=True)

    #: The kind's own key, and who comes back through the key of its verdicts.
    round: models.ForeignKey[Any, Any]
    decisions: Any

    objects = StepQuerySet.as_manager()

    class Meta(AskedPerson.Meta):
        abstract = True


def step_constraints(name: str) -> tuple[models.BaseConstraint, ...]:
    """Return the constraints of a kind's steps; `name` starts their names."""
    return (
        models.UniqueConstraint("round", "position", name=f"{name}_position_once"),
        *asked_constraints(name),
    )


def step_indexes(name: str) -> tuple[models.Index, ...]:
    """Return the indexes of a kind's steps; `name` starts their names."""
    return (
        models.Index(fields=("round",), name=f"{name}_names", condition=NAMES_SOMEBODY),
    )


class StandingManager(models.Manager):
    """The verdicts that nobody has taken back."""

    def get_queryset(self) -> models.QuerySet:
        """Leave out what was taken back."""
        back = retractions_of(self.model).filter(decision=OuterRef("pk"))
        return super().get_queryset().filter(~Exists(back.order_by()))


def retractions_of(decisions: Any) -> models.QuerySet:
    """Return what takes verdicts of a kind back."""
    rows: models.QuerySet = decisions.retraction.related.related_model.objects.all()
    return rows


class Decision(models.Model):
    """The verdict on a step, by one person; it never changes.

    A step has one; or, where all have to decide, one for each of them, given by
    themselves or on their behalf. Nobody gives two, unless the first was taken back
    (`Retraction`): `objects` are those that stand. A kind adds the key of its record
    and `step`, the key of its step, both reached back through `decisions`.
    """

    append_only = True
    name_field = "by__name"

    approved = models.BooleanField(_("approved"))
    opinion = models.CharField(_("opinion"), max_length=1000, blank=True)
    by = person(_("decided by"))
    on_behalf_of = person(_("on behalf of"), null=True)
    at = models.DateTimeField(_("decided at"), default=timezone.now)
    #: True of what a person decided once more on the same step, for somebody else,
    #: before that was refused; such verdicts stay as they were given.
    again = models.BooleanField(_("decided once more"), null=True, editable=False)

    #: The kind's own key.
    step: Any

    objects = StandingManager()
    all_given = models.Manager()  # noqa: DJ012 - one manager after another

    class Meta:
        abstract = True
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        default_permissions = ()
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.by}: {self.approved}"


def decision_constraints(name: str) -> tuple[models.BaseConstraint, ...]:
    """Return the constraints of a kind's verdicts; `name` starts their names."""
    return (
        models.CheckConstraint(
            condition=Q(approved=True) | Q(opinion__regex=r"[^\s\u3000]"),
            name=f"{name}_rejection_has_reason",
        ),
        models.CheckConstraint(
            condition=Q(on_behalf_of=None) | ~Q(by=models.F("on_behalf_of")),
            name=f"{name}_not_on_own_behalf",
        ),
    )


class Retraction(models.Model):
    """That who approved took it back, at once and before anybody went on from it.

    A kind adds the key of its record, and `decision`, the one-to-one key of its
    verdict reached back through `retraction`.
    """

    append_only = True

    at = models.DateTimeField(_("taken back at"), default=timezone.now)

    #: The kind's own key.
    decision: Any

    class Meta:
        abstract = True
        verbose_name = _("retraction")
        verbose_name_plural = _("retractions")
        default_permissions = ()
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.decision)
