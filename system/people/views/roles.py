"""The pages of roles: who may do what, over whose rows."""

from django.db.models import Count
from django.urls import reverse

from crm.models import Role, User
from crm.models.roles import RoleAssignment
from crm.views.fresh import FreshPassword
from system.pages import AdministeredList, ModelCreate, ModelDelete, ModelUpdate
from system.people.filters import RoleFilter
from system.people.matrix import RoleForm
from system.people.tables import RoleTable
from system.references import used_by


class RoleList(AdministeredList):
    """The roles, with how many people hold each."""

    model = Role
    queryset = Role.objects.annotate(holders=Count("assignments"))
    table_class = RoleTable
    filterset_class = RoleFilter


class RoleCreate(FreshPassword, ModelCreate):
    """Add a role."""

    model = Role
    form_class = RoleForm
    template_name = "system/role_form.html"


class RoleUpdate(FreshPassword, ModelUpdate):
    """Edit what a role allows; it counts with everybody's next request."""

    model = Role
    form_class = RoleForm
    template_name = "system/role_form.html"

    def get_context_data(self, **context):
        """Offer to delete a role here: its list has no page of its own for each."""
        may_delete = self.request.user.has_perm("crm.delete_role")
        url = reverse("role_delete", args=[self.object.pk]) if may_delete else None
        return super().get_context_data(delete_url=url, **context)


class RoleDelete(FreshPassword, ModelDelete):
    """Delete a role that nobody holds and no rule asks for."""

    model = Role

    def used_by(self):
        """Name the people who hold it, and whatever else refers to it."""
        role, found = self.object, []
        held = role.assignments.count()
        if held:
            found.append(
                {
                    "label": User._meta.verbose_name_plural,
                    "count": held,
                    "url": f"{reverse('user_list')}?roles={role.pk}",
                }
            )
        return found + used_by(role, self.request.user, besides=(RoleAssignment,))
