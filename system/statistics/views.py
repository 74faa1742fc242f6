"""The pages of 统计: all parts at one glance, each part, the workbench, and files."""

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from crm.charts.counting import charts_of, tables_of
from crm.charts.crossing import Crossing
from crm.charts.periods import WORDS
from crm.kinds import charted
from crm.models import HistoryEntry
from crm.rights.permissions import permission
from crm.running.faults import TOO_LONG, fault_of
from crm.views import PageMixin
from system.exports.answers import table_of
from system.statistics.forms import QuestionForm


def seen_kinds(user):
    """Return the kinds with charts of which a person sees rows."""
    return [model for model in charted() if user.has_perm(permission("view", model))]


class ChartsPage(TemplateView):
    """Charts of some kinds: `kinds` says which, `shows` which of theirs."""

    template_name = "system/statistics/page.html"
    http_method_names = ("get", "head", "options")
    reads_from_replica = True
    title = ""

    @cached_property
    def kinds(self):
        """The kinds of which it shows a chart."""
        seen = seen_kinds(self.request.user)
        return [model for model in seen if any(map(self.shows, charts_of(model)))]

    def shows(self, chart):
        """Say whether the page shows a chart."""
        return chart.is_first

    @cached_property
    def form(self):
        """What is asked for."""
        charts = (one for model in self.kinds for one in charts_of(model))
        crossings = (c for c in charts if isinstance(c, Crossing) and self.shows(c))
        return QuestionForm(
            self.request.GET,
            user=self.request.user,
            models=self.kinds,
            crossing=next(crossings, None),
        )

    def get(self, request, *args, **kwargs):
        """Show the page; where there is too much to count, say so."""
        try:
            return self.render_to_response(self.get_context_data())
        except OperationalError as error:
            if fault_of(error) is not TOO_LONG:
                raise
        said = _("There is too much to count: take a shorter period or fewer people.")
        answer = self.render_to_response(self._context([], error=said))
        answer.status_code = TOO_LONG.status
        answer.headers["Retry-After"] = str(TOO_LONG.wait)
        return answer

    def get_context_data(self, **context):
        """Count what a valid question asks for."""
        if not self.form.is_valid():
            return self._context([], **context)
        drawn, moments = [], []
        for model in self.kinds:
            charts = [chart for chart in charts_of(model) if self.shows(chart)]
            charts = self.form.charts(charts)
            tables, moment = tables_of(model, charts, self.form.asked())
            moments.append(moment)
            drawn += [self._drawn(model, table) for table in tables]
        return self._context(drawn, as_of=min(moments, default=None), **context)

    def _context(self, drawn, **context):
        """Return what the template draws."""
        form = self.form
        valid = form.is_valid()
        return {
            "title": self.title or _("Statistics"),
            "parts": self._parts(),
            "form": form,
            "fields": [field for field in form if not field.is_hidden],
            "period": form.span if valid else None,
            "word": form.word if valid else "",
            "words": [
                (word, label, self._query(period=word, first=None, last=None))
                for word, label in WORDS.items()
            ],
            "charts": drawn,
            **context,
        }

    def _drawn(self, model, table):
        """Return the table with the addresses of its files, for who may take them."""
        may = self.request.user.has_perm(permission("export", model))
        own = reverse(f"{model._meta.model_name}_statistics_export")
        files = [
            (kind, f"{own}{self._query(chart=table.chart.key, format=kind)}")
            for kind in (("xlsx", "csv") if may else ())
        ]
        name = f"{model._meta.model_name}-{table.chart.key}"
        return {"name": name, "table": table, "chart": table.chart, "files": files}

    def _parts(self):
        """Return [(label, address, whether one is there)] of the pages one may open."""
        query = self._query(chart=None, format=None)
        pages = [(_("Overview"), reverse("statistics"))]
        for model in seen_kinds(self.request.user):
            label = model._meta.verbose_name_plural
            pages.append((label, reverse(f"{model._meta.model_name}_statistics")))
        here = self.request.path
        return [(label, f"{url}{query}", url == here) for label, url in pages]

    def _query(self, **changes):
        """Return the query string with other values; a value of None is left out."""
        given = self.request.GET.copy()
        for key in [key for key in given if not given[key]]:
            del given[key]
        for key, value in changes.items():
            given.pop(key, None)
            if value is not None:
                given[key] = value
        return f"?{given.urlencode()}" if given else ""


class Statistics(ChartsPage):
    """The first charts of all parts that one may see."""

    def get(self, request, *args, **kwargs):
        """Refuse whoever sees no part at all."""
        if not seen_kinds(request.user):
            raise PermissionDenied
        return super().get(request, *args, **kwargs)


class PartStatistics(PageMixin, ChartsPage):
    """All charts of one kind."""

    model = None

    @property
    def title(self):
        """What the part is called."""
        name = self.model._meta.verbose_name_plural
        return _("Statistics: %s") % name

    @property
    def kinds(self):
        """The one kind."""
        return [self.model]

    def shows(self, _chart):
        """Show them all."""
        return True

    def get_template_names(self):
        """All parts have one template."""
        return [self.template_name]


class WorkbenchCharts(Statistics):
    """What the workbench shows of them, to whoever sees more than their own."""

    template_name = "system/statistics/workbench.html"

    def shows(self, chart):
        """Show what the chart says of itself."""
        return chart.on_workbench


class PartExport(PartStatistics):
    """The numbers of one chart as a file: those of rows that one may take away."""

    action = "export"

    def get(self, request, *args, **kwargs):
        """Answer with the file."""
        charts = {chart.key: chart for chart in charts_of(self.model)}
        chart = charts.get(request.GET.get("chart", next(iter(charts))))
        if chart is None:
            raise Http404
        if not self.form.is_valid():
            answer = self.render_to_response(self._context([]))
            answer.status_code = 400
            return answer
        charts, asked = self.form.charts([chart]), self.form.asked("export")
        (table,), _moment = tables_of(self.model, charts, asked)
        title = f"{chart.title} {self.form.span.first} – {self.form.span.last}"
        headers, rows = table.export
        answer = table_of(request, title, headers, rows)
        self._note(title, len(rows))
        return answer

    def _note(self, title, count):
        """Leave a trace: who took which numbers away."""
        kind = self.request.GET.get("format", "xlsx")
        said = {"rows": [None, count], "format": [None, kind]}
        HistoryEntry.record(
            self.request.user,
            "exported",
            kind=self.model,
            title=title,
            changes=said,
            request=self.request,
        )
