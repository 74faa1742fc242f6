"""What a contract says, as JSON values: what is approved, and how two differ."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext as _

from contracts.models import Contract, ContractLine
from crm.display import label_of, number_text, short_number_text
from crm.models.groups import asked

#: What is approved, in the order in which a difference is told; who brought the
#: contract is no part of it.
FIELDS = [
    Contract._meta.get_field(name) for name in asked(Contract) if name != "reporter"
]
PLAIN = [field.name for field in FIELDS if not field.is_relation]
NUMBERS = [field.name for field in FIELDS if isinstance(field, models.DecimalField)]
NAMED = [field.name for field in FIELDS if field.is_relation]
LINE_NUMBERS = ("quantity", "unit_price", "discount", "amount")
CREDIT = ("credit_grade", "credit_limit")


def content_of(contract, lines=None, files=None):
    """Return what a contract or a change says as JSON values; numbers as texts.

    Args:
        contract: the contract or the change.
        lines: its lines with their products, if they are read already.
        files: its files, if they are read already.
    """
    if lines is None:
        lines = contract.lines.select_related("product")
    if files is None:
        files = contract.attachments.all()
    content = {name: _plain(getattr(contract, name)) for name in PLAIN}
    content |= {name: _named(getattr(contract, name)) for name in NAMED}
    if contract.owner is None:  # a change that leaves the contract whose it is
        content["owner"] = _named(contract.contract.owner)
    content["customer"] |= {
        name: _plain(getattr(contract.customer, name)) for name in CREDIT
    }
    content |= {
        "number": contract.number,
        "edition": contract.edition,
        "lines": [_line(line) for line in lines],
        "attachments": [
            {"name": file.name, "sha256": file.sha256, "size": file.size}
            for file in files
        ],
    }
    return content


def content_lines(content):
    """Return the lines of a content, their numbers as decimal numbers."""
    return [
        {**line, **{name: Decimal(line[name]) for name in LINE_NUMBERS}}
        for line in content["lines"]
    ]


def differences(before, after):
    """Return [{name, label, old, new}] of what two contents say differently."""
    found = [
        {"name": name, "label": label_of(Contract, name), "old": old, "new": new}
        for name in (*PLAIN, *NAMED)
        if (old := _value_text(name, before)) != (new := _value_text(name, after))
    ]
    lines = ContractLine._meta.verbose_name_plural
    found += exchanged("lines", lines, before, after, tell_line)
    return found + exchanged("attachments", _("attachments"), before, after, _tell_file)


def _plain(value):
    return "" if value is None else str(value)


def _named(record):
    return (
        {"id": record.pk, "name": str(record)} if record else {"id": None, "name": ""}
    )


def _line(line):
    product = {**_named(line.product), "code": line.product.code}
    return {
        "product": product,
        **{name: str(getattr(line, name)) for name in LINE_NUMBERS},
    }


def _value_text(name, content):
    value = content.get(name, "")  # a snapshot knows the fields of its time
    if name in NUMBERS and value:
        return number_text(Decimal(value))
    return value["name"] if isinstance(value, dict) else value


def exchanged(name, label, before, after, tell):
    """Return [{name, label, old, new}] of the parts in which two contents differ.

    Args:
        name: of the list of parts in the contents.
        label: what it is called.
        before, after: the contents.
        tell: says a part in words.
    """
    gone, come = list(before[name]), []
    for one in after[name]:
        if one in gone:
            gone.remove(one)
        else:
            come.append(one)
    if not (gone or come):
        return []
    words = {"old": "\n".join(map(tell, gone)), "new": "\n".join(map(tell, come))}
    return [{"name": name, "label": label, **words}]


def tell_line(line):
    """Say a line of a content in words."""
    quantity, discount = (
        short_number_text(Decimal(line[name])) for name in ("quantity", "discount")
    )
    price, amount = (
        number_text(Decimal(line[name])) for name in ("unit_price", "amount")
    )
    less = "" if discount == "0" else f" −{discount} %"
    return f"{line['product']['name']}: {quantity} × {price}{less} = {amount}"


def _tell_file(file):
    return f"{file['name']} ({number_text(file['size'])} B, {file['sha256'][:12]}…)"
