"""Roles, and who holds them."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.guards.triggers import noted, stamped, touches
from crm.guards.watermarks import ANY_CHANGE, PEOPLE, watermarked
from crm.kinds import every_permission
from crm.models.versions import Versioned
from crm.rights.roles import Reach


class Role(Versioned):
    """A named set of permissions, each with its reach (five are shipped)."""

    actions = ("view", "add", "change", "delete")

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=50, unique=True)
    grants = models.JSONField(_("permissions"), default=dict, blank=True)
    requires_second_factor = models.BooleanField(
        _("asks for a second factor"),
        default=False,
        help_text=_("Whoever holds it sets up an authenticator app before going on."),
    )

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        default_permissions = ()
        ordering = ("pk",)
        triggers = (
            stamped(),
            noted("crm.role", title="name"),
            watermarked(PEOPLE, ANY_CHANGE),
        )

    def __str__(self):
        return self.name

    def clean(self):
        """Refuse permissions and reaches that do not exist."""
        for permission, reach in self.grants.items():
            if permission not in every_permission() or reach not in Reach.values:
                raise ValidationError(
                    {"grants": _("Unknown permission: %s") % permission}
                )


class RoleAssignment(models.Model):
    """A role that a person holds; a row of its own so that history shows it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="role_assignments"
    )
    role = models.ForeignKey(Role, models.PROTECT, related_name="assignments")

    class Meta:
        verbose_name = _("role assignment")
        default_permissions = ()
        constraints = (models.UniqueConstraint("user", "role", name="role_held_once"),)
        triggers = (
            noted(
                "crm.roleassignment",
                title="role_id",
                subject=("crm.user", "user_id"),
            ),
            touches("crm_user", "user_id"),
            watermarked(PEOPLE, ANY_CHANGE),
        )

    def __str__(self):
        return f"{self.user} – {self.role}"
