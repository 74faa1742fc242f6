"""The verbs of pools: releasing a customer, claiming it, assigning it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import DetailView, View

from crm.bulk.reach import within_reach
from crm.forms.records import posted
from crm.views import PageMixin, RecordMixin
from crm.views.conflict import is_stale, stale_page
from crm.views.locked import LockedMixin
from crm.views.verbs import refused_page
from customers import pools
from customers.forms import PooledAssignmentForm, ReleaseForm
from customers.models import Customer


class Claim(PageMixin, View):
    """领取: take a customer out of a pool."""

    http_method_names = ("post", "options")
    model = Customer

    def post(self, request, pk):
        """Claim it, or say why not."""
        try:
            customer = pools.claim(pk, request.user)
        except ValidationError as error:
            return refused_page(request, None, error)
        messages.success(request, _("It is yours now: %s") % customer)
        return HttpResponseRedirect(customer.get_absolute_url())


class Release(LockedMixin, RecordMixin, DetailView):
    """退回公海: put a customer into a pool; for whose reach covers its owner."""

    model, action = Customer, "change"
    template_name = "generic/page_form.html"

    def get_queryset(self):
        """Return the customers of people within reach: a team does not return them."""
        return super().get_queryset().filter(within_reach(self.request.user, Customer))

    @cached_property
    def form(self):
        """Why, and into which pool."""
        home, user = pools.home_of(self.object), self.request.user
        return ReleaseForm(posted(self.request), home=home, user=user)

    def get(self, request, *args, **kwargs):
        """Ask why, unless it is in a pool or only reported."""
        self.object = self.get_object()
        try:
            pools.refuse_unready(self.object)
        except ValidationError as error:
            return refused_page(request, self.object, error)
        return self.render_to_response(self.get_context_data())

    def post(self, request, *args, **kwargs):
        """Release what was seen, or say why not."""
        customer = self.object = self.get_object()
        if is_stale(request, customer):
            return stale_page(request, customer, customer.get_absolute_url())
        if not self.form.is_valid():
            return self.render_to_response(self.get_context_data(), status=422)
        given = self.form.cleaned_data
        try:
            pools.release(
                customer, given["pool"], given["reason"], given["note"], request.user
            )
        except ValidationError as error:
            return refused_page(request, customer, error)
        messages.success(request, _("Done: %s") % customer)
        return HttpResponseRedirect(Customer.page("list"))

    def get_context_data(self, **context):
        """Add title, form and the way back."""
        return super().get_context_data(
            title=_("Release into a pool: %s") % self.object,
            form=self.form,
            submit_label=_("Release into a pool"),
            version=self.object.version,
            cancel_url=self.object.get_absolute_url(),
            **context,
        )


class Assignment(PageMixin, DetailView):
    """分配: give a customer in a pool to somebody; for who administers the pool."""

    model = Customer
    template_name = "generic/page_form.html"

    def get_object(self, queryset=None):
        """Return a customer in a pool that the person administers."""
        customer = get_object_or_404(Customer.objects, pk=self.kwargs["pk"])
        user = self.request.user
        pool = customer.pool
        is_seen = (
            customer.allowed(user, "view") if pool is None else pool.is_run_by(user)
        )
        if not is_seen:
            raise Http404
        return customer

    @cached_property
    def form(self):
        """To whom it goes."""
        return PooledAssignmentForm(posted(self.request))

    def get(self, request, *args, **kwargs):
        """Ask to whom it goes, unless it is in no pool any more."""
        self.object = self.get_object()
        if self.object.pool is None:
            error = ValidationError(_("It is in no pool any more."), code="conflict")
            return refused_page(request, self.object, error)
        return self.render_to_response(self.get_context_data())

    def post(self, request, *args, **kwargs):
        """Assign it, or say why not."""
        customer = self.object = self.get_object()
        if customer.pool is None:
            return self.get(request)
        if self.form.is_valid():
            try:
                pools.assign(customer, self.form.cleaned_data["to"], request.user)
            except ValidationError as error:
                if getattr(error, "code", "") == "conflict":
                    return refused_page(request, None, error)
                self.form.add_error("to", error.messages)
            else:
                done = _("%(customer)s goes to %(person)s.")
                given = {"customer": customer, "person": self.form.cleaned_data["to"]}
                messages.success(request, done % given)
                return HttpResponseRedirect(self._next())
        return self.render_to_response(self.get_context_data(), status=422)

    def _next(self):
        """Return where to go: to what is left in the pool."""
        return self.object.pool.get_absolute_url()

    def get_context_data(self, **context):
        """Add title, form and the way back."""
        return super().get_context_data(
            title=_("Assign: %s") % self.object,
            form=self.form,
            submit_label=_("Assign"),
            cancel_url=self.object.pool and self.object.pool.get_absolute_url(),
            **context,
        )
