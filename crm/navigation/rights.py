"""The rights that open pages of the menu, those to kinds to come among them."""

from crm.kinds import business, charted, kinds, permissions_to
from crm.rights.permissions import permission


def registering():
    """Return every permission that opens the registration inbox."""
    return permissions_to("register")


def reading():
    """Return every permission to see records of some kind."""
    return permissions_to("view")


def restoring():
    """Return every permission that opens the recycle bin."""
    return permissions_to("delete", "register")


def approving():
    """Return every permission to decide on records of some kind."""
    deciding = (m for m in business() if "approve" in m.actions)
    return tuple(permission("approve", model) for model in deciding)


def ruling():
    """Return every permission to see rules of approval of some kind."""
    rules = (m for m in kinds() if getattr(m, "is_approval_rule", False))
    return tuple(permission("view", model) for model in rules)


def counting():
    """Return every permission to see rows of a kind that has charts."""
    return tuple(permission("view", model) for model in charted())


def merging():
    """Return every permission to delete rows of a kind whose rows can be merged."""
    return tuple(permission("delete", m) for m in business() if m.traits)
