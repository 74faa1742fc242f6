"""What the system tools tell people, and the clock of records of any kind."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.notices.declared import Clocked, Occasion
from crm.notices.occasions import OF_KIND
from system.reminders.waiting import waiting, waiting_below

OCCASIONS = (
    Occasion(
        "left_behind",
        pgettext_lazy("notice", "left something behind"),
        _("Somebody has left and still owns records"),
        "warn",
        list_name="handover_list",
    ),
    Occasion(
        "imported",
        pgettext_lazy("notice", "import finished"),
        _("An import of mine has finished"),
        list_name="import_list",
        page="import_detail",
    ),
    Occasion(
        "import_undone",
        pgettext_lazy("notice", "import undone"),
        _("An import of mine was undone"),
        "warn",
        list_name="import_list",
        page="import_detail",
    ),
    Occasion(
        "history_broken",
        pgettext_lazy("notice", "history rewritten"),
        _("The history does not fit its seals"),
        "bad",
    ),
    Clocked(
        "waits",
        pgettext_lazy("notice", "still waits for approval"),
        _("A record has waited long for my decision"),
        "warn",
        OF_KIND,
        list_name="approval_list",
        setting=_("approval waits: working days"),
        days=(1,),
        due=waiting,
    ),
    Clocked(
        "waits_below",
        pgettext_lazy("notice", "still waits for approval"),
        _("A record has waited very long for somebody below me"),
        "bad",
        (("status", "pending"),),
        setting=_("approval waits: working days, to the head above"),
        days=(3,),
        due=waiting_below,
    ),
)
