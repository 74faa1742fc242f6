"""What PostgreSQL does when an interaction is written, by whatever way it came."""

import pgtrigger


def told_at_kept():
    """Note when what a row says of contacts came into the books, or changed there."""
    return pgtrigger.Trigger(
        name="told",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf("customer_id", "next_contact_at", "registration"),
        func="""
IF NEW.registration = 'registered' AND (
    TG_OP = 'INSERT' OR (NEW.customer_id, NEW.next_contact_at, NEW.registration)
    IS DISTINCT FROM (OLD.customer_id, OLD.next_contact_at, OLD.registration)
) THEN
    NEW.told_at := clock_timestamp();
END IF;
RETURN NEW;
""",
    )


#: What goes on with what stands in the books, or stood there, alone.
IN_THE_BOOKS = """
IF NEW.registration <> 'registered'
    AND (TG_OP = 'INSERT' OR OLD.registration <> 'registered')
THEN
    RETURN NULL;
END IF;"""
#: What `contact_dates` does then.
CONTACT_DATES = """
IF TG_OP = 'UPDATE' AND (
    NEW.customer_id, NEW.owner_id, NEW.occurred_at, NEW.next_contact_at,
    NEW.deleted_at, NEW.registration
) IS NOT DISTINCT FROM (
    OLD.customer_id, OLD.owner_id, OLD.occurred_at, OLD.next_contact_at,
    OLD.deleted_at, OLD.registration
) THEN
    RETURN NULL;
END IF;
FOR touched IN
    SELECT DISTINCT id
    FROM unnest(ARRAY[
        NEW.customer_id, CASE TG_OP WHEN 'UPDATE' THEN OLD.customer_id END
    ]) AS id
    WHERE id IS NOT NULL ORDER BY id
LOOP
    PERFORM FROM customers_customer WHERE id = touched FOR NO KEY UPDATE;
    UPDATE customers_customer
    SET last_contact_at = dates.last_at, next_contact_at = dates.next_at
    FROM feedback_contact_dates(touched) AS dates
    WHERE id = touched AND (last_contact_at, next_contact_at)
        IS DISTINCT FROM (dates.last_at, dates.next_at);
END LOOP;
RETURN NULL;
"""


def contact_dates():
    """Keep the customer's last and next contact.

    Only live interactions that stand in the books count: a report that others
    cannot see moves nothing before it is registered. The last contact is the latest
    of them. The next one is the earliest promise that is still open.

    A promise is the `next_contact_at` of an interaction. It is open until
    - it is fulfilled: a later contact took place on the promised day or after it;
    - it is moved: its owner made another promise at a later contact;
    - somebody set or emptied the customer's own next contact by hand since. What was
      set so is a promise too: fulfilled likewise, and moved by the customer's owner.
    A later contact that promises nothing clears nothing by that.

    `feedback_contact_dates` reckons both. The customer's row is locked first, so that
    of two writers the second counts the first one's rows.
    """
    return pgtrigger.Trigger(
        name="contact_dates",
        when=pgtrigger.After,
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf(
            "customer_id",
            "owner_id",
            "occurred_at",
            "next_contact_at",
            "deleted_at",
            "registration",
        ),
        declare=[("touched", "bigint")],
        func=IN_THE_BOOKS + CONTACT_DATES,
    )


#: What `counterparts_meet` does then.
MEET = """
IF TG_OP = 'UPDATE' AND (
    NEW.customer_id, NEW.contact_id, NEW.owner_id, NEW.occurred_at, NEW.deleted_at,
    NEW.registration
) IS NOT DISTINCT FROM (
    OLD.customer_id, OLD.contact_id, OLD.owner_id, OLD.occurred_at, OLD.deleted_at,
    OLD.registration
) THEN
    RETURN NULL;
END IF;
PERFORM FROM customers_customer
WHERE id IN (NEW.customer_id, CASE TG_OP WHEN 'UPDATE' THEN OLD.customer_id END)
ORDER BY id FOR NO KEY UPDATE;
UPDATE customers_counterpart AS ours SET last_met_on = reckoned.day
FROM (
    SELECT id, customers_met_on(customer_id, contact_id, owner_id) AS day
    FROM customers_counterpart
    WHERE customer_id = NEW.customer_id
            AND (contact_id = NEW.contact_id OR owner_id = NEW.owner_id)
        OR TG_OP = 'UPDATE' AND customer_id = OLD.customer_id
            AND (contact_id = OLD.contact_id OR owner_id = OLD.owner_id)
) AS reckoned
WHERE ours.id = reckoned.id AND ours.last_met_on IS DISTINCT FROM reckoned.day;
RETURN NULL;
"""


def counterparts_meet():
    """Keep the day on which counterparts last met: `customers.models.counterparts`.

    Live interactions in the books count, at the counterpart's customer, that its
    person had or that were with its contact; `customers_met_on` reckons the day. The
    customer is locked first, as by `contact_dates`.
    """
    return pgtrigger.Trigger(
        name="counterparts_meet",
        when=pgtrigger.After,
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf(
            "customer_id",
            "contact_id",
            "owner_id",
            "occurred_at",
            "deleted_at",
            "registration",
        ),
        func=IN_THE_BOOKS + MEET,
    )
