"""What people are told of: an app declares it, with the words and the list behind.

An app has its occasions as `OCCASIONS` in its room `occasions`; whoever does something
names one by its verb (`crm.notices.sending.notify`), and the clock asks those that are
`Clocked` (提醒).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps


@dataclass(frozen=True)
class Occasion:
    """A kind of notice.

    Attributes:
        verb: what notices and wishes are stored by, 20 letters at most.
        label: what was done, in a word.
        wish: what one wishes to be told, as the settings name it.
        tone: how it is coloured.
        conditions: of the list of the records that many such notices are about; the
            value `me` is the reader, `kind` the label of their kind; `today`,
            `yesterday`, `last_monday` and `last_sunday` are days.
        list_name: the name of that list, if it is not the list of their kind.
        page: the name of a record's page, if it is not the one of its kind.
        waits: whether it asks for what somebody may do meanwhile: a record for which
            that holds no more is named no longer (`crm.notices.sending.settle`).
        names_gone: whether rows are named that the reader does not see any more: they
            were theirs, and what took them away is what the notice tells.
    """

    verb: str
    label: Any
    wish: Any
    tone: str = "neutral"
    conditions: tuple[tuple[str, str], ...] = ()
    list_name: str = ""
    page: str = ""
    waits: bool = False
    names_gone: bool = False


@dataclass(frozen=True)
class Clocked(Occasion):
    """What the clock tells people of: 提醒, once for each of some days.

    Attributes:
        setting: what the page calls it where a company says on which days.
        days: that ship: before what is coming, or after what is late.
        due: (person, whose, days, today) to lists of rows of one kind each, `marked`
            (`crm.notices.reminding`). `person` is whom to tell, with the rights of
            now; `whose` are the ids of the people whose records are meant, theirs and
            of those whom they stand in for; `days` stand in falling order.
    """

    setting: Any = field(kw_only=True)
    days: tuple[int, ...] = field(kw_only=True)
    due: Callable = field(kw_only=True)


@cache
def occasions():
    """Return {verb: occasion} of every app, in the order of the settings."""
    rooms = [f"{config.name}.occasions" for config in apps.get_app_configs()]
    modules = [import_module(room) for room in rooms if find_spec(room)]
    return {one.verb: one for module in modules for one in module.OCCASIONS}


def clocked():
    """Return {verb: occasion} of those of the clock."""
    return {v: one for v, one in occasions().items() if isinstance(one, Clocked)}


def clocked_choices():
    """Return [(verb, what its days are called)] of those of the clock."""
    return [(verb, one.setting) for verb, one in clocked().items()]
