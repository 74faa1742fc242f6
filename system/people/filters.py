"""The conditions on people, roles and deputies."""

from datetime import timedelta

import django_filters as filters
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.accounts import attempts
from crm.history.entries import entries_of
from crm.lists.filter_fields import YES_NO, ChoicesFilter, YesNoFilter
from crm.lists.filters import ModelFilter
from crm.models import Department, Deputy, Role, User
from crm.models.roles import RoleAssignment

#: Days after which somebody is idle, and in what.
DAYS = timedelta(days=14)
IDLE = (
    ("sign_in", _("has not signed in")),
    ("entry", _("has entered nothing")),
)


class UserFilter(ModelFilter):
    """Conditions on people."""

    conditions = (
        "username",
        "name",
        "employee_number",
        "superior",
        "phone",
        "email",
        "joined_on",
        "left_on",
        "last_login",
    )
    usual = ("department", "roles", "is_active", "idle")

    department = filters.ModelMultipleChoiceFilter(
        queryset=Department.objects.all(), label=_("department")
    )
    roles = filters.ModelMultipleChoiceFilter(
        queryset=Role.objects.all(), label=_("roles"), method="holding"
    )
    is_active = YesNoFilter(
        label=_("may sign in"),
        method="working",
        choices=YES_NO,
        coerce=lambda value: value == "true",
    )
    signed_in = YesNoFilter(
        field_name="last_login",
        lookup_expr="isnull",
        exclude=True,
        label=_("has signed in"),
        choices=YES_NO,
        coerce=lambda value: value == "true",
    )

    idle = ChoicesFilter(
        label=_("idle for 14 days"), choices=IDLE, method="doing_nothing"
    )

    locked = YesNoFilter(
        label=_("locked after failed sign-ins"),
        method="closed",
        choices=YES_NO,
        coerce=lambda value: value == "true",
    )

    class Meta:
        model = User
        fields = ()

    def working(self, queryset, _name, wanted):
        """Narrow to the people who may sign in today, or to the others."""
        here = User.objects.active().values("pk")
        return queryset.filter(pk__in=here) if wanted else queryset.exclude(pk__in=here)

    def closed(self, queryset, _name, wanted):
        """Narrow to the people whose name is closed to unknown devices, or not."""
        lowered = queryset.alias(lowered=Lower("username"))
        of_them = Q(lowered__in=attempts.all_locked())
        return lowered.filter(of_them) if wanted else lowered.exclude(of_them)

    def doing_nothing(self, queryset, _name, chosen):
        """Narrow to the people who have not signed in, or entered anything, lately."""
        since, found = timezone.now() - DAYS, Q()
        if "sign_in" in chosen:
            found |= Q(last_login=None) | Q(last_login__lt=since)
        if "entry" in chosen:
            found |= ~Exists(entries_of(OuterRef("pk")).filter(at__gte=since))
        return queryset.filter(found)

    def holding(self, queryset, _name, roles):
        """Narrow to the people who hold any of some roles."""
        if not roles:
            return queryset
        held = RoleAssignment.objects.filter(role__in=roles)
        return queryset.filter(pk__in=held.values("user"))


class RoleFilter(ModelFilter):
    """Conditions on roles."""

    searched = ("name", "code")

    class Meta:
        model = Role
        fields = ()


class DeputyFilter(ModelFilter):
    """Conditions on deputies."""

    conditions = ("person", "deputy", "starts_on", "ends_on")
    usual = ("person", "deputy")

    class Meta:
        model = Deputy
        fields = ()

    def search(self, queryset, _name, value):
        """Narrow the rows to those of people whom the text finds."""
        people = User.objects.filter(User.matching(value)).order_by()
        return queryset.filter(Q(person__in=people) | Q(deputy__in=people))
