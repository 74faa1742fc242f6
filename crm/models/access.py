"""What is kept of signing in: attempts that failed, and the sessions that last."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FailedSignIn(models.Model):
    """An attempt to sign in that failed; a day later it is swept away."""

    at = models.DateTimeField(_("at"), db_default=models.functions.Now())
    name = models.CharField(_("username"), max_length=150)
    known = models.BooleanField()
    device = models.CharField(max_length=32, blank=True)
    address = models.CharField(_("address"), max_length=45)

    class Meta:
        verbose_name = _("failed sign-in")
        default_permissions = ()
        indexes = (
            models.Index(fields=("name", "-at"), name="failed_sign_in_name"),
            models.Index(fields=("address", "-at"), name="failed_sign_in_address"),
            models.Index(fields=("at",), name="failed_sign_in_at"),
        )

    def __str__(self):
        return f"{self.name} ({self.address})"


class OpenSession(models.Model):
    """Where somebody is signed in: the device, the address, since when."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="open_sessions"
    )
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(_("device"), max_length=300, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)
    since = models.DateTimeField(_("signed in at"), db_default=models.functions.Now())
    seen_at = models.DateTimeField(_("last seen"), db_default=models.functions.Now())

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        default_permissions = ()
        ordering = ("-seen_at", "-pk")

    def __str__(self):
        return f"{self.device} ({self.address})"
