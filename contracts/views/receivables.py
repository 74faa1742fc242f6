"""Receivables (应收): what is owed by payment plans, how late it is and whose it is."""

from collections import Counter
from decimal import Decimal

from django.core.paginator import Paginator
from django.db.models import Case, CharField, Count, F, Sum, Value, When
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from contracts.ageing import BANDS, LATE, due_in
from contracts.differences import differences
from contracts.models import Contract, Instalment, Receipt
from contracts.models.owing import NOTHING
from crm.fields import CENT
from crm.related import may_open
from crm.rights.permissions import permission
from crm.rights.roles import Reach
from crm.views import PageMixin
from customers.models import Customer

#: The contracts that are invoiced beyond what was received, the most comes first.
INVOICED_UNPAID = urlencode({"invoiced_unpaid_min": CENT, "sort": "-invoiced_unpaid"})
#: So many people stand in the table, those to whom most is overdue; rows of a page.
MOST_PEOPLE, PAGE = 30, 50


class Receivables(PageMixin, TemplateView):
    """What is owed by contracts one sees: `?band=`, `?owner=` narrow the rows."""

    model = Contract
    template_name = "contracts/receivables.html"

    def get_context_data(self, **context):
        """Add the ageing of each person and in all, and the rows asked for."""
        page = self.page()
        user = self.request.user
        customers = {row.contract.customer_id for row in page}
        return super().get_context_data(
            title=_("Receivables"),
            heads=[(name, label) for name, (label, *_days) in BANDS.items()],
            people=self.people,
            others=self.others,
            totals=self._line(self._sums(self.cells)),
            band=self.band,
            band_label=self._label(),
            owner=self.owner,
            is_own=self.owner == str(user.pk),
            own_url=self.address(owner=user.pk),
            all_url=self.address(owner=""),
            page_obj=page,
            previous=self.address(page=page.number - 1),
            next=self.address(page=page.number + 1),
            opened=may_open(user, Customer, customers),
            may_compare=may_compare(user),
            unpaid_url=f"{Contract.page('list')}?{INVOICED_UNPAID}",
            **context,
        )

    @cached_property
    def today(self):
        """The day of today."""
        return timezone.localdate()

    @cached_property
    def band(self):
        """The band whose rows are shown."""
        asked = self.request.GET.get("band") or LATE
        if asked != LATE and asked not in BANDS:
            raise Http404
        return asked

    @cached_property
    def owner(self):
        """The id of the person whose rows are shown as a text, or nothing."""
        asked = self.request.GET.get("owner", "")
        if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 19):
            raise Http404
        return asked

    def address(self, **changes):
        """Return the address of the page with some of what it asks for changed."""
        given = {"band": self.band, "owner": self.owner} | changes
        asked = urlencode({k: v for k, v in given.items() if v not in ("", LATE)})
        return f"?{asked}" if asked else self.request.path

    def rows(self):
        """Return the instalments that are owed, as far as the person may see them."""
        return Instalment.objects.owed().visible_to(self.request.user).order_by()

    @cached_property
    def cells(self):
        """[(person, name, band, how many, what is owed)] of everybody."""
        bands = Case(
            *(When(due_in(name), then=Value(name)) for name in BANDS),
            output_field=CharField(),
        )
        rows = self.rows().annotate(band=bands, name=F("contract__owner__name"))
        found = rows.values("contract__owner", "name", "band").annotate(
            number=Count("pk"), owed=Sum(F("amount") - F("paid"))
        )
        return list(
            found.values_list("contract__owner", "name", "band", "number", "owed")
        )

    @cached_property
    def ranked(self):
        """[(person, what is overdue)] of everybody, the most comes first."""
        late = Counter()
        for pk, _name, band, _number, owed in self.cells:
            late[pk] += owed if band != "coming" else NOTHING
        return late.most_common()

    @property
    def people(self):
        """The lines of the people to whom most is overdue."""
        names = {pk: name for pk, name, *_rest in self.cells}
        lines = []
        for pk, _overdue in self.ranked[:MOST_PEOPLE]:
            own = [cell for cell in self.cells if cell[0] == pk]
            lines.append(self._line(self._sums(own), owner=pk) | {"name": names[pk]})
        return lines

    @property
    def others(self):
        """The line of everybody else, which leads nowhere; nothing if there is none."""
        rest = {pk for pk, _overdue in self.ranked[MOST_PEOPLE:]}
        if not rest:
            return None
        line = self._line(self._sums(cell for cell in self.cells if cell[0] in rest))
        for cell in line["cells"]:
            cell["url"] = ""
        return line | {"late_url": "", "number": len(rest)}

    @staticmethod
    def _sums(cells):
        """Return {band: (how many, what is owed)} of some cells."""
        sums = dict.fromkeys(BANDS, (0, NOTHING))
        for _pk, _name, band, number, owed in cells:
            many, amount = sums[band]
            sums[band] = many + number, amount + owed
        return sums

    def _line(self, sums, owner=""):
        """Return {cells: [{band, number, owed, url}], late, late_url} of a line."""
        owner = owner or self.owner
        cells = [
            {
                "band": name,
                "number": number,
                "owed": owed,
                "url": self.address(band=name, owner=owner, page=""),
            }
            for name, (number, owed) in sums.items()
        ]
        late = sum((owed for name, (_n, owed) in sums.items() if name != "coming"), 0)
        url = self.address(band=LATE, owner=owner, page="")
        return {"cells": cells, "late": late or Decimal(0), "late_url": url}

    def _label(self):
        return _("overdue") if self.band == LATE else BANDS[self.band][0]

    def page(self):
        """Return the page of rows: what is due longest comes first."""
        rows = self.rows().filter(due_in(self.band)).order_by("due_on", "pk")
        if self.owner:
            rows = rows.filter(contract__owner=self.owner)
        rows = rows.select_related("contract__customer", "contract__owner", "condition")
        page = Paginator(rows, PAGE).get_page(self.request.GET.get("page"))
        page.object_list = list(page.object_list)
        for row in page:
            row.missing = row.amount - row.paid
            row.days = (self.today - row.due_on).days
        return page


def may_compare(user):
    """Say whether somebody looks after what is kept of all money: who confirms it."""
    return user.rights.reach(permission("confirm", Receipt)) == Reach.ALL


class Differences(PageMixin, TemplateView):
    """What is kept of money beside what it is kept of: the page stays empty."""

    model = Receipt
    action = "confirm"
    template_name = "contracts/differences.html"

    def has_permission(self):
        """Ask for the reach of all: whatever differs is told, whosever it is."""
        return may_compare(self.request.user)

    def get_context_data(self, **context):
        """Add what differs."""
        return super().get_context_data(
            title=_("Differences"),
            rows=differences(),
            list_url=reverse("receivable_list"),
            **context,
        )
