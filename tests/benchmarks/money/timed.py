"""Random deeds on receipts and invoices by four writers: whether all adds up after."""

import sys
import time
from collections import Counter
from decimal import Decimal

from django.conf import settings
from django.db import connections
from django.test.runner import DiscoverRunner

from contracts import approval
from contracts.differences import differences
from contracts.models import Contract, Instalment
from crm.models import Department
from tests.contracts.money import Writer, at_once
from tests.factories import a_contract, a_customer
from tests.people import hire

DEEDS, WRITERS, CUSTOMERS, INSTALMENTS = 10_000, 4, 5, 12
#: So many things each writer does before all are waited for.
EACH = 50
AMOUNT = Decimal("99999.99")


def main(deeds=DEEDS):
    """Make a database, let them work, print what came of it; end with 1 if wrong."""
    if settings.LOCAL:
        connections["default"].hold()
    runner = DiscoverRunner(verbosity=0, interactive=False)
    runner.setup_test_environment()
    databases = runner.setup_databases()
    try:
        wrong = tried(deeds)
    finally:
        runner.teardown_databases(databases)
        runner.teardown_test_environment()
    sys.exit(bool(wrong))


def tried(deeds):
    """Let them do so many things, print what was done, and return what is wrong."""
    people = company()
    writers = [Writer(number, *people) for number in range(WRITERS)]
    began = time.monotonic()
    done = Counter()
    for _slice in range(deeds // (WRITERS * EACH)):
        done += at_once(writers, EACH)
    took = time.monotonic() - began
    wrong = differences()
    print(f"{sum(done.values()):,} in {took:.0f} s: {dict(done)}")
    print(f"does not add up: {wrong or 'nothing'}")
    return wrong


def company():
    """Return customers with a contract in force each, who enters, who confirms."""
    department = Department.objects.create(name="销售部")
    clerk = hire("lina", "李娜", "information_administrator", department=department)
    seller = hire("seller", "张伟", "salesperson", department=department)
    finance = hire("finance", "何敏", "finance", department=department)
    customers = [a_customer(seller) for _each in range(CUSTOMERS)]
    for customer in customers:
        contract = a_contract(seller, customer=customer, amount=AMOUNT)
        part = (AMOUNT / INSTALMENTS).quantize(Decimal("0.01"))
        rest = AMOUNT - part * (INSTALMENTS - 1)
        for month in range(1, INSTALMENTS + 1):
            Instalment.objects.create(
                contract=contract,
                due_on=f"2027-{month:02}-15",
                amount=part if month < INSTALMENTS else rest,
            )
        approval.submit(Contract.objects.get(pk=contract.pk), by=clerk)
    return customers, seller, finance
