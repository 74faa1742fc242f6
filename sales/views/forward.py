"""Pages that lead a lead on by a form: to whoever works on it, or to a customer."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from crm.forms.records import posted
from crm.guards.refusals import explained
from crm.rights.permissions import permission
from crm.views import RecordMixin
from crm.views.conflict import is_stale, stale_page
from crm.views.locked import LockedMixin
from crm.views.verbs import refused_page
from customers.models import Contact, Customer
from customers.similar import go_on, refusal, same_mobile, similar_to
from customers.views.reasons import WithReason
from sales import conversion, leads
from sales.forms import AssignmentForm, ConversionForm
from sales.forms.conversion import EXISTING, NEW, NONE, known_of
from sales.models import Lead, Opportunity

#: From this score on, in hundredths, the customer that is there already is chosen.
SURE_ENOUGH = 90


class LeadForward(LockedMixin, RecordMixin, DetailView):
    """A page of one form that leads an open lead on, by the version that was seen.

    A subclass has a `form`, `check()` for what it finds only with everything filled
    in, and `act(lead)` which does it and returns where to go. `writes` are the kinds
    whose rows it writes: they have the words for what PostgreSQL refuses.
    """

    model, action = Lead, "change"
    writes: tuple = (Lead,)

    def get(self, request, *args, **kwargs):
        """Show the form, unless the lead is closed or only reported."""
        self.object = self.get_object()
        return self._refused() or self.render_to_response(self.get_context_data())

    def post(self, request, *args, **kwargs):
        """Do it, unless somebody else was quicker."""
        lead = self.object = self.get_object()
        if is_stale(request, lead):
            return stale_page(request, lead, lead.get_absolute_url())
        if refused := self._refused():
            return refused
        if not self.form.is_valid() or not self.check() or not (url := self._done()):
            return self.render_to_response(self.get_context_data(), status=422)
        messages.success(request, _("Done: %s") % lead)
        return HttpResponseRedirect(url)

    def _refused(self):
        try:
            leads.refuse_unready(self.object)
        except ValidationError as error:
            return refused_page(self.request, self.object, error)
        return None

    def _done(self):
        """Do it, and return where to go; nothing if it was refused."""
        try:
            with transaction.atomic():
                return self.act(self.object)
        except ValidationError as error:
            self.form.add_error(None, error.messages)
        except IntegrityError as error:
            self.form.add_error(None, explained(error, *self.writes))
        return ""

    def check(self):
        """Say whether what is filled in can be done."""
        return True

    def get_context_data(self, **context):
        """Add the form."""
        return super().get_context_data(
            form=self.form,
            version=self.object.version,
            cancel_url=self.object.get_absolute_url(),
            **context,
        )


class Assignment(LeadForward):
    """Assign a lead to whoever is to work on it."""

    template_name = "generic/page_form.html"

    @cached_property
    def form(self):
        """Who is to work on it."""
        return AssignmentForm(posted(self.request), user=self.request.user)

    def act(self, lead):
        """Assign it; go to the list if one sees it no longer."""
        user = self.request.user
        leads.assign(lead, self.form.cleaned_data["owner"], user)
        seen = Lead.objects.visible_to(user).filter(pk=lead.pk).exists()
        return lead.get_absolute_url() if seen else Lead.page("list")

    def get_context_data(self, **context):
        """Add title and button."""
        return super().get_context_data(
            title=_("Assign: %s") % self.object, submit_label=_("Assign"), **context
        )


class Conversion(WithReason, LeadForward):
    """转客户: say what a lead becomes, beside what there is already."""

    template_name = "sales/conversion_form.html"
    writes = (Lead, Customer, Contact, Opportunity)

    @cached_property
    def form(self):
        """The three blocks."""
        data, user = posted(self.request), self.request.user
        initial = self._begun() if data is None else {}
        return ConversionForm(data, lead=self.object, user=user, initial=initial)

    @cached_property
    def similar(self):
        """What there is already: of the new customer as typed, else of the lead."""
        part = self.form.parts.get("customer") if self.request.POST else None
        if part and self.form["customer"].value() == NEW and part.is_valid():
            customer = part.instance
        else:
            known = known_of(self.object)["customer"]
            names = ("name", "phone", "email")
            customer = Customer(**{name: known[name] for name in names})
        # Whoever only opens the page has asked for nobody yet.
        is_sent = self.request.method == "POST"
        user = self.request.user
        return similar_to(customer, user, self.request, of_others=is_sent)

    def _begun(self):
        """Return which way each block goes to begin with."""
        lead, user = self.object, self.request.user
        may = {
            kind: user.has_perm(permission("add", kind))
            for kind in (Customer, Contact, Opportunity)
        }
        customer = self._surest()
        contact = None
        if customer is not None:
            same = same_mobile(Contact(customer=customer, mobile=lead.mobile), user)
            contact = next(iter(same.contacts), None)
        return {
            "customer": NEW if customer is None and may[Customer] else EXISTING,
            "existing_customer": customer,
            "contact": EXISTING
            if contact
            else NEW
            if lead.person and may[Contact]
            else NONE,
            "existing_contact": contact,
            "opportunity": NEW
            if lead.budget is not None and may[Opportunity]
            else NONE,
        }

    def _surest(self):
        """Return the customer that the lead surely is, if one may file under it."""
        for match in self.similar.matches:
            if match.score >= SURE_ENOUGH and match.record.allowed(
                self.request.user, "file"
            ):
                return match.record
        return None

    def check(self):
        """Expect a reason for another customer, no second contact of a mobile."""
        values, form = self.form.cleaned_data, self.form
        if values["customer"] == NEW and self.similar.asks and not self.reason:
            self.is_reason_missing = True
            form.add_error(None, refusal(form.outcome.customer))
        if (values["customer"], values["contact"]) == (EXISTING, NEW):
            contact = form.outcome.contact
            contact.customer = form.outcome.customer
            if same_mobile(contact, self.request.user).asks:
                text = _("This customer has a contact with this mobile: choose them.")
                form.add_error("existing_contact", text)
        return not form.errors

    def act(self, lead):
        """Convert it, note why it is another customer, and go there."""
        user, outcome = self.request.user, self.form.outcome
        is_new = outcome.customer.pk is None
        conversion.convert(lead, outcome, by=user)
        if is_new and self.similar.asks:
            go_on(outcome.customer, self.similar, self.reason, user, self.request)
        seen = outcome.customer.allowed(user, "view")
        return (outcome.customer if seen else lead).get_absolute_url()

    def get_context_data(self, **context):
        """Add the title."""
        return super().get_context_data(
            title=_("Convert to a customer: %s") % self.object,
            **context,
        )
