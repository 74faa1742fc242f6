"""The pages of recycling rules."""

from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView

from crm.forms.records import ModelForm
from crm.rights.permissions import permission
from customers.models import RecycleRule
from system.pages import ModelCreate, ModelDelete, ModelUpdate, RowsMixin


class RuleForm(ModelForm):
    """A rule."""

    groups = (
        (_("Basics"), ("pool", "level", "reason", "days", "grace_days", "active")),
    )

    class Meta(ModelForm.Meta):
        model = RecycleRule
        fields = ("pool", "level", "reason", "days", "grace_days", "active")

    def __init__(self, *args, **options):
        """Offer the pools, and say what no level means."""
        super().__init__(*args, **options)
        self.fields["level"].empty_label = _("all levels")
        self.fields["pool"].show(self["pool"].value())


class RulesMixin(RowsMixin):
    """Offer the rules."""

    model = RecycleRule


class RuleList(RulesMixin, ListView):
    """All rules, by pool."""

    template_name = "system/pools/rules.html"

    def rows(self):
        """Read along what they are called by."""
        return super().rows().select_related("pool", "level")

    def get_context_data(self, **context):
        """Say what the person may do."""
        may = {
            f"may_{action}": self.request.user.has_perm(permission(action, RecycleRule))
            for action in ("add", "change", "delete")
        }
        return super().get_context_data(
            title=RecycleRule._meta.verbose_name_plural,
            total=len(self.object_list),
            **may,
            **context,
        )


class RuleCreate(RulesMixin, ModelCreate):
    """Add a rule."""

    form_class = RuleForm
    repeats = ("pool", "reason")


class RuleUpdate(RulesMixin, ModelUpdate):
    """Change a rule, or switch it on or off."""

    form_class = RuleForm


class RuleDelete(RulesMixin, ModelDelete):
    """Delete a rule; what it recycled says so for itself."""
