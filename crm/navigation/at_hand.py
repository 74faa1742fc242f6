"""What stands at the foot of a phone's screen, where the thumb is."""

from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from crm.navigation.items import Item
from crm.navigation.menu import entry_of, is_open

FOLLOW_UP = "interaction_follow_up_create"
#: The pages, with their icons.
AT_HAND = (
    ("home", Item(_("Workbench"), "home")),
    ("building", Item(_("Customers"), "customer_list", ("customers.view_customer",))),
    ("messages", Item(_("Follow up"), FOLLOW_UP, ("feedback.add_interaction",))),
    ("bell", Item(_("Notices"), "notice_list")),
)


def at_hand(request):
    """Context processor: [{label, icon, url, active, number, in_place}] for a person.

    What is opened `in_place` is a form that comes to the page where one is.
    """
    return {"at_hand": SimpleLazyObject(lambda: at_hand_for(request))}


def at_hand_for(request):
    """Return what a person has at hand."""
    return [
        {
            **entry_of(item, request, 0),
            "icon": icon,
            "in_place": item.url_name == FOLLOW_UP,
        }
        for icon, item in AT_HAND
        if is_open(item, request.user)
    ]
