"""What somebody asks a customer for: a telephone, a credit code, or a name.

A name may be digits alone, and an 18-digit code looks like a telephone: whatever is
asked, it is asked as a name, too.
"""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.chinese.folding import folded
from crm.chinese.folding.telephones import pieces, without_extension
from crm.text import normalise, single_line
from crm.validators import normalise_credit_code
from customers.models.sameness import SHORTEST_NUMBER, numbers
from customers.models.traits import core_of

SHORTEST_NAME, LONGEST = 2, 200
CODE, LONGEST_NUMBER = 18, 15
#: What Chinese keyboards offer for a hyphen; a low line joins no telephone.
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－ー", "-"))
_BEFORE = re.compile(
    r"^\s*(?:联系|办公|公司|固定|移动)?"
    r"(?:电话|手机|座机|固话|传真|总机|tel(?:ephone)?|phone|mobile|fax)"
    r"(?:号码?)?[\s:.\-]*(?=[\d+(])",
    re.IGNORECASE,
)
_DIALLED = re.compile(r"[\s+\-().·/]*\d[\d\s+\-().·/]*")
_CODE = re.compile(r"(?=(?:[A-Z]*\d){8})[0-9A-Z]{18}")
#: So much of a credit code that it is hardly anything else.
_CODE_PART = re.compile(r"(?=(?:[A-Z]*\d){4})[0-9A-Z]{9,}")
#: A number that the program gave is known to whoever counts.
_OWN_NUMBER = re.compile(r"KH\d*")


@dataclass(frozen=True)
class Question:
    """What was typed, and what it may be.

    Attributes:
        text: as it was typed, without blanks around.
        numbers: the telephones in it, whole, as one dials them.
        is_number: whether it is a telephone or a part of one.
        code: the credit code that it is, or nothing.
        value: it as the form of a new customer takes it.
        is_legal_form: whether it is no more of a name than a legal form.
    """

    text: str
    numbers: list[str]
    is_number: bool
    code: str
    value: str
    is_legal_form: bool

    @property
    def is_own_number(self):
        """Whether it is a number that the program gives, or the beginning of one."""
        return bool(_OWN_NUMBER.fullmatch(normalise_credit_code(self.text)))

    @property
    def names_customers(self):
        """Whether an answer without a customer says that there is none."""
        return not (self.is_number or self.is_own_number)

    @property
    def column(self):
        """The field of a new customer in which it belongs."""
        if self.code:
            return "credit_code"
        return "phone" if self.numbers else "name"

    def _is_part_of_code(self, plain):
        if self.code or self.is_own_number or not _CODE_PART.fullmatch(plain):
            return False
        return not plain.isdecimal() or len(plain) > LONGEST_NUMBER

    def refuse(self):
        """Say what is wrong with it, if nothing was found by it.

        Raises:
            ValidationError: a part of a telephone or of a code, or a legal form.
        """
        plain = normalise_credit_code(self.text)
        if self._is_part_of_code(plain):
            said = _("A unified social credit code has 18 characters, not %(count)d.")
            raise ValidationError(said % {"count": len(plain)})
        if self.is_number and not self.numbers:
            said = _("Enter at least %d digits of a telephone.") % SHORTEST_NUMBER
            raise ValidationError(said)
        if self.is_legal_form:
            said = _("That is a legal form: enter what is its own of the name.")
            raise ValidationError(said)


def read(text):
    """Return what was typed as a Question.

    Raises:
        ValidationError: it is too short to be asked for.
    """
    text = single_line(text.replace("\0", ""))[:LONGEST]
    name = folded(text)
    if len(name) < SHORTEST_NAME:
        said = _("Enter at least %d characters of a name.") % SHORTEST_NAME
        raise ValidationError(said)
    code = normalise_credit_code(text)
    code = code if _CODE.fullmatch(code) else ""
    plain = _BEFORE.sub("", normalise(text, "NFKC").translate(_DASHES))
    dialled = [without_extension(one)[0] for one in pieces(plain) if one]
    is_number = not code and bool(dialled) and all(map(_DIALLED.fullmatch, dialled))
    whole = [one for one in sorted(numbers(plain)) if len(one) <= LONGEST_NUMBER]
    return Question(
        text,
        numbers=whole if is_number else [],
        is_number=is_number,
        code=code,
        value=code or (plain if is_number and whole else text),
        # Behind any name, legal forms alone are cut off.
        is_legal_form=core_of(f"甲{name}") == "甲",
    )
