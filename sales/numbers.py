"""Numbers of the menu: leads that wait, quotations rejected, day reports to be read,
changes to targets; and, along with them, how one's own report of today stands."""

import json
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import TextField
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone

from crm.navigation.numbers import MenuNumber
from crm.rights.permissions import TODAY, permission
from sales.attention import LEAD_NEEDS, leads_needing
from sales.models import DayReport, Lead, Quotation
from sales.superiors import people_below
from sales.targets.targeting import changes_that_wait


def _waiting(user):
    """Return those of the leads one sees that wait too long, as the list has them."""
    rows = Lead.objects.visible_to(user)
    return [leads_needing(rows, [need for need, _words in LEAD_NEEDS])]


def _rejected(user):
    """Return one's own quotations that were rejected."""
    rows = Quotation.objects.visibility(user).own()
    return [rows.filter(status=Quotation.Status.REJECTED)]


def _unread(user):
    """Return the reports of people below that nobody above has read."""
    rows = DayReport.objects.visible_to(user).registered()
    return [rows.filter(people_below(user.pk), read_at=None)]


class OfToday:
    """One's own report of today; it stands where a `MenuNumber` does, so that the
    workbench asks nothing more."""

    def expression(self, user):
        """Return what the query asks for: it as a text of JSON, or nothing."""
        rows = DayReport.objects.filter(owner=user.pk, day=TODAY).order_by()
        whole = JSONObject(pk="pk", at="submitted_at", late="late")
        return ArraySubquery(rows.values_list(Cast(whole, TextField()))[:1])

    def read(self, value, user):
        """Return {pk, at, late}, {} if there is none; None for who writes none."""
        if not user.has_perm(permission("add", DayReport)):
            return None
        found = json.loads(value[0]) if value else {}
        if found:
            found["at"] = timezone.localtime(datetime.fromisoformat(found["at"]))
        return found


def _target_changes(user):
    """Return the changes to targets that wait for the person's decision."""
    return [changes_that_wait(user)]


waiting, rejected = MenuNumber(_waiting), MenuNumber(_rejected)
unread_reports, report_of_today = MenuNumber(_unread), OfToday()
target_changes = MenuNumber(_target_changes)
