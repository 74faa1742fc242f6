"""The yardstick of comfort: the list of customers in the Django admin.

The same columns and rows, the same text looked for, filters of the same kind.
"""

from django.contrib.admin import AdminSite, ModelAdmin, register

from customers.models import Customer


class Site(AdminSite):
    """An admin for whoever is signed in; rights come from the roles."""

    def has_permission(self, request):
        """Let everybody in: what they see is asked for each model."""
        return request.user.is_active


site = Site()


@register(Customer, site=site)
class CustomerAdmin(ModelAdmin):
    """The list of customers as the admin draws it."""

    list_display = (
        "name",
        "number",
        "kind",
        "industry",
        "region",
        "phone",
        "level",
        "status",
        "owner",
        "last_contact_at",
        "next_contact_at",
    )
    list_filter = ("status", "level", "kind", "owner")
    list_select_related = ("industry", "region", "level", "owner")
    list_per_page = 25
    search_fields = ("name",)
    ordering = ("-created_at", "-pk")
