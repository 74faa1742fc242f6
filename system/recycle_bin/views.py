"""The recycle bin: deleted records of all kinds, and the way back for each."""

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from crm.views import ModelList, PageMixin
from crm.views.conflict import is_stale, stale_page
from crm.views.locked import lock_above
from customers.models import Contact
from customers.similar import same_mobile
from system.recycle_bin.filters import RecycleBinFilter
from system.recycle_bin.kinds import deleted, loaded, restorable_kinds, together
from system.recycle_bin.tables import RecycleBinTable


class KindsMixin(PageMixin):
    """Open to whoever may delete or register any kind of record."""

    @cached_property
    def kinds(self):
        """The kinds whose deleted rows the person may bring back."""
        return restorable_kinds(self.request.user)

    def has_permission(self):
        """Say whether there is any such kind."""
        return bool(self.kinds)


class RecycleBin(KindsMixin, ModelList):
    """The deleted records that one may bring back, the latest first."""

    table_class = RecycleBinTable
    filterset_class = RecycleBinFilter
    always_searched = True  # there is no plain list of all rows to fall back to

    @property
    def model(self):
        """One of the kinds, for what all have in common."""
        return self.kinds[0]

    @property
    def url(self):
        """The address of the recycle bin."""
        return reverse("recycle_bin")

    def rows(self):
        """Return the rows of all kinds that one may bring back."""
        return together([deleted(kind, self.request.user) for kind in self.kinds])

    empty_hint = gettext_lazy("Whatever is deleted can be restored here.")

    def get_context_data(self, **context):
        """Read the records of the page."""
        context = {
            **super().get_context_data(),
            "list_title": _("Recycle bin"),
            **context,
        }
        records = loaded(list(context["page_obj"].object_list))
        self.table.token = get_token(self.request)
        context["lines"] = list(self.table.lines(records))
        return context

    @property
    def addresses(self):
        """Offer nothing else: here is nothing to add, import or export."""
        return {"add_url": None}


class Restore(KindsMixin, View):
    """Take one record out of the recycle bin."""

    http_method_names = ("post", "options")

    def post(self, request, label, pk):
        """Do it, or say why not."""
        record = self.record(label, pk)
        if is_stale(request, record):
            return stale_page(request, record, reverse("recycle_bin"))
        try:
            with transaction.atomic():
                record.restore(request.user)
        except ValidationError as error:
            return self.refused(error.messages)
        messages.success(request, _("Restored: %s") % record)
        self.tell_of_doubles(record)
        return redirect("recycle_bin")

    def tell_of_doubles(self, record):
        """Say which contacts have the mobile of one that has come back."""
        if not isinstance(record, Contact):
            return
        found = same_mobile(record, self.request.user)
        if found.asks:
            words = _("This customer has contacts with the same mobile: %s")
            messages.warning(self.request, words % found.words)

    def record(self, label, pk):
        """Return the deleted record, locked; 404 if there is none for this person."""
        try:
            model = apps.get_model(label)
        except (LookupError, ValueError) as error:
            raise Http404 from error
        if model not in self.kinds:
            raise Http404
        lock_above(model, pk)
        rows = model.everything.exclude(deleted_at=None).select_for_update(no_key=True)
        within = deleted(model, self.request.user).order_by().values("pk")
        return get_object_or_404(rows, pk=pk, pk__in=within)

    def refused(self, reasons):
        """Answer that it cannot be restored now."""
        context = {
            "reasons": reasons,
            "status": 409,
            "back_url": reverse("recycle_bin"),
        }
        return render(self.request, "generic/refused.html", context, status=409)
