"""The pages of quotations."""

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.forms.terms import Terms
from contracts.views.listed import ListedPrices
from crm.rights.permissions import permission
from crm.views import RecordCreate, RecordDelete, RecordList, RecordUpdate
from crm.views.approval.forecast import ForecastMixin
from crm.views.approval.pages import ApprovedDetail, TypedWhileWritten, WrittenOnly
from sales.approval import FLOW
from sales.filters import QuotationFilter
from sales.forms import QuotationLines
from sales.forms.quotation_forecast import QuotationTyped
from sales.models import Quotation
from sales.models.quotations import NEVER_DELETED
from sales.tables import QuotationTable
from sales.views.quotation_buttons import buttons_of

BASICS, COMES_TO, AGREED, PEOPLE = Quotation.groups
PENDING = Quotation.Status.PENDING
ANSWER = (
    gettext_lazy("What became of it"),
    ("sent_on", "answered_on", "decline_reason", "answer_note", "contract"),
)


class QuotationList(RecordList):
    """The quotations one may see."""

    model = Quotation
    table_class = QuotationTable
    filterset_class = QuotationFilter
    empty_hint = gettext_lazy(
        "Quote to a customer, or open an opportunity and quote there."
    )


class QuotationDetail(ApprovedDetail):
    """A quotation: what it offers, who approved it, what became of it."""

    model = Quotation
    flow = FLOW
    template_name = "sales/quotation_detail.html"
    queryset = Quotation.objects.select_related(
        "customer", "contact", "opportunity", "contract", "reporter", "edited_by"
    )
    groups = (
        BASICS,
        (COMES_TO[0], (*COMES_TO[1], "list_amount", "discount_most")),
        ANSWER,
        AGREED,
        PEOPLE,
    )

    def get_context_data(self, **context):
        """Add lines and versions."""
        lines = self.object.lines.select_related("product", "price_list")
        lines = lines.order_by("pk")
        context = super().get_context_data(
            lines=list(lines),
            versions=self.versions,
            successor=self.successor,
            **context,
        )
        if self.object.sent_on is None:  # nothing has become of it yet
            context["groups"] = [g for g in context["groups"] if g[0] != ANSWER[0]]
        return context

    @cached_property
    def versions(self):
        """All versions of it that the reader may see, the newest first."""
        rows = Quotation.objects.visible_to(self.request.user)
        return list(rows.filter(series=self.object.series).order_by("-edition"))

    @property
    def successor(self):
        """The version that holds in its place, None if there is none to be seen."""
        own, unapproved = self.object.edition, (*Quotation.WRITABLE, PENDING)
        later = (row for row in self.versions if row.edition > own)
        return next((row for row in later if row.status not in unapproved), None)

    def actions(self):
        """Return the buttons that right and state allow."""
        found = [
            *super().actions(),
            *buttons_of(self.object, self.request.user, self.versions),
        ]
        if not (self.object.is_writable or self.progress.open):
            found += self.transfer(self.object.allowed(self.request.user, "change"))
        for action in found:
            if action["method"] == "post":
                action["version"] = self.object.version
        return found


class QuotationFormPage(ForecastMixin):
    """What adding and editing share: the lines, and refusals in words."""

    flow, forecast_form = FLOW, QuotationTyped

    @cached_property
    def formset(self):
        """The lines; they offer the products that the person may see."""
        data = self.request.POST if self.request.method == "POST" else None
        user = self.request.user
        lines = QuotationLines(data, instance=self.object, user=user)
        if user.has_perm(permission("add", Quotation)):
            lines.prices_url = reverse("quotation_prices")
        return lines

    def get_form(self, form_class=None):
        """Tell the lines for whom and under which discount they are."""
        form = super().get_form(form_class)
        if self.request.method == "POST":
            self.formset.terms = Terms.of_today(form)
            self.formset.order_discount = _discount(form)
            self.formset.is_valid()
            form.fixing = self.formset.fixing
        return form

    def get_context_data(self, **context):
        """Add the heading of the lines."""
        return super().get_context_data(lines_title=_("Quotation lines"), **context)


def _discount(form):
    """Return the discount on everything as it was sent, none where it is wrong."""
    field = form.fields["discount"]
    try:
        return field.clean(form["discount"].data) or field.to_python("0")
    except ValidationError:
        return field.to_python("0")


class QuotationCreate(QuotationFormPage, RecordCreate):
    """Quote to a customer."""


class QuotationUpdate(TypedWhileWritten, QuotationFormPage, RecordUpdate):
    """Edit a quotation that nobody decides upon."""


class QuotationDelete(WrittenOnly, RecordDelete):
    """Put a quotation that was never approved into the recycle bin."""

    flow = FLOW

    def why_not(self):
        """Say what can be done instead."""
        return _(NEVER_DELETED)


class QuotationPrices(ListedPrices):
    """What the price lists say, for the form of a quotation."""

    model = Quotation
