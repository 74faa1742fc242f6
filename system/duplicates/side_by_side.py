"""Rows that look like one thing, side by side: what to keep of each, what moves."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.generic import View

from crm.display import label_of, reader
from crm.duplicates import merging, moving, work
from crm.duplicates.models import Pair
from crm.forms.lookups import LARGEST_ID
from crm.models import DictionaryField
from crm.models.groups import asked
from crm.queries.figures import Counted, capped
from crm.views.conflict import is_stale, stale_page
from crm.views.verbs import refused_page
from system.duplicates.access import MergersMixin


class OfAPair(MergersMixin, View):
    """A page about a pair of which one may see both rows."""

    @cached_property
    def pair(self):
        """The pair; 404 where one may not see both."""
        pairs = Pair.objects.visible_to(self.request.user)
        return get_object_or_404(pairs, pk=self.kwargs["pk"])

    def dispatch(self, request, *args, **kwargs):
        """Answer 405 to looking at a verb, whoever looks."""
        if request.method.lower() not in self.http_method_names:
            return self.http_method_not_allowed(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    def rows(self):
        """Return the two rows and those that look like either, the two first."""
        pair, user = self.pair, self.request.user
        pks = [pair.low_id, pair.high_id]
        others = Pair.objects.open().naming(pair.model, *pks).visible_to(user)
        for low, high in others.values_list("low_id", "high_id")[: merging.MOST * 2]:
            pks += [pk for pk in (low, high) if pk not in pks]
        rows = pair.model.objects.visible_to(user).filter(pk__in=pks[: merging.MOST])
        related = [f.name for f in _fields(pair.model) if _leads_away(f)]
        rows = rows.select_related(*related) if related else rows
        found = {row.pk: row for row in rows.order_by()}
        return [found[pk] for pk in pks if pk in found]


def _fields(model):
    fields = (model._meta.get_field(name) for name in asked(model))
    return [field for field in fields if not field.many_to_many]


def _leads_away(field):
    return field.many_to_one and not isinstance(field, DictionaryField)


class SideBySide(OfAPair):
    """Show them, and ask what to keep."""

    http_method_names = ("get", "head", "options")

    def get(self, request, **_kwargs):
        """Draw the page."""
        rows = self.rows()
        if len(rows) < 2:
            raise Http404
        return render(
            request, "system/duplicates/side_by_side.html", self.context(rows)
        )

    def context(self, rows):
        """Return what the template draws."""
        pair, user = self.pair, self.request.user
        best = fullest(rows)
        may = [row.allowed(user, "change", "delete") for row in rows]
        counts, job = what_moves(rows), work.job_of(pair)
        return {
            "pair": pair,
            "title": _("Likely duplicates: %s") % rows[0],
            "columns": [
                {
                    "row": row,
                    "is_best": row is best,
                    "is_other": place > 1,
                    "may_keep": "change" in may[place],
                    "may_go": {"change", "delete"} <= may[place],
                    "counts": counts[row.pk],
                }
                for place, row in enumerate(rows)
            ],
            "lines": list(_compared(rows, best)),
            "job": job,
            "may_merge": job is None
            and sum({"change", "delete"} <= one for one in may) > 0
            and sum("change" in one for one in may) > 1,
            "may_dismiss": job is None
            and pair.state == Pair.State.OPEN
            and all("change" in one for one in may[:2]),
            "may_reconsider": pair.state == Pair.State.DISMISSED
            and all("change" in one for one in may[:2]),
        }


def fullest(rows):
    """Return the row to keep: in the books, the fullest, then the oldest one."""
    names = [field.attname for field in _fields(type(rows[0]))]

    def rank(row):
        filled = sum(getattr(row, name) not in (None, "", []) for name in names)
        return row.is_registered, filled, -row.created_at.timestamp(), -row.pk

    return max(rows, key=rank)


def _compared(rows, best):
    """Yield {name, label, cells, differs} of each field that any row fills."""
    model = type(rows[0])
    for field in _fields(model):
        read = reader(model, field.name)
        texts = [read(row) for row in rows]
        if not any(texts):
            continue
        filled = [row for row, said in zip(rows, texts, strict=True) if said]
        kept = best if best in filled else filled[0]
        yield {
            "name": field.name,
            "label": label_of(model, field.name),
            "differs": len(set(texts)) > 1,
            "cells": [
                {"pk": row.pk, "title": row, "text": said, "is_kept": row is kept}
                for row, said in zip(rows, texts, strict=True)
            ],
        }


def what_moves(rows):
    """Return {id: [(label, number)]} of what hangs on each row, in one query.

    Rows that one may not see are counted, and move all the same.
    """
    model = type(rows[0])
    links = moving.links(model)
    counts = [Counted(moving.hanging(link, [row.pk])) for row in rows for link in links]
    own = model.everything.filter(pk=rows[0].pk).order_by()
    numbers = iter(own.values_list(*counts).get())
    found = {}
    for row in rows:
        labels = {}
        for link in links:
            label, number = link.model._meta.verbose_name_plural, next(numbers)
            labels[label] = labels.get(label, 0) + number
        found[row.pk] = [(k, capped(number)) for k, number in labels.items() if number]
    return found


class PairVerb(OfAPair):
    """A POST-only page that decides on a pair."""

    http_method_names = ("post", "options")

    def post(self, request, **_kwargs):
        """Do it to what was seen, or say why not."""
        if is_stale(request, self.pair):
            return stale_page(request, self.pair)
        try:
            with transaction.atomic():
                return self.act()
        except ValidationError as error:
            return refused_page(request, self.pair, error)


class Dismissal(PairVerb):
    """不是重复: the two are not the same; nobody is asked again."""

    def act(self):
        """Remember it."""
        self.refuse_readers()
        self.pair.dismiss(self.request.user)
        messages.success(self.request, _("Remembered: these two are not the same."))
        return redirect("duplicate_list")

    def refuse_readers(self):
        """Refuse whoever may not change both."""
        pairs = Pair.objects.visible_to(self.request.user, "change")
        if not pairs.filter(pk=self.pair.pk).exists():
            raise ValidationError(
                _("Only who may change both can say that they are not the same."),
                code="forbidden",
            )


class Reconsideration(Dismissal):
    """撤销 of 不是重复: the two may be the same after all."""

    def act(self):
        """Forget it, and lead to the two."""
        self.refuse_readers()
        self.pair.reconsider(self.request.user)
        messages.success(self.request, _("These two are likely duplicates again."))
        return redirect(self.pair)


class Merging(PairVerb):
    """合并: make the chosen rows one."""

    def act(self):
        """Merge what was seen."""
        data, model = self.request.POST, self.pair.model
        winner = number(data.get("winner", ""))
        chosen = {number(one) for one in data.getlist("ids")} - {None}
        if winner is None or not chosen - {winner}:
            raise ValidationError(_("Choose which one is kept, and what goes into it."))
        seen = model.objects.visible_to(self.request.user)
        visible = set(
            seen.filter(pk__in={winner, *chosen}).values_list("pk", flat=True)
        )
        rows = merging.locked(model, visible)
        if rows.keys() != {winner, *chosen}:
            raise ValidationError(
                _("One of these is not there any more."), code="conflict"
            )
        for pk, row in sorted(rows.items()):
            if data.get(f"version_{pk}", "") != str(row.version):
                return stale_page(
                    self.request, row, self.pair.get_absolute_url(), repeatable=False
                )
        choices = choices_of(data, model, rows, winner)
        kept = rows.pop(winner)
        losers = [rows[pk] for pk in sorted(rows)]
        user = self.request.user
        job = work.merge(self.pair, kept, losers, by=user, choices=choices)
        if job:
            messages.info(self.request, _("So much is merged in the background."))
            return redirect(job)
        messages.success(self.request, _("Merged: %s") % kept)
        return redirect(kept)


def choices_of(data, model, rows, winner):
    """Return {field: the id whose value is kept}; only what is merged has one."""
    choices = {}
    for name in asked(model):
        said = data.get(f"keep_{name}", "")
        choices[name] = number(said) if said else winner
        if choices[name] not in rows:
            raise ValidationError(
                _("%s: choose the value of one of those that are merged.")
                % capfirst(str(label_of(model, name)))
            )
    return choices


def number(text):
    """Return the id that a text is, or None."""
    is_number = text.isascii() and text.isdigit() and len(text) < 20
    return int(text) if is_number and int(text) <= LARGEST_ID else None
