"""Single values: what is accepted as it was typed, and what is refused."""

import datetime
import time

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from stdnum.cn import uscc

from crm.validators import (
    normalise_credit_code,
    validate_business_date,
    validate_credit_code,
    validate_http_url,
    validate_phone,
)

PHONES = (
    *("13800138000", "138 0013 8000", "138-0013-8000", "19912345678"),
    *("０１０－８８８８６６６６", "１３８００１３８０００"),
    *("0871-63123456", "0871 6312 3456", "(0871)63123456", "010-88886666"),
    *("01088886666", "0755-2234567", "88886666", "6312345"),
    *("63123456转801", "010-88886666-801", "0871-63123456 转 801", "021-68888888#123"),
    *("010-88886666 ext 12", "010-88886666分机8", "(010) 8888-6666x12"),
    *("400-800-8888", "4008008888", "800-810-1234"),
    *("+86 138 0013 8000", "+86-871-63123456", "0086 10 8888 6666", "86-10-88886666"),
    *("+1 650 253 0000", "+1 (780) 428-9482", "+420 2 4172 5555", "00852 2345 6789"),
    *("10086", "95588", "12315", "110"),
    *(
        "13800138000/13900139000",
        "0871-63123456、63123457",
        "13800138000; 010-88886666",
    ),
)
NO_PHONES = (
    *("", " ", "abc", "无", "123", "0", "00", "+", "+86", "0000000", "11111111"),
    *("1380013800", "138001380001", "12800138000", "12345678901234567", "99999999999"),
    *("138001x38000", "13800138000转", "转801", "13800138000,,", "13800138000 张三"),
    *(" " * 100_000, "-" * 50_000 + "x", "1\u0301"),
    *("000-00000000", "+0 123 456 789", "<script>", "138\x000138000", "9" * 100_000),
)
ADDRESSES = (
    *("http://example.com", "https://example.com/a?b=c#d", "HTTPS://EXAMPLE.COM/"),
    *("https://例子.中国/路径", "http://example.com:8080/", "http://127.0.0.1/x"),
)
NO_ADDRESSES = (
    *("", "example.com", "//evil.example", "javascript:alert(1)", "data:text/html,x"),
    *("java\tscript:alert(1)", "JaVaScRiPt://example.com/%0aalert(1)", "file:///etc"),
    *("http://", "http:evil.example", "http:///evil.example", "ftp://example.com"),
    *("http://exa mple.com", "http://example.com/\n", " http://example.com"),
    *("http://example.com\\@evil.example", "http://example.com/\u202egpj.exe"),
    *("http://example.com/\x00", "http://[::1", "http://example.com:99999999/"),
    *("http://" + "a" * 5000 + ".com",),
)


@pytest.mark.parametrize("value", PHONES)
def test_phone_that_can_be_called_is_accepted(value):
    validate_phone(value)


@pytest.mark.parametrize("value", NO_PHONES)
def test_phone_that_cannot_be_called_is_refused(value):
    with pytest.raises(ValidationError):
        validate_phone(value)


@pytest.mark.parametrize("value", ADDRESSES)
def test_web_address_is_accepted(value):
    validate_http_url(value)


@pytest.mark.parametrize("value", NO_ADDRESSES)
def test_what_is_no_plain_web_address_is_refused(value):
    with pytest.raises(ValidationError):
        validate_http_url(value)


@pytest.mark.parametrize(
    "value",
    [
        "91110000600037341L",
        "91110000600037341l",
        " 9111 0000 6000 37341L\u3000",
        "91-110000-600037341-L",
        "９１１１００００６０００３７３４１Ｌ",
    ],
)
def test_credit_code_is_accepted_in_any_writing(value):
    validate_credit_code(value)
    assert normalise_credit_code(value) == "91110000600037341L"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "credit_code_length"),
        ("91110000600037341", "credit_code_length"),
        ("91110000600037341LL", "credit_code_length"),
        ("91110000600037341O", "credit_code_format"),
        ("9111000060003734＄L", "credit_code_format"),
        ("9111O000600037341L", "credit_code_format"),
        ("911100006000373410", "credit_code_check_digit"),
        ("91110000600037431L", "credit_code_check_digit"),
    ],
)
def test_wrong_credit_code_is_refused_with_its_reason(value, reason):
    with pytest.raises(ValidationError) as refusal:
        validate_credit_code(value)
    assert refusal.value.code == reason
    assert refusal.value.messages


def test_credit_code_of_a_village_begins_with_a_letter():
    start = "N2530902MF1234567"
    validate_credit_code(start + uscc.calc_check_digit(start))


def test_codes_of_a_real_registry_are_all_valid(registry):
    for row in registry:
        validate_credit_code(row["统一社会信用代码"])


@pytest.mark.parametrize(
    "value",
    [
        datetime.date(1990, 1, 1),
        datetime.date(2100, 12, 31),
        datetime.datetime(1989, 12, 31, 16, 0, tzinfo=datetime.UTC),
        datetime.datetime(2100, 12, 31, 15, 59, 59, tzinfo=datetime.UTC),
    ],
)
def test_business_date_is_accepted(value):
    validate_business_date(value)


@pytest.mark.parametrize(
    "value",
    [
        datetime.date(1989, 12, 31),
        datetime.date(2101, 1, 1),
        datetime.date.min,
        datetime.date.max,
        datetime.datetime(1989, 12, 31, 15, 59, tzinfo=datetime.UTC),
        datetime.datetime(2100, 12, 31, 16, 0, tzinfo=datetime.UTC),
        datetime.datetime.min.replace(tzinfo=timezone.get_fixed_timezone(600)),
        datetime.datetime.max.replace(tzinfo=datetime.UTC),
    ],
)
def test_date_outside_the_range_is_refused(value):
    with pytest.raises(ValidationError) as refusal:
        validate_business_date(value)
    assert "1990-01-01" in refusal.value.messages[0]


@pytest.mark.parametrize("validate", [validate_phone, validate_credit_code])
def test_endless_text_is_refused_at_once(validate):
    for text in (" " * 1_000_000, "1" + "\u0301\u0316" * 250_000, "0" * 1_000_000):
        started = time.thread_time()
        with pytest.raises(ValidationError):
            validate(text)
        assert time.thread_time() - started < 2
