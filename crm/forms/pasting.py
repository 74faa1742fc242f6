"""A form that is filled from a pasted text: what is typed already stays as it is."""

from dataclasses import dataclass, field

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.chinese import regions
from crm.chinese.pasting import read
from crm.text import about, clean, single_line

#: What the facts are called that a form has no field for.
FACTS = {
    "company": gettext_lazy("name of the company"),
    "person": gettext_lazy("contact"),
    "title": gettext_lazy("job title"),
    "department": gettext_lazy("department"),
    "mobile": gettext_lazy("mobile"),
    "phone": gettext_lazy("phone"),
    "email": gettext_lazy("e-mail"),
    "address": gettext_lazy("address"),
    "website": gettext_lazy("website"),
    "wechat": gettext_lazy("WeChat"),
    "credit_code": gettext_lazy("unified social credit code"),
    "legal_representative": gettext_lazy("legal representative"),
}
BETWEEN = "、"
REMARKS = "remarks"


@dataclass
class Filled:
    """What became of a pasted text.

    Attributes:
        data: what the form is to show, as it would have been sent.
        names: the labels of the fields that were filled in.
        kept: (label, what the text says) of fields that had another value already.
        noted: the lines that were added to the remarks.
        rest: what was not understood; it stays in the box.
    """

    data: dict
    names: list[str] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    rest: str = ""

    @property
    def is_nothing(self):
        """Whether nothing was understood at all."""
        return not (self.names or self.kept or self.noted)


def fill_in(fields, takes, data, text, companies):
    """Return `Filled` for a form and a text.

    Args:
        fields: the fields of the form.
        takes: {name of a field: the facts it takes}.
        data: what was sent with the form, a QueryDict that may be written to.
        text: what was pasted.
        companies: {name of a field: function from a company to the key of its row}.
    """
    pasted, filled = read(clean(text)), Filled(data)
    left = {fact: list(values) for fact, values in pasted.facts.items()}
    for name, facts in takes.items():
        _into_field(filled, fields[name], name, facts, left)
    if "region" in fields and not data.get("region"):
        address = next(iter(pasted.facts.get("address", ())), "")
        if code := regions.find(address):
            _put(filled, fields["region"], "region", code)
    for name, find in companies.items():
        _choose(filled, fields[name], name, find, left)
    unplaced = [(capfirst(str(FACTS[f])), v) for f, vs in left.items() for v in vs]
    _note(filled, fields[REMARKS].max_length, unplaced + pasted.unplaced)
    filled.rest = "\n".join(pasted.rest)
    return filled


def _into_field(filled, asked, name, facts, left):
    """Put the first of some facts into a field; as many of its values as it takes."""
    fact = next((fact for fact in facts if left.get(fact)), None)
    taken, number = _fitting(left.get(fact, ()), asked.max_length)
    if not number:
        return
    left[fact] = left[fact][number:]
    now = single_line(filled.data.get(name, ""))
    if not now:
        _put(filled, asked, name, taken)
    elif now != taken:
        filled.kept.append((capfirst(str(asked.label)), taken))


def _fitting(values, most):
    """Return the first values that fit into a field together, and how many they are."""
    taken, number = "", 0
    for value in map(single_line, values):
        longer = f"{taken}{BETWEEN}{value}" if number else value
        if most is not None and len(longer) > most:
            break
        taken, number = longer, number + 1
    return taken, number


def _put(filled, asked, name, value):
    filled.data[name] = value
    filled.names.append(capfirst(str(asked.label)))


def _choose(filled, asked, name, find, left):
    """Choose the row of the company that the text names, if nothing is chosen yet."""
    values = left.get("company")
    if not values or filled.data.get(name):
        return
    pk = find(values[0])
    if pk is not None:
        _put(filled, asked, name, str(pk))
        left["company"] = values[1:]


def _note(filled, most, facts):
    """Add what has no field to the remarks, as far as there is room."""
    before = filled.data.get(REMARKS, "")
    lines = [about(word, value) for word, value in facts]
    fresh = [line for line in lines if line not in before.splitlines()]
    text = "\n".join(filter(None, (before.rstrip(), *fresh)))
    if fresh and len(text) <= most:
        filled.data[REMARKS], filled.noted = text, fresh
    else:
        filled.kept += [(_("No room in the remarks"), line) for line in fresh]
