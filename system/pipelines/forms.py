"""The form of a pipeline with its stages."""

from collections import Counter

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import inlineformset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.forms.columns import ColumnsForm
from crm.forms.model_fields import formfield
from crm.forms.parts import PartsFormSet
from crm.forms.records import ModelForm
from crm.text import single_line
from sales.models import Pipeline, Stage
from sales.models.pipelines import askable

KIND = Stage.Kind
#: More are no help to anybody who looks at the board.
MOST_STAGES = 12
#: A pipeline has exactly one stage of each.
ENDS = (KIND.WON, KIND.LOST, KIND.VOID)


class PipelineForm(ModelForm):
    """A pipeline."""

    groups = ((gettext_lazy("Basics"), ("name", "name_en", "order", "active")),)

    class Meta(ModelForm.Meta):
        model = Pipeline
        fields = ("name", "name_en", "order", "active")


class StageForm(ColumnsForm, forms.ModelForm):
    """A stage of it."""

    requires = forms.MultipleChoiceField(
        choices=askable,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("filled in to enter"),
    )

    class Meta:
        model = Stage
        fields = (
            "position",
            "name",
            "name_en",
            "kind",
            "probability",
            "max_days",
            "requires",
            "tasks",
            "active",
        )
        help_texts = {"tasks": gettext_lazy("Several: one、another.")}
        formfield_callback = formfield

    def clean_name(self):
        """Clean the text as all others are."""
        return single_line(self.cleaned_data["name"])


class StagesFormSet(PartsFormSet):
    """The stages: one or more open ones, and one of each end."""

    def clean(self):
        """Refuse a pipeline that leads nowhere, or takes a used stage away."""
        super().clean()
        if any(self.errors):
            return
        kept = [form for form in self.forms if self._stays(form)]
        kinds = Counter(
            form.cleaned_data["kind"]
            for form in kept
            if form.cleaned_data.get("active")
        )
        if not kinds[KIND.OPEN]:
            raise ValidationError(_("A pipeline has at least one open stage."))
        for kind in ENDS:
            if kinds[kind] != 1:
                raise ValidationError(
                    _("A pipeline has exactly one stage for “%s”.") % kind.label
                )
        names = Counter(form.cleaned_data["name"] for form in kept)
        if twice := [name for name, number in names.items() if number > 1]:
            raise ValidationError(_("Two stages have one name: %s.") % "、".join(twice))
        self._refuse_used(form for form in self.forms if form not in kept)
        self._refuse_other_kinds(kept)

    def _refuse_other_kinds(self, kept):
        """Refuse to make another kind of a stage in which an opportunity has been."""
        stored = [form.instance.pk for form in kept if "kind" in form.changed_data]
        ids = [pk for pk in stored if pk]
        used = Stage.objects.filter(pk__in=ids, stays__isnull=False).distinct()
        if names := [str(stage) for stage in used]:
            raise ValidationError(
                _("%s was entered already: its kind stays.") % "、".join(names)
            )

    def _stays(self, form):
        given = form.cleaned_data
        return bool(given) and not given.get("DELETE")

    def _refuse_used(self, gone):
        """Refuse to delete a stage in which an opportunity has been."""
        ids = [form.instance.pk for form in gone if form.instance.pk]
        used = Stage.objects.filter(pk__in=ids, stays__isnull=False).distinct()
        if names := [str(stage) for stage in used]:
            raise ValidationError(
                _("%s was entered already: take it out of use instead.")
                % "、".join(names)
            )


StageFormSet = inlineformset_factory(
    Pipeline,
    Stage,
    form=StageForm,
    formset=StagesFormSet,
    extra=1,
    max_num=MOST_STAGES,
    validate_max=True,
)
