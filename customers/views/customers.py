"""The pages of customers."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from crm.display import date_text
from crm.lists.sources import RecordSource
from crm.models.ownership import belongs_to, is_owned
from crm.queries.figures import Counted
from crm.rights.permissions import permission
from crm.text import single_line
from crm.validators import normalise_credit_code
from crm.views import (
    RecordCreate,
    RecordDetail,
    RecordList,
    RecordUpdate,
)
from crm.views.approval.buttons import button
from crm.views.pasting import PasteMixin
from customers.filters import CustomerFilter
from customers.models import (
    Contact,
    Customer,
    FileEntry,
    Membership,
    Ownership,
    Pool,
    Relation,
    completeness,
)
from customers.models.recycling import MOST_EXTENDED
from customers.recycling import days_left, kept_out, recycle_on
from customers.similar import ASKED, TYPED, similar_to
from customers.tables import CustomerTable
from customers.views.glance import agreed_days, contact_facts, file_complete
from customers.views.reasons import Reasoned

#: From so many days before on a customer's way into a pool is told in red.
SOON = 7
#: For so long a lock is offered; any day of half a year may be chosen.
LOCKED_AT_FIRST = timedelta(days=30)
#: On the page the status stands higher than in the form.
BASICS, REACH, SIZE, STATUS, RESPONSIBLE = Customer.groups


class CustomerSource(RecordSource):
    """Customers, with the day on which they go back into a pool where that is shown."""

    @property
    def _has_day(self):
        return any(column.name == "recycle_on" for column in self.table.shown)

    def drawn(self, rows):
        """Reckon the day of the rows that are drawn."""
        rows = super().drawn(rows)
        return rows.annotate(recycle_on=recycle_on()) if self._has_day else rows

    def first_rows(self, order, size):
        """Leave it to the general way where the day is shown."""
        return None if self._has_day else super().first_rows(order, size)


class CustomerList(RecordList):
    """The customers one may see."""

    source_class = CustomerSource

    model = Customer
    table_class = CustomerTable
    filterset_class = CustomerFilter
    empty_hint = _("Add a customer, or import a list.")


class CustomerDetail(RecordDetail):
    """A customer with everything filed under it."""

    model = Customer
    groups = (
        BASICS,
        STATUS,
        REACH,
        SIZE,
        RESPONSIBLE,
        (
            _("How it was entered"),
            ("entered_by", "created_at", "changed_by", "changed_at"),
        ),
    )
    title_field = "name"
    parts = (
        ("file", _("Customer file"), "customer_file"),
        ("relations", _("Relations"), "customer_relations"),
        ("team", _("Team"), "customer_team"),
        ("ownerships", _("Owners and pools"), "customer_ownerships"),
    )

    def get(self, request, *args, **kwargs):
        """Show it; one that has gone into a pool is shown there to whom it concerns."""
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            pooled = Customer.objects.filter(pk=kwargs["pk"], pool__isnull=False)
            pool = Pool.objects.visible_to(request.user).filter(
                pk__in=pooled.values("pool")
            )
            if not pool:
                raise
            address = reverse("pooled_customer", args=[pool[0].pk, kwargs["pk"]])
            return HttpResponseRedirect(address)

    def get_context_data(self, **context):
        """Add the customer at a glance."""
        context = super().get_context_data(**context)
        user, customer = self.request.user, self.object
        files = context["files"]["rows"]
        context["tabs"][-1:-1] = [
            _section("facts", _("All fields")),
            _section("files", _("Attachments"), len(files)),
        ]
        whose = "owner" if customer.pool_id is None else "pool"
        context["open_tab"] = self._open_tab(context["tabs"])
        context["glance"] = self._facts((whose, "level", "status", "phone"))
        context["contact_facts"] = [
            *contact_facts(customer, self.read["agreed_days"]),
            *_recycling_fact(self.read["recycle_on"]),
            *_locked_fact(self.read["locked_until"]),
        ]
        context["complete"] = file_complete(customer, self.read, user)
        return context

    def actions(self):
        """Offer to release it, or to assign what is in a pool; with who may."""
        customer, user = self.object, self.request.user
        found = [*super().actions(), *self._credit()]
        if customer.pool_id is not None:
            if user.rights.reach(permission("change", Pool)) is None:
                return found
            return [button(customer, "assignment", _("Assign"), method="get"), *found]
        reach = user.rights.reach(permission("change", Customer))
        if reach is None or not customer.is_registered:
            return found
        if not is_owned(customer, user, reach):
            return found
        label = _("Release into a pool")
        found = [*found, button(customer, "release", label, method="get")]
        return [*found, *self._put_off()]

    def _credit(self):
        """Return the way to what it owes, for whoever sees how far it is trusted."""
        customer, user = self.object, self.request.user
        reach = user.rights.reach("contracts.view_creditassessment")
        if reach is None or not belongs_to(customer, user, reach, "view"):
            return []
        return [button(customer, "credit", _("Credit"), method="get")]

    def _put_off(self):
        """Return the button that keeps it out of its pool, or no longer does."""
        customer, due = self.object, self.read["recycle_on"]
        is_own = customer.owner_id == self.request.user.pk
        if is_own and self.read["locked_until"]:
            ends = [("ends", "1")]
            return [button(customer, "protection", _("Unlock"), hidden=ends)]
        if due is None or (not is_own and self.read["is_extended"]):
            return []
        until = {"name": "until", "label": _("until"), "type": "date", "required": True}
        if is_own:
            label = _("Lock against recycling")
            until["value"] = date_text(timezone.localdate() + LOCKED_AT_FIRST)
            return [button(customer, "protection", label, fields=[until])]
        reason = {"name": "reason", "label": _("Reason"), "required": True}
        until["value"] = date_text(due + MOST_EXTENDED)
        label = _("Put off recycling")
        return [button(customer, "extension", label, fields=[until, reason])]

    def columns(self):
        """Read along what of the customer's file is there."""
        seen = None
        if self.request.user.has_perm(permission("view", Contact)):
            seen = self.filed(Contact, "customer").order_by()
        found = super().columns() | completeness.columns(seen)
        agreed = agreed_days(self.object, self.request.user)
        days = {"recycle_on": recycle_on(), "agreed_days": agreed}
        return found | days | kept_out()

    def tabs(self):
        """Add the parts of the customer itself to the lists filed under it."""
        return super().tabs() + [
            {
                "key": key,
                "label": label,
                "count": self.numbers[key],
                "url": reverse(url_name, args=[self.object.pk]),
                "add_url": None,
            }
            for key, label, url_name in self.parts
        ]

    def counts(self):
        """Count the parts along."""
        pk = self.object.pk
        return super().counts() | {
            "file": Counted(FileEntry.objects.filter(customer=pk)),
            "relations": Counted(Relation.objects.around(pk)),
            "team": Counted(Membership.objects.filter(customer=pk)),
            "ownerships": Counted(Ownership.objects.filter(customer=pk)),
        }


def _recycling_fact(day):
    """Return the fact on which day a customer goes back into a pool, if it does."""
    if day is None:
        return []
    left = days_left(day)
    words = ngettext("in %d day", "in %d days", left) % left
    return [
        {
            "key": "recycle_on",
            "label": gettext("back into a pool"),
            "value": words if left > 0 else gettext("due"),
            "tone": "bad" if left <= SOON else "",
            "title": date_text(day),
        }
    ]


def _locked_fact(day):
    """Return the fact until when the owner keeps a customer out of its pool."""
    if day is None:
        return []
    return [
        {
            "key": "locked_until",
            "label": gettext("locked until"),
            "value": date_text(day),
        }
    ]


def _section(key, label, count=None):
    """Return the tab of a part of the page itself."""
    return {
        "key": key,
        "label": label,
        "section": key,
        "count": count,
        "url": f"#{key}",
    }


class AskedAgain(Reasoned):
    """A form that asks why one goes on where there seems to be such a customer."""

    asked = ASKED

    def likely(self, record):
        """Return what seems to be the same."""
        return similar_to(record, self.request.user, self.request)


class Pasted(PasteMixin):
    """A form into which a licence, a card or a signature can be pasted."""

    takes = {
        "name": ("company",),
        "credit_code": ("credit_code",),
        "address": ("address",),
        "phone": ("phone", "mobile"),
        "email": ("email",),
        "website": ("website",),
    }


class CustomerCreate(Pasted, AskedAgain, RecordCreate):
    """Report or register a customer."""


class CustomerUpdate(Pasted, AskedAgain, RecordUpdate):
    """Edit a customer."""


@require_safe
def similar(request):
    """Tell what there is already of a customer that is being typed."""
    if not any(
        request.user.has_perm(permission(a, Customer)) for a in ("add", "change")
    ):
        raise PermissionDenied
    typed = {
        name: single_line(request.GET.get(name, "").replace("\0", ""))[:200]
        for name in TYPED
    }
    typed["credit_code"] = normalise_credit_code(typed["credit_code"])
    own = request.GET.get("pk", "")
    pk = int(own[:18]) if own.isascii() and own.isdigit() else None
    nature = request.GET.get("nature")
    nature = nature if nature in Customer.Nature.values else Customer.Nature.COMPANY
    customer = Customer(pk=pk, nature=nature, **typed)
    context = {
        "similar": similar_to(customer, request.user, request),
        "duplicate_reason": request.GET.get("duplicate_reason", ""),
    }
    return render(request, "customers/similar.html", context)
