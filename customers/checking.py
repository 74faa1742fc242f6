"""查重: whether a company is in the books, and whose it is, before one works on it.

Of customers of others one learns that there are such, whose they are, how far they have
come and when somebody last spoke to them; never how to reach them. They answer to
names, whole telephones and whole credit codes: a part of a number would tell the next
digit. So many a day, and the operation log keeps what was asked (`crm.disclosures`);
after that, all questions about them have one answer.
"""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, TextField, Value
from django.db.models.functions import Concat

from crm.disclosures import Findings
from crm.models.registration import Registration
from crm.models.searching import FIRST_READINGS, asked
from crm.queries.search import Part, holds
from customers import questions
from customers.duplicates import near
from customers.models import Contact, Customer, Pool
from customers.models.traits import Numbers, sharing

#: Rows that are told of; whoever finds more asks for a longer piece of the name.
MOST = 20
#: Rows of one name that are looked at.
LOOKED_AT = 200
#: Telephones of one question that are looked for.
MOST_NUMBERS = 3
#: Reasons that a name is the whole one of a customer: it is told, however many have
#: it in theirs.
WHOLE_NAMES = frozenset(("name", "short_name"))


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

    @property
    def is_returned(self):
        """Whether the report of it was returned, if that concerns the person."""
        return self.is_seen and self.customer.registration == Registration.RETURNED

    @property
    def hidden(self):
        """The columns that its pool tells nobody but those who see the customer."""
        pool = self.customer.pool
        return () if self.is_seen or pool is None else pool.hidden


@dataclass(frozen=True)
class Answer:
    """What was found.

    Attributes:
        question: what was asked.
        hits: the customers.
        has_more: whether the person sees more of them.
        has_many: whether so many of others are like it that none of them is told.
        is_exhausted: whether the person learns of no further one today.
    """

    question: questions.Question
    hits: list[Hit]
    has_more: bool = False
    has_many: bool = False
    is_exhausted: bool = False


def check(text, user, request=None):
    """Return the Answer to a name, a telephone or a credit code.

    Args:
        text: what was typed.
        user: who asks.
        request: by which they ask.

    Raises:
        ValidationError: it is too little to be asked for.
    """
    question = questions.read(text)
    search = _Search(question, user)
    findings = Findings(user, request)
    own = search.own
    others, has_many = search.answer_from(findings)
    answered = [*own[:MOST], *others]
    rows = search.rows(answered)
    hits = [
        Hit(rows[pk], pk in own, search.pools.get(rows[pk].pool_id))
        for pk in answered
        if pk in rows
    ]
    if not (hits or has_many):
        question.refuse()
    return Answer(
        question,
        hits,
        has_more=len(own) > MOST,
        has_many=has_many,
        is_exhausted=findings.is_full and not search.sees_all,
    )


def learnt_by(user):
    """Return the ids of customers of others that somebody found today."""
    return Findings(user).found_ids


def has_learnt_of(customer, user):
    """Say whether somebody sees a customer, be it in a pool, or has found it today."""
    if customer.pool_id and Pool.objects.visible_to(user).filter(pk=customer.pool_id):
        return True
    return customer.allowed(user, "view") or customer.pk in learnt_by(user)


class _Search:
    """The customers that may be meant by a question, as ids, the likeliest first."""

    def __init__(self, question, user):
        self.question, self.user = question, user
        self.seen = Customer.objects.visible_to(user).order_by()
        self.sees_all = Customer.objects.visibility(user).is_everything
        self.pool_of = {}

    @cached_property
    def matches(self):
        """{id: Match} of the names that are like the one asked for."""
        if self.question.is_number:
            return {}
        asked_for = Customer(name=self.question.text)
        (found,) = near([asked_for], Customer.objects.all())
        if self.question.is_legal_form:
            found = [match for match in found if _is_whole(match)]
        self.pool_of |= {match.record.pk: match.record.pool_id for match in found}
        return {match.record.pk: match for match in found}

    @cached_property
    def whole(self):
        """The ids of those whose number, code or name it is as a whole."""
        found, question = [], self.question
        if question.code:
            rows = Customer.objects.filter(credit_code=question.code).order_by()
            coded = dict(rows.values_list("pk", "pool_id"))
            self.pool_of |= coded
            found += coded
        if question.numbers:
            found += sorted(_reached_by(question.numbers[:MOST_NUMBERS]))
        return [*found, *(pk for pk, match in self.matches.items() if _is_whole(match))]

    @cached_property
    def named(self):
        """The ids of those that have it in their names: LOOKED_AT and one."""
        if self.question.is_legal_form:
            return []
        rows = Customer.objects.order_by("pk").filter(_named(self.question.text))
        named = dict(rows.values_list("pk", "pool_id")[: LOOKED_AT + 1])
        self.pool_of |= named
        return list(named)

    @cached_property
    def everybody(self):
        """All of these."""
        return list(dict.fromkeys([*self.whole, *self.matches, *self.named]))

    @cached_property
    def own(self):
        """Those that the person sees; they answer to parts of their numbers, too."""
        asked_for = self.seen.filter(pk__in=self.everybody)
        visible = set(asked_for.values_list("pk", flat=True)) if self.everybody else ()
        found = [pk for pk in self.everybody if pk in visible]
        for pks in self._more_of_own():
            found += pks[: MOST + 1]
        return list(dict.fromkeys(found))

    def _more_of_own(self):
        text = self.question.text
        if len(self.named) > LOOKED_AT:
            named = self.seen.filter(_named(text)).order_by("pk")
            yield named.values_list("pk", flat=True)
        fields = []
        if self.question.is_number:
            contacts = Contact.objects.visible_to(self.user).order_by()
            fields = [(contacts, name, "customer") for name in Contact.dialled]
            fields.append((self.seen, "phone", "pk"))
        elif not self.question.names_customers:
            fields = [(self.seen, "number", "pk")]
        elif text.isascii() and any(map(str.isdigit, text)):
            fields = [(self.seen, "credit_code", "pk")]
        for rows, name, column in fields:
            held = rows.filter(rows.model.field_holds(name, text))
            pks = held.values_list(column, flat=True)
            yield pks if column == "pk" else self._visible(pks)

    def _visible(self, pks):
        found = list(pks[: LOOKED_AT + 1])
        return list(self.seen.filter(pk__in=found).values_list("pk", flat=True))

    @cached_property
    def pools(self):
        """{id: Pool} of the pools of these that concern the person."""
        inside = {self.pool_of.get(pk) for pk in self.everybody} - {None}
        return Pool.objects.visible_to(self.user).in_bulk(inside) if inside else {}

    def _is_listed(self, pk):
        """Say whether the person may read of a customer in a pool of theirs anyway."""
        return self.pool_of.get(pk) in self.pools

    def answer_from(self, findings):
        """Return the ids of others that the person is told of, and if there are many.

        Args:
            findings: what the person has found today; is added to.
        """
        own = set(self.own)
        others = [pk for pk in self.everybody if pk not in own]
        listed = [pk for pk in others if self._is_listed(pk)][:MOST]
        if findings.is_full:
            known = findings.found_ids.intersection(others).difference(listed)
            return [*listed, *known], False
        others = [pk for pk in others if not self._is_listed(pk)]
        has_many = len(others) > MOST or (
            len(self.named) > LOOKED_AT and not self.sees_all
        )
        if has_many:
            others = [pk for pk in self.whole if pk in {*others}][:MOST]
        rows = self.rows(others)
        allowed = findings.allowed(
            [rows[pk] for pk in others if pk in rows], self.question.text
        )
        return [*listed, *(row.pk for row in allowed)], has_many

    def rows(self, pks):
        """Return {id: customer} of some of these."""
        rows = {pk: self.matches[pk].record for pk in pks if pk in self.matches}
        left = [pk for pk in pks if pk not in rows]
        if left:
            found = Customer.objects.select_related("owner__department", "pool")
            rows |= found.in_bulk(left)
        return rows


def _is_whole(match):
    return not WHOLE_NAMES.isdisjoint(match.reasons)


def _named(text):
    """Return the condition that the name of a customer has it; its number tells no one.

    The number is counted up: whoever asked for its parts would read the books.
    """
    return asked(text, _name_holds)


def _name_holds(word, others=()):
    known = holds(Part("search_text", 1), word)
    if word.isascii():
        known |= holds(FIRST_READINGS, word)
    return Customer.holds(word, others=others) & known


def _reached_by(numbers):
    """Return the ids of customers with one of some telephones, or whose contact has it.

    Of those in pools most digits are told to many: nobody tries out the others.
    """
    found = sharing(Customer.objects.all(), Numbers, numbers, most=LOOKED_AT)
    for number in numbers:
        rows = Contact.objects.order_by().filter(search_pinyin__contains=number)
        rows = rows.filter(_dials(number))
        found.update(rows.values_list("customer", flat=True)[:LOOKED_AT])
    reached = Customer.objects.filter(pk__in=found, pool=None).order_by()
    return set(reached.values_list("pk", flat=True)) if found else found


def _dials(number):
    """Return the condition that a contact has a telephone as a whole."""
    condition = Q()
    for name in Contact.dialled:
        part = Part("search_pinyin", Contact.lettered.index(name) + 2)
        dialled = Concat(Value(" "), part, Value(" "), output_field=TextField())
        condition |= holds(dialled, f" {number} ")
    return condition
