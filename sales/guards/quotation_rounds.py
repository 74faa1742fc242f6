"""How the approval of quotations is called in PostgreSQL, and what it asks of them."""

from crm.approval.fitting import Fitting
from crm.approval.guards import Tables

#: How a quotation is compared with the rules, beside their conditions on any field.
FITTING = Fitting(
    prefix="sales_quotation",
    table="sales_quotation",
    own="r.amount_from <= said.amount"
    " AND (r.discount_over IS NULL OR said.discount_most > r.discount_over)"
    " AND (NOT r.below_floor OR said.below_floor)",
    named={
        "customer": "(SELECT name FROM customers_customer WHERE id = said.customer_id)"
    },
)
#: The content of a quotation as its columns and lines have it.
WRITTEN = """(
        SELECT jsonb_build_object(
            'number', q.number, 'title', q.title, 'customer', q.customer_id,
            'contact', q.contact_id, 'opportunity', q.opportunity_id,
            'quoted_on', q.quoted_on::text, 'valid_until', q.valid_until::text,
            'discount', q.discount, 'tax_rate', q.tax_rate, 'terms', q.terms,
            'owner', q.owner_id, 'amount', q.amount, 'lines', coalesce((
                SELECT jsonb_agg(jsonb_build_object(
                    'product', l.product_id, 'quantity', l.quantity,
                    'unit_price', l.unit_price, 'discount', l.discount,
                    'total_discount', l.total_discount,
                    'list_price', l.list_price, 'floor', l.floor, 'amount', l.amount
                ) ORDER BY l.id)
                FROM sales_quotationline l WHERE l.quotation_id = q.id
            ), '[]')
        ) FROM sales_quotation q WHERE q.id = NEW.quotation_id
    )"""
#: The same as the snapshot of a round says it, where names stand beside the ids.
CLAIMED = """(
        SELECT jsonb_build_object(
            'number', s -> 'number', 'title', s -> 'title',
            'customer', s -> 'customer' -> 'id', 'contact', s -> 'contact' -> 'id',
            'opportunity', s -> 'opportunity' -> 'id',
            'quoted_on', s -> 'quoted_on', 'valid_until', s -> 'valid_until',
            'discount', (s ->> 'discount')::numeric,
            'tax_rate', nullif(s ->> 'tax_rate', '')::numeric, 'terms', s -> 'terms',
            'owner', s -> 'owner' -> 'id', 'amount', (s ->> 'amount')::numeric,
            'lines', coalesce((
                SELECT jsonb_agg(jsonb_build_object(
                    'product', line -> 'product' -> 'id',
                    'quantity', (line ->> 'quantity')::numeric,
                    'unit_price', (line ->> 'unit_price')::numeric,
                    'discount', (line ->> 'discount')::numeric,
                    'total_discount', (line ->> 'total_discount')::numeric,
                    'list_price', nullif(line ->> 'list_price', '')::numeric,
                    'floor', nullif(line ->> 'floor', '')::numeric,
                    'amount', (line ->> 'amount')::numeric
                ) ORDER BY place)
                FROM jsonb_array_elements(s -> 'lines')
                    WITH ORDINALITY AS said (line, place)
            ), '[]')
        ) FROM (SELECT NEW.snapshot::jsonb) AS told (s)
    )"""
TABLES = Tables(
    prefix="sales_quotation",
    record="quotation",
    table="sales_quotation",
    owner="quotation.owner_id",
    doers=("quotation.owner_id", "quotation.entered_by_id", "quotation.edited_by_id"),
    rule=FITTING.of_row("NEW.quotation_id"),
    written=WRITTEN,
    claimed=CLAIMED,
    submit="sales.submit_quotation",
    register="sales.submit_quotation",
    approve="sales.approve_quotation",
    topic="quotations",
)
