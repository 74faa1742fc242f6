"""Many at once receive and invoice, allocate and reverse: what must hold after all.

Used by a short test and by `python -m tests.benchmarks money`.
"""

from collections import Counter
from decimal import Decimal
from itertools import count
from random import Random

from django.db import IntegrityError, transaction

from contracts import invoicing, receiving
from contracts.models import Contract, Instalment, Invoice, Receipt
from crm.guards.refusals import explained
from tests.races import together

DEEDS = (
    *("enter", "confirm", "confirm", "allocate", "allocate", "reverse"),
    *("ask", "issue", "issue", "void", "take"),
)
MOST_AT_ONCE = 3


class Writer:
    """Somebody who does random things to receipts and invoices of some customers."""

    def __init__(self, number, customers, enters, confirms):
        """Take the customers, who enters money and who confirms it."""
        self.random = Random(number)  # noqa: S311 - no secrets
        self.customers, self.enters, self.confirms = customers, enters, confirms
        self.papers = count(number * 10**7 + 1)

    def do(self):
        """Do one thing; what it was. A refusal is raised."""
        deed = self.random.choice(DEEDS)
        getattr(self, f"_{deed}")()
        return deed

    def _one(self, model=Receipt, **conditions):
        keys = list(model.objects.filter(**conditions).values_list("pk", flat=True))
        key = self.random.choice(keys) if keys else None
        return model.objects.filter(pk=key).first()

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

    def _ask(self):
        customer = self.random.choice(self.customers)
        if contract := self._one(Contract, customer=customer, status="registered"):
            amount = self._cents(contract.amount / 2)
            self._asked(contract, amount=amount)

    def _asked(self, contract, **fields):
        buyer = {"customer": contract.customer, "title": contract.customer.name}
        try:
            with transaction.atomic():
                Invoice(contract=contract, **buyer, **fields).enter(self.enters)
        except IntegrityError as error:
            raise explained(error, Invoice) from error

    def _issue(self):
        if invoice := self._one(Invoice, status="requested"):
            paper = {"paper_number": f"{next(self.papers):08}"}
            invoicing.issue(invoice, paper, by=self.confirms)

    def _void(self):
        if invoice := self._one(Invoice, status="issued"):
            invoicing.void(invoice, by=self.confirms, reason="抬头有误")

    def _take(self):
        if first := self._one(Invoice, status="issued", amount__gt=0):
            amount = -self._cents(first.amount)
            self._asked(first.contract, amount=amount, red_of=first)


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
