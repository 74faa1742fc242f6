"""The form of a rule with its members."""

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import inlineformset_factory
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.forms.columns import ColumnsForm
from crm.forms.lookups import ReadTogether, RegionMultipleField
from crm.forms.model_fields import formfield
from crm.forms.parts import PartsFormSet
from crm.forms.records import ModelForm
from crm.models import DictionaryItem, Region
from sales.models import Lead, LeadRule, LeadRuleMember

Does = LeadRule.Does
#: {field: the column of the terms}
TERMS = {"sources": "source", "regions": "region", "industries": "industry"}
#: More members are no turn that anybody could follow.
MOST_MEMBERS = 60


class ProvincesField(RegionMultipleField):
    """Some regions; without scripts one chooses among the provinces."""

    offers = True

    def __init__(self, **options):
        """Offer the provinces before anything is typed."""
        super().__init__(**options)
        provinces = Region.objects.filter(parent=None).order_by("code")
        self.first = lambda _most: provinces


class LeadRuleForm(ModelForm):
    """A rule: which leads it is for, and who gets them."""

    groups = (
        (gettext_lazy("Basics"), ("name", "order", "active")),
        (
            gettext_lazy("Which leads: all that is given must hold"),
            ("sources", "regions", "industries", "budget_from", "budget_to"),
        ),
        (gettext_lazy("Who gets them"), ("does", "person", "most_open")),
    )

    sources = forms.ModelMultipleChoiceField(
        DictionaryItem.objects.none(),
        required=False,
        label=pgettext_lazy("lead rule", "sources"),
        help_text=gettext_lazy("None: any source."),
    )
    regions = ProvincesField(
        required=False,
        label=gettext_lazy("regions"),
        help_text=gettext_lazy("With all that lies in them. None: any region."),
    )
    industries = forms.ModelMultipleChoiceField(
        DictionaryItem.objects.none(),
        required=False,
        label=pgettext_lazy("lead rule", "industries"),
        help_text=gettext_lazy("None: any industry."),
    )

    class Meta(ModelForm.Meta):
        model = LeadRule
        fields = (
            "name",
            "order",
            "active",
            "budget_from",
            "budget_to",
            "does",
            "person",
            "most_open",
        )

    def __init__(self, *args, **options):
        """Offer the options in use, and those that the rule has already."""
        super().__init__(*args, **options)
        had = self._terms() if self.instance.pk else {}
        for name, column in TERMS.items():
            field, ids = self.fields[name], had.get(column, [])
            self.initial.setdefault(name, ids)
            if column == "region":
                field.show(self[name].value())
                continue
            kind = Lead._meta.get_field(column).kind
            items = DictionaryItem.objects.filter(kind=kind)
            field.queryset = items.filter(active=True) | items.filter(pk__in=ids)
        person = self.fields["person"]
        person.offer_seeing(Lead)
        person.let_stay(self.instance.person_id)
        person.show(self["person"].value())

    def _terms(self):
        found = {}
        columns = [f"{column}_id" for column in TERMS.values()]
        for term in self.instance.terms.values(*columns):
            for column in TERMS.values():
                if term[f"{column}_id"] is not None:
                    found.setdefault(column, []).append(term[f"{column}_id"])
        return found

    def clean(self):
        """Keep the person only where the rule gives its leads to one."""
        values = super().clean()
        if values.get("does") != Does.PERSON:
            values["person"] = None
        elif not values.get("person") and "person" not in self.errors:
            self.add_error("person", _("Name who gets them."))
        return values

    def save(self, commit=True):
        """Save the rule and what it looks for: terms that are new, those that went."""
        rule = super().save(commit)
        for name, column in TERMS.items():
            wanted = {row.pk for row in self.cleaned_data[name]}
            rows = rule.terms.exclude(**{column: None})
            kept = set(rows.values_list(column, flat=True))
            rows.filter(**{f"{column}__in": kept - wanted}).delete()
            for pk in sorted(wanted - kept):
                rule.terms.create(**{f"{column}_id": pk})
        return rule


class MemberForm(ColumnsForm, forms.ModelForm):
    """A member of it."""

    class Meta:
        model = LeadRuleMember
        fields = ("person", "active")
        formfield_callback = formfield

    def __init__(self, *args, together, **options):
        """Offer whoever may see leads; who has left stays where they are.

        Args:
            together: the ReadTogether of all lines.
        """
        super().__init__(*args, **options)
        field = self.fields["person"]
        field.offer_seeing(Lead)
        field.let_stay(self.instance.person_id)
        field.widget.attrs["required"] = True  # a line is taken away, not emptied
        field.show(self["person"].value())
        together.add(field)


class MembersFormSet(PartsFormSet):
    """The members: each once."""

    def __init__(self, *args, **options):
        """Read the people in one query for all lines."""
        super().__init__(*args, **options)
        self.form_kwargs["together"] = ReadTogether()

    @cached_property
    def empty_form(self):
        """The line that scripts copy; the same each time, as it reads with the rest."""
        return super().empty_form

    def clean(self):
        """Refuse somebody who stands there twice."""
        super().clean()
        people = [
            form.cleaned_data["person"].pk
            for form in self.forms
            if form not in self.deleted_forms
            and getattr(form, "cleaned_data", {}).get("person")
        ]
        if len(people) != len({*people}):
            raise ValidationError(_("This person is a member already."))

    @property
    def names_somebody(self):
        """Whether anybody takes turns."""
        return any(
            form.cleaned_data.get("person") and form.cleaned_data.get("active")
            for form in self.forms
            if form not in self.deleted_forms
        )


MemberFormSet = inlineformset_factory(
    LeadRule,
    LeadRuleMember,
    form=MemberForm,
    formset=MembersFormSet,
    extra=2,
    max_num=MOST_MEMBERS,
    validate_max=True,
)
