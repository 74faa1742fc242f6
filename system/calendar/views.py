"""The calendar itself."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.generic import TemplateView

from crm.jobs.working_days import days_off_and_on
from system.calendar.occurrences import between
from system.calendar.showing import Board, asked_span
from system.calendar.whose import Whose

KNOWN = ("view", "date", "person", "department")


class CalendarPage(TemplateView):
    """What stands on the days of a month, a week, a day, or the next thirty.

    Open to everybody: what is shown follows from the rights to each kind.
    """

    reads_from_replica = True
    template_name = "calendar/page.html"
    http_method_names = ("get", "head", "options")

    def get_context_data(self, **context):
        """Read all of it, and lay it out."""
        reader, query = self.request.user, self.request.GET
        (span, errors), whose = asked_span(query), Whose(reader, query)
        person = whose.person  # says what is wrong with whom one asked for
        first, last = span.days
        known = days_off_and_on(first, last)
        found = between(reader, whose.ids, (first, last), known)
        board = Board(reader, span, whose, known, found.occurrences)
        unknown = sorted(set(query) - set(KNOWN))
        errors += [_("Unknown condition: %s") % key[:40] for key in unknown]
        return super().get_context_data(
            title=pgettext("menu", "Calendar"),
            board=board,
            span=span,
            whose=whose,
            person=person,
            errors=errors + whose.errors,
            is_cut=found.is_cut or whose.is_cut,
            urls={
                "before": board.address(day=span.before),
                "after": board.address(day=span.after),
                "today": board.address(day=board.today),
            },
            total=len(found.occurrences),
            **context,
        )
