"""By what a row is known to be a record that is there already."""

from dataclasses import dataclass, field

from django.db.models import Q

from crm.chinese.folding import code, folded


@dataclass(frozen=True)
class Key:
    """Fields that together tell one record from all others.

    Attributes:
        fields: their names; an update by this key does not write them.
        folds: {field: function from its value to what is compared}.
        columns: {field: the column that keeps what is compared}; a field without one is
            compared after its rows were found by the others.
        distinct: whether two records with different ones are surely two.
        weak: whether several records may well agree in it, as in a name.
        only: {field: value} of the rows for which this key counts.
    """

    fields: tuple
    folds: dict = field(default_factory=dict)
    columns: dict = field(default_factory=dict)
    distinct: bool = True
    weak: bool = False
    only: dict = field(default_factory=dict)

    @property
    def name(self):
        """What the key is chosen by."""
        return "+".join(self.fields)

    def value_of(self, values):
        """Return what is compared, None for a row that does not hold all of it.

        Args:
            values: {field: value}, the fields of `only` among them.
        """
        if any(values.get(name) != value for name, value in self.only.items()):
            return None
        parts = tuple(self._part(name, values.get(name)) for name in self.fields)
        return parts if all(parts) else None

    def condition(self, keys):
        """Return the condition that finds the records of some keys, perhaps more."""
        found = Q()
        for place, name in enumerate(self.fields):
            if column := self.columns.get(name):
                kept = {self._kept(name, key[place]) for key in keys}
                found &= Q(**{f"{column}__in": kept})
        return found

    def _kept(self, name, part):
        """Return what the column keeps: of a text of signs only, nothing."""
        return self.folds[name](part) if name in self.folds else part

    def _part(self, name, value):
        if value is None or value == "":
            return ""
        if isinstance(value, int):
            return value
        if hasattr(value, "pk"):
            return value.pk
        return self.folds.get(name, str)(str(value)) or str(value)


def number():
    """Return the key of our own number."""
    # Another installation gives numbers too: one that is not ours says nothing.
    return Key(("number",), {"number": code}, {"number": "number"}, distinct=False)


def external():
    """Return the key of another system's number."""
    columns = {"external_number": "external_key"}
    return Key(("external_number",), {"external_number": code}, columns)


def names(*fields, column=None, within=None):
    """Return the key of a name, alone or within another record."""
    columns = {"name": column} if column else {}
    if within:
        columns[within] = within
    return Key((*fields, "name"), {"name": folded}, columns, weak=True)


def title(name):
    """Return the key of the name of a kind that may call it otherwise."""
    return Key((name,), {name: folded}, weak=True)


def within(owner, name, fold):
    """Return the key of a telephone or an address that is one person's at a firm."""
    return Key((owner, name), {name: fold}, {owner: owner})
