"""The menu as data: labels, addresses by name, and the right that opens each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.navigation.numbers import key_of, numbers_for, text_of
from crm.navigation.pinned import PINNED, group_of
from crm.navigation.rights import (
    approving,
    counting,
    merging,
    reading,
    registering,
    restoring,
    ruling,
)
from crm.rights.roles import Reach


@dataclass(frozen=True)
class Item:
    """A page in the menu, offered to whoever holds one of the permissions.

    They may be a function, where those of kinds to come are meant, too.

    Attributes:
        of_others: offered only where one of them reaches beyond what is one's own.
        number: where the `MenuNumber` of what waits there stands, if it has one.
        passing: offered only while there is something to count.
        conditions: of the list, if it is one with conditions; the value `me` is the
            person.
    """

    label: str
    url_name: str
    permissions: tuple[str, ...] | Callable[[], tuple[str, ...]] = ()
    of_others: bool = False
    number: str = ""
    passing: bool = False
    conditions: tuple[tuple[str, str], ...] = ()

    @cached_property
    def opened_by(self):
        """The permissions of which one opens the page."""
        return self.permissions() if callable(self.permissions) else self.permissions

    @cached_property
    def url(self):
        """The address of the page."""
        return reverse(self.url_name)


@dataclass(frozen=True)
class Group:
    """A part of the system with its pages."""

    label: str
    icon: str
    items: tuple[Item, ...]


#: What the workbench shows of announcements.
ANNOUNCED = "system.announcements.numbers.current"

MENU = (
    Group(
        _("Workbench"),
        "home",
        (
            Item(_("Workbench"), "home"),
            Item(
                pgettext_lazy("menu", "Returned"),
                "returned_list",
                reading,
                number="system.inbox.numbers.returned",
                passing=True,
            ),
            Item(
                pgettext_lazy("menu", "Rejected"),
                "contract_list",
                ("contracts.submit_contract",),
                number="contracts.numbers.rejected",
                passing=True,
                conditions=(("status", "rejected"), ("owner", "me")),
            ),
            Item(
                pgettext_lazy("menu", "Rejected changes"),
                "contract_list",
                ("contracts.submit_contract",),
                number="contracts.numbers.rejected_changes",
                passing=True,
                conditions=(("amendment_state", "rejected"), ("owner", "me")),
            ),
            Item(
                pgettext_lazy("menu", "Leads that wait"),
                "lead_list",
                ("sales.change_lead",),
                number="sales.numbers.waiting",
                passing=True,
                conditions=(
                    ("needs", "unassigned"),
                    ("needs", "untouched"),
                    ("needs", "quiet"),
                ),
            ),
        ),
    ),
    Group(
        _("Customer information"),
        "building",
        (
            Item(_("Customers"), "customer_list", ("customers.view_customer",)),
            Item(_("Contacts"), "contact_list", ("customers.view_contact",)),
        ),
    ),
    Group(
        _("Sales process"),
        "target",
        (
            Item(_("Leads"), "lead_list", ("sales.view_lead",)),
            Item(_("Opportunities"), "opportunity_list", ("sales.view_opportunity",)),
        ),
    ),
    Group(
        _("Interaction feedback"),
        "messages",
        (
            Item(
                _("Interaction feedback"),
                "interaction_list",
                ("feedback.view_interaction",),
            ),
        ),
    ),
    Group(
        _("Contract information"),
        "file-text",
        (
            Item(_("Contracts"), "contract_list", ("contracts.view_contract",)),
            Item(_("Products"), "product_list", ("contracts.view_product",)),
            Item(
                _("Approvals"),
                "approval_list",
                approving,
                number="crm.approval.deciding.waiting",
            ),
            Item(
                _("Receipts"),
                "receipt_list",
                ("contracts.view_receipt",),
                number="contracts.numbers.to_confirm",
            ),
            Item(_("Receivables"), "receivable_list", ("contracts.view_contract",)),
        ),
    ),
    Group(
        _("Competitors"),
        "swords",
        (
            Item(_("Competitors"), "competitor_list", ("competitors.view_competitor",)),
            Item(_("Encounters"), "encounter_list", ("competitors.view_encounter",)),
        ),
    ),
    Group(
        _("Industry news"),
        "news",
        (Item(_("Industry news"), "newsitem_list", ("competitors.view_newsitem",)),),
    ),
    Group(
        _("Statistics"),
        "chart-bar",
        (Item(_("Statistics"), "statistics", counting),),
    ),
    Group(
        pgettext_lazy("menu", "Calendar"),
        "calendar",
        (Item(pgettext_lazy("menu", "Calendar"), "calendar"),),
    ),
    Group(
        _("System tools"),
        "settings",
        (
            Item(
                _("Registration inbox"),
                "inbox",
                registering,
                of_others=True,
                number="system.inbox.numbers.waiting",
            ),
            Item(_("People"), "user_list", ("crm.view_user",)),
            Item(_("Departments"), "department_list", ("crm.view_department",)),
            Item(_("Roles"), "role_list", ("crm.view_role",)),
            Item(_("Deputies"), "deputy_list", ("crm.view_deputy",)),
            Item(_("Hand-overs"), "handover_list", ("crm.change_user",)),
            Item(
                _("Dictionaries"), "dictionaryitem_list", ("crm.view_dictionaryitem",)
            ),
            Item(_("Approval rules"), "approvalrule_list", ruling),
            Item(_("Pipelines"), "pipeline_list", ("sales.view_pipeline",)),
            Item(
                pgettext_lazy("menu", "Papers"),
                "papertemplate_list",
                ("papers.view_papertemplate",),
            ),
            Item(
                _("Announcements"),
                "announcement_list",
                ("announcements.view_announcement",),
            ),
            Item(
                _("Imports"),
                "import_list",
                ("customers.import_customer", "system.view_importrun"),
            ),
            Item(_("Duplicates"), "duplicate_list", merging),
            Item(_("Background jobs"), "job_list", ("jobs.view_job",)),
            Item(_("Backups"), "backup_list", ("backups.view_backup",)),
            Item(_("Operation log"), "log", ("crm.view_historyentry",)),
            Item(_("Sign-in log"), "signins", ("crm.view_historyentry",)),
            Item(_("Seals of the history"), "seal_list", ("jobs.view_schedule",)),
            Item(_("Recycle bin"), "recycle_bin", restoring),
        ),
    ),
)


def menu(request):
    """Context processor: the groups and pages that this person may open.

    Built only when a template asks for it. A page whose address does not exist is
    a mistake of ours, so it raises. `menu_key` is the same for whoever sees the same
    menu: it need be drawn only once for all of them.
    """
    groups = SimpleLazyObject(lambda: menu_for(request))
    return {"menu": groups, "menu_key": SimpleLazyObject(lambda: key_of(groups))}


def menu_for(request):
    """Return [{label, icon, url, items, active}] for the person of a request.

    Each of the items is {label, url, active, number}.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    groups, numbers = [], numbers_of(user, *_asked_along(request))
    for group in MENU:
        items = [
            entry_of(item, request, numbers.get(item.number, 0))
            for item in group.items
            if is_open(item, user) and (numbers.get(item.number) or not item.passing)
        ]
        if items:
            groups.append(
                {
                    "label": group.label,
                    "icon": group.icon,
                    "url": items[0]["url"],
                    "items": items,
                    "active": any(item["active"] for item in items),
                }
            )
    if pinned := numbers.get(PINNED):
        groups.insert(1, group_of(pinned, request))
    return groups


def numbers_of(user, *along):
    """Return {where a `MenuNumber` stands: number} of all that a person's menu shows.

    Read once in a request, however often it is asked.

    Args:
        user: the person.
        along: what else is asked in the same query.
    """
    items = [item for group in MENU for item in group.items if item.number]
    names = (i.number for i in items if is_open(i, user))
    return numbers_for(user, (*names, PINNED, *along))


def _asked_along(request):
    """Return what the page shows that its menu's query can ask as well."""
    match = request.resolver_match
    return (ANNOUNCED,) if match and match.url_name == "home" else ()


def is_open(item, user):
    """Say whether a person may open a page."""
    own = {None, Reach.OWN} if item.of_others else {None}
    reaches = {user.rights.reach(permission) for permission in item.opened_by}
    return not item.opened_by or not reaches <= own


def entry_of(item, request, number):
    """Return {label, url, active, number} of a page for the person of a request."""
    url, path = item.url, request.path
    active = path == url if url == "/" else path.startswith(url)
    if item.conditions:
        mine = [(k, request.user.pk if v == "me" else v) for k, v in item.conditions]
        url, active = f"{url}?{urlencode(mine)}", False
    return {
        "label": item.label,
        "url": url,
        "active": active,
        "number": text_of(number),
    }
