"""The numbers of the registration inbox and of what came back from it."""

from crm.models.record import Registration
from crm.navigation.numbers import MenuNumber
from system.inbox.reports import kinds_for


def _waiting(user):
    return [model.objects.awaiting(user) for model in kinds_for(user)]


def _returned(user):
    """Return the person's reports that came back, of each kind."""
    return [
        model.objects.reported_by(user).filter(registration=Registration.RETURNED)
        for model in kinds_for(user, "view")
    ]


waiting, returned = MenuNumber(_waiting), MenuNumber(_returned)
