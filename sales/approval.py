"""How quotations are asked about and decided upon.

What a quotation says is approved as a whole: prices, discounts, days and terms. What no
rule asks for holds as it is handed in.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext_lazy

from contracts.snapshots import exchanged, tell_line
from crm.approval.flow import Flow, move
from crm.approval.refusals import Words
from crm.approval.turns import Turns
from crm.display import date_text, label_of, number_text, short_number_text
from crm.guards.actor import acting
from crm.models import User
from sales.guards.quotation_rounds import FITTING, TABLES
from sales.models import (
    Quotation,
    QuotationApprovalRule,
    QuotationDecision,
    QuotationLine,
    QuotationRound,
    QuotationRoundStep,
)
from sales.pricing import settle

Status = Quotation.Status
PLAIN = (
    "number",
    "title",
    "quoted_on",
    "valid_until",
    "discount",
    "tax_rate",
    "terms",
    "amount",
    "list_amount",
    "discount_most",
)
NAMED = ("customer", "contact", "opportunity", "owner")
NUMBERS = ("discount", "tax_rate", "amount", "list_amount", "discount_most")
OF_LINE = (
    "quantity",
    "unit_price",
    "discount",
    "total_discount",
    "list_price",
    "floor",
    "off_list",
    "amount",
)
WORDS = Words(
    moved_on=gettext_noop(
        "The quotation has moved on since you opened it. Look at it again."
    ),
    four_eyes=gettext_noop(
        "Nobody decides on a quotation they own, entered, edited or submitted."
    ),
    not_theirs=gettext_noop("Only who submitted or owns a quotation can recall it."),
    waiting=gettext_noop(
        "Quotations that wait for your decision, the longest waiting first."
    ),
    approved=ngettext_lazy("%d quotation approved.", "%d quotations approved."),
    rejected=ngettext_lazy("%d quotation rejected.", "%d quotations rejected."),
    who_meets=gettext_noop("Quotations that meet all of this"),
    first_rule=gettext_noop(
        "The first rule that a quotation meets says who must approve it. A quotation"
        " that meets none may be sent as it is handed in."
    ),
    not_able=gettext_noop("%s holds no role with the right to approve quotations."),
    role_not_able=gettext_noop(
        "“%s” has no right to approve quotations: others would be asked."
    ),
    frozen=gettext_noop(
        "What was handed in or approved does not change: make a new version of it."
    ),
)
_LATE = ("conflict", WORDS.moved_on)
REFUSALS = {
    **WORDS.refusals("quotation_round", "quotation_decision"),
    **{name: ("invalid", words) for name, words in Quotation.refused.items()},
    "quotation_edge": _LATE,
    "quotation_replaces": ("conflict", Quotation.refused["quotation_replaces"]),
    "quotation_frozen": ("conflict", WORDS.frozen),
    "quotation_one_live": (
        "conflict",
        gettext_noop("Another version of it is accepted, or was approved meanwhile."),
    ),
    "quotation_one_written": (
        "conflict",
        gettext_noop("A new version of it is being written already."),
    ),
}
turns = Turns(
    topic=TABLES.topic,
    right=TABLES.approve,
    decisions=QuotationDecision,
    steps=lambda: QuotationRoundStep.objects.filter(
        round__state=QuotationRound.State.OPEN
    ),
    columns={
        "record": "round__quotation",
        "submitted_by": "round__submitted_by",
        "owner": "round__quotation__owner",
        "entered_by": "round__quotation__entered_by",
        "edited_by": "round__quotation__edited_by",
        "path": "round__quotation__owner__department__path",
    },
    barred=lambda row: {
        row["owner"],
        row["entered_by"],
        row["edited_by"],
        row["submitted_by"],
    },
)


class QuotationFlow(Flow):
    """The moves of quotations, and what the approver's desk shows of them."""

    rounds, decisions, rules = QuotationRound, QuotationDecision, QuotationApprovalRule
    record, turns, fitting = "quotation", turns, FITTING
    own_conditions = ("amount_from", "discount_over", "below_floor")
    words, refusals = WORDS, REFUSALS
    number_field = "number"
    tells = ("amount", "discount_most", "valid_until")
    about_field, amount_field = "customer", "amount"
    whole_template = "sales/quotation_whole.html"

    def submit(self, record: Quotation, *, by: User) -> QuotationRound:
        """Hand a quotation in, its lines beside the lists of today; return the round.

        Raises:
            ValidationError: it is not being written any more, or a later version is
                there (`conflict`), it is not theirs, it is over, or a line of it
                cannot be offered.
        """
        statuses = Quotation.WRITABLE
        with self.changing(record, by, "submitted", "submit", statuses=statuses):
            self._refuse_outdated(record)
            settle(record)
            return super().submit(record, by=by)

    def content_of(self, subject: Quotation) -> dict[str, Any]:
        """Return what a quotation says."""
        lines = subject.lines.select_related("product").order_by("pk")
        return {
            **{name: _plain(getattr(subject, name)) for name in PLAIN},
            **{name: _named(getattr(subject, name)) for name in NAMED},
            "lines": [_line(line) for line in lines],
        }

    def doers(self, record: Quotation, round_: QuotationRound) -> set[int | None]:
        """Bar who owns, entered, edited or submitted it."""
        return super().doers(record, round_) | {record.edited_by_id}

    def pend(self, subject: Quotation, by: User) -> None:
        """Let it wait."""
        self._move(subject, Status.PENDING)

    def hold(self, subject: Quotation, round_: QuotationRound, by: User) -> None:
        """Let it be sent; what its version before offered is offered no longer."""
        before = Quotation.objects.filter(
            ~Q(pk=subject.pk), series=subject.series, status__in=Quotation.OFFERED
        )
        with acting(by, verb="superseded"):
            before.update(status=Status.SUPERSEDED)
        self._move(subject, Status.APPROVED)

    def come_back(self, subject: Quotation, state: str) -> None:
        """Let it be written again."""
        self._move(subject, state)

    def differences(self, before: Any, after: Any) -> list[dict[str, Any]]:
        """Say how two contents differ, lines as well."""
        found = [
            {"name": name, "label": label_of(Quotation, name), "old": old, "new": new}
            for name in (*PLAIN, *NAMED)
            if (old := _text(name, before)) != (new := _text(name, after))
        ]
        lines = QuotationLine._meta.verbose_name_plural
        return found + exchanged("lines", lines, before, after, tell_line)

    def asked_of(self, user: User, ids: Any) -> Any:
        """Return quotations of some ids, with what the desk names along."""
        return super().asked_of(user, ids).select_related("customer")

    def whole(self, row: dict[str, Any], user: User) -> dict[str, Any]:
        """Show lines beside their listed prices, and what is said of the whole."""
        content = row["round"].content
        shown = ("quoted_on", "valid_until", "discount", "tax_rate", "list_amount")
        facts = [
            {"name": n, "label": label_of(Quotation, n), "value": _text(n, content)}
            for n in (*shown, *NAMED)
        ]
        return {
            "facts": [one for one in facts if one["value"]],
            "lines": list(_shown(content["lines"])),
            "total": Decimal(content["amount"]),
            "terms": content["terms"],
        }

    def extent(self, content: Any) -> list[str]:
        """Return of what a quotation is made: its lines, and how far below the list."""
        found = [_("lines: %d") % len(content["lines"])]
        if off := Decimal(content["discount_most"]):
            found.append(_("up to %s %% below the list") % short_number_text(off))
        return found

    def _refuse_outdated(self, record: Quotation) -> None:
        """Refuse what could never hold: it is over, or a later version is there."""
        if record.valid_until < timezone.localdate():
            words = _("It would hold until %(day)s only, which is over.")
            day = date_text(record.valid_until)
            raise ValidationError(words % {"day": day}, code="invalid")
        rows = Quotation.objects.filter(series=record.series).exclude(pk=record.pk)
        later = Q(edition__gt=record.edition) & ~Q(status__in=Quotation.WRITABLE)
        if rows.filter(later | Q(status=Status.ACCEPTED)).exists():
            code, words = self.refusals["quotation_one_live"]
            raise ValidationError(_(words), code=code)

    def _move(self, subject: Quotation, status: str) -> None:
        if not move(subject, status):
            raise self.words.late()


def _shown(lines: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Yield the lines of a content as templates take those of a quotation."""
    for line in lines:
        numbers = {n: Decimal(line[n]) if line[n] else None for n in OF_LINE}
        asked = numbers["unit_price"] * (100 - numbers["total_discount"]) / 100
        floor = numbers["floor"]
        yield {
            **numbers,
            "product": line["product"]["name"],
            "is_below_floor": floor is not None and asked < floor,
        }


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _named(record: Any) -> dict[str, Any]:
    return {
        "id": record and record.pk,
        "name": str(record) if record else "",
    }


def _line(line: QuotationLine) -> dict[str, Any]:
    product = {**_named(line.product), "code": line.product.code}
    numbers = {name: _plain(getattr(line, name)) for name in OF_LINE}
    return {"product": product, **numbers}


def _text(name: str, content: dict[str, Any]) -> str:
    value = content.get(name, "")  # a snapshot knows the fields of its time
    if name in NUMBERS and value:
        return number_text(Decimal(value))
    return value["name"] if isinstance(value, dict) else value


FLOW = QuotationFlow()
