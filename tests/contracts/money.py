"""Many at once enter, confirm, allocate and reverse money: what must hold after all.

Used by a short test and by `python -m tests.benchmarks money`.
"""

from collections import Counter
from decimal import Decimal
from random import Random

from contracts import receiving
from contracts.models import Instalment, Receipt
from tests.races import together

DEEDS = ("enter", "confirm", "confirm", "allocate", "allocate", "reverse")
MOST_AT_ONCE = 3


class Writer:
    """Somebody who does random things to the receipts of some customers."""

    def __init__(self, number, customers, enters, confirms):
        """Take the customers, who enters money and who confirms it."""
        self.random = Random(number)  # noqa: S311 - no secrets
        self.customers, self.enters, self.confirms = customers, enters, confirms

    def do(self):
        """Do one thing; what it was. A refusal is raised."""
        deed = self.random.choice(DEEDS)
        getattr(self, f"_{deed}")()
        return deed

    def _one(self, **conditions):
        keys = list(Receipt.objects.filter(**conditions).values_list("pk", flat=True))
        key = self.random.choice(keys) if keys else None
        return Receipt.objects.filter(pk=key).first()

    def _cents(self, most):
        return Decimal(self.random.randrange(1, int(most * 100) + 1)) / 100

    def _enter(self):
        customer = self.random.choice(self.customers)
        Receipt(customer=customer, amount=self._cents(900)).enter(self.enters)

    def _confirm(self):
        if receipt := self._one(status="entered"):
            receiving.confirm(receipt, by=self.confirms)

    def _allocate(self):
        if receipt := self._one(status="confirmed", amount__gt=0):
            rows = list(Instalment.objects.filter(contract__customer=receipt.customer))
            number = self.random.randint(1, MOST_AT_ONCE)
            some = self.random.sample(rows, min(number, len(rows)))
            # Of what there is: else nearly all are refused, and little adds up.
            there = receipt.amount
            amounts = {row.pk: self._cents(min(row.amount, there)) - 1 for row in some}
            receiving.allocate(
                receipt,
                {key: max(amount, Decimal(0)) for key, amount in amounts.items()},
                by=self.confirms,
            )

    def _reverse(self):
        if first := self._one(status="confirmed", amount__gt=0):
            back = Receipt(
                customer=first.customer,
                amount=-self._cents(first.amount),
                refund_of=first,
            )
            back.enter(self.enters)


def at_once(writers, rounds):
    """Let writers work at one moment, each so many rounds; return what came of it.

    Counter of (deed or name of a refusal).
    """

    def work(number):
        done = Counter()
        for _round in range(rounds):
            try:
                done[writers[number].do()] += 1
            except receiving.ValidationError as error:
                done[getattr(error, "code", None) or "invalid"] += 1
        return done

    return sum(together(len(writers), work), Counter())
