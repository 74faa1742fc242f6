"""From the text of a cell to the value of a field."""

import re
import unicodedata
from collections import defaultdict

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from crm import dictionaries, regions
from crm.models import DictionaryField, Region
from crm.text import single_line

#: What people write into a cell that has nothing to say.
NOTHING = frozenset(
    r"n/a #n/a 无 暂无 - -- — —— / \ \n null (null) none nil".split()  # noqa: SIM905 - so many signs read better without quotes
)
YES = frozenset(("是", "有", "对", "√", "有效", "true", "yes", "y", "1"))
NO = frozenset(("否", "无效", "错", "×", "x", "false", "no", "n", "0"))
LANGUAGES = ("zh-hans", "en")
#: 915309023231065470000000 as Excel hands it over, and 9.15309E+17 as it writes it.
_SHORTENED = re.compile(r"\d(\.\d+)?[eE]\+\d{2}")
_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]+(\S.*))?"
)
_COMPACT_DAY = re.compile(r"((?:19|20)\d\d)([01]\d)([0-3]\d)")
_NUMBER_SIGNS = re.compile(r"[\s,，¥￥]|元$")
_SECTION = re.compile(r"([A-Z])[\s.、-]")


def is_nothing(text):
    """Say whether a cleaned cell counts as empty."""
    return not text or text.casefold() in NOTHING


def folded(text):
    """Return a name as it is compared: one width, no blanks, no capitals."""
    return "".join(unicodedata.normalize("NFKC", str(text)).casefold().split())


def variants(text):
    """Return the ways to write a name that people take for the same: （） and ()."""
    return {
        text,
        text.replace("(", "（").replace(")", "）"),
        text.replace("（", "(").replace("）", ")"),
    }


def in_both_languages(label):
    """Return the texts of a lazily translated label."""
    found = []
    for language in LANGUAGES:
        with translation.override(language):
            found.append(str(label))
    return found


def reader_of(name, form_field, model_field, importer):
    """Return the function from a cell's text to the cleaned value of a field."""
    if name in ("owner", "reporter"):
        return people(form_field, importer.user)
    if isinstance(model_field, DictionaryField):
        return options(model_field.kind, importer)
    if isinstance(form_field, forms.TypedChoiceField):
        return choices(model_field, importer.words.get(name, {}))
    if isinstance(form_field, forms.BooleanField):
        return yes_no
    if name == "website":
        return lambda text: form_field.clean(web_address(text))
    tidy = _tidier(form_field)
    return lambda text: form_field.clean(tidy(text))


def _tidier(form_field):
    """Return what makes of a cell the text that a person would type."""
    for kind, tidy in TIDIED:
        if isinstance(form_field, kind):
            return tidy
    several_lines = isinstance(getattr(form_field, "widget", None), forms.Textarea)
    return whole if several_lines else one_line


def one_line(text):
    """Return a text for a field of one line."""
    return single_line(whole(text))


def refuse_errors(parts):
    """Refuse the cells for which the file itself has no value.

    Raises:
        ValidationError: one of them is an error of the sheet or an unreadable sign.
    """
    for part in parts:
        if isinstance(part, dict):
            raise ValidationError(
                _("A sign here cannot be read (%(value)s): the encoding is wrong.")
                if part["error"].startswith("U+")
                else _("Excel shows an error here: %(value)s"),
                code="cell_error",
                params={"value": part["error"]},
            )


def whole(text):
    """Return a text that no spreadsheet program has shortened.

    Raises:
        ValidationError: digits are lost.
    """
    if not isinstance(text, str) or _SHORTENED.fullmatch(text):
        raise ValidationError(
            _(
                "Excel has rounded this number, its last digits are lost. Format the "
                "column as text and type it anew."
            ),
            code="rounded",
        )
    return text


def web_address(text):
    """Return www.example.com with the http:// that people leave out."""
    return text if "://" in text else f"http://{text}"


def number(text):
    """Return a number without thousands separators and currency."""
    return _NUMBER_SIGNS.sub("", str(text))


def day(text):
    """Return a day, perhaps with a time, as 2026-11-22 09:30."""
    text = str(text)
    if match := _COMPACT_DAY.fullmatch(text):
        return "-".join(match.groups())
    if match := _DAY.fullmatch(text):
        year, month, date, time = match.groups()
        return f"{year}-{int(month):02}-{int(date):02}" + (f" {time}" if time else "")
    return text


def only_day(text):
    """Return a day; the time that a sheet adds to it is dropped."""
    return day(text).split(" ")[0]


def listed(text):
    """Return several words as the form takes them, whatever sign parts them."""
    return ",".join(filter(None, map(str.strip, re.split("[、,，;；]", whole(text)))))


TIDIED = (
    (forms.DateTimeField, day),
    (forms.DateField, only_day),
    (forms.DecimalField | forms.IntegerField, number),
    (SimpleArrayField, listed),
)


def yes_no(text):
    """Return what a person says with 是 or 否."""
    word = folded(text)
    if word in YES or word in NO:
        return word in YES
    raise ValidationError(_("Write yes or no."))


def choices(field, words):
    """Return the reader of a field with fixed choices, in either language."""
    known = {folded(word): value for word, value in words.items()}
    for value, label in field.flatchoices:
        known |= {folded(text): value for text in in_both_languages(label)}
        known[folded(value)] = value
    return _looked_up(known)


def options(kind, importer):
    """Return the reader of a dictionary field: label, English label or code."""
    known, items = {}, dictionaries.of(kind)
    for item in reversed(items):
        names = (item.label_en, item.code, item.label.split(" ")[0], item.label)
        known |= {folded(name): item for name in names if name}
    look_up = _looked_up(known)

    def read(text):
        """Return the item; None where an unknown one is to be left out."""
        section = _SECTION.match(str(text))
        try:
            return look_up(_without_remark(str(text)))
        except ValidationError:
            if section and section[1].casefold() in known:
                return known[section[1].casefold()]
            if importer.unknown == "empty":
                return None
            raise

    return read


def _without_remark(text):
    """Return A of A（重点客户）, but the whole of a text that is only brackets."""
    return re.sub(r"[(（].*[)）]$", "", text) or text


def _looked_up(known):
    def read(text):
        """Return what the text names."""
        try:
            return known[folded(text)]
        except KeyError:
            raise ValidationError(
                _("“%(value)s” is not one of the options."),
                params={"value": str(text)[:50]},
            ) from None

    return read


def people(form_field, user):
    """Return the reader of a person, by username, number or name.

    Who may not be named and who does not exist are answered alike.
    """
    allowed = [user]
    if form_field is not None:
        allowed = list(form_field.queryset.order_by())
    found = defaultdict(set)
    for person in allowed:
        for name in (person.username, person.employee_number, person.name):
            if name:
                found[folded(name)].add(person)

    def read(text):
        """Return the one person of this name."""
        same = found.get(folded(text), ())
        if len(same) != 1:
            raise ValidationError(
                _("Several people are called “%(value)s”: write the username.")
                if same
                else _("There is no “%(value)s” whom you may name here."),
                params={"value": str(text)[:50]},
            )
        return next(iter(same))

    return read


class Regions:
    """Finds the region that province, city and address name together."""

    def __init__(self):
        """Read the codes and full names there are."""
        self.by_code = {region.pk: region for region in Region.objects.all()}
        self.by_name = {folded(r.full_name): r for r in self.by_code.values()}

    def find(self, named, address):
        """Return the region.

        Args:
            named: the texts of the columns that name a region.
            address: may name a smaller one within it.

        Raises:
            ValidationError: the columns name none.
        """
        outer = self._named(named) if named else None
        inner = self.by_code.get(regions.find(address))
        if inner is not None and _within(inner, outer):
            return inner
        if outer is not None and inner is None and address:
            # 朝阳区 alone is in several places, 北京 朝阳区 is not.
            inner = self.by_code.get(regions.find(f"{outer.full_name} {address}"))
            return inner if inner is not None and _within(inner, outer) else outer
        return outer

    def _named(self, named):
        """Return the smallest region that the columns name, in either order."""
        together = folded("".join(named))
        if together in self.by_name:
            return self.by_name[together]
        best = None
        for way in (named, list(reversed(named))):
            found = self.by_code.get(regions.find(" ".join(way)))
            if found is not None and (best is None or found.level > best.level):
                best = found
        if best is None:
            raise ValidationError(
                _("There is no such region: %(value)s"),
                params={"value": " ".join(named)[:50]},
            )
        return best


def _within(inner, outer):
    """Say whether a region is another one or lies in it; all lie in none."""
    return outer is None or inner.code.startswith(outer.prefix)
