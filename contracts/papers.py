"""What stands on the papers of a contract: what holds, and who decided on it."""

import json
from decimal import Decimal

from django.db.models import prefetch_related_objects
from django.http import Http404
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from contracts.approval import FLOW
from contracts.chinese_amounts import in_capitals
from contracts.models import Contract, ContractLine
from contracts.snapshots import content_of
from crm.approval.progress import progress_of, rounds_shown
from crm.display import label_of, moment_text, number_text, short_number_text
from crm.papers.paper import Paper, fact, frame, table

Status = Contract.Status
_DRAFT = pgettext_lazy("watermark", "draft")
#: What stands across the paper of what is not in force.
MARKS = {
    Status.DRAFT: _DRAFT,
    Status.REJECTED: _DRAFT,
    Status.RECALLED: _DRAFT,
    Status.REPORTED: pgettext_lazy("watermark", "not registered"),
    Status.PENDING: pgettext_lazy("watermark", "being approved"),
}
NUMBERS = ("quantity", "unit_price", "discount", "amount")


def content_asked(contract, number):
    """Return what a contract says, or what one of its editions said.

    Args:
        contract: the contract.
        number: of the edition as an address has it, None or empty for what it says.

    Raises:
        Http404: there is no such edition.
    """
    if not number:
        return content_of(contract)
    whole = number.isascii() and number.isdigit() and len(number) < 9
    rows = contract.editions.select_related("round")
    edition = rows.filter(number=int(number)).first() if whole else None
    if edition is None:
        raise Http404
    return json.loads(edition.round.snapshot)


def amounts_of(content):
    """Return {amount, amount_in_capitals, total} of a content."""
    amount = Decimal(content["amount"])
    total = sum(Decimal(line["amount"]) for line in content["lines"])
    return {
        "amount": number_text(amount),
        "amount_in_capitals": f"人民币{in_capitals(amount)}",
        "total": total,
    }


def sheet_of(contract, user, asked):
    """Return what the contract sheet says: what holds, not what is being written."""
    number = asked.get("edition")
    content = content_asked(contract, number)
    is_past = bool(number) and content["edition"] != contract.edition
    head = frame(
        user,
        _("Contract sheet"),
        _subtitle(
            content, _("as registered") if number else contract.get_status_display()
        ),
        watermark=pgettext("watermark", "replaced") if is_past else mark_of(contract),
        department=contract.owner.department,
    )
    return {**head, **_sheet(content, head)}


def mark_of(contract):
    """Return what stands across the paper of a contract, nothing if it holds."""
    return str(MARKS.get(contract.status, ""))


def _subtitle(content, state):
    edition = _("Edition %(number)s") % {"number": content["edition"]}
    return " · ".join((content["number"], edition, str(state)))


def _sheet(content, head):
    """Return what the templates of a contract show of a content."""
    sums = amounts_of(content)
    named = [
        _named("customer", content),
        _named("kind", content),
        fact("amount", label_of(Contract, "amount"), f"¥ {sums['amount']}"),
        _plain("tax_rate", content),
        fact(
            "capitals", _("Amount in capitals"), sums["amount_in_capitals"], wide=True
        ),
        _plain("signed_on", content),
        fact("term", _("Term"), _term(content)),
        _named("signatory", content),
        _named("contact", content),
        _named("owner", content),
        _plain("external_number", content),
    ]
    us, them = head["company"]["name"], content["customer"]["name"]
    return {
        "facts": [_plain("title", content, wide=True), *filter(_is_said, named)],
        "lines": _lines(content["lines"], sums["total"]),
        "terms": content["terms"],
        "files": _files(content["attachments"]),
        "signatures": [
            fact("us", _("For us"), us),
            fact("customer", _("For the customer"), them),
        ],
        "words": {**head["words"], "terms": label_of(Contract, "terms")},
    }


def _term(content):
    days = (content["starts_on"], content["ends_on"])
    return " – ".join(days) if any(days) else ""


def _is_said(one):
    return one["text"] != "" or one["name"] != "external_number"


def _plain(name, content, *, wide=False):
    return fact(name, label_of(Contract, name), content.get(name, ""), wide=wide)


def _named(name, content):
    return fact(name, label_of(Contract, name), content[name]["name"])


def _lines(lines, total):
    heads = [(label_of(ContractLine, name), True) for name in NUMBERS]
    heads.insert(0, (label_of(ContractLine, "product"), False))
    foot = [_("Total"), "", "", "", number_text(total)]
    rows = [_line(line) for line in lines]
    return table(_("Contract lines"), heads, rows, foot=foot if rows else ())


def _line(line):
    quantity, discount = (
        short_number_text(Decimal(line[name])) for name in ("quantity", "discount")
    )
    price, amount = (
        number_text(Decimal(line[name])) for name in ("unit_price", "amount")
    )
    return [line["product"]["name"], quantity, price, discount, amount]


def _files(files):
    heads = [(_("File name"), False), (_("Size"), True), ("SHA-256", False)]
    rows = [[f["name"], filesizeformat(f["size"]), f["sha256"]] for f in files]
    return table(_("Attachments"), heads, rows)


def approval_of(contract, user, _asked):
    """Return what the approval sheet says: all rounds, the first one first."""
    prefetch_related_objects([contract], *rounds_shown(FLOW))
    progress = progress_of(FLOW, contract, user, FLOW.approvers())
    head = frame(
        user,
        _("Approval sheet"),
        f"{contract.number} · {contract.get_status_display()}",
        watermark=mark_of(contract),
        department=contract.owner.department,
    )
    sums = amounts_of({"amount": str(contract.amount), "lines": []})
    owner = " · ".join(
        map(str, filter(None, (contract.owner, contract.owner.department)))
    )
    facts = [
        fact("title", label_of(Contract, "title"), contract.title, wide=True),
        fact("customer", label_of(Contract, "customer"), contract.customer),
        fact("credit", _("credit grade"), contract.customer.credit_grade or "–"),
        fact("amount", label_of(Contract, "amount"), f"¥ {sums['amount']}"),
        fact("owner", label_of(Contract, "owner"), owner),
        fact(
            "capitals", _("Amount in capitals"), sums["amount_in_capitals"], wide=True
        ),
    ]
    rounds = list(enumerate(reversed(progress.rounds), start=1))
    return {**head, **_approval(head, facts, [_round(*one) for one in rounds])}


def _approval(head, facts, rounds):
    unsubmitted = _("This contract has not been submitted yet.")
    return {
        "facts": facts,
        "rounds": rounds,
        "signatures": [
            fact("handled", _("Handled by"), ""),
            fact("approved", _("Approved by"), ""),
        ],
        "words": {**head["words"], "unsubmitted": unsubmitted},
    }


def _round(number, round_):
    heading = _("Round %(number)s · edition %(edition)s · %(state)s") % {
        "number": number,
        "edition": round_.edition,
        "state": round_.get_state_display(),
    }
    unruled = _("No rule asked for approval.") if round_.unruled else ""
    submitted = moment_text(round_.submitted_at)
    first = [_("Submission"), round_.submitted_by, submitted, unruled, ""]
    rows = [first, *map(_step, round_.shown_steps)]
    changes = [[one["label"], one["old"], one["new"]] for one in round_.changes]
    return _round_shown(heading, rows, round_.sha256, changes)


def _round_shown(heading, rows, sha256, changes):
    heads = (_("Step"), _("Who"), _("When"), _("Verdict"), _("Opinion"))
    changed = (_("Field"), _("Before"), _("After"))
    return {
        "heading": heading,
        "steps": table("", [(head, False) for head in heads], rows),
        "sha256": sha256,
        "changes": table("", [(head, False) for head in changed], changes),
    }


def _step(row):
    decision = row["decision"]
    if decision is None:
        waits = _("waiting") if row["waits_for"] else ""
        return [row["asked"], "、".join(map(str, row["waits_for"])), "", waits, ""]
    who = str(decision.by)
    if decision.on_behalf_of:
        behalf = _("(on behalf of %(person)s)") % {"person": decision.on_behalf_of}
        who = f"{who} {behalf}"
    verdict = _("approved") if decision.approved else _("rejected")
    return [row["asked"], who, moment_text(decision.at), verdict, decision.opinion]


def sheet_example(user):
    """Return what the sheet of a contract says that there is not."""
    content = _example()
    head = frame(user, _("Contract sheet"), _subtitle(content, Status.DRAFT.label))
    return {**head, "watermark": str(_DRAFT), **_sheet(content, head)}


def approval_example(user):
    """Return what the approval sheet of a contract says that there is not."""
    content = _example()
    head = frame(user, _("Approval sheet"), content["number"])
    facts = _sheet(content, head)["facts"][:6]
    rows = [
        [_("Submission"), "李明", "2026-11-26 09:30", "", ""],
        ["业务主管", "王芳", "2026-11-26 14:05", _("approved"), "同意"],
    ]
    heading = _("Round %(number)s · edition %(edition)s · %(state)s") % {
        "number": 1,
        "edition": 1,
        "state": _("approved"),
    }
    return {
        **head,
        **_approval(head, facts, [_round_shown(heading, rows, "0" * 64, [])]),
    }


def _example():
    line = {"quantity": "12", "unit_price": "8650.00", "discount": "5"}
    lines = [
        {**line, "product": {"name": f"示例产品 {letter}"}, "amount": "98610.00"}
        for letter in "ABC"
    ]
    people = {"signatory": "李明", "contact": "赵敏", "owner": "李明"}
    return {
        "number": "HT2026-000123",
        "edition": 1,
        "title": "示例：设备采购及安装合同",
        "amount": "295830.00",
        "tax_rate": "13",
        "signed_on": "2026-11-27",
        "starts_on": "2026-12-01",
        "ends_on": "2027-11-30",
        "external_number": "",
        "terms": "一、交货后三十日内付款。\n二、质保期十二个月。",
        "customer": {"name": "示例制造（苏州）有限公司"},
        "kind": {"name": "销售"},
        "lines": lines,
        "attachments": [],
        **{name: {"name": value} for name, value in people.items()},
    }


SHEET = Paper(
    slug="contract_sheet",
    label=gettext_lazy("Contract sheet"),
    address="sheet",
    kind="contracts.contract",
    data=sheet_of,
    example=sheet_example,
    along=("customer", "kind", "owner__department", "signatory", "contact"),
)
APPROVAL = Paper(
    slug="contract_approval",
    label=gettext_lazy("Approval sheet"),
    address="approval",
    kind="contracts.contract",
    data=approval_of,
    example=approval_example,
    along=("customer__credit_grade", "owner__department"),
)
