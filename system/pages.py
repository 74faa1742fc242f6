"""Pages of rows that are no business records: people, roles, dictionary items.

They look like those of records, but there is no owner and no recycle bin: `rows` says
which of them a person may work on, and deleting is for good.
"""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import DetailView, View
from django.views.generic.edit import CreateView, UpdateView

from crm.guards.refusals import explained
from crm.rights.permissions import permission
from crm.views import ModelList, PageMixin, RecordVerb
from crm.views.conflict import UnlessOvertaken, is_stale, stale_page
from crm.views.locked import LockedMixin
from system.references import used_by


class AdministeredList(ModelList):
    """A list whose rows lead to their forms, if one may change them."""

    @cached_property
    def table(self):
        """The columns; the first one links only for whoever may follow the link."""
        table = super().table
        right = permission("change", self.model)
        table.linked = self.request.user.has_perm(right)
        return table


class RowsMixin(LockedMixin, PageMixin):
    """Offer the rows that `rows` gives, locked while one of them is changed."""

    def rows(self):
        """Return the rows on which the person may do this."""
        return self.model._default_manager.all()

    def get_queryset(self):
        """Lock the row while it is worked on."""
        return self.locked(self.rows())


class FormPage(RowsMixin):
    """What adding and editing share."""

    http_method_names = ("get", "head", "post", "options")

    template_name = "generic/record_form.html"

    def get_form_kwargs(self):
        """Tell the form who fills it in."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form):
        """Save; say so, or say why not."""
        try:
            with transaction.atomic():
                self.object = self.save(form)
        except ValidationError as error:
            form.add_error(None, error)
        except IntegrityError as error:
            form.add_error(None, explained(error, self.model))
        else:
            messages.success(self.request, _("Saved: %s") % self.object)
            return self.answer()
        return self.form_invalid(form)

    def form_invalid(self, form):
        """Show what is wrong, with everything that was typed, as 422."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def save(self, form):
        """Save and return the row."""
        return form.save()

    def answer(self):
        """Return the answer to a form that was saved."""
        return redirect(self.next_url())

    def next_url(self):
        """Return where to go afterwards: the list."""
        return reverse(f"{self.model._meta.model_name}_list")


class ModelCreate(FormPage, CreateView):
    """Add a row; `repeats` names the fields that the rows of a series share."""

    action = "add"
    repeats: tuple[str, ...] = ()

    def get_context_data(self, **context):
        """Add title and the way back."""
        return super().get_context_data(
            title=_("Add %s") % self.model._meta.verbose_name,
            cancel_url=self.next_url(),
            can_add_another=True,
            **context,
        )

    def get_initial(self):
        """Fill in what the address names."""
        return {**super().get_initial(), **self.request.GET.dict()}

    def answer(self):
        """Go on with a fresh form if that was asked for; it keeps what repeats."""
        if "save_and_add" not in self.request.POST:
            return super().answer()
        return redirect(self.again_url)

    @property
    def again_url(self):
        """The address of the next form of a series."""
        given = {name: self.request.POST.get(name) for name in self.repeats}
        kept = urlencode({name: value for name, value in given.items() if value})
        return f"{self.request.path}?{kept}" if kept else self.request.path


class ModelUpdate(UnlessOvertaken, FormPage, UpdateView):
    """Edit a row."""

    action = "change"

    def get_context_data(self, **context):
        """Add title and the way back."""
        context = {"title": _("Edit: %s") % self.object, **context}
        return super().get_context_data(cancel_url=self.next_url(), **context)


class ModelDelete(RowsMixin, DetailView):
    """Ask, then delete for good; name what still uses the row."""

    action = "delete"
    may_be_referred_to = False
    template_name = "system/confirm_delete.html"

    def get_context_data(self, **context):
        """Add what refers to the row."""
        return super().get_context_data(
            title=_("Delete: %s") % self.object,
            cancel_url=self.next_url(),
            used_by=self.used_by(),
            version=self.object.version,
            **context,
        )

    def post(self, request, *args, **kwargs):
        """Delete, or say why not."""
        self.object = self.get_object()
        if is_stale(request, self.object):
            return stale_page(request, self.object, self.next_url())
        if self.used_by():
            return self.render_to_response(self.get_context_data(), status=409)
        name = str(self.object)
        try:
            with transaction.atomic():
                self.object.delete()
                connection.check_constraints()  # now, not at the end of the request
        except (ProtectedError, IntegrityError):  # it came into use meanwhile
            self.object = self.get_object()
            return self.render_to_response(self.get_context_data(), status=409)
        messages.success(request, _("Deleted: %s") % name)
        return redirect(self.next_url())

    def used_by(self):
        """Return [{label, count, url}] of what refers to the row."""
        return used_by(self.object, self.request.user)

    def next_url(self):
        """Return where to go afterwards: the list."""
        return reverse(f"{self.model._meta.model_name}_list")


class ModelVerb(RowsMixin, RecordVerb, View):
    """A POST-only page that does one verb of a row and goes back to it."""
