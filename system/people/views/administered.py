"""The people on whom somebody may work."""

from crm.models import User
from system.pages import RowsMixin
from system.people import administration


class PeopleMixin(RowsMixin):
    """Offer the people on whom this person may work."""

    model = User
    context_object_name = "person"  # `user` is whoever is signed in

    def rows(self):
        """Return the people within reach."""
        return administration.administered(self.request.user, self.action)
