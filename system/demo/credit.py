"""Credit of the demo: assessments in force, about to end, rejected and waiting."""

from contracts import assessing
from contracts.credit import figures_of
from contracts.models import CreditAssessment
from system.demo.clock import day, past
from system.demo.contracts import head_of
from system.demo.market import item
from system.demo.tables import rows

NO_RECORD = "两年内没有回款记录，请先按预付执行一单再评估。"


def enter(customers, people):
    """Enter the assessments, each by who owns the customer; the head decides."""
    for row in rows("assessments"):
        assessment = _assessment(row, customers[int(row["customer"])])
        assessment.enter(assessment.owner)
        assessing.tell_proposed(assessment, by=assessment.owner)
        head = head_of(assessment, people)
        if row["fate"] == "confirmed":
            assessing.confirm(assessment, by=head)
        elif row["fate"] == "rejected":
            assessing.reject(assessment, by=head, reason=NO_RECORD)


def _assessment(row, customer):
    made = int(row["made"])
    return CreditAssessment(
        customer=customer,
        owner=customer.owner,
        grade=item("credit_grade", row["grade"]),
        limit=row["limit"],
        reason=row["reason"],
        assessed_on=day(made),
        valid_until=day(int(row["ends"])),
        basis=figures_of(customer),
        created_at=past(made),
    )
