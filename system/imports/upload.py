"""How a file comes in: the upload of each kind, and an empty file to fill."""

from typing import Any

from django import forms
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView

from crm.attachments import store
from crm.guards.actor import acting_for
from crm.models import Intake
from crm.rights.permissions import permission
from system.exports.answers import table_of
from system.imports import recognising
from system.imports.forms import UploadForm
from system.imports.importers import importer_of
from system.models import ImportRun


class Upload(PermissionRequiredMixin, FormView):
    """The first step: a file. It is read at once, in a process of its own.

    What is handed in counts from then on, and nothing is held while it is read.
    """

    model: Any = None
    action = "import"
    commits_itself = True
    form_class = UploadForm
    template_name = "system/imports/upload.html"
    raise_exception = True
    http_method_names = ("get", "head", "options", "post")

    def get_permission_required(self):
        """Ask for the right to import this kind."""
        return (permission(self.action, self.model),)

    def get_context_data(self, **context):
        """Add the headings and the addresses of the template."""
        plural = self.model._meta.verbose_name_plural
        template = reverse(f"{self.model._meta.model_name}_import_template")
        return super().get_context_data(
            title=_("Import: %s") % plural,
            template_url=template,
            cancel_url=self.model.page("list"),
            **context,
        )

    def form_valid(self, form):
        """Store and read the file; say so if it cannot be read."""
        upload = form.cleaned_data["file"]
        try:
            with acting_for(self.request):
                Intake.spend(self.request.user, upload)
            run = ImportRun(
                user=self.request.user,
                kind=self.model._meta.label_lower,
                file_name=form.file_name,
                sha256=store(upload),
                size=upload.size,
            )
            recognising.read(run)
        except ValidationError as error:
            form.add_error("file", error)
            return self.form_invalid(form)
        with acting_for(self.request):
            run.save(force_insert=True)
        return redirect(run)

    def form_invalid(self, form):
        """Show what is wrong as 422."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


class Template(PermissionRequiredMixin, View):
    """An empty file with the columns we know, all of them text."""

    model: Any = None
    action = "import"
    raise_exception = True
    http_method_names = ("get", "head", "options")

    def get_permission_required(self):
        """Ask for the right to import this kind."""
        return (permission(self.action, self.model),)

    def get(self, request, *args, **kwargs):
        """Answer with the file."""
        importer = importer_of(self.model._meta.label_lower)(request.user)
        targets = sorted(importer.targets, key=lambda target: not target.required)
        plural = str(importer.model._meta.verbose_name_plural)
        title = _("Template: %s") % plural
        offered = {n: offered_by(importer, t) for n, t in enumerate(targets)}
        choices = {place: texts for place, texts in offered.items() if texts}
        return table_of(request, title, [t.label for t in targets], (), choices)


def offered_by(importer, target):
    """Return the texts from which a cell of a column may be chosen."""
    if isinstance(importer.form.fields.get(target.name), forms.BooleanField):
        return [_("Yes"), _("No")]
    return [label for _code, label in importer.options_of(target.name)]
