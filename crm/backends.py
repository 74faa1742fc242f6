"""How people sign in and how a session finds its person again."""

from django.contrib.auth.backends import ModelBackend

from crm.models import User


class Backend(ModelBackend):
    """Sign in by name and password; rights come from `User.rights`.

    The person, the department and the grants of all roles are read in one query.
    """

    def get_user(self, user_id):
        """Return the active person of this id, or None."""
        person = User.objects.with_grants().filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None
