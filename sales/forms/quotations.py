"""The form of a quotation, with its lines, and the forms of its verbs."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import inlineformset_factory
from django.utils.translation import gettext_lazy as _

from contracts.forms.lines import SHAPE, BaseLineFormSet, LineForm
from contracts.rounding import line_amount, to_cents
from crm.fields import CENT
from crm.forms.options import OptionField
from crm.forms.records import RecordForm
from crm.models.groups import asked
from sales.guards.quotation_checks import MOST_VALID, TOO_LONG
from sales.models import Quotation, QuotationLine
from sales.pricing import keep_list


class QuotationForm(RecordForm):
    """What is offered to whom, until when; the lines say for how much."""

    repeats = ("reporter", "customer", "opportunity", "tax_rate")
    within = {"contact": "customer", "opportunity": "customer"}
    groups = Quotation.groups
    #: Long, and settled last: the lines come before it.
    groups_below = (Quotation.groups[2],)
    #: The list that fixes the price of a line, if there is one.
    fixing = None

    class Meta(RecordForm.Meta):
        model = Quotation
        fields = asked(Quotation)
        widgets = {"terms": forms.Textarea({"rows": 6})}

    def clean_opportunity(self):
        """Quote for what may still be bought; what was handed in stays with its own."""
        chosen, before = self.cleaned_data["opportunity"], self.instance.opportunity
        if chosen == before:
            return chosen
        if self.instance.pk and self.instance.rounds.exists():
            raise ValidationError(Quotation.refused["quotation_stays"], code="rounds")
        if chosen and chosen.status != chosen.Status.OPEN:
            raise ValidationError(_("This opportunity is closed."), code="closed")
        return chosen

    def clean_valid_until(self):
        """Hold no longer than a year: prices do not, either."""
        until = self.cleaned_data["valid_until"]
        day = self.cleaned_data.get("quoted_on")
        if day and until and until > day + MOST_VALID:
            raise ValidationError(TOO_LONG, code="too_long")
        return until

    def clean_discount(self):
        """Grant none unless one is given, and none beside a fixed price."""
        discount = self.cleaned_data["discount"] or Decimal(0)
        if discount and self.fixing:
            words = _(
                "“%(list)s” fixes the price of a line: a discount on everything does"
                " not go with it."
            )
            raise ValidationError(words % {"list": self.fixing}, code="fixed")
        return discount


class QuotationLineForm(LineForm):
    """A line that is offered, beside the price of its list of today.

    Below the lowest price it needs approval, and is not refused; a fixed price stays.
    """

    #: Of the whole quotation, in %.
    order_discount = Decimal(0)
    #: Whether another price than a fixed one is refused; and the list that fixes it.
    is_to_keep, fixing = True, None
    #: Whether its list was asked anew: then it is saved, whatever was typed.
    is_listed_anew = False

    class Meta(LineForm.Meta):
        model = QuotationLine

    def clean_product(self):
        """Offer what is on sale; what stands there already is asked on submission."""
        product = self.cleaned_data["product"]
        if product is None or product.on_sale:
            return product
        if self.instance.pk and product.pk == self._before["product_id"]:
            return product
        words = _("%(product)s is not on sale any more.") % {"product": product}
        raise ValidationError(words, code="off_sale")

    def clean_quantity(self):
        """Offer something."""
        quantity = self.cleaned_data["quantity"]
        if quantity == 0:
            raise ValidationError(_("Say how many are offered."), code="min_value")
        return quantity

    def has_changed(self):
        """Say whether the row differs from what is stored."""
        return self.is_listed_anew or super().has_changed()

    def settle(self, price, *, is_asked):
        """Take the listed or the product's price, and keep what the list says."""
        super().settle(price, is_asked=is_asked)
        product = self.cleaned_data.get("product")
        if is_asked and product is not None:
            self.is_listed_anew = True
            keep_list(self.instance, price)

    def _keep_to(self, price):
        """Refuse another price than a fixed one; the rest is asked for approval."""
        if not price.price_list.forced:
            return
        self.fixing = price.price_list
        if self.is_to_keep:
            super()._keep_to(price)

    @property
    def total_discount(self):
        """What PostgreSQL will take off the line in all, in %."""
        return off_all(self.cleaned_data["discount"], self.order_discount)

    @property
    def amount(self):
        """What PostgreSQL will compute for the line."""
        line = self.cleaned_data
        return line_amount(line["quantity"], line["unit_price"], self.total_discount)

    @property
    def off_list(self):
        """How far below its list the line is, in %, as PostgreSQL will compute it."""
        listed, off = self.instance.list_price, self.total_discount
        if not listed:
            return off
        share = self.cleaned_data["unit_price"] * (100 - off) / listed
        return max(to_cents(100 - share), Decimal(0))

    @property
    def is_below_floor(self):
        """Whether it is below the lowest price of its list."""
        floor = self.instance.floor
        asked = self.cleaned_data["unit_price"] * (100 - self.total_discount) * CENT
        return floor is not None and floor > asked


def off_all(discount, order_discount):
    """Return a line's own discount and that on the whole together, in %.

    Rounded to a hundredth, as `sales.guards.quotation_lines.off_all` has it.
    """
    return to_cents(100 - (100 - discount) * (100 - order_discount) * CENT)


class BaseQuotationLines(BaseLineFormSet):
    """The lines of a quotation, under the discount on all of it."""

    order_discount = Decimal(0)
    #: Whether lines are refused that do not keep to a fixed price.
    is_to_keep = True

    def clean(self):
        """Tell the lines what they all bear, then let them keep to their lists."""
        for form in self.forms:
            form.order_discount = self.order_discount
            form.is_to_keep = self.is_to_keep
        super().clean()

    @property
    def fixing(self):
        """A list that fixes the price of a line, None if there is none."""
        return next((form.fixing for form in self.kept if form.fixing), None)

    @property
    def kept(self):
        """The forms of the lines that stay."""
        return [form for form in self.forms if self._stays(form)]


QuotationLines = inlineformset_factory(
    Quotation,
    QuotationLine,
    form=QuotationLineForm,
    **{**SHAPE, "formset": BaseQuotationLines},
)


class AnswerForm(forms.Form):
    """What the customer said."""

    note = forms.CharField(required=False, max_length=500, label=_("note"))


class DeclineForm(AnswerForm):
    """Why the customer does not take it."""

    reason = OptionField("closing_reason", label=_("Reason"))
