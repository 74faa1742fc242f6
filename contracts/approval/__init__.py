"""The life of a contract and of a change to it.

Each verb locks the contract, asks for the right on the stored row, compares the
version that the person has seen, and moves the state only from where it thinks it is.
How rounds are opened and decided says `crm.approval.flow`; PostgreSQL refuses the rest
(`crm.approval.guards`, `contracts.guards`).
"""

from contracts.approval.changes import amend, withdraw
from contracts.approval.ends import complete, terminate
from contracts.approval.inbox import register, report_again, send_back
from contracts.approval.moves import FLOW
from contracts.approval.submission import recall, recall_change, submit, submit_change

decide = FLOW.decide
late, late_for = FLOW.late, FLOW.late_for

__all__ = [
    "FLOW",
    "amend",
    "complete",
    "decide",
    "late",
    "late_for",
    "recall",
    "recall_change",
    "register",
    "report_again",
    "send_back",
    "submit",
    "submit_change",
    "terminate",
    "withdraw",
]
