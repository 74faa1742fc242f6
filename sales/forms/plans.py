"""The form of a work plan, with its lines."""

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import inlineformset_factory
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from crm.forms.columns import ColumnsForm
from crm.forms.lookups import OFFERED, LookupField
from crm.forms.model_fields import formfield
from crm.forms.parts import PartsFormSet
from crm.forms.records import CleanTexts, RecordForm
from crm.models.groups import asked
from customers.models import Customer
from sales.guards.plans import REFUSED
from sales.models import WorkPlan, WorkPlanLine
from sales.models.plans import first_open_day
from sales.plans import days_of

MONTH = WorkPlan.Period.MONTH
#: More than anybody does in a month.
MOST_LINES = 100


class WorkPlanForm(RecordForm):
    """What somebody means to do in a week or a month."""

    groups = WorkPlan.groups

    class Meta(RecordForm.Meta):
        model = WorkPlan
        fields = asked(WorkPlan)
        widgets = {"goal": forms.Textarea({"rows": 2})}

    def __init__(self, *args, **options):
        """Leave out the days of one that is stored."""
        super().__init__(*args, **options)
        if self.instance.pk:
            del self.fields["period"], self.fields["starts_on"]

    def clean(self):
        """Expect a week from Monday or a month from its first day, not long over."""
        values = super().clean()
        days = days_of(values.get("period"), values.get("starts_on"))
        if days is None:
            return values
        first, last = days
        if first != values["starts_on"]:
            words = _("A week begins on a Monday: %s.")
            if values["period"] == MONTH:
                words = _("A month begins on its first day: %s.")
            self.add_error("starts_on", words % f"{first:%Y-%m-%d}")
        elif last < first_open_day():
            self.add_error("starts_on", REFUSED["plan_closed"])
        return values

    def _post_clean(self):
        """Tell beside its first day that there is a plan of these days."""
        super()._post_clean()
        values, plan = self.cleaned_data, self.instance
        if values.get("starts_on") and not self.errors:
            same = WorkPlan.objects.filter(
                planner=plan.owner_id or self.user.pk,
                period=plan.period,
                starts_on=plan.starts_on,
            )
            if same.exists():
                words = _("There is a plan of these days already.")
                self.add_error("starts_on", ValidationError(words, code="unique"))

    def again(self):
        """Begin nothing with the days of this one."""
        return {}


class WorkPlanLineForm(CleanTexts, ColumnsForm, forms.ModelForm):
    """One thing that is planned."""

    class Meta:
        model = WorkPlanLine
        fields = ("customer", "subject", "amount", "due_on", "done", "result")
        formfield_callback = formfield

    def __init__(self, *args, customers, offered, user, **options):
        """Take the customers `user` may choose, and {id: customer} of those shown."""
        super().__init__(*args, **options)
        field, held = self.fields["customer"], self.instance.customer_id
        field.offer(customers, user)
        names = {pk: str(customer) for pk, customer in offered.items()}
        if held and held not in offered:  # it stays, and is not told
            field.disabled = True
            field.queryset = Customer.everything.filter(pk=held)
            names = {held: _("a customer whom you do not see")}
        field.widget.choices = [("", "---------"), *names.items()]


class BasePlanLines(PartsFormSet):
    """The lines of a plan; their selects share one reading of customers."""

    def __init__(self, *args, user, **options):
        """Take the person who fills them in."""
        super().__init__(*args, **options)
        self.extra = max(self.extra, len(self.initial_extra or ()) + 1)
        customers = Customer.objects.visible_to(user)
        first = Customer.objects.visibility(user).newest(OFFERED)
        offered = {customer.pk: customer for customer in first}
        if missing := self._chosen() - offered.keys():
            offered |= customers.in_bulk(missing)
        self.form_kwargs |= {"user": user, "customers": customers, "offered": offered}

    def _chosen(self):
        """Return the ids of the customers that the lines name now."""
        held = self.get_queryset() if self.instance.pk else ()
        begun = self.initial_extra or ()
        ids = {line.customer_id for line in held} | {
            one.get("customer") for one in begun
        }
        if self.is_bound:
            keys = LookupField(Customer.objects.none()).keys
            names = (name for name in self.data if name.endswith("-customer"))
            ids |= {key for name in names for key in keys(self.data[name])}
        return ids - {None}

    def clean(self):
        """Expect days of the plan."""
        super().clean()
        days = days_of(self.instance.period, self.instance.starts_on)
        for form in self.kept:
            due = form.cleaned_data.get("due_on")
            if due and days and not days[0] <= due <= days[1]:
                form.add_error("due_on", REFUSED["plan_line_due"])

    @property
    def kept(self):
        """The forms of the lines that stay."""
        return [
            form
            for form in self.forms
            if hasattr(form, "cleaned_data")
            and (form.instance.pk or form.has_changed())
            and not self._should_delete_form(form)
        ]

    @cached_property
    def subjects(self):
        """What the plan is found by: the subjects of its lines."""
        return "\n".join(form.cleaned_data.get("subject", "") for form in self.kept)


PlanLines = inlineformset_factory(
    WorkPlan,
    WorkPlanLine,
    form=WorkPlanLineForm,
    formset=BasePlanLines,
    extra=3,
    max_num=MOST_LINES,
    validate_max=True,
)
