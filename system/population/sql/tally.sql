-- The kept numbers of records, which the resting triggers did not count.
INSERT INTO crm_tally (
    id, label, owner_id, other_id, registered, state, n, amount
)
SELECT row_number() OVER (ORDER BY label, owner_id, other_id, registered, state), *
FROM (
    SELECT 'customers.customer' AS label, coalesce(owner_id, 0) AS owner_id, NULL::bigint AS other_id,
        registration = 'registered' AS registered, status AS state, count(*), 0
    FROM customers_customer WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5
    UNION ALL
    SELECT 'customers.contact', coalesce(customer_owner_id, 0), NULL::bigint,
        registration = 'registered', '', count(*), 0
    FROM customers_contact WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5
    UNION ALL
    SELECT 'contracts.contract', owner_id, coalesce(customer_owner_id, 0),
        registration = 'registered', status, count(*), sum(amount)
    FROM contracts_contract WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5
    UNION ALL
    SELECT 'contracts.contract/owner', owner_id, NULL::bigint,
        registration = 'registered', status, count(*), sum(amount)
    FROM contracts_contract WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5
    UNION ALL
    SELECT 'feedback.interaction', owner_id, coalesce(customer_owner_id, 0),
        registration = 'registered', '', count(*), 0
    FROM feedback_interaction WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5
    UNION ALL
    SELECT 'feedback.interaction/owner', owner_id, NULL::bigint,
        registration = 'registered', '', count(*), 0
    FROM feedback_interaction WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5
    UNION ALL
    SELECT 'competitors.encounter', owner_id, coalesce(customer_owner_id, 0),
        registration = 'registered', outcome, count(*), 0
    FROM competitors_encounter WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5
    UNION ALL
    SELECT 'sales.opportunity', owner_id, coalesce(customer_owner_id, 0),
        registration = 'registered', status, count(*), sum(amount)
    FROM sales_opportunity WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5
    UNION ALL
    SELECT 'sales.lead', owner_id, NULL::bigint,
        registration = 'registered', status, count(*), 0
    FROM sales_lead WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5
    UNION ALL
    SELECT 'sales.opportunity/owner', owner_id, NULL::bigint,
        registration = 'registered', status, count(*), sum(amount)
    FROM sales_opportunity WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5
    UNION ALL
    SELECT 'sales.quotation', owner_id, coalesce(customer_owner_id, 0),
        registration = 'registered', status, count(*), sum(amount)
    FROM sales_quotation WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5
    UNION ALL
    SELECT 'sales.quotation/owner', owner_id, NULL::bigint,
        registration = 'registered', status, count(*), sum(amount)
    FROM sales_quotation WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5
    UNION ALL
    SELECT 'contracts.invoice', owner_id, coalesce(customer_owner_id, 0),
        registration = 'registered', '', count(*), 0
    FROM contracts_invoice WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5
    UNION ALL
    SELECT 'contracts.invoice/owner', owner_id, NULL::bigint,
        registration = 'registered', '', count(*), 0
    FROM contracts_invoice WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5
    UNION ALL
    SELECT 'contracts.creditassessment', owner_id, coalesce(customer_owner_id, 0),
        registration = 'registered', status, count(*), 0
    FROM contracts_creditassessment WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5
    UNION ALL
    SELECT 'customers.dealregistration', owner_id, coalesce(customer_owner_id, 0),
        registration = 'registered', status, count(*), 0
    FROM customers_dealregistration WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5
    UNION ALL
    SELECT 'customers.dealregistration/owner', owner_id, NULL::bigint,
        registration = 'registered', status, count(*), 0
    FROM customers_dealregistration WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5
    UNION ALL
    SELECT 'customers.counterpart', owner_id, coalesce(customer_owner_id, 0),
        registration = 'registered', '', count(*), 0
    FROM customers_counterpart WHERE deleted_at IS NULL GROUP BY 2, 3, 4, 5
) AS tally
ORDER BY 1;

-- Kinds that are told of in no file come after these, with numbers from the first on.
SELECT setval('contracts_receipt_number', 1, false);
SELECT setval(pg_get_serial_sequence('crm_tally', 'id'), (SELECT max(id) FROM crm_tally));
