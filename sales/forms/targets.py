"""The forms of targets: twelve values, how they are filled in, what is asked for."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.fields import LARGEST_AMOUNT
from crm.forms.records import CleanTexts, GroupedForm, RecordForm
from crm.forms.typed_fields import NumberField
from crm.models.groups import asked
from crm.rights.permissions import permission
from crm.rights.roles import Reach
from sales.models import Target, TargetChange, TargetRule
from sales.models.targets import FIRST_YEAR, LAST_YEAR, departments_of

VALUES = Target.VALUES
WHOLE = gettext_lazy("Things are counted by this rule: write a whole number.")


def refuse_parts(form, rule):
    """Take no value for 0, and refuse parts of what is counted, each at its field."""
    for name in VALUES:
        value = form.cleaned_data.get(name)
        if name in form.cleaned_data and value is None:
            form.cleaned_data[name] = value = Decimal(0)
        if value is not None and rule and rule.is_count and value % 1:
            form.add_error(name, ValidationError(WHOLE, code="whole"))


class TargetForm(RecordForm):
    """A target; by which rule, when and for whom it is, is asked for once."""

    repeats = ("rule", "year")
    groups = Target.groups

    class Meta(RecordForm.Meta):
        model = Target
        fields = asked(Target)
        widgets = {"note": forms.Textarea({"rows": 2})}
        help_texts = {
            "department": gettext_lazy("With all departments below it."),
            "person": gettext_lazy("Neither a department nor a person: the company."),
        }

    def __init__(self, *args, user, **options):
        """Offer the rules in use, and whom the right to enter targets covers."""
        super().__init__(*args, user=user, **options)
        if self.instance.pk:
            for name in Target.asked_once:
                del self.fields[name]
            return
        self.reach = user.rights.reach(permission("add", Target))
        self.fields["rule"].queryset = TargetRule.objects.filter(active=True)
        self.fields["department"].queryset = departments_of(user, self.reach).order_by(
            "path"
        )
        people = user.rights.people(self.reach)
        if people is not None:
            person = self.fields["person"]
            person.queryset = person.queryset.filter(pk__in=people)

    def clean(self):
        """Refuse the company's target of who may not set it, and parts of things."""
        given = super().clean()
        is_new = not self.instance.pk
        refuse_parts(self, given.get("rule") if is_new else self.instance.rule)
        if given.get("department") and given.get("person"):
            self.add_error(
                "person", _("A target is a department's or a person's, not both.")
            )
        of_some = given.get("department") or given.get("person")
        if is_new and self.reach != Reach.ALL and not of_some and not self.errors:
            said = _("Say whose target it is: that of the company others set.")
            raise ValidationError(said, code="company")
        return given

    @property
    def subject(self):
        """The target without values: by which rule, when and for whom.

        None while its form does not say that, or says it of whom one may not.
        """
        if self.instance.pk:
            return self.instance
        given = {name: self.cleaned_data.get(name) for name in Target.asked_once}
        is_wrong = {*self.errors}.intersection(given) or "company" in self._codes
        return None if is_wrong else Target(**given)

    @property
    def _codes(self):
        """The codes of what is wrong with it as a whole."""
        return {error.code for error in self.non_field_errors().as_data()}

    @property
    def total(self):
        """What the values that were typed come to, None where one is no number."""
        try:
            values = [self.fields[n].clean(self[n].value()) for n in VALUES]
        except ValidationError:
            return None
        return sum((value or Decimal(0) for value in values), Decimal(0))


class FillForm(forms.Form):
    """How the twelve values are filled in: a sum spread, or last year's and more."""

    LAST = (
        ("actual", gettext_lazy("what was reached last year")),
        ("target", gettext_lazy("the target of last year")),
    )

    fill_total = NumberField(
        label=gettext_lazy("sum of the year"),
        min_value=0,
        max_value=LARGEST_AMOUNT,
        decimal_places=2,
        required=False,
    )
    fill_from = forms.ChoiceField(
        label=gettext_lazy("as last year"), choices=LAST, required=False
    )
    fill_percent = NumberField(
        label=gettext_lazy("times, in %"),
        min_value=0,
        max_value=10_000,
        decimal_places=2,
        required=False,
        initial=Decimal(110),
    )

    def refuse_parts(self, rule, way):
        """Refuse to spread parts of what is counted."""
        total = self.cleaned_data.get("fill_total")
        if way == "even" and rule.is_count and total is not None and total % 1:
            self.add_error("fill_total", WHOLE)


class ChangeForm(CleanTexts, GroupedForm, forms.Form):
    """What a locked target is to be instead, and why."""

    groups = (
        (gettext_lazy("Why it is to change"), ("reason",)),
        (gettext_lazy("Values of the months"), VALUES),
    )

    reason = forms.CharField(
        label=TargetChange._meta.get_field("reason").verbose_name,
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args, target, **options):
        """Begin with the values that it has."""
        super().__init__(*args, **options)
        self.target = target
        for name in VALUES:
            column = Target._meta.get_field(name)
            self.fields[name] = NumberField(
                label=column.verbose_name,
                min_value=0,
                max_value=LARGEST_AMOUNT,
                max_digits=column.max_digits,
                decimal_places=column.decimal_places,
                required=False,
                initial=getattr(target, name),
            )
        self.fields["version"] = forms.IntegerField(
            widget=forms.HiddenInput, initial=target.version
        )

    def clean(self):
        """Refuse parts of things that are counted."""
        given = super().clean()
        refuse_parts(self, self.target.rule)
        return given

    @property
    def months(self):
        """The twelve values of a valid form."""
        return [self.cleaned_data[name] for name in VALUES]


class DecisionForm(forms.Form):
    """Whether a change is granted, and why."""

    change = forms.IntegerField(label=TargetChange._meta.verbose_name)
    granted = forms.TypedChoiceField(
        label=gettext_lazy("verdict"),
        choices=(("true", "true"), ("false", "false")),
        coerce=lambda v: v == "true",
    )
    opinion = forms.CharField(
        label=TargetChange._meta.get_field("opinion").verbose_name,
        required=False,
        max_length=500,
    )


class RuleField(forms.ModelChoiceField):
    """A rule; of one that is out of use, that is said."""

    def label_from_instance(self, rule):
        """Return what it is called."""
        return str(rule) if rule.active else _("%s (out of use)") % rule


class PaceForm(forms.Form):
    """Of which rule and year the pace is asked for, and in which order."""

    ORDERS = ("reached", "ahead", "actual", "target", "title")

    rule = RuleField(
        TargetRule.objects.all(),
        label=TargetRule._meta.verbose_name,
        required=False,
        empty_label=None,
    )
    year = forms.IntegerField(
        label=Target._meta.get_field("year").verbose_name,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric"}),
    )
    sort = forms.ChoiceField(
        choices=[(f"{sign}{name}", name) for name in ORDERS for sign in ("", "-")],
        required=False,
        widget=forms.HiddenInput,
    )
