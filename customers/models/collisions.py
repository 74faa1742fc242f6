"""Collisions (撞单): who claims one customer, and what was ruled on it."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.guards.parents import parents_live
from crm.guards.triggers import append_only, noted
from crm.models.versions import signature
from customers.guards.collisions import REFUSED, appeals, collision_moves, rules
from customers.models.customers import Customer

OF_CASE = ("customers.collision", "collision_id")


class CollisionQuerySet(models.QuerySet):
    """Collisions, and who learns of them."""

    def visible_to(self, user, action="view"):
        """Return those to which a person is a party, or whose claims they see."""
        claims = self.model._meta.get_field("claims").related_model
        seen = claims.objects.visible_to(user, action).order_by()
        parties = Party.objects.filter(collision=OuterRef("pk"))
        theirs = parties.filter(Q(person=user) | Q(claim__in=seen.values("pk")))
        return self.filter(Exists(theirs))


class Collision(models.Model):
    """That several people claim one customer's demand, on file for good.

    PostgreSQL opens it as registrations collide (`customers.guards.registrations`);
    `customers.collisions` says who rules and what follows.
    """

    acts = {
        "ruled": "op = 'UPDATE' AND new ->> 'status' IN ('ruled', 'closed')",
        "appealed": "op = 'UPDATE' AND new ->> 'status' = 'appealed'",
    }

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("collision", "waits for a ruling")
        RULED = "ruled", pgettext_lazy("collision", "ruled")
        APPEALED = "appealed", pgettext_lazy("collision", "appealed")
        CLOSED = "closed", pgettext_lazy("collision", "ruled on appeal")
        DROPPED = "dropped", pgettext_lazy("collision", "dropped")

    WAITS = (Status.OPEN, Status.APPEALED)

    number = models.CharField(
        _("collision number"),
        max_length=30,
        unique=True,
        editable=False,
        db_default=models.Func(function="customers_next_collision"),
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, verbose_name=_("customer"), related_name="collisions"
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.OPEN
    )
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    #: When its parties were told; of one that a merge or an import made, by the clock.
    told_at = models.DateTimeField(null=True, editable=False)

    objects = CollisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("collision")
        verbose_name_plural = _("collisions")
        default_permissions = ()
        ordering = ("-opened_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    status__in=("open", "ruled", "appealed", "closed", "dropped")
                ),
                name="collision_status_known",
            ),
        )
        triggers = (
            noted("customers.collision", title="number", ignored=("told_at",)),
            collision_moves(),
            parents_live(),
        )

    def __str__(self):
        return str(self.number)

    def get_absolute_url(self):
        """Return the address of its page."""
        return reverse("collision_detail", args=[self.pk])


class Party(models.Model):
    """Somebody who claims, has or had the customer: no party rules."""

    class Role(models.TextChoices):
        APPLICANT = "applicant", pgettext_lazy("collision", "has registered it")
        OWNER = "owner", pgettext_lazy("collision", "has the customer")
        FORMER = "former", pgettext_lazy("collision", "had the customer")

    collision = models.ForeignKey(Collision, models.PROTECT, related_name="parties")
    person = signature(pgettext_lazy("collision", "party"))
    role = models.CharField(max_length=10, choices=Role.choices)
    claim = models.ForeignKey(
        "customers.DealRegistration",
        models.PROTECT,
        null=True,
        related_name="stood",
        verbose_name=_("deal registration"),
    )

    class Meta:
        verbose_name = pgettext_lazy("collision", "party")
        verbose_name_plural = pgettext_lazy("collision", "parties")
        default_permissions = ()
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                "collision",
                "person",
                "claim",
                name="party_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(role__in=("applicant", "owner", "former")),
                name="party_role_known",
            ),
        )
        triggers = (
            append_only(),
            noted("customers.party", title="person_id", subject=OF_CASE),
        )

    def __str__(self):
        return f"{self.collision_id}: {self.person_id}"


class Ruling(models.Model):
    """What somebody above the parties has ruled; the second time, on an appeal."""

    refused = REFUSED

    class Result(models.TextChoices):
        STAYS = "stays", _("The customer stays with its owner")
        MOVES = "moves", _("The customer goes to one of them")
        SHARED = "shared", _("They share it")
        REJECTED = "rejected", _("The new registrations are rejected")

    collision = models.ForeignKey(Collision, models.PROTECT, related_name="rulings")
    round = models.PositiveSmallIntegerField(default=1)
    by = signature(_("ruled by"))
    at = models.DateTimeField(_("ruled at"))
    result = models.CharField(
        pgettext_lazy("ruling", "result"), max_length=10, choices=Result.choices
    )
    winner = signature(_("who gets it"), null=True)
    #: [[id of a person, percent]] of who shares it.
    shares = models.JSONField(default=list)
    reason = models.CharField(_("Reason"), max_length=1000)
    is_by_customer = models.BooleanField(
        _("by the customer's written choice"), default=False
    )
    #: The lines of the time line as they were (`customers.evidence`).
    evidence = models.JSONField(default=list)

    class Meta:
        verbose_name = _("ruling")
        verbose_name_plural = _("rulings")
        default_permissions = ()
        ordering = ("round",)
        constraints = (
            models.UniqueConstraint("collision", "round", name="ruling_once"),
            models.CheckConstraint(
                condition=~Q(reason="") & Q(round__in=(1, 2)),
                name="ruling_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(result="moves", winner__isnull=False)
                | Q(result__in=("stays", "shared", "rejected"), winner=None),
                name="ruling_winner_named",
            ),
        )
        triggers = (
            append_only(),
            *rules(),
            noted(
                "customers.ruling",
                title="result",
                subject=OF_CASE,
                ignored=("evidence",),
            ),
        )

    def __str__(self):
        return self.get_result_display()


class Appeal(models.Model):
    """That a party does not accept the first ruling, and why."""

    collision = models.OneToOneField(
        Collision, models.PROTECT, related_name="appeal", verbose_name=_("collision")
    )
    by = signature(_("appealed by"))
    at = models.DateTimeField(_("appealed at"))
    text = models.CharField(_("Reason"), max_length=1000)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=~Q(text=""), name="appeal_with_reason"),
        )
        triggers = (
            append_only(),
            appeals(),
            noted("customers.appeal", title="text", subject=OF_CASE),
        )

    def __str__(self):
        return self.text
