"""What a contract in force makes of the registration 报备 that led to it."""

import pgtrigger


def converts():
    """Let what its owner had registered end with a contract of the same products.

    Of a contract without lines nobody knows which; it ends whatever they had there.
    """
    return pgtrigger.Trigger(
        name="converts",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("status"),
        condition=pgtrigger.Condition(
            "NEW.status = 'registered' AND OLD.status <> 'registered'"
        ),
        func="""
UPDATE customers_dealregistration AS r SET status = 'converted'
WHERE r.customer_id = NEW.customer_id AND r.owner_id = NEW.owner_id
    AND r.status = 'approved' AND (
        r.category_id IS NULL
        OR NOT EXISTS (
            SELECT FROM contracts_contractline WHERE contract_id = NEW.id
        )
        OR EXISTS (
            SELECT FROM contracts_contractline l
            JOIN contracts_product p ON p.id = l.product_id
            WHERE l.contract_id = NEW.id AND p.category_id = r.category_id
        )
    );
RETURN NULL;
""",
    )
