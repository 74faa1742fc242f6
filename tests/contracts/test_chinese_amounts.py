"""Amounts in capitals: examples of the rule itself, and every kind of gap."""

import random
from decimal import Decimal

import pytest

from contracts.chinese_amounts import DIGITS, in_capitals

#: Amounts that the central bank's rule itself gives as examples. 整 after 角
#: is asked for by 会计基础工作规范 and left open by the rule.
EXAMPLES = {
    "1409.50": "壹仟肆佰零玖元伍角整",
    "6007.14": "陆仟零柒元壹角肆分",
    "1680.32": "壹仟陆佰捌拾元叁角贰分",
    "107000.53": "壹拾万柒仟元伍角叁分",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "325.04": "叁佰贰拾伍元零肆分",
}

GAPS = {
    "0": "零元整",
    "0.00": "零元整",
    "0.01": "壹分",
    "0.10": "壹角整",
    "0.25": "贰角伍分",
    "1": "壹元整",
    "10": "壹拾元整",
    "15": "壹拾伍元整",
    "100": "壹佰元整",
    "101": "壹佰零壹元整",
    "110": "壹佰壹拾元整",
    "1001": "壹仟零壹元整",
    "1010": "壹仟零壹拾元整",
    "10000": "壹万元整",
    "10001": "壹万零壹元整",
    "10010": "壹万零壹拾元整",
    "10100": "壹万零壹佰元整",
    "11000": "壹万壹仟元整",
    "100000": "壹拾万元整",
    "1000000": "壹佰万元整",
    "1000001": "壹佰万零壹元整",
    "10001000": "壹仟万壹仟元整",
    "20200202": "贰仟零贰拾万零贰佰零贰元整",
    "100000000": "壹亿元整",
    "100000001": "壹亿零壹元整",
    "100010000": "壹亿零壹万元整",
    "110000000": "壹亿壹仟万元整",
    "1000000000000": "壹万亿元整",
    "1000000010000": "壹万亿零壹万元整",
    "1000100000000": "壹万零壹亿元整",
    "123456789.01": "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元零壹分",
    "9999999999999999.99": "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿"
    "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
}


@pytest.mark.parametrize(("amount", "words"), [*EXAMPLES.items(), *GAPS.items()])
def test_amount_is_written_by_the_rule(amount, words):
    assert in_capitals(Decimal(amount)) == words


def test_negative_amount_is_marked():
    assert in_capitals(Decimal("-1200.05")) == "负壹仟贰佰元零伍分"


def test_nothing_has_no_sign():
    assert in_capitals(Decimal("-0.001")) == "零元整"


def test_half_a_cent_is_rounded_up():
    assert in_capitals(Decimal("0.005")) == "壹分"
    assert in_capitals(Decimal("1.994")) == "壹元玖角玖分"
    assert in_capitals(Decimal("1.995")) == "贰元整"


@pytest.mark.parametrize("amount", ["1e16", "-1e16", "NaN", "Infinity", "1e9999999"])
def test_what_cannot_be_written_is_refused(amount):
    with pytest.raises(ValueError, match="capitals"):
        in_capitals(Decimal(amount))


def test_amount_that_rounds_up_to_the_limit_is_refused():
    with pytest.raises(ValueError, match="capitals"):
        in_capitals(Decimal("9999999999999999.995"))


VALUES = {"分": 1, "角": 10, "拾": 10, "佰": 100, "仟": 1000}


def read(words):
    """Read capitals back into cents, by counting and not by the rule."""
    whole, _, rest = words.partition("元") if "元" in words else ("", "", words)
    number = 0
    for unit, factor in (("亿", 10**8), ("万", 10**4)):
        before, found, after = whole.rpartition(unit)
        if found and unit == "亿":
            number += read(before + "元") // 100 * factor
            whole = after
        elif found:
            number += small(before) * factor
            whole = after
    return (number + small(whole)) * 100 + small(rest.rstrip("整"))


def small(words):
    total, digit = 0, 0
    for sign in words:
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        else:
            total, digit = total + digit * VALUES[sign], 0
    return total + digit


def test_amounts_of_every_length_read_back_as_themselves():
    chance = random.Random(2026)  # noqa: S311 - repeatable examples, no secret
    for length in range(1, 19):
        for _time in range(300):
            sparse = (chance.choice("0000123456789") for _place in range(length))
            cents = int("".join(sparse))
            words = in_capitals(Decimal(cents) / 100)
            assert read(words) == cents
            assert "零零" not in words
            assert words.endswith(("整", "分"))
