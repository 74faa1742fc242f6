"""Changes get out of the way of what holds; a draft says why it is one.

A contract that was opened for a change held the proposed content in its own row. The
content in force comes back from what was registered, the proposed one becomes an
amendment beside it, with its rounds.
"""

import json
import mimetypes
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

from django.db import migrations
from django.db.models import F

from crm.refolding import letters, texts

CONTENT = (
    "title",
    "customer_id",
    "kind_id",
    "amount",
    "tax_rate",
    "signed_on",
    "starts_on",
    "ends_on",
    "signatory_id",
    "contact_id",
    "terms",
)
#: What a contract is found by, besides its number.
WORDED = ("title", "terms")
LINE = ("product_id", "quantity", "unit_price", "discount")
FILE = ("name", "sha256", "size", "content_type", "uploaded_by_id", "uploaded_at")
#: A round never changes but here, where it is told which change it was about; and what
#: was registered comes back even if a contact it names lies in the recycle bin by now.
RESTING = """
ALTER TABLE contracts_round {0} TRIGGER pgtrigger_closes_35edc;
ALTER TABLE contracts_contract {0} TRIGGER pgtrigger_parents_live_6b81b;
"""

REFUSED = """
UPDATE contracts_contract c SET status = r.state
FROM (
    SELECT DISTINCT ON (contract_id) contract_id, state FROM contracts_round
    ORDER BY contract_id, id DESC
) r
WHERE r.contract_id = c.id AND c.status = 'draft' AND c.edition = 1
    AND r.state IN ('rejected', 'recalled')
"""
#: What lay in the inbox stays there, unless a rule asks a supervisor.
HANDED_IN = """
UPDATE contracts_contract c SET status = 'reported'
FROM customers_customer u
WHERE u.id = c.customer_id AND c.status = 'draft' AND c.deleted_at IS NULL
    AND c.registration = 'reported'
    AND NOT EXISTS (SELECT FROM contracts_round WHERE contract_id = c.id)
    AND NOT EXISTS (
        SELECT FROM contracts_approvalrule r
        WHERE r.active AND r.amount_from <= c.amount
            AND (r.kind_id IS NULL OR r.kind_id = c.kind_id)
            AND (r.credit_grade_id IS NULL OR r.credit_grade_id = u.credit_grade_id)
            AND (r.discount_over IS NULL OR r.discount_over < (
                SELECT coalesce(max(discount), 0) FROM contracts_contractline
                WHERE contract_id = c.id
            ))
    )
"""


def set_beside(apps, schema_editor):
    """Part every working copy from what holds."""
    model = apps.get_model("contracts", "Contract")
    schema_editor.execute(RESTING.format("DISABLE"))
    for contract in model.objects.filter(
        edition__gt=1, status__in=("draft", "pending")
    ).order_by("pk"):
        _part(apps, contract)
    schema_editor.execute(REFUSED)
    schema_editor.execute(HANDED_IN)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute(RESTING.format("ENABLE"))


def _part(apps, contract):
    model = apps.get_model("contracts", "Contract")
    rounds = apps.get_model("contracts", "Round").objects
    editions = apps.get_model("contracts", "Edition").objects
    held = editions.get(contract=contract, number=contract.edition - 1)
    held = json.loads(held.round.snapshot)
    own = rounds.filter(contract=contract, edition=contract.edition)
    last = own.order_by("-pk").first()
    state = {None: "writing", "open": "pending"}.get(
        last and last.state, last and last.state
    )
    editor = contract.edited_by_id or contract.owner_id
    owner = held["owner"]["id"]
    change = apps.get_model("contracts", "Amendment").objects.create(
        contract=contract,
        edition=contract.edition,
        state=state,
        owner_id=None if contract.owner_id == owner else contract.owner_id,
        entered_by_id=editor,
        edited_by_id=editor,
        created_at=contract.changed_at,
        **{name: getattr(contract, name) for name in CONTENT},
    )
    own.update(amendment=change)
    _part_lines(apps, contract, change, held["lines"])
    _part_files(apps, contract, change, held["attachments"])
    said = SimpleNamespace(**{name: held[name] for name in ("number", *WORDED)})
    model.objects.filter(pk=contract.pk).update(
        status="registered",
        edition=F("edition") - 1,
        amendment_state=state,
        owner_id=owner,
        search_text=texts(WORDED)(said),
        search_pinyin=letters(WORDED, ("number",), WORDED[:1])(said),
        **_content(apps, held),
    )


def _content(apps, held):
    """Return the columns of a content that was registered."""
    found = {name: held[name] for name in ("title", "terms")}
    for name in ("amount", "tax_rate"):
        found[name] = Decimal(held[name]) if held[name] else None
    for name in ("signed_on", "starts_on", "ends_on"):
        text = held[name]
        found[name] = datetime.strptime(text, "%Y-%m-%d").date() if text else None  # noqa: DTZ007 - a day has no zone
    for name in ("customer", "kind", "signatory", "contact"):
        found[f"{name}_id"] = held[name]["id"]
    items = apps.get_model("crm", "DictionaryItem").objects
    if not items.filter(pk=found["kind_id"]).exists():
        found["kind_id"] = None  # deleted since; the edition still names it
    return found


def _part_lines(apps, contract, change, held):
    own = apps.get_model("contracts", "ContractLine").objects
    proposed = apps.get_model("contracts", "AmendmentLine")
    lines = list(own.filter(contract=contract).order_by("pk").values(*LINE))
    proposed.objects.bulk_create(
        proposed(amendment=change, contract=contract, **line) for line in lines
    )
    before = [
        {
            "product_id": line["product"]["id"],
            **{name: Decimal(line[name]) for name in LINE[1:]},
        }
        for line in held
    ]
    if before != lines:
        own.filter(contract=contract).delete()
        own.bulk_create(own.model(contract=contract, **line) for line in before)


def _part_files(apps, contract, change, held):
    own = apps.get_model("contracts", "ContractAttachment").objects
    proposed = apps.get_model("contracts", "AmendmentAttachment")
    files = list(own.filter(record=contract).order_by("pk").values(*FILE))
    proposed.objects.bulk_create(
        proposed(record=change, contract=contract, **file) for file in files
    )
    if [(f["name"], f["sha256"]) for f in files] == [
        (f["name"], f["sha256"]) for f in held
    ]:
        return
    known = {(file["name"], file["sha256"]): file for file in files}
    own.filter(record=contract).delete()
    own.bulk_create(
        own.model(
            record=contract,
            **known.get((file["name"], file["sha256"]), _again(file, contract)),
        )
        for file in held
    )


def _again(file, contract):
    """Return a file that was taken away since; its content lies where it lay."""
    return {
        "name": file["name"],
        "sha256": file["sha256"],
        "size": file["size"],
        "content_type": mimetypes.guess_type(file["name"])[0]
        or "application/octet-stream",
        "uploaded_by_id": contract.entered_by_id,
        "uploaded_at": contract.created_at,
    }


class Migration(migrations.Migration):
    dependencies = [("contracts", "0010_amendments")]

    operations = [migrations.RunPython(set_beside, migrations.RunPython.noop)]
