"""What PostgreSQL does when an interaction is written, by whatever way it came."""

import pgtrigger


def same_customer():
    """Refuse a contact or a contract of another customer.

    Only a row that names a new one is looked at: a contact who has moved to
    another customer since must not freeze the interactions of the past.
    """
    return pgtrigger.Trigger(
        name="same_customer",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf("customer_id", "contact_id", "contract_id"),
        func="""
IF TG_OP = 'UPDATE' AND (NEW.customer_id, NEW.contact_id, NEW.contract_id)
    IS NOT DISTINCT FROM (OLD.customer_id, OLD.contact_id, OLD.contract_id)
THEN
    RETURN NEW;
END IF;
IF NEW.contact_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM customers_contact
    WHERE id = NEW.contact_id AND customer_id = NEW.customer_id
) THEN
    RAISE EXCEPTION 'the contact belongs to another customer'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'interaction_contact';
END IF;
IF NEW.contract_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM contracts_contract
    WHERE id = NEW.contract_id AND customer_id = NEW.customer_id
) THEN
    RAISE EXCEPTION 'the contract belongs to another customer'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'interaction_contract';
END IF;
RETURN NEW;
""",
    )


def contact_dates():
    """Keep the customer's last and next contact.

    The last one is the latest interaction outside the recycle bin. The next one
    is what the latest interaction promises, told when that is entered or its
    dates change; when it goes away, its promise goes with it. The customer's row
    is locked first, so that of two writers the second counts the first one's rows.
    """
    return pgtrigger.Trigger(
        name="contact_dates",
        when=pgtrigger.After,
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf(
            "customer_id", "occurred_at", "next_contact_at", "deleted_at"
        ),
        declare=[
            ("touched", "bigint"),
            ("newest", "feedback_interaction%ROWTYPE"),
            ("withdrawn", "timestamptz"),
            ("verb", "text := current_setting('crm.verb', true)"),
        ],
        func="""
IF TG_OP = 'UPDATE'
    AND (NEW.customer_id, NEW.occurred_at, NEW.next_contact_at, NEW.deleted_at)
    IS NOT DISTINCT FROM
    (OLD.customer_id, OLD.occurred_at, OLD.next_contact_at, OLD.deleted_at)
THEN
    RETURN NULL;
END IF;
-- What follows is a change of the customer, whatever is done to the interaction.
PERFORM set_config('crm.verb', '', true);
FOR touched IN
    SELECT DISTINCT id
    FROM unnest(ARRAY[
        NEW.customer_id, CASE TG_OP WHEN 'UPDATE' THEN OLD.customer_id END
    ]) AS id
    WHERE id IS NOT NULL ORDER BY id
LOOP
    PERFORM FROM customers_customer WHERE id = touched FOR NO KEY UPDATE;
    withdrawn := NULL;
    IF TG_OP = 'UPDATE' AND OLD.customer_id = touched AND OLD.deleted_at IS NULL THEN
        SELECT next_contact_at INTO withdrawn FROM customers_customer
        WHERE id = touched AND last_contact_at = OLD.occurred_at
            AND next_contact_at = OLD.next_contact_at;
    END IF;
    SELECT * INTO newest FROM feedback_interaction
    WHERE customer_id = touched AND deleted_at IS NULL
    ORDER BY occurred_at DESC, id DESC LIMIT 1;
    UPDATE customers_customer SET
        last_contact_at = newest.occurred_at,
        next_contact_at = CASE
            WHEN newest.id = NEW.id OR withdrawn IS NOT NULL
            THEN newest.next_contact_at ELSE next_contact_at END
    WHERE id = touched AND (
        last_contact_at IS DISTINCT FROM newest.occurred_at
        OR newest.id = NEW.id OR withdrawn IS NOT NULL
    );
END LOOP;
PERFORM set_config('crm.verb', coalesce(verb, ''), true);
RETURN NULL;
""",
    )
