"""Pipelines: the stages through which opportunities go, as a company sets them."""

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm.guards.triggers import noted, stamped, touches
from crm.models.versions import Versioned
from sales.guards.opportunities import ASKABLE, stage_as_it_was

MOST_TASKS = 10


def in_english(row):
    """Return the English name of a row where the reader reads English, else ""."""
    return row.name_en if (get_language() or "").startswith("en") else ""


def askable():
    """Return (name, label) of what of an opportunity a stage may ask for."""
    fields = map(apps.get_model("sales.opportunity")._meta.get_field, ASKABLE)
    return [(field.name, field.verbose_name) for field in fields]


class Pipeline(Versioned):
    """A way from the first talk to the contract, or to losing it.

    One that is out of use keeps its opportunities; nothing new begins in it.
    """

    actions = ("view", "add", "change", "delete")

    name = models.CharField(_("pipeline name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    order = models.PositiveIntegerField(_("order"), default=100)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")
        default_permissions = ()
        ordering = ("order", "pk")
        constraints = (
            models.UniqueConstraint(
                "name",
                name="pipeline_name_once",
                violation_error_message=_("There is a pipeline of this name already."),
            ),
        )
        triggers = (stamped(), noted("sales.pipeline", title="name"))

    def __str__(self):
        """The name in the reader's language; Chinese where no English one is."""
        return in_english(self) or self.name

    def get_absolute_url(self):
        """Return the address where it is set."""
        return reverse("pipeline_update", args=[self.pk])


class Stage(models.Model):
    """One stage of a pipeline.

    Attributes:
        probability: how likely the contract is for one that stands here, in percent.
        max_days: who stands here longer is stuck.
        requires: which columns of an opportunity are filled in (an amount: above zero)
            before it comes here, or to a later open stage.
        tasks: what is done here before it goes on, or is won.
    """

    class Kind(models.TextChoices):
        OPEN = "open", pgettext_lazy("stage", "open")
        WON = "won", pgettext_lazy("stage", "won")
        LOST = "lost", pgettext_lazy("stage", "lost")
        VOID = "void", pgettext_lazy("stage", "void")

    history_part_of = "pipeline"
    sort_field = "position"
    name_field = "name"

    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="stages")
    position = models.PositiveSmallIntegerField(_("order"), default=1)
    name = models.CharField(_("stage name"), max_length=50)
    name_en = models.CharField(_("English name"), max_length=50, blank=True)
    kind = models.CharField(
        _("kind of stage"), max_length=4, choices=Kind.choices, default=Kind.OPEN
    )
    probability = models.PositiveSmallIntegerField(
        _("probability (%)"), default=0, validators=[MaxValueValidator(100)]
    )
    max_days = models.PositiveSmallIntegerField(
        _("days until stuck"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    requires = ArrayField(
        models.CharField(max_length=30, choices=askable),
        verbose_name=_("filled in to enter"),
        default=list,
        blank=True,
    )
    tasks = ArrayField(
        models.CharField(max_length=100),
        verbose_name=_("tasks of the stage"),
        size=MOST_TASKS,
        default=list,
        blank=True,
    )
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        default_permissions = ()
        ordering = ("pipeline__order", "pipeline", "position", "pk")
        constraints = (
            models.UniqueConstraint(
                "pipeline",
                "name",
                name="stage_name_once",
                violation_error_message=_("This pipeline has such a stage already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("open", "won", "lost", "void")),
                name="stage_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(probability__lte=100), name="stage_probability_percent"
            ),
            models.CheckConstraint(
                condition=Q(requires__contained_by=list(ASKABLE)),
                name="stage_requires_known",
            ),
            models.CheckConstraint(
                condition=Q(tasks__len__lte=MOST_TASKS), name="stage_few_tasks"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("open", "won")) | Q(requires=[]),
                name="stage_giving_up_is_free",
                violation_error_message=_("Losing and voiding ask for nothing."),
            ),
            models.CheckConstraint(
                condition=Q(kind="open") | Q(tasks=[]),
                name="stage_open_has_tasks",
                violation_error_message=_("Only open stages have tasks."),
            ),
        )
        triggers = (
            noted(
                "sales.stage",
                title="name",
                subject=("sales.pipeline", "pipeline_id"),
            ),
            touches("sales_pipeline", "pipeline_id"),
            stage_as_it_was(),
        )

    def __str__(self):
        """The name in the reader's language; Chinese where no English one is."""
        return in_english(self) or self.name
