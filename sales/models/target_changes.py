"""Changes to locked targets: asked for with a reason, granted or not, kept for ever."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.guards.triggers import noted, touches
from crm.models.versions import person, signature
from sales.guards import targets as guards
from sales.models.targets import Target


def twelve(label, **options):
    """Return a column for the values of twelve months."""
    value = models.DecimalField(max_digits=18, decimal_places=2)
    return ArrayField(value, size=12, verbose_name=label, **options)


class TargetChange(models.Model):
    """A wish that a locked target be another one, and what became of it.

    One at a time; it is decided on once, by somebody else than who asked or whose
    target it is. Granted, PostgreSQL writes its values into the target.
    """

    class Outcome(models.TextChoices):
        GRANTED = "granted", pgettext_lazy("target", "granted")
        REFUSED = "refused", pgettext_lazy("target", "refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("target", "withdrawn")

    history_part_of = "target"
    refused = guards.REFUSED
    acts = guards.CHANGE_ACTS

    target = models.ForeignKey(
        Target, models.CASCADE, related_name="changes", verbose_name=_("target")
    )
    months = twelve(_("new values"))
    before = twelve(_("values before"), default=list, editable=False)
    reason = models.CharField(_("reason"), max_length=500)
    requested_by = person(_("requested by"))
    requested_at = models.DateTimeField(
        _("requested at"), db_default=models.functions.Now()
    )
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=Outcome.choices, blank=True, default=""
    )
    opinion = models.CharField(_("opinion"), max_length=500, blank=True)
    decided_by = signature(_("decided by"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("change to a target")
        verbose_name_plural = _("changes to targets")
        default_permissions = ()
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("target",),
                condition=Q(outcome=""),
                name="target_change_one_open",
            ),
            models.CheckConstraint(
                condition=Q(months__len=12), name="target_change_of_twelve_months"
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="target_change_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_by=None, decided_at=None)
                | Q(
                    outcome__in=("granted", "refused", "withdrawn"),
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="target_change_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=("", "withdrawn"))
                | ~Q(decided_by=F("requested_by")),
                name="target_change_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="refused") | ~Q(opinion=""),
                name="target_change_refused_with_reason",
            ),
        )
        triggers = (
            noted(
                "sales.targetchange",
                title="reason",
                subject=("sales.target", "target_id"),
            ),
            touches("sales_target", "target_id"),
            *guards.change_triggers(),
        )

    def __str__(self):
        return self.reason

    @property
    def is_open(self):
        """Whether nobody has decided on it, or taken it back."""
        return not self.outcome

    @property
    def moves(self):
        """[(number of the month, what it was, what it is to be)] of those that move."""
        both = zip(self.before, self.months, strict=True)
        return [
            (number, *pair) for number, pair in enumerate(both, 1) if pair[0] != pair[1]
        ]

    @property
    def total_before(self):
        """What the year came to before."""
        return sum(self.before)

    @property
    def total(self):
        """What the year comes to by it."""
        return sum(self.months)
