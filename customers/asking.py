"""询问负责人: whoever has found a customer of somebody else asks its owner about it.

Once a day about each, and about few a day: nobody's bell is filled by one who asks.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.guards.turns import wait_turn
from crm.models import HistoryEntry
from crm.notices.sending import notify
from crm.queries.days import start_of

ASKED = "asked_owner"
#: About how many customers a person may ask in a day.
MOST_ASKED = 20


def asked_today(user):
    """Return {id of a customer: when} of those about which a person asked today."""
    entries = HistoryEntry.objects.filter(
        actor_id=user.pk, verb=ASKED, at__gte=start_of(timezone.localdate())
    )
    return dict(entries.order_by("pk").values_list("object_id", "at"))


@transaction.atomic
def ask(customer, user, note="", request=None):
    """Tell the owner of a customer that somebody asks about it; the log keeps it.

    Args:
        customer: of which they have learnt.
        user: who asks.
        note: what they say.
        request: by which they ask.

    Raises:
        ValidationError: there is nobody to be asked (`nobody`), or to be told; or
            they have asked already, or about too many.
    """
    if customer.owner_id is None:
        raise ValidationError(_("Nobody has it: it is in a pool."), code="nobody")
    if customer.owner_id == user.pk:
        said = _("It is yours: there is nobody to ask.")
        raise ValidationError(said, code="nobody")
    wait_turn(ASKED, user)
    asked = asked_today(user)
    if when := asked.get(customer.pk):
        said = _("You have asked %(owner)s about it already, at %(time)s today.")
        at = f"{timezone.localtime(when):%H:%M}"
        raise ValidationError(said % {"owner": customer.owner, "time": at})
    if len(asked) >= MOST_ASKED:
        said = _("You have asked about %d customers today; more you may tomorrow.")
        raise ValidationError(said % len(asked))
    if not notify(customer.owner_id, "asked_about", customer, by=user, reason=note):
        said = _("%s gets no such notices: ask in another way.")
        raise ValidationError(said % customer.owner)
    facts = {"reason": [None, note]} if note else {}
    HistoryEntry.record(user, ASKED, subject=customer, changes=facts, request=request)
