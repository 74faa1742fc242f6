"""Pools (公海): where customers are whom nobody works on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.guards.triggers import noted, stamped
from crm.models.versions import Versioned


class Pool(Versioned):
    """Where customers without an owner are, until somebody takes them."""

    name = models.CharField(
        _("pool name"),
        max_length=60,
        unique=True,
        error_messages={"unique": _("There is a pool of this name already.")},
    )

    class Meta:
        verbose_name = _("pool")
        verbose_name_plural = _("pools")
        default_permissions = ()
        ordering = ("name",)
        triggers = (stamped(), noted("customers.pool", title="name"))

    def __str__(self):
        return self.name
