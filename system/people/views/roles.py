"""The pages of roles: who may do what, over whose rows."""

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from crm.models import Role, User
from crm.models.roles import RoleAssignment
from crm.views import PageMixin
from crm.views.fresh import FreshPassword
from system.pages import AdministeredList, ModelCreate, ModelDelete, ModelUpdate
from system.people.filters import RoleFilter
from system.people.matrix import RoleForm, compared
from system.people.tables import RoleTable
from system.references import used_by

#: Roles that fit side by side on a desk's screen.
MOST_COMPARED = 6


class RoleList(AdministeredList):
    """The roles, with how many people hold each."""

    model = Role
    queryset = Role.objects.annotate(holders=Count("assignments"))
    table_class = RoleTable
    filterset_class = RoleFilter
    template_name = "system/role_list.html"


class RoleCreate(FreshPassword, ModelCreate):
    """Add a role, `?copy=7` with the rights of another one."""

    model = Role
    form_class = RoleForm
    template_name = "system/role_form.html"

    def get_form_kwargs(self):
        """Begin with the rights of the role that is copied."""
        source = self._source()
        if source is None:
            return super().get_form_kwargs()
        made = Role(
            name=_("%s (copy)") % source.name,
            grants=source.grants,
            requires_second_factor=source.requires_second_factor,
        )
        return {**super().get_form_kwargs(), "instance": made}

    def _source(self):
        """Return the role that the address names, or None."""
        named = self.request.GET.get("copy", "")
        if self.request.method == "POST" or not named:
            return None
        right = named.isascii() and named.isdigit() and len(named) < 10
        return Role.objects.filter(pk=named).first() if right else None


class RoleComparison(PageMixin, TemplateView):
    """What some roles allow, side by side; `?role=1&role=2`."""

    model = Role
    action = "view"
    template_name = "system/role_comparison.html"

    def get_context_data(self, **context):
        """Add the roles, and the rights in which they differ, or all."""
        roles = list(Role.objects.order_by("name", "pk"))
        asked = set(self.request.GET.getlist("role"))
        chosen = [role for role in roles if str(role.pk) in asked][:MOST_COMPARED]
        shows_all = "all" in self.request.GET
        return super().get_context_data(
            roles=roles,
            chosen=chosen,
            shows_all=shows_all,
            most=MOST_COMPARED,
            lines=compared(chosen, shows_all=shows_all),
            **context,
        )


class RoleUpdate(FreshPassword, ModelUpdate):
    """Edit what a role allows; it counts with everybody's next request."""

    model = Role
    form_class = RoleForm
    template_name = "system/role_form.html"

    def get_context_data(self, **context):
        """Offer to delete and copy a role: its list has no page of its own for each."""
        user, pk = self.request.user, self.object.pk
        may_delete, may_add = map(user.has_perm, ("crm.delete_role", "crm.add_role"))
        return super().get_context_data(
            delete_url=reverse("role_delete", args=[pk]) if may_delete else None,
            copy_url=f"{reverse('role_create')}?copy={pk}" if may_add else None,
            **context,
        )


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
