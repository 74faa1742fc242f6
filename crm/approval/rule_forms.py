"""The form of an approval rule with its steps, made for each kind."""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms.models import inlineformset_factory
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.approval.flow import Flow
from crm.approval.rules import AskedPerson
from crm.forms.lookups import ReadTogether
from crm.forms.parts import PartsFormSet
from crm.forms.records import ModelForm
from crm.models import User

WORKS: tuple[str, ...] = ("order", "active", "last_resort")


class RuleForm(ModelForm):
    """The conditions of an approval rule; a subclass says of which kind."""

    flow: Flow

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the people who work here as last resort."""
        super().__init__(*args, **options)
        field: Any = self.fields["last_resort"]
        field.queryset = User.objects.active()
        field.show(self["last_resort"].value())
        field.help_text = _(
            "Decides where every head is barred, absent without a deputy, or missing."
        )

    def clean_last_resort(self) -> User | None:
        """Refuse who could not decide."""
        return able(self.flow, self.cleaned_data["last_resort"])


def able(flow: Flow, person: User | None) -> User | None:
    """Return a person who may approve, or None; refuse one who may not."""
    if person and not person.roles.filter(grants__has_key=flow.right).exists():
        raise ValidationError(gettext(flow.words.not_able) % person)
    return person


class StepForm(ModelForm):
    """A step: whom it asks."""

    flow: Flow

    def __init__(self, *args: Any, together: dict[str, Any], **options: Any) -> None:
        """Offer the people who work here; a blank line asks nobody yet.

        Args:
            together: {field: ReadTogether} of all lines.
        """
        super().__init__(*args, **options)
        if not self.instance.pk:
            self.initial["asks"] = ""
        fields: dict[str, Any] = self.fields
        fields["asks"].choices = [("", "---------"), *AskedPerson.Asks.choices]
        fields["mode"].required = False  # not said is as it was
        fields["person"].queryset = User.objects.active()
        for name, readers in together.items():
            fields[name].show(self[name].value())
            readers.add(fields[name])

    @cached_property
    def changed_data(self) -> list[str]:
        """Take a new line that says no more than how many decide for a blank one."""
        names = super().changed_data
        return names if self.instance.pk or names != ["mode"] else []

    def clean_mode(self) -> str:
        """Keep how many decide where it is not said."""
        return self.cleaned_data["mode"] or self.instance.mode

    def clean_role(self) -> Any:
        """Refuse a role whose people could not decide."""
        role = self.cleaned_data["role"]
        if role and self.flow.right not in role.grants:
            raise ValidationError(gettext(self.flow.words.role_not_able) % role)
        return role

    def clean_person(self) -> User | None:
        """Refuse who could not decide."""
        return able(self.flow, self.cleaned_data["person"])

    def clean(self) -> dict[str, Any]:
        """Keep only the name that this way of asking needs."""
        values = super().clean()
        asks = values.get("asks")
        for name in (AskedPerson.Asks.ROLE, AskedPerson.Asks.PERSON):
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

    def __init__(self, *args: Any, **options: Any) -> None:
        """Read the roles, and the people, in one query each for all lines."""
        super().__init__(*args, **options)
        names = ("role", "person")
        self.form_kwargs["together"] = {name: ReadTogether() for name in names}

    @cached_property
    def empty_form(self) -> Any:
        """The line that scripts copy; the same each time, as it reads with the rest."""
        return super().empty_form

    def save(self, commit: bool = True) -> Any:
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


def rule_form(flow: Flow) -> type[RuleForm]:
    """Return the form of a kind's rules: their own conditions, and how they work."""
    conditions, kind = ("name", *flow.own_conditions), flow

    class Form(RuleForm):
        flow = kind
        groups: Any = (
            (_(kind.words.who_meets), conditions),
            (_("How the rule works"), WORKS),
        )

        class Meta(ModelForm.Meta):
            model = kind.rules
            fields = (*conditions, *WORKS)

    return Form


def step_formset(flow: Flow) -> Any:
    """Return the formset of the steps of a kind's rules."""
    rules: Any = flow.rules
    steps, kind = rules._meta.get_field("steps").related_model, flow

    class Line(StepForm):
        flow = kind

        class Meta(ModelForm.Meta):
            model = steps
            fields = ("asks", "role", "person", "mode")

    return inlineformset_factory(
        rules,
        steps,
        form=Line,
        formset=BaseStepFormSet,
        extra=1,
        min_num=1,
        validate_min=True,
        max_num=10,
        validate_max=True,
    )
