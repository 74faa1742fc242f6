-- The next row gets the next number.
DO $$
DECLARE
    place text;
    last bigint;
BEGIN
    FOREACH place IN ARRAY %(tables)s::text[] || ARRAY[
        'crm_user', 'crm_department', 'crm_roleassignment', 'crm_tally',
        'contracts_insight', 'sales_daynumber'
    ]
    LOOP
        EXECUTE format('SELECT max(id) FROM %%I', place) INTO last;
        PERFORM setval(
            pg_get_serial_sequence(place, 'id'), coalesce(last, 1), last IS NOT NULL
        );
    END LOOP;
END $$;

SELECT setval('customers_number', (SELECT max(id) FROM customers_customer));
SELECT setval(
    'contracts_assessment_number', (SELECT max(id) FROM contracts_creditassessment)
);
SELECT setval(
    'customers_registration_number', (SELECT max(id) FROM customers_dealregistration)
);
