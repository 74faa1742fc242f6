"""What a verdict asks for; its rules are `crm.approval.flow`'s."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.text import about

NO_VERDICT = _("Say whether it is approved or rejected.")
NO_ROUND = _("The page did not say what you have seen. Open it again and decide then.")
#: A step as `crm.approval.approvers.seen_as` names it.
STEP_SEEN = r"\d{1,18}(\.\d{1,4})?"


def wrong_with(form: forms.Form) -> list[str]:
    """Return what is wrong with a form that no page shows, in words."""
    return [
        about(form.fields[name].label or name, error)
        for name, errors in form.errors.items()
        for error in errors
    ]


def whole_step(seen: str | None) -> str | None:
    """Return how a step was seen that a page named, or None where it named none.

    One named by its number alone was seen by somebody who had not decided on it.
    """
    return (seen if "." in seen else f"{seen}.0") if seen else None


class DecisionForm(forms.Form):
    """A verdict, yes or no, with an opinion."""

    approved = forms.TypedChoiceField(
        choices=(("true", _("Approve")), ("false", _("Reject"))),
        coerce=lambda value: value == "true",
        label=_("Verdict"),
        error_messages={"required": NO_VERDICT, "invalid_choice": NO_VERDICT},
    )
    opinion = forms.CharField(required=False, strip=False, label=_("opinion"))


class GivenForm(forms.Form):
    """A verdict that was given."""

    decision = forms.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        label=_("decision"),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), NO_ROUND
        ),
    )


class SeenForm(DecisionForm):
    """A verdict on one record, with the round and the step that were seen."""

    round = forms.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        label=_("approval round"),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), NO_ROUND
        ),
    )
    step = forms.RegexField(
        rf"\A{STEP_SEEN}\Z",
        required=False,
        label=_("step"),
        error_messages={"invalid": NO_ROUND},
    )

    def clean_step(self) -> Any:
        """Return the step as it is compared; None where the page did not say it."""
        return whole_step(self.cleaned_data["step"])
