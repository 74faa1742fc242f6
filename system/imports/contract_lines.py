"""The lines of contracts: rows below each other that tell of one contract.

The first row names the contract, each of them one line. They come in together or not
at all.
"""

from dataclasses import dataclass, field

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from contracts.forms.contracts import LineForm
from contracts.models import ContractLine
from crm.display import number_text
from crm.forms.model_fields import formfield
from system.imports import storing, values

#: What is one of these among the parts of a contract's row.
PREFIX = "line_"
PRODUCT = "line_product"
NUMBERS = ("quantity", "unit_price", "discount")
#: By what two rows are of one contract, the surest first.
NAMES = (("number",), ("external_number",), ("title", "customer"))


@dataclass
class Group:
    """The rows of one contract, by their places in a batch.

    `lines` are {place: values}, `errors` {place: {name: error}} of the lines.
    """

    places: list
    lines: dict = field(default_factory=dict)
    errors: dict = field(default_factory=dict)

    @property
    def total(self):
        """What the lines add up to; None without one, or if one is wrong."""
        if self.errors or not self.lines:
            return None
        return sum(LineForm.amount_of(line) for line in self.lines.values())


class ContractLines:
    """Reads the lines of a file of contracts, and stores them with these."""

    def __init__(self, importer):
        """Take the import of contracts whose rows name products."""
        self.importer = importer
        fields = ContractLine._meta
        self.readers = {
            name: values.reader_of(
                name,
                formfield(fields.get_field(name), required=name == "quantity"),
                fields.get_field(name),
                importer,
            )
            for name in NUMBERS
        }

    @staticmethod
    def belong_together(first, second):
        """Say whether the texts of two rows, one below the other, are of one contract.

        The lower one may leave out all that the upper one said.
        """
        if all(name.startswith(PREFIX) for name in second):
            return True
        for names in NAMES:
            values = [[texts.get(name) for name in names] for texts in (first, second)]
            if all(values[0]):
                return values[0] == values[1]
        return False

    def gather(self, texts, related):
        """Return the `Group`s of a batch; the texts of lines are taken out of `texts`.

        Args:
            texts: {field: [texts]} of each row.
            related: {name: function from text to record}.
        """
        found = []
        for place, row in enumerate(texts):
            named = {n: row.pop(n) for n in list(row) if n.startswith(PREFIX)}
            if found and self.belong_together(texts[found[-1].places[0]], row):
                found[-1].places.append(place)
            else:
                found.append(Group([place]))
            if named:
                self._read(found[-1], place, named, related)
        for group in found:
            head = texts[group.places[0]]
            if group.total is not None and "amount" not in head:
                head["amount"] = [str(group.total)]
        return found

    def _read(self, group, place, named, related):
        line, errors = {"discount": 0}, {}
        for name in (PRODUCT, *(f"{PREFIX}{name}" for name in NUMBERS)):
            if name not in named:
                continue
            try:
                values.refuse_errors(named[name])
                text = str(named[name][0])
                short = name.removeprefix(PREFIX)
                reader = related[name] if name == PRODUCT else self.readers[short]
                line[short] = reader(text)
            except ValidationError as error:
                errors[name] = error
        self._complete(line, errors)
        group.lines[place] = line
        if errors:
            group.errors[place] = errors

    def _complete(self, line, errors):
        """Take the product's price where none is given; name what is missing."""
        product = line.get("product")
        if line.get("unit_price") is None and product is not None:
            line["unit_price"] = product.price
        for name in ("product", "quantity", "unit_price"):
            if line.get(name) is None and f"{PREFIX}{name}" not in errors:
                error = ValidationError(_("This field is required."))
                errors[f"{PREFIX}{name}"] = error

    def store(self, outcomes):
        """Store the lines of some rows whose contracts are stored."""
        lines = [
            ContractLine(contract=(o.head or o).record, **o.line)
            for o in outcomes
            if o.line and o.verdict == "created"
        ]
        if lines:
            storing.store(lines)


def wrong(group, cleaned, numbers):
    """Return {name: error} of what stands against a whole contract.

    Args:
        group: its rows.
        cleaned: its values.
        numbers: the rows' numbers in the file, by place.
    """
    if group.errors:
        place = next(iter(group.errors))
        if place == group.places[0]:
            return group.errors[place]
        return {NON_FIELD_ERRORS: refused_with(numbers[place])}
    total, amount = group.total, cleaned.get("amount")
    if total is not None and amount is not None and amount != total:
        text = _("The sum of the lines is %s.") % number_text(total)
        return {"amount": ValidationError(text)}
    return {}


def follow(outcome, head, errors):
    """Let a row become what became of the first row of its contract.

    Args:
        outcome: of the row.
        head: the outcome of the first one.
        errors: {name: error} of its own line.
    """
    outcome.head, outcome.record = head, head.record
    outcome.verdict, outcome.reason = head.verdict, head.reason
    if head.verdict == "updated":
        outcome.verdict, outcome.reason = "skipped", "known"
    if head.verdict == "refused" and not errors:
        return {NON_FIELD_ERRORS: refused_with(head.number)}
    return errors


def refused_with(number):
    """Return why a row does not come in whose contract does not."""
    text = _("Row %(row)s of this contract is refused.")
    return ValidationError(text, params={"row": number})


def wanted(importer, mapping):
    """Say whether a file of contracts names what was sold."""
    return PRODUCT in importer.parts and PRODUCT in mapping.values()
