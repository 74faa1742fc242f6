"""What the pages of imports have in common: who may see them, and their file."""

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.kinds import imported
from crm.rights.permissions import permission
from crm.views.conflict import seen_version
from system.imports import reading
from system.models import ImportRun


class RunMixin(PermissionRequiredMixin):
    """Pages of imports: for whoever may import, or looks after them; only seen runs."""

    raise_exception = True

    def has_permission(self):
        """Ask for the right to import any kind, or to look after all imports."""
        user = self.request.user
        return user.has_perm("system.view_importrun") or any(
            user.has_perm(permission("import", model)) for model in imported()
        )

    def get_queryset(self):
        """Return the imports one may see."""
        return ImportRun.objects.visible_to(self.request.user).select_related("user")


class RowsMixin(RunMixin):
    """Rows of the file itself: for those alone who may import such."""

    def get_queryset(self):
        """Return the imports whose files one may know."""
        return ImportRun.objects.readable_by(self.request.user)


class Swept(Exception):
    """The file of an import is removed."""

    def __init__(self, run):
        """Take the import."""
        super().__init__(run)
        self.run = run


class StepMixin(RunMixin):
    """A step that only the person who uploaded the file can take.

    A file that nobody went on with for a day is removed (`system.sweeping`).
    """

    def dispatch(self, request, *args, **kwargs):
        """Say in words that the file is no longer there."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except Swept as swept:
            model = swept.run.model._meta.model_name
            context = {
                "reasons": gone(swept.run),
                "back_url": reverse(f"{model}_import"),
                "status": 410,
            }
            return render(request, "generic/refused.html", context, status=410)

    def get_object(self, queryset=None):
        """Return the import; there are no steps without its file.

        Raises:
            Swept: there is none any more.
        """
        run = super().get_object(queryset)
        if not run.finished_at and not reading.is_kept(run):
            raise Swept(run)
        return run

    def get_queryset(self):
        """Return one's own imports, locked while a step is taken."""
        rows = super().get_queryset().filter(user=self.request.user)
        if self.request.method == "POST":
            return rows.select_for_update(of=("self",), no_key=True)
        return rows


def overtaken(request, run):
    """Return the page that says that an import was decided on since; None if not.

    Two windows may stand at one step: the first one decides, the other one is told.
    A program that takes the steps by their addresses has seen no page and names none.
    """
    if seen_version(request) in ("", str(run.decisions)):
        return None
    return overtaken_page(request, run)


def overtaken_page(request, run):
    """Return the page that says so."""
    words = _("“%s” was changed after you looked at it.")
    context = {"object": run, "reasons": [words % run], "status": 409}
    return render(request, "generic/refused.html", context, status=409)


def begun(run):
    """Say whether rows have been imported."""
    states = ImportRun.State
    return run.state not in (states.UPLOADED, states.PREVIEWED)


def gone(run):
    """Return what there is to say of an import whose file is removed."""
    said = [
        _("The file of this import was removed after 24 hours. Please upload it again.")
    ]
    if run.done:
        said.append(
            _("%(done)s of its %(total)s rows were imported; they are known by now.")
            % {"done": run.done, "total": run.total}
        )
    return said
