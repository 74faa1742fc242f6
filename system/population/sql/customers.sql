-- Customers, with what their interactions and contracts made of them.
-- The dates of contact are those that feedback_contact_dates would reckon.
CREATE TEMP TABLE contact AS
SELECT id, customer_id, owner_id, occurred_at, next_contact_at
FROM feedback_interaction
WHERE deleted_at IS NULL AND registration = 'registered';

CREATE TEMP TABLE latest AS
SELECT customer_id, newest.occurred_at, min(next_contact_at) FILTER (
    WHERE promise.id = newest.id
        OR (next_contact_at AT TIME ZONE 'Asia/Shanghai')::date
            > (newest.occurred_at AT TIME ZONE 'Asia/Shanghai')::date
) AS next_contact_at
FROM (
    SELECT DISTINCT ON (customer_id) id, customer_id, occurred_at FROM contact
    ORDER BY customer_id, occurred_at DESC, id DESC
) AS newest
LEFT JOIN (
    SELECT DISTINCT ON (customer_id, owner_id) id, customer_id, next_contact_at
    FROM contact WHERE next_contact_at IS NOT NULL
    ORDER BY customer_id, owner_id, occurred_at DESC, id DESC
) AS promise USING (customer_id)
GROUP BY customer_id, newest.occurred_at;

CREATE TEMP TABLE deals AS
SELECT customer_id, count(*) AS sold FROM contracts_contract
WHERE status IN ('registered', 'completed')
GROUP BY customer_id;
ANALYZE latest, deals;

INSERT INTO customers_customer (
    id, number, name, short_name, kind, nature, credit_code, industry_id, region_id,
    address, phone, email, website, ownership_id, employees, annual_revenue, level_id,
    status, effective, source_id, credit_grade_id, credit_limit, tags, remarks,
    last_contact_at, next_contact_at, planned_for, planned_at, search_text,
    search_pinyin, sort_name, name_key, external_number, external_key,
    owner_id, pool_id, reporter_id, entered_by_id, created_at, changed_at, changed_by_id,
    version, deleted_at, deleted_by_id, registration, registered_by_id,
    registered_at, return_reason
)
SELECT id,
    number,
    name,
    short_name,
    CASE WHEN pg_temp.share(id, 20) < 0.85 THEN 'end_customer'
        WHEN pg_temp.share(id, 20) < 0.95 THEN 'distributor' ELSE 'partner' END,
    CASE WHEN base.is_person THEN 'person' ELSE 'company' END,
    credit_code,
    industry_id,
    region_id,
    address,
    phone,
    email,
    website,
    (%(ownerships)s::bigint[])[pg_temp.place(id, 26, %(n_ownerships)s, 1.5)],
    CASE WHEN NOT base.is_person
        THEN (10 * power(10, pg_temp.share(id, 27) * 3))::int END,
    CASE WHEN NOT base.is_person AND pg_temp.share(id, 28) < 0.6
        THEN round(power(10, 5 + pg_temp.share(id, 29) * 4)::numeric, -3) END,
    (%(levels)s::bigint[])[CASE WHEN pg_temp.share(id, 30) < 0.08 THEN 1
        WHEN pg_temp.share(id, 30) < 0.4 THEN 2 ELSE 3 END],
    CASE
        WHEN deals.sold >= 2 AND pg_temp.share(id, 31) < 0.9 THEN 'loyal'
        WHEN deals.sold >= 1 AND pg_temp.share(id, 31) < 0.9 THEN 'won'
        WHEN pg_temp.share(id, 31) < 0.4 THEN 'potential'
        WHEN pg_temp.share(id, 31) < 0.65 THEN 'interested'
        WHEN pg_temp.share(id, 31) < 0.8 THEN 'negotiating'
        ELSE 'lost'
    END,
    pg_temp.share(id, 32) < 0.92,
    (%(sources)s::bigint[])[pg_temp.place(id, 33, %(n_sources)s, 1)],
    CASE WHEN assessment_id IS NOT NULL THEN trusted_grade_id
        WHEN pg_temp.share(id, 34) < 0.5
        THEN (%(grades)s::bigint[])[pg_temp.place(id, 35, %(n_grades)s, 1)] END,
    CASE WHEN assessment_id IS NOT NULL THEN trusted_limit
        WHEN pg_temp.share(id, 34) < 0.3
        THEN 10000.00 * pg_temp.place(id, 36, 100, 2) END,
    tags,
    '',
    latest.occurred_at,
    coalesce(latest.next_contact_at, planned_for),
    planned_for,
    CASE WHEN planned_for IS NOT NULL THEN created_at END,
    worded,
    coalesce(said.spoken, syllables || ' ' || initials)
        || CASE WHEN short_name = '' THEN '' ELSE E'\n' || coalesce(
            short_said.spoken, short_syllables || ' ' || short_initials) END
        || E'\t' || lower(concat_ws(E'\t', number, credit_code,
            replace(phone, '-', ''), pg_temp.folded(email), pg_temp.folded(website), ''))
        || E'\t' || pg_temp.letters(worded),
    left(syllables, 60),
    regexp_replace(lower(name), '[^[:alnum:]]', '', 'g'),
    '',
    '',
    holder_id, CASE WHEN holder_id IS NULL THEN %(pool)s::bigint END,
    owner_id, owner_id, created_at,
    CASE WHEN is_changed THEN least(
        created_at + pg_temp.share(id, 41) * interval '200 days', %(now)s
    ) ELSE created_at END,
    CASE WHEN is_changed THEN owner_id END,
    CASE WHEN is_changed THEN 2 ELSE 1 END,
    CASE WHEN is_gone THEN least(
        created_at + pg_temp.share(id, 42) * interval '300 days', %(now)s
    ) END,
    CASE WHEN is_gone THEN owner_id END,
    registration,
    CASE WHEN registration = 'registered' THEN %(registrar)s::bigint END,
    CASE WHEN registration = 'registered'
        THEN least(created_at + interval '3 hours', %(now)s) END,
    CASE WHEN registration = 'returned' THEN '资料不完整,请补充' ELSE '' END
FROM base
CROSS JOIN LATERAL (
    SELECT pg_temp.share(id, 44) < 0.3 AS is_changed,
        CASE WHEN pg_temp.share(id, 45) < 0.6 THEN pg_temp.mobile(id, 46)
            ELSE area_code || '-' || CASE WHEN length(area_code) = 3
                THEN 20000000 + pg_temp.place(id, 48, 69999999, 1)
                ELSE 2000000 + pg_temp.place(id, 48, 6999999, 1) END
        END AS phone,
        'KH' || lpad(id::text, greatest(6, length(id::text)), '0') AS number,
        CASE WHEN base.is_person OR pg_temp.share(id, 21) < 0.3 THEN ''
            ELSE pg_temp.checked(pg_temp.credit_body(id, region_id)::bytea) END AS credit_code,
        region_name || (%(roads)s::text[])[pg_temp.place(id, 22, %(n_roads)s, 1)]
            || pg_temp.place(id, 23, 999, 1) || '号' AS address,
        CASE WHEN pg_temp.share(id, 24) < 0.6
            THEN brand_initials || id || '@example.com' ELSE '' END AS email,
        CASE WHEN NOT base.is_person AND pg_temp.share(id, 25) < 0.5
            THEN 'http://www.example.com/' || short_initials || id ELSE '' END AS website,
        CASE WHEN pg_temp.share(id, 37) < 0.1
            THEN ARRAY[(ARRAY['重点', '招投标', '老客户', '展会'])[
                pg_temp.place(id, 38, 4, 1)]]
            ELSE '{}' END AS tags
) AS own
CROSS JOIN LATERAL (
    SELECT concat_ws(E'\t', pg_temp.kept(name), pg_temp.kept(short_name),
        pg_temp.kept(address), '', coalesce(tags[1], '')) AS worded
) AS text
LEFT JOIN said ON said.text = name AND said.is_person = base.is_person
LEFT JOIN said AS short_said ON short_said.text = short_name
    AND NOT short_said.is_person
LEFT JOIN latest ON latest.customer_id = id
CROSS JOIN LATERAL (
    SELECT CASE WHEN latest.customer_id IS NULL AND pg_temp.share(id, 39) < 0.2
        THEN %(now)s::timestamptz + pg_temp.place(id, 40, 60, 1) * interval '1 day'
    END AS planned_for
) AS plan
LEFT JOIN deals ON deals.customer_id = id
LEFT JOIN assessing ON assessing.customer_id = id
ORDER BY id;
