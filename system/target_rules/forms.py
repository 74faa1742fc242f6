"""The form of a rule for targets: what counts, by which day, for whom."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.display import label_of
from crm.forms.records import ModelForm
from crm.kinds import measures
from sales.models import Target, TargetRule

#: What never changes once there is a target by the rule.
FIXED = ("metric", "day", "person")


def metric_choices():
    """Return [(key, label)] of what kinds declare."""
    return [
        (key, f"{capfirst(str(one.label))} ({model._meta.verbose_name})")
        for key, (model, one) in measures().items()
    ]


def column_choices(columns):
    """Return [(column, label)] of what may count of any kind: `days` or `people`."""
    found = {}
    for model, one in measures().values():
        for name in getattr(one, columns):
            found.setdefault(name, []).append(str(label_of(model, name)))
    return [
        (name, capfirst(" / ".join(dict.fromkeys(labels))))
        for name, labels in found.items()
    ]


class TargetRuleForm(ModelForm):
    """A rule; what a kind does not offer is refused at its field."""

    groups = (
        (gettext_lazy("Basics"), ("name", "name_en", "order", "active")),
        (gettext_lazy("What counts"), FIXED),
    )
    metric = forms.ChoiceField(
        label=TargetRule._meta.get_field("metric").verbose_name,
        choices=metric_choices,
    )
    day = forms.ChoiceField(
        label=TargetRule._meta.get_field("day").verbose_name,
        choices=lambda: column_choices("days"),
    )
    person = forms.ChoiceField(
        label=TargetRule._meta.get_field("person").verbose_name,
        choices=lambda: column_choices("people"),
    )

    class Meta(ModelForm.Meta):
        model = TargetRule
        fields = ("name", "name_en", "order", "active", *FIXED)

    def clean(self):
        """Refuse a day or a person that the kind does not know, and what is fixed."""
        given = super().clean()
        if given.get("metric"):
            measure = measures()[given["metric"]][1]
            for name, known in (("day", measure.days), ("person", measure.people)):
                if given.get(name) and given[name] not in known:
                    said = _("This does not count of “%s”.") % measure.label
                    self.add_error(name, ValidationError(said, code="unfit"))
        changed = [name for name in FIXED if name in self.changed_data]
        if self.instance.pk and changed and self.is_used:
            said = TargetRule.refused["target_rule_used"]
            self.add_error(changed[0], ValidationError(said, code="used"))
        return given

    @property
    def is_used(self):
        """Whether there are targets by it, be they in the recycle bin."""
        return Target.everything.filter(rule=self.instance).exists()
