"""Files that belong to a record, stored under the SHA-256 of their content."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.guards.parents import parents_live
from crm.guards.triggers import noted
from crm.models.moments import Moment

STAYS = _("Others' files stay with what was decided with them.")


class Attachment(models.Model):
    """A file of a record; each app derives one with a foreign key `record`.

    The content lies in the attachment store under `sha256`; the name is only what
    the person called it.
    """

    moments = (
        Moment(
            key="file",
            label=_("files"),
            at="uploaded_at",
            under=("record",),
            title="name",
            who="uploaded_by__name",
            page="{parent}_attachment",
            lead="record_id",
            is_file=True,
        ),
    )

    name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveBigIntegerField(_("size"), editable=False)
    content_type = models.CharField(_("file type"), max_length=100, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("uploaded by"),
        related_name="+",
        editable=False,
    )
    uploaded_at = models.DateTimeField(
        _("uploaded at"), default=timezone.now, editable=False
    )

    class Meta:
        abstract = True
        default_permissions = ()
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ("pk",)

    def __str__(self):
        return self.name


def file_triggers(label, record, column="record_id"):
    """Return the triggers of a kind's files.

    They stand in the record's history, and none comes to one in the recycle bin: who
    adds one while the record is merged or deleted is told.

    Args:
        label: the model of the files as `app.model`.
        record: that of the records.
        column: which record a file belongs to.
    """
    return (noted(label, title="name", subject=(record, column)), parents_live())
