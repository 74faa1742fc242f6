"""What somebody has handed in today, whatever became of it."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.guards.turns import wait_turn


class Intake(models.Model):
    """So many bytes of a person at a moment; rows of earlier days are swept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    size = models.PositiveBigIntegerField()

    class Meta:
        default_permissions = ()
        indexes = (models.Index(fields=("user", "-at"), name="intake_of_user"),)

    def __str__(self):
        return f"{self.user_id} {self.at} {self.size}"

    @classmethod
    def spend(cls, user, *files):
        """Note what a person hands in, before anything of it is stored.

        Raises:
            ValidationError: it is more than one may hand in within a day; code
                `quota`.
        """
        wait_turn("intake", user)
        limit, size = settings.CRM_DAILY_UPLOAD_BYTES, sum(file.size for file in files)
        today = cls.objects.filter(user=user, at__gt=timezone.now() - timedelta(days=1))
        spent = today.aggregate(spent=models.Sum("size"))["spent"] or 0
        if spent + size > limit:
            raise ValidationError(
                _("Nobody can hand in more than %s a day. Please go on tomorrow.")
                % filesizeformat(limit),
                code="quota",
            )
        cls.objects.create(user=user, size=size)
