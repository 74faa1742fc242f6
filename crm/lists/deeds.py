"""What a person may do to many rows of a list at once: the buttons of its bulk bar."""

from functools import cache

from django.utils.translation import gettext as _

from crm.models.groups import asked, typed_alone
from crm.rights.permissions import permission
from crm.rights.roles import Reach


def deeds_of(user, model):
    """Return [(act, label)] of what the person holds some right for.

    A record changes hands only by whom the right to change reaches further than to
    themselves: nobody else has anybody to choose.
    """
    reach = user.rights.reach(permission("change", model))
    found = []
    if reach not in (None, Reach.OWN) and has_owner(model):
        found.append(("transfer", _("Transfer")))
    if reach is not None:
        found.append(("edit", _("Edit a field")))
    if user.rights.reach(permission("export", model)) is not None:
        found.append(("export", _("Export the selection")))
        found += [("papers", _("Sheets (PDF)"))] if model.papers else []
    if reach is not None and has_team(model):
        found.append(("team", _("Add to the team")))
    return found


def typed_in(user, table):
    """Return the columns drawn whose fields the person may change in the list."""
    model = table._meta.model
    if user.rights.reach(permission("change", model)) is None:
        return []
    alone = {*typed_alone(model)} - model().left_to_others(user)
    return [column.name for column in table.shown if column.name in alone]


@cache
def has_owner(model):
    """Say whether people choose whose the records of a kind are."""
    return "owner" in asked(model)


def has_team(model):
    """Say whether records of a kind have a team of their own."""
    return model.team_path == "pk"
