"""The verbs of a target: locked, a change asked for, granted, refused, taken back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic.base import TemplateResponseMixin
from django.views.generic.detail import SingleObjectMixin
from django.views.generic.edit import FormMixin, ProcessFormView

from crm.approval.verdict_forms import wrong_with
from crm.views import RecordMixin, RecordVerb
from crm.views.conflict import is_stale, stale_page
from crm.views.locked import LockedMixin
from crm.views.verbs import part_of, refused_page
from sales.forms.targets import ChangeForm, DecisionForm
from sales.models import Target
from sales.targets import targeting


class Locking(RecordVerb, View):
    """锁定: let a target hold."""

    model, action = Target, "decide"
    done = gettext_lazy("Locked: it changes only by a request with a reason.")

    def act(self, record):
        """Lock it."""
        targeting.lock(record, by=self.request.user)


class Decision(RecordVerb, View):
    """Grant a change that was asked for, or refuse it."""

    model, action = Target, "decide"

    def act(self, record):
        """Decide on it."""
        form = DecisionForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(wrong_with(form))
        given = form.cleaned_data
        change = part_of(record.changes.all(), given["change"])
        targeting.decide(
            record,
            change,
            granted=given["granted"],
            opinion=given["opinion"],
            by=self.request.user,
        )
        self.done = _("The change is refused.")
        if given["granted"]:
            self.done = _("The change is granted: it holds from now on.")


class Withdrawal(RecordVerb, View):
    """Take back what one has asked for."""

    model, action = Target, "view"
    done = gettext_lazy("Taken back: the target stays as it is.")

    def act(self, record):
        """Take it back."""
        rows = record.changes.filter(outcome="")
        change = rows.first()
        if change is None:
            raise ValidationError(
                Target.refused["target_change_closed"], code="conflict"
            )
        targeting.withdraw(record, change, by=self.request.user)


class Asking(
    LockedMixin,
    RecordMixin,
    SingleObjectMixin,
    TemplateResponseMixin,
    FormMixin,
    ProcessFormView,
):
    """申请变更: ask that a locked target be another one."""

    http_method_names = ("get", "head", "post", "options")
    model, action = Target, "view"
    form_class = ChangeForm
    template_name = "sales/target_request.html"

    def get(self, request, *args, **kwargs):
        """Show the form, if a change can be asked for."""
        self.object = self.get_object()
        if error := self._why_not():
            return refused_page(request, self.object, error)
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        """Ask for it, unless somebody else was quicker."""
        self.object = self.get_object()
        if error := self._why_not():
            return self._refused(error)
        if is_stale(request, self.object):
            return stale_page(request, self.object)
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self):
        """Tell the form which target it is about."""
        return {**super().get_form_kwargs(), "target": self.object}

    def get_context_data(self, **context):
        """Add title and the way back."""
        return super().get_context_data(
            title=_("Ask for a change: %s") % self.object,
            cancel_url=self.object.get_absolute_url(),
            **context,
        )

    def form_valid(self, form):
        """Ask for it, and say so."""
        reason = form.cleaned_data["reason"]
        try:
            targeting.ask(self.object, form.months, by=self.request.user, reason=reason)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        messages.success(
            self.request, _("Asked for: somebody above decides on the change.")
        )
        return redirect(self.object.get_absolute_url())

    def form_invalid(self, form):
        """Show what is wrong, with everything that was typed, as 422."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _why_not(self):
        """Return why no change can be asked for, or None."""
        target = self.object
        if not targeting.may_ask(self.request.user, target):
            said = _("Whose target it is asks for a change, or their head.")
            return ValidationError(said, code="forbidden")
        if target.is_writable:
            said = _("It is not locked: it is edited.")
            return ValidationError(said, code="conflict")
        if target.changes.filter(outcome="").exists():
            return ValidationError(
                Target.refused["target_change_open"], code="conflict"
            )
        return None

    def _refused(self, error):
        """Answer who was too late with all that they typed."""
        if error.code != "conflict":
            return refused_page(self.request, self.object, error)
        form = self.get_form()
        form.is_valid()
        form.add_error(None, error)
        return self.render_to_response(self.get_context_data(form=form), status=409)
