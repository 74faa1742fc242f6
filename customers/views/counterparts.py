"""The pages of counterparts 对口联系."""

from django.utils.http import urlencode
from django.utils.translation import gettext_lazy

from crm.kinds import follow_up_at
from crm.models.groups import responsible
from crm.views import RecordDetail, RecordList
from customers.filters import CounterpartFilter
from customers.models import Counterpart, Customer
from customers.tables import CounterpartTable

AT_CUSTOMER, OURS, _PEOPLE = Counterpart.groups


class CounterpartList(RecordList):
    """The counterparts one may see."""

    model = Counterpart
    table_class = CounterpartTable
    filterset_class = CounterpartFilter
    empty_hint = gettext_lazy(
        "Name who of us looks after what at a customer, and how often they speak."
    )


class CounterpartDetail(RecordDetail):
    """A counterpart: who, about what, and when the next contact is due."""

    model = Counterpart
    groups = (
        AT_CUSTOMER,
        (OURS[0], (*OURS[1][:-1], "last_met_on", "due_on", "remarks")),
        responsible("entered_by", "created_at"),
    )

    def _follow_up(self):
        """Return where one writes of a talk with them; None where one may not."""
        counterpart, user = self.object, self.request.user
        at = follow_up_at(Customer, user)
        if at is None or not counterpart.customer.allowed(user, "file"):
            return None
        given = {"next": counterpart.get_absolute_url()}
        if counterpart.contact_id:
            given = {"contact": counterpart.contact_id, **given}
        return f"{at}{counterpart.customer_id}&{urlencode(given)}"
