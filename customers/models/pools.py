"""Pools (公海): where customers are whom nobody works on."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.guards.receivers import only_to_who_works_here
from crm.guards.triggers import noted, stamped, touches
from crm.models import Department
from crm.models.versions import Versioned
from crm.rights.permissions import permission

#: What members are not told of customers in the pool, where it says so.
HIDEABLE = (
    "region",
    "industry",
    "level",
    "status",
    "source",
    "address",
    "last_contact_at",
)
MOST_DAYS = 3660


class PoolQuerySet(models.QuerySet):
    """Pools, and who has to do with them."""

    def visible_to(self, user, action="view"):
        """Return the pools on which the person may do this."""
        if user.rights.reach(permission(action, self.model)) is not None:
            return self
        if action != "view" or not user.works_here:
            return self.none()
        return self.filter(_joined(user) | _run(user))

    def joined_by(self, user):
        """Return the pools from which the person may claim, as a member."""
        return self.filter(_joined(user))

    def run_by(self, user):
        """Return the pools that the person administers."""
        return self.filter(_run(user))


class Pool(Versioned):
    """Where customers without an owner are, until somebody takes them.

    Its members – people by name, or of departments with all below – see the list of
    them, without what would let them work on one; its administrators see and assign
    them.
    """

    actions = ("view", "add", "change", "delete")
    history_to = "change"
    sort_field = "name"

    class Access(models.TextChoices):
        CLAIM = "claim", _("members claim")
        ASSIGN_ONLY = "assign_only", _("administrators assign")

    name = models.CharField(
        _("pool name"),
        max_length=60,
        unique=True,
        error_messages={"unique": _("There is a pool of this name already.")},
    )
    access = models.CharField(
        _("how one gets a customer"),
        max_length=12,
        choices=Access.choices,
        default=Access.CLAIM,
    )
    admins = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="PoolAdmin",
        verbose_name=_("administrators"),
        related_name="+",
        blank=True,
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="PoolMember",
        verbose_name=_("members"),
        related_name="+",
        blank=True,
    )
    departments = models.ManyToManyField(
        Department,
        through="PoolDepartment",
        verbose_name=_("members' departments"),
        related_name="+",
        blank=True,
    )
    hidden = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("hidden from members"),
        default=list,
        blank=True,
    )
    claim_per_day = models.PositiveSmallIntegerField(
        _("claims a day"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
    )
    hold_limit = models.PositiveIntegerField(
        _("customers a person holds"),
        null=True,
        blank=True,
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
        help_text=_("Of those from this pool. Left empty: any number."),
    )
    count_won = models.BooleanField(
        _("count customers who bought"),
        default=False,
        help_text=_("Whether won and loyal customers count among those held."),
    )
    reclaim_days = models.PositiveSmallIntegerField(
        _("days until one claims again"),
        default=30,
        validators=[MaxValueValidator(MOST_DAYS)],
        help_text=_("For whoever had the customer last, since it came back."),
    )
    protect_days = models.PositiveSmallIntegerField(
        _("days in which nothing is recycled"),
        default=7,
        validators=[MaxValueValidator(MOST_DAYS)],
        help_text=_("After a claim or an assignment."),
    )
    clear_team = models.BooleanField(
        _("empty the team"),
        default=True,
        help_text=_("When a customer comes into the pool."),
    )
    is_default = models.BooleanField(
        _("of all others"),
        default=False,
        help_text=_("The pool of customers that were in none yet."),
    )
    active = models.BooleanField(_("in use"), default=True)

    objects = PoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("pool")
        verbose_name_plural = _("pools")
        default_permissions = ()
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=Q(access__in=("claim", "assign_only")),
                name="pool_access_known",
            ),
            models.CheckConstraint(
                condition=Q(claim_per_day__gte=1)
                & (Q(hold_limit=None) | Q(hold_limit__gte=1)),
                name="pool_limits_positive",
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(active=True),
                name="pool_default_in_use",
                violation_error_message=_("The pool of all others stays in use."),
            ),
            models.UniqueConstraint(
                "is_default",
                condition=Q(is_default=True),
                name="pool_one_default",
                violation_error_message=_("Another pool is that of all others."),
            ),
        )
        triggers = (stamped(), noted("customers.pool", title="name"))

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the address of its customers."""
        return reverse("pool_customers", args=[self.pk])

    def has_member(self, user):
        """Say whether somebody is a member."""
        return Pool.objects.joined_by(user).filter(pk=self.pk).exists()

    def is_run_by(self, user):
        """Say whether somebody administers it, or all pools."""
        if user.rights.reach(permission("change", Pool)) is not None:
            return True
        return Pool.objects.run_by(user).filter(pk=self.pk).exists()


def _of_pool(model, **who):
    return Exists(model.objects.filter(pool=OuterRef("pk"), **who))


def _run(user):
    return Q(_of_pool(PoolAdmin, person=user.pk))


def _joined(user):
    own = Department.objects.filter(pk=user.department_id).order_by().values("path")
    above = PoolDepartment.objects.filter(pool=OuterRef("pk")).alias(own=Subquery(own))
    above = above.filter(own__startswith=F("department__path"))
    return Q(_of_pool(PoolMember, person=user.pk)) | Q(Exists(above))


def _part(name, title):
    """Return the triggers of what belongs to a pool."""
    return (
        noted(f"customers.{name}", title=title, subject=("customers.pool", "pool_id")),
        touches("customers_pool", "pool_id"),
    )


class OfPool(models.Model):
    """What belongs to a pool."""

    class Meta:
        abstract = True
        default_permissions = ()


class PoolAdmin(OfPool):
    """Who assigns the customers in a pool."""

    pool = models.ForeignKey(
        Pool, models.CASCADE, related_name="of_admins", db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("pool", "administrator"),
    )

    class Meta(OfPool.Meta):
        verbose_name = pgettext_lazy("pool", "administrator")
        verbose_name_plural = _("administrators")
        constraints = (
            models.UniqueConstraint("pool", "person", name="pool_admin_once"),
        )
        triggers = (
            *_part("pooladmin", "person_id"),
            only_to_who_works_here("person_id"),
        )

    def __str__(self):
        return f"{self.pool} – {self.person}"

    @classmethod
    def pools_of(cls, person):
        """Return the ids of the pools that somebody administers."""
        return cls.objects.filter(person=person).values_list("pool", flat=True)


class PoolMember(OfPool):
    """Who may claim from a pool."""

    pool = models.ForeignKey(
        Pool, models.CASCADE, related_name="of_members", db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("pool", "member"),
    )

    class Meta(OfPool.Meta):
        verbose_name = pgettext_lazy("pool", "member")
        verbose_name_plural = _("members")
        constraints = (
            models.UniqueConstraint("pool", "person", name="pool_member_once"),
        )
        triggers = (
            *_part("poolmember", "person_id"),
            only_to_who_works_here("person_id"),
        )

    def __str__(self):
        return f"{self.pool} – {self.person}"


class PoolDepartment(OfPool):
    """A department whose people, and those of all below it, may claim from a pool."""

    pool = models.ForeignKey(
        Pool, models.CASCADE, related_name="of_departments", db_index=False
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        related_name="+",
        verbose_name=_("department"),
    )

    class Meta(OfPool.Meta):
        verbose_name = _("members' department")
        verbose_name_plural = _("members' departments")
        constraints = (
            models.UniqueConstraint("pool", "department", name="pool_department_once"),
        )
        triggers = _part("pooldepartment", "department_id")

    def __str__(self):
        return f"{self.pool} – {self.department}"
