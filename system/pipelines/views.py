"""The pages of pipelines: a list with their stages, a form with both."""

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import ListView

from sales.models import Pipeline, Stage
from system.pages import ModelCreate, ModelDelete, ModelUpdate, RowsMixin
from system.pipelines.forms import PipelineForm, StageFormSet
from system.references import used_by


class PipelinesMixin(RowsMixin):
    """Offer the pipelines."""

    model = Pipeline


class PipelineList(PipelinesMixin, ListView):
    """All pipelines with their stages."""

    template_name = "system/pipelines/list.html"

    def rows(self):
        """Read the stages along."""
        return super().rows().prefetch_related("stages")

    def get_context_data(self, **context):
        """Say what the person may do."""
        may = self.request.user.has_perm
        return super().get_context_data(
            title=Pipeline._meta.verbose_name_plural,
            total=len(self.object_list),
            may_add=may("sales.add_pipeline"),
            may_change=may("sales.change_pipeline"),
            may_delete=may("sales.delete_pipeline"),
            **context,
        )


class WithStages(PipelinesMixin):
    """A form of a pipeline and its stages, which are saved together."""

    form_class = PipelineForm

    @cached_property
    def formset(self):
        """The stages, as lines of the same form."""
        data = self.request.POST if self.request.method == "POST" else None
        return StageFormSet(data, instance=self.object)

    def get_context_data(self, **context):
        """Add the lines."""
        return super().get_context_data(
            formset=self.formset, lines_title=_("Stages, in this order"), **context
        )

    def form_valid(self, form):
        """Save both, or show what is wrong with the stages."""
        if not self.formset.is_valid():
            return self.form_invalid(form)
        return super().form_valid(form)

    def save(self, form):
        """Save and return the pipeline with its stages."""
        self.formset.instance = super().save(form)
        self.formset.save()
        return self.formset.instance


class PipelineCreate(WithStages, ModelCreate):
    """Add a pipeline."""


class PipelineUpdate(WithStages, ModelUpdate):
    """Set a pipeline."""


class PipelineDelete(PipelinesMixin, ModelDelete):
    """Delete a pipeline through which nothing has gone."""

    def used_by(self):
        """Tell of what stands, or stood, in its stages: they go along."""
        return used_by(self.object, self.request.user, parts=(Stage,))
