"""The columns of people, roles and deputies."""

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.display import moment_text, yes_no
from crm.lists.ordering import Sorted
from crm.lists.tables import RecordTable
from crm.models import Deputy, Role, User


class UserTable(RecordTable):
    """Columns of the list of people."""

    default_sort = "name"
    usual = (
        "name",
        "username",
        "department",
        "roles",
        "phone",
        "is_active",
        "last_login",
        "last_entry",
    )

    last_entry = tables.Column(verbose_name=gettext_lazy("last entry"), orderable=False)
    roles = tables.Column(orderable=False)

    class Meta:
        model = User
        fields = (
            "name",
            "username",
            "employee_number",
            "department",
            "superior",
            "roles",
            "phone",
            "email",
            "joined_on",
            "left_on",
            "is_active",
            "last_login",
            "last_entry",
        )

    def render_roles(self, record):
        """Name the roles."""
        return "、".join(role.name for role in record.roles.all())

    def render_is_active(self, record):
        """Say whether the person may sign in: not barred, the last day not over."""
        return yes_no(record.works_here)

    def render_last_login(self, record):
        """Say when the person signed in last."""
        return moment_text(record.last_login)

    def render_last_entry(self, record):
        """Say when the person entered or changed something last."""
        return moment_text(record.last_entry)


class RoleTable(RecordTable):
    """Columns of the list of roles."""

    default_sort = "name"
    numeric = ("holders", "permissions")
    linked = True

    holders = tables.Column(verbose_name=gettext_lazy("Holders"))
    permissions = tables.Column(
        verbose_name=gettext_lazy("Permissions"), orderable=False
    )

    class Meta:
        model = Role
        fields = ("name", "code", "holders", "permissions")

    def leads_to(self, record):
        """Lead to the rights of the role."""
        return reverse("role_update", args=[record.pk]) if self.linked else None

    def render_holders(self, record):
        """Count the people who hold the role."""
        return record.holders

    def render_permissions(self, record):
        """Count the permissions of the role."""
        return len(record.grants)

    def ordering(self, sort):
        """Sort by the number of holders too, which is no column of the table."""
        if sort.removeprefix("-") == "holders":
            return Sorted(sort, "pk")
        return super().ordering(sort)


class DeputyTable(RecordTable):
    """Columns of the list of deputies."""

    default_sort = "-starts_on"
    linked = True

    state = tables.Column(
        verbose_name=gettext_lazy("State"), orderable=False, empty_values=()
    )

    class Meta:
        model = Deputy
        fields = ("person", "deputy", "starts_on", "ends_on", "state")

    def leads_to(self, record):
        """Lead to the form."""
        return reverse("deputy_update", args=[record.pk]) if self.linked else None

    def render_state(self, record):
        """Say whether the deputy acts today."""
        today = timezone.localdate()
        if record.ends_on < today:
            return _("over")
        return _("in force") if record.starts_on <= today else _("planned")
