"""The pages of recycling: what ran, what would, and taking it back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import DetailView, ListView, TemplateView, View

from crm.jobs.asking import ask_alone
from crm.rights.permissions import permission
from crm.views import PageMixin
from crm.views.verbs import refused_page
from customers import pools
from customers.models import Pool, RecycleRule, RecycleRun
from system.pools import running
from system.pools.work import recycle

#: Customers that a page names, and runs.
NAMED = 500
RUNS = 100


class RunsMixin(PageMixin):
    """Open to who may see the rules."""

    model = RecycleRun

    def get_queryset(self):
        """Return the runs with what they took."""
        rows = RecycleRun.objects.visible_to(self.request.user).select_related("by")
        undone = Count("rows", filter=Q(rows__is_undone=True))
        rows = rows.annotate(number=Count("rows"), undone=undone)
        return rows.order_by("-at", "-pk")

    @property
    def is_named(self):
        """Whether customers are named to the person; else their numbers stand there."""
        return pools.sees_all(self.request.user)

    def may_run(self):
        """Say whether the person may have it done."""
        return self.request.user.has_perm(permission("change", RecycleRule))


class RunList(RunsMixin, ListView):
    """What ran, the newest first."""

    template_name = "system/pools/runs.html"

    def get_context_data(self, **context):
        """Say what the person may do."""
        runs = list(self.object_list[:RUNS])
        return super().get_context_data(
            title=RecycleRun._meta.verbose_name_plural,
            runs=runs,
            total=len(runs),
            may_run=self.may_run(),
            **context,
        )


class RunDetail(RunsMixin, DetailView):
    """What one run took: each customer with day, rule and former owner."""

    template_name = "system/pools/run.html"

    def get_context_data(self, **context):
        """Add the customers."""
        rows = self.object.rows.select_related("customer", "holder", "pool")
        return super().get_context_data(
            title=f"{RecycleRun._meta.verbose_name} {self.object.day}",
            rows=rows.order_by("pk")[:NAMED],
            is_named=self.is_named,
            may_undo=self.may_run() and self.object.can_be_undone,
            **context,
        )


class Acting(RunsMixin):
    """POST-only, for who may change the rules."""

    http_method_names = ("post", "options")
    action = "change"

    def dispatch(self, request, *args, **kwargs):
        """Answer 405 to looking, whoever looks."""
        if request.method.lower() not in self.http_method_names:
            return self.http_method_not_allowed(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)


class Trial(Acting, TemplateView):
    """试运行: whom a run would take now, with day, rule and reason; changes nothing."""

    template_name = "system/pools/trial.html"

    def post(self, request):
        """Show it."""
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **context):
        """Add the customers, and what would stop the run."""
        rules = RecycleRule.objects.select_related("level").in_bulk()
        names = Pool.objects.in_bulk()
        customers = running.trial(NAMED + 1)
        is_more = len(customers) > NAMED
        for one in customers:
            one.rule, one.into = rules[one.recycle_rule], names[one.recycle_pool]
        return super().get_context_data(
            title=_("Trial run"),
            customers=customers[:NAMED],
            is_more=is_more,
            is_named=self.is_named,
            too_much="" if is_more else running.too_much(),  # it takes long then
            **context,
        )


class Start(Acting, View):
    """Have a run done now, however much it takes."""

    def post(self, request):
        """Ask for it."""
        try:
            job = ask_alone(recycle, by=request.user, forced=True)
        except ValidationError as error:
            return refused_page(request, None, error)
        return HttpResponseRedirect(job.get_absolute_url())


class Undo(Acting, View):
    """Take a run back."""

    def post(self, request, pk):
        """Give back what nobody has claimed since."""
        run = get_object_or_404(RecycleRun.objects.visible_to(request.user), pk=pk)
        try:
            number = running.undo(run, request.user)
        except ValidationError as error:
            return refused_page(request, None, error)
        said = ngettext("%d customer given back.", "%d customers given back.", number)
        messages.success(request, said % number)
        return HttpResponseRedirect(reverse("recyclerun_detail", args=[pk]))
