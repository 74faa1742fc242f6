"""The pages of the registration inbox: the list, and one report under review."""

from django.apps import apps
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.paginator import EmptyPage, Paginator
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from crm.lists.hits import Hits
from crm.lists.list_query import PAGE_SIZE
from crm.models import Record
from crm.models.list_settings import PAGE_SIZES
from crm.queries.totals import Total
from crm.text import about
from crm.views import RecordMixin
from crm.views.pager import pager
from system.inbox.awaiting import Awaiting
from system.inbox.forms import InboxConditions
from system.inbox.reasons import reasons_for, reasons_for_many
from system.inbox.reports import customers_first, kinds_for, loaded
from system.inbox.series import review_url


class Registrars(PermissionRequiredMixin):
    """Open to whoever may register some kind of record."""

    raise_exception = True

    @cached_property
    def kinds(self):
        """The kinds that this person registers."""
        return kinds_for(self.request.user)

    def has_permission(self):
        """Say whether there is any such kind."""
        return bool(self.kinds)


class Inbox(Registrars, TemplateView):
    """Everything reported and not yet registered, oldest first."""

    template_name = "system/inbox/inbox.html"

    @cached_property
    def conditions(self):
        """The conditions of the address."""
        return InboxConditions(
            self.request.GET, user=self.request.user, kinds=self.kinds
        )

    @cached_property
    def errors(self):
        """What is wrong with the address, in words; then no rows are shown."""
        form, known = self.conditions, {*self.conditions.fields, "page", "per_page"}
        found = [
            about(form.fields[name].label, error)
            for name, errors in form.errors.items()
            for error in errors
        ]
        unknown = [key for key in self.request.GET if key not in known]
        found += [_("Unknown condition: %s") % key[:50] for key in unknown]
        if self.per_page is None:
            found.append(_("A page cannot have that many rows."))
        return found

    @property
    def per_page(self):
        """Rows of a page; None if the address asks for a size there is not."""
        given = self.request.GET.get("per_page") or str(PAGE_SIZE)
        return {str(size): size for size in PAGE_SIZES}.get(given)

    def rows(self):
        """Return (created_at, kind, id) of the reports that the conditions select."""
        if self.errors:
            return []
        chosen = self.conditions.cleaned_data["kind"]
        models = [m for m in self.kinds if not chosen or m._meta.label_lower in chosen]
        user, query = self.request.user, self.request.GET.lists()
        asked = frozenset((k, *v) for k, v in query if k in self.conditions.fields)
        key = self.request.path, asked, user.rights.key
        return Awaiting(user, models, self.conditions.narrow, key)

    def page(self):
        """Return the page asked for; one that does not exist is an error and empty."""
        paginator = Paginator(self.rows(), self.per_page or PAGE_SIZE)
        number = self.request.GET.get("page") or "1"
        try:
            if not (number.isascii() and number.isdigit() and len(number) < 10):
                raise EmptyPage
            return paginator.page(int(number))
        except EmptyPage:
            self.errors.append(_("There is no such page."))
            return Paginator([], PAGE_SIZE).page(1)

    def get_context_data(self, **context):
        """Add the reports of the page and what one may do with them."""
        page = self.page()
        total = getattr(page.paginator.object_list, "total", Total(0))
        reports = loaded(list(page.object_list), self.request.user)
        reports = customers_first(reports)
        links = page.paginator.get_elided_page_range(page.number, on_each_side=2)
        numbers = [n if isinstance(n, int) else None for n in links]
        form, usual = self.conditions, ("q", "kind", "reporter")
        return super().get_context_data(
            reports=[
                (report, self.actions(report), found)
                for report, found in zip(reports, self._found(reports), strict=True)
            ],
            total=total.number,
            total_text=total.text,
            page_obj=page,
            pager=pager(self.request, page, numbers),
            per_page=self.per_page or PAGE_SIZE,
            per_page_choices=PAGE_SIZES,
            errors=self.errors,
            field_errors=self.conditions.errors,
            chips=self.chips(),
            open_fields=[form[name].as_field_group() for name in usual],
            folded_fields=[
                form[name].as_field_group() for name in form.fields if name not in usual
            ],
            folded_active=any(map(self.request.GET.get, set(form.fields) - {*usual})),
            kept_reasons=reasons_for_many(),
            query=self.request.GET.urlencode(),
            query_items=[
                (key, value)
                for key, values in self.request.GET.lists()
                for value in values
            ],
            **context,
        )

    def _found(self, reports):
        """Return the rows of `crm.lists.hits` with the names that each report shows."""
        names = ("title", "customer")
        texts = (
            (one.record, names, [escape(one.record), escape(one.customer or "")])
            for one in reports
        )
        return Hits(self.request.GET.get("q", ""), self.request.user).shown(texts)

    def actions(self, report):
        """Return the verbs of one row, as buttons that lead back to this list."""
        return verbs(report, query=self.request.GET.urlencode())

    def chips(self):
        """Return [{label, value, remove_url}] of the conditions in force."""
        found, form = [], self.conditions
        for name, field in form.fields.items():
            words = {str(key): str(label) for key, label in _choices(field)}
            for raw in filter(None, self.request.GET.getlist(name)):
                rest = self.request.GET.copy()
                rest.setlist(name, [v for v in rest.getlist(name) if v != raw])
                rest.pop("page", None)
                found.append(
                    {
                        "label": field.label,
                        "value": words.get(raw, raw),
                        "remove_url": f"?{rest.urlencode()}",
                    }
                )
        return found


def _choices(field):
    return getattr(field.widget, "choices", ())


def verbs(report, **carried):
    """Return the buttons of a reported record.

    The reason is filled in where the report is most likely a duplicate.

    Args:
        report: the record.
        carried: what every form and link carries, so that it leads back.
    """
    record, args = report.record, [report.label, report.record.pk]
    reasons = reasons_for(report)
    hidden = [{"name": k, "value": v, "type": "hidden"} for k, v in carried.items()]
    name = f"{record._meta.model_name}_update"
    return {
        "registration_url": reverse("registration", args=args),
        "return_url": reverse("registration_return", args=args),
        "reasons": reasons,
        "review_url": review_url(*args, carried.get("query", "")),
        "version": record.version,
        "hidden": hidden,
        # A change is corrected by who wrote it, once it is returned.
        "correction": None
        if record.reports_change
        else {
            "key": "update",
            "label": _("Correct and register"),
            "url": f"{reverse(name, args=[record.pk])}?"
            + urlencode({"register": "1", **carried}),
            "method": "get",
        },
        "return": {
            "label": _("Return"),
            "url": reverse("registration_return", args=args),
            "method": "post",
            "version": record.version,
            "fields": [
                {
                    "name": "reason",
                    "label": _("Reason"),
                    "required": True,
                    "value": reasons[0] if report.duplicates and reasons else "",
                },
                *hidden,
            ],
        },
    }


def record_model(label):
    """Return the model of a business record by its label; 404 for anything else."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise Http404 from error
    if not issubclass(model, Record):
        raise Http404
    return model


class OfAnyKind(RecordMixin):
    """A page about a record whose kind the address names."""

    def setup(self, request, *args, **kwargs):
        """Take the kind from the address."""
        super().setup(request, *args, **kwargs)
        self.model = record_model(kwargs["label"])

    def has_permission(self):
        """Ask who is to register whether these are others' reports at all."""
        if self.action == "register":
            return self.request.user.rights.registers(self.model) is not None
        return super().has_permission()
