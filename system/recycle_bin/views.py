"""The recycle bin: deleted records of all kinds, and the way back for each."""

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import Form
from django.http import Http404
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import View

from crm.lists.mixed import read_mixed
from crm.views import ModelList, PageMixin
from crm.views.conflict import is_stale, stale_page
from crm.views.locked import lock_above
from customers.models import Contact
from customers.similar import same_mobile
from system.recycle_bin.belonging import gathered, numbers_of, restore_with
from system.recycle_bin.filters import RecycleBinFilter
from system.recycle_bin.kinds import bin_rows, deleted, loaded, restorable_kinds
from system.recycle_bin.tables import RecycleBinTable

#: Records of a kind that the page names.
NAMED = 20


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

    title = gettext_lazy("Recycle bin")
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
        return bin_rows([deleted(kind, self.request.user) for kind in self.kinds])

    empty_hint = gettext_lazy("Whatever is deleted can be restored here.")

    def get_context_data(self, **context):
        """Read the records of the page."""
        context = {**super().get_context_data(), **context}
        records = loaded(list(context["page_obj"].object_list))
        self.table.token = get_token(self.request)
        self.table.went_with = numbers_of(records, self.request.user)
        context["lines"] = list(self.table.lines(records))
        return context

    @property
    def addresses(self):
        """Offer nothing else: here is nothing to add, import or export."""
        return {"add_url": None}


class DeletedMixin(KindsMixin):
    """One record in the recycle bin, and the way back for it."""

    def record(self, label, pk):
        """Return the deleted record, locked to change it; 404 if there is none.

        Raises:
            ValidationError: somebody has just brought it back.
        """
        try:
            model = apps.get_model(label)
        except (LookupError, ValueError) as error:
            raise Http404 from error
        if model not in self.kinds:
            raise Http404
        rows = model.everything.exclude(deleted_at=None)
        if self.request.method == "POST":
            lock_above(model, pk)
            rows = rows.select_for_update(no_key=True)
        within = deleted(model, self.request.user).order_by().values("pk")
        found = rows.filter(pk=pk, pk__in=within).first()
        if found is None:
            self._refuse_back(model.objects.visible_to(self.request.user).filter(pk=pk))
        return found

    def _refuse_back(self, rows):
        """Refuse what is not in the bin: it came back, or was never there to be seen.

        Raises:
            ValidationError: somebody was quicker.
            Http404: there is no such row for this person.
        """
        if self.request.method != "POST" or not rows.exists():
            raise Http404
        raise ValidationError(_("Somebody else has dealt with this in the meantime."))

    def refused(self, reasons):
        """Answer that it cannot be restored now."""
        context = {
            "reasons": reasons,
            "status": 409,
            "back_url": reverse("recycle_bin"),
        }
        return render(self.request, "generic/refused.html", context, status=409)

    def tell_of_doubles(self, record):
        """Say which contacts have the mobile of one that has come back."""
        if not isinstance(record, Contact):
            return
        found = same_mobile(record, self.request.user)
        if found.asks:
            words = _("This customer has contacts with the same mobile: %s")
            messages.warning(self.request, words % found.words)


class Restore(DeletedMixin, View):
    """Take one record out of the recycle bin."""

    http_method_names = ("post", "options")

    def post(self, request, label, pk):
        """Do it, or say why not."""
        try:
            record = self.record(label, pk)
            if is_stale(request, record):
                return stale_page(request, record, reverse("recycle_bin"))
            with transaction.atomic():
                record.restore(request.user)
        except ValidationError as error:
            return self.refused(error.messages)
        messages.success(request, _("Restored: %s") % record)
        self.tell_of_doubles(record)
        return redirect("recycle_bin")


class RestoreWith(DeletedMixin, View):
    """Take a record out of the recycle bin with all that went into it with it."""

    http_method_names = ("get", "head", "post", "options")

    def get(self, request, label, pk):
        """Show what would come back."""
        record = self.record(label, pk)
        context = {
            "title": _("Restore with what belongs to it: %s") % record,
            "intro": _("Deleted within a day before it, and filed under it:"),
            "belonging": _lines(self.belonging(record)),
            "form": Form(),
            "version": record.version,
            "submit_label": _("Restore"),
            "cancel_url": reverse("recycle_bin"),
        }
        return render(request, "system/restore_with.html", context)

    def post(self, request, label, pk):
        """Do it, all or nothing."""
        try:
            record = self.record(label, pk)
            if is_stale(request, record):
                return stale_page(request, record, reverse("recycle_bin"))
            with transaction.atomic():
                number = restore_with(record, self.belonging(record), request.user)
        except ValidationError as error:
            return self.refused(error.messages)
        sentence = ngettext(
            "Restored: %(record)s, and %(number)d more",
            "Restored: %(record)s, and %(number)d more",
            number,
        )
        messages.success(request, sentence % {"record": record, "number": number})
        self.tell_of_doubles(record)
        return redirect("recycle_bin")

    def belonging(self, record):
        """Return {kind: ids} of what would come back."""
        return gathered(record, self.request.user)


def _lines(belonging):
    """Return {label, count, names, more} of each kind, in a fixed number of queries."""
    first = {model: sorted(ids)[:NAMED] for model, ids in belonging.items()}
    records = read_mixed(
        model.everything.filter(pk__in=ids) for model, ids in first.items()
    )
    return [
        {
            "label": model._meta.verbose_name_plural,
            "count": len(ids),
            "names": [str(records[model._meta.label_lower, pk]) for pk in first[model]],
            "more": len(ids) > NAMED,
        }
        for model, ids in belonging.items()
    ]
