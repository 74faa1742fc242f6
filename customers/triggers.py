"""What PostgreSQL keeps up to date about customers, by whatever way it is written."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def owner_of_customer():
    """Return the column that repeats the owner of a row's customer.

    Rights on the row follow that person as well. In the row itself a list need not
    look into another table to tell who sees it. Kept by the triggers below.
    """
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        verbose_name=_("owner of the customer"),
        related_name="+",
        editable=False,
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
IF NEW.owner_id = OLD.owner_id THEN
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
