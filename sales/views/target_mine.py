"""What the workbench shows of one's own targets, fetched when it stands there."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from crm.views import PageMixin
from sales.models import Target
from sales.targets.attainment import Clock, pace_of, reached_by
from sales.views.target_lines import Span


class MyTargets(PageMixin, TemplateView):
    """One's own targets of this month; nothing for who has none."""

    model = Target
    template_name = "sales/target_mine.html"
    http_method_names = ("get", "head", "options")
    reads_from_replica = True

    def get_template_names(self):
        """It has one template."""
        return [self.template_name]

    def get_context_data(self, **context):
        """Reckon what was reached this month."""
        today = timezone.localdate()
        clock = Clock(today.year)
        rows = Target.objects.registered().visible_to(self.request.user)
        rows = rows.filter(person=self.request.user, year=today.year)
        rows = rows.select_related("rule").order_by("rule__order", "rule_id")
        spans = [
            (
                target,
                Span(str(target.rule), _month(target, clock, today), target.rule, True),
            )
            for target in rows
        ]
        title = _("My targets this month")
        return super().get_context_data(spans=spans, title=title, **context)


def _month(target, clock, today):
    return pace_of(target, reached_by(target), clock, (today.month,))
