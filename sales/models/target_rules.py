"""What targets are set for: which number counts, by which day, for whom."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.fields import DerivedTextField
from crm.guards.triggers import noted, stamped
from crm.kinds import measures
from crm.models.versions import Versioned
from sales.guards.target_rules import counted_alike
from sales.models.pipelines import in_english


class TargetRule(Versioned):
    """A number for which targets are set, as kinds declare it (`Record.measures`).

    One by which targets are set is retired, never deleted, and always counts the same.
    """

    class Unit(models.TextChoices):
        COUNT = "count", pgettext_lazy("target", "number")
        AMOUNT = "amount", pgettext_lazy("target", "CNY")

    actions = ("view", "add", "change", "delete")
    name_field = "name"
    history_to = "change"
    sort_field = "order"
    refused = {
        "target_rule_used": _(
            "Targets are set by this rule: it goes on to count the same. Retire it, and"
            " add another one."
        ),
    }

    name = models.CharField(_("rule name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    metric = models.CharField(_("what counts"), max_length=40)
    day = models.CharField(_("day that counts"), max_length=40)
    person = models.CharField(_("person that counts"), max_length=40, default="owner")
    unit = DerivedTextField("made_unit")
    order = models.PositiveIntegerField(_("order"), default=100)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("target rule")
        verbose_name_plural = _("target rules")
        default_permissions = ()
        ordering = ("order", "pk")
        constraints = (
            models.UniqueConstraint(
                "name",
                name="target_rule_name_once",
                violation_error_message=_("There is a rule of this name already."),
            ),
        )
        triggers = (
            stamped(ignored=("unit",)),
            noted("sales.targetrule", title="name", ignored=("unit",)),
            counted_alike(),
        )

    def __str__(self):
        """The name in the reader's language; Chinese where no English one is."""
        return in_english(self) or self.name

    def get_absolute_url(self):
        """Return the address where it is set."""
        return reverse("targetrule_update", args=[self.pk])

    @property
    def kind(self):
        """The kind whose rows count."""
        return measures()[self.metric][0]

    @property
    def measure(self):
        """The Measure that the kind declares."""
        return measures()[self.metric][1]

    @property
    def is_count(self):
        """Whether things are counted, and not CNY."""
        return self.unit == self.Unit.COUNT

    def made_unit(self):
        """Return in what its values are told."""
        is_count = self.metric in measures() and self.measure.is_count
        return str(self.Unit.COUNT if is_count else self.Unit.AMOUNT)
