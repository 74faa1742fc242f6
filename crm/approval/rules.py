"""What every kind's rules of approval have: whom they ask, in which order."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Role, User
from crm.models.versions import Versioned, person
from crm.rights.permissions import permission


class RuleQuerySet(models.QuerySet):
    """Rules of approval."""

    def visible_to(self, user: User, action: str = "view") -> "RuleQuerySet":
        """Return all rules to whoever holds the right, none to others."""
        held = user.rights.reach(permission(action, self.model)) is not None
        return self.all() if held else self.none()


class Rule(Versioned):
    """Records that meet all its conditions go through its steps.

    The first rule in force that matches counts, by `order`. Where the heads of
    departments are all barred, absent or missing, its `last_resort` decides. The
    conditions are the kind's own.
    """

    always_primary = True
    actions = ("view", "add", "change", "delete")
    #: Who may see one finds the page of rules in the menu (`crm.navigation`).
    is_approval_rule = True

    name = models.CharField(_("rule name"), max_length=100)
    order = models.PositiveIntegerField(_("order"), default=100)
    active = models.BooleanField(_("in force"), default=True)
    last_resort = person(_("last resort"), null=True, blank=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        abstract = True
        verbose_name = _("approval rule")
        verbose_name_plural = _("approval rules")
        default_permissions = ()
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address where the rule is edited."""
        return reverse(f"{self._meta.model_name}_update", args=[self.pk])


class AskedPerson(models.Model):
    """Whom a step of approval asks: a head of department, a role, a named person."""

    class Asks(models.TextChoices):
        HEAD = "head", _("head of the owner's department")
        HEAD_ABOVE = "head_above", _("head of the department above")
        ROLE = "role", _("who holds a role")
        PERSON = "person", _("a named person")

    class Mode(models.TextChoices):
        #: Whoever comes first on the way up: anybody with the role, else the head.
        ONE = "one", _("one of them")
        #: Everybody whom the step asks: 会签.
        ALL = "all", _("all of them")
        #: Anybody with the role, or any head above at once: 或签.
        ANY = "any", _("any of them, or any head above")

    position = models.PositiveSmallIntegerField(_("step"), default=1)
    asks = models.CharField(
        _("who decides"), max_length=10, choices=Asks.choices, default=Asks.HEAD
    )
    role = models.ForeignKey(
        Role,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("role"),
        related_name="+",
    )
    person = person(_("person"), null=True, blank=True)
    mode = models.CharField(
        _("how many decide"),
        max_length=3,
        choices=Mode.choices,
        default=Mode.ONE,
        db_default=Mode.ONE,
    )

    class Meta:
        abstract = True
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        default_permissions = ()
        ordering = ("position",)

    def __str__(self) -> str:
        """Say whom it asks, and of several how many of them."""
        if self.mode == self.Mode.ALL:
            return gettext("%s (all of them)") % self.asked
        if self.mode == self.Mode.ANY:
            return gettext("%s (any of them)") % self.asked
        return self.asked

    @property
    def asked(self) -> str:
        """Whom it asks, in words."""
        if self.asks == self.Asks.ROLE:
            return str(self.role)
        if self.asks == self.Asks.PERSON:
            return str(self.person)
        return self.get_asks_display()


class RuleStep(AskedPerson):
    """A step of a rule. A kind adds `rule`, the key of its rule, named `steps`."""

    rule: models.ForeignKey[Any, Any]

    class Meta(AskedPerson.Meta):
        abstract = True


def rule_step_constraints(name: str) -> tuple[models.BaseConstraint, ...]:
    """Return the constraints of a rule's steps; `name` starts their names."""
    return (
        models.UniqueConstraint(
            fields=("rule", "position"),
            name=f"{name}_position_once",
            deferrable=models.Deferrable.DEFERRED,
        ),
        *asked_constraints(name),
    )


def asked_constraints(name: str) -> tuple[models.CheckConstraint, ...]:
    """Return the checks of whom a step asks, and how many; `name` starts the names."""
    known = models.CheckConstraint(
        condition=Q(mode__in=AskedPerson.Mode.values), name=f"{name}_mode_known"
    )
    return asks_one(f"{name}_asks_one"), known


def asks_one(name: str) -> models.CheckConstraint:
    """Return the check that a step names a role or a person exactly when it must."""
    asks = AskedPerson.Asks
    return models.CheckConstraint(
        condition=Q(asks=asks.ROLE, role__isnull=False, person=None)
        | Q(asks=asks.PERSON, person__isnull=False, role=None)
        | Q(asks__in=(asks.HEAD, asks.HEAD_ABOVE), role=None, person=None),
        name=name,
        violation_error_message=_("Name the role or the person that decides."),
    )
