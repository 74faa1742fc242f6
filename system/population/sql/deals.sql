-- Contracts before they are written: lines first, since the amount is their sum.
CREATE TEMP TABLE goods AS
SELECT row_number() OVER (ORDER BY id) AS place, id, code, name, price
FROM contracts_product WHERE deleted_at IS NULL AND registration = 'registered';
ANALYZE goods;

CREATE TEMP TABLE line AS
SELECT row_number() OVER (ORDER BY contract_id, position) AS id,
    contract_id, goods.id AS product_id, quantity::numeric(12, 3),
    price::numeric(18, 2), discount::numeric(5, 2),
    round(quantity * price * (100 - discount) / 100, 2) AS amount
FROM generate_series(1::bigint, %(customers)s / 2) AS contract_id
CROSS JOIN LATERAL
    generate_series(1, pg_temp.place(contract_id, 500, 3, 1)) AS position
CROSS JOIN LATERAL (SELECT 4 * contract_id + position AS number) AS own
CROSS JOIN LATERAL (
    SELECT pg_temp.place(number, 501, 40, 2.5) AS quantity,
        5 * pg_temp.place(number, 502, 8, 3) - 5 AS discount
) AS terms
JOIN goods ON goods.place = pg_temp.place(number, 503, %(n_products)s, 1.3);
ANALYZE line;

CREATE TEMP TABLE deal AS
WITH picks AS (
    SELECT id, share, pg_temp.moment(%(workdays)s * share) AS moment,
        pg_temp.share(id, 510) < 0.008 AS is_gone,
        pg_temp.registration(id, 511) AS registration,
        pg_temp.customer_at(id, 512, share) AS customer_id
    FROM generate_series(1::bigint, %(customers)s / 2) AS id
    CROSS JOIN LATERAL (
        SELECT power((id - 0.5::float8) / (%(customers)s / 2), 0.75) AS share
        OFFSET 0
    ) AS time
    OFFSET 0
), begun AS (
    SELECT picks.id, customer_id, holder_id AS customer_owner_id,
        CASE WHEN pg_temp.share(picks.id, 514) < 0.15
            THEN coalesce(colleague_id, owner_id) ELSE owner_id END AS owner_id,
        base.is_gone OR picks.is_gone AS is_gone,
        CASE WHEN base.registration = 'registered' THEN picks.registration
            ELSE 'reported' END AS registration,
        greatest(moment, base.created_at + interval '5 minutes') AS created_at,
        CASE WHEN short_name = '' THEN name ELSE short_name END AS party,
        is_person AS party_is_person,
        CASE WHEN short_name = '' THEN syllables ELSE short_syllables END AS syllables,
        CASE WHEN short_name = '' THEN initials ELSE short_initials END AS initials,
        CASE WHEN contacts > 0 AND pg_temp.share(picks.id, 515) < 0.8
            AND NOT pg_temp.contact_is_gone(first_contact::bigint)
            THEN first_contact END::bigint AS contact_id
    FROM picks JOIN base ON base.id = customer_id
    OFFSET 0
), dated AS (
    SELECT begun.*, amount, rule.id AS rule_id, coalesce(rule.name, '') AS rule_name,
        %(now)s::timestamptz - created_at AS age,
        least(pg_temp.day(created_at) + pg_temp.place(begun.id, 516, 8, 1) - 1,
            %(until)s::date) AS signed_on,
        90 * pg_temp.place(begun.id, 517, 8, 1.5) AS days
    FROM begun
    JOIN (
        SELECT contract_id, sum(amount) AS amount FROM line GROUP BY contract_id
    ) AS sums ON contract_id = begun.id
    LEFT JOIN LATERAL (
        SELECT id, name FROM contracts_approvalrule
        WHERE active AND amount_from <= amount AND NOT EXISTS (
            SELECT FROM contracts_approvalcondition WHERE rule_id = contracts_approvalrule.id
        ) ORDER BY "order", id LIMIT 1
    ) AS rule ON true
)
SELECT dated.*, deal.text AS deal, deal.syllables AS deal_syllables,
    deal.initials AS deal_initials,
    CASE
        WHEN registration = 'reported' AND rule_id IS NULL AND NOT is_gone
        THEN 'reported'
        WHEN is_gone OR registration <> 'registered'
            OR pg_temp.share(dated.id, 520)
                < CASE WHEN age < interval '45 days' THEN 0.3 ELSE 0.01 END
        THEN 'draft'
        WHEN rule_id IS NOT NULL AND pg_temp.share(dated.id, 524) < 0.02
        THEN 'rejected'
        WHEN rule_id IS NOT NULL AND pg_temp.share(dated.id, 524) < 0.03
        THEN 'recalled'
        WHEN rule_id IS NOT NULL AND pg_temp.share(dated.id, 521)
            < CASE WHEN age < interval '12 days' THEN 0.5 ELSE 0.002 END
        THEN 'pending'
        WHEN age > interval '60 days' AND pg_temp.share(dated.id, 522) < 0.05
        THEN 'terminated'
        WHEN signed_on + days < %(until)s AND pg_temp.share(dated.id, 522) < 0.9
        THEN 'completed'
        ELSE 'registered'
    END AS status
FROM dated
JOIN word AS deal ON deal.list = 'deal'
    AND deal.place = pg_temp.place(dated.id, 523, %(n_deal)s, 1.3);
ALTER TABLE deal ADD PRIMARY KEY (id);
ANALYZE deal;
