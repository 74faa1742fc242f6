"""The conditions on people, roles and deputies."""

import django_filters as filters
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crm.accounts import attempts
from crm.lists.filters import YES_NO, ModelFilter, YesNoFilter
from crm.models import Department, Deputy, Role, User
from crm.models.roles import RoleAssignment


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
        "is_active",
        "last_login",
    )
    usual = ("department", "roles", "is_active")

    department = filters.ModelMultipleChoiceFilter(
        queryset=Department.objects.all(), label=_("department")
    )
    roles = filters.ModelMultipleChoiceFilter(
        queryset=Role.objects.all(), label=_("roles"), method="holding"
    )
    signed_in = YesNoFilter(
        field_name="last_login",
        lookup_expr="isnull",
        exclude=True,
        label=_("has signed in"),
        choices=YES_NO,
        coerce=lambda value: value == "true",
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

    def closed(self, queryset, _name, wanted):
        """Narrow to the people whose name is closed to unknown devices, or not."""
        lowered = queryset.alias(lowered=Lower("username"))
        of_them = Q(lowered__in=attempts.all_locked())
        return lowered.filter(of_them) if wanted else lowered.exclude(of_them)

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
