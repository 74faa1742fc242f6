"""The page of a record; what all pages share.

The mixin knows three things: the permission of its `action`, that rows are visible
to the person, and the template to fall back to.
"""

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db import models
from django.db.models import BigIntegerField, Exists, Subquery
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from crm.attachments import attachments_of
from crm.display import label_of, reader
from crm.duplicates.models import Merge, Pair
from crm.kinds import figures_of, follow_up_at, moments_of, tabs_of
from crm.lists.links import leading, linked
from crm.models import Bookmark, DictionaryField
from crm.models.once import Single
from crm.queries.figures import Counted, capped
from crm.related import is_named, relations, seen_from
from crm.rights.permissions import permission
from crm.views.buttons import ButtonsMixin, refilled


class PageMixin(PermissionRequiredMixin):
    """Ask for the model permission of `action`; draw the page's own template."""

    action = "view"
    suffix = None
    raise_exception = True

    def get_permission_required(self):
        """Return the one permission of this page."""
        return (permission(self.action, self.model),)

    def get_template_names(self):
        """Return the page's own template, then the generic one."""
        options = self.model._meta
        own = f"{options.app_label}/{options.model_name}_{self.suffix}.html"
        return [self.template_name or own, f"generic/record_{self.suffix}.html"]


class RecordMixin(PageMixin):
    """Offer only the rows that the permission covers."""

    def get_queryset(self):
        """Return the rows on which the person may do this."""
        return super().get_queryset().visible_to(self.request.user, self.action)


class RecordDetail(ButtonsMixin, PageMixin, DetailView):
    """The page of one record.

    `groups` is ((heading, field names), …), `title_field` the one among them that is
    the title of the page and not told again. Long texts are drawn across the page.
    """

    reads_from_replica = True
    suffix = "detail"
    groups = ()
    title_field = None

    def get_queryset(self):
        """Read along the rows that the facts name, unless the page says which."""
        rows = super().get_queryset()
        if self.queryset is not None:
            return rows
        shown = (name for _heading, names in self.groups for name in names)
        fields = filter(_leads_away, map(self.model._meta.get_field, shown))
        along = [field.name for field in fields]
        return rows.select_related(*along) if along else rows

    def get(self, request, *args, **kwargs):
        """Show the record; what was merged leads to what it has become."""
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            winner = self._merged_into()
            if winner is None:
                raise
            return HttpResponseRedirect(winner.get_absolute_url())

    def _merged_into(self):
        """Return what the record has become, if the person may see that."""
        if not self.model.traits:
            return None
        pk = Merge.objects.winner_of(self.model, self.kwargs["pk"])
        return self.model.objects.visible_to(self.request.user).filter(pk=pk).first()

    def get_object(self, queryset=None):
        """Return the record; one that the person may not see is not there."""
        record = super().get_object(queryset)
        if not record.allowed(self.request.user, self.action):
            raise Http404
        return record

    @cached_property
    def seen_ids(self):
        """Which of the records that this one refers to the reader may see, by kind."""
        return seen_from([self.object], self.request.user)

    def get_context_data(self, **context):
        """Add facts, buttons and tabs."""
        record = self.object
        tabs = [*self._line_of_time(), *self.tabs(), self._own_tab("history")]
        actions = [{**one, "version": record.version} for one in self.actions()]
        return super().get_context_data(
            title=str(record),
            kind=self.model._meta.verbose_name,
            groups=[(heading, self._facts(names)) for heading, names in self.groups],
            actions=refilled(actions, self.request),
            tabs=tabs,
            figures=self.figures(),
            follow_up=self._follow_up(),
            star=self.star(),
            typed=self.typed(actions),
            open_tab=self._open_tab(tabs),
            files=self.files(),
            status=getattr(record, "status", record.registration),
            list_url=self.model.page("list"),
            filed_under=self._filed_under(),
            twins=self._twins(),
            likely=self._likely(),
            **context,
        )

    def _likely(self):
        """Return {number, url} of what looks like this record, for who may merge it."""
        _numbers, _read, number, pair = self._counted
        url = reverse("duplicate_detail", args=[pair]) if number else ""
        return {"number": number, "url": url}

    def _twins(self):
        """Return the records that are this one but for the way they are written."""
        if not isinstance(self.object, Single):
            return ()
        return self.object.twins().visible_to(self.request.user)

    def _filed_under(self):
        """Return the links to what the record is filed under, for the breadcrumb.

        What is filed under something itself, as a contact is, stands in no breadcrumb.
        """
        fields, names = relations(self.model), self.model.names_along
        top = [n for n in names if not fields[n].related_model.names_along]
        facts = map(self._value, top)
        return [fact for fact in facts if hasattr(fact, "__html__")]

    def _line_of_time(self):
        """Return the tab of what happened, of a kind of which more is told."""
        return [self._own_tab("timeline")] if moments_of(self.model) else []

    def _own_tab(self, key):
        """Return the tab of the history or of the time line."""
        url = reverse(key, args=[self.model._meta.label_lower, self.object.pk])
        label = _("Time line") if key == "timeline" else _("Change history")
        return {"key": key, "label": label, "url": url, "count": None}

    def _open_tab(self, tabs):
        """Return the tab that the address names, the first one if it names none."""
        asked = self.request.GET.get("tab")
        return next((tab for tab in tabs if tab["key"] == asked), tabs[0])

    def _facts(self, names):
        """Return [{label, value, wide, name}] of some fields."""
        return [
            {
                "name": name,
                "label": label_of(self.model, name),
                "value": self._value(name),
                "wide": isinstance(self.model._meta.get_field(name), models.TextField),
            }
            for name in names
            if name != self.title_field
        ]

    def _value(self, name):
        """Return what a field says, nothing of a record that one may not know.

        What it names is linked, if the reader may open it.
        """
        record = self.object
        if name in relations(self.model) and not is_named(record, name, self.seen_ids):
            return ""
        leads = leading(self.request.user, self.seen_ids)
        return linked(self.model, name, reader(self.model, name), leads)(record)

    def files(self):
        """Return what parts/attachments.html shows; None for a kind without files."""
        if not hasattr(self.model, "attachments"):
            return None
        return attachments_of(self.object, self.request.user)

    def tabs(self):
        """Return [{key, label, count, url, add_url}] of the lists that belong here."""
        user, pk, found = self.request.user, self.object.pk, []
        may_file = bool(self.object.allowed(user, "file"))
        for key, model, condition in self._lists():
            may_add = may_file and user.has_perm(permission("add", model))
            add_url = self._add_url(model, key, condition) if may_add else None
            query = urlencode({condition: pk})
            found.append(
                {
                    "key": key,
                    "label": model._meta.verbose_name_plural,
                    "kind": model._meta.verbose_name,
                    "count": self.numbers[key],
                    "url": f"{model.page('list')}?{query}",
                    "add_url": add_url,
                }
            )
        return found

    def _follow_up(self):
        """Return where one writes of a talk with this one; None where one may not."""
        at = follow_up_at(self.model, self.request.user)
        if at is None or not self.object.allowed(self.request.user, "file"):
            return None
        here = urlencode({"next": self.object.get_absolute_url()})
        return f"{at}{self.object.pk}&{here}"

    def _add_url(self, model, key, condition):
        """Return where a row of a tab is added; saved, it leads back to the tab."""
        pk, back = self.object.pk, f"{self.object.get_absolute_url()}?tab={key}"
        return f"{model.page('create')}?{urlencode({condition: pk, 'next': back})}"

    def _lists(self):
        """Return (key, model, condition) of those that this person may read."""
        return [
            (model._meta.model_name, model, condition)
            for model, condition in tabs_of(self.model)
            if self.request.user.has_perm(permission("view", model))
        ]

    @cached_property
    def numbers(self):
        """{key: number} for the tabs, no further than lists count."""
        return self._counted[0]

    @cached_property
    def _counted(self):
        """Those, what else is read, likely duplicates, the surest pair: one query."""
        counts, columns = self.counts(), self.columns()
        pairs = Pair.objects.for_merging(self.object, self.request.user)
        own = self.model.everything.filter(pk=self.object.pk).order_by()
        *found, likely, pair = own.values_list(
            *counts.values(),
            *columns.values(),
            Counted(pairs),
            Subquery(pairs.values("pk")[:1], BigIntegerField()),
        ).get()
        numbers = zip(counts, map(capped, found[: len(counts)]), strict=True)
        read = zip(columns, found[len(counts) :], strict=True)
        return dict(numbers), dict(read), likely, pair

    @property
    def read(self):
        """{key: value} of `columns`."""
        return self._counted[1]

    def columns(self):
        """Return {key: expression} of what is read of the record beside the counts."""
        user, record = self.request.user, self.object
        figures = {
            figure.key: figure.number(record, model, relation, user)
            for model, figure, relation in self._figures()
        }
        star = Exists(Bookmark.objects.starred(user).about(record))
        return {**figures, "star": star}

    def _figures(self):
        """Return those of `figures_of` whose rows this person may read."""
        return [
            found
            for found in figures_of(self.model)
            if self.request.user.has_perm(permission("view", found[0]))
        ]

    def figures(self):
        """Return [{key, label, value, url, tone, title}] as parts/figure.html says."""
        return [
            {
                "key": figure.key,
                **figure.shown(self.object, self.read[figure.key]),
                "url": figure.address(self.object, model, relation),
            }
            for model, figure, relation in self._figures()
        ]

    def counts(self):
        """Return {key: Counted}: the rows one may see of each list."""
        return {
            key: Counted(self.filed(model, condition))
            for key, model, condition in self._lists()
        }

    def filed(self, model, condition):
        """Return the rows of one of the lists that one may see."""
        return self.object.filed(model, condition, self.request.user)


def _leads_away(field):
    """Say whether a field names a row that has to be read; options are known."""
    return field.many_to_one and not isinstance(field, DictionaryField)
