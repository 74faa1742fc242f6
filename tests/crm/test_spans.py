"""Conditions told from today: ends of months and years, midnight, and their words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import override

from crm.forms.spans import OFFERED, read_span, words_of
from crm.queries.spans import span_of
from feedback.filters import InteractionFilter
from feedback.models import Interaction
from tests.factories import a_contract, a_customer, an_interaction

D = date


@pytest.mark.parametrize(
    ("today", "word", "first", "last"),
    [
        (D(2026, 3, 1), "yesterday", D(2026, 2, 28), D(2026, 2, 28)),
        (D(2028, 2, 29), "today", D(2028, 2, 29), D(2028, 2, 29)),
        (D(2026, 11, 29), "this-week", D(2026, 11, 23), D(2026, 11, 29)),
        (D(2026, 11, 30), "last-week", D(2026, 11, 23), D(2026, 11, 29)),
        (D(2026, 12, 31), "this-month", D(2026, 12, 1), D(2026, 12, 31)),
        (D(2027, 1, 31), "last-month", D(2026, 12, 1), D(2026, 12, 31)),
        (D(2028, 3, 31), "last-month", D(2028, 2, 1), D(2028, 2, 29)),
        (D(2026, 12, 31), "this-quarter", D(2026, 10, 1), D(2026, 12, 31)),
        (D(2027, 1, 1), "this-year", D(2027, 1, 1), D(2027, 12, 31)),
        (D(2026, 3, 1), "past-1-days", D(2026, 3, 1), D(2026, 3, 1)),
        (D(2026, 3, 1), "past-30-days", D(2026, 1, 31), D(2026, 3, 1)),
        (D(2026, 12, 31), "next-7-days", D(2026, 12, 31), D(2027, 1, 6)),
        (D(2026, 3, 1), "before-30-days", None, D(2026, 1, 29)),
    ],
)
def test_a_span_begins_and_ends_as_the_calendar_says(today, word, first, last):
    assert span_of(word).bounds(today) == (first, last)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_is_offered_is_understood_in_either_language(language):
    with override(language):
        offered = {words_of(span): span for span in OFFERED}
    assert len(offered) == len(OFFERED)
    assert {words: read_span(words) for words in offered} == offered
    assert all(span_of(str(span)) == span for span in OFFERED)


@pytest.mark.parametrize(
    "text",
    ["", "过去天", "过去 0 天", "past-99999-days", "早于 x 天", "next week", "７"],
)
def test_what_is_no_span_is_none(text):
    assert read_span(text) is None


@pytest.mark.django_db
def test_a_moment_is_of_its_day_in_shanghai(zhang, monkeypatch):
    customer = a_customer(zhang)
    midnight = datetime(2026, 11, 30, 16, tzinfo=UTC)  # 1 December in Shanghai
    for moment in (midnight - timedelta(seconds=1), midnight):
        an_interaction(customer, occurred_at=moment)

    def days(words, now):
        monkeypatch.setattr(timezone, "now", lambda: now)
        given = QueryDict(mutable=True) | {"occurred_at": words}
        found = InteractionFilter(given, queryset=Interaction.objects.all()).qs
        return sorted(timezone.localdate(row.occurred_at).day for row in found)

    before = midnight - timedelta(seconds=1)
    assert days("本月", before) == [30]
    assert days("this-month", midnight) == [1]
    assert days("昨天", midnight) == [30]
    assert days("上月", midnight) == [30]
    assert days("过去 2 天", midnight) == [1, 30]
    assert days("早于 1 天", midnight + timedelta(days=1)) == [30]


@pytest.mark.django_db
def test_the_condition_is_told_in_words_and_a_wrong_one_at_its_field(zhang, sign_in):
    browser = sign_in(zhang)
    a_contract(zhang, customer=a_customer(zhang), signed_on=timezone.localdate())
    page = browser.get("/contracts/", {"signed_on": "past-45-days"})
    assert page.context["total"] == 1
    assert page.context["chips"][0]["value"] == "过去 45 天"
    page = browser.get("/contracts/", {"signed_on": "不久以前"})
    assert "无法识别的时段" in page.text
    assert 'value="不久以前"' in page.text
    assert page.context["total"] == 0
