"""The form of an announcement."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.departments import DepartmentsField
from crm.forms.records import ModelForm
from crm.models import Department, Role
from crm.rights.permissions import permission
from crm.rights.roles import Reach
from system.announcements.models import Announcement


class AnnouncementForm(ModelForm):
    """What is told, from when to when, and to whom.

    Whose right ends somewhere tells the departments within it, not the whole house.
    """

    groups = (
        (_("What is told"), ("title", "text", "pinned")),
        (_("When"), ("starts_on", "ends_on")),
        (_("To whom"), ("roles", "departments")),
    )

    roles = forms.ModelMultipleChoiceField(
        Role.objects.all(),
        required=False,
        label=_("for roles"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without any: whatever role somebody has."),
    )
    departments = DepartmentsField(
        Department.objects.none(),
        required=False,
        label=_("for departments"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With all that lie below them. Without any: the whole company."),
    )

    class Meta(ModelForm.Meta):
        model = Announcement
        fields = (
            "title",
            "text",
            "pinned",
            "starts_on",
            "ends_on",
            "roles",
            "departments",
        )

    def __init__(self, *args, **options):
        """Offer the departments within reach, and those that are told already."""
        super().__init__(*args, **options)
        action = "change" if self.instance.pk else "add"
        reach = self.user.rights.reach(permission(action, Announcement))
        offered = Department.objects.order_by("path")
        departments = self.fields["departments"]
        if reach != Reach.ALL:
            offered = offered & self.user.rights.departments
            departments.required = True
            departments.help_text = _("With all that lie below them.")
        departments.queryset = offered

    def save(self, commit=True):
        """Save; a new one is signed by who publishes it."""
        if self.instance._state.adding:
            self.instance.published_by = self.user
        return super().save(commit)
