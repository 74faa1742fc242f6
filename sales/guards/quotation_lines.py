"""What PostgreSQL computes and refuses of the lines of quotations."""

import pgtrigger
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Greatest
from django.db.models.functions import Round as Rounded

from contracts.guards import line_checks as checks_of_line
from crm.fields import CENT, LARGEST_AMOUNT
from crm.guards.triggers import touches
from sales.guards.quotations import WRITABLE, in_sql, refuse

#: Of a line, what a merge changes, and what PostgreSQL computes after its triggers.
OTHERWISE = "product_id,amount,total_discount,off_list,is_below_floor"
#: A product may become the one that it is merged with.
SAME_PRODUCT = """duplicates_moves(
        'contracts.product', (to_jsonb(OLD) ->> 'product_id')::bigint,
        (to_jsonb(NEW) ->> 'product_id')::bigint
    )"""
LINE_FROZEN = f"""
IF TG_OP = 'UPDATE' AND NEW.quotation_id <> OLD.quotation_id THEN
    {refuse("quotation_frozen", "a line never moves")}
END IF;
SELECT status, discount INTO whole FROM sales_quotation
WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.quotation_id ELSE NEW.quotation_id END
FOR NO KEY UPDATE;
IF TG_OP = 'UPDATE' AND {SAME_PRODUCT} AND whole.status <> 'pending'
    AND to_jsonb(OLD) - other = to_jsonb(NEW) - other THEN
    RETURN NEW;
END IF;
IF whole.status NOT IN ({in_sql(WRITABLE)}) THEN
    {refuse("quotation_frozen", "content is frozen")}
END IF;
IF TG_OP = 'DELETE' THEN
    RETURN OLD;
END IF;
NEW.order_discount := whole.discount;
RETURN NEW;
"""  # noqa: S608 - our own names
#: Whoever merges two products has edited no quotation.
EDITED = f"""edited_by_id = CASE WHEN TG_OP <> 'UPDATE' OR NOT {SAME_PRODUCT}
        THEN coalesce(actor, edited_by_id) ELSE edited_by_id END"""


def line_triggers():
    """Return the triggers of lines: part of what is approved, under one discount."""
    return (
        pgtrigger.Trigger(
            name="frozen",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            declare=[("whole", "record"), ("other", f"text[] := '{{{OTHERWISE}}}'")],
            func=LINE_FROZEN,
        ),
        touches("sales_quotation", "quotation_id", EDITED),
    )


def off_all():
    """Return what a line has taken off in all, in %: its own discount, then that on
    the whole of what is left, rounded to a hundredth."""
    left = (100 - F("discount")) * (100 - F("order_discount")) * CENT
    return Rounded(100 - left, 2)


def off_list():
    """Return how far below its listed price a line is, in %, nothing above it.

    Of a product without one that is what is taken off.
    """
    share = F("unit_price") * (100 - off_all()) / F("list_price")
    return Case(
        When(list_price__gt=0, then=Greatest(Rounded(100 - share, 2), Value(0))),
        default=off_all(),
        output_field=models.DecimalField(max_digits=5, decimal_places=2),
    )


def under_floor():
    """Return whether a line is below the lowest price, discounts included."""
    asked = F("unit_price") * (100 - off_all()) * CENT
    return Case(
        When(floor__gt=asked, then=Value(True)),
        default=Value(False),
        output_field=models.BooleanField(),
    )


def line_checks():
    """Return the checks of one line."""
    return (
        *checks_of_line("quotation_line", LARGEST_AMOUNT),
        models.CheckConstraint(
            condition=Q(order_discount__gte=0, order_discount__lte=100),
            name="quotation_line_order_discount_in_bounds",
        ),
    )
