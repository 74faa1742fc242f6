"""Amounts in Chinese capitals (大写金额), as contracts and drafts need them.

The rules are those of the central bank for filling in drafts and settlement
vouchers (《正确填写票据和结算凭证的基本规定》, annex to 支付结算办法 of 1997,
articles 1 to 3), and of 《会计基础工作规范》 article 52 where the two differ in
strictness:

* capitals 壹贰叁…, units 拾佰仟万亿, 元角分;
* 整 stands after 元 and after 角, never after 分;
* zeros between digits are written as one 零; zeros at the end of a number,
  before 万 or before 元 are not written, and where writing them is left open
  (107,000.53) they are not written either;
* no 角 but 分: 元零…分.

The word 人民币, which the rules want in front, belongs to the page.
"""

from contracts.rounding import CENT, to_cents

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("仟", "佰", "拾", "")
LIMIT = 10**16


def in_capitals(amount):
    """Return `amount` (Decimal, in yuan) in capitals: 1409.50 → 壹仟肆佰零玖元伍角整.

    Half a cent is rounded up. Raise ValueError from 10^16 on and for what is
    no number.
    """
    if not amount.is_finite() or amount.copy_abs() >= LIMIT:
        raise ValueError(f"{amount} cannot be written in capitals")
    cents = int(to_cents(abs(amount)) / CENT)
    yuan, fraction = divmod(cents, 100)
    if yuan >= LIMIT:
        raise ValueError(f"{amount} cannot be written in capitals")
    sign = "负" if amount < 0 and cents else ""
    return sign + _yuan(yuan, fraction) + _fraction(yuan, fraction)


def _yuan(yuan, fraction):
    if not yuan and fraction:
        return ""
    return _number(yuan) + "元"


def _fraction(yuan, fraction):
    jiao, fen = divmod(fraction, 10)
    if not fraction:
        return "整"
    if not fen:
        return DIGITS[jiao] + "角整"
    gap = "零" if yuan and not jiao else ""
    return gap + (DIGITS[jiao] + "角" if jiao else "") + DIGITS[fen] + "分"


def _number(number):
    """Write a whole number: everything above 亿, then 万, then the rest."""
    if not number:
        return DIGITS[0]
    upper, lower = divmod(number, 10**8)
    if upper:
        return _number(upper) + "亿" + _rest(lower, 10**7)
    upper, lower = divmod(number, 10**4)
    if upper:
        return _number(upper) + "万" + _rest(lower, 10**3)
    return _four(number)


def _rest(number, full):
    """Write what follows 亿 or 万; 零 fills in for missing leading places."""
    if not number:
        return ""
    return ("" if number >= full else "零") + _number(number)


def _four(number):
    """Write 1 to 9999: one 零 for a gap, none at either end."""
    text, gap = "", False
    for digit, place in zip(f"{number:04}", PLACES, strict=True):
        if digit == "0":
            gap = bool(text)
            continue
        text += ("零" if gap else "") + DIGITS[int(digit)] + place
        gap = False
    return text
