"""The forms of opportunities: what one says of them, and how they end."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.models import Contract
from crm.forms.options import OptionField
from crm.forms.records import RecordForm
from crm.kinds import settling_of
from crm.models.groups import asked
from sales.demands import asked_by, says_nothing
from sales.models import Opportunity, Stage
from sales.moves import CLOSINGS


class StageField(forms.ModelChoiceField):
    """A stage, with its pipeline."""

    def __init__(self, **options):
        """Offer the stages in which something new begins."""
        begun = Stage.objects.filter(
            kind=Stage.Kind.OPEN, active=True, pipeline__active=True
        )
        super().__init__(begun.select_related("pipeline"), **options)

    def label_from_instance(self, stage):
        """Name the pipeline along."""
        return f"{stage.pipeline} · {stage}"


class AskedByStage:
    """A form of an opportunity that expects what the stage asks for.

    Attributes:
        comes_along: names of what it gets elsewhere than from this form.
    """

    comes_along: frozenset[str] = frozenset()

    def clean(self):
        """Tell it of a new one, and of what was filled in and is emptied."""
        super().clean()
        is_new, given = self.instance._state.adding, self.cleaned_data
        stage = given.get("stage") if is_new else self.instance.stage
        if stage is None or self.instance.status != Opportunity.Status.OPEN:
            return
        for name in asked_by(stage):
            if is_new and name not in (*self.fields, *self.comes_along):
                label = Opportunity._meta.get_field(name).verbose_name
                text = _("“%(stage)s” asks for %(field)s, which is missing here.")
                self.add_error("stage", text % {"stage": stage, "field": label})
            is_asked = is_new or name in self.changed_data
            if is_asked and name in given and says_nothing(name, given[name]):
                self.add_error(name, _("“%(stage)s” asks for this.") % {"stage": stage})


class OpportunityForm(AskedByStage, RecordForm):
    """An opportunity; its stage is asked for once, later moves change it."""

    repeats = ("reporter", "customer", "source")
    within = {"contact": "customer"}
    groups = Opportunity.groups

    stage = StageField(label=_("stage"), empty_label=None)

    class Meta(RecordForm.Meta):
        model = Opportunity
        fields = asked(Opportunity)
        widgets = {"details": forms.Textarea({"rows": 5})}
        help_texts = {"probability": _("Left empty: that of the stage.")}

    def __init__(self, *args, **options):
        """Leave out the stage of one that is stored."""
        super().__init__(*args, **options)
        if self.instance.pk:
            del self.fields["stage"]

    def clean_customer(self):
        """Keep it with the customer of the contract it was won by."""
        customer, contract = self.cleaned_data["customer"], self.instance.contract
        if contract and customer and customer.pk != contract.customer_id:
            raise forms.ValidationError(
                _("The contract it was won by is another customer's."), code="contract"
            )
        return customer


class MoveForm(forms.Form):
    """Where an opportunity goes, and why."""

    stage = forms.ModelChoiceField(Stage.objects.all(), label=_("stage"))
    note = forms.CharField(required=False, max_length=500, label=_("note"))


class TaskForm(forms.Form):
    """Which task of its stage, and whether it is done."""

    task = forms.CharField(max_length=100, label=_("task"))
    done = forms.BooleanField(required=False, label=_("done"))


class ClosingForm(forms.Form):
    """How an opportunity ends."""

    kind = forms.ChoiceField(
        choices=[(kind, kind) for kind in CLOSINGS],
        label=_("kind of stage"),
    )
    reason = OptionField("closing_reason", required=False, label=_("Reason"))
    note = forms.CharField(required=False, max_length=500, label=_("note"))
    contract = forms.ModelChoiceField(
        Contract.objects.none(), required=False, label=_("contract")
    )
    winner = forms.ModelChoiceField(None, required=False, label=_("Lost to"))

    def __init__(self, *args, opportunity, user, **options):
        """Offer the customer's contracts and encounters that one may see."""
        super().__init__(*args, **options)
        self.fields["contract"].queryset = contracts_of(opportunity, user)
        self.fields["winner"].queryset = settling_of(Opportunity).open_over(
            opportunity, user
        )


class ReopeningForm(forms.Form):
    """Why an opportunity is opened again."""

    note = forms.CharField(required=False, max_length=500, label=_("Reason"))


def contracts_of(opportunity, user):
    """Return the customer's contracts by which it may have been won."""
    rows = Contract.objects.visible_to(user).filter(customer=opportunity.customer_id)
    return rows.exclude(status="terminated").order_by("-created_at", "-pk")
