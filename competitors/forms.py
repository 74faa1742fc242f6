"""The forms of competitors with their products, encounters and news."""

from django import forms
from django.forms.models import inlineformset_factory
from django.utils.translation import gettext_lazy as _

from competitors.models import (
    LINKS,
    MENTIONED,
    Competitor,
    CompetitorProduct,
    Encounter,
    NewsItem,
)
from contracts.models import Product
from crm import dictionaries
from crm.forms.columns import ColumnsForm
from crm.forms.in_place import KnownFields
from crm.forms.lookups import LookupMultipleField
from crm.forms.model_fields import formfield
from crm.forms.parts import PartsFormSet
from crm.forms.records import RecordForm
from crm.models import DictionaryItem
from crm.models.groups import asked
from crm.related import known_to
from crm.text import clean
from customers.models import Customer


class CompetitorForm(RecordForm):
    """A competitor."""

    repeats = ("reporter", "kind", "region")
    groups = Competitor.groups

    class Meta(RecordForm.Meta):
        model = Competitor
        fields = asked(Competitor)
        widgets = {
            "strengths": forms.Textarea({"rows": 4}),
            "weaknesses": forms.Textarea({"rows": 4}),
            "strategy": forms.Textarea({"rows": 4}),
        }
        help_texts = {"aliases": _("Several are parted by commas.")}


class CompetitorProductForm(ColumnsForm, forms.ModelForm):
    """A product of a competitor; ours are those that `user` may see."""

    class Meta:
        model = CompetitorProduct
        fields = ("name", "product", "price_from", "price_to", "remarks")
        formfield_callback = formfield

    def __init__(self, *args, user, **options):
        """Take the person who fills it in."""
        super().__init__(*args, **options)
        field = self.fields["product"]
        field.offer(Product.objects.visible_to(user), user)
        field.show(self["product"].value())

    def clean_name(self):
        """Clean the text as all others are."""
        return clean(self.cleaned_data["name"])

    def clean_remarks(self):
        """Clean the text as all others are."""
        return clean(self.cleaned_data["remarks"])


CompetitorProductFormSet = inlineformset_factory(
    Competitor,
    CompetitorProduct,
    form=CompetitorProductForm,
    formset=PartsFormSet,
    extra=2,
    max_num=200,
    validate_max=True,
)


class OverADeal:
    """What both forms of an encounter know: over what is closed, nothing is open."""

    def clean(self):
        """Expect an outcome where the opportunity is closed."""
        values = super().clean()
        deal = values.get("opportunity")
        is_closed = deal is not None and deal.status != deal.Status.OPEN
        if is_closed and values.get("outcome") == Encounter.Outcome.OPEN:
            text = _("The opportunity is closed: say how it ended.")
            self.add_error("outcome", text)
        return values


class EncounterForm(OverADeal, RecordForm):
    """An encounter."""

    repeats = ("reporter", "competitor", "happened_on")
    within = {"opportunity": "customer", "contract": "customer"}
    groups = Encounter.groups

    class Meta(RecordForm.Meta):
        model = Encounter
        fields = asked(Encounter)
        widgets = {"remarks": forms.Textarea({"rows": 4})}


class MetForm(OverADeal, KnownFields, RecordForm):
    """An encounter as one notes it at a deal: who it was, and how it ended.

    What the address names is not asked for, but shown.
    """

    within = {"opportunity": "customer", "contract": "customer"}
    groups = Encounter.groups

    class Meta(RecordForm.Meta):
        model = Encounter
        fields = (
            "customer",
            "opportunity",
            "contract",
            "competitor",
            "outcome",
            "reason",
            "offered_product",
            "price",
            "remarks",
        )
        widgets = {"remarks": forms.Textarea({"rows": 2})}
        help_texts = {
            "offered_product": _("Left empty: what they set against this contract."),
            "price": _("Begins with the amount of the contract or the opportunity."),
        }

    def __init__(self, *args, **options):
        """Begin with the amount that they had to beat."""
        super().__init__(*args, **options)
        self.hide_known("customer", "opportunity", "contract")
        for name in ("opportunity", "contract"):
            if not self.initial.get(name):
                del self.fields[name]
        if "contract" not in self.fields:  # nothing then says what it is set against
            self.fields["offered_product"].help_text = ""
        deals = [row for row in self.about if not isinstance(row, Customer)]
        if deals:
            self.initial.setdefault("price", deals[-1].amount)

    def clean(self):
        """Fill in their product where only one stands against the contract's."""
        values = super().clean()
        rival, contract = values.get("competitor"), values.get("contract")
        if rival and contract and not values.get("offered_product"):
            sold = contract.lines.order_by().values("product")
            against = rival.products.filter(product__in=sold).values_list("name")
            if len(names := against[:2]) == 1:
                (values["offered_product"],) = names[0]
        return values


class NewsItemForm(RecordForm):
    """A piece of news."""

    repeats = ("reporter", "category", "source", "published_on")
    groups = NewsItem.groups

    customers = LookupMultipleField(
        Customer.objects.none(), label=_("customers concerned"), required=False
    )
    competitors = LookupMultipleField(
        Competitor.objects.none(), label=_("competitors concerned"), required=False
    )
    products = LookupMultipleField(
        Product.objects.none(), label=_("products concerned"), required=False
    )

    class Meta(RecordForm.Meta):
        model = NewsItem
        fields = asked(NewsItem)
        widgets = {
            "summary": forms.Textarea({"rows": 3}),
            "body": forms.Textarea({"rows": 12}),
        }

    def __init__(self, *args, **options):
        """Show what is linked already, as far as this person may see it."""
        super().__init__(*args, **options)
        for name in LINKS:
            self.fields[name].show(self[name].value())

    def _limit_items(self, name, field):
        """Offer the industries in use and those chosen before."""
        if name != "industries":
            super()._limit_items(name, field)
            return
        chosen = {getattr(item, "pk", item) for item in self.initial.get(name, ())}
        offered = [
            item
            for item in dictionaries.items_of("industry", retired=True)
            if item.active or item.pk in chosen
        ]
        field.queryset = DictionaryItem.objects.filter(pk__in=[i.pk for i in offered])
        field.widget.choices = [(item.pk, item.local_label) for item in offered]

    def clean(self):
        """Expect it to be valid for a while at least."""
        values = super().clean()
        published, until = values.get("published_on"), values.get("valid_until")
        if published and until and until < published:
            self.add_error(
                "valid_until", _("It cannot lose its validity before it is published.")
            )
        return values

    def _save_m2m(self):
        """Keep the links to what this person may not see."""
        for name in LINKS:
            chosen = list(self.cleaned_data[name])
            linked = getattr(self.instance, name)
            unseen = linked.exclude(pk__in=known_to(self.user, linked.all()))
            self.cleaned_data[name] = [*chosen, *unseen]
        super()._save_m2m()


class LinkForm(forms.Form):
    """Which record a piece of news is to be linked to."""

    kind = forms.ChoiceField(choices=[(name, name) for name in MENTIONED])
    link = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class MomentForm(forms.Form):
    """Of when the page was on which one pressed a button."""

    until = forms.DateTimeField()
