"""`/<list>/export/`: what the list page of the same address shows, as a file."""

from contextlib import ExitStack, closing
from itertools import islice

from django.core.exceptions import PermissionDenied
from django.db import connection, models, transaction
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views import View

from crm.backends import Backend
from crm.models import DictionaryField, HistoryEntry
from crm.papers import compiling
from crm.papers.listing import list_pdf
from crm.papers.views import busy_page, in_words, pdf_answer
from crm.queries.ids import any_of
from crm.rights.permissions import permission
from crm.views import RecordMixin
from crm.views.lists import listing_at
from system.exports import sheets
from system.exports.answers import stream_answer, table_answer

#: Rows that the database hands over at a time.
CHUNK = 2000
#: Large exports that run at once; each keeps a thread of the server busy.
AT_ONCE = 2
LARGE = 5000
LOCK = 7_390_210
#: For one transaction: each step of a large one may take long, and so may sending it.
PATIENCE = (
    "SELECT set_config('statement_timeout', '60s', true),"
    " set_config('idle_in_transaction_session_timeout', '5min', true)"
)


def _of_numbers(field):
    return lambda record: sheets.number(getattr(record, field.attname))


def _of_moments(field):
    return lambda record: sheets.moment(getattr(record, field.attname))


def _of_days(field):
    return lambda record: getattr(record, field.attname) or ""


#: Columns that leave as what they are; a moment is a day to Django, too.
TYPED = (
    (models.DecimalField, _of_numbers),
    (models.IntegerField, _of_numbers),
    (models.DateTimeField, _of_moments),
    (models.DateField, _of_days),
)


class Busy(Exception):
    """As many large exports are running as the server can bear."""


class RecordExport(RecordMixin, View):
    """The rows that a list's conditions select, all of them, as XLSX or CSV.

    The view of the kind's list decides conditions, columns and order, so list and
    export cannot disagree.
    """

    model = None
    action = "export"
    #: The rows that have been written.
    count = 0
    http_method_names = ("get", "head", "options")

    @cached_property
    def list_view(self):
        """The list's own view, as if its page had been asked for."""
        given = self.request.GET.copy()
        for key in ("format", "per_page", "ids"):
            given.pop(key, None)
        view = listing_at(self.model, self.request, given)
        if not view.table.chosen and self.request.GET.get("format") != "pdf":
            view.table.show_all()
        return view

    @cached_property
    def ids(self):
        """The ids of the chosen rows, `?ids=3,4`; None where all are taken."""
        if "ids" not in self.request.GET:
            return None
        texts = ",".join(self.request.GET.getlist("ids")).split(",")
        return [int(t) for t in texts if t.isascii() and t.isdigit() and len(t) < 19]

    def get(self, request, *args, **kwargs):
        """Answer with the file, or with the list that says what is wrong."""
        kind = request.GET.get("format", "xlsx")
        if kind not in (*sheets.CONTENT_TYPES, "pdf"):
            return self.refuse(_("There is no such format: %s") % kind[:20])
        if self.list_view.errors:
            return self.refuse()
        try:
            return self.on_paper() if kind == "pdf" else self.answer(kind)
        except compiling.Refused as error:
            return self.refuse(in_words(error))
        except sheets.TooManyRows:
            return self.refuse(_("An Excel sheet cannot hold that many rows: use CSV."))
        except compiling.Busy:
            return busy_page(request)
        except Busy:
            answer = render(request, "429.html", status=429)
            answer.headers["Retry-After"] = "30"
            return answer

    def refuse(self, *errors):
        """Return the list page with the errors; there is no file."""
        self.list_view.errors.extend(errors)
        answer = self.list_view.get(self.list_view.request)
        answer.status_code = 400
        return answer

    def on_paper(self):
        """Return the first rows as PDF; not in a transaction that waits for it."""
        label = str(self.model._meta.verbose_name_plural)
        listing, user = self.list_view, self.request.user
        said = self.conditions()
        content, self.count = list_pdf(listing, user, self.rows(), said)
        self.note(label, "pdf")
        return pdf_answer(content, f"{label}-{timezone.localdate():%Y-%m-%d}.pdf")

    def answer(self, kind):
        """Return the file; a large CSV file is sent while it is being written."""
        rows = self.rows()
        label = str(self.model._meta.verbose_name_plural)
        name = f"{label}-{timezone.localdate():%Y-%m-%d}"
        large = rows.order_by()[LARGE : LARGE + 1].exists()
        if large and kind == "csv":
            pieces = self.pieces(label, rows)
            next(pieces)  # whoever is to wait hears it before the answer begins
            return stream_answer(pieces, name, kind)
        with transaction.atomic():
            self.bear(large)
            with closing(self.lines(rows)) as lines:
                file = sheets.write(kind, label, self.headers, lines)
            self.note(label, kind)
        return table_answer(file, name, kind)

    def pieces(self, label, rows):
        """Yield nothing, once the work may begin; then the CSV file piece by piece.

        All rows are of one moment: they come from one transaction, which lasts as
        long as the answer. How many there were is noted, also if the line breaks.
        """
        language = get_language()
        with ExitStack() as last, transaction.atomic():
            self.bear(large=True)
            yield b""
            # By now the middleware that chose the language is done.
            last.enter_context(override(language))
            last.callback(self.note, label, "csv")
            with closing(self.lines(rows)) as lines:
                yield from sheets.csv_pieces(self.headers, lines)

    def bear(self, large):
        """Give the work the time it takes; let only so many large ones run.

        Raises:
            Busy: `AT_ONCE` large exports are running.
        """
        with connection.cursor() as cursor:
            cursor.execute(PATIENCE)
            for slot in range(AT_ONCE if large else 0):
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, slot])
                if cursor.fetchone()[0]:
                    return
        if large:
            raise Busy

    def rows(self):
        """Return the list's rows that one may also carry away."""
        rows = self.list_view.get_queryset().visible_to(self.request.user, "export")
        if self.ids is not None:
            rows = rows.filter(any_of("pk", self.ids))
        relations = list(filter(None, map(self._relation, self.columns)))
        return rows.select_related(*relations) if relations else rows

    @cached_property
    def columns(self):
        """The chosen columns of the list, or all there are."""
        return self.list_view.table.shown

    @property
    def headers(self):
        """The texts of the first row."""
        return [str(column.header) for column in self.columns]

    def lines(self, rows):
        """Yield the cells of each row; numbers, days and moments as such."""
        table = self.list_view.table
        cells = [self._typed(c) or table.exported(c.name) for c in self.columns]
        with closing(rows.iterator(chunk_size=CHUNK)) as records:
            while batch := list(islice(records, CHUNK)):
                self.hold()
                table.learn(batch)
                for record in batch:
                    self.count += 1
                    yield [cell(record) for cell in cells]

    def hold(self):
        """Break off where the person's right or session has ended meanwhile.

        Raises:
            PermissionDenied: it has; what was sent already ends in the middle.
        """
        session, before = self.request.session, self.request.user
        right = permission(self.action, self.model)
        now = Backend().get_user(before.pk)
        if (
            now is None
            or now.rights.reach(right) != before.rights.reach(right)
            or not session.exists(session.session_key)
        ):
            raise PermissionDenied

    def _typed(self, column):
        """Return the reader of a plain column of numbers or times, or None."""
        table, field = self.list_view.table, self._field(column)
        own = any(hasattr(table, f"{way}_{column.name}") for way in ("render", "value"))
        if own or field is None or field.choices:
            return None
        return next(
            (read(field) for kind, read in TYPED if isinstance(field, kind)), None
        )

    def _relation(self, column):
        """Return the path of the relation that a column reads, if there is one."""
        field = self._field(column)
        far = field is not None and field.is_relation and field.many_to_one
        return field.name if far and not isinstance(field, DictionaryField) else None

    def _field(self, column):
        fields = {field.name: field for field in self.model._meta.concrete_fields}
        return fields.get(str(column.accessor).replace(".", "__").split("__")[0])

    def conditions(self):
        """Return the conditions in force, in words."""
        words = [f"{c['label']}: {c['value']}" for c in self.list_view.chips()]
        return [*words, *([_("chosen one by one")] if self.ids is not None else [])]

    def note(self, label, kind):
        """Leave a trace: who took which rows away."""
        conditions = "; ".join(self.conditions())
        HistoryEntry.record(
            self.request.user,
            "exported",
            kind=self.model,
            title=_("%(list)s, %(count)d rows") % {"list": label, "count": self.count},
            changes={
                "rows": [None, self.count],
                "format": [None, kind],
                "conditions": [None, conditions],
            },
            request=self.request,
        )
