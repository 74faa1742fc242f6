"""The operation log as a file: exactly the entries that the conditions select."""

from contextlib import closing
from copy import copy
from itertools import islice

from django.db import transaction
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from crm.history.entries import readable
from crm.lists.list_query import OF_A_PAGE
from crm.models import HistoryEntry
from system.exports import sheets
from system.exports.answers import table_answer
from system.log.views import EntriesMixin, Log

#: Entries of one file; who wants more narrows the time.
MOST = 50_000
CHUNK = 500


class LogExport(EntriesMixin, View):
    """The entries that the conditions select, as XLSX or CSV; this is noted, too."""

    http_method_names = ("get", "head", "options")

    @cached_property
    def list_view(self):
        """The log's own page, as if it had been asked for."""
        request = copy(self.request)
        request.GET = self.request.GET.copy()
        for key in ("format", "per_page", "sort", *OF_A_PAGE):
            request.GET.pop(key, None)
        view = Log()
        view.setup(request)
        view.is_personal = False
        return view

    def get(self, request):
        """Answer with the file, or with the page that says what is wrong."""
        kind, errors = request.GET.get("format", "xlsx"), []
        if kind not in sheets.CONTENT_TYPES:
            errors.append(_("There is no such format: %s") % kind[:20])
        entries = self.list_view.get_queryset()
        if not self.list_view.errors and entries.order_by()[MOST : MOST + 1].exists():
            errors.append(_("More than %s entries: narrow the conditions.") % MOST)
        if errors or self.list_view.errors:
            return self.refuse(errors)
        with transaction.atomic():
            lines = list(self.lines(entries))
            file = sheets.write(kind, _("Operation log"), self.headers, lines)
            self.note(kind, len(lines))
        name = f"{_('Operation log')}-{timezone.localdate():%Y-%m-%d}"
        return table_answer(file, name, kind)

    def refuse(self, errors):
        """Return the page of the log with the errors; there is no file."""
        self.list_view.errors.extend(errors)
        answer = self.list_view.get(self.list_view.request)
        answer.status_code = 400
        return answer

    @property
    def columns(self):
        """The columns of the log that are shown, or all there are."""
        return self.list_view.table.shown

    @property
    def headers(self):
        """The texts of the first row."""
        return [str(column.header) for column in self.columns]

    def lines(self, entries):
        """Yield the cells of each entry, newest first."""
        table = self.list_view.table
        cells = [table.exported(column.name) for column in self.columns]
        with closing(entries.iterator(chunk_size=CHUNK)) as rows:
            while batch := list(islice(rows, CHUNK)):
                for entry in readable(batch, self.request.user):
                    yield [str(cell(entry)) for cell in cells]

    def note(self, kind, count):
        """Leave a trace: who took the log away."""
        chips = self.list_view.chips()
        conditions = "; ".join(f"{chip['label']}: {chip['value']}" for chip in chips)
        HistoryEntry.record(
            self.request.user,
            "exported",
            kind=HistoryEntry,
            title=_("%(list)s, %(count)d rows")
            % {"list": _("Operation log"), "count": count},
            changes={
                "rows": [None, count],
                "format": [None, kind],
                "conditions": [None, conditions],
            },
            request=self.request,
        )
