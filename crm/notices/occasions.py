"""What people are told of: the words, and the list behind many of a kind."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Occasion:
    """A kind of notice.

    Attributes:
        label: what was done, in a word.
        wish: what one wishes to be told, as the settings name it.
        tone: how it is coloured.
        conditions: of the list of the records that many such notices are about; the
            value `me` is the reader, `kind` the label of their kind, `today` and
            `yesterday` are days.
        list_name: the name of that list, if it is not the list of their kind.
        page: the name of a record's page, if it is not the one of its kind.
    """

    label: str
    wish: str
    tone: str = "neutral"
    conditions: tuple[tuple[str, str], ...] = ()
    list_name: str = ""
    page: str = ""


def _mine(registration):
    return (("reporter", "me"), ("registration", registration))


#: The approver's desk shows one kind at a time.
OF_KIND = (("kind", "kind"),)
OCCASIONS = {
    "returned": Occasion(
        pgettext_lazy("notice", "returned"),
        _("A report of mine was returned"),
        "bad",
        _mine("returned"),
    ),
    "registered": Occasion(
        pgettext_lazy("notice", "registered"),
        _("A report of mine was registered"),
        "good",
        _mine("registered"),
    ),
    "registered_for": Occasion(
        pgettext_lazy("notice", "registered"),
        _("A record of mine that somebody else reported was registered"),
        "good",
        (("owner", "me"),),
    ),
    "asked": Occasion(
        pgettext_lazy("notice", "waits for approval"),
        _("A record waits for my decision"),
        "warn",
        OF_KIND,
        list_name="approval_list",
    ),
    "approved": Occasion(
        pgettext_lazy("notice", "approved"),
        _("A record of mine was approved"),
        "good",
        (("owner", "me"),),
    ),
    "rejected": Occasion(
        pgettext_lazy("notice", "rejected"),
        _("A record of mine was rejected"),
        "bad",
        (("owner", "me"),),
    ),
    "approved_for": Occasion(
        pgettext_lazy("notice", "approved on my behalf"),
        _("A deputy approved a record on my behalf"),
        "info",
    ),
    "rejected_for": Occasion(
        pgettext_lazy("notice", "rejected on my behalf"),
        _("A deputy rejected a record on my behalf"),
        "info",
    ),
    "recalled": Occasion(
        pgettext_lazy("notice", "recalled"),
        _("A record that waited for me was recalled"),
    ),
    "given_up": Occasion(
        pgettext_lazy("notice", "change given up"),
        _("A change that waited for me was given up"),
    ),
    "handed_over": Occasion(
        pgettext_lazy("notice", "handed over"),
        _("A record got another owner: to me, or from me"),
        "info",
        (("owner", "me"),),
    ),
    "merged": Occasion(
        pgettext_lazy("notice", "merged"),
        _("A record of mine was merged with another one"),
        "info",
    ),
    "left_behind": Occasion(
        pgettext_lazy("notice", "left something behind"),
        _("Somebody has left and still owns records"),
        "warn",
        list_name="handover_list",
    ),
    "imported": Occasion(
        pgettext_lazy("notice", "import finished"),
        _("An import of mine has finished"),
        list_name="import_list",
        page="import_detail",
    ),
    "contract_ends": Occasion(
        pgettext_lazy("notice", "contract ends"),
        _("A contract of mine ends soon"),
        "warn",
        (
            ("owner", "me"),
            ("status", "registered"),
            ("ends_on_after", "today"),
            ("sort", "ends_on"),
        ),
    ),
    "head_contract_ends": Occasion(
        pgettext_lazy("notice", "contract ends"),
        _("A contract of somebody below me ends soon"),
        "warn",
        (("status", "registered"), ("ends_on_after", "today"), ("sort", "ends_on")),
    ),
    "contact_overdue": Occasion(
        pgettext_lazy("notice", "contact overdue"),
        _("The next contact with a customer of mine is overdue"),
        "warn",
        (
            ("owner", "me"),
            ("next_contact_at_before", "yesterday"),
            ("sort", "next_contact_at"),
        ),
    ),
    "contact_due": Occasion(
        pgettext_lazy("notice", "contact due"),
        _("The next contact with a customer of mine is due"),
        "info",
        (
            ("owner", "me"),
            ("next_contact_at_after", "today"),
            ("sort", "next_contact_at"),
        ),
    ),
    "event_today": Occasion(
        pgettext_lazy("notice", "in the calendar"),
        _("What stands in my calendar today"),
        "info",
        (("view", "list"), ("date", "today")),
        list_name="calendar",
    ),
    "event_soon": Occasion(
        pgettext_lazy("notice", "begins soon"),
        _("Something in my calendar begins, as long before as I have said"),
        "warn",
        (("view", "list"), ("date", "today")),
        list_name="calendar",
    ),
    "birthday": Occasion(
        pgettext_lazy("notice", "birthday"),
        _("A contact at a customer of mine has a birthday"),
        "info",
    ),
    "waits": Occasion(
        pgettext_lazy("notice", "still waits for approval"),
        _("A record has waited long for my decision"),
        "warn",
        OF_KIND,
        list_name="approval_list",
    ),
    "waits_below": Occasion(
        pgettext_lazy("notice", "still waits for approval"),
        _("A record has waited very long for somebody below me"),
        "bad",
        (("status", "pending"),),
    ),
    "import_undone": Occasion(
        pgettext_lazy("notice", "import undone"),
        _("An import of mine was undone"),
        "warn",
        list_name="import_list",
        page="import_detail",
    ),
    "job_done": Occasion(
        pgettext_lazy("notice", "done in the background"),
        _("A background job of mine is done"),
        "good",
    ),
    "job_failed": Occasion(
        pgettext_lazy("notice", "failed in the background"),
        _("A background job of mine has failed"),
        "bad",
    ),
    "history_broken": Occasion(
        pgettext_lazy("notice", "history rewritten"),
        _("The history does not fit its seals"),
        "bad",
    ),
    "backup_failed": Occasion(
        pgettext_lazy("notice", "backup failed"),
        _("A backup that was due has failed"),
        "bad",
    ),
    "backup_overdue": Occasion(
        pgettext_lazy("notice", "no verified backup for two days"),
        _("The newest verified backup is older than two days"),
        "bad",
    ),
}
