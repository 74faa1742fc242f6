"""Adding and editing a record: sent twice it is one, overtaken it is a conflict."""

from contextlib import suppress
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic.edit import CreateView, UpdateView

from crm.accounts.interrupted import fields_for
from crm.addresses import own_place
from crm.duplicates.matching import look_at
from crm.guards.refusals import explained
from crm.history.past import can_return, old_value
from crm.models import Submission
from crm.notices.sending import notify_owners
from crm.related import relations
from crm.rights.permissions import permission
from crm.views.conflict import conflict_page, is_stale
from crm.views.locked import LockedMixin
from crm.views.new_choices import chosen_there, offer_new
from crm.views.records import RecordMixin


class FormPage(RecordMixin):
    """What adding and editing share."""

    suffix = "form"
    formset_class = None

    def get_form_kwargs(self):
        """Tell the form who fills it in."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_form(self, form_class=None):
        """Let its pickers offer what is not there yet."""
        form = super().get_form(form_class)
        offer_new(form, self.request)
        return form

    def get_initial(self):
        """Fill in what was sent after the session had ended."""
        return {**super().get_initial(), **fields_for(self.request)}

    @cached_property
    def formset(self):
        """The parts that are entered in the same form (contract lines), or None."""
        if self.formset_class is None:
            return None
        data = self.request.POST if self.request.method == "POST" else None
        return self.formset_class(data, instance=self.object)

    def all_valid(self, form):
        """Say whether the form and its parts are valid; both show their errors."""
        parts_valid = self.formset is None or self.formset.is_valid()
        return form.is_valid() and parts_valid

    def get_context_data(self, **context):
        """Add the parts."""
        return super().get_context_data(formset=self.formset, **context)

    def save_parts(self, record):
        """Save the parts under their record."""
        if self.formset is not None:
            self.formset.instance = record
            self.formset.save()

    def saved(self, form):
        """Save and return the record; None if the database refuses it."""
        try:
            with transaction.atomic():
                return self.save(form)
        except IntegrityError as error:
            form.add_error(None, explained(error, self.model))
            return None

    def form_invalid(self, form):
        """Show what is wrong, with everything that was typed, as 422."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def came_from(self):
        """Return the page of ours that the address says one came from, or None."""
        given = self.request.GET.get("next")
        return own_place(given) if given else None

    def after(self, record):
        """Return where to go: where one came from, else the record, or the list if
        one cannot see it."""
        if back := self.came_from():
            return chosen_there(back, self.request, record)
        visible = self.model.objects.visible_to(self.request.user)
        if visible.filter(pk=record.pk).exists():
            return record.get_absolute_url()
        return self.model.page("list")


class RecordCreate(FormPage, CreateView):
    """Add a record; a form sent twice makes one."""

    action = "add"

    def get_queryset(self):
        """Return no rows: nothing exists yet."""
        return self.model.objects.none()

    def get_initial(self):
        """Fill in what the address names: `?customer=7`."""
        own = ("form_token", "next", "into")
        given = {k: v for k, v in self.request.GET.items() if k not in own}
        return {**given, **super().get_initial(), "form_token": uuid4()}

    def get_context_data(self, **context):
        """Add title, buttons and the way back."""
        name = self.model._meta.verbose_name
        return super().get_context_data(
            title=_("Add %s") % name,
            cancel_url=self.came_from() or self.model.page("list"),
            can_add_another=True,
            **context,
        )

    def post(self, request, *args, **kwargs):
        """Save if the form and its parts are valid, once however often it is sent."""
        self.object = None
        form = self.get_form()
        if made := self._made_before(form):
            own = made.url if made.user_id == request.user.pk else ""
            return redirect(own or self.model.page("list"))
        return (
            self.form_valid(form) if self.all_valid(form) else self.form_invalid(form)
        )

    def form_valid(self, form):
        """Save, and note that this form has been."""
        self.object = self.saved(form)
        if self.object is None:
            return self.form_invalid(form)
        url = self.after(self.object)
        Submission.note(form.cleaned_data["form_token"], self.request.user, url)
        messages.success(self.request, _("Saved: %s") % self.object)
        if "save_and_add" in self.request.POST:
            back = self.came_from()
            kept = {**form.again(), **({"next": back} if back else {})}
            return redirect(f"{self.request.path}?{urlencode(kept)}")
        return redirect(url)

    def save(self, form):
        """Save and return the record with its parts."""
        record = form.enter()
        self.save_parts(record)
        look_at(record)
        return record

    def _made_before(self, form):
        """Return what this form has made already; wait for what it is just making.

        That comes before all checks: what it has made would stand in its own way.
        """
        field = form.fields["form_token"]
        with suppress(ValidationError):
            key = field.clean(form["form_token"].value())
            return Submission.saved_by(key)
        return None


class RecordUpdate(LockedMixin, FormPage, UpdateView):
    """Edit a record; a form that has gone stale gets the conflict page."""

    action = "change"

    def get_queryset(self):
        """Return the rows with what their form names."""
        named = set(relations(self.model)).intersection(self.form_class._meta.fields)
        rows = super().get_queryset()
        return rows.select_related(*named) if named else rows

    @cached_property
    def restored(self):
        """{field: its old value} where the history is asked to put one back."""
        asked = self.request.GET
        if self.request.method == "POST" or "restore" not in asked:
            return {}
        found = old_value(self.object, asked["restore"], asked.get("field", ""))
        asked = can_return(self.form_class, self.model)
        return {n: v for n, v in found.items() if n in asked}

    def get_initial(self):
        """Fill in the old value; it is saved as anything else that is typed."""
        return {**super().get_initial(), **self.restored}

    def get_context_data(self, **context):
        """Add title and the way back."""
        return super().get_context_data(
            title=_("Edit: %s") % self.object,
            restored=[self.form_class.base_fields[n].label for n in self.restored],
            cancel_url=self.object.get_absolute_url(),
            can_add_another=False,
            can_register=self.can_register(),
            registers_first="register" in self.request.GET,
            **context,
        )

    def can_register(self):
        """Say whether the form may also put the record into the books."""
        right = permission("register", self.model)
        return self.object.is_reported and self.request.user.has_perm(
            right, self.object
        )

    def post(self, request, *args, **kwargs):
        """Save, unless somebody else was quicker."""
        self.object = self.get_object()
        form = self.get_form()
        if is_stale(request, self.object):
            return conflict_page(
                request, self.get_queryset().get(pk=self.object.pk), form
            )
        return (
            self.form_valid(form) if self.all_valid(form) else self.form_invalid(form)
        )

    def form_valid(self, form):
        """Save and go to the record, or on to registering it."""
        saved = self.saved(form)
        if saved is None:
            return self.form_invalid(form)
        self.object = saved
        self.tell(saved, form)
        messages.success(self.request, _("Saved: %s") % self.object)
        if "save_and_register" in self.request.POST:
            # 307 sends the same POST on, to the page that knows the rules of it.
            args = [self.model._meta.label_lower, self.object.pk]
            self.object.refresh_from_db(fields=["version"])
            query = self.request.GET.copy()  # it leads on to where one came from
            query["version"] = self.object.version
            url = f"{reverse('registration', args=args)}?{query.urlencode()}"
            return redirect(url, preserve_request=True)
        return redirect(self.after(self.object))

    def tell(self, record, form):
        """Tell whose record it was and whose it is now."""
        notify_owners(record, form.initial.get("owner"), by=self.request.user)

    def save(self, form):
        """Save and return the record with its parts."""
        record = form.save()
        self.save_parts(record)
        look_at(record)
        return record
