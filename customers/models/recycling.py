"""When customers go back into a pool by themselves, and what was done of that."""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.guards.options import options_kept
from crm.guards.parents import parents_live
from crm.guards.triggers import noted, stamped
from crm.models.dictionaries import DictionaryField
from crm.models.versions import Versioned, signature
from crm.rights.permissions import permission
from customers.dictionaries import CUSTOMER_LEVEL
from customers.models.customers import Customer
from customers.models.pools import MOST_DAYS, Pool
from customers.ownership import active_since_kept

#: So long a run can be taken back.
UNDONE_WITHIN = timedelta(hours=24)
MOST_EXTENDED = timedelta(days=15)
#: Customers that one owner can have locked at a time, and for how long at most.
MOST_LOCKED, LOCKED_AT_MOST = 20, timedelta(days=180)


class RecycleRule(Versioned):
    """After how many days without something a customer goes back into its pool.

    A rule for a level goes before one for all levels. Whoever switches a rule on gives
    everybody `grace_days`; clocks run on while it is off.
    """

    actions = ("view", "add", "change", "delete")
    history_to = "change"
    sort_field = "pool"

    class Reason(models.TextChoices):
        NO_CONTACT = "no_contact", _("not contacted")
        NO_OPPORTUNITY = "no_opportunity", _("no opportunity")
        NOT_WON = "not_won", _("has not bought")

    pool = models.ForeignKey(
        Pool, models.PROTECT, related_name="rules", verbose_name=_("pool")
    )
    level = DictionaryField(CUSTOMER_LEVEL, _("customer level"))
    reason = models.CharField(
        pgettext_lazy("recycling", "rule"), max_length=20, choices=Reason.choices
    )
    days = models.PositiveSmallIntegerField(
        pgettext_lazy("recycling", "after days"),
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
    )
    grace_days = models.PositiveSmallIntegerField(
        _("days of grace"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_(
            "Once it is switched on, or made to take more, it takes nothing for so "
            "long."
        ),
    )
    active = models.BooleanField(_("in use"), default=True)
    active_since = models.DateTimeField(
        _("in use since"), default=timezone.now, editable=False
    )

    class Meta:
        verbose_name = _("recycling rule")
        verbose_name_plural = _("recycling rules")
        default_permissions = ()
        ordering = ("pool", "reason", "level__order", "pk")
        constraints = (
            models.UniqueConstraint(
                "pool",
                "reason",
                "level",
                name="recycle_rule_once",
                nulls_distinct=False,
                violation_error_message=_("There is such a rule already."),
            ),
            models.CheckConstraint(
                condition=Q(days__gte=1, grace_days__gte=1),
                name="recycle_rule_days_positive",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=("no_contact", "no_opportunity", "not_won")),
                name="recycle_rule_reason_known",
            ),
        )
        triggers = (
            active_since_kept(),
            stamped(),
            noted("customers.recyclerule", title="reason"),
            *options_kept(),
        )

    def __str__(self):
        return self.words

    @property
    def words(self):
        """The rule in words: A key · not contacted for 60 days."""
        said = {
            self.Reason.NO_CONTACT: _("not contacted for %d days"),
            self.Reason.NO_OPPORTUNITY: _("no opportunity for %d days"),
            self.Reason.NOT_WON: _("has not bought for %d days"),
        }[self.reason] % self.days
        level = str(self.level) if self.level_id else str(_("all levels"))
        return f"{level} · {said}"


class OfCustomer(models.Model):
    """What keeps a customer out of its pool, for as long as it has its owner."""

    until = models.DateField(_("until"))
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = signature(pgettext_lazy("ownership", "by"))

    class Meta:
        abstract = True
        default_permissions = ()


class Extension(OfCustomer):
    """That a supervisor has put off the day on which a customer is recycled."""

    customer = models.ForeignKey(
        Customer,
        models.CASCADE,
        related_name="extensions",
        verbose_name=_("customer"),
    )
    reason = models.CharField(_("reason"), max_length=500)

    class Meta(OfCustomer.Meta):
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        triggers = (
            noted(
                "customers.extension",
                title="until",
                subject=("customers.customer", "customer_id"),
            ),
            parents_live(),
        )

    def __str__(self):
        return f"{self.customer_id}: {self.until}"


class Lock(OfCustomer):
    """That the owner of a customer keeps it out of its pool until a day."""

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="locks", verbose_name=_("customer")
    )

    class Meta(OfCustomer.Meta):
        verbose_name = pgettext_lazy("pool", "lock")
        verbose_name_plural = pgettext_lazy("pool", "locks")
        constraints = (models.UniqueConstraint("customer", name="lock_once"),)
        indexes = (models.Index(fields=("by", "until"), name="lock_by"),)
        triggers = (
            noted(
                "customers.lock",
                title="until",
                subject=("customers.customer", "customer_id"),
            ),
            parents_live(),
        )

    def __str__(self):
        return f"{self.customer_id}: {self.until}"


class RunQuerySet(models.QuerySet):
    """Runs, and who is told of them."""

    def visible_to(self, user, action="view"):
        """Return all of them for whoever may see the rules, else none."""
        seen = user.rights.reach(permission(action, RecycleRule)) is not None
        return self if seen else self.none()


class RecycleRun(models.Model):
    """One time that customers went back into pools by themselves, or might have."""

    rights_of = RecycleRule

    class Status(models.TextChoices):
        RUNNING = "running", pgettext_lazy("recycling", "running")
        DONE = "done", pgettext_lazy("recycling", "done")
        STOPPED = "stopped", pgettext_lazy("recycling", "stopped")
        UNDONE = "undone", pgettext_lazy("recycling", "taken back")

    day = models.DateField(_("day"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.RUNNING
    )
    by = signature(pgettext_lazy("ownership", "by"), null=True)
    why = models.CharField(_("why it stopped"), max_length=500, blank=True)
    undone_at = models.DateTimeField(_("taken back at"), null=True)
    undone_by = signature(_("taken back by"), null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("recycling run")
        verbose_name_plural = _("recycling runs")
        default_permissions = ()
        ordering = ("-at", "-pk")
        triggers = (noted("customers.recyclerun", title="day"),)

    def __str__(self):
        return str(self.day)

    def get_absolute_url(self):
        """Return the address of what it did."""
        return reverse("recyclerun_detail", args=[self.pk])

    @property
    def can_be_undone(self):
        """Whether it is the last one that did anything, and not a day old."""
        rows = RecycleRun.objects.exclude(status=self.Status.STOPPED)
        newest = rows.order_by("-at", "-pk").values_list("pk", flat=True).first()
        return (
            self.status == self.Status.DONE
            and newest == self.pk
            and timezone.now() < self.at + UNDONE_WITHIN
        )


class Recycled(models.Model):
    """A customer that went into a pool in a run: since when it was due, by which rule.

    The rule stands here in words: what it says later is another thing.
    """

    run = models.ForeignKey(
        RecycleRun, models.CASCADE, related_name="rows", db_index=False
    )
    customer = models.ForeignKey(
        Customer, models.DO_NOTHING, related_name="+", db_constraint=False
    )
    holder = signature(_("former owner"))
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+", db_index=False)
    due_on = models.DateField(_("due on"))
    rule = models.CharField(pgettext_lazy("recycling", "rule"), max_length=200)
    #: [[person, may write, until]] of the team that the pool has emptied.
    team = models.JSONField(default=list)
    is_undone = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("recycled customer")
        verbose_name_plural = _("recycled customers")
        default_permissions = ()
        ordering = ("run", "pk")
        constraints = (
            models.UniqueConstraint("run", "customer", name="recycled_once_in_run"),
        )

    def __str__(self):
        return f"{self.run_id}: {self.customer_id}"
