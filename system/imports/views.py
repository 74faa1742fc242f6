"""The steps of an import as pages: upload, mapping, preview, run, report."""

from itertools import islice

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import DetailView, ListView, UpdateView

from crm.guards.actor import acting_for
from crm.jobs.models import Job
from crm.kinds import imported
from crm.rights.permissions import permission
from crm.views.conflict import is_stale, stale_page
from crm.views.verbs import refused_page
from system.imports import previewing, reading, recognising, work
from system.imports.choosing import MappingForm
from system.imports.forms import ONLY_HEADER, ReadingForm, unsure
from system.imports.importers import bearers_of, importer_of
from system.imports.steps import RunMixin, StepMixin, begun, overtaken, overtaken_page
from system.models import ImportRun

SAMPLED_ROWS, SAMPLES, LONGEST_SAMPLE = 50, 3, 60
PAGE = 50
#: Columns of the file's first lines that are shown beside each other.
WIDTH = 8


class Mapping(StepMixin, UpdateView):
    """The second step: which column is which field."""

    form_class = MappingForm
    template_name = "system/imports/mapping.html"

    def get(self, request, *args, **kwargs):
        """Show the columns; an import that has begun keeps its mapping."""
        run = self.get_object()
        return redirect(run) if begun(run) else super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        """Take the mapping, unless the import has begun."""
        run = self.get_object()
        if page := overtaken(request, run):
            return page
        return redirect(run) if begun(run) else super().post(request, *args, **kwargs)

    def get_form_kwargs(self):
        """Tell the form what there is to fill, and with what."""
        importer = importer_of(self.object.kind)(self.request.user)
        return {
            **super().get_form_kwargs(),
            "importer": importer,
            "samples": samples(self.object),
        }

    def get_context_data(self, **context):
        """Add how the file was read."""
        run = self.object
        lines = recognising.lines(run)
        return super().get_context_data(
            title=_("Columns of %s") % run.file_name,
            run=run,
            described=reading.described(run.said),
            is_remembered=run.said.get("remembered", False),
            unsure=unsure(run),
            notes=self._notes(),
            lines=[(n, list(map(reading.shown, cells[:WIDTH]))) for n, cells in lines],
            cancel_url=run.model.page("list"),
            **{"reading": ReadingForm(run=run, numbers=()), **context},
        )

    def _notes(self):
        """Return what is to be settled before anything else."""
        asked = {
            "encoding": _("The encoding of this file is not certain."),
            "quotes": _(
                "It is not certain whether quotation marks of this file enclose cells "
                "or swallow rows."
            ),
        }
        found: list = [asked[name] for name in unsure(self.object)]
        if found:
            found.append(_("Choose before anything else how it is to be read."))
        if self._brings_people_only():
            found.append(
                _(
                    "People of companies that are not here yet are refused. Import the "
                    "same file as customers: companies come in with their people."
                )
            )
        return found if self.object.total else [*found, ONLY_HEADER]

    def _brings_people_only(self):
        """Say whether it is an address book whose companies could come in, too."""
        run, user = self.object, self.request.user
        if run.said.get("format") != "cards":
            return False
        bearers = bearers_of(run.model)
        return any(user.has_perm(permission("import", model)) for model in bearers)

    def form_valid(self, form):
        """Say what would happen with these columns."""
        run = form.save(commit=False)
        run.user = self.request.user
        previewing.begin(run)
        return redirect(run)

    def form_invalid(self, form):
        """Show what is wrong as 422."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


class Reading(Mapping):
    """POST only: read the file anew, as a person says; nothing is held meanwhile."""

    http_method_names = ("post", "options")
    commits_itself = True

    def post(self, request, *args, **kwargs):
        """Find the columns anew; show what cannot be read as 422."""
        with acting_for(request):
            run = self.object = self.get_object()
        if page := overtaken(request, run):
            return page
        if begun(run):
            return redirect(run)
        numbers = {number for number, _cells in recognising.first_rows(run)}
        form = ReadingForm(request.POST, run=run, numbers=numbers)
        if form.is_valid():
            try:
                recognising.read(run, form.choices, form.header)
            except ValidationError as error:
                form.add_error(None, error)
                run.refresh_from_db()
        if not form.is_valid():
            context = self.get_context_data(form=self.get_form(), reading=form)
            return self.render_to_response(context, status=422)
        with acting_for(request):
            return self._keep(run)

    def _keep(self, run):
        """Store how the file is read now, unless somebody was faster."""
        kept = self.get_object()
        if begun(kept) or kept.decisions != run.decisions:
            return overtaken_page(self.request, kept)
        run.state = ImportRun.State.UPLOADED
        run.decisions += 1
        run.save(
            update_fields=[
                "said",
                "columns",
                "header_row",
                "mapping",
                "state",
                "decisions",
            ]
        )
        return redirect("import_mapping", pk=run.pk)

    def get_form_kwargs(self):
        """Show the columns as they are: nothing was said about them."""
        kwargs = super().get_form_kwargs()
        return {**kwargs, "data": None, "files": None}


def samples(run):
    """Return some values of each column."""
    found = [[] for _header in run.columns]
    for _number, cells in islice(reading.rows(run, run.header_row), SAMPLED_ROWS):
        for column, cell in enumerate(cells[: len(found)]):
            text = reading.shown(cell)[:LONGEST_SAMPLE]
            if (
                text.strip()
                and len(found[column]) < SAMPLES
                and text not in found[column]
            ):
                found[column].append(text)
    return found


class Cancel(StepMixin, DetailView):
    """POST only: stop an import that is under way, behind the slice it is at."""

    http_method_names = ("post", "options")

    def get_queryset(self):
        """Return one's own imports: its worker holds the row of one that runs."""
        return RunMixin.get_queryset(self).filter(user=self.request.user)

    def post(self, request, *args, **kwargs):
        """Take its job back."""
        run = self.get_object()
        job = get_object_or_404(Job, pk=getattr(work.job_of(run), "pk", None))
        if is_stale(request, job):
            return stale_page(request, job, run.get_absolute_url())
        try:
            job.cancel(by=request.user)
        except ValidationError as error:
            return refused_page(request, run, error)
        messages.success(request, _("It will be cancelled: %s") % run)
        return redirect("import_detail", pk=run.pk)


class ImportList(RunMixin, ListView):
    """The imports of those whose imports one may see, newest first."""

    template_name = "system/imports/list.html"

    def get_context_data(self, **context):
        """Add the page that is asked for, the first if there is no such page."""
        paginator = Paginator(self.get_queryset(), PAGE)
        page = paginator.get_page(self.request.GET.get("page"))
        user, kinds = self.request.user, []
        for model in imported():
            if user.has_perm(permission("import", model)):
                url = reverse(f"{model._meta.model_name}_import")
                kinds.append((model._meta.verbose_name_plural, url))
        return super().get_context_data(
            page_obj=page, runs=work.with_standing(page), kinds=kinds, **context
        )
