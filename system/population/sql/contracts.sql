-- Contracts; their numbers count through each day.
INSERT INTO contracts_contract (
    id, number, title, customer_id, kind_id, amount, tax_rate, signed_on, starts_on,
    ends_on, signatory_id, contact_id, terms, external_number, external_key, status, amendment_state, edition,
    edited_by_id,
    completed_on, terminated_on, termination_reason_id, search_text, search_pinyin,
    customer_owner_id, owner_id, reporter_id, entered_by_id, created_at, changed_at,
    version,
    deleted_at, deleted_by_id, registration, registered_by_id, registered_at,
    return_reason, received, unpaid, next_due_on, invoiced, invoiced_unpaid
)
SELECT id,
    number,
    title, customer_id,
    (%(kinds)s::bigint[])[pg_temp.place(id, 530, %(n_kinds)s, 1.5)],
    amount,
    (ARRAY[13, 6, 9, NULL])[pg_temp.place(id, 531, 4, 1.5)],
    signed_on, signed_on, signed_on + days,
    CASE WHEN pg_temp.share(id, 532) < 0.7 THEN owner_id END,
    contact_id, '', '', '', status, '', 1, owner_id,
    CASE WHEN status = 'completed' THEN least(
        signed_on + days + pg_temp.place(id, 533, 30, 1) - 1, %(until)s::date
    ) END,
    CASE WHEN status = 'terminated' THEN least(signed_on + days / 2, %(until)s::date)
    END,
    CASE WHEN status = 'terminated'
        THEN (%(reasons)s::bigint[])[pg_temp.place(id, 534, %(n_reasons)s, 1)] END,
    title || E'\t',
    coalesce(spoken, syllables || year || deal_syllables
            || ' ' || initials || year || deal_initials)
        || E'\t' || pg_temp.folded(number) || E'\t\t' || pg_temp.letters(title),
    customer_owner_id, owner_id, owner_id, owner_id, created_at, created_at, 1,
    CASE WHEN is_gone THEN least(created_at + interval '20 days', %(now)s) END,
    CASE WHEN is_gone THEN owner_id END,
    registration,
    CASE WHEN registration = 'registered' THEN %(registrar)s::bigint END,
    CASE WHEN registration = 'registered'
        THEN least(created_at + interval '40 minutes', %(now)s) END,
    CASE WHEN registration = 'returned' THEN '请上传合同扫描件' ELSE '' END,
    0, CASE WHEN status IN ('registered', 'completed') THEN amount ELSE 0 END,
    CASE WHEN status = 'registered' AND pg_temp.share(id, 536) < 0.5
        THEN signed_on + 30 END,
    invoiced, invoiced
FROM (
    SELECT deal.*, day, to_char(day, 'YYYY') AS year,
        party || to_char(day, 'YYYY') || deal AS title,
        row_number() OVER (PARTITION BY day ORDER BY id) AS place
    FROM deal
    CROSS JOIN LATERAL (SELECT pg_temp.day(created_at) AS day) AS own
) AS contract
CROSS JOIN LATERAL (
    SELECT 'HT-' || to_char(day, 'YYYYMMDD') || '-'
            || lpad(place::text, greatest(3, length(place::text)), '0') AS number
) AS own
CROSS JOIN LATERAL (
    SELECT CASE WHEN status IN ('registered', 'completed') AND NOT is_gone
            AND NOT party_is_person AND pg_temp.share(id, 561) < 0.4
        THEN trunc(amount * 0.6, 2) ELSE 0 END AS invoiced
) AS paper
LEFT JOIN said ON said.text = title AND NOT said.is_person
ORDER BY id;

INSERT INTO contracts_daynumber (day, given)
SELECT pg_temp.day(created_at), count(*) FROM deal GROUP BY 1 ORDER BY 1;

INSERT INTO contracts_contractline (
    id, contract_id, product_id, quantity, unit_price, discount
)
SELECT id, contract_id, product_id, quantity, price, discount FROM line ORDER BY id;

-- Every second contract in force is to be paid in two parts; no money came in yet.
INSERT INTO contracts_instalment (id, contract_id, due_on, amount, paid)
SELECT row_number() OVER (ORDER BY id, part), id, next_due_on + 90 * (part - 1),
    CASE part WHEN 1 THEN trunc(amount / 2, 2) ELSE amount - trunc(amount / 2, 2) END,
    0
FROM contracts_contract CROSS JOIN generate_series(1, 2) AS part
WHERE next_due_on IS NOT NULL AND amount > 0.01
ORDER BY id, part;
