"""The page 查重, and the question to whoever has what was found there."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from crm.rights.permissions import permission
from crm.text import single_line
from crm.views import PageMixin
from crm.views.verbs import refused_page
from customers.asking import ask, asked_today
from customers.checking import check, has_learnt_of
from customers.models import Customer, DealRegistration
from customers.questions import LONGEST


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
            q=text[:LONGEST], answer=answer, error=error, **self._next(answer)
        )
        return self.render_to_response(context, status=status)

    def _next(self, answer):
        """Return what one may go on with: entering it, and whom one has asked."""
        user, found = self.request.user, {"add_url": "", "asked": ()}
        found["may_register"] = user.has_perm(permission("add", DealRegistration))
        if answer is None:
            return found
        if any(one.customer.owner_id not in (None, user.pk) for one in answer.hits):
            found["asked"] = set(asked_today(user))
        if user.has_perm(permission("add", Customer)):
            typed = urlencode({answer.question.column: answer.question.value})
            found["add_url"] = f"{Customer.page('create')}?{typed}"
        return found


class Asking(PageMixin, View):
    """询问负责人: tell whoever has a customer that somebody asks about it."""

    http_method_names = ("post", "options")
    model = Customer

    def post(self, request, pk):
        """Tell the owner; of what one has not learnt of there is nothing to ask."""
        customer = Customer.objects.select_related("owner").filter(pk=pk).first()
        if customer is None or not has_learnt_of(customer, request.user):
            raise Http404
        note, typed = (
            single_line(request.POST.get(name, "").replace("\0", ""))[:LONGEST]
            for name in ("note", "q")
        )
        try:
            ask(customer, request.user, note, request)
        except ValidationError as refused:
            if refused.code == "nobody":
                return refused_page(request, None, refused)
            messages.warning(request, refused.messages[0])
        else:
            messages.success(request, _("%s is told that you ask.") % customer.owner)
        query = urlencode({"q": typed or customer.name})
        return HttpResponseRedirect(f"{reverse('customer_check')}?{query}")
