"""By what two customers, two contacts or two competitors are one thing.

What is written in two ways is folded by `crm.chinese`, as the forms and imports have
it that look for what is there already (`customers.duplicates`).
"""

from django.utils.translation import gettext_lazy as _

from crm.chinese.firm_names import own_name
from crm.chinese.folding import email, folded, same_name, telephones, website
from crm.chinese.likeness import ends_of
from crm.chinese.pinyin import pinyin
from crm.duplicates.traits import Alike, Trait
from customers.models.likeness import stem

#: A shorter number is an extension or a service line that many share.
SHORTEST_NUMBER = 7
#: A shorter address is a village or a street.
SHORTEST_ADDRESS = 8
#: Shorter names sound like many others.
SHORTEST_SOUND = 3
#: Letters of a name that may be a person's, whatever its row says.
LONGEST_OF_PEOPLE = 4
#: Anybody may have a mailbox there.
_MAIL = """
qq.com vip.qq.com foxmail.com 163.com 126.com yeah.net vip.163.com 188.com sina.com
sina.cn vip.sina.com sohu.com tom.com 139.com 189.cn wo.cn 21cn.com aliyun.com gmail.com
googlemail.com outlook.com hotmail.com live.com live.cn msn.com yahoo.com yahoo.cn
yahoo.com.cn icloud.com me.com mail.com gmx.com proton.me protonmail.com
"""
#: Stand in examples, and are nobody's.
_EXAMPLES = ("example.com", "example.net", "example.org")
PUBLIC_MAIL = frozenset((*_MAIL.split(), *_EXAMPLES))
#: Hosts on which many have a page of their own.
PUBLIC_HOSTS = (
    *_EXAMPLES,
    "1688.com",
    "taobao.com",
    "tmall.com",
    "jd.com",
    "weibo.com",
)


def numbers(text):
    """Return the telephone numbers by which one finds few rows."""
    found = telephones(text)
    return {number for number in found if len(number) >= SHORTEST_NUMBER}


def mail(address):
    """Return the key of an address, if it is one."""
    key = email(address)
    return {key} if "@" in key else set()


def mail_domain(address):
    """Return the domain of an address, unless anybody may have a mailbox there."""
    domain = email(address).rpartition("@")[2]
    return {domain} - PUBLIC_MAIL if domain else set()


def domains(row):
    """Return whose mail or pages a firm has: its website tells its mail domain."""
    return mail_domain(row.email) | host(row.website)


def host(address):
    """Return the host of a website, unless many have a page there."""
    name = website(address)
    return set() if not name or name.endswith(PUBLIC_HOSTS) else {name}


def own_names(row):
    """Return what is its own of a firm's name and short name."""
    names = (row.name, row.short_name)
    return {own_name(name)[0] for name in names if name}


def places(row):
    """Return the places that a firm's name tells."""
    return own_name(row.name)[1]


def sounds(row):
    """Return how a firm's own name is read; a short one together with its place."""
    own = own_name(row.name)[0]
    if len(own) < SHORTEST_SOUND:
        own = same_name(row.name)
    return {pinyin(own)} if len(own) >= SHORTEST_SOUND else set()


def blocks(text):
    """Return what names of firms that are alike mostly share."""
    own = own_name(text)[0]
    return {stem(text), *ends_of(own)}


def _company(of):
    """Return `of` for companies alone: names of people are many people's."""
    return lambda row: () if _is_person(row) else of(row)


def _is_person(row):
    return getattr(row, "nature", "") == "person"


def _may_be_person(row):
    return _is_person(row) or len(row.name) <= LONGEST_OF_PEOPLE


def _whole_names(row):
    return {same_name(name) for name in (row.name, row.short_name) if name}


def _name(row):
    return (same_name(row.name),)


NAMES = ("name", "short_name")
#: Of companies, customers as well as competitors.
FIRM = (
    Trait("name", _("same name"), "name", 85, _company(_name), ("name", "nature")),
    Trait(
        "short_name", _("same short name"), "name", 72, _company(_whole_names), NAMES
    ),
    Trait(
        "own_name",
        _("same name but for place and legal form"),
        "name",
        70,
        _company(own_names),
        NAMES,
    ),
    Trait(
        "sound", _("name that sounds the same"), "name", 58, _company(sounds), ("name",)
    ),
    Alike(
        "similar",
        _("similar name"),
        "name",
        66,
        _company(_name),
        ("name",),
        blocked_by=blocks,
    ),
    Trait(
        "place", _("same place in the name"), "place", 0, places, ("name",), 35, False
    ),
    Trait(
        "host",
        _("same website"),
        "web",
        52,
        lambda row: host(row.website),
        ("website",),
        rare=True,
    ),
)
CUSTOMER_TRAITS = (
    Trait(
        "credit_code",
        _("same credit code"),
        "code",
        97,
        lambda row: (row.credit_code,),
        ("credit_code",),
        40,
    ),
    *FIRM,
    Trait(
        "person",
        _("same name of a person"),
        "name",
        40,
        lambda row: _name(row) if _may_be_person(row) else (),
        ("name", "nature"),
    ),
    Trait(
        "phone",
        _("same phone"),
        "phone",
        52,
        lambda row: numbers(row.phone),
        ("phone",),
    ),
    Trait(
        "email", _("same e-mail"), "web", 58, lambda row: mail(row.email), ("email",)
    ),
    Trait(
        "mail_domain",
        _("same domain of mail or website"),
        "web",
        50,
        domains,
        ("email", "website"),
        rare=True,
    ),
    Trait(
        "address",
        _("same address"),
        "address",
        35,
        lambda row: (
            {folded(row.address)} if len(row.address) >= SHORTEST_ADDRESS else ()
        ),
        ("address",),
    ),
)
COMPETITOR_TRAITS = (
    *FIRM,
    Trait(
        "alias",
        _("same alias"),
        "name",
        62,
        lambda row: {*_whole_names(row), *map(same_name, row.aliases)},
        (*NAMES, "aliases"),
    ),
)
CONTACT_TRAITS = (
    Trait(
        "namesake",
        _("same name at the same customer"),
        "name",
        64,
        lambda row: (f"{row.customer_id} {folded(row.name)}",),
        ("customer", "name"),
    ),
    Trait(
        "name",
        _("same name"),
        "name",
        40,
        lambda row: (folded(row.name),),
        ("name",),
        20,
    ),
    Trait(
        "mobile",
        _("same mobile"),
        "phone",
        62,
        lambda row: numbers(row.mobile),
        ("mobile",),
        45,
    ),
    Trait(
        "email", _("same e-mail"), "mail", 60, lambda row: mail(row.email), ("email",)
    ),
    Trait(
        "wechat",
        _("same WeChat"),
        "wechat",
        60,
        lambda row: (folded(row.wechat),),
        ("wechat",),
    ),
    Trait(
        "birthday",
        _("same birthday"),
        "birthday",
        30,
        lambda row: (str(row.birthday or ""),),
        ("birthday",),
        30,
        False,
    ),
)
