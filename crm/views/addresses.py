"""Where a list leads to: itself with other conditions, and what one may do with it."""

from django.utils.functional import cached_property

from crm.rights.permissions import permission


class AddressesMixin:
    """The addresses of a list."""

    def address_without(self, *keys):
        """Return the page's address without some keys, ready for `keys[0]`'s value."""
        kept = self.request.GET.copy()
        for key in keys:
            kept.pop(key, None)
        return f"{self.request.path}?{kept.urlencode()}{'&' * bool(kept)}{keys[0]}="

    @property
    def query_items(self):
        """All that the address says, as (key, value)."""
        given = self.request.GET.lists()
        return [(key, value) for key, values in given for value in values]

    @cached_property
    def addresses(self):
        """Return the addresses of what the person may do with this list."""
        user, base = self.request.user, self.url
        found = {}
        for action, address in (
            ("add", f"{base}add/"),
            ("import", f"{base}import/"),
            ("export", f"{base}export/"),
        ):
            allowed = user.has_perm(permission(action, self.model))
            found[f"{action}_url"] = address if allowed else None
        return {**found, "paper_url": found["export_url"]}
