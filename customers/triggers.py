"""What PostgreSQL keeps up to date about customers, by whatever way it is written."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def owner_of_customer():
    """Return the column that repeats the owner of a row's customer.

    Rights on the row follow that person as well. In the row itself a list need not
    look into another table to tell who sees it. Kept by the triggers below; nobody is
    the owner of a customer in a pool.
    """
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        verbose_name=_("owner of the customer"),
        related_name="+",
        editable=False,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
    )


def planned():
    """Keep what somebody wrote into the next contact by hand, and when.

    `next_contact_at` is derived: interactions promise contacts (`feedback.triggers`).
    Whoever sets or empties it on the customer itself moves or cancels what was
    promised so far. The program itself writes it from within another trigger.
    """
    return pgtrigger.Trigger(
        name="planned",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("next_contact_at"),
        func="""
IF pg_trigger_depth() = 1 AND NEW.next_contact_at IS DISTINCT FROM (
    CASE TG_OP WHEN 'UPDATE' THEN OLD.next_contact_at END
) THEN
    NEW.planned_for := NEW.next_contact_at;
    NEW.planned_at := clock_timestamp();
END IF;
RETURN NEW;
""",
    )


def owner_asked():
    """Read the customer's owner when a row comes to a customer.

    The customer is locked, as by whatever else the row does to it: its owner then
    cannot change between this reading and the end of the transaction.
    """
    return pgtrigger.Trigger(
        name="owner_asked",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf("customer_id", "customer_owner_id"),
        func="""
SELECT owner_id INTO NEW.customer_owner_id FROM customers_customer
WHERE id = NEW.customer_id FOR NO KEY UPDATE;
RETURN NEW;
""",
    )


def owner_told():
    """Tell every row of a customer who its owner is now.

    Those are the rows of all tables with such a column, which the parts above
    declare: the catalogue knows them, this part need not.
    """
    return pgtrigger.Trigger(
        name="owner_told",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("owner_id"),
        declare=[("part", "regclass")],
        func="""
IF NEW.owner_id IS NOT DISTINCT FROM OLD.owner_id THEN
    RETURN NULL;
END IF;
FOR part IN
    SELECT attrelid FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE attname = 'customer_owner_id' AND NOT attisdropped AND relkind = 'r'
        AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = TG_RELID)
LOOP
    EXECUTE format(
        'UPDATE %s SET customer_owner_id = $1 WHERE customer_id = $2', part
    ) USING NEW.owner_id, NEW.id;
END LOOP;
RETURN NULL;
""",
    )


#: Kinds that can be merged: a row may follow what it names to the one that is left.
MERGED = {"customer": "customers.customer", "contact": "customers.contact"}


def same_customer(kind, **tables):
    """Refuse what belongs to another customer, where a row names a new one.

    Only a row that names something new is looked at: a contact who has moved to
    another customer since must not freeze what was written in the past. Nor must one
    who, or whose customer, is merged with another.

    Args:
        kind: how the constraints begin: `interaction_contact` is one.
        tables: {relation of the row, such as contact: its table}.
    """
    columns = [f"{name}_id" for name in ("customer", *tables)]
    same = " AND ".join(stays(name) for name in ("customer", *tables))
    return pgtrigger.Trigger(
        name="same_customer",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(*columns),
        func=f"""
IF TG_OP = 'UPDATE' AND {same} THEN
    RETURN NEW;
END IF;
{"".join(_belongs(kind, name, table) for name, table in tables.items())}RETURN NEW;
""",
    )


def rows_stay(*parts):
    """Return the triggers that refuse another customer for what old rows name.

    The kinds of those rows stand higher in the house: the catalogue knows them. What
    moves because customers are merged, or taken apart again, takes them along: there
    it is asked as the transaction ends.

    Args:
        parts: tables of rows of its own, which may name another customer.
    """
    how = {"declare": list(ROWS_STAY_NEEDS)}
    asked = f"\n{rows_stay_sql(*parts)}RETURN NEW;\n"
    at_once = f"IF {stays('customer')} THEN RETURN NEW; END IF;"
    return (
        pgtrigger.Trigger(
            name="rows_stay",
            when=pgtrigger.Before,
            operation=pgtrigger.UpdateOf("customer_id"),
            func=f"{at_once}\n{asked}",
            **how,
        ),
        pgtrigger.Trigger(
            name="rows_stay_together",
            when=pgtrigger.After,
            operation=pgtrigger.UpdateOf("customer_id"),
            condition=pgtrigger.Condition(
                "OLD.customer_id IS DISTINCT FROM NEW.customer_id"
            ),
            timing=pgtrigger.Deferred,
            func=asked,
            **how,
        ),
    )


#: What a trigger declares that asks `rows_stay_sql`.
ROWS_STAY_NEEDS = (("part", "regclass"), ("link", "name"), ("is_named", "boolean"))
ROWS_STAY = """\
FOR part, link IN
    SELECT conrelid::regclass, attname
    FROM pg_constraint JOIN pg_attribute
        ON attrelid = conrelid AND attnum = conkey[1]
    WHERE contype = 'f' AND confrelid = {table}
        AND conrelid::regclass::text <> ALL ('{{{own}}}'::text[])
        AND EXISTS (
        SELECT FROM pg_attribute AS own
        WHERE own.attrelid = conrelid AND own.attname = 'customer_id'
    )
LOOP
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM %s WHERE %I = $1 AND customer_id <> $2)', part, link
    ) INTO is_named USING NEW.{row}, NEW.customer_id;
    IF is_named THEN
        RAISE EXCEPTION 'rows of % name this and the old customer', part
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rows_stay';
    END IF;
END LOOP;
"""


def rows_stay_sql(*parts, table="TG_RELID", row="id"):
    """Return the SQL that refuses NEW's customer if rows name another one beside it.

    Args:
        parts: tables whose rows may name another customer.
        table: what the rows name, as an expression.
        row: NEW's column with the id of what they name.
    """
    return ROWS_STAY.format(own=",".join(parts), table=table, row=row)


def stays(name):
    """Return the condition that a row names what it named, or what is left of it."""
    column = f"{name}_id"
    same = f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}"
    if name not in MERGED:
        return same
    return f"({same} OR duplicates_moves('{MERGED[name]}', OLD.{column}, NEW.{column}))"


def _belongs(kind, name, table):
    return f"""\
IF NEW.{name}_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM {table} WHERE id = NEW.{name}_id AND customer_id = NEW.customer_id
) THEN
    RAISE EXCEPTION 'the {name} belongs to another customer'
        USING ERRCODE = 'check_violation', CONSTRAINT = '{kind}_{name}';
END IF;
"""
