"""What the program brings along: regions, dictionaries, roles.

Asked after each migration. A new database gets everything, an older one what it has
not been brought before (`crm.Shipment`); what a company has changed, renamed, retired
or taken away since is left alone.
"""

from contextlib import contextmanager

from django.db import connection
from django.db.models import Q

from crm.chinese import regions
from crm.guards import actor
from crm.models import DictionaryItem, Region, Role, Shipment
from crm.shipped.dictionary_items import shipped_items
from crm.shipped.roles import shipped_roles

#: Two programs that start at once on one database ship one after the other.
ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtext('crm_shipment'))"


def fill():
    """Fill the regions if there are none, and bring what is new of the rest."""
    if not Region.objects.exists():
        Region.objects.bulk_create(
            Region(code=code, name=name, parent_id=parent, level=level, full_name=full)
            for code, name, parent, level, full in regions.listed()
        )
    with shipping():
        _ship_items()
        _ship_roles()


@contextmanager
def shipping():
    """Run the block in one transaction; its history says that this was shipped."""
    with actor.acting(None, verb=actor.BY_NEW_VERSION):
        with connection.cursor() as cursor:
            cursor.execute(ONE_BY_ONE)
        yield


def _ship_items():
    """Add the new items of dictionaries; of two with one label, the company's stays."""
    items = shipped_items()
    new = Shipment.objects.take(
        Shipment.Kind.DICTIONARY, {(kind, code): "" for kind, code, *_labels in items}
    )
    DictionaryItem.objects.bulk_create(
        (
            DictionaryItem(
                kind=kind, code=code, label=label, label_en=english, order=order
            )
            for kind, code, label, english, order in items
            if (kind, code) in new
        ),
        ignore_conflicts=True,
    )


def _ship_roles():
    """Make the new roles, and grant the older ones what is new in them."""
    roles = shipped_roles()
    offered = {(code, ""): "" for code in roles} | {
        (code, permission): reach
        for code, role in roles.items()
        for permission, reach in role["grants"].items()
    }
    new = Shipment.objects.take(Shipment.Kind.ROLE, offered)
    for code in dict.fromkeys(code for code, _permission in new):
        role = roles[code]
        if (code, "") in new:
            _make(code, **role)
        else:
            before = {name: was for (place, name), was in new.items() if place == code}
            _grant(code, role["grants"], before)


def _make(code, name, grants, **_more):
    """Make a role unless the company has one of this name already."""
    if not Role.objects.filter(Q(code=code) | Q(name=name)).exists():
        Role.objects.create(code=code, name=name, grants=grants)


def _grant(code, grants, before):
    """Give a role what is new, where the company has not decided otherwise.

    Args:
        code: of the role; one that was deleted stays deleted.
        grants: {permission: reach} as it is shipped now.
        before: {permission: the reach shipped before, or None} of what is new.
    """
    role = Role.objects.select_for_update(no_key=True).filter(code=code).first()
    if role is None:
        return
    for permission, reach in before.items():
        if role.grants.get(permission) == reach:
            role.grants[permission] = grants[permission]
    role.save(update_fields=["grants"])
