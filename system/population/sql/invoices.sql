-- Invoices: one that was issued for each contract that has any (contracts.sql says how
-- much), and beside every eighth of them the rest, which is asked for.
CREATE TEMP TABLE invoicing AS
SELECT row_number() OVER (ORDER BY contract_id, is_issued DESC) AS id, asked.*
FROM (
    SELECT c.id AS contract_id, c.customer_id, c.customer_owner_id, c.owner_id,
        coalesce(c.tax_rate, 0) AS tax_rate, c.invoiced AS amount, true AS is_issued,
        least(c.created_at + interval '9 days', %(now)s) AS created_at
    FROM contracts_contract AS c WHERE c.invoiced > 0
    UNION ALL
    SELECT c.id, c.customer_id, c.customer_owner_id, c.owner_id,
        coalesce(c.tax_rate, 0), c.amount - c.invoiced, false,
        least(c.created_at + interval '40 days', %(now)s)
    FROM contracts_contract AS c
    WHERE c.invoiced > 0 AND pg_temp.share(c.id, 562) < 0.125
) AS asked;
ANALYZE invoicing;

INSERT INTO contracts_invoice (
    id, number, contract_id, customer_id, customer_owner_id, kind, title, tax_number,
    amount, tax_rate, tax, requested_on, requested_by_id, remarks, status, rejection,
    edited_by_id, paper_code, paper_number, issued_on, issued_by_id, courier,
    courier_number, void_reason, standing, search_text, search_pinyin, owner_id,
    reporter_id, entered_by_id, created_at, changed_at, version, registration,
    registered_by_id, registered_at, return_reason
)
SELECT id, number, contract_id, customer_id, customer_owner_id,
    (ARRAY['special', 'ordinary', 'electronic'])[
        CASE tax_number WHEN '' THEN 2 ELSE pg_temp.place(contract_id, 563, 3, 1) END
    ],
    title, tax_number, amount, tax_rate,
    round(amount * tax_rate * 1.00000000000000000000 / (100 + tax_rate), 2),
    day, owner_id, '', CASE WHEN is_issued THEN 'issued' ELSE 'requested' END, '',
    owner_id, '', paper_number, CASE WHEN is_issued THEN day END,
    CASE WHEN is_issued THEN %(registrar)s::bigint END, '', '', '',
    CASE WHEN is_issued THEN amount ELSE 0 END,
    text || E'\t',
    concat_ws(E'\t',
        reading, pg_temp.folded(number), pg_temp.folded(tax_number), '', paper_number,
        '', pg_temp.letters(text)
    ),
    owner_id, owner_id, owner_id, created_at, created_at, 1, 'registered',
    owner_id, created_at, ''
FROM (
    SELECT invoicing.*, pg_temp.day(invoicing.created_at) AS day, name AS title,
        credit_code AS tax_number, split_part(search_text, E'\t', 1) AS text,
        split_part(split_part(search_pinyin, E'\t', 1), E'\n', 1) AS reading,
        CASE WHEN is_issued THEN lpad(invoicing.id::text, 8, '0') ELSE '' END
            AS paper_number,
        row_number() OVER (
            PARTITION BY pg_temp.day(invoicing.created_at) ORDER BY invoicing.id
        ) AS place
    FROM invoicing JOIN customers_customer AS c ON c.id = customer_id
) AS invoice
CROSS JOIN LATERAL (
    SELECT 'FP-' || to_char(day, 'YYYYMMDD') || '-'
            || lpad(place::text, greatest(3, length(place::text)), '0') AS number
) AS own
ORDER BY id;

INSERT INTO contracts_invoicedaynumber (day, given)
SELECT pg_temp.day(created_at), count(*) FROM invoicing GROUP BY 1 ORDER BY 1;
