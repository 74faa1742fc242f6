"""查重: whether a company is in the books, and whose it is, before one works on it.

Of customers of others one learns that there are such, whose they are, how far they have
come and when somebody last spoke to them; never how to reach them. So many a day, and
the operation log keeps what was asked (`crm.disclosures`).
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.chinese.folding import folded
from crm.disclosures import Disclosures
from crm.models.searching import asked
from crm.text import digits, single_line
from crm.validators import normalise_credit_code
from customers.duplicates import near
from customers.models import Contact, Customer, Pool
from customers.models.traits import core_of

SHORTEST_NAME, SHORTEST_NUMBER, CODE = 2, 7, 18
LONGEST = 200
#: Rows that are told of; whoever finds more asks for a longer piece of the name.
MOST = 20
#: What a telephone is written with, besides digits.
_DIALLED = frozenset(" +-()/.")


@dataclass(frozen=True)
class Hit:
    """A customer that is what was asked for, and what one may do about it.

    Attributes:
        is_seen: whether the person may open it.
        pool: the pool that it is in, if the person has to do with that one.
    """

    customer: Customer
    is_seen: bool
    pool: Pool | None = None


@dataclass(frozen=True)
class Answer:
    """What was found, whether there is more, and whether one may learn of it today."""

    hits: list[Hit]
    has_more: bool = False
    is_exhausted: bool = False


def check(text, user, request=None):
    """Return the Answer to a name, a telephone or a credit code.

    Args:
        text: what was typed.
        user: who asks.
        request: by which they ask.

    Raises:
        ValidationError: it is too short to be asked for.
    """
    text = single_line(text.replace("\0", ""))[:LONGEST]
    like = _like(text)
    seen = Customer.objects.visible_to(user).filter(pk__in=[one.pk for one in like])
    own = set(seen.order_by().values_list("pk", flat=True))
    if _is_number(text):
        # A pool tells most digits of its telephones: nobody tries out the others.
        like = [one for one in like if one.pool_id is None or one.pk in own]
    disclosures = Disclosures(user, request)
    answered = [
        one
        for one in like[:MOST]
        if one.pk in own or disclosures.allow(one, asked=text)
    ]
    inside = {one.pool_id for one in answered} - {None}
    pools = Pool.objects.visible_to(user).in_bulk(inside) if inside else {}
    return Answer(
        [Hit(one, one.pk in own, pools.get(one.pool_id)) for one in answered],
        has_more=len(like) > MOST,
        is_exhausted=len(answered) < len(like[:MOST]),
    )


def has_learnt_of(customer, user):
    """Say whether somebody sees a customer, or has learnt of it today."""
    if customer.allowed(user, "view"):
        return True
    disclosures = Disclosures(user)
    return (disclosures.name_of(customer), customer.pk) in disclosures.learnt


def _like(text):
    """Return the customers that may be meant, the likeliest first: MOST and one."""
    everybody = Customer.objects.all()
    code, number = normalise_credit_code(text), digits(text)
    if _is_number(text):
        if len(number) < SHORTEST_NUMBER:
            raise ValidationError(
                _("Enter at least %d digits of a telephone.") % SHORTEST_NUMBER
            )
        return _read(everybody.filter(pk__in=_reached_by(text)).order_by("pk"))
    if len(code) == CODE and code.isascii():
        return _read(everybody.filter(credit_code=code))
    if len(text) < SHORTEST_NAME:
        raise ValidationError(
            _("Enter at least %d characters of a name.") % SHORTEST_NAME
        )
    # Behind any name, legal forms alone are cut off.
    if core_of(f"甲{folded(text)}") == "甲":
        raise ValidationError(
            _("Every company has that in its name: enter what is its own.")
        )
    (matches,) = near([Customer(name=text)], everybody)
    likely = {match.record.pk: match.record for match in matches}
    named = _read(everybody.filter(asked(text, _by_name)).order_by("pk"))
    return list((likely | {row.pk: row for row in named}).values())


def _is_number(text):
    return (
        any(map(str.isdecimal, text))
        and not {sign for sign in text if not sign.isdecimal()} - _DIALLED
    )


def _reached_by(text):
    """Return the ids of some customers that have a telephone, or whose contact has it.

    Each column is asked for itself: of several at once no index answers.
    """
    rows = Customer.objects.order_by()
    reached = set(_ids(rows, Customer.field_holds("phone", text), "pk"))
    for name in Contact.dialled:
        rows = Contact.objects.order_by()
        reached.update(_ids(rows, Contact.field_holds(name, text), "customer"))
    return reached


def _ids(rows, condition, column):
    return rows.filter(condition).values_list(column, flat=True)[: MOST + 1]


def _by_name(word, **_others):
    return Customer.names_hold(word)


def _read(rows):
    return list(rows.select_related("owner__department", "pool")[: MOST + 1])
