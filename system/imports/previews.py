"""The third step of an import as a page: what would happen; answers to it; doing it."""

from abc import ABC, abstractmethod

from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from crm.views.verbs import refused_page
from system.imports import previewing, work
from system.imports.accounts import by_column
from system.imports.choosing import DoublesForm, WordsForm, shares_form
from system.imports.importers import importer_of
from system.imports.owners import owners_of
from system.imports.steps import StepMixin, overtaken
from system.models import ImportRun


class Preview(StepMixin, DetailView):
    """The third step: what would happen."""

    template_name = "system/imports/preview.html"
    context_object_name = "run"

    def get(self, request, *args, **kwargs):
        """Show it; where it is no longer, or not yet, true, show the right step."""
        run = self.get_object()
        if run.state != ImportRun.State.PREVIEWED:
            return redirect(run)
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        """Look at the next rows of a large file."""
        previewing.go_on(self.get_object().pk)
        return redirect("import_preview", pk=self.kwargs["pk"])

    def get_context_data(self, **context):
        """Add what becomes of the columns and of the rows."""
        run = self.object
        importer = importer_of(run.kind)(self.request.user)
        unused = [
            h for c, h in enumerate(run.columns) if h and str(c) not in run.mapping
        ]
        used = [
            (run.columns[int(column)], importer.label(name))
            for column, name in run.mapping.items()
        ]
        return super().get_context_data(
            title=_("Preview: %s") % run.file_name,
            mapped=used,
            unused=unused,
            detail=f"{run.model._meta.model_name}_detail",
            checking=previewing.unfinished(run),
            owners=owners_of(run),
            ways=self._ways() if run.preview.get("doubles") else (),
            columns=by_column(run.preview.get("by_column", {}), importer),
            brings=previewing.brings(run),
            **{
                "words": WordsForm(run=run, importer=importer),
                "shares": shares_form(run, importer),
                "choice": DoublesForm(instance=run) if importer.compares else None,
                **context,
            },
        )

    def _ways(self):
        """Return (choice, added, updated, skipped, refused) of each choice."""
        said, ways = self.object.preview, ImportRun.Doubles
        names = ("created", "updated", "skipped", "refused")
        added, updated, skipped, refused = (said[name] for name in names)
        few, doubles = added - said["doubles"], said["doubles"]
        return (
            (ways.CREATE.label, added, updated, skipped, refused),
            (ways.SKIP.label, few, updated, skipped + doubles, refused),
            (ways.UPDATE.label, few, updated + doubles, skipped, refused),
            (ways.REFUSE.label, few, updated, skipped, refused + doubles),
        )


class Answer(Preview, ABC):
    """POST only: answer what the preview asks, and look at the rows again."""

    http_method_names = ("post", "options")
    #: What the template calls the form.
    name = ""

    @abstractmethod
    def form_of(self, run, importer, data):
        """Return the form, None if nothing is asked."""

    def post(self, request, *args, **kwargs):
        """Keep it, and say anew what would happen."""
        run = self.object = self.get_object()
        if page := overtaken(request, run):
            return page
        importer = importer_of(run.kind)(request.user)
        form = self.form_of(run, importer, request.POST)
        if run.state != ImportRun.State.PREVIEWED or form is None:
            return redirect(run)
        if not form.is_valid():
            context = self.get_context_data(**{self.name: form})
            return self.render_to_response(context, status=422)
        form.keep()
        previewing.begin(run)
        return redirect("import_preview", pk=run.pk)


class Shares(Answer):
    """POST only: say whose the new rows of each part become."""

    name = "shares"

    def form_of(self, run, importer, data):
        """Return a picker for each part."""
        return shares_form(run, importer, data)


class Words(Answer):
    """POST only: say what words of the file mean."""

    name = "words"

    def form_of(self, run, importer, data):
        """Return a choice for each word."""
        return WordsForm(data, run=run, importer=importer)


class Run(Preview):
    """POST only: import the rows."""

    http_method_names = ("post", "options")

    def post(self, request, pk, *args, **kwargs):
        """Do it, as it was decided at first; a finished one is shown."""
        run = self.object = self.get_object()
        if page := overtaken(request, run):
            return page
        if run.state == ImportRun.State.UPLOADED:
            return redirect(run)
        if run.state == ImportRun.State.PREVIEWED and "doubles" in request.POST:
            form = DoublesForm(request.POST, instance=run)
            if not form.is_valid():
                context = self.get_context_data(choice=form)
                return self.render_to_response(context, status=422)
            run.save(update_fields=["doubles"])
        try:
            work.start(run, request.user)
        except ValidationError as error:
            return refused_page(request, run, error)
        return redirect("import_detail", pk=run.pk)
