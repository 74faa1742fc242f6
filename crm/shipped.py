"""What a new database starts with: regions, dictionaries, the five roles.

Loaded after migrating wherever a table is still empty; what a company has made of
them afterwards is left alone.
"""

from crm import regions
from crm.dictionary_items import ITEMS
from crm.models import DictionaryItem, Region, Role
from crm.roles import SHIPPED


def fill():
    """Fill the tables that are empty."""
    if not Region.objects.exists():
        Region.objects.bulk_create(
            Region(code=code, name=name, parent_id=parent, level=level, full_name=full)
            for code, name, parent, level, full in regions.rows()
        )
    if not DictionaryItem.objects.exists():
        DictionaryItem.objects.bulk_create(
            DictionaryItem(
                kind=kind, code=code, label=label, label_en=english, order=order
            )
            for kind, code, label, english, order in ITEMS
        )
    if not Role.objects.exists():
        Role.objects.bulk_create(
            Role(code=code, name=role["name"], grants=role["grants"])
            for code, role in SHIPPED.items()
        )
