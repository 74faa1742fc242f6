-- Quotations: what three in ten opportunities were quoted, with the lines of the deal.
-- Every fourth one that was answered, or is with the customer, is the second version:
-- at first nothing was taken off.
CREATE TEMP TABLE offer AS
WITH picks AS (
    SELECT chance.*, pg_temp.share(id, 631) AS fate,
        begun_at < %(now)s::timestamptz - interval '33 days' AS is_old
    FROM chance WHERE pg_temp.share(id, 630) < 0.3
), fated AS (
    SELECT picks.*, CASE
        WHEN outcome = 'won' THEN 'accepted'
        WHEN outcome <> 'open' AND fate < 0.6 THEN 'declined'
        WHEN outcome <> 'open' THEN 'expired'
        WHEN fate < 0.15 THEN 'draft'
        WHEN fate < 0.25 THEN 'pending'
        WHEN fate < 0.3 THEN 'rejected'
        WHEN fate < 0.33 THEN 'recalled'
        WHEN fate < 0.45 THEN 'approved'
        WHEN fate < 0.85 OR NOT is_old THEN 'sent'
        ELSE 'expired'
    END AS wish
    FROM picks
), begun AS (
    SELECT fated.*,
        wish IN ('accepted', 'declined', 'sent') AND pg_temp.share(id, 632) < 0.25
            AS is_renewed,
        CASE WHEN outcome = 'open' AND wish = 'expired'
            THEN ended_at - interval '32 days' ELSE ended_at END AS latest
    FROM fated
), dated AS (
    SELECT begun.*, latest - (0.05 + 0.9 * pg_temp.share(id, 633)) * CASE wish
        WHEN 'draft' THEN least(latest - begun_at, interval '9 days')
        WHEN 'pending' THEN least(latest - begun_at, interval '4 days')
        ELSE least(latest - begun_at, interval '25 days') END AS quoted_at
    FROM begun
)
SELECT chance_id, deal_id, customer_id, customer_owner_id, contact_id, owner_id, title,
    reading, outcome, wish, edition, is_renewed AND edition = 1 AS is_replaced,
    dense_rank() OVER (ORDER BY chance_id) AS series_id,
    row_number() OVER (ORDER BY chance_id, edition) AS id,
    CASE edition WHEN 1 THEN quoted_at ELSE quoted_at + (ended_at - quoted_at) / 2 END
        AS created_at,
    CASE WHEN is_renewed AND edition = 1 THEN quoted_at + (ended_at - quoted_at) / 2
        ELSE ended_at END AS ended_at
FROM (SELECT dated.*, id AS chance_id FROM dated) AS dated
CROSS JOIN LATERAL
    generate_series(1, CASE WHEN is_renewed THEN 2 ELSE 1 END) AS edition;
ANALYZE offer;

-- The lists that hold for their customers, the nearest first: all began on one day.
CREATE TEMP TABLE holding AS
SELECT customer_id, list.id AS list_id, 1 AS nearness
FROM (SELECT DISTINCT customer_id FROM offer) AS asked
JOIN customers_customer AS customer ON customer.id = customer_id
JOIN contracts_pricelist AS list
    ON list.holds_for = 'group' AND list.level_id = customer.level_id
WHERE list.registration = 'registered' AND list.deleted_at IS NULL
UNION ALL
SELECT link.customer_id, list.id, 2
FROM contracts_pricelistcustomer AS link
JOIN contracts_pricelist AS list ON list.id = price_list_id
WHERE list.registration = 'registered' AND list.deleted_at IS NULL
    AND link.customer_id IN (SELECT customer_id FROM offer);
ANALYZE holding;

CREATE TEMP TABLE listing AS
SELECT DISTINCT ON (customer_id, product_id) customer_id, product_id, list_id,
    price.price, floor
FROM holding JOIN contracts_price AS price ON price_list_id = list_id
ORDER BY customer_id, product_id, nearness DESC;
ANALYZE listing;

INSERT INTO sales_quotationline (
    id, quotation_id, product_id, quantity, unit_price, discount, order_discount,
    list_price, floor, price_list_id
)
SELECT row_number() OVER (ORDER BY offer.id, line.id), offer.id, line.product_id,
    quantity, line.price, CASE WHEN is_replaced THEN 0 ELSE discount END, 0,
    coalesce(listing.price, line.price), floor, list_id
FROM offer
JOIN line ON contract_id = deal_id
LEFT JOIN listing ON listing.customer_id = offer.customer_id
    AND listing.product_id = line.product_id
ORDER BY 1;

-- What their lines come to says which rule asks for them. What none asks for is at no
-- time decided upon: it may be sent.
CREATE TEMP TABLE quoted AS
SELECT offer.*, sums.*, pg_temp.day(created_at) AS quoted_on,
    pg_temp.day(created_at) + 30 AS valid_until,
    submitted_at,
    CASE WHEN status IN ('draft', 'pending') THEN NULL
        WHEN rule_id IS NULL THEN submitted_at
        ELSE submitted_at + pg_temp.share(offer.id, 634)
            * least(interval '2 days', (ended_at - created_at) / 2)
    END AS closed_at,
    CASE WHEN status = 'expired' AND pg_temp.day(created_at) + 30 >= %(until)s::date
        THEN 'declined' ELSE status END AS status,
    rule_id, rule_name
FROM offer
JOIN (
    SELECT quotation_id, sum(amount) AS amount,
        sum(round(quantity * list_price, 2)) AS list_amount,
        max(off_list) AS discount_most, bool_or(is_below_floor) AS below_floor
    FROM sales_quotationline GROUP BY quotation_id
) AS sums ON quotation_id = offer.id
LEFT JOIN LATERAL (
    SELECT rule.id AS rule_id, name AS rule_name FROM sales_quotationapprovalrule AS rule
    WHERE active AND (discount_over IS NULL OR discount_most > discount_over)
        AND (NOT rule.below_floor OR sums.below_floor)
    ORDER BY "order", rule.id LIMIT 1
) AS rule ON true
CROSS JOIN LATERAL (
    SELECT created_at + least(interval '20 minutes', (ended_at - created_at) / 4)
            AS submitted_at,
        CASE WHEN is_replaced THEN 'superseded'
            WHEN rule_id IS NULL AND wish IN ('rejected', 'recalled') THEN 'draft'
            WHEN rule_id IS NULL AND wish = 'pending' THEN 'approved'
            ELSE wish END AS status
) AS own;
ALTER TABLE quoted ADD PRIMARY KEY (id);
ANALYZE quoted;

INSERT INTO sales_quotation (
    id, number, series, edition, replaces_id, title, customer_id, customer_owner_id,
    contact_id, opportunity_id, quoted_on, valid_until, discount, tax_rate, terms,
    amount, list_amount, discount_most, below_floor, status, edited_by_id, sent_on,
    answered_on, decline_reason_id, answer_note, contract_id, search_text,
    search_pinyin, owner_id, reporter_id, entered_by_id, created_at, changed_at,
    version, registration, registered_by_id, registered_at, return_reason
)
SELECT id, number, series, edition, CASE edition WHEN 2 THEN id - 1 END, title,
    customer_id, customer_owner_id, contact_id, chance_id, quoted_on, valid_until, 0,
    (ARRAY[13, 6, 9, NULL])[pg_temp.place(deal_id, 531, 4, 1.5)], '',
    amount, list_amount, discount_most, below_floor, status, owner_id,
    CASE WHEN status IN ('sent', 'accepted', 'declined', 'expired', 'superseded')
        THEN pg_temp.day(closed_at) END,
    CASE WHEN status IN ('accepted', 'declined') THEN pg_temp.day(ended_at) END,
    CASE WHEN status = 'declined'
        THEN (%(closings)s::bigint[])[pg_temp.place(chance_id, 555, %(n_closings)s, 1.2)]
    END,
    '', CASE WHEN status = 'accepted' THEN deal_id END,
    title || E'\t',
    coalesce(spoken, reading) || E'\t' || pg_temp.folded(number)
        || E'\t' || pg_temp.letters(title),
    owner_id, owner_id, owner_id, created_at,
    CASE WHEN status IN ('accepted', 'declined') THEN ended_at
        WHEN status = 'expired'
            THEN (valid_until + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
        WHEN status = 'superseded' THEN lead(closed_at) OVER (ORDER BY id)
        ELSE coalesce(closed_at, CASE status WHEN 'pending' THEN submitted_at END,
            created_at) END,
    1, 'registered', owner_id, created_at, ''
FROM quoted
JOIN (
    SELECT series_id, 'BJ-' || to_char(quoted_on, 'YYYYMMDD') || '-'
            || lpad(place::text, greatest(3, length(place::text)), '0') AS series
    FROM (
        SELECT series_id, quoted_on,
            row_number() OVER (PARTITION BY quoted_on ORDER BY series_id) AS place
        FROM quoted WHERE edition = 1
    ) AS first
) AS counted USING (series_id)
CROSS JOIN LATERAL (SELECT series || '-v' || edition AS number) AS own
LEFT JOIN said ON said.text = title AND NOT said.is_person
ORDER BY id;

INSERT INTO sales_daynumber (id, prefix, day, given)
SELECT (SELECT coalesce(max(id), 0) FROM sales_daynumber)
        + row_number() OVER (ORDER BY day),
    'BJ', day, given
FROM (
    SELECT quoted_on AS day, count(*) AS given FROM quoted WHERE edition = 1 GROUP BY 1
) AS counted;
