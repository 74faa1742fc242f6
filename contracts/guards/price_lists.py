"""Guards of price lists: possible ones, and none that says a price beside another.

Two lists are tied that hold for the same sort of customers, with the same priority and
the same first day, for a customer whom both may mean and a product that both price: no
rule says which of them it costs. `contracts_tied_lists` is made by a migration.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q

#: The name by which a tie is refused (`crm.guards.refusals`).
TIED = "pricelist_tied"
#: The columns that say when, for whom and with which right a list holds.
HOLDING = (
    "holds_for",
    "level_id",
    "customer_kind",
    "industry_id",
    "region_id",
    "starts_on",
    "priority",
    "active",
    "deleted_at",
)


def price_list_checks(wrong_way_round, no_group):
    """Return the checks of one list, with the words for two of them."""
    grouped = (
        Q(level__isnull=False)
        | ~Q(customer_kind="")
        | Q(industry__isnull=False)
        | Q(region__isnull=False)
    )
    return (
        models.CheckConstraint(
            condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            name="pricelist_days_in_order",
            violation_error_message=wrong_way_round,
        ),
        models.CheckConstraint(
            condition=Q(holds_for="group") & grouped
            | Q(holds_for__in=("everybody", "named")) & ~grouped,
            name="pricelist_holds_for_known",
            violation_error_message=no_group,
        ),
        models.CheckConstraint(
            condition=Q(priority__gte=0, priority__lte=999),
            name="pricelist_priority_in_bounds",
        ),
    )


def tied_as_list():
    """A list comes to hold otherwise beside no other one."""
    return _tied(pgtrigger.UpdateOf(*HOLDING), "NEW.id", "NULL")


def tied_as_customer():
    """No customer comes to be named by two lists that then are tied."""
    return _tied(
        pgtrigger.Insert | pgtrigger.UpdateOf("customer_id", "price_list_id"),
        "NEW.price_list_id",
        "NULL",
    )


def tied_as_price():
    """No product comes to be priced by two lists that then are tied."""
    return _tied(
        pgtrigger.Insert | pgtrigger.UpdateOf("product_id", "price_list_id"),
        "NEW.price_list_id",
        "NEW.product_id",
    )


def _tied(operation, price_list, product):
    """Refuse it one after the other: of two at once the second one sees the first.

    Who saves a list with its parts lets it be asked last of all, when all is there
    and every row is locked.
    """
    return pgtrigger.Trigger(
        name="tied",
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Immediate,
        func=f"""
            PERFORM pg_advisory_xact_lock(hashtext('{TIED}'));
            IF EXISTS (SELECT FROM contracts_tied_lists({price_list}, {product})) THEN
                RAISE EXCEPTION 'two price lists say a price with the same right'
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{TIED}';
            END IF;
            RETURN NULL;
        """,
    )
