"""Numbers, days and addresses are read in one way, in every language the same."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from crm.forms import typed_values
from crm.forms.typed_fields import (
    DayField,
    MomentField,
    NamesField,
    NumberField,
    WholeNumberField,
)
from crm.validators import validate_phone

AMOUNTS = st.decimals(0, 10**12, places=2)
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@given(AMOUNTS)
def test_every_way_to_write_an_amount_is_the_same_amount(amount):
    for text in (
        f"{amount}",
        f"{amount:,}",
        f"￥{amount:,} 元",
        f" {amount:,}".replace(",", "，"),
    ):
        assert Decimal(typed_values.number(text)) == amount, text
    assert Decimal(typed_values.number(f"({amount:,})")) == -amount
    swapped = f"{amount:,}".translate({44: ".", 46: ","})
    assert Decimal(typed_values.number(swapped, comma=True)) == amount


@given(st.text(alphabet="0123456789,. -", max_size=12))
def test_a_number_is_read_as_it_stands_or_refused(text):
    try:
        found = typed_values.number(text)
    except ValidationError:
        return
    if found != text and any(char.isdigit() for char in text):
        plain = "".join(char for char in text if char not in ", ")
        assert Decimal(found) == Decimal(plain)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.56", "1234.56"),
        ("1.2万", "12000"),
        ("3亿元", "300000000"),
        ("5百万", "5000000"),
        ("￥1,200", "1200"),
        ("RMB 12", "12"),
        ("１２３", "123"),
        ("-5", "-5"),
    ],
)
def test_usual_amounts_are_understood(text, value):
    assert Decimal(typed_values.number(text)) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "1234,56",
        "12,5",
        "12,50",
        "1.234,56",
        "1,23,456",
        "1,2345",
        "$12",
        "12 USD",
        "1.2.3",
    ],
)
def test_amounts_that_can_be_read_in_two_ways_are_refused(text):
    with pytest.raises(ValidationError):
        typed_values.number(text)


@given(DAYS)
def test_a_day_comes_back_from_every_way_to_write_it(day):
    iso = day.isoformat()
    for text in (
        iso,
        f"{day:%Y/%m/%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%d %b %Y}",
        f"{day:%B %d, %Y}",
    ):
        assert typed_values.day(text) == iso, text
    assert typed_values.day(f"{day:%d/%m/%Y}", order=typed_values.DAY_FIRST) == iso
    assert typed_values.day(f"{day:%m/%d/%Y}", order=typed_values.MONTH_FIRST) == iso


@given(DAYS)
def test_a_day_without_a_known_order_is_certain_or_refused(day):
    for text in (f"{day:%d/%m/%Y}", f"{day:%m-%d-%Y}"):
        try:
            assert typed_values.day(text) == day.isoformat()
        except ValidationError:
            assert day.day <= 12
            assert day.day != day.month


@pytest.mark.parametrize("text", ["05/06/1990", "5/6/90", "1-2-2026"])
def test_days_of_two_readings_are_refused_in_every_language(text):
    for language in ("zh-hans", "en"):
        with translation.override(language):
            for field in (DayField(), MomentField()):
                with pytest.raises(ValidationError):
                    field.clean(text)


def test_a_day_means_the_same_in_every_language():
    found = set()
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found.add(DayField().clean("02/29/1992"))
    assert found == {date(1992, 2, 29)}


def test_an_order_that_a_day_contradicts_refuses_it():
    with pytest.raises(ValidationError):
        typed_values.day("12/25/2026", order=typed_values.DAY_FIRST)


def test_a_form_reads_what_an_import_reads():
    assert NumberField(decimal_places=2).clean("1,234.56") == Decimal("1234.56")
    assert typed_values.web_address("www.example.com") == "http://www.example.com"
    assert typed_values.names("老客户，重点、展会; 重点") == ["老客户", "重点", "展会"]


@pytest.mark.parametrize("field", [NumberField, WholeNumberField])
@pytest.mark.parametrize("text", ["1_000", "(1_000)", "1_0万", "_1", "1 000_0"])
def test_digits_that_a_program_would_join_are_no_number(field, text):
    with pytest.raises(ValidationError) as refused:
        field().clean(text)
    assert refused.value.messages == [field().error_messages["invalid"]]


def test_a_text_that_is_too_long_among_several_is_named_in_words():
    field = NamesField(models.CharField(max_length=3).formfield())
    assert field.clean("甲、乙") == ["甲", "乙"]
    with pytest.raises(ValidationError):
        field.clean("甲乙丙丁")


@pytest.mark.parametrize(
    "text",
    [
        "010—62345680",
        "021-62345678 13912340008",
        "13800138000（王经理）",
        "310/246-1501",
        "(415) 901-7000",
        "415-555-0000",
    ],
)
def test_telephones_are_taken_as_people_write_them(text):
    validate_phone(text)


@given(st.integers(13 * 10**9, 20 * 10**9 - 1))
def test_every_mobile_is_taken_in_every_writing(number):
    text = str(number)
    for way in (
        text,
        f"+86 {text}",
        f"{text[:3]} {text[3:7]} {text[7:]}",
        f"'{text}"[1:],
    ):
        validate_phone(way)


@pytest.mark.parametrize("text", ["", "（王经理）", "12", "abc", "138001380001234567"])
def test_what_nobody_can_call_is_refused(text):
    with pytest.raises(ValidationError):
        validate_phone(text)
