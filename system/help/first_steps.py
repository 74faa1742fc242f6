"""What somebody does on the first day, by what they may do."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

#: How many are offered: what fits a first morning.
MOST = 5
#: The right that is needed, words, the name of the page.
STEPS = (
    ("crm.add_user", _("Create accounts for your colleagues"), "user_create"),
    ("crm.view_role", _("Look at what each role may do"), "role_list"),
    ("backups.view_backup", _("See that the first backup is proved"), "backup_list"),
    (
        "customers.import_customer",
        _("Import your list of customers"),
        "customer_import",
    ),
    ("customers.register_customer", _("Look into the registration inbox"), "inbox"),
    ("contracts.approve_contract", _("See what waits for you"), "approval_list"),
    ("customers.add_customer", _("Enter a customer"), "customer_create"),
    ("feedback.add_interaction", _("Write down a talk"), "interaction_create"),
    ("competitors.add_competitor", _("Report a competitor"), "competitor_create"),
    ("competitors.add_newsitem", _("Report news of the trade"), "newsitem_create"),
    (None, _("Choose what you want to be told"), "notice_settings"),
)


def steps_for(user):
    """Return [{label, url}] of what a person may begin with."""
    open_to = (
        {"label": label, "url": reverse(name)}
        for right, label, name in STEPS
        if right is None or user.has_perm(right)
    )
    return list(open_to)[:MOST]
