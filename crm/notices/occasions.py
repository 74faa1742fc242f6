"""What the ground floor tells people: the books, approval, jobs, backups."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.notices.declared import Occasion


def _mine(registration):
    return (("reporter", "me"), ("registration", registration))


#: The approver's desk shows one kind at a time.
OF_KIND = (("kind", "kind"),)
OCCASIONS = (
    Occasion(
        "returned",
        pgettext_lazy("notice", "returned"),
        _("A report of mine was returned"),
        "bad",
        _mine("returned"),
    ),
    Occasion(
        "registered",
        pgettext_lazy("notice", "registered"),
        _("A report of mine was registered"),
        "good",
        _mine("registered"),
    ),
    Occasion(
        "registered_for",
        pgettext_lazy("notice", "registered"),
        _("A record of mine that somebody else reported was registered"),
        "good",
        (("owner", "me"),),
    ),
    Occasion(
        "asked",
        pgettext_lazy("notice", "waits for approval"),
        _("A record waits for my decision"),
        "warn",
        OF_KIND,
        list_name="approval_list",
        waits=True,
    ),
    Occasion(
        "approved",
        pgettext_lazy("notice", "approved"),
        _("A record of mine was approved"),
        "good",
        (("owner", "me"),),
    ),
    Occasion(
        "rejected",
        pgettext_lazy("notice", "rejected"),
        _("A record of mine was rejected"),
        "bad",
        (("owner", "me"),),
    ),
    Occasion(
        "approved_for",
        pgettext_lazy("notice", "approved on my behalf"),
        _("A deputy approved a record on my behalf"),
        "info",
    ),
    Occasion(
        "rejected_for",
        pgettext_lazy("notice", "rejected on my behalf"),
        _("A deputy rejected a record on my behalf"),
        "info",
    ),
    Occasion(
        "recalled",
        pgettext_lazy("notice", "recalled"),
        _("A record that waited for me was recalled"),
    ),
    Occasion(
        "taken_back",
        pgettext_lazy("notice", "approval taken back"),
        _("An approval before mine was taken back"),
    ),
    Occasion(
        "given_up",
        pgettext_lazy("notice", "change given up"),
        _("A change that waited for me was given up"),
    ),
    Occasion(
        "handed_over",
        pgettext_lazy("notice", "handed over"),
        _("A record got another owner: to me, or from me"),
        "info",
        (("owner", "me"),),
    ),
    Occasion(
        "merged",
        pgettext_lazy("notice", "merged"),
        _("A record of mine was merged with another one"),
        "info",
    ),
    Occasion(
        "job_done",
        pgettext_lazy("notice", "done in the background"),
        _("A background job of mine is done"),
        "good",
    ),
    Occasion(
        "job_failed",
        pgettext_lazy("notice", "failed in the background"),
        _("A background job of mine has failed"),
        "bad",
    ),
    Occasion(
        "backup_failed",
        pgettext_lazy("notice", "backup failed"),
        _("A backup that was due has failed"),
        "bad",
    ),
    Occasion(
        "backup_overdue",
        pgettext_lazy("notice", "no verified backup for two days"),
        _("The newest verified backup is older than two days"),
        "bad",
    ),
)
