"""The pages of departments: a tree."""

from django.db.models import Count, Q
from django.views.generic import ListView

from crm.models import Department
from crm.rights.permissions import permission
from system.pages import ModelCreate, ModelDelete, ModelUpdate, RowsMixin
from system.people import tree
from system.people.forms import DepartmentForm


class DepartmentsMixin(RowsMixin):
    """Offer the departments within reach."""

    model = Department

    def rows(self):
        """Return the departments on which the person may do this."""
        user = self.request.user
        reach = user.rights.reach(permission(self.action, Department))
        return tree.within(user, reach)


class DepartmentList(DepartmentsMixin, ListView):
    """All departments, each above those that belong to it."""

    template_name = "system/department_list.html"

    def rows(self):
        """Read heads and numbers of people along."""
        here = Count("people", filter=Q(people__is_active=True))
        return super().rows().select_related("head").annotate(strength=here)

    def get_context_data(self, **context):
        """Put the departments in the order of the tree."""
        user, branches = self.request.user, tree.branches(self.get_queryset())
        return super().get_context_data(
            branches=branches,
            total=len(branches),
            may_add=user.has_perm("crm.add_department"),
            may_change=user.has_perm("crm.change_department"),
            may_delete=user.has_perm("crm.delete_department"),
            **context,
        )


class DepartmentCreate(DepartmentsMixin, ModelCreate):
    """Add a department."""

    form_class = DepartmentForm
    repeats = ("parent",)


class DepartmentUpdate(DepartmentsMixin, ModelUpdate):
    """Edit a department, or move it with everything below."""

    form_class = DepartmentForm


class DepartmentDelete(DepartmentsMixin, ModelDelete):
    """Delete a department that is empty."""
