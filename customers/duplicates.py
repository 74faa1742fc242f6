"""Finding customers that are probably the same: 查重.

A page of candidates costs one query: PostgreSQL picks, by index, the few rows that
share something with each of them; what they really have in common is compared here.
"""

import re
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Abs, Length
from django.utils.translation import gettext_lazy as _

from crm.display import text
from crm.folding import folded, same_name, telephones
from crm.models.record import Registration
from crm.pinyin import pinyin
from crm.search import any_of
from customers.models import Customer
from customers.models.traits import Names, Numbers, sharing

#: Rows that are looked at closely for one candidate.
NEAR = 20
#: Share of common 2-grams from which two names are near-equal (Dice).
SIMILAR = 0.72
#: A shorter number is an extension or a service line that many share.
SHORTEST_NUMBER = 7
#: The stem of a name that is looked for has at least so many letters in pinyin.
SHORTEST_SOUND = 4

_LEGAL = re.compile(
    r"(?:股份|有限|责任|集团|控股|总)*(?:公司|合伙企业|合作社|事务所)"
    r"|股份有限|有限责任|(?:普通|有限)合伙|集团$|(?:总|分)公司|个人独资企业"
)
#: Words that say what a firm does, not which one it is.
_GENERIC = re.compile(
    r"科技|技术|信息|网络|软件|电子|工程|建筑|建设|建材|装饰|机械|设备|制造|实业|工业"
    r"|商贸|贸易|经贸|进出口|国际|投资|发展|开发|管理|咨询|服务|文化|传媒|广告|物流"
    r"|运输|食品|农业|生物|医药|医疗|化工|能源|电力|环保|汽车|房地产|置业|酒店|餐饮"
)
_REGION = re.compile(
    r"中国|(?:北京|上海|天津|重庆)市?|(?:广东|江苏|浙江|山东|河南|河北|四川|湖北|湖南"
    r"|安徽|福建|江西|辽宁|吉林|黑龙江|山西|陕西|云南|贵州|甘肃|海南|青海)省?"
    r"|[\u4e00-\u9fff]{2,3}(?:省|市|自治区|自治州)"
)

REASONS = {
    "credit_code": _("same credit code"),
    "name": _("same name"),
    "short_name": _("same short name"),
    "phone": _("same phone"),
    "similar": _("similar name"),
}


@dataclass(frozen=True)
class Match:
    """A customer that is probably the one asked about, and why."""

    customer: Customer
    reasons: tuple[str, ...]

    @property
    def words(self):
        """The reasons in the reader's language."""
        return text([str(REASONS[reason]) for reason in self.reasons])

    @property
    def registered(self):
        """Whether the other one stands in the books already."""
        return self.customer.registration == Registration.REGISTERED

    @property
    def is_sure(self):
        """Whether the two have more in common than the sound of a name."""
        return bool(set(self.reasons) - {"similar"})


def stem(name):
    """Return the longest piece of a name that is its own: 华夏 of 北京华夏科技."""
    plain = same_name(name)
    for pattern in (_LEGAL, _REGION, _GENERIC):
        plain = pattern.sub(" ", plain)
    longest = max(plain.split(), key=len, default="")
    return longest if len(longest) > 1 else same_name(name)


def likeness(one, other):
    """Return how alike two keys are, 0 to 1: Dice's share of common 2-grams."""
    mine, theirs = _grams(one), _grams(other)
    if not mine or not theirs:
        return float(one == other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


def likely(customers, user):
    """Return {pk: [Match, …]} for saved or unsaved customers, the surest first.

    Only rows that the person may see are compared with; an unsaved customer stands
    under None.
    """
    customers = list(customers)
    found = near(customers, Customer.objects.visible_to(user))
    return {c.pk: matches for c, matches in zip(customers, found, strict=True)}


def near(customers, rows):
    """Return [[Match, …], …], those of the rows that are like each customer.

    The surest come first. One query, whatever the number of customers.
    """
    found = [[] for _customer in customers]
    parts = [_near(customer, rows, place) for place, customer in enumerate(customers)]
    if not parts:
        return found
    union = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    for row in union:
        _match(customers[row.place], row, found[row.place])
    return [_surest_first(matches) for matches in found]


def surely(customers, rows):
    """Return [[Match, …], …], those of the rows that are surely like each customer.

    A few queries, quick for thousands of customers; what is only alike is not found.
    """
    keys = [_names(customer) | _numbers(customer) for customer in customers]
    places = defaultdict(set)
    for place, own in enumerate(keys):
        for key in own:
            places[key].add(place)
    found = [[] for _customer in customers]
    ids = _sharing(customers)
    rows = rows.select_related("owner__department").filter(any_of("pk", ids))
    for row in rows.order_by("pk") if ids else ():
        shared = (places.get(key, ()) for key in _names(row) | _numbers(row))
        for place in sorted(set().union(*shared)):
            if len(found[place]) < NEAR:
                _match(customers[place], row, found[place])
    return [_surest_first(matches) for matches in found]


def _sharing(customers):
    """Return the ids of the customers that share a name or a telephone with some."""
    names = {folded(n) for c in customers for n in (c.name, c.short_name)} - {""}
    numbers = {number for customer in customers for number in _numbers(customer)}
    found = sharing(Customer.objects.all(), Names, names) if names else set()
    if numbers:
        found |= sharing(Customer.objects.all(), Numbers, numbers)
    return found


def _surest_first(matches):
    rank = list(REASONS)
    return sorted(
        matches, key=lambda match: (rank.index(match.reasons[0]), match.customer.pk)
    )


def _match(customer, row, matches):
    """Add a row to the matches of a customer if the two have something in common."""
    if reasons := tuple(_reasons(customer, row)):
        matches.append(Match(row, reasons))


def divided(found, user):
    """Return (what the person sees of some matches, what is surely the same beside it).

    Args:
        found: [[Match, …], …], of rows whoever may see them.
        user: the person.
    """
    pks = {match.customer.pk for matches in found for match in matches}
    rows = Customer.objects.visible_to(user).filter(pk__in=pks).order_by()
    known = set(rows.values_list("pk", flat=True)) if pks else set()
    seen = [[m for m in matches if m.customer.pk in known] for matches in found]
    hidden = [
        [m for m in matches if m.is_sure and m.customer.pk not in known]
        for matches in found
    ]
    return seen, hidden


def _near(customer, rows, place=0):
    """Return those of the rows that share code, telephone, stem or its sound with one.

    The place is told with each of them, where several customers are asked about.
    """
    sure = Q(pk__in=())
    if customer.credit_code:
        sure |= Q(credit_code=customer.credit_code)
    for number in _numbers(customer):
        sure |= Q(search_pinyin__contains=number)
    alike = Q(pk__in=())
    for own in set(map(stem, filter(None, (customer.name, customer.short_name)))):
        alike |= Q(search_text__has_part=own)
        sound = pinyin(own)
        if len(sound) >= SHORTEST_SOUND:
            alike |= Q(search_pinyin__contains=sound)
    surest = Case(When(sure, then=0), default=1, output_field=IntegerField())
    rows = rows.select_related("owner__department").filter(sure | alike)
    rows = rows.exclude(pk=customer.pk).annotate(place=Value(place))
    return rows.order_by(surest, Abs(Length("name") - len(customer.name)), "pk")[:NEAR]


def _reasons(customer, other):
    """Yield what two customers have in common, the surest first."""
    if customer.credit_code and customer.credit_code == other.credit_code:
        yield "credit_code"
    mine, theirs = same_name(customer.name), same_name(other.name)
    if mine and mine == theirs:
        yield "name"
    elif not _names(customer).isdisjoint(_names(other)):
        yield "short_name"
    if not _numbers(customer).isdisjoint(_numbers(other)):
        yield "phone"
    if mine != theirs and (
        likeness(mine, theirs) >= SIMILAR or pinyin(mine) == pinyin(theirs)
    ):
        yield "similar"


def _names(customer):
    """Return the keys of what a customer is called."""
    return {same_name(name) for name in (customer.name, customer.short_name) if name}


def _numbers(customer):
    """Return the telephone numbers by which one finds only few customers."""
    found = telephones(customer.phone)
    return {number for number in found if len(number) >= SHORTEST_NUMBER}


def _grams(text):
    return {text[place : place + 2] for place in range(len(text) - 1)}
