"""Rows that are searched: by their own texts, and by those of what they belong to."""

from functools import partial, reduce
from operator import or_

from django.db import models

from crm.chinese.folding import sought
from crm.models.matches import Matches
from crm.models.searching import asked
from crm.queries.search import parted


class SearchingQuerySet(models.QuerySet):
    """Rows that are searched."""

    def search(self, text, user, memo=None):
        """Return the rows in which every word of the text is found somewhere.

        In the row itself, or in what the kind names in `found_through`: a related row
        is looked into only as far as the person may know it (`found`).

        Args:
            text: what is looked for.
            user: who looks.
            memo: what one search of several kinds has found so far; is added to.
        """
        condition = asked(text, partial(self._word, user=user, memo=memo))
        return self.filter(parted(condition))

    def searched_apart(self, text, user, memo):
        """Return queries that together have the rows of `search`, some rows twice.

        Where few other rows lead to these, one query follows them and another one has
        what is written in the rows themselves, each by its index. Asked for both at
        once, PostgreSQL gathers all that the person sees before it looks up a few.

        Args:
            text, user: as of `search`.
            memo: what one search of several kinds has found so far; is added to.
        """
        ways = sought(text)
        words = [one for way in ways for alike in way for one in alike]
        led = [pair for word in words for pair in self._led_by(word, user, memo)]
        is_one_word = all(len(way) == 1 for way in ways)
        if not (led and is_one_word and all(_is_short(found) for _path, found in led)):
            return [self.search(text, user, memo)]
        own = reduce(or_, map(self.model.holds, words))
        return [self.filter(parted(own)), *(self.filter(_at(*pair)) for pair in led)]

    def _word(self, word, *, user, memo, others=()):
        """Return the condition that a row, or what it belongs to, has a word."""
        condition = self.model.holds(word, others=others)
        for path, found in self._led_by(word, user, memo, others):
            # What everybody sees is a short list: it need not be read first.
            shared = found.rows.model.shared
            condition |= found.inside(path) if shared else found.at(path)
        return condition

    def _led_by(self, word, user, memo, others=()):
        """Return [(path, `Matches`)] of the rows that lead to others by having a word.

        Args:
            word, others: as of `asked`.
            user, memo: as of `search`.
        """
        fields = map(self.model._meta.get_field, self.model.found_through)
        return [
            (
                field.name,
                field.related_model.objects.matches(
                    word, user, memo, filed=self.model, others=others
                ),
            )
            for field in fields
        ]

    def matches(self, word, user, memo=None, *, filed=None, others=()):
        """Return the `Matches` rows by which a search finds what is filed under them.

        Rows that the person sees are found by all that finds them, other ones by
        their names alone (`names_hold`).

        Args:
            word: a folded word.
            user: who looks.
            memo: what one search of several kinds has found so far; is added to.
            filed: the kind that is filed under them, for kinds to whom it matters.
            others: the other words of `asked`, for kinds to whom they matter.
        """
        memo = {} if memo is None else memo
        key = self.model, word
        if key not in memo:
            rows = self.model.objects.order_by()
            visibility = rows.visibility(user)
            found = visibility.by_index().filter(self.model.holds(word))
            if not visibility.is_everything:
                by_name = rows.filter(self.model.names_hold(word))
                found = rows.filter(
                    pk__in=found.values("pk").union(by_name.values("pk"))
                )
            memo[key] = Matches(found)
        return memo[key]


def _is_short(found):
    return found.rows.model.shared or found.are_few


def _at(path, found):
    """Return the condition that few rows are at a path, for a query of its own."""
    shared = found.rows.model.shared
    return found.inside(path) if shared else found.unweighed_at(path)
