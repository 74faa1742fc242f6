"""An entry of the menu, and a part of it with its entries."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse


@dataclass(frozen=True)
class Item:
    """A page in the menu, offered to whoever holds one of the permissions.

    They may be a function, where those of kinds to come are meant, too.

    Attributes:
        of_others: offered only where one of them reaches beyond what is one's own.
        number: where the `MenuNumber` of what waits there stands, if it has one.
        passing: offered only while there is something to count.
        conditions: of the list, if it is one with conditions; the value `me` is the
            person.
        along: addresses by name of further pages at which it is lit, too.
    """

    label: str
    url_name: str
    permissions: tuple[str, ...] | Callable[[], tuple[str, ...]] = ()
    of_others: bool = False
    number: str = ""
    passing: bool = False
    conditions: tuple[tuple[str, str], ...] = ()
    along: tuple[str, ...] = ()

    @cached_property
    def opened_by(self):
        """The permissions of which one opens the page."""
        return self.permissions() if callable(self.permissions) else self.permissions

    @cached_property
    def url(self):
        """The address of the page."""
        return reverse(self.url_name)

    @cached_property
    def urls(self):
        """The address of the page, and those of the pages along with it."""
        return (self.url, *map(reverse, self.along))


@dataclass(frozen=True)
class Group:
    """A part of the system with its pages."""

    label: str
    icon: str
    items: tuple[Item, ...]
