"""Spans of days as people write them, in either language: 过去 30 天, this month."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from crm.queries.spans import MOST_DAYS, Span, span_of

#: {word: what the page calls it}.
WORDS = {
    "today": _("today"),
    "yesterday": _("yesterday"),
    "this-week": _("this week"),
    "last-week": _("last week"),
    "this-month": _("this month"),
    "last-month": _("last month"),
    "this-quarter": _("this quarter"),
    "this-year": _("this year"),
    "past": _("past %s days"),
    "next": _("next %s days"),
    "before": _("more than %s days ago"),
}
#: What is offered; any other number of days can be typed.
OFFERED = (
    *(Span(word) for word in WORDS if word not in ("past", "next", "before")),
    *(Span("past", number) for number in (7, 30)),
    *(Span("next", number) for number in (7, 30)),
    Span("before", 90),
)
LANGUAGES = ("zh-hans", "en")
#: Signs of what is read at all.
LONGEST = 60
_BLANKS = re.compile(r"\s+")


def words_of(span):
    """Return a span in the reader's language."""
    words = str(WORDS[span.word])
    return words % span.number if span.number else words


def read_span(text):
    """Return the span that somebody wrote, in whatever language; None if it is none."""
    text = text[:LONGEST]
    found = span_of(text.strip())
    if found is not None:
        return found
    written = _BLANKS.sub("", text).lower()
    for word, words in WORDS.items():
        for language in LANGUAGES:
            with override(language):
                before, _number, after = _BLANKS.sub("", str(words)).partition("%s")
            if not _number:
                if written == before.lower():
                    return Span(word)
            elif written.startswith(before) and written.endswith(after):
                days = written[len(before) : len(written) - len(after)]
                return span_of(f"{word}-{days}-days")
    return None


class SpanField(forms.CharField):
    """A span of days told from today."""

    def __init__(self, **options):
        """Offer what the form's list of spans does."""
        offering = forms.TextInput({"list": "spans"})
        super().__init__(**{"widget": offering, **options})

    def prepare_value(self, value):
        """Show it in the reader's language."""
        span = read_span(value) if isinstance(value, str) else value
        return words_of(span) if isinstance(span, Span) else value

    def clean(self, value):
        """Return the Span, None for nothing."""
        text = super().clean(value)
        if not text:
            return None
        span = read_span(text)
        if span is None:
            said = _(
                "This is no span of days: write, for example, “past 30 days” (at most"
                " %(most)s), “this month” or “more than 90 days ago”."
            )
            raise ValidationError(said, params={"most": MOST_DAYS})
        return span
