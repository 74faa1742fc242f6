"""试运行: who would get which lead now; and having it done."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from crm.jobs.asking import ask_alone
from crm.models import User
from crm.rights.permissions import permission
from crm.views import PageMixin
from crm.views.verbs import refused_page
from sales.leads import timeouts
from sales.leads.assigning import waiting
from sales.leads.rules import Rules, Turns, passed_over, plan
from sales.leads.words import why_nobody
from sales.leads.work import assign, look_after
from sales.models import Lead, LeadRule

#: Leads that the page names.
NAMED = 300


class Trial(PageMixin, TemplateView):
    """The unassigned leads and who would get each now; looking changes nothing."""

    model = LeadRule
    template_name = "system/lead_rules/trial.html"

    def get_context_data(self, **context):
        """Add the leads, and those whose time is over."""
        leads = list(waiting().select_related("owner")[: NAMED + 1])
        is_more, leads = len(leads) > NAMED, leads[:NAMED]
        late = set(timeouts.due().values_list("pk", flat=True))
        going = timeouts.going(timeouts.due())
        may = self.request.user.has_perm(permission("change", LeadRule))
        lines = self._lines(leads)
        return super().get_context_data(
            title=_("Trial run"),
            lines=lines,
            is_more=is_more,
            late=len(going),
            staying=len(late - going),
            too_much=timeouts.too_much(),
            may_run=may,
            gives_any=any(line["person"] for line in lines),
            **context,
        )

    def _lines(self, leads):
        """Return [{lead, is_named, rule, person, why}] of some leads."""
        rules = Rules()
        done = plan(leads, rules, Turns(rules.rules), passed_over(leads))
        given = {one.lead.pk: one for one in done}
        people = User.objects.in_bulk({g.person for g in given.values()} - {None})
        seen = Lead.objects.visible_to(self.request.user)
        seen = seen.filter(pk__in=[lead.pk for lead in leads]).order_by()
        named = set(seen.values_list("pk", flat=True))
        return [_line(lead, given.get(lead.pk), people, named) for lead in leads]


def _line(lead, given, people, named):
    return {
        "lead": lead,
        "is_named": lead.pk in named,
        "rule": given.rule if given else None,
        "person": people.get(given.person) if given else None,
        "why": why_nobody(given.how) if given else _("No rule fits."),
    }


class Asked(PageMixin, View):
    """POST-only, for who may change the rules: have work done in the background."""

    http_method_names = ("post", "options")
    model, action = LeadRule, "change"
    work, arguments = None, {}

    def dispatch(self, request, *args, **kwargs):
        """Answer 405 to looking, whoever looks."""
        if request.method.lower() not in self.http_method_names:
            return self.http_method_not_allowed(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request):
        """Ask for it."""
        try:
            job = ask_alone(self.work, by=request.user, **self.arguments)
        except ValidationError as error:
            return refused_page(request, None, error)
        if request.user.has_perm("jobs.view_job"):
            return HttpResponseRedirect(job.get_absolute_url())
        messages.success(request, _("It is being done; look again in a moment."))
        return HttpResponseRedirect(reverse("leadrule_trial"))


class Run(Asked):
    """Give the unassigned leads away by the rules now."""

    work = assign


class Returns(Asked):
    """Take back the leads whose time is over now, however many they are."""

    work, arguments = look_after, {"forced": True}
