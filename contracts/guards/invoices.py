"""Guards of invoices: who issues and voids them, and how much of a contract they are.

Rows are locked in one order: the customer, its contract, its invoices. What is issued
of a contract and what stands of an invoice is written anew with each change, from all
rows there are; checks keep the one within the contract's amount, the other from going
below nothing.
"""

import pgtrigger
from django.utils.translation import gettext_lazy as _

from contracts.guards.content import ACTOR
from contracts.guards.four_eyes import ever_wrote
from contracts.guards.owing import OWING

#: What forms say of what is refused here.
REFUSED = {
    "invoice_contract": _("The contract belongs to another customer."),
    "invoice_frozen": _("An issued invoice does not change any more."),
    "invoice_asked_within": _("More is asked for than is left to invoice."),
}
#: What finance notes as it issues an invoice, and as it voids one.
PAPER = ("paper_code", "paper_number", "issued_on", "issued_by_id")
COURIER = ("courier", "courier_number")
END = ("voided_by_id", "voided_at", "void_reason")
#: What may change at any time: who touched it, whose it is, what is derived or noted by
#: finance. Not who wrote it last: whoever says that by hand has written it.
FREE = (
    "'{version,changed_at,changed_by_id,owner_id,customer_owner_id,status,rejection,"
    f"requested_by_id,{','.join((*PAPER, *COURIER, *END))},tax,standing,"
    "registration,registered_by_id,registered_at,return_reason,deleted_at,"
    "deleted_by_id,search_text,search_pinyin}'"
)
#: The tax that an amount contains, as `contracts.rounding` has it: so many places that
#: a division is never rounded to what only then is half a cent.
TAX = """round(NEW.amount * NEW.tax_rate * 1.00000000000000000000
            / (100 + NEW.tax_rate), 2)"""
#: What no red invoice has taken from an issued one.
LEFT = """CASE WHEN NEW.status = 'issued' AND NEW.amount > 0 THEN NEW.amount
            + coalesce((SELECT sum(amount) FROM contracts_invoice
                WHERE red_of_id = NEW.id AND status = 'issued'), 0)
        ELSE 0 END"""
TODAY = "(clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date"


def wrote_invoice(invoice, person):
    """Return the SQL "this person ever wrote the content".

    Args:
        invoice, person: the SQL of their ids.
    """
    return ever_wrote("contracts.invoice", FREE, invoice, person)


#: Nobody issues or voids what they asked for, brought or ever wrote.
RIGHT = f"""IF NOT crm_holds(actor, 'contracts.issue_invoice') THEN
            PERFORM contracts_refuse('invoice_right', 'no right to issue');
        END IF;
        IF NEW.status <> 'rejected' AND (
            actor IN (
                OLD.entered_by_id, OLD.reporter_id, OLD.edited_by_id,
                OLD.requested_by_id
            ) OR {wrote_invoice("OLD.id", "actor")}
        ) THEN
            PERFORM contracts_refuse('invoice_four_eyes', 'their own');
        END IF;"""
#: A contract in force or done is invoiced; taken back is what was issued of the same.
ISSUES = f"""IF NEW.registration <> 'registered' THEN
                PERFORM contracts_refuse('invoice_in_books', 'reported');
            END IF;
            SELECT status INTO stands FROM contracts_contract
            WHERE id = NEW.contract_id FOR NO KEY UPDATE;
            IF NEW.red_of_id IS NULL AND stands NOT IN {OWING} THEN
                PERFORM contracts_refuse('invoice_in_force', 'not in force');
            END IF;
            IF NEW.red_of_id IS NOT NULL THEN
                SELECT * INTO first FROM contracts_invoice
                WHERE id = NEW.red_of_id FOR NO KEY UPDATE;
                IF first.id = NEW.id OR first.status <> 'issued' OR first.amount <= 0
                    OR first.contract_id <> NEW.contract_id
                    OR first.tax_rate <> NEW.tax_rate THEN
                    PERFORM contracts_refuse('invoice_red_of', 'no such invoice');
                END IF;
            END IF;
            NEW.issued_on := coalesce(NEW.issued_on, {TODAY});
            IF NEW.issued_on > {TODAY} THEN
                PERFORM contracts_refuse('invoice_issued_by_today', 'not yet');
            END IF;
            NEW.issued_by_id := actor;"""  # noqa: S608 - our own names
#: The law lets an invoice be void in the month of its issue alone.
VOIDS = f"""IF date_trunc('month', OLD.issued_on) <> date_trunc('month', {TODAY}) THEN
                PERFORM contracts_refuse('invoice_void_in_month', 'too late');
            END IF;
            IF OLD.amount > 0 AND OLD.standing <> OLD.amount THEN
                PERFORM contracts_refuse('invoice_has_red', 'taken from already');
            END IF;
            NEW.voided_by_id := actor;
            NEW.voided_at := clock_timestamp();"""


def _named(row, *columns):
    return ", ".join(f"{row}.{column}" for column in columns)


def _noted_alone(status, columns):
    """Return the statement that lets columns change only as a status is reached."""
    new, old = (_named(row, *columns) for row in ("NEW", "OLD"))
    return f"""IF ({new}) IS DISTINCT FROM ({old}) AND (
            NEW.status <> '{status}' OR OLD.status = '{status}'
        ) THEN
            PERFORM contracts_refuse('invoice_frozen', 'it is not {status} now');
        END IF;"""


MOVES = f"""IF duplicates_moves(
            'customers.customer', OLD.customer_id, NEW.customer_id
        ) THEN
            free := free || '{{customer_id}}'::text[];
        END IF;
        NEW.requested_by_id := OLD.requested_by_id;
        IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free THEN
            IF OLD.status NOT IN ('requested', 'rejected')
                OR NEW.status NOT IN (OLD.status, 'requested') THEN
                PERFORM contracts_refuse('invoice_frozen', 'content is frozen');
            END IF;
            NEW.edited_by_id := coalesce(actor, OLD.edited_by_id);
            NEW.status := 'requested';
        END IF;
        IF (OLD.status, NEW.status) = ('rejected', 'requested') THEN
            NEW.requested_by_id := coalesce(actor, OLD.requested_by_id);
            NEW.rejection := '';
        ELSIF NEW.status <> OLD.status THEN
            IF (OLD.status, NEW.status) NOT IN (
                ('requested', 'issued'), ('requested', 'rejected'), ('issued', 'voided')
            ) THEN
                PERFORM contracts_refuse('invoice_edge', 'no such change of status');
            END IF;
            {RIGHT}
        ELSIF NEW.rejection <> OLD.rejection THEN
            PERFORM contracts_refuse('invoice_frozen', 'nothing was decided');
        END IF;
        {_noted_alone("issued", PAPER)}
        {_noted_alone("voided", END)}
        IF ({_named("NEW", *COURIER)}) <> ({_named("OLD", *COURIER)}) AND (
            NEW.status <> 'issued'
            OR NOT crm_holds(actor, 'contracts.issue_invoice')
        ) THEN
            PERFORM contracts_refuse('invoice_right', 'nothing was sent');
        END IF;
        IF NEW.status = 'issued' AND OLD.status <> 'issued' THEN
            {ISSUES}
        ELSIF NEW.status = 'voided' AND OLD.status <> 'voided' THEN
            {VOIDS}
        END IF;
        NEW.tax := {TAX};
        NEW.standing := {LEFT};
        RETURN NEW;
        """


def invoice_triggers():
    """Return the triggers that keep an invoice to its edges and freeze its content."""
    return (_begins(), _moves(), _asked(), _counts(), _stays())


def _begins():
    """An invoice begins as a request, of who entered it."""
    return pgtrigger.Trigger(
        name="begins",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[ACTOR],
        func=f"""
        IF NEW.status <> 'requested' THEN
            PERFORM contracts_refuse('invoice_edge', 'not issued yet');
        END IF;
        IF ({_named("NEW", *PAPER, *COURIER, *END)})
            IS DISTINCT FROM ('', '', NULL, NULL, '', '', NULL, NULL, '') THEN
            PERFORM contracts_refuse('invoice_frozen', 'nothing was issued');
        END IF;
        NEW.standing := 0;
        NEW.tax := {TAX};
        NEW.edited_by_id := coalesce(actor, NEW.entered_by_id);
        NEW.requested_by_id := NEW.edited_by_id;
        RETURN NEW;
        """,
    )


def _moves():
    """It is issued, rejected or voided by who may; issued, its content never changes.

    Whoever saves a rejected one, corrected or not, asks for it again. Of a merge of
    two customers it is the other one's from then on.
    """
    return pgtrigger.Trigger(
        name="moves",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        declare=[
            ACTOR,
            ("stands", "text"),
            ("first", "contracts_invoice"),
            ("free", f"text[] := {FREE}"),
        ],
        func=MOVES,
    )


def _asked():
    """What is asked for and what is issued never come to more than the contract.

    Nor do red ones, asked for or issued, to more than the first. Who asks for less
    than before always may: the contract itself may have become less.
    """
    return pgtrigger.Trigger(
        name="asked",
        when=pgtrigger.After,
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf(
            "amount", "status", "contract_id", "red_of_id", "deleted_at"
        ),
        declare=[("remains", "numeric")],
        func="""
        IF NEW.status <> 'requested' OR NEW.deleted_at IS NOT NULL OR (
            TG_OP = 'UPDATE' AND OLD.status = 'requested' AND OLD.deleted_at IS NULL
            AND (OLD.contract_id, OLD.red_of_id)
                IS NOT DISTINCT FROM (NEW.contract_id, NEW.red_of_id)
            AND sign(OLD.amount) = sign(NEW.amount)
            AND abs(NEW.amount) <= abs(OLD.amount)
        ) THEN
            RETURN NULL;
        END IF;
        IF NEW.red_of_id IS NULL THEN
            SELECT amount - invoiced INTO remains FROM contracts_contract
            WHERE id = NEW.contract_id FOR NO KEY UPDATE;
            remains := remains - (SELECT coalesce(sum(amount), 0)
                FROM contracts_invoice WHERE contract_id = NEW.contract_id
                    AND status = 'requested' AND amount > 0 AND deleted_at IS NULL);
        ELSE
            SELECT standing INTO remains FROM contracts_invoice
            WHERE id = NEW.red_of_id FOR NO KEY UPDATE;
            remains := remains + (SELECT coalesce(sum(amount), 0)
                FROM contracts_invoice WHERE red_of_id = NEW.red_of_id
                    AND status = 'requested' AND deleted_at IS NULL);
        END IF;
        IF remains < 0 THEN
            PERFORM contracts_refuse('invoice_asked_within', 'no more is left');
        END IF;
        RETURN NULL;
        """,
    )


def _counts():
    """What is issued or void counts at its contract, a red one at the first."""
    return pgtrigger.Trigger(
        name="counts",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("status"),
        func="""
        IF NEW.status = OLD.status OR NEW.status NOT IN ('issued', 'voided') THEN
            RETURN NULL;
        END IF;
        UPDATE contracts_contract SET invoiced = invoiced WHERE id = NEW.contract_id;
        UPDATE contracts_invoice SET version = version + 1,
            changed_at = clock_timestamp(), changed_by_id = NEW.changed_by_id
        WHERE id = NEW.red_of_id;
        RETURN NULL;
        """,
    )


def _stays():
    """It stays with the customer of its contract; a merge moves both.

    Asked as the transaction ends. That the contract stays with its customer is asked
    there (`customers.triggers.rows_stay`).
    """
    return pgtrigger.Trigger(
        name="stays",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "OLD.customer_id IS DISTINCT FROM NEW.customer_id"
        ),
        timing=pgtrigger.Deferred,
        func="""
        IF EXISTS (
            SELECT FROM contracts_invoice i
            JOIN contracts_contract c ON c.id = i.contract_id
            WHERE i.id = NEW.id AND i.customer_id <> c.customer_id
        ) THEN
            PERFORM contracts_refuse('invoice_stays', 'of another customer');
        END IF;
        RETURN NULL;
        """,
    )
