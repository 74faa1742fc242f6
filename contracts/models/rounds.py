"""What was asked and decided: rounds of approval, their steps, the verdicts, and the
editions of a contract that got into the books."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracts import guards
from contracts.models.amendments import Amendment
from contracts.models.contracts import Contract
from contracts.models.rules import AskedPerson, asks_one
from crm.guards.triggers import append_only, noted
from crm.models.versions import person

#: Steps that ask others than heads of departments, or may come to.
NAMES_SOMEBODY = (
    Q(person__isnull=False) | Q(role__isnull=False) | Q(last_resort__isnull=False)
)


class Round(models.Model):
    """One submission of a contract's content; approved as a whole or not at all.

    `snapshot` is what the approvers see, as canonical JSON, `sha256` its hash. A
    contract that no rule asks approval for gets a round that is approved from the
    start and says so by `unruled`. Only `state` ever changes, once, and `closed_at`
    with it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("under way")
        APPROVED = "approved", pgettext_lazy("state", "approved")
        REJECTED = "rejected", pgettext_lazy("state", "rejected")
        RECALLED = "recalled", pgettext_lazy("state", "recalled")

    contract = models.ForeignKey(Contract, models.RESTRICT, related_name="rounds")
    #: The change whose content this is; None if it is the contract's first.
    amendment = models.ForeignKey(
        Amendment, models.RESTRICT, null=True, related_name="rounds"
    )
    edition = models.PositiveIntegerField(_("edition"))
    snapshot = models.TextField()
    sha256 = models.CharField(max_length=64)
    rule_name = models.CharField(_("approval rule"), max_length=100, blank=True)
    unruled = models.BooleanField(_("needs no approval"), default=False)
    submitted_by = person(_("submitted by"))
    submitted_at = models.DateTimeField(_("submitted at"), default=timezone.now)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.OPEN
    )
    closed_at = models.DateTimeField(_("closed at"), null=True)

    class Meta:
        verbose_name = _("approval round")
        verbose_name_plural = _("approval rounds")
        default_permissions = ()
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                "contract",
                name="round_one_open",
                condition=Q(state="open"),
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "approved", "rejected", "recalled")),
                name="round_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="round_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(unruled=False) | Q(state="approved"),
                name="round_unruled_is_approved",
            ),
        )
        triggers = (*guards.round_triggers(), *guards.turns_of_rounds())

    def __str__(self):
        return f"{self.contract} #{self.edition}"


class StepQuerySet(models.QuerySet):
    """Steps of rounds."""

    def naming(self):
        """Return the steps that may ask others than heads, found by an index."""
        return self.filter(NAMES_SOMEBODY).order_by()


class RoundStep(AskedPerson):
    """A step of a round: a copy of the rule's, which may change meanwhile."""

    append_only = True

    round = models.ForeignKey(Round, models.RESTRICT, related_name="steps")
    last_resort = person(_("last resort"), null=True)

    objects = StepQuerySet.as_manager()

    class Meta(AskedPerson.Meta):
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = (
            models.UniqueConstraint(
                "round", "position", name="round_step_position_once"
            ),
            asks_one("round_step_asks_one"),
        )
        indexes = (
            models.Index(
                fields=("round",), name="round_step_names", condition=NAMES_SOMEBODY
            ),
        )
        triggers = (append_only(), *guards.step_triggers())


class Decision(models.Model):
    """The verdict on a step: one, by one person, for good."""

    append_only = True
    acts = guards.DECISION_ACTS

    contract = models.ForeignKey(Contract, models.RESTRICT, related_name="decisions")
    step = models.OneToOneField(RoundStep, models.RESTRICT, related_name="decision")
    approved = models.BooleanField(_("approved"))
    opinion = models.CharField(_("opinion"), max_length=1000, blank=True)
    by = person(_("decided by"))
    on_behalf_of = person(_("on behalf of"), null=True)
    at = models.DateTimeField(_("decided at"), default=timezone.now)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        default_permissions = ()
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(approved=True) | Q(opinion__regex=r"[^\s\u3000]"),
                name="decision_rejection_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of=None) | ~Q(by=models.F("on_behalf_of")),
                name="decision_not_on_own_behalf",
            ),
        )
        triggers = (
            append_only(),
            noted(
                "contracts.decision",
                title="opinion",
                subject=("contracts.contract", "contract_id"),
            ),
            *guards.decision_triggers(),
            *guards.turns_of_verdicts(),
            guards.insight_gained(),
        )

    def __str__(self):
        return f"{self.by}: {self.approved}"


class Edition(models.Model):
    """A content of a contract as it got into the books."""

    append_only = True

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
