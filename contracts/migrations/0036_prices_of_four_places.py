"""A piece may cost 0.0125 CNY; what a line comes to is multiplied, never divided.

PostgreSQL alters no column of which another is generated: the amount goes and is
computed anew from the same numbers. Snapshots keep the prices of their time in two
places: two prices are the same whatever zeros they end in. Of sums above 10^8 the old
division could round twice, and up: such an amount may become a cent less.

There is no way back while a price has more than two places: it would be lost.
"""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models
from django.db.models import F, Q, Value
from django.db.models.functions import Round

from crm.fields import PriceField

LARGEST = 10**15
MONEY = [MinValueValidator(0), MaxValueValidator(LARGEST)]
PERCENT = [MinValueValidator(0), MaxValueValidator(100)]
#: The price of a line, as a table has it and as a snapshot does.
STORED, KEPT = "unit_price::text", "one -> 'unit_price'"
SAME_STORED = "trim_scale(unit_price)::text"
SAME_KEPT = "trim_scale((one ->> 'unit_price')::numeric)::text"
SAID = """
-- What a contract, or the change to it, says: as it is written in the tables.
CREATE OR REPLACE FUNCTION contracts_said(contract bigint, change bigint) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
WITH said AS (
    SELECT to_jsonb(c) || CASE WHEN a.id IS NULL THEN '{}' ELSE
        (to_jsonb(a) - 'owner_id')
        || jsonb_build_object('owner_id', coalesce(a.owner_id, c.owner_id)) END AS r
    FROM contracts_contract c LEFT JOIN contracts_amendment a ON a.id = change
    WHERE c.id = contract
), line AS (
    SELECT id, product_id, quantity, unit_price, discount, amount
    FROM contracts_contractline WHERE change IS NULL AND contract_id = contract
    UNION ALL
    SELECT id, product_id, quantity, unit_price, discount, amount
    FROM contracts_amendmentline WHERE amendment_id = change
), file AS (
    SELECT id, name, sha256, size
    FROM contracts_contractattachment WHERE change IS NULL AND contract_id = contract
    UNION ALL
    SELECT id, name, sha256, size
    FROM contracts_amendmentattachment WHERE amendment_id = change
)
SELECT jsonb_build_object(
    'number', r -> 'number', 'edition', r -> 'edition',
    'title', r -> 'title', 'terms', r -> 'terms',
    'amount', r ->> 'amount', 'tax_rate', coalesce(r ->> 'tax_rate', ''),
    'signed_on', coalesce(r ->> 'signed_on', ''),
    'starts_on', coalesce(r ->> 'starts_on', ''),
    'ends_on', coalesce(r ->> 'ends_on', ''),
    'customer', r -> 'customer_id', 'kind', r -> 'kind_id',
    'signatory', r -> 'signatory_id', 'contact', r -> 'contact_id',
    'owner', r -> 'owner_id',
    'external_number', r -> 'external_number',
    'lines', (
        SELECT coalesce(jsonb_agg(jsonb_build_array(product_id, quantity::text,
            trim_scale(unit_price)::text, discount::text, amount::text) ORDER BY id), '[]')
        FROM line
    ),
    'files', (
        SELECT coalesce(jsonb_agg(jsonb_build_array(name, sha256, size) ORDER BY id),
            '[]')
        FROM file
    )
) FROM said
$$;

-- The same of a snapshot.
CREATE OR REPLACE FUNCTION contracts_told(snapshot jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
SELECT jsonb_build_object(
    'number', snapshot -> 'number', 'edition', snapshot -> 'edition',
    'title', snapshot -> 'title', 'terms', snapshot -> 'terms',
    'amount', snapshot -> 'amount', 'tax_rate', snapshot -> 'tax_rate',
    'signed_on', snapshot -> 'signed_on', 'starts_on', snapshot -> 'starts_on',
    'ends_on', snapshot -> 'ends_on',
    'customer', snapshot #> '{customer,id}', 'kind', snapshot #> '{kind,id}',
    'signatory', snapshot #> '{signatory,id}', 'contact', snapshot #> '{contact,id}',
    'owner', snapshot #> '{owner,id}',
    'external_number', coalesce(snapshot -> 'external_number', '""'),
    'lines', (
        SELECT coalesce(jsonb_agg(jsonb_build_array(one #> '{product,id}',
            one -> 'quantity', trim_scale((one ->> 'unit_price')::numeric)::text,
            one -> 'discount', one -> 'amount') ORDER BY place), '[]')
        FROM jsonb_array_elements(snapshot -> 'lines')
            WITH ORDINALITY AS line (one, place)
    ),
    'files', (
        SELECT coalesce(jsonb_agg(jsonb_build_array(one -> 'name', one -> 'sha256',
            one -> 'size') ORDER BY place), '[]')
        FROM jsonb_array_elements(snapshot -> 'attachments')
            WITH ORDINALITY AS file (one, place)
    )
)
$$;
"""
SAID_BEFORE = SAID.replace(SAME_STORED, STORED).replace(SAME_KEPT, KEPT)
KEEPS_PLACES = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM contracts_contractline WHERE scale(trim_scale(unit_price)) > 2)
        OR EXISTS (
            SELECT FROM contracts_amendmentline WHERE scale(trim_scale(unit_price)) > 2
        )
        OR EXISTS (SELECT FROM contracts_product WHERE scale(trim_scale(price)) > 2)
    THEN
        RAISE EXCEPTION 'a price has more than two places: they would be lost';
    END IF;
END $$
"""
LINES = (("contractline", "line"), ("amendmentline", "amendment_line"))


def of_line(model, kind):
    """Return the operations on one table of lines; `kind` starts its constraints."""
    bounds = f"{kind}_amount_in_bounds"
    price = F("quantity") * F("unit_price")
    return [
        migrations.RemoveConstraint(model, bounds),
        migrations.RemoveField(model, "amount"),
        migrations.AlterField(
            model,
            "unit_price",
            PriceField(
                decimal_places=4,
                max_digits=20,
                validators=MONEY,
                verbose_name="unit price (CNY)",
            ),
        ),
        migrations.AlterField(
            model,
            "discount",
            models.DecimalField(
                decimal_places=2,
                default=0,
                help_text="For example 10: nine tenths of the price are left.",
                max_digits=5,
                validators=PERCENT,
                verbose_name="discount (%)",
            ),
        ),
        migrations.AddField(
            model,
            "amount",
            models.GeneratedField(
                db_persist=True,
                expression=Round(
                    price * (Value(100) - F("discount")) * Value(Decimal("0.01")), 2
                ),
                output_field=models.DecimalField(decimal_places=2, max_digits=18),
                verbose_name="line amount (CNY)",
            ),
        ),
        migrations.AddConstraint(
            model,
            models.CheckConstraint(condition=Q(amount__lte=LARGEST), name=bounds),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("contracts", "0035_receivers_work_here")]

    operations = [
        migrations.RunSQL(SAID, SAID_BEFORE),
        *(operation for names in LINES for operation in of_line(*names)),
        migrations.AlterField(
            "product",
            "price",
            PriceField(
                blank=True,
                decimal_places=4,
                max_digits=20,
                null=True,
                validators=MONEY,
                verbose_name="price (CNY)",
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, KEEPS_PLACES),
    ]
