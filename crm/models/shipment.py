"""What came with the program, so that a later version brings only what is new."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.guards.triggers import append_only


class ShipmentManager(models.Manager):
    """What was shipped so far."""

    def take(self, kind, offered):
        """Note as shipped what a version offers; return what is new in it.

        Args:
            kind: what sort of thing it is.
            offered: {(place, name): value}.

        Returns:
            {(place, name): the value that was shipped before, None if none was}.
        """
        rows = self.filter(kind=kind).order_by("pk")
        before = {
            (place, name): value
            for place, name, value in rows.values_list("place", "name", "value")
        }
        new = {
            key: before.get(key)
            for key, value in offered.items()
            if before.get(key) != value
        }
        self.bulk_create(
            self.model(kind=kind, place=place, name=name, value=offered[place, name])
            for place, name in new
        )
        return new


class Shipment(models.Model):
    """One thing that a version brought to this installation; never changed.

    Of a role its permissions, each with its reach, and under an empty name the role
    itself; of a dictionary its items; of approval rules, pipelines, pools and rules for
    targets each. What stands here and is not in force any more was taken away by the
    company, and stays away.
    """

    class Kind(models.TextChoices):
        ROLE = "role", _("role")
        DICTIONARY = "dictionary", _("dictionary")
        APPROVAL_RULE = "approval_rule", _("approval rule")
        PIPELINE = "pipeline", _("pipeline")
        POOL = "pool", _("pool")
        TARGET_RULE = "target_rule", _("target rule")

    append_only = True
    only_read = True

    kind = models.CharField(max_length=20, choices=Kind.choices)
    place = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=100, blank=True)
    value = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField(db_default=models.functions.Now())

    objects = ShipmentManager()

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        default_permissions = ()
        ordering = ("pk",)
        triggers = (append_only(),)

    def __str__(self):
        return f"{self.kind} {self.place} {self.name} {self.value}".strip()
