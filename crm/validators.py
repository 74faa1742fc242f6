"""Checks of single values that people type; forms, models and import share them."""

import datetime
import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

from crm.chinese.folding.telephones import pieces
from crm.text import normalise

#: Business dates outside this range are typing errors, and a year 1 or 9999
#: breaks every list that converts it to a time zone. Birthdays are no such dates.
EARLIEST = datetime.date(1990, 1, 1)
LATEST = datetime.date(2100, 12, 31)
OLDEST = datetime.date(1900, 1, 1)

#: Far more than a column holds; the patterns below are not for endless texts.
LONGEST_PHONES = 200

#: GB 32100: authority and kind, region, organisation with its own check digit.
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_DROPPED_FROM_CODES = re.compile(r"[\s\-\u200b\ufeff]+")

_EXTENSION = re.compile(
    r"(?:转|轉|分机号?|ext\.?|extension|x|#|-(?=\d{1,6}$))[\s:.]*(\d{1,6})$",
    re.IGNORECASE,
)
_PHONE_SIGNS = re.compile(r"[\s().\-·/]")
_PHONE = re.compile(
    r"""
    1[3-9]\d{9}             # mobile
    | 0(?:10|2\d|[3-9]\d\d)[2-8]\d{6,7}  # area code and number
    | [2-8]\d{6,7}          # number without area code
    | [48]00\d{7}           # paid by the company
    | 1(?:1[02479]|2[0-2]) | 1[0-2]\d{3} | 9[56]\d{3,6}  # 110, 12315, 10086, 95588
    | (?:\+|00)[1-9]\d{6,14}  # abroad, by E.164
    | [2-9]\d\d[2-9]\d{6}  # North America, as written there
    """,
    re.VERBOSE,
)
_HOME = re.compile(r"(?:\+|00)86(?=\d{7})|86(?=\d{10})")

_web_address = URLValidator(schemes=("http", "https"))


def normalise_credit_code(value):
    """Return a credit code in capitals and half-width, without blanks and hyphens."""
    return _DROPPED_FROM_CODES.sub("", normalise(value, "NFKC").upper())


def validate_credit_code(value):
    """Refuse what is no 统一社会信用代码 (GB 32100), written in whatever way."""
    code = normalise_credit_code(value)
    if len(code) != 18:
        raise ValidationError(
            _("A unified social credit code has 18 characters, not %(count)d."),
            code="credit_code_length",
            params={"count": len(code)},
        )
    if not _CREDIT_CODE.fullmatch(code):
        raise ValidationError(
            _(
                "A unified social credit code consists of digits and capital letters "
                "other than I, O, S, V and Z."
            ),
            code="credit_code_format",
        )
    if uscc.calc_check_digit(code[:-1]) != code[-1]:
        raise ValidationError(
            _(
                "The check digit does not fit: compare the unified social credit code "
                "with the business licence."
            ),
            code="credit_code_check_digit",
        )


def validate_phone(value):
    """Refuse what cannot be called; the number stays as it was typed.

    Several numbers may stand in one field, each with its extension and a note in
    brackets: 138 0013 8000（王经理）.
    """
    for number in pieces(value[: LONGEST_PHONES + 1]):
        if len(value) > LONGEST_PHONES or not _callable(number):
            raise ValidationError(
                _(
                    "Enter a phone number such as 138 0013 8000, 0871-6312 3456 or "
                    "+1 650 253 0000."
                ),
                code="phone",
            )


def validate_business_date(value):
    """Refuse dates and times outside 1990 to 2100, by the local calendar."""
    day = value
    if isinstance(value, datetime.datetime):
        day = _local_day(value)
    if day is None or not EARLIEST <= day <= LATEST:
        raise _not_between(EARLIEST, date_format(LATEST, "Y-m-d"), "business_date")


def validate_day_of_deed(value):
    """Refuse days of what is done that are to come, and those before 1990."""
    if not EARLIEST <= value <= timezone.localdate():
        raise _not_between(EARLIEST, _("today"), "day_of_deed")


def validate_birthday(value):
    """Refuse birthdays to come, and those of nobody who still buys."""
    if not OLDEST <= value <= timezone.localdate():
        raise _not_between(OLDEST, _("today"), "birthday")


def _not_between(earliest, latest, code):
    return ValidationError(
        _("Enter a date between %(earliest)s and %(latest)s."),
        code=code,
        params={"earliest": date_format(earliest, "Y-m-d"), "latest": latest},
    )


def validate_http_url(value):
    """Refuse all but plain web addresses, as they become links on our pages."""
    hidden = any(
        char.isspace() or char == "\\" or unicodedata.category(char).startswith("C")
        for char in value
    )
    if hidden:
        raise ValidationError(_web_address.message, code="url")
    _web_address(value)


def fitting(model, column, text):
    """Return a text that a verb was given for a column, if it is not too long for it.

    Raises:
        ValidationError: it is.
    """
    longest = model._meta.get_field(column).max_length
    if len(text) > longest:
        raise ValidationError(_("At most %s characters.") % longest)
    return text


def _callable(number):
    # A hyphen may part a number or begin an extension: first try it whole.
    return any(map(_is_number, (number, _EXTENSION.sub("", number))))


def _is_number(text):
    number = _HOME.sub("", _PHONE_SIGNS.sub("", text))
    # The 0 of an area code is lost in spreadsheets and after +86.
    return bool(
        _PHONE.fullmatch(number)
        or (len(number) >= 9 and _PHONE.fullmatch("0" + number))
    )


def _local_day(moment):
    """Return the day of a moment here; None at the very ends of the calendar."""
    if timezone.is_naive(moment):
        return moment.date()
    try:
        return timezone.localtime(moment).date()
    except OverflowError:
        return None
