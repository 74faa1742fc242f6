"""By what rows were found: marked where it is shown, said beside it where it is not.

What may be said is what the search itself looked into: columns of the row, of rows
that it is filed under and of their contacts, those that the reader sees.
"""

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import reduce
from html import escape, unescape
from operator import itemgetter, or_

from django.db.models import QuerySet, Value
from django.db.models.functions import JSONObject
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from crm.chinese.folding import Keyword
from crm.chinese.folding.marking import pieces
from crm.display import text as text_of
from crm.queries.ids import any_of
from crm.queries.search import holds
from crm.queries.unions import together
from crm.text import about

_TAGS = re.compile(r"(<[^>]*>)")
#: Signs that are shown of a long text, and how many before what was found in it.
LONGEST, AROUND = 36, 10
#: Reasons that are given of one row, and rows that are read for a page to find them.
MOST_REASONS, MOST_READ = 2, 500
REASON = '<span class="found-by">{}</span>'


@dataclass
class Row:
    """A row of a page: the texts shown of it as HTML, and the reasons why
    it was found that do not show in these.

    `writings` are those of the keyword that stand in these texts.
    """

    record: object
    values: list
    writings: set = field(default_factory=set)
    reasons: list = field(default_factory=list)

    @property
    def reasons_html(self):
        """The reasons as they stand beside the row."""
        return SafeString("".join(format_html(REASON, one) for one in self.reasons))


@dataclass
class Source:
    """Where else a keyword may stand: the texts of some `rows`, looked into by `tell`.

    `by_key` are the `Row`s to tell of each value of the column `key`.
    """

    rows: QuerySet
    by_key: dict
    tell: object
    key: str = "pk"

    def query(self, place):
        """Return rows (place, key, {column: its text})."""
        model = self.rows.model
        texts = JSONObject(**{name: name for name in (*model.worded, *model.lettered)})
        rows = self.rows.filter(any_of(self.key.removesuffix("_id"), self.by_key))
        return rows.order_by().values_list(Value(place), self.key, texts)[:MOST_READ]


class Hits:
    """What somebody looks for in a list or in everything.

    Args:
        text: the keyword.
        user: who looks; nothing is told of rows hidden from them.
        columns: {column: what a condition of its own asks for}.
    """

    def __init__(self, text, user, columns=()):
        self.keyword, self.user = Keyword(text), user
        self.columns = {name: Keyword(asked) for name, asked in dict(columns).items()}

    def __bool__(self):
        """Say whether there is anything to mark."""
        return bool(self.keyword or self.columns)

    def shown(self, rows):
        """Return `Row`s with their texts marked, each of what it was found by.

        Args:
            rows: (record, names, texts): the names are columns, or paths to columns of
                what the record is filed under; the first text names the record.
        """
        shown = []
        for record, names, texts in rows:
            row = Row(record, list(texts))
            for place, name in enumerate(names):
                if row.values[place]:
                    self._mark(row, place, name.partition("__")[0])
            shown.append(row)
        return self._explained(shown)

    def _mark(self, row, place, name):
        """Mark one text of a row; tags, and what stands in them, stay as they are."""
        model = type(row.record)
        looked_into = (*model.worded, *model.lettered, *model.found_through)
        asked = [self.keyword] if place == 0 or name in looked_into else []
        asked += [self.columns[name]] if name in self.columns else []
        how = _ways(model, name, is_title=place == 0)
        parts = _TAGS.split(row.values[place]) if asked else []
        for number in range(0, len(parts), 2):
            plain, places = unescape(parts[number]), set()
            for keyword in asked:
                found = keyword.places(plain, **how)
                places.update(*found.values())
                if keyword is self.keyword:
                    row.writings.update(found)
            if places:
                parts[number] = _drawn(plain, places)
        if parts:
            row.values[place] = SafeString("".join(parts))

    def _explained(self, rows):
        """Add to each row what it was found by, if that is not shown."""
        for look_into in (self._own, self._long, self._related):
            dark = [row for row in rows if not self._is_clear(row)]
            if self.keyword and dark:
                look_into(dark)
        return rows

    def _is_clear(self, row):
        return len(row.reasons) == MOST_REASONS or self.keyword.is_found(row.writings)

    def _own(self, rows):
        """Tell of columns that are read already."""
        for row in rows:
            self._tell_columns(row, row.record)

    def _long(self, rows):
        """Tell of columns that were not read, of all kinds in one query."""
        sources = []
        for model, of_kind in _by_kind(rows).items():
            by_id = {row.record.pk: [row] for row in of_kind}
            if of_kind[0].record.get_deferred_fields():
                sources.append(Source(model.everything, by_id, self._tell_columns))
        self._read(sources)

    def _related(self, rows):
        """Tell of what the rows are filed under, then of the contacts of customers.

        All of that in one query, and of both no more than what the person sees.
        """
        filed, led = [], defaultdict(lambda: defaultdict(list))
        for model, of_kind in _by_kind(rows).items():
            for row in of_kind:
                led[model][row.record.pk].append(row)
            for path in model.found_through:
                above = model._meta.get_field(path).related_model
                by_id = defaultdict(list)
                for row in of_kind:
                    pk = getattr(row.record, f"{path}_id")
                    by_id[pk].append(row)
                    if _kind_found_in(above) is not model:
                        led[above][pk].append(row)
                seen = above.objects.visible_to(self.user)
                filed.append(Source(seen, by_id, self._tell_above))
        people = [
            Source(self._people(model), by_id, self._tell_person, f"{back}_id")
            for model, by_id in led.items()
            if model.found_in
            and (back := model._meta.get_field(model.found_in).field.name)
        ]
        self._read((*filed, *people))

    def _people(self, model):
        """Return the contacts in which a kind is found, as far as they fit."""
        rows = _kind_found_in(model).objects
        rows = rows.order_by("pk").visibility(self.user).by_index()
        return rows.filter(reduce(or_, map(_held, self.keyword.writings)))

    def _read(self, sources):
        """Tell the rows of what the sources have, one source after the other."""
        parts = [source.query(place) for place, source in enumerate(sources)]
        found = sorted(together(parts), key=itemgetter(0))
        for place, key, texts in found:
            source = sources[place]
            texts = json.loads(texts) if isinstance(texts, str) else texts
            for row in source.by_key[key]:
                source.tell(row, source.rows.model(**texts))

    def _tell_above(self, row, record):
        """Tell of a record that a row is filed under."""
        self._tell_columns(row, record, kind=record._meta.verbose_name)

    def _tell_columns(self, row, record, kind=""):
        """Tell of each column of a record that holds what the row does not show."""
        for name in dict.fromkeys((*record.worded, *record.lettered)):
            text = text_of(record.__dict__.get(name))
            places = text and self._new_in(row, text, _ways(type(record), name))
            if places:
                label = f"{kind} {record._meta.get_field(name).verbose_name}".strip()
                reason = about(escape(capfirst(label)), _around(text, places))
                row.reasons.append(SafeString(reason))

    def _tell_person(self, row, person):
        """Tell of a contact: the name, and what else was found of it."""
        texts = [(str(person), "name")]
        texts += [(text_of(getattr(person, name)), name) for name in person.lettered]
        shown = []
        for text, name in texts:
            places = self._new_in(row, text, _ways(type(person), name))
            if places or name == "name":
                shown.append(_around(text, places))
        if len(shown) > 1 or "<mark>" in shown[0]:
            label = capfirst(person._meta.verbose_name)
            row.reasons.append(SafeString(about(escape(label), " ".join(shown))))

    def _new_in(self, row, text, how):
        """Return the places of what a text holds and the row has not shown yet."""
        if self._is_clear(row):
            return set()
        found = self.keyword.places(text, **how)
        new = {
            word: places for word, places in found.items() if word not in row.writings
        }
        row.writings.update(new)
        return set().union(*new.values())


def _kind_found_in(model):
    """Return the kind by which rows of another one are found, or None."""
    return model.found_in and model._meta.get_field(model.found_in).related_model


def _held(word):
    """Return the condition that a text kept to be searched holds a word."""
    return holds("search_text", word) | holds("search_pinyin", word)


def _ways(model, name, *, is_title=False):
    """Return in which ways a column is looked into, for `Keyword.places`."""
    read = is_title or name in model.named or name in model.found_through
    return {"read": read, "dial": name in model.dialled}


def _around(text, places):
    """Return the part of a text that holds the first of the places, as HTML."""
    start = max(0, min(places, default=0) - AROUND)
    stop = start + LONGEST
    piece = text[start:stop].replace("\n", " ")
    drawn = _drawn(piece, {place - start for place in places})
    return f"{'…' * (start > 0)}{drawn}{'…' * (stop < len(text))}"


def _drawn(text, places):
    """Return a text as HTML with <mark> around what stands at the places."""
    return "".join(
        f"<mark>{escape(piece)}</mark>" if hit else escape(piece)
        for piece, hit in pieces(text, places)
    )


def _by_kind(rows):
    """Return {model: rows}."""
    kinds = defaultdict(list)
    for row in rows:
        kinds[type(row.record)].append(row)
    return kinds
