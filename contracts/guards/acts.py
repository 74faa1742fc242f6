"""What entries of the history may be called, of a contract and of its parts.

A contract shows what became of its change by `amendment_state`: empty again when the
change is applied or given up.
"""

from crm.guards.acts import becomes, either

_INTO_THE_BOOKS = either(
    becomes("status", "registered"), becomes("amendment_state", "")
)

CONTRACT_ACTS = {
    "submitted": either(
        becomes("status", "pending", "reported"),
        becomes("amendment_state", "pending", "reported"),
        _INTO_THE_BOOKS,
    ),
    "registered": _INTO_THE_BOOKS,
    "approved": _INTO_THE_BOOKS,
    "returned": either(
        becomes("registration", "returned"),
        becomes("status", "rejected"),
        becomes("amendment_state", "rejected"),
    ),
    "rejected": either(
        becomes("status", "rejected"), becomes("amendment_state", "rejected")
    ),
    "recalled": either(
        becomes("status", "recalled"), becomes("amendment_state", "recalled")
    ),
    "amended": becomes("amendment_state", "writing"),
    "withdrawn": becomes("amendment_state", ""),
    "completed": becomes("status", "completed"),
    "terminated": becomes("status", "terminated"),
}
AMENDMENT_ACTS = {
    "submitted": becomes("state", "pending", "reported", "applied"),
    "registered": becomes("state", "applied"),
    "approved": becomes("state", "applied"),
    "returned": becomes("state", "rejected"),
    "rejected": becomes("state", "rejected"),
    "recalled": becomes("state", "recalled"),
    "amended": "op = 'INSERT'",
    "withdrawn": becomes("state", "withdrawn"),
}
INVOICE_ACTS = {
    "issued": becomes("status", "issued"),
    "rejected": becomes("status", "rejected"),
    "voided": becomes("status", "voided"),
}
RECEIPT_ACTS = {
    "confirmed": becomes("status", "confirmed"),
    "rejected": becomes("status", "rejected"),
}
ASSESSMENT_ACTS = {
    "confirmed": becomes("status", "confirmed"),
    "rejected": becomes("status", "rejected"),
}
