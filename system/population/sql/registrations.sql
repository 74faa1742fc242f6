-- Registrations: one of every fiftieth customer that somebody has, by whoever that is.
-- With a contract of theirs it has become one, else most are over by now.
CREATE TEMP TABLE claim AS
WITH sold AS (
    SELECT DISTINCT ON (customer_id) customer_id, deal.id AS contract_id,
        deal.created_at AS sold_at
    FROM deal JOIN base ON base.id = customer_id
    WHERE deal.owner_id = base.holder_id AND deal.status IN ('registered', 'completed')
    ORDER BY customer_id, deal.id
), goods_sold AS (
    SELECT DISTINCT ON (contract_id) contract_id, category_id
    FROM line JOIN contracts_product AS product ON product.id = product_id
    ORDER BY contract_id, line.id
), picks AS (
    SELECT base.id AS customer_id, holder_id AS owner_id, base.created_at AS known_at,
        contract_id, sold_at, pg_temp.share(base.id, 620) AS fate,
        CASE WHEN pg_temp.share(base.id, 621) < 0.7 THEN coalesce(
            category_id,
            (%(categories)s::bigint[])[pg_temp.place(base.id, 622, %(n_categories)s, 1)]
        ) END AS category_id
    FROM base
    LEFT JOIN sold ON sold.customer_id = base.id
    LEFT JOIN goods_sold USING (contract_id)
    WHERE holder_id IS NOT NULL AND NOT is_gone AND registration = 'registered'
        AND pg_temp.share(base.id, 623) < 0.02
), begun AS (
    SELECT picks.*, least(%(now)s::timestamptz, greatest(known_at, CASE
        WHEN contract_id IS NOT NULL
            THEN sold_at - pg_temp.place(customer_id, 624, 60, 1) * interval '1 day'
        WHEN fate < 0.12
            THEN %(now)s - pg_temp.share(customer_id, 624) * interval '6 days'
        WHEN fate < 0.35
            THEN %(now)s - pg_temp.share(customer_id, 624) * interval '80 days'
        ELSE known_at
            + pg_temp.share(customer_id, 624) * (%(now)s::timestamptz - known_at)
    END)) AS created_at
    FROM picks
), decided AS (
    SELECT begun.*, CASE WHEN contract_id IS NULL AND fate < 0.12 THEN NULL
        ELSE least(created_at + interval '1 day', coalesce(sold_at, %(now)s)) END
            AS decided_at
    FROM begun
)
SELECT row_number() OVER (ORDER BY created_at, customer_id) AS id, decided.*,
    pg_temp.day(decided_at) + 90 AS valid_until,
    CASE WHEN contract_id IS NOT NULL THEN 'converted'
        WHEN decided_at IS NULL THEN 'requested'
        WHEN fate > 0.95 THEN 'rejected'
        WHEN pg_temp.day(decided_at) + 90 < %(until)s THEN 'expired'
        ELSE 'approved'
    END AS status
FROM decided;
ANALYZE claim;

INSERT INTO customers_dealregistration (
    id, number, customer_id, customer_owner_id, subject, category_id, amount, remarks,
    status, approved_on, valid_until, extended, is_shared, decided_by_id, decided_at,
    opinion, search_text, search_pinyin, owner_id, reporter_id, entered_by_id,
    created_at, changed_at, changed_by_id, version, registration, registered_by_id,
    registered_at, return_reason
)
SELECT claim.id, number, customer_id, claim.owner_id, demand.text, category_id,
    CASE WHEN pg_temp.share(customer_id, 625) < 0.8
        THEN 1000.00 * pg_temp.place(customer_id, 626, 500, 2) END,
    '', status,
    CASE WHEN status IN ('approved', 'converted', 'expired')
        THEN pg_temp.day(decided_at) END,
    CASE WHEN status IN ('approved', 'converted', 'expired') THEN valid_until END,
    0, false, CASE WHEN decided_at IS NOT NULL THEN head_id END, decided_at,
    CASE status WHEN 'rejected' THEN '客户尚未立项，请先拜访确认需求。' ELSE '' END,
    pg_temp.kept(demand.text) || E'\t',
    concat_ws(E'\t',
        coalesce(spoken, demand.syllables || ' ' || demand.initials),
        pg_temp.folded(number), pg_temp.letters(demand.text)
    ),
    claim.owner_id, claim.owner_id, claim.owner_id, claim.created_at,
    CASE status WHEN 'converted' THEN sold_at
        WHEN 'expired' THEN (valid_until + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
        ELSE coalesce(decided_at, claim.created_at) END,
    CASE WHEN status IN ('approved', 'rejected') THEN head_id END,
    CASE status WHEN 'requested' THEN 1 WHEN 'approved' THEN 2 WHEN 'rejected' THEN 2
        ELSE 3 END,
    'registered', claim.owner_id, claim.created_at, ''
FROM claim
CROSS JOIN LATERAL (
    SELECT 'BB' || lpad(claim.id::text, greatest(6, length(claim.id::text)), '0')
        AS number
) AS own
JOIN word AS demand ON demand.list = 'demand'
    AND demand.place = pg_temp.place(customer_id, 627, %(n_demand)s, 1.3)
LEFT JOIN said ON said.text = demand.text AND NOT said.is_person
JOIN crm_user AS owner ON owner.id = claim.owner_id
JOIN crm_department AS department ON department.id = owner.department_id
ORDER BY claim.id;
