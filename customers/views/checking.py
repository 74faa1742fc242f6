"""The page 查重, and the question to whoever has what was found there."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from crm.notices.sending import notify
from crm.rights.permissions import permission
from crm.text import single_line
from crm.views import PageMixin
from crm.views.verbs import refused_page
from customers.checking import LONGEST, check, has_learnt_of
from customers.models import Customer


class Check(PageMixin, TemplateView):
    """Whether a company is in the books, and whose it is."""

    model = Customer
    template_name = "customers/check.html"

    def get(self, request, *args, **kwargs):
        """Answer what was asked, or say what is wrong with that."""
        text, answer, error, status = request.GET.get("q", "").strip(), None, "", 200
        if text:
            try:
                answer = check(text, request.user, request)
            except ValidationError as wrong:
                error, status = wrong.messages[0], 422
        context = self.get_context_data(
            q=text[:LONGEST],
            answer=answer,
            error=error,
            may_add=request.user.has_perm(permission("add", Customer)),
        )
        return self.render_to_response(context, status=status)


class Asking(PageMixin, View):
    """询问负责人: tell whoever has a customer that somebody asks about it."""

    http_method_names = ("post", "options")
    model = Customer

    def post(self, request, pk):
        """Tell the owner; of what one has not learnt of there is nothing to ask."""
        customer = Customer.objects.filter(pk=pk).first()
        if customer is None or not has_learnt_of(customer, request.user):
            raise Http404
        if customer.owner_id is None:
            error = ValidationError(_("Nobody has it: it is in a pool."))
            return refused_page(request, None, error)
        said = single_line(request.POST.get("note", "").replace("\0", ""))[:LONGEST]
        notify(customer.owner_id, "asked_about", customer, by=request.user, reason=said)
        messages.success(request, _("%s is told that you ask.") % customer.owner)
        query = urlencode({"q": customer.name})
        return HttpResponseRedirect(f"{reverse('customer_check')}?{query}")
