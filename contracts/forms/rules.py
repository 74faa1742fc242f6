"""The form of an approval rule with its steps."""

from django.core.exceptions import ValidationError
from django.forms.models import inlineformset_factory
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from contracts.approvers import APPROVE
from contracts.models import (
    ApprovalRule,
    ApprovalStep,
)
from crm.forms.lookups import ReadTogether
from crm.forms.parts import PartsFormSet
from crm.forms.records import ModelForm
from crm.models import User


class ApprovalRuleForm(ModelForm):
    """The conditions of an approval rule."""

    groups = (
        (
            _("Contracts that meet all of this"),
            ("name", "amount_from", "kind", "discount_over", "credit_grade"),
        ),
        (_("How the rule works"), ("order", "active", "last_resort")),
    )

    class Meta(ModelForm.Meta):
        model = ApprovalRule
        fields = (
            "name",
            "amount_from",
            "kind",
            "discount_over",
            "credit_grade",
            "order",
            "active",
            "last_resort",
        )

    def __init__(self, *args, **options):
        """Offer the people who work here as last resort."""
        super().__init__(*args, **options)
        field = self.fields["last_resort"]
        field.queryset = User.objects.active()
        field.show(self["last_resort"].value())
        field.help_text = _(
            "Decides where every head is barred, absent without a deputy, or missing."
        )

    def clean_last_resort(self):
        """Refuse who could not decide."""
        return able(self.cleaned_data["last_resort"])


def able(person):
    """Return a person who may approve, or None; refuse one who may not."""
    if person and not person.roles.filter(grants__has_key=APPROVE).exists():
        raise ValidationError(
            _("%s holds no role with the right to approve contracts.") % person
        )
    return person


class StepForm(ModelForm):
    """A step: whom it asks."""

    class Meta(ModelForm.Meta):
        model = ApprovalStep
        fields = ("asks", "role", "person", "mode")

    def __init__(self, *args, together, **options):
        """Offer the people who work here; a blank line asks nobody yet.

        Args:
            together: {field: ReadTogether} of all lines.
        """
        super().__init__(*args, **options)
        if not self.instance.pk:
            self.initial["asks"] = ""
        self.fields["asks"].choices = [("", "---------"), *ApprovalStep.Asks.choices]
        self.fields["mode"].required = False  # not said is as it was
        self.fields["person"].queryset = User.objects.active()
        for name, readers in together.items():
            self.fields[name].show(self[name].value())
            readers.add(self.fields[name])

    @cached_property
    def changed_data(self):
        """Take a new line that says no more than how many decide for a blank one."""
        names = super().changed_data
        return names if self.instance.pk or names != ["mode"] else []

    def clean_mode(self):
        """Keep how many decide where it is not said."""
        return self.cleaned_data["mode"] or self.instance.mode

    def clean_role(self):
        """Refuse a role whose people could not decide."""
        role = self.cleaned_data["role"]
        if role and APPROVE not in role.grants:
            raise ValidationError(
                _("“%s” has no right to approve contracts: others would be asked.")
                % role
            )
        return role

    def clean_person(self):
        """Refuse who could not decide."""
        return able(self.cleaned_data["person"])

    def clean(self):
        """Keep only the name that this way of asking needs."""
        values = super().clean()
        asks = values.get("asks")
        for name in (ApprovalStep.Asks.ROLE, ApprovalStep.Asks.PERSON):
            if asks != name:
                values[name.value] = None
            elif not values.get(name.value) and name.value not in self.errors:
                self.add_error(name.value, _("Name who decides."))
        return values


class BaseStepFormSet(PartsFormSet):
    """The steps of a rule; their place on the page is their position."""

    default_error_messages = {
        **PartsFormSet.default_error_messages,
        "too_few_forms": _("Name at least one step."),
    }

    def __init__(self, *args, **options):
        """Read the roles, and the people, in one query each for all lines."""
        super().__init__(*args, **options)
        names = ("role", "person")
        self.form_kwargs["together"] = {name: ReadTogether() for name in names}

    @cached_property
    def empty_form(self):
        """The line that scripts copy; the same each time, as it reads with the rest."""
        return super().empty_form

    def save(self, commit=True):
        """Number the steps that stay, then save those that changed."""
        stay = [form for form in self.forms if form not in self.deleted_forms]
        filled = [form for form in stay if form.instance.pk or form.has_changed()]
        for position, form in enumerate(filled, start=1):
            form.instance.position = position
        saved = super().save(commit)
        for form in self.initial_forms:
            if form in filled and not form.has_changed():
                form.instance.save(update_fields=["position"])
        return saved


StepFormSet = inlineformset_factory(
    ApprovalRule,
    ApprovalStep,
    form=StepForm,
    formset=BaseStepFormSet,
    extra=1,
    min_num=1,
    validate_min=True,
    max_num=10,
    validate_max=True,
)
