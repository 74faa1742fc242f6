"""Keys of names, codes and addresses: equal ones are the same thing."""

import re
from urllib.parse import urlsplit

from crm.chinese.folding.texts import ALIKE, folded
from crm.text import normalise

#: Legal forms at the end of a Chinese name; what a firm does or where stays.
_HERE = """
股份有限公司 有限责任公司 有限公司 股份公司 集团公司 控股公司 责任公司 总公司 公司
集团 控股 股份 有限责任 有限 合伙企业 普通合伙 有限合伙 特殊普通合伙 个人独资企业
"""
_CHINESE = _HERE.split()
#: 分公司 and 支公司 are no legal forms but another place of the firm.
_CUT = "|".join(_CHINESE).replace("|公司", "|(?<!分)(?<!支)公司")
_LEGAL = re.compile(f"(?:{_CUT})+$")
_FORMS = """
co corp corporation company companies inc incorporated ltd limited llc llp lp plc gmbh
ag kg kgaa ohg ug sa sas sarl srl spa sl bv nv pty pte pvt private oy oyj ab as aps kk
kabushiki sdn bhd group holding holdings
"""
_WESTERN = frozenset(_FORMS.split())
_LINKS = frozenset(("&", "and"))
_BLANKS = re.compile(r"\s+")
_DASHES = frozenset(ALIKE["－"])
#: What `same_name` may cut from the end of a folded name. The index `customer_names`
#: is built with them: who changes them builds it anew.
LEGAL_ENDS = frozenset(_CHINESE).union(_WESTERN, _LINKS)
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.\-]*:)?/{2,}|^https?:/?")


def same_name(text):
    """Return the key of a company's or person's name; it is never empty if text is not.

    Width, case, script, accents, blanks, signs and legal forms are gone; where a firm
    is and what it does stays: 华为（中国）有限公司 is not 华为.
    """
    plain = folded(text).replace("\n", "")
    core = _without_forms(text)
    while (shorter := _LEGAL.sub("", core)) != core:
        core = shorter
    return core or plain or text.strip()


def _without_forms(text):
    """Return the folded text without Western legal forms behind it."""
    pieces = re.split(r"[^\w&+#%@*]+", normalise(text.replace("'", ""), "NFKC"))
    names = [name for piece in pieces if (name := folded(piece))]
    names = _spelled(names)
    end = len(names)
    while end > 1 and (names[end - 1] in _WESTERN or names[end - 1] in _LINKS):
        end -= 1
    return "".join(names[:end])


def _spelled(names):
    """Join the single letters at the end of a name: L.L.C., S.A., G.m.b.H."""
    end = len(names)
    while end > 1 and len(names[end - 1]) == 1 and names[end - 1].isascii():
        end -= 1
    tail = "".join(names[end:])
    return [*names[:end], tail] if tail in _WESTERN else names


def code(text):
    """Return the key of a code or number: capitals, half width, one dash, no blanks."""
    plain = normalise(_unbroken(text).upper())
    return "".join("-" if char in _DASHES and char != "_" else char for char in plain)


def email(text):
    """Return the key of an e-mail address: lower case, half width, no mailto:."""
    return _unbroken(text).removeprefix("mailto:").strip("<>")


def website(text):
    """Return the host of a web address, without www. and whatever else stands there."""
    plain = _unbroken(text)
    try:
        host = urlsplit(f"//{_SCHEME.sub('', plain)}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.").rstrip(".")


def _unbroken(text):
    """Return the text in half width and small, without blanks and unseen signs."""
    plain = _BLANKS.sub("", normalise(text, "NFKC")).translate(_UNSEEN)
    return normalise(plain.casefold(), "NFKC")
