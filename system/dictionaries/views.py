"""The pages of dictionaries: option lists that a company edits itself."""

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from crm.models import DictionaryItem
from crm.models.dictionaries import dictionary_choices
from crm.views.conflict import is_stale, stale_page
from system.dictionaries.filters import DictionaryItemFilter
from system.dictionaries.forms import DictionaryItemForm, ReplacementForm
from system.dictionaries.tables import DictionaryItemTable
from system.dictionaries.uses import counted, keeping, replace
from system.pages import (
    AdministeredList,
    ModelCreate,
    ModelDelete,
    ModelUpdate,
    RowsMixin,
)
from system.references import used_by


class DictionaryItemList(AdministeredList):
    """The items of a dictionary, `?kind=industry`, with how often each is used."""

    model = DictionaryItem
    table_class = DictionaryItemTable
    filterset_class = DictionaryItemFilter
    template_name = "system/dictionaryitem_list.html"

    def get_context_data(self, **context):
        """Count the uses of the items that are shown; name the dictionaries."""
        context = super().get_context_data(**context)
        self.table.uses = counted(list(context["page_obj"].object_list))
        chosen = self.request.GET.getlist("kind")
        sizes = dict(
            DictionaryItem.objects.order_by().values_list("kind").annotate(Count("pk"))
        )
        context["kinds"] = [
            {
                "label": label,
                "url": f"{self.url}?{urlencode({'kind': kind})}",
                "count": sizes.get(kind, 0),
                "active": chosen == [kind],
            }
            for kind, label in dictionary_choices()
        ]
        if context["add_url"] and len(chosen) == 1:
            context["add_url"] += f"?{urlencode({'kind': chosen[0]})}"
        return context


class ItemsMixin(RowsMixin):
    """Every item may be worked on by whoever may work on dictionaries."""

    model = DictionaryItem

    def next_url(self):
        """Return to the dictionary of the item."""
        url, kind = reverse("dictionaryitem_list"), getattr(self.object, "kind", "")
        return f"{url}?{urlencode({'kind': kind})}" if kind else url


class DictionaryItemCreate(ItemsMixin, ModelCreate):
    """Add an item."""

    form_class = DictionaryItemForm
    repeats = ("kind",)


class DictionaryItemUpdate(ItemsMixin, ModelUpdate):
    """Edit an item, or retire it: records that use it keep it."""

    form_class = DictionaryItemForm
    template_name = "system/dictionaryitem_form.html"

    def get_context_data(self, **context):
        """Say what uses the item, and lead to replacing and deleting it."""
        user, pk = self.request.user, self.object.pk
        may_delete = user.has_perm("crm.delete_dictionaryitem")
        return super().get_context_data(
            used_by=used_by(self.object, user),
            replace_url=reverse("dictionaryitem_replace", args=[pk]),
            delete_url=reverse("dictionaryitem_delete", args=[pk])
            if may_delete
            else None,
            **context,
        )


class DictionaryItemReplace(ItemsMixin, DetailView):
    """Put another item in the place of this one, wherever it is used."""

    action = "change"

    def get(self, request, *args, **kwargs):
        """Ask for the other item."""
        self.object = self.get_object()
        return self.page(ReplacementForm(item=self.object))

    def post(self, request, *args, **kwargs):
        """Do it, or say why not."""
        self.object = self.get_object()
        if is_stale(request, self.object):
            return stale_page(request, self.object, self.next_url())
        form = ReplacementForm(request.POST, item=self.object)
        if form.is_valid():
            try:
                replace(self.object, form.cleaned_data["target"], by=request.user)
            except ValidationError as error:
                form.add_error(None, error)
        if form.errors:
            return self.page(form, status=422)
        return redirect(self.next_url())

    def page(self, form, status=200):
        """Return the page of the form."""
        context = {
            "title": _("Replace everywhere: %s") % self.object,
            "intro": _("Every record that uses it will use the other; it is retired."),
            "used_by": used_by(self.object, self.request.user),
            "keeping": keeping(self.object),
            "form": form,
            "cancel_url": self.next_url(),
            "version": self.object.version,
            "submit_label": _("Replace"),
        }
        page = "system/dictionaryitem_replace.html"
        return render(self.request, page, context, status=status)


class DictionaryItemDelete(ItemsMixin, ModelDelete):
    """Delete an item that nothing uses."""
