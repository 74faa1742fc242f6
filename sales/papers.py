"""What stands on the paper of a quotation: what the customer is offered.

Not on it is what only we are to know: how far it is below the list, and what the lowest
prices are. While it is not approved it bears 草稿 or 审批中 across it.
"""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from contracts.chinese_amounts import in_capitals
from contracts.models import Product
from crm.display import label_of, number_text, short_number_text
from crm.papers.paper import Paper, fact, frame, table
from sales.models import Quotation, QuotationLine

Status = Quotation.Status
_DRAFT = pgettext_lazy("watermark", "draft")
#: What stands across the paper of what the customer may not take.
MARKS = {
    Status.DRAFT: _DRAFT,
    Status.REJECTED: _DRAFT,
    Status.RECALLED: _DRAFT,
    Status.PENDING: pgettext_lazy("watermark", "being approved"),
    Status.SUPERSEDED: pgettext_lazy("watermark", "replaced"),
    Status.EXPIRED: pgettext_lazy("watermark", "expired"),
}
COLUMNS = ("quantity", "unit_price", "total_discount", "amount")


def sheet_of(quotation, user, _asked):
    """Return what the sheet of a quotation says."""
    lines = quotation.lines.select_related("product__unit").order_by("pk")
    said = {
        "title": quotation.title,
        "customer": quotation.customer,
        "contact": quotation.contact or "",
        "quoted_on": quotation.quoted_on,
        "valid_until": quotation.valid_until,
        "owner": quotation.owner,
        "tax_rate": quotation.tax_rate,
        "terms": quotation.terms,
        "amount": quotation.amount,
    }
    rows = [
        (
            str(line.product),
            line.quantity,
            str(line.product.unit or ""),
            line.unit_price,
            line.total_discount,
            line.amount,
        )
        for line in lines
    ]
    head = frame(
        user,
        _("Quotation sheet"),
        quotation.number,
        watermark=str(MARKS.get(quotation.status, "")),
        department=quotation.owner.department,
    )
    return {**head, **_sheet(head, said, rows)}


def _sheet(head, said, rows):
    """Return what the template shows of what is said and (product, …) of the lines."""

    def plain(name, *, wide=False):
        return fact(name, label_of(Quotation, name), said[name], wide=wide)

    amount = said["amount"]
    rate = said["tax_rate"]
    facts = [
        plain("title", wide=True),
        plain("customer"),
        plain("contact"),
        plain("quoted_on"),
        plain("valid_until"),
        fact("amount", label_of(Quotation, "amount"), f"¥ {number_text(amount)}"),
        plain("owner"),
        fact("capitals", _("Amount in capitals"), _capitals(amount), wide=True),
    ]
    if rate is not None:
        label = label_of(Quotation, "tax_rate")
        facts.insert(-1, fact("tax_rate", label, short_number_text(rate)))
    return {
        "facts": facts,
        "lines": _lines(rows, amount),
        "terms": said["terms"],
        "signatures": [
            fact("us", _("For us"), head["company"]["name"]),
            fact("customer", _("For the customer"), said["customer"]),
        ],
        "words": {**head["words"], "terms": label_of(Quotation, "terms")},
    }


def _capitals(amount):
    return f"人民币{in_capitals(amount)}"


def _lines(rows, total):
    quantity, price, discount, amount = (
        (label_of(QuotationLine, name), True) for name in COLUMNS
    )
    product = (label_of(QuotationLine, "product"), False)
    heads = [
        product,
        quantity,
        (label_of(Product, "unit"), False),
        price,
        discount,
        amount,
    ]
    foot = [_("Total"), "", "", "", "", number_text(total)]
    return table(_("Quotation lines"), heads, list(map(_line, rows)), foot=foot)


def _line(row):
    product, quantity, unit, price, discount, amount = row
    numbers = short_number_text(quantity), unit, number_text(price)
    return [product, *numbers, short_number_text(discount), number_text(amount)]


def sheet_example(user):
    """Return what the sheet of a quotation says that there is not."""
    head = frame(user, _("Quotation sheet"), "BJ-20261129-001-v1")
    said = {
        "title": "示例：水泵机组报价",
        "customer": "示例制造（苏州）有限公司",
        "contact": "赵敏",
        "quoted_on": "2026-11-29",
        "valid_until": "2026-12-29",
        "owner": "李明",
        "tax_rate": 13,
        "terms": "一、含税含运费。\n二、签约后三十日内交货。",
        "amount": Decimal(295830),
    }
    rows = [(f"示例产品 {letter}", 12, "台", 8650, 5, 98610) for letter in "ABC"]
    return {**head, "watermark": str(_DRAFT), **_sheet(head, said, rows)}


SHEET = Paper(
    slug="quotation_sheet",
    label=gettext_lazy("Quotation sheet"),
    address="sheet",
    kind="sales.quotation",
    data=sheet_of,
    example=sheet_example,
    along=("customer", "contact", "owner__department"),
)
