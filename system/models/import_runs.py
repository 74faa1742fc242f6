"""Imports: one file on its way in, and how far it has come."""

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.guards.triggers import noted
from crm.kinds import business
from crm.models.kind_names import KindField
from crm.rights.permissions import permission
from crm.rights.roles import Reach


class ImportRunQuerySet(models.QuerySet):
    """Imports, and who may see them."""

    def visible_to(self, user):
        """Return the imports whose files one may know; all for who looks after them."""
        if user.rights.reach("system.view_importrun") == Reach.ALL:
            return self
        return self.readable_by(user)

    def readable_by(self, user):
        """Return the imports of the people whose rows one may import."""
        rows = Q(pk__in=())
        for model in business():
            reach = user.rights.reach(permission("import", model))
            if reach is not None:
                own = user.rights.owned_by(reach, "user")
                rows |= Q(kind=model._meta.label_lower) & own
        return self.filter(rows)


class ImportRun(models.Model):
    """One file on its way in, and what became of its rows.

    `position` is the number of the last row that is dealt with: an import that is
    broken off goes on behind it, and no row is taken twice. `decisions` rises with each
    of them: how the file is read, what its columns are, that it is imported. `values`
    says what a person takes words for that no dictionary has: {field: {word: code}};
    `shares` whose new rows become: the ids of people by part of the rows (a province, a
    level), or the list of those who take turns.
    """

    actions = ("view", "change")

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        PREVIEWED = "previewed", _("checked")
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    class Known(models.TextChoices):
        SKIP = "skip", _("skip the row")
        UPDATE = "update", _("update what has changed")

    class Fresh(models.TextChoices):
        ADD = "add", _("add them")
        SKIP = "skip", _("skip the row")
        REFUSE = "refuse", _("refuse the row")

    class OwnedBy(models.TextChoices):
        IMPORTER = "", _("whoever imports them")
        PERSON = "person", _("the person chosen below")
        ABOVE = "above", _("the owner of their customer")
        REGION = "region", _("people by region")
        LEVEL = "level", _("people by level")
        IN_TURN = "round", _("several people in turn, as many to each")

    class Unknown(models.TextChoices):
        REFUSE = "refuse", _("refuse the row")
        EMPTY = "empty", _("leave the field empty")

    class Doubles(models.TextChoices):
        CREATE = "create", _("add them all the same")
        SKIP = "skip", _("skip the row")
        UPDATE = "update", _("update the record that is there")
        REFUSE = "refuse", _("refuse the row")

    class DayOrder(models.TextChoices):
        REFUSED = "", _("refuse the row")
        DAY_FIRST = "dmy", _("the day stands first: 5 June")
        MONTH_FIRST = "mdy", _("the month stands first: 6 May")

    class Decimal(models.TextChoices):
        REFUSED = "", _("refuse the row")
        COMMA = "comma", _("the comma stands before the decimals")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("imported by"),
        related_name="+",
    )
    kind = KindField(_("kind"), max_length=60)
    file_name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("size"))
    said = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    header_row = models.PositiveIntegerField(default=1)
    mapping = models.JSONField(default=dict)
    known = models.CharField(
        _("rows that are there already"),
        max_length=10,
        choices=Known.choices,
        default=Known.SKIP,
    )
    unknown = models.CharField(
        _("options that no dictionary has"),
        max_length=10,
        choices=Unknown.choices,
        default=Unknown.REFUSE,
    )
    match_by = models.CharField(
        _("rows are there already by"), max_length=100, blank=True, default=""
    )
    fresh = models.CharField(
        _("rows that are not there yet"),
        max_length=10,
        choices=Fresh.choices,
        default=Fresh.ADD,
    )
    owned_by = models.CharField(
        _("new rows without an owner belong to"),
        max_length=10,
        choices=OwnedBy.choices,
        blank=True,
        default=OwnedBy.IMPORTER,
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("person whose they become"),
        related_name="+",
        db_index=False,
    )
    shares = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    doubles = models.CharField(
        _("new rows that are probably there already"),
        max_length=10,
        choices=Doubles.choices,
        default=Doubles.CREATE,
    )
    day_order = models.CharField(
        _("dates such as 05/06/2026"),
        max_length=3,
        choices=DayOrder.choices,
        blank=True,
        default=DayOrder.REFUSED,
    )
    decimal_sign = models.CharField(
        _("numbers such as 1234,56"),
        max_length=5,
        choices=Decimal.choices,
        blank=True,
        default=Decimal.REFUSED,
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.UPLOADED
    )
    preview = models.JSONField(default=dict)
    position = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(_("created rows"), default=0)
    updated = models.PositiveIntegerField(_("updated rows"), default=0)
    skipped = models.PositiveIntegerField(_("skipped rows"), default=0)
    refused = models.PositiveIntegerField(_("refused rows"), default=0)
    totals = models.PositiveIntegerField(_("rows of sums"), default=0)
    by_column = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    decisions = models.PositiveIntegerField(default=0, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("undone by"),
        related_name="+",
        db_index=False,
    )
    undone_at = models.DateTimeField(_("undone at"), null=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        default_permissions = ()
        ordering = ("-pk",)
        indexes = (models.Index(fields=("user", "-id"), name="import_user"),)
        triggers = (
            noted(
                "system.importrun",
                title="file_name",
                ignored=(
                    "said",
                    "columns",
                    "header_row",
                    "preview",
                    "position",
                    "decisions",
                    "by_column",
                    "values",
                    "shares",
                ),
            ),
        )

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        """Return the address of the step that this import has come to."""
        step = {
            self.State.UPLOADED: "import_mapping",
            self.State.PREVIEWED: "import_preview",
        }
        return reverse(step.get(self.state, "import_detail"), args=[self.pk])

    def begin(self):
        """Note that rows are being imported: from now on the file is read as it is."""
        if self.state != self.State.RUNNING:
            self.decisions += 1
        self.state = self.State.RUNNING

    @property
    def model(self):
        """The kind of record that is imported."""
        return apps.get_model(self.kind)

    @property
    def kind_label(self):
        """The kind of record in words."""
        return self.model._meta.verbose_name_plural

    @property
    def read(self):
        """How many rows are dealt with: each of them in one of four ways."""
        return self.created + self.updated + self.skipped + self.refused

    @property
    def passed(self):
        """How many lines are none of them: above the header, and rows of sums."""
        return self.said.get("passed", 0) + self.totals

    @property
    def total(self):
        """How many rows there are below the header."""
        return self.said.get("below", 0)

    @property
    def done(self):
        """How many of them are dealt with, rows of sums among them."""
        return self.read + self.totals

    @property
    def percent(self):
        """How much is done, of 100."""
        if self.finished_at:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0
