"""Page of a record: view, add, edit, delete, and the verbs in between.

The mixin knows three things: the permission of its `action`, that rows are visible
to the person, and the template to fall back to.
"""

from uuid import uuid4

from django.apps import apps
from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, Subquery
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import DetailView
from django.views.generic.detail import SingleObjectMixin
from django.views.generic.edit import CreateView, UpdateView

from crm.attachments import attachments_of
from crm.display import label_of, reader
from crm.models import Submission
from crm.models.record import Registration
from crm.permissions import permission
from crm.refusals import explained
from crm.views.conflict import conflict_page


class PageMixin(PermissionRequiredMixin):
    """Ask for the model permission of `action`; draw the page's own template."""

    action = "view"
    suffix = None
    raise_exception = True

    def get_permission_required(self):
        """Return the one permission of this page."""
        return (permission(self.action, self.model),)

    def get_template_names(self):
        """Return the page's own template, then the generic one."""
        options = self.model._meta
        own = f"{options.app_label}/{options.model_name}_{self.suffix}.html"
        return [self.template_name or own, f"generic/record_{self.suffix}.html"]


class RecordMixin(PageMixin):
    """Offer only the rows that the permission covers."""

    def get_queryset(self):
        """Return the rows on which the person may do this."""
        return super().get_queryset().visible_to(self.request.user, self.action)


class RecordDetail(RecordMixin, DetailView):
    """The page of one record.

    `groups` is ((heading, field names), …); `related` names the lists that belong to
    it as (("app.Model", condition), …), strings because those may be higher floors'.
    """

    suffix = "detail"
    groups = ()
    wide = ()
    related = ()

    def get_context_data(self, **context):
        """Add facts, buttons and tabs."""
        record = self.object
        return super().get_context_data(
            title=str(record),
            kind=self.model._meta.verbose_name,
            groups=[(heading, self._facts(names)) for heading, names in self.groups],
            actions=self.actions(),
            tabs=self.tabs(),
            files=self.files(),
            status=getattr(record, "status", record.registration),
            list_url=self.model.page("list"),
            history_url=reverse(
                "history", args=[self.model._meta.label_lower, record.pk]
            ),
            **context,
        )

    def _facts(self, names):
        """Return [{label, value, wide, name}] of some fields."""
        return [
            {
                "name": name,
                "label": label_of(self.model, name),
                "value": reader(self.model, name)(self.object),
                "wide": name in self.wide,
            }
            for name in names
        ]

    def actions(self):
        """Return the buttons that this person has on this record."""
        user, record, found = self.request.user, self.object, []
        for action, suffix, label in (
            ("change", "update", _("Edit")),
            ("delete", "delete", _("Delete")),
        ):
            if user.has_perm(permission(action, self.model), record):
                name = f"{self.model._meta.model_name}_{suffix}"
                found.append(
                    {
                        "key": suffix,
                        "label": label,
                        "url": reverse(name, args=[record.pk]),
                        "method": "get",
                        "style": "danger" if action == "delete" else "primary",
                    }
                )
        return [*found, *self.registration_actions()]

    def registration_actions(self):
        """Return the buttons that move the record on its way into the books."""
        record, user, found = self.object, self.request.user, []
        args = [self.model._meta.label_lower, record.pk]
        brought = user.pk in (record.reporter_id, record.entered_by_id)
        if record.registration == Registration.RETURNED and brought:
            found.append(_verb("report", _("Report again"), args))
        if record.is_reported and user.has_perm(
            permission("register", self.model), record
        ):
            reason = {"name": "reason", "label": _("Reason"), "required": True}
            found.append(_verb("registration", _("Register"), args, style="success"))
            found.append(
                _verb("registration_return", _("Return"), args, fields=[reason])
            )
        return found

    def files(self):
        """Return what parts/attachments.html shows; None for a kind without files."""
        if not hasattr(self.model, "attachments"):
            return None
        return attachments_of(self.object, self.request.user)

    def tabs(self):
        """Return [{key, label, count, url, add_url}] of the lists that belong here.

        All counts come in one query, each over the rows one may see.
        """
        user, pk, found, counts = self.request.user, self.object.pk, [], {}
        for label, condition in self.related:
            model = apps.get_model(label)
            if not user.has_perm(permission("view", model)):
                continue
            key = model._meta.model_name
            rows = model.objects.visible_to(user).filter(**{condition: pk}).order_by()
            counts[f"n_{key}"] = Subquery(
                rows.values(condition)
                .annotate(n=Count("pk", distinct=True))
                .values("n")
            )
            may_add = user.has_perm(permission("add", model))
            query = urlencode({condition: pk})
            found.append(
                {
                    "key": key,
                    "label": model._meta.verbose_name_plural,
                    "url": f"{model.page('list')}?{query}",
                    "add_url": f"{model.page('create')}?{query}" if may_add else None,
                }
            )
        own = self.model.everything.filter(pk=pk).order_by()
        totals = own.values(**counts).get() if counts else {}
        return [{**tab, "count": totals[f"n_{tab['key']}"] or 0} for tab in found]


def _verb(name, label, args, **more):
    """Return a button that does a verb; its address is some higher part's."""
    url = reverse(name, args=args)
    return {"key": name, "label": label, "url": url, "method": "post", **more}


class FormPage(RecordMixin):
    """What adding and editing share."""

    suffix = "form"
    formset_class = None

    def get_form_kwargs(self):
        """Tell the form who fills it in."""
        return {**super().get_form_kwargs(), "user": self.request.user}

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

    def after(self, record):
        """Return where to go: the record, or the list if one cannot see it."""
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
        given = {k: v for k, v in self.request.GET.items() if k != "form_token"}
        return {**super().get_initial(), **given, "form_token": uuid4()}

    def get_context_data(self, **context):
        """Add title, buttons and the way back."""
        name = self.model._meta.verbose_name
        return super().get_context_data(
            title=_("Add: %s") % name,
            cancel_url=self.model.page("list"),
            can_add_another=True,
            **context,
        )

    def post(self, request, *args, **kwargs):
        """Save if the form and its parts are valid."""
        self.object = None
        form = self.get_form()
        return (
            self.form_valid(form) if self.all_valid(form) else self.form_invalid(form)
        )

    def form_valid(self, form):
        """Save once, however often the form is sent."""
        key = form.cleaned_data["form_token"]
        try:
            with transaction.atomic():
                sent = Submission.objects.create(key=key, user=self.request.user)
        except IntegrityError:
            return redirect(self._made_before(key))
        self.object = self.saved(form)
        if self.object is None:
            sent.delete()
            return self.form_invalid(form)
        sent.url = self.after(self.object)
        sent.save(update_fields=["url"])
        messages.success(self.request, _("Saved: %s") % self.object)
        if "save_and_add" in self.request.POST:
            return redirect(f"{self.request.path}?{urlencode(form.again())}")
        return redirect(sent.url)

    def save(self, form):
        """Save and return the record with its parts."""
        record = form.enter()
        self.save_parts(record)
        return record

    def _made_before(self, key):
        made = Submission.objects.filter(key=key, user=self.request.user).first()
        return made.url if made and made.url else self.model.page("list")


class RecordUpdate(FormPage, UpdateView):
    """Edit a record; a form that has gone stale gets the conflict page."""

    action = "change"

    def get_queryset(self):
        """Lock the row while a change is made."""
        rows = super().get_queryset()
        if self.request.method == "POST":
            return rows.select_for_update(of=("self",))
        return rows

    def get_context_data(self, **context):
        """Add title and the way back."""
        return super().get_context_data(
            title=_("Edit: %s") % self.object,
            cancel_url=self.object.get_absolute_url(),
            can_add_another=False,
            can_register=self.can_register(),
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
        if request.POST.get("version") != str(self.object.version):
            return conflict_page(request, self.model, self.object.pk, form)
        return (
            self.form_valid(form) if self.all_valid(form) else self.form_invalid(form)
        )

    def form_valid(self, form):
        """Save and go to the record, or on to registering it."""
        saved = self.saved(form)
        if saved is None:
            return self.form_invalid(form)
        self.object = saved
        messages.success(self.request, _("Saved: %s") % self.object)
        if "save_and_register" in self.request.POST:
            # 307 sends the same POST on, to the page that knows the rules of it.
            args = [self.model._meta.label_lower, self.object.pk]
            return redirect("registration", *args, preserve_request=True)
        return redirect(self.after(self.object))

    def save(self, form):
        """Save and return the record with its parts."""
        record = form.save()
        self.save_parts(record)
        return record


class RecordDelete(RecordMixin, DetailView):
    """Ask, then put the record into the recycle bin; name what still uses it."""

    action = "delete"
    suffix = "confirm_delete"

    def get_queryset(self):
        """Lock the row while it is deleted."""
        rows = super().get_queryset()
        if self.request.method == "POST":
            return rows.select_for_update(of=("self",))
        return rows

    def get_context_data(self, **context):
        """Add what refers to the record."""
        return super().get_context_data(
            title=_("Delete: %s") % self.object,
            cancel_url=self.object.get_absolute_url(),
            used_by=self._used_by(),
            **context,
        )

    def post(self, request, *args, **kwargs):
        """Delete, or say why not."""
        self.object = self.get_object()
        try:
            self.object.discard(request.user)
        except ValidationError:
            return self.render_to_response(self.get_context_data(), status=409)
        messages.success(request, _("Moved to the recycle bin: %s") % self.object)
        return HttpResponseRedirect(self.model.page("list"))

    def _used_by(self):
        """Return [{label, count, url}]; rows one may not see are only counted."""
        return [
            {
                "label": model._meta.verbose_name_plural,
                "count": rows.count(),
                "url": f"{model.page('list')}?{name}={self.object.pk}"
                if hasattr(model, "page")
                else None,
            }
            for model, name, rows in self.object.used_by()
        ]


#: Status of a refusal by the code of its ValidationError; everything else is 422.
REFUSED = {"conflict": 409, "forbidden": 403, "too_large": 413, "storage": 507}


def refused_page(request, record, error):
    """Return the page that says why something was not done."""
    status = REFUSED.get(getattr(error, "code", ""), 422)
    context = {"object": record, "reasons": error.messages, "status": status}
    return render(request, "generic/refused.html", context, status=status)


class RecordVerb(RecordMixin, SingleObjectMixin):
    """A POST-only page that does one verb of a record and goes back to it.

    A subclass is also a `View`, names its `action` and writes `act(record)`; a
    ValidationError becomes a page that says why, its code the status of the answer.
    """

    http_method_names = ("post", "options")
    done = ""

    def dispatch(self, request, *args, **kwargs):
        """Answer 405 to looking, whoever looks; only then ask for the right."""
        if request.method.lower() not in self.http_method_names:
            return self.http_method_not_allowed(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        """Do it, say so."""
        record = self.get_object()
        try:
            with transaction.atomic():
                self.act(record)
        except ValidationError as error:
            return self.refused(record, error)
        messages.success(request, self.done or _("Done: %s") % record)
        return redirect(self.next_url(record))

    def refused(self, record, error):
        """Answer a refusal with the page that says why."""
        return refused_page(self.request, record, error)

    def next_url(self, record):
        """Return where to go afterwards."""
        return record.get_absolute_url()
