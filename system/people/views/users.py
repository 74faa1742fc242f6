"""The pages of people, who are never deleted."""

from django.contrib import messages
from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import DetailView

from crm.accounts import attempts
from crm.display import label_of, reader, yes_no
from crm.history.entries import entries_of
from crm.models import User
from crm.models.people import factors_of
from crm.models.roles import RoleAssignment
from crm.views import ModelList
from crm.views.fresh import FreshPassword
from system.leaving.lines import left_with
from system.leaving.models import Handover
from system.pages import ModelCreate, ModelUpdate, ModelVerb
from system.people import administration
from system.people.filters import UserFilter
from system.people.forms import UserForm
from system.people.joining import JoiningForm
from system.people.tables import UserTable
from system.people.views.access import failures_of, sessions_of
from system.people.views.administered import PeopleMixin
from system.people.views.passwords import shown_once
from system.references import owned


class UserList(ModelList):
    """Everybody who works here or did."""

    model = User
    queryset = User.objects.select_related("department", "superior")
    table_class = UserTable
    filterset_class = UserFilter

    def rows(self):
        """Return the people within reach, with their roles."""
        within = administration.administered(self.request.user, self.action)
        rows = super().rows().filter(pk__in=within.values("pk"))
        latest = entries_of(OuterRef("pk")).order_by("-pk").values("at")[:1]
        return rows.prefetch_related("roles").annotate(last_entry=Subquery(latest))


class UserDetail(PeopleMixin, DetailView):
    """A person: where they stand, what they may do, which records are theirs."""

    template_name = "system/user_detail.html"
    groups = (
        (
            gettext_lazy("Basics"),
            (
                "username",
                "employee_number",
                "is_active",
                "last_login",
                "password_until",
            ),
        ),
        (gettext_lazy("Place"), ("department", "superior", "joined_on", "left_on")),
        (gettext_lazy("How to reach them"), ("phone", "email")),
    )

    def rows(self):
        """Read along department, superior, and whether a hand-over has begun."""
        begun = Handover.objects.filter(leaver=OuterRef("pk"))
        rows = super().rows().select_related("department", "superior")
        return rows.annotate(hands_over=Exists(begun))

    def get_context_data(self, **context):
        """Add facts, buttons and what the person owns."""
        person = self.object
        return super().get_context_data(
            title=person.name,
            kind=User._meta.verbose_name,
            list_url=reverse("user_list"),
            status="active" if person.works_here else "inactive",
            groups=[
                (heading, [self._fact(name) for name in names])
                for heading, names in self.groups
            ],
            roles=list(person.roles.all()),
            is_locked=self.is_locked,
            owned=self.owned,
            **self.access(),
            actions=self.actions(),
            **context,
        )

    @cached_property
    def is_locked(self):
        """Whether the name is closed after many failures."""
        return attempts.is_locked(self.object.username)

    @cached_property
    def may_change(self):
        """Whether this person may work on that one."""
        rows = administration.administered(self.request.user, "change")
        return rows.filter(pk=self.object.pk).exists()

    def access(self):
        """Return the sessions and failures, for whoever may do something about them."""
        if not self.may_change:
            return {}
        person = self.object
        return {
            "sessions": sessions_of(person),
            "failures": failures_of(person),
            "is_oneself": person == self.request.user,
            "version": person.version,
        }

    @cached_property
    def owned(self):
        """What stands in the person's name, as {label, count, url}."""
        return owned(self.object, self.request.user)

    def _goodbye(self):
        """Return the button that closes the account, or leads to what is left on it."""
        person = self.object
        if left_with(person):
            begun = person.hands_over
            words = _("Continue the hand-over") if begun else _("Deactivate")
            return _link("handover", words, person, style="danger")
        return _link(
            "deactivate",
            _("Deactivate"),
            person,
            style="danger",
            method="post",
            confirm=_("%s will be signed out at once. Deactivate?") % person,
        )

    def _fact(self, name):
        person = self.object
        if name == "is_active":  # and the last day not over
            value = yes_no(person.works_here)
        else:
            value = reader(User, name)(person)
        return {"name": name, "label": label_of(User, name), "value": value}

    def actions(self):
        """Return the buttons that this person has on that one."""
        user, person = self.request.user, self.object
        found = []
        if self.may_change:
            found.append(_link("update", _("Edit"), person, style="primary"))
            if person != user:
                found.append(_link("password", _("Set a password"), person))
            if person.is_active and person != user:
                found.append(self._goodbye())
            if factors_of(person.pk).exists():
                label = _("Remove the second factor")
                found.append(_link("second_factor", label, person, method="post"))
            if self.is_locked:
                label = _("Lift the lock on signing in")
                found.append(_link("unlock", label, person, method="post"))
            if not person.is_active:
                found.append(
                    _link("reactivate", _("Reactivate"), person, method="post")
                )
        if user.has_perm("crm.view_historyentry"):
            query = f"?kind=crm.user&number={person.pk}"
            url = reverse("log") + query
            found.append({"label": _("Change history"), "url": url, "method": "get"})
        return found


def _link(key, label, person, **more):
    url = reverse(f"user_{key}", args=[person.pk])
    button = {"key": key, "label": label, "url": url, "version": person.version}
    return {**button, "method": "get", **more}


class UserCreate(FreshPassword, PeopleMixin, ModelCreate):
    """Add a person with a first password."""

    form_class = JoiningForm
    repeats = ("department", "superior")

    def answer(self):
        """Show the password if nobody typed it; it leads on to the next person."""
        is_series = "save_and_add" in self.request.POST
        if is_series and not self.password:
            return super().answer()
        again_url = self.again_url if is_series else ""
        return shown_once(self.request, self.object, self.password, again_url)

    def save(self, form):
        """Save the person and keep a random password until it is shown."""
        person = form.save()
        self.password = form.made_up
        if form.handed is not None:
            self.tell_of(form.handed)
        return person

    def tell_of(self, bulk):
        """Say how many customers the person takes over, and where that is undone."""
        sentence = ngettext(
            "%(count)d customer is handed over.",
            "%(count)d customers are handed over.",
            bulk.total,
        ) % {"count": bulk.total}
        link = format_html('<a href="{}">{}</a>', bulk.get_absolute_url(), sentence)
        messages.success(self.request, link)


class UserUpdate(FreshPassword, PeopleMixin, ModelUpdate):
    """Edit a person."""

    form_class = UserForm

    def changes_rights(self, request):
        """Say whether other roles were ticked than the person holds."""
        held = RoleAssignment.objects.filter(user=self.kwargs["pk"])
        roles = {str(role) for role in held.values_list("role", flat=True)}
        return set(request.POST.getlist("roles")) != roles

    def next_url(self):
        """Return to the person."""
        return self.object.get_absolute_url()


class UserDeactivate(FreshPassword, PeopleMixin, ModelVerb):
    """Let a person sign in no more."""

    action = "change"

    def act(self, person):
        """Do it, unless it is oneself, the last administrator, or anything is left."""
        administration.deactivate(person, by=self.request.user)
        self.done = _("%s can no longer sign in.") % person


class UserReactivate(FreshPassword, PeopleMixin, ModelVerb):
    """Let a person sign in again."""

    action = "change"

    def act(self, person):
        """Do it."""
        administration.reactivate(person, by=self.request.user)
